//! What the linter says: rules, findings, and the report.

use serde::{Deserialize, Serialize};
use std::ops::Range;

/// A text to be judged.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// Its name in findings, such as `migrations/0007_add_bio.up.sql`.
    pub name: &'a str,
    /// The SQL.
    pub text: &'a str,
}

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// Worth knowing.
    Info,
    /// Think before it runs.
    Warning,
    /// It fails, loses something, or stops others.
    Error,
}

/// What kind of harm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// Values are gone afterwards.
    DataLoss,
    /// The table is written anew under ACCESS EXCLUSIVE.
    Rewrite,
    /// Others wait for as long as the work takes.
    LongLock,
    /// Every row is read under a lock.
    SlowScan,
    /// Programs that use the old shape fail.
    BreakingForClients,
    /// The migration itself can fail, hang, or not be run again.
    Robustness,
    /// Works, but will be regretted.
    Style,
}

/// One hazard, at one place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Id of the rule, as in [`Rule::id`].
    pub rule: &'static str,
    /// Its weight here; never above the rule's own.
    pub level: Level,
    /// Its kind of harm.
    pub class: Class,
    /// Name of the source.
    pub file: String,
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    /// The bytes of the source that it is about.
    pub span: Range<usize>,
    /// The table, column, type … that it is about.
    pub object: Option<String>,
    /// Live rows of the table, where known.
    pub rows: Option<u64>,
    /// What happens.
    pub message: String,
    /// What to do instead.
    pub fix: String,
}

/// What [`check`](super::check) found.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Report {
    /// In order of file and position.
    pub findings: Vec<Finding>,
    /// How many findings a directive with a reason held back.
    pub suppressed: usize,
}

impl Report {
    /// The heaviest level; `None` without findings.
    pub fn worst(&self) -> Option<Level> {
        self.findings.iter().map(|finding| finding.level).max()
    }
}

/// A rule as the documentation prints it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Rule {
    /// Stable, kebab-case.
    pub id: &'static str,
    /// On a table that is large or of unknown size.
    pub level: Level,
    /// The kind of harm.
    pub class: Class,
    /// One line.
    pub summary: &'static str,
    /// Why it is a hazard, and what to do.
    pub explanation: &'static str,
    /// SQL that it speaks up at.
    pub bad: &'static str,
    /// SQL to write instead.
    pub good: &'static str,
}
