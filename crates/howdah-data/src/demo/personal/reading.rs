//! Saved web pages and bookmarks. All of them on the domains of RFC 2606: nobody's real page.

use super::super::table::{Per, Role, Share, Source, Table, numbered};
use super::super::text::{CULTURES, capital, paragraph, slug};
use super::super::world::{Someone, World};
use crate::copy::{Array, Bytes, RowWriter};
use sha2::{Digest, Sha256};

pub(super) const TABLES: &[Table] = &[
    Table {
        schema: "public",
        name: "web_pages",
        role: Role::Service,
        per: Per::Person,
        share: Share::PerMille { weight: 12, least: 2, most: 2_500 },
        columns: &[
            "id",
            "user_id",
            "url",
            "title",
            "saved_at",
            "text_content",
            "html_content",
            "screenshot_media_id",
            "author",
            "published_at",
            "site_name",
            "description",
            "archive_key",
            "content_sha256",
            "language",
            "word_count",
            "read_at",
            "created_at",
            "updated_at",
            "metadata",
        ],
        replaces: false,
        rows: web_pages,
    },
    Table {
        schema: "public",
        name: "bookmarks",
        role: Role::Service,
        per: Per::Person,
        share: Share::PerMille { weight: 28, least: 2, most: 6_000 },
        columns: &[
            "id",
            "user_id",
            "url",
            "title",
            "bookmarked_at",
            "description",
            "favicon_url",
            "folder",
            "position",
            "tags",
            "is_favorite",
            "is_toread",
            "visit_count",
            "last_visited_at",
            "web_page_id",
            "created_at",
            "updated_at",
            "deleted_at",
            "metadata",
        ],
        replaces: false,
        rows: bookmarks,
    },
];

/// Site, its name, what it writes about.
const SITES: &[(&str, &str, &str)] = &[
    ("journal.example.com", "The Slow Journal", "essays"),
    ("fieldnotes.example.org", "Field Notes", "nature"),
    ("workshop.example.net", "Workshop Bench", "craft"),
    ("kitchen.example.com", "Plain Kitchen", "cooking"),
    ("rails.example.org", "Night & Rail", "travel"),
    ("type.example.net", "Counterform", "design"),
    ("water.example.org", "Open Water Review", "science"),
    ("sound.example.com", "Room Tone", "audio"),
];

struct Page {
    url: String,
    title: String,
    site: &'static (&'static str, &'static str, &'static str),
}

fn page(world: &World, someone: &Someone, index: u64) -> Page {
    let mut rng = world.rng("pages", someone, index);
    let site = rng.pick(SITES);
    let shape = *rng.pick(&[
        "{subject} {adverb}",
        "why {subject} {claim}",
        "notes on {subject}",
        "{subject} and {subject}",
        "a year of {subject}",
    ]);
    let title = capital(&world.say(shape, &mut rng, &[]));
    Page { url: format!("https://{}/{:04}/{}-{}", site.0, rng.range(2012, 2026), slug(&title), index + 1), title, site }
}

fn web_pages<'w>(world: &'w World, someone: &'w Someone) -> Box<dyn Source + 'w> {
    let count = world.size("web_pages");
    numbered(count, move |index, out: &mut RowWriter| {
        let mut rng = world.rng("web_pages", someone, index);
        let page = page(world, someone, index);
        let saved = world.awake(someone, world.day(index, count), &mut rng, 7, 23);
        let paragraphs: Vec<String> = (0..rng.range(3, 7)).map(|_| paragraph(&mut rng, &[])).collect();
        let text = paragraphs.join("\n\n");
        let html = format!(
            "<article><h1>{}</h1><p>{}</p></article>",
            page.title.replace('&', "&amp;"),
            paragraphs.join("</p><p>")
        );
        let culture = rng.pick(CULTURES);
        let author = format!("{} {}", rng.pick(culture.given), rng.pick(culture.family));
        world.base(out, "web_pages", someone, index, saved);
        out.set("url", page.url.as_str())
            .set("title", page.title)
            .set("saved_at", saved)
            .set("text_content", text.as_str())
            .set("html_content", html.as_str())
            .set("author", author)
            .set("published_at", saved.plus(-rng.range(1, 900) * 86_400))
            .set("site_name", page.site.1)
            .set("description", paragraphs.first().map(|first| first.split(". ").next().unwrap_or_default().to_owned()))
            .set("archive_key", format!("{}/pages/{}.html.zst", someone.id, world.id("web_pages", someone, index)))
            .set("content_sha256", Bytes(&Sha256::digest(html.as_bytes())))
            .set("language", "en")
            .set("word_count", text.split_whitespace().count() as i64)
            .set("read_at", rng.chance(600).then(|| world.past(saved.plus(rng.range(600, 900_000)))));
        out.end();
    })
}

fn bookmarks<'w>(world: &'w World, someone: &'w Someone) -> Box<dyn Source + 'w> {
    let count = world.size("bookmarks");
    let pages = world.size("web_pages");
    numbered(count, move |index, out: &mut RowWriter| {
        let mut rng = world.rng("bookmarks", someone, index);
        // Every third bookmark has its page saved; the others are numbered past the saved ones.
        let saved = (index % 3 == 0 && index / 3 < pages).then_some(index / 3);
        let page = page(world, someone, saved.unwrap_or(pages + index));
        let at = world.awake(someone, world.day(index, count), &mut rng, 7, 23);
        let visits = rng.range(0, 30);
        let deleted = rng.chance(20).then(|| world.past(at.plus(rng.range(86_400, 4_000_000))));
        world.base(out, "bookmarks", someone, index, at);
        out.set("url", page.url.as_str())
            .set("title", page.title)
            .set("bookmarked_at", at)
            .set(
                "description",
                rng.chance(300).then(|| capital(&world.say("{friend} recommended it: {verdict}.", &mut rng, &[]))),
            )
            .set("favicon_url", format!("https://{}/favicon.ico", page.site.0))
            .set("folder", *rng.pick(&["Reading", "Reference", "Recipes", "Travel", "Tools", "Work"]))
            .set("position", index.min(2_000_000_000))
            .set("tags", Array(&[page.site.2]))
            .set("is_favorite", rng.chance(100))
            .set("is_toread", visits == 0)
            .set("visit_count", visits)
            .set("last_visited_at", (visits > 0).then(|| world.past(at.plus(rng.range(60, 9_000_000)))))
            .set("web_page_id", saved.map(|page| world.id("web_pages", someone, page)))
            .set("deleted_at", deleted);
        world.times(out, at, deleted.unwrap_or(at));
        out.end();
    })
}
