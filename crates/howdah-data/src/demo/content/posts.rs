//! Posts and the tags they carry.

use super::super::readers::{self, Member};
use super::super::rng::Rng;
use super::super::table::{Per, Role, Share, Source, Table, numbered};
use super::super::text::{capital, paragraph, slug};
use super::super::world::{Someone, World};
use crate::calendar::Moment;
use crate::copy::RowWriter;
use serde_json::json;

pub(super) const TABLES: &[Table] = &[
    Table {
        schema: "public",
        name: "posts",
        role: Role::Service,
        per: Per::Set,
        share: Share::PerMille { weight: 130, least: 10, most: 30_000 },
        columns: &[
            "id",
            "author_id",
            "category_id",
            "title",
            "slug",
            "summary",
            "content",
            "content_format",
            "language",
            "cover_image_url",
            "canonical_url",
            "status",
            "published_at",
            "archived_at",
            "is_featured",
            "is_commentable",
            "metadata",
            "created_at",
            "updated_at",
            "deleted_at",
        ],
        replaces: false,
        rows: posts,
    },
    Table {
        schema: "public",
        name: "post_tags",
        role: Role::Service,
        per: Per::Set,
        share: Share::Of { table: "posts", per_mille: 2_000, least: 2 },
        columns: &["author_id", "post_id", "tag_id", "created_at", "updated_at"],
        replaces: false,
        rows: post_tags,
    },
];

/// What other tables need to know about a post.
#[derive(Debug)]
pub(super) struct Post {
    pub(super) author: Member,
    pub(super) status: &'static str,
    pub(super) created: Moment,
    /// When it became public or will; NULL for a draft.
    pub(super) published: Option<Moment>,
    pub(super) is_deleted: bool,
}

/// What post `index` is about.
pub(super) fn subject(world: &World, host: &Someone, index: u64) -> String {
    world.say("{subject}", &mut world.rng("post subject", host, index), &[])
}

/// Post `index`: the two people write in turn, the first few readers now and then.
pub(super) fn post(world: &World, host: &Someone, index: u64) -> Post {
    let count = world.size("posts");
    let mut rng = world.rng("post", host, index);
    let writer = if index > 3 && rng.chance(180) { 2 + rng.below(5) } else { index % 2 };
    let author = readers::member(world, writer);
    let created = world.awake(host, world.day(index, count), &mut rng, 7, 22).max(author.joined.plus(90_060));
    let status = match count - index {
        1 => "scheduled",
        2 => "draft",
        _ if index < 4 => "published",
        _ => *rng.weighted(&[(92, "published"), (3, "draft"), (3, "archived")]),
    };
    let published = match status {
        "draft" => None,
        "scheduled" => Some(world.plan.anchor.plus(rng.range(1, 14) as i32).at_utc(7 * 3_600)),
        _ => Some(world.past(created.plus(rng.range(1_800, 5 * 86_400)))),
    };
    Post { author, status, created, published, is_deleted: status == "draft" && count - index > 2 && rng.chance(200) }
}

fn posts<'w>(world: &'w World, host: &'w Someone) -> Box<dyn Source + 'w> {
    let categories = world.size("categories").max(1);
    numbered(world.size("posts"), move |index, out: &mut RowWriter| {
        let post = post(world, host, index);
        let mut rng = world.rng("posts", host, index);
        let subject = subject(world, host, index);
        let values = [("subject", subject.as_str())];
        let shape = *rng.pick(&[
            "why {subject} {claim}",
            "{subject} {adverb}",
            "notes on {subject}",
            "a week of {subject}",
            "what {subject} taught me",
            "{subject} for people who have no time",
        ]);
        let title = capital(&world.say(shape, &mut rng, &values));
        let content = essay(world, &title, &values, &mut rng);
        let archived = (post.status == "archived")
            .then(|| world.past(post.created.plus(rng.range(20, 200) * 86_400)).max(post.created));
        let deleted = post.is_deleted.then(|| world.past(post.created.plus(rng.range(1, 40) * 86_400)));
        let changed = [post.published.filter(|_| post.status != "scheduled"), archived, deleted];
        let changed = changed.into_iter().flatten().max().unwrap_or(post.created);
        out.set("id", world.id("posts", host, index))
            .set("author_id", post.author.id)
            .set("category_id", rng.chance(960).then(|| world.id("categories", host, rng.below(categories))))
            .set("title", title.as_str())
            .set("slug", format!("{}-{}", slug(&title), index + 1))
            .set(
                "summary",
                rng.chance(850).then(|| {
                    capital(&world.say("{subject} {claim}, says {friend}. I tried it {adverb}.", &mut rng, &values))
                }),
            )
            .set("content", content)
            .set("content_format", "markdown")
            .set("language", "en")
            .set(
                "cover_image_url",
                rng.chance(500).then(|| format!("https://images.example.com/covers/{}.webp", index + 1)),
            )
            .set("canonical_url", rng.chance(40).then(|| format!("https://journal.example.com/{}", slug(&title))))
            .set("status", post.status)
            .set("published_at", post.published)
            .set("archived_at", archived)
            .set("is_featured", post.status == "published" && rng.chance(60))
            .set("is_commentable", rng.chance(950))
            .set("metadata", json!({}))
            .set("deleted_at", deleted);
        world.times(out, post.created, changed);
        out.end();
    })
}

/// A post in markdown: some paragraphs, often a list or a quotation, sometimes code.
fn essay(world: &World, title: &str, values: &[(&str, &str)], rng: &mut Rng) -> String {
    let mut text = capital(&world.say(
        "{subject} {claim}. At least that is what {friend} said, {when}, when {weather}.",
        rng,
        values,
    ));
    for part in 0..rng.range(2, 5) {
        if part > 0 && rng.chance(500) {
            text.push_str(&format!("\n\n## {}", capital(&world.say("{subject}, {adverb}", rng, values))));
        }
        text.push_str("\n\n");
        text.push_str(&paragraph(rng, values));
        match rng.below(6) {
            0 => {
                text.push_str("\n\nWhat you need:\n");
                for _ in 0..rng.range(2, 4) {
                    text.push_str(&world.say("\n- {tool}", rng, values));
                }
            }
            1 => text.push_str(&world.say("\n\n> {^subject} {claim}.\n>\n> {friend}", rng, values)),
            2 => text.push_str(&format!(
                "\n\n```\n{}: {} g, {} min\n```",
                slug(title),
                rng.range(20, 900),
                rng.range(5, 240)
            )),
            _ => {}
        }
    }
    text.push_str(&world.say("\n\n{small}", rng, values));
    text
}

/// Two tags a post: neighbours in the list, so that they never repeat on one post.
fn post_tags<'w>(world: &'w World, host: &'w Someone) -> Box<dyn Source + 'w> {
    let tags = world.size("tags").max(2);
    numbered(world.size("posts"), move |index, out: &mut RowWriter| {
        let post = post(world, host, index);
        let mut rng = world.rng("post_tags", host, index);
        let first = rng.below(tags);
        for number in 0..rng.range(1, 3) as u64 {
            out.set("author_id", post.author.id)
                .set("post_id", world.id("posts", host, index))
                .set("tag_id", world.id("tags", host, (first + number * 5) % tags));
            world.times(out, post.created, post.created);
            out.end();
        }
    })
}
