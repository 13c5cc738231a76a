//! How tables belong together: a table's part of it, and the page about all.

use super::links::Links;
use super::write::{Line, Writer, count};
use crate::QualifiedName;
use crate::catalog::ForeignKeyAction;
use crate::docs::block::{Inline, Page};
use crate::docs::diagrams::{DiagramSpec, neighbours, path_of};
use crate::docs::model::{BelongsTo, HasMany, ManyToMany, TableDoc, TableKind};

/// Both ways, and through other tables.
pub(super) fn of_table(writer: &mut Writer, links: &Links<'_>, table: &TableDoc) {
    if table.belongs_to.is_empty() && table.has_many.is_empty() {
        writer.say("It stands alone: no foreign key leaves it, and none points at it.");
        return;
    }
    let near = neighbours(links.documentation, table);
    if near.len() > 1 {
        let title = format!("{} and the tables next to it", table.name);
        writer.block(links.diagram(&DiagramSpec { path: path_of(&table.name), title, tables: near }));
    }
    if !table.belongs_to.is_empty() {
        writer.heading(3, "belongs-to", Inline::text("Belongs to"));
        let rows = table.belongs_to.iter().map(|link| {
            [
                links.relation(&link.table).into(),
                pairs(&link.columns, &link.referenced_columns),
                how_many(link).into(),
                action(link.on_delete, &link.on_delete_columns),
                Line::new().code(link.constraint.as_str()),
            ]
        });
        writer.table(["A row of", "By", "How many", "When that is deleted", "Foreign key"], rows);
    }
    if !table.has_many.is_empty() {
        writer.heading(3, "has-many", Inline::text("Has many"));
        let rows = table.has_many.iter().map(|link| {
            [
                links.relation(&link.table).into(),
                pairs(&link.columns, &link.referenced_columns),
                if link.one { "at most one" } else { "any number" }.into(),
                action(link.on_delete, &link.on_delete_columns),
                Line::new().code(link.constraint.as_str()),
            ]
        });
        writer.table(["Rows of", "By", "How many", "When the row here is deleted", "Foreign key"], rows);
    }
    if !table.many_to_many.is_empty() {
        writer.heading(3, "many-to-many", Inline::text("Many to many"));
        writer.list(
            table.many_to_many.iter().map(|link| {
                Line::from(links.relation(&link.table)).text(" through ").with(links.relation(&link.through))
            }),
        );
    }
}

/// `user_id, album_id → user_id, id`; when both sides are the same, once.
fn pairs(columns: &[String], referenced: &[String]) -> Line {
    Line::codes(columns).text(" → ").and(Line::codes(referenced))
}

fn how_many(link: &BelongsTo) -> &'static str {
    match (link.optional, link.one_to_one) {
        (false, false) => "exactly one",
        (true, false) => "one or none",
        (false, true) => "exactly one, and no other row the same",
        (true, true) => "one or none, and no other row the same",
    }
}

/// What becomes of a row that points at one that is deleted.
fn action(action: ForeignKeyAction, columns: &[String]) -> Line {
    match (action, columns) {
        (ForeignKeyAction::Cascade, _) => "deleted with it".into(),
        (ForeignKeyAction::NoAction, _) => "refused".into(),
        (ForeignKeyAction::Restrict, _) => "refused at once".into(),
        (ForeignKeyAction::SetNull, []) => "set to null".into(),
        (ForeignKeyAction::SetNull, columns) => Line::codes(columns).text(" set to null"),
        (ForeignKeyAction::SetDefault, []) => "set to the default".into(),
        (ForeignKeyAction::SetDefault, columns) => Line::codes(columns).text(" set to the default"),
    }
}

