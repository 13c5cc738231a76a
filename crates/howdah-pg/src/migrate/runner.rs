//! What a runner can be asked for.

use super::execute::Work;
use super::history::{self, Row};
use super::plan::{self, State};
use super::progress::{self, Progress};
use super::{Event, Folder, MigrateError, Migration, Observer, Plan, Status, Step, advice, lock, status};
use std::time::Duration;
use tokio_postgres::Client;

/// Limits of a run, and what is allowed in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunnerOptions {
    /// How long to wait for another runner.
    pub patience: Duration,
    /// How long one statement may wait for a lock on a table. While it waits, everyone who comes after it on that table
    /// waits too: rather give up soon and try again.
    pub lock_timeout: Duration,
    /// For how long a section, a statement or a batch that did not get a lock in time is tried again, counted from its
    /// first attempt; zero for no second attempt.
    pub lock_patience: Duration,
    /// How long one statement may take; zero for as long as it takes. It does not count for CREATE INDEX CONCURRENTLY and
    /// its like, which may take hours and block nobody; a file may set another with SET.
    pub statement_timeout: Duration,
    /// Apply a pending migration though a later one is applied already, as after a merge.
    pub allow_out_of_order: bool,
    /// Go back where the down file says that it is lossy or irreversible.
    pub allow_lossy: bool,
}

impl Default for RunnerOptions {
    /// A minute for another runner, half a second for a lock and a minute of attempts, 30 minutes for a statement; nothing
    /// out of order and nothing lossy.
    fn default() -> Self {
        Self {
            patience: Duration::from_secs(60),
            lock_timeout: Duration::from_millis(500),
            lock_patience: Duration::from_secs(60),
            statement_timeout: Duration::from_secs(30 * 60),
            allow_out_of_order: false,
            allow_lossy: false,
        }
    }
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// The step.
    pub step: Step,
    /// How long its SQL took; all of it, if it was interrupted.
    pub duration: Duration,
}

