//! A step of a validation, and what all steps share.

use super::access::Access;
use super::checks::{corruption, exclusion, foreign_key, polymorphic_link, sequence, unique};
use super::facts::Facts;
use super::mask::Masks;
use super::report::{Finding, Key, Report, Unchecked};
use super::rule::Rule;
use super::scan::Scan;
use super::session::{Failed, Session};
use super::{Check, ValidateOptions, Watch};
use crate::QualifiedName;
use howdah_schema::Catalog;
use howdah_schema::catalog::Table;
use std::collections::{BTreeMap, BTreeSet};
use tokio_postgres::Row;

/// What planning looks at.
#[derive(Debug)]
pub(super) struct Plan<'a> {
    pub(super) catalog: &'a Catalog,
    pub(super) facts: &'a Facts,
    pub(super) masks: &'a Masks<'a>,
    pub(super) options: &'a ValidateOptions,
    /// Tables and materialized views that were chosen.
    pub(super) chosen: &'a BTreeSet<QualifiedName>,
}

impl<'a> Plan<'a> {
    /// The chosen tables.
    pub(super) fn tables(&self) -> impl Iterator<Item = &'a Table> {
        let chosen = self.chosen;
        self.catalog.tables.values().filter(move |table| chosen.contains(&table.name))
    }

    /// Estimated rows of a table, with those of its partitions.
    pub(super) fn rows(&self, table: &QualifiedName) -> u64 {
        let own = self.facts.relations.get(table).map_or(0, |facts| facts.rows);
        let parts = self
            .catalog
            .tables
            .values()
            .filter(|part| part.partition_of.as_ref().is_some_and(|of| of.parent == *table));
        own + parts.map(|part| self.rows(&part.name)).sum::<u64>()
    }

    /// As it stands after FROM: without what inherits from it, but with its partitions, which are where its rows are.
    pub(super) fn from(&self, table: &QualifiedName) -> String {
        let partitioned = self.catalog.tables.get(table).is_some_and(|table| table.partition_key.is_some());
        if partitioned { table.to_string() } else { format!("only {table}") }
    }
}

/// One step.
#[derive(Debug)]
pub(super) struct Unit {
    /// What it is about, for progress and for what could not be done.
    pub(super) object: String,
    pub(super) checks: Vec<Check>,
    pub(super) access: Access,
    /// Rows it will read, as far as is known.
    pub(super) weight: u64,
    pub(super) work: Work,
}

/// What a step does.
#[derive(Debug)]
pub(super) enum Work {
    Scan(Scan),
    ForeignKey(foreign_key::Work),
    Unique(unique::Work),
    Exclusion(exclusion::Work),
    PolymorphicLink(polymorphic_link::Work),
    Sequence(sequence::Work),
    Corruption(corruption::Work),
}

impl Unit {
    pub(super) async fn run(&self, session: &Session<'_>, sink: &mut Sink<'_>) -> Result<(), Failed> {
        match &self.work {
            Work::Scan(work) => work.run(self, session, sink).await,
            Work::ForeignKey(work) => work.run(self, session, sink).await,
            Work::Unique(work) => work.run(self, session, sink).await,
            Work::Exclusion(work) => work.run(self, session, sink).await,
            Work::PolymorphicLink(work) => work.run(self, session, sink).await,
            Work::Sequence(work) => work.run(self, session, sink).await,
            Work::Corruption(work) => work.run(self, session, sink).await,
        }
    }

    /// The rules whose count is not complete when this step is not.
    pub(super) fn rules(&self) -> Vec<&Rule> {
        match &self.work {
            Work::Scan(work) => work.rules().collect(),
            Work::ForeignKey(work) => work.rule.iter().collect(),
            _ => Vec::new(),
        }
    }
}

/// Where results go.
pub(super) struct Sink<'a> {
    pub(super) report: Report,
    pub(super) watch: &'a dyn Watch,
    pub(super) limit: u32,
    tallies: BTreeMap<(Check, String, String), Tally>,
    /// Sets of columns that were found to tell rows apart, by table.
    pub(super) unique: BTreeMap<QualifiedName, Vec<BTreeSet<String>>>,
}

