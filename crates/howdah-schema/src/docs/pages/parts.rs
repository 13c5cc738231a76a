//! Parts that tables and views have in common.

use super::write::{Line, Writer};
use crate::docs::block::{Inline, Sample};
use crate::docs::model::Documentation;
use crate::docs::{CommonQuery, Example, HistoryEntry};

/// A comment's paragraphs.
pub(super) fn prose(writer: &mut Writer, text: &str) {
    for paragraph in text.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty()) {
        writer.say(paragraph);
    }
}

/// What most applications ask, in several languages.
pub(super) fn queries(writer: &mut Writer, documentation: &Documentation, queries: &[CommonQuery]) {
    let note = documentation.notes.queries.as_deref();
    if queries.is_empty() {
        writer.say(note.unwrap_or("There are none."));
        return;
    }
    for (place, query) in queries.iter().enumerate() {
        writer.heading(3, &format!("query-{}", place + 1), Inline::text(query.title.as_str()));
        let mut line = Line::new();
        if !query.parameters.is_empty() {
            let parameters = query.parameters.iter().enumerate();
            let parameters =
                parameters.map(|(at, about)| Line::new().code(format!("${}", at + 1)).text(format!(" {about}")));
            line = line.text("With ").and(Line::joined(parameters, ", ")).text(". ");
        }
        if let Some(index) = &query.served_by {
            line = line.text("Served by ").code(index.as_str()).text(".");
        }
        if let Some(remark) = &query.remark {
            let space = if line.is_empty() { "" } else { " " };
            line = line.text(format!("{space}{remark}"));
        }
        if !line.is_empty() {
            writer.paragraph(line);
        }
        let sample = |language: &str, label: &str, code: &String| Sample {
            language: language.to_owned(),
            label: label.to_owned(),
            code: code.clone(),
        };
        let rest = query.rest.as_ref().map(|code| sample("http", "REST", code));
        let typescript = query.typescript.as_ref().map(|code| sample("typescript", "supabase-js", code));
        writer.code([Some(sample("sql", "SQL", &query.sql)), rest, typescript].into_iter().flatten().collect());
    }
    if let Some(note) = note {
        writer.say(note);
    }
}

/// A few rows.
pub(super) fn examples(writer: &mut Writer, documentation: &Documentation, example: Option<&Example>) {
    let note = documentation.notes.examples.as_deref();
    let Some(example) = example.filter(|example| !example.rows.is_empty()) else {
        writer.say(note.unwrap_or("There are no example rows for it."));
        return;
    };
    let cell = |value: &Option<String>| match value {
        Some(value) if value.is_empty() => Line::new().text("(empty)"),
        Some(value) => Line::new().code(value.as_str()),
        None => Line::new().text("null"),
    };
    let rows = example.rows.iter().map(|row| row.iter().map(cell).collect()).collect();
    writer.wide_table(example.columns.clone(), rows);
    let masked = if example.masked.is_empty() {
        Line::from("From the demo data. Columns that are null in every row are left out.")
    } else {
        let line = Line::from("From the demo data, with ").and(Line::codes(&example.masked));
        line.text(" masked. Columns that are null in every row are left out.")
    };
    writer.paragraph(masked);
}

/// What migrations did.
pub(super) fn history(writer: &mut Writer, documentation: &Documentation, history: &[HistoryEntry]) {
    let note = documentation.notes.history.as_deref();
    if history.is_empty() {
        writer.say(note.unwrap_or("No migration speaks of it."));
        return;
    }
    let rows = history.iter().flat_map(|entry| {
        entry.changes.iter().enumerate().map(|(place, change)| {
            let migration = if place == 0 { Line::new().code(entry.migration.as_str()) } else { Line::new() };
            let column = change.column.as_ref().map(|name| Line::new().code(name.as_str())).unwrap_or_default();
            [migration, column, change.what.as_str().into()]
        })
    });
    writer.table(["Migration", "Column", "Change"], rows);
    if let Some(note) = note {
        writer.say(note);
    }
}
