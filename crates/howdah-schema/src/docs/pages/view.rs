//! A view's page, and the page about all views.

use super::access::access;
use super::columns::columns;
use super::links::Links;
use super::table::{first_sentence, triggers};
use super::write::{Line, Writer, sentence};
use super::{indexes, parts};
use crate::docs::block::{NoteKind, Page};
use crate::docs::model::ViewDoc;
use crate::docs::paths::view_path;

/// The parts of a table's page that a view has, and its lineage.
pub(super) fn page(links: &Links<'_>, view: &ViewDoc) -> Page {
    let mut writer = Writer::default();
    if let Some(why) = &view.deprecated {
        writer.note(NoteKind::Deprecated, Line::new().strong("Deprecated").text(format!(": {}", sentence(why))));
    }
    writer.part("purpose", "Purpose");
    match &view.purpose {
        Some(text) => parts::prose(&mut writer, text),
        None => writer.say("Nobody has said what this view is for: it has no comment."),
    }
    writer.list([Line::from("Group: ").with(links.group(&view.group)), kind(view).into(), reads_as(view).into()]);
    writer.part("columns", "Columns");
    columns(&mut writer, links, &view.columns);
    writer.part("lineage", "Lineage");
    lineage(&mut writer, links, view);
    writer.part("definition", "Definition");
    writer.sql(view.definition.as_str());
    if view.materialized {
        writer.part("indexes", "Indexes");
        indexes::indexes(&mut writer, &view.indexes);
    }
    writer.part("access", "Access");
    let names: Vec<&str> = view.columns.iter().map(|column| column.name.as_str()).collect();
    access(&mut writer, &view.access, &names, true);
    writer.part("triggers", "Triggers");
    triggers(&mut writer, links, &view.triggers);
    writer.part("common-queries", "Common queries");
    parts::queries(&mut writer, links.documentation, &view.queries);
    writer.part("examples", "Examples");
    parts::examples(&mut writer, links.documentation, view.example.as_ref());
    writer.part("history", "History");
    parts::history(&mut writer, links.documentation, &view.history);

    let summary = view.purpose.as_deref().map_or_else(|| format!("A view of {}.", view.group), first_sentence);
    let mut page = writer.page(view_path(&view.name), view.name.to_string(), summary);
    page.section = Some("Views".to_owned());
    page
}

fn kind(view: &ViewDoc) -> &'static str {
    if view.materialized {
        "A materialized view: it shows what was there when it was last refreshed"
    } else {
        "A view: its query runs whenever it is read"
    }
}

fn reads_as(view: &ViewDoc) -> &'static str {
    match (view.materialized, view.security_invoker) {
        (true, _) => "No policies apply to its rows: whoever may read it sees them all",
        (false, true) => "Reads as whoever asks: the policies of the tables below apply to them",
        (false, false) => {
            "Reads as its owner: the policies of the tables below apply to the owner, not to whoever asks"
        }
    }
}

fn lineage(writer: &mut Writer, links: &Links<'_>, view: &ViewDoc) {
    let lineage = &view.lineage;
    let objects =
        |all: &[crate::docs::model::LineageObject]| Line::joined(all.iter().map(|object| links.lineage(object)), ", ");
    if lineage.reads.is_empty() {
        writer.say("It reads no table, view or function of this schema.");
    } else {
        writer.paragraph(Line::from("Reads ").and(objects(&lineage.reads)).text("."));
    }
    if !lineage.reads_through.is_empty() {
        writer.paragraph(Line::from("Through these, it reads ").and(objects(&lineage.reads_through)).text("."));
    }
    if lineage.read_by.is_empty() {
        writer.say("No other view reads it.");
    } else {
        writer.paragraph(Line::from("Read by ").and(links.relations(&lineage.read_by)).text("."));
    }
}

/// All views, with what they read.
pub(super) fn overview(links: &Links<'_>) -> Page {
    let mut writer = Writer::default();
    let views = &links.documentation.views;
    if views.is_empty() {
        writer.say("There are no views.");
    } else {
        let rows = views.values().map(|view| {
            let all = view.lineage.reads.iter().map(|object| links.lineage(object));
            [
                links.relation(&view.name).into(),
                if view.materialized { "materialized" } else { "view" }.into(),
                Line::joined(all, ", "),
                links.relations(&view.lineage.read_by),
                view.purpose.as_deref().map(first_sentence).unwrap_or_default().into(),
            ]
        });
        writer.table(["View", "Kind", "Reads", "Read by", "Purpose"], rows);
        writer.say("What a view reads through functions is known only of functions with an SQL-standard body (BEGIN ATOMIC): the server does not look into other bodies.");
    }
    let read: Vec<_> = links.documentation.tables.values().filter(|table| !table.read_by.is_empty()).collect();
    if !read.is_empty() {
        writer.part("tables", "Tables that views read");
        let rows = read.into_iter().map(|table| [links.relation(&table.name).into(), links.relations(&table.read_by)]);
        writer.table(["Table", "Read by"], rows);
    }
    writer.page("VIEWS", "Views", "Every view, and what it reads.")
}
