//! A table's page.
use super::write::Writer;
use crate::docs::block::{Inline, Page};
use crate::docs::model::{Documentation, TableDoc};
use crate::docs::slug::table_path;

pub(super) fn page(documentation: &Documentation, table: &TableDoc) -> Page {
    let mut writer = Writer::new(documentation);
    writer.heading(2, "purpose", "Purpose");
    let text = table.purpose.clone().unwrap_or_else(|| "There is no comment on this table.".to_owned());
    writer.paragraph([Inline::text(text)]);
    let section = format!("Tables: {}", table.group);
    writer.page(&table_path(&table.name), &table.name.to_string(), Some(section), "A table.")
}
