//! One way through which every rule is tested.

use crate::Catalog;
use crate::catalog::Grant;
use crate::lint::engine;
use crate::testing::{TestTable, catalog, check_found};

/// What the rule finds in a catalog of these tables, each as `level object`, in order of the objects.
#[track_caller]
pub(super) fn check(id: &str, tables: impl IntoIterator<Item = TestTable>, expected: &[&str]) {
    check_catalog(id, &catalog(tables), expected);
}

/// The same in any catalog.
#[track_caller]
pub(super) fn check_catalog(id: &str, catalog: &Catalog, expected: &[&str]) {
    check_found(&engine::check(catalog, &[]), id, expected);
}

/// The right to read.
pub(super) fn select(role: &str) -> Grant {
    let (grantee, privilege, grantor) = (role.to_owned(), "SELECT".to_owned(), "owner".to_owned());
    Grant { grantee, privilege, grantor, grantable: false }
}
