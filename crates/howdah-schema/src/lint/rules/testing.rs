//! One way through which every rule is tested.

use crate::catalog::{Acl, Comment, Options, View};
use crate::lint::engine;
use crate::testing::{TestTable, catalog};
use crate::{Catalog, QualifiedName};
use std::collections::BTreeMap;

/// What the rule finds in a catalog of these tables, each as `level object`, in order of the objects.
pub(super) fn check(id: &str, tables: impl IntoIterator<Item = TestTable>, expected: &[&str]) {
    check_catalog(id, &catalog(tables), expected);
}

/// The same in any catalog.
pub(super) fn check_catalog(id: &str, catalog: &Catalog, expected: &[&str]) {
    let report = engine::check(catalog, &[]);
    let of_rule = report.findings.iter().filter(|finding| finding.rule == id);
    let found: Vec<String> = of_rule
        .map(|it| format!("{} {}", format!("{:?}", it.level).to_lowercase(), it.object.as_deref().unwrap_or("-")))
        .collect();
    assert_eq!(found, expected, "{id}\n{:#?}", report.findings);
}

/// A view without columns.
pub(super) fn view(name: &QualifiedName) -> View {
    View {
        name: name.clone(),
        materialized: false,
        owner: "owner".to_owned(),
        columns: Vec::new(),
        definition: String::new(),
        options: Options::default(),
        triggers: BTreeMap::new(),
        rules: BTreeMap::new(),
        indexes: BTreeMap::new(),
        tablespace: None,
        access_method: None,
        acl: Acl::default(),
        comment: Comment::default(),
    }
}
