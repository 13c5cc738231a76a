//! Tables that get other parents: partitions, and children by INHERITS.

use super::Context;
use crate::QualifiedName;
use crate::catalog::Table;

/// The parents of a table that both catalogs have, where they differ.
#[derive(Debug)]
pub(in crate::diff) struct Move<'a> {
    /// The table as it was.
    pub(in crate::diff) from: &'a Table,
    /// The table as it is wanted.
    pub(in crate::diff) to: &'a Table,
    /// Parents by INHERITS that it keeps.
    kept: Vec<&'a QualifiedName>,
}

impl<'a> Move<'a> {
    /// The parents by INHERITS that it leaves.
    pub(in crate::diff) fn left(&self) -> impl Iterator<Item = &'a QualifiedName> {
        self.from.inherits.iter().filter(|parent| !self.kept.contains(parent))
    }

    /// The parents by INHERITS that it joins.
    pub(in crate::diff) fn joined(&self) -> impl Iterator<Item = &'a QualifiedName> {
        self.to.inherits.iter().filter(|parent| !self.kept.contains(parent))
    }
}

/// A parent that is joined stands last. So those are kept that the list begins with, in the order in which they were.
fn kept<'a>(from: &Table, to: &'a Table) -> Vec<&'a QualifiedName> {
    let mut old = from.inherits.iter();
    to.inherits.iter().take_while(|parent| old.any(|other| other == *parent)).collect()
}

impl Context<'_> {
    /// How the parents of a table change that is not made anew.
    pub(in crate::diff) fn moves(&self, table: &QualifiedName) -> Option<Move<'_>> {
        let (from, to) = (self.from.tables.get(table)?, self.to.tables.get(table)?);
        let moves = from.partition_of != to.partition_of || from.inherits != to.inherits;
        (moves && !self.rewritten.contains(&from.id())).then(|| Move { from, to, kept: kept(from, to) })
    }

    /// Whether a table leaves the one that it is a partition of.
    pub(in crate::diff) fn leaves(&self, table: &QualifiedName) -> bool {
        self.moves(table)
            .is_some_and(|moved| moved.from.partition_of.is_some() && moved.from.partition_of != moved.to.partition_of)
    }

    /// Whether an inherited part is a table's own once that has left its parents; `has` tells the parents that have it.
    pub(in crate::diff) fn is_freed(&self, table: &QualifiedName, has: impl Fn(&Table) -> bool) -> bool {
        let Some(moved) = self.moves(table) else { return false };
        let kept = moved.kept.iter().filter_map(|parent| self.from.tables.get(*parent));
        let stays = moved.from.partition_of.is_some() && moved.from.partition_of == moved.to.partition_of;
        !stays && !kept.into_iter().any(has)
    }

    /// Whether a table must bring an inherited part along to its new parents; `has` tells the parents that have it.
    pub(in crate::diff) fn is_brought(&self, table: &QualifiedName, has: impl Fn(&Table) -> bool) -> bool {
        let Some(moved) = self.moves(table) else { return false };
        let kept = moved.kept.iter().filter_map(|parent| self.to.tables.get(*parent));
        let stays = moved.to.partition_of.is_some() && moved.from.partition_of == moved.to.partition_of;
        !stays && !kept.into_iter().any(has)
    }
}
