//! Contexts to try the kinds in.

use crate::Catalog;
use crate::catalog::Grant;
use crate::diff::object::{Change, Kind};
use crate::diff::{Context, DiffOptions, Step};
use std::collections::BTreeSet;

/// Calls `use_it` with a context of the two catalogs.
pub(super) fn with<R>(from: &Catalog, to: &Catalog, use_it: impl FnOnce(&Context<'_>) -> R) -> R {
    let options = DiffOptions::default();
    let none = BTreeSet::new;
    use_it(&Context {
        from,
        to,
        options: &options,
        apart: none(),
        rewritten: none(),
        attached: none(),
        detoured: none(),
        parted: none(),
    })
}

/// What becomes of an object, between empty catalogs.
pub(super) fn change<K: Kind>(from: K, to: K) -> Change {
    with(&Catalog::default(), &Catalog::default(), |context| from.change(to, context))
}

/// The statements of a change in place.
#[track_caller]
pub(super) fn sql(change: &Change) -> Vec<String> {
    match change {
        Change::Same => Vec::new(),
        Change::Alter(steps) => texts(steps),
        Change::Replace | Change::Rewrite => panic!("{change:?} is not in place"),
    }
}

/// The statements of steps.
pub(super) fn texts(steps: &[Step]) -> Vec<String> {
    steps.iter().map(|step| step.sql.clone()).collect()
}

/// `grantee=PRIVILEGE/grantor`, with `*` after the privilege when it may be passed on.
pub(super) fn grant(text: &str) -> Grant {
    let (grantee, rest) = text.split_once('=').unwrap();
    let (privilege, grantor) = rest.split_once('/').unwrap();
    let grantable = privilege.ends_with('*');
    let privilege = privilege.trim_end_matches('*').to_owned();
    Grant { grantee: grantee.to_owned(), privilege, grantor: grantor.to_owned(), grantable }
}