/// Runs the migrations of a folder against a database.
///
/// Its client must be connected to PostgreSQL directly or through a pooler in session mode, because the lock belongs to
/// the session; and must not be in a transaction.
pub struct Runner<'a> {
    pub(super) client: &'a Client,
    pub(super) folder: &'a Folder,
    pub(super) options: RunnerOptions,
    pub(super) observer: &'a dyn Observer,
}

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

    /// Whether going back may lose data.
    pub fn allows_lossy(&self) -> bool {
        self.options.allow_lossy
    }

    /// Where files and database stand. Changes nothing and takes no lock.
    ///
    /// # Errors
    /// The connection.
    pub async fn status(&self) -> Result<Status, MigrateError> {
        let (rows, progress) = self.read().await?;
        Ok(status::status(self.folder, rows, progress, self.options.allow_out_of_order))
    }

    /// What [`Runner::up`] would do now. Changes nothing and takes no lock.
    ///
    /// # Errors
    /// What keeps migrations from running.
    pub async fn plan_up(&self, limit: Option<usize>) -> Result<Plan, MigrateError> {
        Plan::up(self.folder, &self.state().await?, limit, self.options.allow_out_of_order)
    }

    /// What [`Runner::down`] would do now, lossy steps included. Changes nothing and takes no lock.
    ///
    /// # Errors
    /// What keeps migrations from running.
    pub async fn plan_down(&self, count: usize) -> Result<Plan, MigrateError> {
        Plan::down(self.folder, &self.state().await?, count, self.options.allow_out_of_order)
    }

    /// What [`Runner::to`] would do now, lossy steps included. Changes nothing and takes no lock.
    ///
    /// # Errors
    /// What keeps migrations from running.
    pub async fn plan_to(&self, version: i64) -> Result<Plan, MigrateError> {
        Plan::to(self.folder, &self.state().await?, version, self.options.allow_out_of_order)
    }

    /// Applies the next `limit` migrations, or all that are pending. Returns what was done; nothing is no error.
    ///
    /// # Errors
    /// What keeps migrations from running, found before the first one; or the one that failed, with how many were done
    /// before it.
    pub async fn up(&self, limit: Option<usize>) -> Result<Vec<Done>, MigrateError> {
        self.locked(async {
            let state = self.state().await?;
            let plan = Plan::up(self.folder, &state, limit, self.options.allow_out_of_order)?;
            self.make_tables().await?;
            self.run(&plan, &state).await
        })
        .await
    }

    /// Undoes the last `count` migrations, the latest first. Returns what was done; fewer, if fewer are applied.
    ///
    /// # Errors
    /// As [`Runner::up`]; and [`MigrateError::Lossy`].
    pub async fn down(&self, count: usize) -> Result<Vec<Done>, MigrateError> {
        self.locked(async {
            let state = self.state().await?;
            let plan = Plan::down(self.folder, &state, count, self.options.allow_out_of_order)?;
            self.back(&plan, &state).await
        })
        .await
    }

    /// Goes up or down until `version` is the last migration that is applied; 0 undoes all.
    ///
    /// # Errors
    /// As [`Runner::down`]; and [`MigrateError::UnknownVersion`].
    pub async fn to(&self, version: i64) -> Result<Vec<Done>, MigrateError> {
        self.locked(async {
            let state = self.state().await?;
            let plan = Plan::to(self.folder, &state, version, self.options.allow_out_of_order)?;
            self.back(&plan, &state).await
        })
        .await
    }

    /// Takes all migrations up to `version` as applied, without running them: for a database that was in that state before
    /// Howdah came to it. Returns those that were pending.
    ///
    /// # Errors
    /// [`MigrateError::Baseline`] if a later one is applied, [`MigrateError::UnknownVersion`], and what keeps migrations
    /// from running.
    pub async fn baseline(&self, version: i64) -> Result<Vec<Migration>, MigrateError> {
        self.locked(async {
            let state = self.state().await?;
            plan::check(self.folder, &state.rows, true)?;
            plan::known(self.folder, version)?;
            if let Some(progress) = state.progress.first() {
                return Err(plan::unfinished(self.folder, progress));
            }
            if let Some(later) = state.rows.last().filter(|row| row.version > version) {
                let asked = self.folder.get(version).map_or_else(|| "0".to_owned(), Migration::title);
                return Err(MigrateError::Baseline { asked, applied: later.title() });
            }
            self.make_tables().await?;
            let until = self.folder.migrations().iter().filter(|migration| migration.version <= version);
            let pending: Vec<Migration> =
                until.filter(|migration| !state.is_applied(migration.version)).cloned().collect();
            self.own_transaction(async {
                self.adopt(&state).await?;
                for migration in &pending {
                    history::insert(self.client, &Row::of(migration, Duration::ZERO, true)).await?;
                }
                Ok(())
            })
            .await?;
            Ok(pending)
        })
        .await
    }

    /// History and progress as they are.
    pub(super) async fn read(&self) -> Result<(Vec<Row>, Vec<Progress>), MigrateError> {
        let read = async {
            let rows = history::read(self.client).await?.unwrap_or_default();
            Ok((rows, progress::read(self.client).await?))
        };
        match read.await {
            Err(MigrateError::Pg(error)) => Err(advice::on_history(self.client, error).await.into()),
            result => result,
        }
    }

    pub(super) async fn state(&self) -> Result<State, MigrateError> {
        let (rows, progress) = self.read().await?;
        State::of(self.folder, rows, progress)
    }

    /// Makes the tables that are missing; which role may not, the error says.
    pub(super) async fn make_tables(&self) -> Result<(), MigrateError> {
        match history::make(self.client).await {
            Ok(()) => Ok(()),
            Err(error) => Err(advice::on_own(self.client, error).await.into()),
        }
    }

    /// Does the work while no other runner does any.
    pub(super) async fn locked<T>(
        &self,
        work: impl Future<Output = Result<T, MigrateError>>,
    ) -> Result<T, MigrateError> {
        lock::take(self.client, self.options.patience, self.observer).await?;
        let result = work.await;
        lock::release(self.client).await;
        result
    }

    /// Does the runner's own bookkeeping in a transaction.
    pub(super) async fn own_transaction(
        &self,
        work: impl Future<Output = Result<(), MigrateError>>,
    ) -> Result<(), MigrateError> {
        self.client.batch_execute("BEGIN").await?;
        let result = work.await;
        let end = if result.is_ok() { "COMMIT" } else { "ROLLBACK" };
        let ended = self.client.batch_execute(end).await;
        result?;
        Ok(ended?)
    }

    /// Rewrites the history if it has what a squashed migration replaces.
    pub(super) async fn adopt(&self, state: &State) -> Result<(), MigrateError> {
        match &state.adopts {
            Some(migration) => Ok(history::adopt(self.client, migration).await?),
            None => Ok(()),
        }
    }

    async fn back(&self, plan: &Plan, state: &State) -> Result<Vec<Done>, MigrateError> {
        let steps = plan.losses();
        if !steps.is_empty() && !self.options.allow_lossy {
            return Err(MigrateError::Lossy { steps });
        }
        if !plan.steps.is_empty() {
            self.make_tables().await?;
        }
        self.run(plan, state).await
    }

    async fn run(&self, plan: &Plan, state: &State) -> Result<Vec<Done>, MigrateError> {
        if state.adopts.is_some() {
            self.make_tables().await?;
            self.own_transaction(self.adopt(state)).await?;
        }
        let mut done = Vec::new();
        let total = plan.steps.len();
        for (index, step) in plan.steps.iter().enumerate() {
            self.observer.event(&Event::Begins { step, index, total });
            let progress = state.progress(step.migration.version).cloned();
            let duration = Work::new(self, step, index, progress).run().await?;
            self.observer.event(&Event::Done { step, duration });
            done.push(Done { step: step.clone(), duration });
        }
        Ok(done)
    }
}