/// How often a rule was broken, over all the partitions that it applies to.
#[derive(Debug)]
struct Tally {
    rule: Rule,
    rows: u64,
    keys: Vec<Key>,
    /// Some of it could not be looked at.
    partial: bool,
}

impl<'a> Sink<'a> {
    pub(super) fn new(report: Report, watch: &'a dyn Watch, limit: u32) -> Self {
        Self { report, watch, limit, tallies: BTreeMap::new(), unique: BTreeMap::new() }
    }

    pub(super) fn found(&mut self, finding: Finding) {
        self.report.findings.push(finding);
    }

    pub(super) fn not_checked(&mut self, unchecked: Unchecked) {
        self.report.not_checked.push(unchecked);
    }

    pub(super) fn left_out(&mut self, unchecked: Unchecked) {
        self.report.left_out.push(unchecked);
    }

    /// So many rows were read, which counts as so much progress.
    pub(super) fn read(&mut self, rows: u64, weight: u64) {
        self.report.rows_read += rows;
        self.watch.advance(weight);
    }

    /// So many rows break a rule; none is a result as well.
    pub(super) fn broken(&mut self, rule: &Rule, rows: u64, keys: Vec<Key>) {
        let limit = self.limit as usize;
        let tally = self.tally(rule);
        tally.rows += rows;
        tally.keys.extend(keys);
        tally.keys.truncate(limit);
    }

    /// How many more keys of offenders are wanted for a rule.
    pub(super) fn keys_wanted(&mut self, rule: &Rule) -> u32 {
        let have = u32::try_from(self.tally(rule).keys.len()).unwrap_or(u32::MAX);
        self.limit.saturating_sub(have)
    }

    /// Some of the rows that a rule is about were not looked at.
    pub(super) fn partial(&mut self, rule: &Rule) {
        self.tally(rule).partial = true;
    }

    fn tally(&mut self, rule: &Rule) -> &mut Tally {
        self.tallies.entry((rule.check, rule.object.clone(), rule.says.clone())).or_insert_with(|| Tally {
            rule: rule.clone(),
            rows: 0,
            keys: Vec::new(),
            partial: false,
        })
    }

    /// The report, with what the tallies come to.
    pub(super) fn finish(mut self) -> Report {
        for tally in self.tallies.into_values() {
            // That no row breaks it is only known when all were looked at.
            if tally.rows > 0 || !tally.partial {
                self.report.findings.extend(tally.rule.finding(tally.rows, tally.keys));
            }
        }
        self.report.sort();
        self.report
    }
}

/// Names and SQL of what a key shows, as a list to select.
pub(super) fn select_list(parts: &[(String, String)]) -> String {
    let values: Vec<&str> = parts.iter().map(|(_, sql)| sql.as_str()).collect();
    values.join(", ")
}

/// For ORDER BY: the first so many columns.
pub(super) fn places(count: usize) -> String {
    let places: Vec<String> = (1..=count).map(|place| place.to_string()).collect();
    places.join(", ")
}

/// Reads keys that were selected as [`select_list`] says, from the first column on.
pub(super) fn keys(rows: &[Row], parts: &[(String, String)]) -> Result<Vec<Key>, Failed> {
    let key = |row: &Row| {
        let values = parts.iter().enumerate().map(|(at, (name, _))| Ok((name.clone(), row.try_get(at)?)));
        values.collect::<Result<Vec<_>, tokio_postgres::Error>>().map(Key)
    };
    rows.iter().map(key).collect::<Result<_, _>>().map_err(|error| Failed::Fatal(error.into()))
}

/// A count in a result's first row.
pub(super) fn number(rows: &[Row], column: usize) -> Result<u64, Failed> {
    let Some(row) = rows.first() else { return Ok(0) };
    let count: i64 = row.try_get(column).map_err(|error| Failed::Fatal(error.into()))?;
    Ok(u64::try_from(count).unwrap_or(0))
}
