//! What validation says.

use super::Check;
use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Worth knowing.
    Info,
    /// Nothing was promised, but hardly anybody wants it so.
    Warning,
    /// What the schema promises is not so, or the storage is damaged.
    Error,
}

impl Level {
    /// As in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// Something that is wrong with the data of one object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Which check found it.
    pub id: Check,
    /// How bad it is.
    pub level: Level,
    /// What it is about, such as `constraint fk_orders_customer on public.orders`.
    pub object: String,
    /// What is wrong, in one sentence.
    pub message: String,
    /// What to do about it.
    pub fix: String,
    /// How many rows; `None` where rows are not what is counted.
    pub rows: Option<u64>,
    /// The first of those rows, as far as the limit goes; personal data in them is masked.
    pub keys: Vec<Key>,
}

/// What tells an offending row: names and values. Serialises as an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key(pub Vec<(String, Option<String>)>);

impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (index, (name, value)) in self.0.iter().enumerate() {
            let gap = if index == 0 { "" } else { ", " };
            write!(f, "{gap}{name}={}", value.as_deref().unwrap_or("NULL"))?;
        }
        Ok(())
    }
}

impl Serialize for Key {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

/// Something that was not looked at, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unchecked {
    /// Which checks are missing.
    pub checks: Vec<Check>,
    /// Of what.
    pub object: String,
    /// Why.
    pub reason: String,
    /// What would help.
    pub fix: String,
}

/// Everything that one validation found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Whether it got to its end.
    pub complete: bool,
    /// The role that looked.
    pub role: String,
    /// Tables and materialized views that were looked at in some way.
    pub tables: u64,
    /// Rows that were read, as often as they were.
    pub rows_read: u64,
    /// Steps that were done …
    pub steps_done: u64,
    /// … of these.
    pub steps: u64,
    /// By level, the worst first, then by check and object.
    pub findings: Vec<Finding>,
    /// What should have been looked at and could not be: nothing is known about it, so a report with any is not clean.
    pub not_checked: Vec<Unchecked>,
    /// What this check cannot do here (see [`super::CHECKS`]): no amcheck, a range of domains.
    pub left_out: Vec<Unchecked>,
}

impl Report {
    /// The worst level found.
    pub fn worst(&self) -> Option<Level> {
        self.findings.iter().map(|finding| finding.level).max()
    }

    /// Whether all that was asked for was looked at, and nothing worse than an [`Level::Info`] was found.
    pub fn is_clean(&self) -> bool {
        self.complete && self.not_checked.is_empty() && self.worst() <= Some(Level::Info)
    }

    pub(super) fn sort(&mut self) {
        self.findings.sort_by(|a, b| (b.level, a.id, &a.object).cmp(&(a.level, b.id, &b.object)));
        let by =
            |a: &Unchecked, b: &Unchecked| (&a.object, &a.checks, &a.reason).cmp(&(&b.object, &b.checks, &b.reason));
        for list in [&mut self.not_checked, &mut self.left_out] {
            list.sort_by(by);
            list.dedup();
        }
    }
}

/// `1 row`, `12,345 rows`.
pub(super) fn rows(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text + if count == 1 { " row" } else { " rows" }
}
