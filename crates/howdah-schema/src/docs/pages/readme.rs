//! The first page.

use super::links::{Links, group_anchor, page as to_page};
use super::table::first_sentence;
use super::write::{Line, Writer, count};
use crate::docs::block::{Inline, NoteKind, Page};
use crate::docs::model::{Coverage, Group};

pub(super) fn page(links: &Links<'_>) -> Page {
    let documentation = links.documentation;
    let mut writer = Writer::default();
    let counts = &documentation.counts;
    writer.say(format!(
        "{} in {}, with {}.",
        tables_and_views(links),
        count(documentation.groups.len(), "group", "groups"),
        [
            count(counts.columns, "column", "columns"),
            count(counts.foreign_keys, "foreign key", "foreign keys"),
            count(counts.indexes, "index", "indexes"),
            count(counts.policies, "policy", "policies"),
            count(counts.triggers, "trigger", "triggers"),
        ]
        .join(", "),
    ));
    let deprecated = documentation.tables.values().filter(|table| !table.deprecations.is_empty()).count();
    let errors = documentation.issues.iter().filter(|issue| issue.level == "error").count();
    if errors > 0 {
        let found = count(errors, "error", "errors");
        let line = Line::from(format!("The checks of the schema found {found}: "));
        writer.note(NoteKind::Warning, line.with(in_data_management("known-issues", "known issues")).text("."));
    }
    writer.part("pages", "Pages");
    writer.list([
        Line::from(to_page("DATA-MANAGEMENT", "Data management"))
            .text(": how data is validated, protected, kept and removed, and what the checks of the schema found"),
        Line::from(to_page("TABLE-REFERENCE", "Table reference")).text(": every table and column in one place"),
        Line::from(to_page("RELATIONSHIPS", "Relationships"))
            .text(format!(": {}", number(counts.foreign_keys, "foreign key", "foreign keys, from both ends"))),
        Line::from(to_page("ER-DIAGRAM", "Diagrams")).text(": the whole, and one a group"),
        Line::from(to_page("ENUMS", "Enums")).text(format!(": {}", number(counts.enums, "enum", "enums"))),
        Line::from(to_page("DOMAINS", "Domains and other types")).text(format!(": {}", types(links))),
        Line::from(to_page("FUNCTIONS", "Functions"))
            .text(format!(": {}", number(counts.functions, "function", "functions"))),
        Line::from(to_page("VIEWS", "Views")).text(format!(
            ": {}",
            number(counts.views + counts.materialized_views, "view, with what it reads", "views, with what they read")
        )),
    ]);
    writer.part("reading", "How to read this");
    reading(&mut writer, links);
    if deprecated > 0 {
        let found = documentation.tables.values().filter(|table| !table.deprecations.is_empty());
        let found = found.map(|table| Line::from(links.part_of(&table.name, "deprecations", table.name.to_string())));
        writer.paragraph(Line::from("Something is deprecated in ").and(Line::joined(found, ", ")).text("."));
    }
    writer.part("tables", "Tables and views by group");
    if documentation.groups.is_empty() {
        writer.say("There are no tables and no views.");
    } else {
        let all = documentation.groups.iter().map(|group| {
            let total = group.tables.len() + group.views.len();
            Line::from(links.group(&group.name)).text(format!(" {total}"))
        });
        writer.paragraph(Line::joined(all, " · "));
    }
    for group in &documentation.groups {
        index(&mut writer, links, group);
    }
    let title = if documentation.project.is_empty() {
        "Database".to_owned()
    } else {
        format!("Database of {}", documentation.project)
    };
    writer.page("README", title, "Tables and views by group, and how to read this documentation.")
}

/// How many there are, or `none`.
fn number(number: usize, one: &str, many: &str) -> String {
    if number == 0 { "none".to_owned() } else { count(number, one, many) }
}

fn tables_and_views(links: &Links<'_>) -> String {
    let counts = &links.documentation.counts;
    let mut parts = vec![count(counts.tables, "table", "tables")];
    if counts.partitions > 0 {
        parts.push(count(counts.partitions, "partition", "partitions"));
    }
    let views = counts.views + counts.materialized_views;
    if views > 0 {
        parts.push(count(views, "view", "views"));
    }
    parts.join(", ")
}

