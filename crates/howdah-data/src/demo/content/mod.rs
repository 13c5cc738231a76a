//! The `content` template: a small publication that the two people run, with readers who comment.

mod comments;
mod filing;
mod posts;

use super::readers;
use super::table::{Per, Role, Share, Source, Table, Template, numbered};
use super::text::{capital, slug};
use super::world::{Someone, World};
use crate::copy::RowWriter;
use serde_json::json;

/// In the order of loading: a row comes after those it points at.
pub(super) const TEMPLATE: Template = Template {
    name: "content",
    marks: &["authors", "posts", "comments", "post_tags"],
    tables: &[PEOPLE, filing::TABLES, posts::TABLES, comments::TABLES],
};

const PEOPLE: &[Table] = &[
    Table {
        schema: "auth",
        name: "users",
        role: Role::Auth,
        per: Per::Set,
        share: Share::PerMille { weight: 12, least: 8, most: 3_000 },
        columns: readers::USER_COLUMNS,
        replaces: false,
        rows: readers::users,
    },
    Table {
        schema: "public",
        name: "authors",
        role: Role::Service,
        per: Per::Set,
        share: Share::Of { table: "users", per_mille: 1000, least: 8 },
        columns: &[
            "id",
            "slug",
            "display_name",
            "bio",
            "avatar_url",
            "website",
            "is_suspended",
            "metadata",
            "created_at",
            "updated_at",
        ],
        replaces: false,
        rows: authors,
    },
];

fn authors<'w>(world: &'w World, host: &'w Someone) -> Box<dyn Source + 'w> {
    numbered(world.size("authors"), move |index, out: &mut RowWriter| {
        let member = readers::member(world, index);
        let mut rng = world.rng("authors", host, index);
        let person = world.people.get(index as usize);
        let number = if person.is_some() { String::new() } else { format!("-{index}") };
        let made = member.joined.plus(rng.range(120, 90_000));
        let bio = person.map_or_else(
            || {
                rng.chance(600).then(|| {
                    capital(&world.say("{subject}, {subject}, and {side}. Lives near {place}.", &mut rng, &[]))
                })
            },
            |someone| Some(someone.bio.to_owned()),
        );
        out.set("id", member.id)
            .set("slug", format!("{}{number}", slug(&member.name)))
            .set("display_name", member.name)
            .set("bio", bio)
            .set(
                "avatar_url",
                (person.is_some() || rng.chance(500))
                    .then(|| format!("https://images.example.com/people/{index}.webp")),
            )
            .set("website", person.map(|someone| someone.website))
            .set("is_suspended", person.is_none() && index > 7 && rng.chance(15))
            .set("metadata", json!({}));
        world.times(out, made, made);
        out.end();
    })
}
