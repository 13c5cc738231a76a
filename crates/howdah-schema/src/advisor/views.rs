//! What is read through a view, and with whose rights.

use crate::Catalog;
use crate::QualifiedName;
use crate::catalog::{ObjectId, Table, View};
use std::collections::BTreeSet;

/// A table that is read through a view.
#[derive(Clone, Copy)]
pub(super) struct Reading<'a> {
    /// The view that is asked.
    pub(super) view: &'a View,
    /// The view whose query names the table: the same, or one that it reads.
    pub(super) by: &'a View,
    pub(super) table: &'a Table,
    /// With the caller's rights and policies; otherwise with those of an owner.
    pub(super) as_caller: bool,
    /// As it was when a materialized view was refreshed.
    pub(super) is_stored: bool,
}

/// Every table that a view reads, through other views as well.
///
/// A table is read with the rights that the view has whose query names it: a security-invoker view always reads as the
/// caller, whatever reads it. Only below a materialized view all is read by its owner.
/// <https://www.postgresql.org/docs/current/sql-createview.html>
pub(super) fn readings<'a>(catalog: &'a Catalog, view: &'a View) -> Vec<Reading<'a>> {
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    let mut open = vec![(view, false)];
    while let Some((by, below_stored)) = open.pop() {
        let is_stored = below_stored || by.materialized;
        if !seen.insert((&by.name, is_stored)) {
            continue;
        }
        for name in relations_of(catalog, by) {
            if let Some(table) = catalog.tables.get(name) {
                let as_caller = by.security_invoker() && !is_stored;
                found.push(Reading { view, by, table, as_caller, is_stored });
            } else if let Some(next) = catalog.views.get(name) {
                open.push((next, is_stored));
            }
        }
    }
    found
}

/// The tables and views that a view's query names.
fn relations_of<'a>(catalog: &'a Catalog, view: &View) -> BTreeSet<&'a QualifiedName> {
    let id = ObjectId::View(view.name.clone());
    let needed = catalog.dependencies.of(&id);
    needed
        .filter_map(|id| match id {
            ObjectId::Table(name) | ObjectId::View(name) | ObjectId::Column(name, _) => Some(name),
            _ => None,
        })
        .collect()
}