/// Every foreign key, from both ends.
pub(super) fn page(links: &Links<'_>) -> Page {
    let mut writer = Writer::default();
    let tables = || links.documentation.tables.values().filter(|table| table.kind != TableKind::Partition);
    let total = links.documentation.counts.foreign_keys;
    writer.say(match total {
        0 => "There are no foreign keys.".to_owned(),
        _ => format!(
            "{} between {}. A foreign key makes each value in its columns the key of a row of the table it points at; a null points nowhere.",
            count(total, "foreign key", "foreign keys"),
            count(tables().filter(|table| !(table.belongs_to.is_empty() && table.has_many.is_empty())).count(), "table", "tables"),
        ),
    });
    writer.part("from", "What each table points at");
    let from: Vec<(&QualifiedName, &BelongsTo)> =
        tables().flat_map(|table| table.belongs_to.iter().map(|link| (&table.name, link))).collect();
    if from.is_empty() {
        writer.say("Nothing points anywhere.");
    } else {
        let rows = from.into_iter().map(|(table, link)| {
            [
                links.part_of(table, "relationships", table.to_string()).into(),
                Line::codes(&link.columns),
                links.part_of(&link.table, "relationships", link.table.to_string()).into(),
                Line::codes(&link.referenced_columns),
                action(link.on_delete, &link.on_delete_columns),
                on_update(link.on_update).into(),
                Line::new().code(link.constraint.as_str()),
            ]
        });
        let columns = [
            "Table",
            "Columns",
            "Points at",
            "Columns there",
            "When that is deleted",
            "When its key changes",
            "Foreign key",
        ];
        writer.table(columns, rows);
    }
    writer.part("to", "What points at each table");
    let to: Vec<(&QualifiedName, &HasMany)> =
        tables().flat_map(|table| table.has_many.iter().map(|link| (&table.name, link))).collect();
    if to.is_empty() {
        writer.say("Nothing points anywhere.");
    } else {
        let rows = to.into_iter().map(|(table, link)| {
            [
                links.part_of(table, "relationships", table.to_string()).into(),
                links.part_of(&link.table, "relationships", link.table.to_string()).into(),
                Line::codes(&link.columns),
                if link.one { "at most one" } else { "any number" }.into(),
                action(link.on_delete, &link.on_delete_columns),
            ]
        });
        writer.table(["Table", "Pointed at by", "Columns there", "Rows", "When a row here is deleted"], rows);
    }
    many_to_many(&mut writer, links);
    writer.part("alone", "Tables that stand alone");
    let alone: Vec<&QualifiedName> = tables()
        .filter(|table| table.belongs_to.is_empty() && table.has_many.is_empty())
        .map(|table| &table.name)
        .collect();
    if alone.is_empty() {
        writer.say("There are none: every table points at another or is pointed at.");
    } else {
        writer.paragraph(links.relations(alone));
    }
    writer.page("RELATIONSHIPS", "Relationships", "Every foreign key, from both ends.")
}

fn many_to_many(writer: &mut Writer, links: &Links<'_>) {
    writer.part("many-to-many", "Many to many");
    let all = links.documentation.tables.values();
    let pairs: Vec<(&QualifiedName, &ManyToMany)> = all
        .flat_map(|table| table.many_to_many.iter().map(|link| (&table.name, link)))
        // Each is known at both ends; of a table joined with itself, by either of two foreign keys.
        .filter(|(name, link)| (*name, &link.near) <= (&link.table, &link.far))
        .collect();
    if pairs.is_empty() {
        writer.say("No table joins two others.");
        return;
    }
    let rows = pairs.into_iter().map(|(name, link)| {
        [links.relation(name).into(), links.relation(&link.table).into(), links.relation(&link.through).into()]
    });
    writer.table(["Table", "And", "Through"], rows);
}

fn on_update(action: ForeignKeyAction) -> &'static str {
    match action {
        ForeignKeyAction::NoAction => "refused",
        ForeignKeyAction::Restrict => "refused at once",
        ForeignKeyAction::Cascade => "follows",
        ForeignKeyAction::SetNull => "set to null",
        ForeignKeyAction::SetDefault => "set to the default",
    }
}
