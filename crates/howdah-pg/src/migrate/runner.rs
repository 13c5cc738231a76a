//! Taking the steps.

use super::history::{self, Row};
use super::{Direction, Event, Folder, MigrateError, Mode, Observer, Plan, Status, Step, checksum, lock, status};
use crate::script::{self, ScriptError, split};
use crate::{Backoff, PgError};
use std::time::{Duration, Instant};
use tokio_postgres::Client;

/// Limits of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunnerOptions {
    /// How long to wait for another runner.
    pub patience: Duration,
    /// How long one statement may wait for a lock on a table. While it waits, everyone who comes after it on that table
    /// waits too: rather give up soon and try again.
    pub lock_timeout: Duration,
    /// How often a migration is tried again when it did not get a lock in time.
    pub lock_retries: u32,
    /// How long one statement may take; zero for as long as it takes.
    pub statement_timeout: Duration,
}

impl Default for RunnerOptions {
    /// A minute for another runner, 5 s for a lock with four more attempts, 30 minutes for a statement.
    fn default() -> Self {
        Self {
            patience: Duration::from_secs(60),
            lock_timeout: Duration::from_secs(5),
            lock_retries: 4,
            statement_timeout: Duration::from_secs(30 * 60),
        }
    }
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// The step.
    pub step: Step,
    /// How long its SQL took.
    pub duration: Duration,
}

/// Runs the migrations of a folder against a database.
///
/// Its client must be connected to PostgreSQL directly or through a pooler in session mode, because the lock belongs to
/// the session; and must not be in a transaction.
pub struct Runner<'a> {
    client: &'a Client,
    folder: &'a Folder,
    options: RunnerOptions,
    observer: &'a dyn Observer,
}

/// What a migration set for the session is not for the next one, nor for the history.
const RESET: &str = "RESET SESSION AUTHORIZATION; RESET ROLE; RESET ALL";

/// A database that does not wait for its log to be written would report success for what a crash undoes.
const DURABLE: &str =
    "select set_config('synchronous_commit', 'local', true) where current_setting('synchronous_commit') = 'off'";

/// SQLSTATE of `lock_not_available`.
const LOCK_TIMEOUT: &str = "55P03";

