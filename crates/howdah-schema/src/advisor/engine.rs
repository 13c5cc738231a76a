//! Runs the rules over a catalog.

use super::facts::Facts;
use super::{AdvisorOptions, rules};
use crate::Catalog;
pub(super) use crate::findings::catalog::Out;
use crate::findings::catalog::judge;
use crate::findings::{Report, Rule, Source};
use crate::lint;

/// A rule, and how it looks at a catalog.
pub(super) struct Check {
    pub(super) rule: Rule,
    pub(super) check: fn(&Facts<'_>, &mut Out<'_>),
}

/// Judges a catalog. `files` are the SQL files that made it, in their order, to point at and to read suppressions from; none
/// for a live database.
pub fn check(catalog: &Catalog, options: &AdvisorOptions, files: &[Source<'_>]) -> Report {
    let facts = Facts::new(catalog, options);
    judge(files, rules(), |findings| {
        for Check { rule, check } in rules::ALL {
            check(&facts, &mut findings.of(rule));
        }
        for lint::engine::Check { rule, check } in rules::SHARED {
            check(&facts.standards, &mut findings.of(rule));
        }
    })
}
