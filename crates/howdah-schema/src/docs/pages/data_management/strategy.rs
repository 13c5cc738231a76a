//! What the database is made of.

use super::{tables, which};
use crate::catalog::ForeignKeyAction;
use crate::docs::model::{BelongsTo, TableDoc};
use crate::docs::pages::links::Links;
use crate::docs::pages::write::{Line, Writer, count};
use std::collections::BTreeMap;

pub(super) fn strategy(writer: &mut Writer, links: &Links<'_>) {
    let documentation = links.documentation;
    writer.part("strategy", "Database strategy");
    writer.say("One PostgreSQL database holds everything below. Its schemas:");
    let rows = documentation.schemas.iter().map(|schema| {
        [
            Line::new().code(schema.name.as_str()),
            schema.purpose.clone().unwrap_or_default().into(),
            schema.tables.to_string().into(),
            schema.views.to_string().into(),
            schema.functions.to_string().into(),
            if schema.in_api { "yes" } else { "no" }.into(),
            Line::codes(&schema.usage),
        ]
    });
    writer.table(["Schema", "Purpose", "Tables", "Views", "Functions", "Over HTTP", "Used by"], rows);
    let all: Vec<&TableDoc> = tables(links).collect();
    if !all.is_empty() {
        writer.list([
            keys(&all),
            which(links, "Keeps when a row was made and last changed (created_at, updated_at)", &all, |table| {
                ["created_at", "updated_at"].iter().all(|name| table.columns.iter().any(|column| column.name == *name))
            }),
            which(links, "Guards against lost updates by a version (@version)", &all, |table| {
                table.version_column.is_some()
            }),
            which(links, "Marks rows as deleted rather than removing them", &all, |table| table.soft_delete.is_some()),
        ]);
    }
    extensions(writer, links);
    if !documentation.sequences.is_empty() {
        writer.say("Sequences that belong to no column:");
        let rows = documentation.sequences.iter().map(|sequence| {
            [
                Line::new().code(sequence.name.to_string()),
                sequence.data_type.as_str().into(),
                format!(
                    "from {} by {}{}",
                    sequence.start,
                    sequence.increment,
                    if sequence.cycle { ", starting again at the end" } else { "" }
                )
                .into(),
                sequence.purpose.clone().unwrap_or_default().into(),
            ]
        });
        writer.table(["Sequence", "Type", "Counts", "Purpose"], rows);
    }
    if !documentation.event_triggers.is_empty() {
        writer.say("Event triggers, which fire on commands:");
        let rows = documentation.event_triggers.iter().map(|trigger| {
            let commands =
                if trigger.commands.is_empty() { "any command".to_owned() } else { trigger.commands.join(", ") };
            [
                Line::new().code(trigger.name.as_str()),
                Line::new().code(trigger.event.as_str()).text(format!(": {commands}")),
                links.function(&trigger.function).into(),
                trigger.purpose.clone().unwrap_or_default().into(),
            ]
        });
        writer.table(["Event trigger", "On", "Calls", "Purpose"], rows);
    }
    if !documentation.others.is_empty() {
        let others =
            documentation.others.iter().map(|other| Line::from(format!("{} ", other.kind)).code(other.name.as_str()));
        writer.paragraph(Line::from("Further objects, not described here: ").and(Line::joined(others, ", ")).text("."));
    }
}

fn extensions(writer: &mut Writer, links: &Links<'_>) {
    let extensions = &links.documentation.extensions;
    if extensions.is_empty() {
        writer.say("No extension is installed: any PostgreSQL server can hold this database.");
        return;
    }
    writer.say("Extensions, which a server must offer to hold this database:");
    let rows = extensions.iter().map(|extension| {
        [
            Line::new().code(extension.name.as_str()),
            Line::new().code(extension.schema.as_str()),
            extension.purpose.clone().unwrap_or_default().into(),
        ]
    });
    writer.table(["Extension", "Schema", "Purpose"], rows);
}

/// What kinds of primary keys there are.
fn keys(all: &[&TableDoc]) -> Line {
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    for table in all {
        let kind = match table.primary_key.as_slice() {
            [] => "none".to_owned(),
            [one] => table
                .columns
                .iter()
                .find(|column| column.name == *one)
                .map_or_else(|| "one column".to_owned(), |column| column.data_type.sql.clone()),
            _ => "several columns".to_owned(),
        };
        *kinds.entry(kind).or_default() += 1;
    }
    let mut kinds: Vec<(String, usize)> = kinds.into_iter().collect();
    kinds.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let kinds = kinds.into_iter().map(|(kind, number)| {
        let line = Line::from(format!("{number} × "));
        if matches!(kind.as_str(), "none" | "several columns") { line.text(kind) } else { line.code(kind) }
    });
    Line::from("Primary keys: ").and(Line::joined(kinds, ", "))
}

