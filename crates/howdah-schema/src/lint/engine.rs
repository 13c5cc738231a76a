//! Runs the rules over a catalog.

use super::facts::Facts;
use super::rules;
use crate::Catalog;
pub(super) use crate::findings::catalog::Out;
use crate::findings::catalog::judge;
use crate::findings::{Report, Rule, Source};

/// A rule, and how it looks at a catalog.
pub(crate) struct Check {
    pub(crate) rule: Rule,
    pub(crate) check: fn(&Facts<'_>, &mut Out<'_>),
}

/// Judges a catalog. `files` are the SQL files that made it, in their order, to point at and to read suppressions from; none
/// for a live database.
pub fn check(catalog: &Catalog, files: &[Source<'_>]) -> Report {
    let facts = Facts::new(catalog);
    judge(files, rules(), |findings| {
        for Check { rule, check } in rules::ALL {
            check(&facts, &mut findings.of(rule));
        }
    })
}
