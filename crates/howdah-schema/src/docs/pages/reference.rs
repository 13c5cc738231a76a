//! Every table and column in one place.

use super::columns::meaning;
use super::links::Links;
use super::table::first_sentence;
use super::write::{Line, Writer, count};
use crate::docs::block::Page;
use crate::docs::model::{ColumnDoc, TableKind};
use crate::docs::paths::qualified_slug;

pub(super) fn page(links: &Links<'_>) -> Page {
    let mut writer = Writer::default();
    let documentation = links.documentation;
    writer.say(format!(
        "{} and {} by name. More about each stands on its page.",
        count(documentation.counts.tables, "table", "tables"),
        count(documentation.views.len(), "view", "views"),
    ));
    for table in documentation.tables.values().filter(|table| table.kind != TableKind::Partition) {
        writer.heading(2, &qualified_slug(&table.name), links.relation(&table.name));
        let purpose = table.purpose.as_deref().map(first_sentence).unwrap_or_default();
        about(&mut writer, links, &purpose, &table.group);
        columns(&mut writer, links, &table.columns);
    }
    for view in documentation.views.values() {
        writer.heading(2, &qualified_slug(&view.name), links.relation(&view.name));
        let purpose = view.purpose.as_deref().map(first_sentence).unwrap_or_default();
        about(&mut writer, links, &purpose, &view.group);
        columns(&mut writer, links, &view.columns);
    }
    writer.page("TABLE-REFERENCE", "Table reference", "Every table and column in one place.")
}

fn about(writer: &mut Writer, links: &Links<'_>, purpose: &str, group: &str) {
    let space = if purpose.is_empty() { "" } else { " " };
    writer.paragraph(Line::from(format!("{purpose}{space}Group: ")).with(links.group(group)).text("."));
}

fn columns(writer: &mut Writer, links: &Links<'_>, columns: &[ColumnDoc]) {
    if columns.is_empty() {
        writer.say("There are no columns.");
        return;
    }
    let rows = columns
        .iter()
        .map(|column| [Line::new().code(column.name.as_str()), data_type(links, column), meaning(column)]);
    writer.table(["Column", "Type", "Meaning"], rows);
}

fn data_type(links: &Links<'_>, column: &ColumnDoc) -> Line {
    let line = Line::from(links.data_type(&column.data_type));
    let line = match (column.primary_key, column.nullable) {
        (true, _) => line.badge("primary key"),
        (false, false) => line.badge("not null"),
        (false, true) => line,
    };
    match column.references.first() {
        Some(reference) => line.text(" → ").with(links.relation(&reference.table)),
        None => line,
    }
}