pub(super) fn entities(writer: &mut Writer, links: &Links<'_>) {
    let documentation = links.documentation;
    writer.part("entities", "Entities");
    if documentation.groups.is_empty() {
        writer.say("There are no tables.");
        return;
    }
    let rows = documentation
        .groups
        .iter()
        .map(|group| [links.group(&group.name).into(), links.relations(&group.tables), links.relations(&group.views)]);
    writer.table(["Group", "Tables", "Views"], rows);
    let all: Vec<&TableDoc> = tables(links).collect();
    let mut facts = vec![
        which(links, "Rows that belong to one account (@owner)", &all, |table| table.owner_column.is_some()),
        which(links, "Tables that join two others", &all, |table| !table.joins.is_empty()),
    ];
    let mut hubs: Vec<&TableDoc> = all.iter().copied().filter(|table| table.has_many.len() > 2).collect();
    hubs.sort_by(|a, b| b.has_many.len().cmp(&a.has_many.len()).then_with(|| a.name.cmp(&b.name)));
    hubs.truncate(5);
    if !hubs.is_empty() {
        let hubs = hubs
            .iter()
            .map(|table| Line::from(links.relation(&table.name)).text(format!(" ({})", table.has_many.len())));
        facts.push(Line::from("Most pointed at: ").and(Line::joined(hubs, ", ")));
    }
    writer.list(facts);
}

pub(super) fn patterns(writer: &mut Writer, links: &Links<'_>) {
    writer.part("relationship-patterns", "Relationship patterns");
    let all: Vec<(&TableDoc, &BelongsTo)> =
        tables(links).flat_map(|table| table.belongs_to.iter().map(move |link| (table, link))).collect();
    if all.is_empty() {
        writer.say("There are no foreign keys.");
        return;
    }
    let number =
        |fits: &dyn Fn(&TableDoc, &BelongsTo) -> bool| all.iter().filter(|(table, link)| fits(table, link)).count();
    let one_to_one = number(&|_, link| link.one_to_one);
    let joined = tables(links).filter(|table| !table.joins.is_empty()).count();
    let own = number(&|table, link| link.table == table.name);
    let composite = number(&|_, link| link.columns.len() > 1);
    let rows = [
        ("Many to one", all.len() - one_to_one, "A row points at one row; any number points at the same."),
        ("One to one", one_to_one, "At most one row points at the same row."),
        ("Many to many", joined, "A table between two others holds one row a pair."),
        ("To itself", own, "Rows of one table form a tree or a chain."),
        (
            "By several columns",
            composite,
            "The key says more than which row: with an owner in it, rows of different owners cannot be tied together.",
        ),
    ];
    let rows = rows.into_iter().map(|(name, number, about)| [name.into(), number.to_string().into(), about.into()]);
    writer.table(["Pattern", "Foreign keys or tables", "Meaning"], rows);
    let actions = [
        (ForeignKeyAction::Cascade, "deletes the rows that point at it"),
        (ForeignKeyAction::SetNull, "makes them point nowhere"),
        (ForeignKeyAction::SetDefault, "makes them point at a default"),
        (ForeignKeyAction::Restrict, "is refused at once while any row points at it"),
        (ForeignKeyAction::NoAction, "is refused while any row points at it"),
    ];
    writer.say("When a row that others point at is deleted, that");
    writer.list(actions.into_iter().filter_map(|(action, what)| {
        let found = number(&|_, link| link.on_delete == action);
        let line = || {
            Line::from(format!("{what}: {} (", count(found, "foreign key", "foreign keys")))
                .code(action.as_sql())
                .text(")")
        };
        (found > 0).then(line)
    }));
    let uncovered = all.iter().filter(|(_, link)| link.index.is_none());
    let uncovered: Vec<Line> = uncovered
        .map(|(table, link)| Line::new().code(link.constraint.as_str()).text(" of ").with(links.relation(&table.name)))
        .collect();
    if uncovered.is_empty() {
        writer.say("An index covers every foreign key.");
    } else {
        writer.paragraph(Line::from("No index covers ").and(Line::joined(uncovered, ", ")).text("."));
    }
    writer.paragraph(
        Line::from("All of them: ").with(crate::docs::pages::links::page("RELATIONSHIPS", "Relationships")).text("."),
    );
}
