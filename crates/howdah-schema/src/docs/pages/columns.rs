//! Columns, of tables and of views.

use super::links::Links;
use super::write::{Line, Writer, sentence};
use crate::docs::model::ColumnDoc;

/// All that is known of each, and the expressions of those that are computed.
pub(super) fn columns(writer: &mut Writer, links: &Links<'_>, columns: &[ColumnDoc]) {
    if columns.is_empty() {
        writer.say("There are no columns.");
        return;
    }
    let rows = columns.iter().map(|column| {
        [
            Line::new().code(column.name.as_str()),
            links.data_type(&column.data_type).into(),
            constraints(links, column),
            default(column),
            meaning(column),
            tags(column),
        ]
    });
    writer.table(["Column", "Type", "Constraints", "Default", "Meaning", "Tags"], rows);
    let computed: Vec<&ColumnDoc> = columns.iter().filter(|column| column.generated.is_some()).collect();
    for column in computed {
        let when = if column.generated_virtual { "read" } else { "written" };
        writer.paragraph(Line::new().code(column.name.as_str()).text(format!(" is computed when the row is {when}:")));
        writer.sql(column.generated.clone().unwrap_or_default());
    }
}

fn constraints(links: &Links<'_>, column: &ColumnDoc) -> Line {
    let mut line = Line::new();
    if column.primary_key {
        line = line.badge("primary key");
    } else if !column.nullable {
        line = line.badge("not null");
    }
    if column.unique && !column.primary_key {
        line = line.badge("unique");
    }
    // One is enough where several keys share the column: the rest stands under Relationships.
    if let Some(reference) = column.references.first() {
        line = line.next_line().text("→ ").with(links.relation(&reference.table));
    }
    for check in &column.checks {
        // It stands in the column's own row.
        let check = check.strip_prefix(&column.name).map_or(check.as_str(), str::trim_start);
        line = line.next_line().text(check);
    }
    line
}

fn default(column: &ColumnDoc) -> Line {
    if let Some(identity) = &column.identity {
        return Line::new().badge(format!("identity, {identity}"));
    }
    if column.generated.is_some() {
        return Line::new().text("computed");
    }
    column.default.as_ref().map(|default| Line::new().code(default.as_str())).unwrap_or_default()
}

/// What a column means, and first of all that it should not be used.
pub(super) fn meaning(column: &ColumnDoc) -> Line {
    let mut line = Line::new();
    if let Some(why) = &column.deprecated {
        line = line.strong("Deprecated").text(format!(": {}", sentence(why)));
    }
    match &column.meaning {
        Some(meaning) if line.is_empty() => line.text(meaning.as_str()),
        Some(meaning) => line.text(" ").text(meaning.as_str()),
        None => line,
    }
}

fn tags(column: &ColumnDoc) -> Line {
    column
        .tags
        .iter()
        .filter(|tag| !tag.starts_with("@deprecated"))
        .fold(Line::new(), |line, tag| line.badge(tag.as_str()))
}
