//! Which index serves a query.

use super::Subject;
use super::predicate::{self, Part};
use crate::catalog::{Index, IndexKey, IndexTarget};
use std::cmp::Reverse;

/// What a query asks for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted<'a> {
    /// Columns that equal something.
    pub(super) equal: &'a [&'a str],
    /// Columns that rows are ordered by, and whether from the last on.
    pub(super) order: &'a [(&'a str, bool)],
    /// Whether deleted rows are left out.
    pub(super) live: bool,
}

/// The best of the relation's indexes, if one serves: that by which most columns are found, then that which gives most of the
/// order, then the smallest.
pub(super) fn best<'a>(subject: &Subject<'a>, wanted: &Wanted<'_>) -> Option<&'a Index> {
    let rank = |index: &&'a Index| {
        fit(index, wanted).map(|fit| (fit, Reverse(index.keys.len()), Reverse(index.name.as_str())))
    };
    subject.indexes().filter(|index| rank(index).is_some()).max_by_key(rank)
}

/// How many columns it finds, how many of the order it gives, and whether it holds only what is wanted; `None` if it does not
/// serve.
fn fit(index: &Index, wanted: &Wanted<'_>) -> Option<(usize, usize, bool)> {
    let serves = match index.method.as_str() {
        "btree" => true,
        "hash" => wanted.order.is_empty(),
        _ => false,
    };
    if !serves {
        return None;
    }
    let implied = |(part, _): &(Part, String)| match part {
        Part::IsNull(column) => wanted.live && column == "deleted_at",
        Part::IsNotNull(column) => wanted.equal.contains(&column.as_str()),
        _ => false,
    };
    let parts = index.predicate.as_deref().map(predicate::parts).unwrap_or_default();
    if !parts.iter().all(implied) {
        return None;
    }
    let is_equal = |key: &&IndexKey| {
        let is_asked = |name: &String| wanted.equal.contains(&name.as_str());
        key.collation.is_none() && matches!(&key.target, IndexTarget::Column(name) if is_asked(name))
    };
    let found = index.keys.iter().take_while(is_equal).count();
    let ordered = if found == wanted.equal.len() { ordered(index.keys.get(found..)?, wanted.order) } else { 0 };
    (found > 0 || ordered > 0).then_some((found, ordered, !parts.is_empty()))
}

/// How many columns of an order the keys give, read forwards or backwards.
fn ordered(keys: &[IndexKey], order: &[(&str, bool)]) -> usize {
    let matching = |backwards: bool| {
        let matches = |(key, (column, descending)): &(&IndexKey, &(&str, bool))| {
            matches!(&key.target, IndexTarget::Column(name) if name == column)
                && (key.descending != backwards) == *descending
                && key.descending == key.nulls_first
                && key.collation.is_none()
        };
        keys.iter().zip(order).take_while(matches).count()
    };
    matching(false).max(matching(true))
}
