//! Comments: a thread for each post, answers below what they answer.

use super::super::readers;
use super::super::rng::Rng;
use super::super::table::{Per, Role, Share, Source, Table, numbered};
use super::super::text::{COMMENTS, capital};
use super::super::world::{Someone, World};
use super::posts::{post, subject};
use crate::calendar::Moment;
use crate::copy::RowWriter;
use serde_json::json;

pub(super) const TABLES: &[Table] = &[Table {
    schema: "public",
    name: "comments",
    role: Role::Service,
    per: Per::Set,
    share: Share::Rest { least: 30 },
    columns: &[
        "id",
        "author_id",
        "post_id",
        "parent_comment_id",
        "content",
        "status",
        "moderated_at",
        "moderation_note",
        "edited_at",
        "metadata",
        "created_at",
        "updated_at",
        "deleted_at",
    ],
    replaces: false,
    rows: comments,
}];

/// Answers to answers go no deeper; the schema allows ten levels.
const DEEPEST: u32 = 6;

/// How much is said below a post, in thousandths of the average: many get nothing, a few a crowd.
const INTEREST: &[(u32, u64)] = &[(3, 0), (3, 500), (3, 1_000), (1, 2_200), (1, 4_300)];

/// A comment that can be answered.
struct Said {
    number: u64,
    author: u64,
    at: Moment,
    depth: u32,
}

fn comments<'w>(world: &'w World, host: &'w Someone) -> Box<dyn Source + 'w> {
    let posts = world.size("posts");
    let average = world.size("comments") * 1_000 / posts.max(1);
    let mut next = 0;
    numbered(posts, move |index, out: &mut RowWriter| {
        let post = post(world, host, index);
        let Some(published) = post.published.filter(|_| post.status == "published") else { return };
        let mut rng = world.rng("comments", host, index);
        // The first post is talked about in every set, however small.
        let interest = if index == 0 { 1_500 } else { *rng.weighted(INTEREST) };
        // Drafts and archived posts are silent; the others speak for them.
        let wanted = average * interest * 107 / 100;
        let count = wanted / 1_000_000 + u64::from(rng.below(1_000_000) < wanted % 1_000_000);
        let mut said: Vec<Said> = Vec::new();
        let subject = subject(world, host, index);
        for turn in 0..count {
            if !comment(world, host, index, turn, next, published, &subject, &mut said, &mut rng, out) {
                break;
            }
            next += 1;
        }
    })
}

/// Writes one comment; false when it would come after now.
#[expect(clippy::too_many_arguments, reason = "the state of a thread, used in one place")]
fn comment(
    world: &World,
    host: &Someone,
    post: u64,
    turn: u64,
    number: u64,
    published: Moment,
    about: &str,
    said: &mut Vec<Said>,
    rng: &mut Rng,
    out: &mut RowWriter,
) -> bool {
    let parent = (!said.is_empty() && rng.chance(560)).then(|| rng.below(said.len() as u64) as usize);
    let parent = parent.map(|parent| &said[parent]).filter(|parent| parent.depth < DEEPEST);
    // The two people of the demo are the first to speak below the first post.
    let author = if post == 0 && turn < 2 { turn } else { readers::any(world, rng) };
    let author = if parent.is_some_and(|parent| parent.author == author) {
        (author + 1) % world.size("users").max(2)
    } else {
        author
    };
    let member = readers::member(world, author);
    let after = parent.map_or(published, |parent| parent.at).max(member.joined.plus(90_060));
    // Most is said on the first day.
    let wait =
        rng.range(60, 80_000).min(rng.range(60, 80_000)) + if rng.chance(150) { rng.range(0, 20 * 86_400) } else { 0 };
    let at = after.plus(wait);
    if at >= world.now() {
        return false;
    }
    let is_recent = world.now().seconds() - at.seconds() < 3 * 86_400;
    let status = if is_recent && rng.chance(500) {
        "pending"
    } else {
        *rng.weighted(&[(94, "approved"), (1, "rejected"), (3, "spam")])
    };
    let status = if post == 0 && turn < 3 { "approved" } else { status };
    let decided = (status != "pending").then(|| world.past(at.plus(rng.range(30, 9_000))));
    let edited = (status == "approved" && rng.chance(40)).then(|| world.past(at.plus(rng.range(60, 900))));
    let deleted =
        (status == "approved" && turn > 3 && rng.chance(15)).then(|| world.past(at.plus(rng.range(9_000, 90_000))));
    let content = match (status, parent) {
        ("spam", _) => "Great site!!! Visit https://cheap.example.net for the best offers of today".to_owned(),
        (_, Some(parent)) => {
            let name = readers::member(world, parent.author).name;
            let given = name.split(' ').next().unwrap_or_default();
            format!("@{given} {}", world.say_one(COMMENTS, rng, &[("subject", about)]))
        }
        _ => capital(&world.say_one(COMMENTS, rng, &[("subject", about)])),
    };
    let more = if status != "spam" && rng.chance(300) { world.say(" {small}", rng, &[]) } else { String::new() };
    out.set("id", world.id("comments", host, number))
        .set("author_id", member.id)
        .set("post_id", world.id("posts", host, post))
        .set("parent_comment_id", parent.map(|parent| world.id("comments", host, parent.number)))
        .set("content", format!("{content}{more}"))
        .set("status", status)
        .set("moderated_at", decided)
        .set("moderation_note", (status == "spam").then_some("Advertising."))
        .set("edited_at", edited)
        .set("metadata", json!({}))
        .set("deleted_at", deleted);
    world.times(out, at, [decided, edited, deleted].into_iter().flatten().max().unwrap_or(at));
    out.end();
    // Only what readers can see is answered.
    if status == "approved" && deleted.is_none() {
        let depth = parent.map_or(1, |parent| parent.depth + 1);
        said.push(Said { number, author, at, depth });
    }
    true
}