impl<'a> Runner<'a> {
    /// A runner with default limits that tells nobody.
    pub fn new(client: &'a Client, folder: &'a Folder) -> Self {
        Self { client, folder, options: RunnerOptions::default(), observer: &|_: &Event<'_>| {} }
    }

    /// With these limits.
    #[must_use]
    pub fn options(self, options: RunnerOptions) -> Self {
        Self { options, ..self }
    }

    /// Telling `observer`.
    #[must_use]
    pub fn observer(self, observer: &'a dyn Observer) -> Self {
        Self { observer, ..self }
    }

    /// Where files and database stand. Changes nothing and takes no lock.
    ///
    /// # Errors
    /// The connection.
    pub async fn status(&self) -> Result<Status, MigrateError> {
        let history = history::read(self.client).await?.unwrap_or_default();
        Ok(status::status(self.folder, history))
    }

    /// What [`Runner::up`] would do now. Changes nothing and takes no lock.
    ///
    /// # Errors
    /// What keeps migrations from running.
    pub async fn plan_up(&self, limit: Option<usize>) -> Result<Plan, MigrateError> {
        let history = history::read(self.client).await?.unwrap_or_default();
        Plan::up(self.folder, &history, limit)
    }

    /// What [`Runner::down`] would do now. Changes nothing and takes no lock.
    ///
    /// # Errors
    /// What keeps migrations from running.
    pub async fn plan_down(&self, count: usize) -> Result<Plan, MigrateError> {
        let history = history::read(self.client).await?.unwrap_or_default();
        Plan::down(self.folder, &history, count)
    }

    /// Applies the next `limit` migrations, or all that are pending. Returns what was done; nothing is no error.
    ///
    /// # Errors
    /// What keeps migrations from running, found before the first one; or the one that failed, with how many were done
    /// before it.
    pub async fn up(&self, limit: Option<usize>) -> Result<Vec<Done>, MigrateError> {
        self.locked(async || {
            let history = history::read(self.client).await?;
            let plan = Plan::up(self.folder, history.as_deref().unwrap_or_default(), limit)?;
            check_files(&plan)?;
            if history.is_none() {
                // Several statements sent as one query are one transaction.
                self.client.batch_execute(history::CREATE).await?;
            }
            self.run(&plan).await
        })
        .await
    }

    /// Undoes the last `count` migrations, the latest first. Returns what was done; fewer, if fewer are applied.
    ///
    /// # Errors
    /// As [`Runner::up`].
    pub async fn down(&self, count: usize) -> Result<Vec<Done>, MigrateError> {
        self.locked(async || {
            let history = history::read(self.client).await?.unwrap_or_default();
            let plan = Plan::down(self.folder, &history, count)?;
            check_files(&plan)?;
            self.run(&plan).await
        })
        .await
    }

    async fn locked<T>(&self, work: impl AsyncFnOnce() -> Result<T, MigrateError>) -> Result<T, MigrateError> {
        lock::take(self.client, self.options.patience, self.observer).await?;
        let result = work().await;
        lock::release(self.client).await;
        result
    }

    async fn run(&self, plan: &Plan) -> Result<Vec<Done>, MigrateError> {
        let mut done = Vec::new();
        let total = plan.steps.len();
        for (index, step) in plan.steps.iter().enumerate() {
            self.observer.event(&Event::Begins { step, index, total });
            let duration = match step.mode {
                Mode::Transaction => self.with_retries(step, index).await?,
            };
            self.observer.event(&Event::Done { step, duration });
            done.push(Done { step: step.clone(), duration });
        }
        Ok(done)
    }

    async fn with_retries(&self, step: &Step, done: usize) -> Result<Duration, MigrateError> {
        let backoff = Backoff { first: Duration::from_secs(1), cap: Duration::from_secs(20), give_up_after: None };
        let mut attempt = 0;
        loop {
            match self.in_transaction(step, done).await {
                Err(MigrateError::Failed { error, .. })
                    if error.sqlstate() == Some(LOCK_TIMEOUT) && attempt < self.options.lock_retries =>
                {
                    let wait = backoff.wait(attempt);
                    attempt += 1;
                    self.observer.event(&Event::Retries { step, attempt, wait });
                    tokio::time::sleep(wait).await;
                }
                result => return result,
            }
        }
    }

    async fn in_transaction(&self, step: &Step, done: usize) -> Result<Duration, MigrateError> {
        let title = step.migration.title();
        let direction = step.direction;
        let interrupted = |error| MigrateError::Interrupted { title: title.clone(), direction, done, error };
        let failed = |error| MigrateError::Failed { title: title.clone(), direction, done, error };

        let milliseconds = |limit: Duration| limit.as_millis().min(i32::MAX as u128);
        let begin = format!(
            "BEGIN; SET LOCAL lock_timeout = {}; SET LOCAL statement_timeout = {}; {DURABLE}",
            milliseconds(self.options.lock_timeout),
            milliseconds(self.options.statement_timeout),
        );
        self.client.batch_execute(&begin).await.map_err(PgError::from).map_err(interrupted)?;

        let started = Instant::now();
        let result = script::run(self.client, step.file()).await;
        let duration = started.elapsed();
        let recorded = match result {
            Ok(_) => self.record(step, duration).await.map_err(ScriptError::from),
            Err(error) => Err(error),
        };
        if let Err(error) = recorded {
            // If this fails the connection is gone, and the transaction with it.
            if let Err(rollback) = self.client.batch_execute("ROLLBACK").await {
                tracing::debug!(error = %rollback, "ROLLBACK failed");
            }
            return Err(match error {
                ScriptError::Sql(error) => failed(error),
                ScriptError::Pg(error) => interrupted(error),
                ScriptError::Read { path, source } => MigrateError::Read { path, source },
            });
        }
        match self.client.batch_execute("COMMIT").await.map_err(PgError::from) {
            Ok(()) => Ok(duration),
            // Deferred constraints and triggers speak up now; COMMIT has undone everything.
            Err(PgError::Server(error)) if !error.ends_session() => {
                let last = split::statements(&step.file().text).len().saturating_sub(1);
                Err(failed(Box::new(script::located(step.file(), last, *error))))
            }
            Err(error) => Err(MigrateError::Uncertain { title, error }),
        }
    }

    /// Writes the step into the history, in its own transaction.
    async fn record(&self, step: &Step, duration: Duration) -> Result<(), PgError> {
        self.client.batch_execute(&format!("{RESET}; {DURABLE}")).await?;
        let migration = &step.migration;
        match step.direction {
            Direction::Down => history::delete(self.client, migration.version).await,
            Direction::Up => {
                let row = Row {
                    version: migration.version,
                    name: migration.name.clone(),
                    up_sha256: checksum(&migration.up.text),
                    down_sha256: checksum(&migration.down.text),
                    duration_ms: i64::try_from(duration.as_millis()).unwrap_or(i64::MAX),
                    howdah_version: env!("CARGO_PKG_VERSION").to_owned(),
                    // The database fills these in.
                    applied_at: String::new(),
                    applied_by: String::new(),
                };
                history::insert(self.client, &row).await
            }
        }
    }
}

/// Finds what a file may not hold before any file is run.
fn check_files(plan: &Plan) -> Result<(), MigrateError> {
    for step in &plan.steps {
        script::check(step.file()).map_err(|error| MigrateError::Failed {
            title: step.migration.title(),
            direction: step.direction,
            done: 0,
            error: Box::new(error),
        })?;
    }
    Ok(())
}
