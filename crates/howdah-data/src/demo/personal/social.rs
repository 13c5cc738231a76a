//! Accounts on social networks, and posts with answers.

use super::super::table::{Per, Role, Share, Source, Table, numbered};
use super::super::text::{COMMENTS, POSTS, capital, slug};
use super::super::world::{Someone, World};
use super::{contacts, days};
use crate::copy::{Array, RowWriter};

pub(super) const TABLES: &[Table] = &[
    Table {
        schema: "public",
        name: "social_accounts",
        role: Role::Service,
        per: Per::Person,
        share: Share::PerMille { weight: 10, least: 2, most: 300 },
        columns: &[
            "id",
            "user_id",
            "platform",
            "username",
            "account_type",
            "display_name",
            "profile_url",
            "profile_media_id",
            "followers_count",
            "following_count",
            "posts_count",
            "bio",
            "is_verified",
            "is_private",
            "platform_account_id",
            "contact_id",
            "actor_uri",
            "created_at",
            "updated_at",
            "metadata",
        ],
        replaces: false,
        rows: accounts,
    },
    Table {
        schema: "public",
        name: "social_posts",
        role: Role::Service,
        per: Per::Person,
        share: Share::PerDay { weight: 40, least: 2, most_a_day: 6 },
        columns: &[
            "id",
            "user_id",
            "platform",
            "post_type",
            "content",
            "posted_at",
            "platform_post_id",
            "platform_url",
            "likes_count",
            "comments_count",
            "shares_count",
            "views_count",
            "visibility",
            "is_pinned",
            "location",
            "social_account_id",
            "in_reply_to",
            "conversation_id",
            "language",
            "edited_at",
            "hashtags",
            "created_at",
            "updated_at",
            "metadata",
        ],
        replaces: false,
        rows: posts,
    },
];

/// The networks a person has an account of their own on, and the host it stands on.
const OWN: [(&str, &str); 2] = [("mastodon", "social.example.org"), ("bluesky", "sky.example.com")];

fn accounts<'w>(world: &'w World, someone: &'w Someone) -> Box<dyn Source + 'w> {
    let contacts = world.size("contacts").max(1);
    numbered(world.size("social_accounts"), move |index, out| {
        let mut rng = world.rng("social_accounts", someone, index);
        let is_own = index < OWN.len() as u64;
        let (platform, host) = if is_own { OWN[index as usize] } else { *rng.weighted(&[(6, OWN[0]), (3, OWN[1])]) };
        let number = index % contacts;
        let contact = contacts::contact(world, someone, number);
        let (username, name) = if is_own {
            (someone.handle.to_owned(), someone.display_name.to_owned())
        } else {
            // The number keeps two accounts of one contact apart.
            let round = if index < contacts { String::new() } else { (index / contacts + 1).to_string() };
            (format!("{}{round}", slug(&contact.display_name).replace('-', "_")), contact.display_name)
        };
        let url = format!("https://{host}/@{username}");
        let own_posts = world.size("social_posts") / OWN.len() as u64;
        world.base(out, "social_accounts", someone, index, world.start.at_utc(9 * 3600 + 40 * index as i64));
        out.set("platform", platform)
            .set("username", username.as_str())
            .set(
                "account_type",
                if is_own { "own" } else { *rng.weighted(&[(6, "following"), (4, "follower"), (1, "other")]) },
            )
            .set("display_name", name)
            .set("profile_url", url.as_str())
            .set("profile_media_id", is_own.then(|| world.id("media", someone, 0)))
            .set("followers_count", rng.range(12, 900))
            .set("following_count", rng.range(30, 500))
            .set("posts_count", if is_own { own_posts as i64 } else { rng.range(3, 4_000) })
            .set(
                "bio",
                if is_own {
                    someone.bio.to_owned()
                } else {
                    capital(&world.say("{subject}, {subject} and {dish}.", &mut rng, &[]))
                },
            )
            .set("is_verified", false)
            .set("is_private", rng.chance(100))
            .set("platform_account_id", rng.digits(15))
            .set("contact_id", (!is_own).then(|| world.id("contacts", someone, number)))
            .set("actor_uri", (platform == "mastodon").then(|| format!("https://{host}/users/{username}")));
        out.end();
    })
}

/// Every fourth post is answered by the next two, which makes conversations of three.
fn answers(index: u64) -> Option<u64> {
    match index % 4 {
        1 => Some(index - 1),
        2 if index % 8 == 2 => Some(index - 1),
        _ => None,
    }
}

fn posts<'w>(world: &'w World, someone: &'w Someone) -> Box<dyn Source + 'w> {
    let count = world.size("social_posts");
    numbered(count, move |index, out| post(world, someone, index, count, out))
}

fn post(world: &World, someone: &Someone, index: u64, count: u64, out: &mut RowWriter) {
    let mut rng = world.rng("social_posts", someone, index);
    let answered = answers(index);
    let root = index - if answered.is_some() { index % 4 } else { 0 };
    // A conversation happens within the hours after its first post.
    let mut first = world.rng("social threads", someone, root);
    let day = world.day(root, count);
    let at =
        world.past(world.awake(someone, day, &mut first, 7, 20).plus((index - root) as i64 * first.range(300, 4_000)));
    let account = root / 4 % OWN.len().min(world.size("social_accounts") as usize).max(1) as u64;
    let (platform, host) = OWN[account as usize];
    let city = days::city_on(world, someone, day);
    let template = *rng.pick(if answered.is_some() { COMMENTS } else { POSTS });
    let tag = slug(city.name).replace('-', "");
    let mut content = world.say(template, &mut rng, &[("city", tag.as_str())]);
    content = capital(&content);
    let hashtags: Vec<&str> = content.split_whitespace().filter_map(|word| word.strip_prefix('#')).collect();
    let post_id = |index: u64| format!("{}{:08}", someone.person.born.0, index + 1);
    let likes = if rng.chance(60) { rng.range(80, 900) } else { rng.range(0, 40) };

    world.base(out, "social_posts", someone, index, at.plus(90));
    out.set("platform", platform)
        .set(
            "post_type",
            if answered.is_some() {
                "comment"
            } else {
                *rng.weighted(&[(7, "text"), (3, "photo"), (1, "share"), (1, "poll")])
            },
        )
        .set("content", content.as_str())
        .set("posted_at", at)
        .set("platform_post_id", post_id(index))
        .set("platform_url", format!("https://{host}/@{}/{}", someone.handle, post_id(index)))
        .set("likes_count", likes)
        .set("comments_count", rng.range(0, 1 + likes / 8))
        .set("shares_count", rng.range(0, 1 + likes / 10))
        .set("views_count", likes * rng.range(8, 40))
        .set("visibility", *rng.weighted(&[(8, "public"), (2, "followers"), (1, "unlisted")]))
        .set("is_pinned", index == 0)
        .set("location", rng.chance(250).then_some(city.name))
        .set("social_account_id", world.id("social_accounts", someone, account))
        .set("in_reply_to", answered.map(post_id))
        .set("conversation_id", post_id(root))
        .set("language", "en")
        .set("edited_at", rng.chance(40).then(|| world.past(at.plus(240))))
        .set("hashtags", Array(&hashtags));
    out.end();
}
