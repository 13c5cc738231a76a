//! Planning the steps, and doing one after the other.

use super::access::{self};
use super::mask::Masks;
use super::report::{Report, Unchecked};
use super::session::{self, Failed, Session};
use super::unit::{Plan, Sink, Unit};
use super::{Check, ValidateOptions, checks, facts, refusal, scan, selection};
use crate::{PgError, Target};
use howdah_schema::Catalog;
use std::collections::BTreeSet;
use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio_postgres::Client;

/// How often a statement that goes on is told to stop. The first request may come between two statements.
const INSIST: Duration = Duration::from_millis(500);

/// Hears how far it has come.
pub trait Watch: Send + Sync {
    /// So many rows are to be read, as far as is known, in so many steps.
    fn begin(&self, rows: u64, steps: u64);
    /// What is being done now.
    fn at(&self, object: &str);
    /// So many rows less to read.
    fn advance(&self, rows: u64);
}

/// For whom it is no news.
impl Watch for () {
    fn begin(&self, _: u64, _: u64) {}
    fn at(&self, _: &str) {}
    fn advance(&self, _: u64) {}
}

/// Why nothing could be validated.
#[derive(Debug, thiserror::Error)]
pub enum ValidateError {
    /// A pattern fits no table.
    #[error("no table or materialized view fits `{pattern}`{}", .nearest.as_ref().map(|name| format!("; did you mean `{name}`?")).unwrap_or_default())]
    UnknownTable {
        /// As it was given.
        pattern: String,
        /// The name that was probably meant.
        nearest: Option<String>,
    },
    /// The connection.
    #[error(transparent)]
    Pg(#[from] PgError),
}

impl ValidateError {
    /// Stable code of the error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownTable { .. } => "validate-unknown-table",
            Self::Pg(error) => error.code(),
        }
    }
}

/// A connection that validates.
#[derive(Debug)]
pub struct Validator {
    target: Target,
    client: Client,
}

impl Validator {
    /// Connects, as whoever the target names; the session cannot write.
    ///
    /// # Errors
    /// The connection.
    pub async fn connect(target: &Target) -> Result<Self, PgError> {
        let client = target.client().await?;
        // The catalog is read with it as well, and that waits for tables that are locked where the server deparses expressions.
        client.batch_execute("set default_transaction_read_only = on; set lock_timeout = '10s'").await?;
        Ok(Self { target: target.clone(), client })
    }

    /// The connection, to read the catalog by.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Looks at everything that the options ask for.
    ///
    /// When `interrupt` comes first, the running statement is cancelled on the server, and the report says what was found until
    /// then, with `complete` false.
    ///
    /// # Errors
    /// A pattern that fits nothing; the connection.
    pub async fn run(
        &self,
        catalog: &Catalog,
        options: &ValidateOptions,
        watch: &dyn Watch,
        interrupt: impl Future<Output = ()>,
    ) -> Result<Report, ValidateError> {
        let stopped = AtomicBool::new(false);
        let work = self.work(catalog, options, watch, &stopped);
        tokio::pin!(work);
        tokio::select! {
            result = &mut work => return result,
            () = interrupt => {}
        }
        stopped.store(true, Ordering::Release);
        let token = self.client.cancel_token();
        loop {
            let cancelled = session::cancel(&self.target, &token).await;
            tokio::select! {
                result = &mut work => return result,
                () = tokio::time::sleep(INSIST) => {}
            }
            // It cannot be told to stop; the caller must not wait for a scan of hours.
            if let Err(error) = cancelled {
                return Err(error.into());
            }
        }
    }

    async fn work(
        &self,
        catalog: &Catalog,
        options: &ValidateOptions,
        watch: &dyn Watch,
        stopped: &AtomicBool,
    ) -> Result<Report, ValidateError> {
        let chosen = selection::chosen(catalog, &options.tables)
            .map_err(|(pattern, nearest)| ValidateError::UnknownTable { pattern, nearest })?;
        let facts = facts::read(&self.client).await?;
        let masks = Masks::new(catalog);
        let plan = Plan { catalog, facts: &facts, masks: &masks, options, chosen: &chosen };
        let mut report = Report { role: facts.role.clone(), tables: chosen.len() as u64, ..Report::default() };
        let units = units(&plan, &mut report);
        report.steps = units.len() as u64;
        report.findings = checks::invalid_index::findings(&plan);
        let mut sink = Sink::new(report, watch, options.limit);
        watch.begin(units.iter().map(|unit| unit.weight).sum(), units.len() as u64);
        let session = Session { client: &self.client, target: &self.target, stopped, options, facts: &facts };
        let mut complete = true;
        for unit in &units {
            if session.is_stopped() {
                complete = false;
                break;
            }
            if let Some((reason, fix)) = access::refusal(&facts, &unit.access) {
                for rule in unit.rules() {
                    sink.partial(rule);
                }
                sink.not_checked(Unchecked { checks: unit.checks.clone(), object: unit.object.clone(), reason, fix });
                watch.advance(unit.weight);
                continue;
            }
            watch.at(&unit.object);
            match unit.run(&session, &mut sink).await {
                Ok(()) => sink.report.steps_done += 1,
                Err(Failed::Refused(error)) => {
                    session.end().await?;
                    refusal::handle(unit, &error, &mut sink);
                    sink.report.steps_done += 1;
                }
                Err(Failed::Stopped) => {
                    session.end().await?;
                    for rule in unit.rules() {
                        sink.partial(rule);
                    }
                    complete = false;
                    break;
                }
                Err(Failed::Fatal(error)) => return Err(error.into()),
            }
        }
        if !complete {
            // Rules of tables that were never reached have no tally; those of partitions are known in part only.
            for rule in units.iter().flat_map(Unit::rules) {
                sink.partial(rule);
            }
        }
        sink.report.complete = complete;
        Ok(sink.finish())
    }
}

/// All steps, in the order they are done: what is quick and what proves others first.
fn units(plan: &Plan<'_>, report: &mut Report) -> Vec<Unit> {
    let (mut units, mut left_out) = (Vec::new(), Vec::new());
    checks::sequence::plan(plan, &mut units);
    scan::plan(plan, &mut units, &mut left_out);
    checks::unique::plan(plan, &mut units, &mut left_out);
    checks::exclusion::plan(plan, &mut units, &mut left_out);
    checks::foreign_key::plan(plan, &mut units, &mut left_out);
    checks::polymorphic_link::plan(plan, &mut units);
    checks::corruption::plan(plan, &mut units, &mut left_out);
    // What was asked for by name and cannot be done is missing from the answer.
    let named = |unchecked: &Unchecked| unchecked.checks.iter().any(|check| plan.options.checks.contains(check));
    let (asked, rest): (Vec<_>, Vec<_>) = left_out.into_iter().partition(named);
    report.not_checked.extend(asked);
    report.left_out.extend(rest);
    units
}

/// The checks that options ask for, for reports.
impl ValidateOptions {
    /// Those that will be made.
    pub fn chosen_checks(&self) -> BTreeSet<Check> {
        Check::all().filter(|check| self.wants(*check)).collect()
    }
}
