//! Notes: markdown with checklists, as people keep them.

use super::super::table::{Per, Role, Share, Source, Table, numbered};
use super::super::text::{NOTE_KINDS, capital};
use super::super::world::{Someone, World};
use crate::copy::{Array, RowWriter};
use serde_json::{Value, json};

pub(super) const TABLES: &[Table] = &[Table {
    schema: "public",
    name: "notes",
    role: Role::Service,
    per: Per::Person,
    share: Share::PerMille { weight: 24, least: 2, most: 4_000 },
    columns: &[
        "id",
        "user_id",
        "title",
        "content",
        "note_format",
        "folder",
        "tags",
        "is_pinned",
        "is_locked",
        "is_archived",
        "color",
        "checklist",
        "word_count",
        "created_at",
        "updated_at",
        "deleted_at",
        "metadata",
    ],
    replaces: false,
    rows: notes,
}];

fn notes<'w>(world: &'w World, someone: &'w Someone) -> Box<dyn Source + 'w> {
    let count = world.size("notes");
    numbered(count, move |index, out: &mut RowWriter| {
        let mut rng = world.rng("notes", someone, index);
        let kind = &NOTE_KINDS[(index % NOTE_KINDS.len() as u64) as usize];
        let at = world.awake(someone, world.day(index, count), &mut rng, 7, 23);
        let number = rng.range(3, 320).to_string();
        let date = at.day().to_string();
        let title =
            capital(&world.say_one(kind.titles, &mut rng, &[("number", number.as_str()), ("date", date.as_str())]));
        let values = [("title", title.as_str()), ("number", number.as_str()), ("date", date.as_str())];
        let mut content = capital(&world.say_one(kind.bodies, &mut rng, &values));
        let items: Vec<(String, bool)> = if kind.items.is_empty() || rng.chance(350) {
            Vec::new()
        } else {
            kind.items.iter().map(|item| (world.say(item, &mut rng, &values), rng.chance(500))).collect()
        };
        if !items.is_empty() {
            content.push_str("\n\n");
            for (item, is_done) in &items {
                content.push_str(&format!("- [{}] {item}\n", if *is_done { 'x' } else { ' ' }));
            }
        }
        let checklist = (!items.is_empty())
            .then(|| items.iter().map(|(item, is_done)| json!({ "text": item, "done": is_done })).collect::<Value>());
        let words = content.split_whitespace().count() as i64;
        let edited = world.past(at.plus(rng.range(0, 6_000_000)));
        let deleted = rng.chance(25).then_some(edited);
        world.base(out, "notes", someone, index, at);
        world.times(out, at, edited);
        out.set("title", title.as_str())
            .set("content", content)
            .set("note_format", "markdown")
            .set("folder", kind.folder)
            .set("tags", Array(kind.tags))
            .set("is_pinned", index == 0 || rng.chance(30))
            .set("is_locked", false)
            .set("is_archived", rng.chance(80))
            .set("color", rng.chance(300).then(|| *rng.pick(&["yellow", "green", "blue", "pink", "orange"])))
            .set("checklist", checklist)
            .set("word_count", words)
            .set("deleted_at", deleted);
        out.end();
    })
}
