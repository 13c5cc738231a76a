//! The first page.
use super::write::Writer;
use crate::docs::block::Page;
use crate::docs::model::Documentation;

pub(super) fn page(documentation: &Documentation) -> Page {
    let mut writer = Writer::new(documentation);
    for group in &documentation.groups {
        writer.heading(2, &super::write::group_anchor(&group.name), &group.name);
    }
    writer.page("README", &format!("Database of {}", documentation.project), None, "Index.")
}
