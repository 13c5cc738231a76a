//! Demo data: two invented people and a believable life in rows, the same for the same [`Plan`]; a publication they run in the
//! `content` template, a shop they buy from in `commerce`.
//!
//! Everything is a function of the plan: no clock, no random source, no platform mathematics (see `rng` and `places`).
//! Rows are generated in order and streamed, so that a million take no more memory here than a hundred.
//!
//! What it deliberately does not do:
//! - It never updates or deletes, but for the bare profile that a trigger makes for each account of its own. A second run
//!   of the same plan finds its rows by their ids and inserts what is missing.
//! - It never mixes two plans in one database ([`DataError::OtherPlan`]).
//! - It makes no sessions, keys or tokens, and leaves the audit trail to its triggers.
//! - It is no place for real names: people, firms and addresses are invented, telephone numbers come from ranges kept free
//!   for fiction, mail and web addresses from the domains of RFC 2606. Streets, codes of illnesses and merchants are facts.

mod commerce;
mod content;
mod load;
mod people;
mod personal;
mod places;
mod readers;
mod rng;
mod stage;
mod table;
mod text;
mod world;

pub use people::{Person, people};
pub use places::{CITIES, City, Street};

use crate::DataError;
use crate::calendar::Day;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// The last day of the demo data unless the caller names one. A constant, so that the same seed gives the same bytes
/// whenever it is run; a caller who wants the year up to today passes today.
pub const DEFAULT_ANCHOR: Day = Day::from_ymd(2026, 6, 30);

/// The most rows a plan may ask for.
pub const MOST_ROWS: u64 = 10_000_000;

/// What the rows are a function of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// Chooses among the possible sets.
    pub seed: u64,
    /// How many rows, roughly, over all tables. Every table gets a row or two for each person however few are asked
    /// for, so that below about 300 the result is larger than this.
    pub rows: u64,
    /// The day on which the demo happens: the past ends at its noon (UTC), due dates and expiries lie after it. Give no
    /// day after today: triggers that know the clock would set publication dates back to it.
    pub anchor: Day,
}

impl Default for Plan {
    fn default() -> Self {
        Self { seed: 1, rows: 2_000, anchor: DEFAULT_ANCHOR }
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "seed {}, {} rows, up to {}", self.seed, self.rows, self.anchor)
    }
}

/// How far the seeding is. Called at least once when a table starts and once when it is done, and in between
/// every few thousand rows; `total` is an estimate until the table is done.
pub trait Progress: Sync {
    /// `done` of `total` rows of `table` (qualified) have been written.
    fn table(&self, table: &str, done: u64, total: u64);
}

/// No progress wanted.
impl Progress for () {
    fn table(&self, _: &str, _: u64, _: u64) {}
}

/// What a run did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The template whose demo data was loaded, such as `personal`.
    pub template: &'static str,
    /// One entry a table, in the order of loading.
    pub tables: Vec<TableReport>,
    /// Tables (`public.notes`) and columns (`public.notes.color`) the demo would have filled but the database does not
    /// have, because the project took them out of its schema.
    pub left_out: Vec<String>,
}

impl Report {
    /// Rows inserted by this run.
    #[must_use]
    pub fn inserted(&self) -> u64 {
        self.tables.iter().map(|table| table.inserted).sum()
    }

    /// Rows that were there before.
    #[must_use]
    pub fn already(&self) -> u64 {
        self.tables.iter().map(|table| table.already).sum()
    }
}

/// What a run did to one table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableReport {
    /// Qualified name.
    pub name: String,
    /// Rows this run inserted.
    pub inserted: u64,
    /// Rows that stood in the way of an insert because they, or rows equal in a unique key, were there already.
    pub already: u64,
}

/// The template whose demo data fits a database that has these tables, if there is one. `has` says of a qualified name
/// (`public.tasks`) whether there is such a table.
#[must_use]
pub fn template_of(has: impl Fn(&str) -> bool) -> Option<&'static str> {
    let fits = |template: &&&table::Template| template.marks.iter().all(|mark| has(&format!("public.{mark}")));
    load::TEMPLATES.iter().find(fits).map(|template| template.name)
}

/// The tables that a template's demo data fills, by qualified name, and the columns that it sets. Every other column of these
/// tables has what its default or a trigger makes of it.
#[must_use]
pub fn filled(template: &str) -> BTreeMap<String, BTreeSet<&'static str>> {
    let templates = load::TEMPLATES.iter().filter(|found| found.name == template);
    let tables = templates.flat_map(|template| template.tables());
    tables.map(|table| (format!("{}.{}", table.schema, table.name), table.columns.iter().copied().collect())).collect()
}

/// Fills the database with demo data, in one transaction: afterwards all of it is there, or none.
///
/// The session must be able to switch to `service_role` and `howdah_auth`, as the owner of a Howdah schema is. `hash` turns
/// the password of a demo person into what `auth.users.password_hash` holds; it is called once for each person who has no
/// account yet.
///
/// # Errors
/// [`DataError::UnknownSchema`] when the database holds none of the templates' tables, [`DataError::OtherPlan`] and
/// [`DataError::EmailTaken`] when other accounts are in the way, [`DataError::TooManyRows`], and what PostgreSQL refuses.
pub async fn seed(
    client: &mut tokio_postgres::Client,
    plan: &Plan,
    hash: &(dyn Fn(&str) -> String + Sync),
    progress: &dyn Progress,
) -> Result<Report, DataError> {
    if plan.rows > MOST_ROWS {
        return Err(DataError::TooManyRows { rows: plan.rows, most: MOST_ROWS });
    }
    load::seed(client, plan, hash, progress).await
}

#[cfg(test)]
mod tests;
