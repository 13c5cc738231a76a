//! A promise of the schema about rows, and what is said when rows do not keep it.

use super::report::{Finding, Key, Level};
use super::{Check, report};

/// How far the server itself vouches for a promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// It holds for all rows, says the catalog.
    Promised,
    /// NOT VALID: it holds for rows written since.
    NotValid,
    /// NOT ENFORCED: it is only said.
    NotEnforced,
}

impl Standing {
    pub(super) fn of(validated: bool, enforced: bool) -> Self {
        match (validated, enforced) {
            (_, false) => Self::NotEnforced,
            (false, true) => Self::NotValid,
            (true, true) => Self::Promised,
        }
    }

    /// The check that a promise of this standing belongs to: `own` when it is a real one.
    pub(super) fn check(self, own: Check) -> Check {
        if self == Self::Promised { own } else { Check::NotValid }
    }
}

/// One promise.
#[derive(Debug, Clone)]
pub(super) struct Rule {
    pub(super) check: Check,
    pub(super) standing: Standing,
    /// What findings are about. Rules of the same object and check in partitions count together.
    pub(super) object: String,
    /// What is promised, for a message: `CHECK (amount > 0)`.
    pub(super) says: String,
    /// How to list or mend the rows.
    pub(super) mend: String,
    /// What makes it a real promise once they are mended; empty where it is one.
    pub(super) validate: String,
}

impl Rule {
    /// What there is to say when `rows` rows break it.
    pub(super) fn finding(&self, rows: u64, keys: Vec<Key>) -> Option<Finding> {
        let count = report::rows(rows);
        let (says, mend, validate) = (&self.says, &self.mend, &self.validate);
        let breaks = if rows == 1 { "breaks" } else { "break" };
        let (level, message, fix) = match (self.standing, rows) {
            (Standing::Promised, 0) => return None,
            (Standing::Promised, _) => (Level::Error, format!("{count} {breaks} {says}"), mend.clone()),
            (Standing::NotValid, 0) => (
                Level::Warning,
                format!("{says} is NOT VALID, though no row breaks it"),
                format!("make it hold for the rows from before it: {validate}"),
            ),
            (Standing::NotValid, _) => (
                Level::Error,
                format!("{says} is NOT VALID, and {count} {breaks} it"),
                format!("{mend}; then {validate}"),
            ),
            (Standing::NotEnforced, 0) => (
                Level::Info,
                format!("{says} is NOT ENFORCED, though no row breaks it now"),
                format!("if it is meant: {validate}"),
            ),
            (Standing::NotEnforced, _) => (
                Level::Warning,
                format!("{says} is NOT ENFORCED, and {count} {breaks} it"),
                format!("{mend}; and if it is meant: {validate}"),
            ),
        };
        Some(Finding { id: self.check, level, object: self.object.clone(), message, fix, rows: Some(rows), keys })
    }
}
