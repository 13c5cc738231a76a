//! What linters say: rules, findings, and the report; the same for all sets of rules.
//!
//! [`crate::hazards`] judges SQL, [`crate::lint`] and [`crate::advisor`] judge a catalog. A person who knows better says so
//! beside the SQL that is meant, in the same way for all:
//!
//! ```sql
//! -- howdah:allow RULE: reason
//! ```

pub(crate) mod catalog;
pub(crate) mod directive;
mod places;
pub(crate) mod suppress;
pub(crate) mod text;

use crate::catalog::ObjectId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
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
    /// A name that does not say what it should.
    Naming,
    /// Rows can come to hold what is wrong.
    Integrity,
    /// Slower than it need be.
    Performance,
    /// Whoever reads the schema is not told what it means.
    Documentation,
    /// Somebody can read or write what is not theirs.
    Security,
}

/// Where in a source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Place {
    /// Name of the source.
    pub file: String,
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    /// The bytes of the source that it is about.
    pub span: Range<usize>,
}

/// One thing that a rule speaks up about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Id of the rule, as in [`Rule::id`].
    #[serde(rename = "id")]
    pub rule: &'static str,
    /// Its weight here; never above the rule's own.
    pub level: Level,
    /// Its kind of harm.
    pub class: Class,
    /// Where it is written; of an object whose SQL is not at hand, `None`.
    #[serde(flatten)]
    pub place: Option<Place>,
    /// The table, column, type … that it is about.
    pub object: Option<String>,
    /// The same as the catalog knows it, if it is there.
    #[serde(skip)]
    pub id: Option<ObjectId>,
    /// Live rows of the table, where known.
    pub rows: Option<u64>,
    /// What happens.
    pub message: String,
    /// What to do instead.
    pub fix: String,
}

/// What a set of rules found.
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

    /// Puts the findings into the order of the files and of the places in them; those without a place come last, by their
    /// objects.
    pub(crate) fn sort(&mut self, files: &[Source<'_>]) {
        let order: BTreeMap<&str, usize> = files.iter().enumerate().map(|(at, file)| (file.name, at)).collect();
        let place = |finding: &Finding| match &finding.place {
            Some(place) => (order.get(place.file.as_str()).copied().unwrap_or(usize::MAX), place.span.start),
            None => (usize::MAX, usize::MAX),
        };
        self.findings.sort_by_cached_key(|it| {
            let (rule, object) = (it.rule.to_owned(), it.object.clone().unwrap_or_default());
            let (first, second) = if it.place.is_some() { (rule, object) } else { (object, rule) };
            (place(it), first, second)
        });
    }
}

/// A rule as the documentation prints it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Rule {
    /// Stable, kebab-case.
    pub id: &'static str,
    /// Of a hazard, that on a table that is large or of unknown size.
    pub level: Level,
    /// The kind of harm.
    pub class: Class,
    /// One line.
    pub summary: &'static str,
    /// Why it speaks up, when it does not, and what to do.
    pub explanation: &'static str,
    /// SQL that it speaks up at.
    pub bad: &'static str,
    /// SQL to write instead.
    pub good: &'static str,
}
