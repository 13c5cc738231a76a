//! Categories as a tree, and tags.

use super::super::table::{Per, Role, Share, Source, Table, numbered};
use super::super::text::slug;
use super::super::world::{Someone, World};
use crate::copy::RowWriter;
use serde_json::json;

pub(super) const TABLES: &[Table] = &[
    Table {
        schema: "public",
        name: "categories",
        role: Role::Service,
        per: Per::Set,
        share: Share::Fixed(CATEGORIES.len() as u64),
        columns: &[
            "id",
            "parent_category_id",
            "name",
            "slug",
            "description",
            "position",
            "metadata",
            "created_at",
            "updated_at",
        ],
        replaces: false,
        rows: categories,
    },
    Table {
        schema: "public",
        name: "tags",
        role: Role::Service,
        per: Per::Set,
        share: Share::Fixed(TAGS.len() as u64),
        columns: &["id", "name", "slug", "description", "metadata", "created_at", "updated_at"],
        replaces: false,
        rows: tags,
    },
];

/// Name, parent by its place in this list, what belongs there. Parents come first.
const CATEGORIES: &[(&str, Option<u64>, &str)] = &[
    ("Making", None, "Things done by hand."),
    ("Places", None, "Where we have been, and how we got there."),
    ("Kitchen", None, "What we cook, and what went wrong."),
    ("Notes", None, "Reading, listening, thinking."),
    ("Wood", Some(0), "Shelves, boats, spoons."),
    ("Repair", Some(0), "Rather than buying new."),
    ("Letterpress", Some(0), "Ink, lead and patience."),
    ("Radios", Some(5), "Valves, coils and static."),
    ("Bicycles", Some(5), "Two wheels at a time."),
    ("Rivers", Some(1), "Along the water."),
    ("Trains", Some(1), "By rail, by night if possible."),
    ("Cities", Some(1), "One street at a time."),
    ("Night trains", Some(10), "The best hotel is one that moves."),
    ("Bread", Some(2), "Flour, water, salt, time."),
    ("Soup", Some(2), "A pot is enough."),
    ("Sourdough", Some(13), "The slow way."),
    ("Books", Some(3), "Read and re-read."),
    ("Music", Some(3), "Sung, played, recorded."),
];

const TAGS: &[&str] = &[
    "beginners",
    "winter",
    "summer",
    "tools",
    "compost",
    "moss",
    "maps",
    "type",
    "ink",
    "walking",
    "cycling",
    "choir",
    "microphones",
    "solder",
    "rye",
    "soup season",
    "libraries",
    "rain",
    "harbours",
    "small flats",
    "on a budget",
    "mistakes",
    "Berlin",
    "Lisbon",
    "Copenhagen",
    "Edinburgh",
    "interview",
    "how-to",
];

fn categories<'w>(world: &'w World, host: &'w Someone) -> Box<dyn Source + 'w> {
    numbered(CATEGORIES.len() as u64, move |index, out: &mut RowWriter| {
        let (name, parent, description) = CATEGORIES[index as usize];
        let made = world.born().plus(7_200 + 60 * index as i64);
        let before = CATEGORIES[..index as usize].iter().filter(|category| category.1 == parent).count();
        out.set("id", world.id("categories", host, index))
            .set("parent_category_id", parent.map(|parent| world.id("categories", host, parent)))
            .set("name", name)
            .set("slug", slug(name))
            .set("description", description)
            .set("position", before as i64)
            .set("metadata", json!({}));
        world.times(out, made, made);
        out.end();
    })
}

fn tags<'w>(world: &'w World, host: &'w Someone) -> Box<dyn Source + 'w> {
    numbered(TAGS.len() as u64, move |index, out: &mut RowWriter| {
        let name = TAGS[index as usize];
        let made = world.born().plus(9_000 + 45 * index as i64);
        out.set("id", world.id("tags", host, index))
            .set("name", name)
            .set("slug", slug(name))
            .set("description", index.is_multiple_of(4).then(|| format!("Everything about {name}.")))
            .set("metadata", json!({}));
        world.times(out, made, made);
        out.end();
    })
}
