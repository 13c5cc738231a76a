//! Which drawings there are.

use super::model::{Documentation, TableDoc, TableKind};
use super::paths::{qualified_slug, slug};
use crate::QualifiedName;
use std::collections::BTreeSet;

/// A drawing to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiagramSpec {
    /// Below the documentation's folder: `diagrams/group-media.svg`.
    pub path: String,
    /// What it shows.
    pub title: String,
    /// The tables in it.
    pub tables: BTreeSet<QualifiedName>,
}

/// The whole, one a group, and one a table with what is next to it. A table that nothing is next to has none, and a database
/// without tables has none at all.
pub fn diagrams(documentation: &Documentation) -> Vec<DiagramSpec> {
    let whole = whole(documentation);
    let groups = documentation.groups.iter().map(|group| DiagramSpec {
        path: group_path(&group.name),
        title: format!("Tables of the group {}", group.name),
        tables: group.tables.iter().cloned().collect(),
    });
    let tables = documentation.tables.values().filter_map(|table| {
        let tables = neighbours(documentation, table);
        (tables.len() > 1).then(|| DiagramSpec {
            path: path_of(&table.name),
            title: format!("{} and the tables next to it", table.name),
            tables,
        })
    });
    let all = std::iter::once(whole).chain(groups).chain(tables);
    all.filter(|diagram| !diagram.tables.is_empty()).collect()
}

/// The drawing of everything.
pub(super) fn whole(documentation: &Documentation) -> DiagramSpec {
    let drawn = documentation.tables.values().filter(|table| table.kind != TableKind::Partition);
    DiagramSpec {
        path: "diagrams/all.svg".to_owned(),
        title: "All tables".to_owned(),
        tables: drawn.map(|table| table.name.clone()).collect(),
    }
}

/// A group's drawing. The prefix keeps a group from being called as the whole is.
pub(super) fn group_path(group: &str) -> String {
    format!("diagrams/group-{}.svg", slug(group))
}

/// The drawing around a table. Its name holds a dot, which the others' do not.
pub(super) fn path_of(table: &QualifiedName) -> String {
    format!("diagrams/{}.svg", qualified_slug(table))
}

/// A table and those that it points at or that point at it; of a partition, nothing, because its parent has them.
pub(super) fn neighbours(documentation: &Documentation, table: &TableDoc) -> BTreeSet<QualifiedName> {
    if table.kind == TableKind::Partition {
        return BTreeSet::new();
    }
    let pointed_at = table.belongs_to.iter().map(|link| &link.table);
    let pointing = table.has_many.iter().map(|link| &link.table);
    let known = |name: &&QualifiedName| documentation.tables.contains_key(*name);
    std::iter::once(&table.name).chain(pointed_at).chain(pointing).filter(known).cloned().collect()
}