fn types(links: &Links<'_>) -> String {
    let documentation = links.documentation;
    let mut parts = vec![count(documentation.domains.len(), "domain", "domains")];
    if !documentation.composites.is_empty() {
        parts.push(count(documentation.composites.len(), "composite type", "composite types"));
    }
    if !documentation.ranges.is_empty() {
        parts.push(count(documentation.ranges.len(), "range type", "range types"));
    }
    parts.join(", ")
}

fn in_data_management(anchor: &str, text: &str) -> Inline {
    Inline::Link {
        page: "DATA-MANAGEMENT".to_owned(),
        anchor: Some(anchor.to_owned()),
        text: text.to_owned(),
        code: false,
    }
}

fn reading(writer: &mut Writer, links: &Links<'_>) {
    writer.paragraph(
        Line::from("Everything here is read off the schema and its comments. To change it, change the schema and run ")
            .code("howdah docs")
            .text(" again; ")
            .code("howdah docs --check")
            .text(" tells whether that is due."),
    );
    writer.list([
        Line::from("A table's page has twelve parts, always in the same order. A part that has nothing says so."),
        Line::from("Purposes and meanings are the comments in the schema. Where an index or a constraint has none, what is said of it follows from its definition."),
        Line::from("Tags such as ").badge("@pii email").text(" say what SQL cannot: what is personal, masked, encrypted, kept for a time. They stand in the comments as well."),
        Line::from("Under Access, a cell says which rows a role reaches by an operation: a grant lets it try, policies choose the rows. UPDATE and DELETE also need SELECT on what they look at. ")
            .code("owner")
            .text(" is whoever owns the object."),
        Line::from("What is said of performance follows from the indexes alone. How many rows there are is not known here."),
    ]);
    let Coverage { commented, all, missing } = &links.documentation.coverage;
    let percent = links.documentation.coverage.percent();
    writer.say(if missing.is_empty() {
        format!("All {all} tables, columns, views, functions and types have a comment.")
    } else {
        format!("{commented} of {all} tables, columns, views, functions and types have a comment ({percent} %).")
    });
}

fn index(writer: &mut Writer, links: &Links<'_>, group: &Group) {
    let documentation = links.documentation;
    writer.heading(3, &group_anchor(&group.name), Inline::text(group.name.as_str()));
    let mut line = match (group.tagged, &group.about) {
        (true, _) => Line::new(),
        (false, Some(about)) => Line::from(format!("Without a group, in this schema. {about} ")),
        (false, None) => Line::from("Without a group, in this schema. "),
    };
    if !group.tables.is_empty() {
        line = line.with(Inline::Link {
            page: "ER-DIAGRAM".to_owned(),
            anchor: Some(group_anchor(&group.name)),
            text: "Diagram".to_owned(),
            code: false,
        });
    }
    if !line.is_empty() {
        writer.paragraph(line);
    }
    let tables = group.tables.iter().filter_map(|name| documentation.tables.get(name)).map(|table| {
        let mut purpose = Line::from(table.purpose.as_deref().map(first_sentence).unwrap_or_default());
        if table.deprecations.iter().any(|found| found.kind == "table") {
            purpose = Line::new().badge("deprecated").text(" ").and(purpose);
        }
        let partitions = table.partitions.len();
        let about =
            if partitions > 0 { format!(" ({})", count(partitions, "partition", "partitions")) } else { String::new() };
        [
            Line::from(links.relation(&table.name)).text(about),
            purpose,
            table.columns.len().to_string().into(),
            (table.belongs_to.len() + table.has_many.len()).to_string().into(),
        ]
    });
    let views = group.views.iter().filter_map(|name| documentation.views.get(name)).map(|view| {
        [
            Line::from(links.relation(&view.name)).text(if view.materialized {
                " (materialized view)"
            } else {
                " (view)"
            }),
            view.purpose.as_deref().map(first_sentence).unwrap_or_default().into(),
            view.columns.len().to_string().into(),
            Line::new(),
        ]
    });
    writer.table(["Table", "Purpose", "Columns", "Relations"], tables.chain(views));
}
