//! The drawings: the whole, and one a group.

use super::links::{Links, group_anchor};
use super::write::Writer;
use crate::docs::block::{Inline, Page};
use crate::docs::diagrams::{DiagramSpec, group_path, whole};

pub(super) fn page(links: &Links<'_>) -> Page {
    let mut writer = Writer::default();
    let all = whole(links.documentation);
    if all.tables.is_empty() {
        writer.say("There are no tables to draw.");
        return writer.page("ER-DIAGRAM", "Diagrams", "Drawings of the tables.");
    }
    writer.say("Boxes are tables, lines are foreign keys. Each table's page has a drawing of what is next to it.");
    writer.part("all", "All tables");
    writer.block(links.diagram(&all));
    for group in links.documentation.groups.iter().filter(|group| !group.tables.is_empty()) {
        writer.heading(2, &group_anchor(&group.name), Inline::text(group.name.as_str()));
        writer.paragraph(links.relations(&group.tables));
        writer.block(links.diagram(&DiagramSpec {
            path: group_path(&group.name),
            title: format!("Tables of the group {}", group.name),
            tables: group.tables.iter().cloned().collect(),
        }));
    }
    writer.page("ER-DIAGRAM", "Diagrams", "Drawings of the tables: the whole, and one a group.")
}
