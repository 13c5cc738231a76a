//! Taking a step.

use super::history::{self, Row};
use super::progress::{self, Progress};
use super::runner::Runner;
use super::{Direction, Event, MigrateError, Section, SectionKind, Step, advice};
use crate::script::{self, ScriptError, ScriptProblem, SqlFile, SqlScriptError};
use crate::{Backoff, PgError};
use std::ops::Range;
use std::time::{Duration, Instant};
use tokio_postgres::Client;

/// What a section set for the session is not for the next one, nor for the history.
const RESET: &str = "RESET SESSION AUTHORIZATION; RESET ROLE; RESET ALL";

/// A database that does not wait for its log to be written would report success for what a crash undoes.
const DURABLE: &str =
    "select set_config('synchronous_commit', 'local', true) where current_setting('synchronous_commit') = 'off'";

/// The same for the session, until it is reset.
const DURABLE_SESSION: &str =
    "select set_config('synchronous_commit', 'local', false) where current_setting('synchronous_commit') = 'off'";

/// For the rest of a transaction, whoever is logged in: it is they who may write the progress.
const AS_MYSELF: &str = "SET LOCAL SESSION AUTHORIZATION DEFAULT; SET LOCAL ROLE NONE";

/// SQLSTATEs after which the same may well succeed: `lock_not_available`, `deadlock_detected`, `serialization_failure`.
const PASSING: [&str; 3] = ["55P03", "40P01", "40001"];

/// Why a section stopped. The client is in no transaction any more.
#[derive(Debug)]
pub(super) enum Trouble {
    /// A statement was refused, or is not one to run.
    Refused(Box<SqlScriptError>),
    /// The connection, or the runner's own SQL.
    Pg(PgError),
    /// The connection, between COMMIT and its answer.
    Uncertain(PgError),
    /// The error is made already.
    Stop(Box<MigrateError>),
}

impl From<PgError> for Trouble {
    fn from(error: PgError) -> Self {
        Self::Pg(error)
    }
}

impl From<tokio_postgres::Error> for Trouble {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Pg(error.into())
    }
}

impl From<ScriptError> for Trouble {
    fn from(error: ScriptError) -> Self {
        match error {
            ScriptError::Sql(error) => Self::Refused(error),
            ScriptError::Pg(error) => Self::Pg(error),
            ScriptError::Read { path, source } => Self::Stop(Box::new(MigrateError::Read { path, source })),
        }
    }
}

impl Trouble {
    pub(super) fn sqlstate(&self) -> Option<&str> {
        match self {
            Self::Refused(error) => error.sqlstate(),
            Self::Pg(error) => error.server().map(|error| error.sqlstate.as_str()),
            Self::Uncertain(_) | Self::Stop(_) => None,
        }
    }

    fn is_passing(&self) -> bool {
        self.sqlstate().is_some_and(|sqlstate| PASSING.contains(&sqlstate))
    }
}

/// A step being taken.
pub(super) struct Work<'r> {
    pub(super) runner: &'r Runner<'r>,
    pub(super) step: &'r Step,
    /// How many steps this run has done before.
    before: usize,
    /// How far it is.
    pub(super) progress: Progress,
    /// How far the database knows it to be; `None` if it knows of nothing.
    pub(super) saved: Option<Progress>,
}

/// How long and how often to try again.
pub(super) struct Attempts {
    started: Instant,
    count: u32,
}

impl Attempts {
    pub(super) fn new() -> Self {
        Self { started: Instant::now(), count: 0 }
    }

    /// Waits, and says whether to try again.
    pub(super) async fn another(&mut self, work: &Work<'_>, trouble: &Trouble) -> bool {
        let options = &work.runner.options;
        // The pauses begin at twice as long as others were kept waiting, so that they get on between two attempts.
        let first = (options.lock_timeout * 2).max(Duration::from_millis(20));
        let backoff = Backoff { first, cap: first * 10, give_up_after: None };
        let wait = backoff.wait(self.count);
        if !trouble.is_passing() || self.started.elapsed() + wait > options.lock_patience {
            return false;
        }
        self.count += 1;
        work.tell(&Event::Retries { step: work.step, attempt: self.count, wait });
        tokio::time::sleep(wait).await;
        true
    }
}

impl<'r> Work<'r> {
    pub(super) fn new(runner: &'r Runner<'r>, step: &'r Step, before: usize, saved: Option<Progress>) -> Self {
        let progress = saved.clone().unwrap_or_else(|| Progress::of(step));
        Self { runner, step, before, progress, saved }
    }

    pub(super) fn client(&self) -> &'r Client {
        self.runner.client
    }

    pub(super) fn file(&self) -> &'r SqlFile {
        self.step.file()
    }

    pub(super) fn tell(&self, event: &Event<'_>) {
        self.runner.observer.event(event);
    }

    /// Takes the step, or what is left of it; returns how long its SQL took in all.
    pub(super) async fn run(mut self) -> Result<Duration, MigrateError> {
        match self.sections().await {
            Ok(()) => Ok(self.progress.duration),
            Err(trouble) => Err(self.failure(trouble).await),
        }
    }

    async fn sections(&mut self) -> Result<(), Trouble> {
        let sections = &self.step.script().sections;
        let mut is_recorded = false;
        while let Some(section) = sections.get(self.progress.sections_done) {
            let index = self.progress.sections_done;
            let (total, done) = (sections.len(), self.progress.statements_done);
            self.tell(&Event::Section { step: self.step, section, index, total, done });
            let is_last = index + 1 == total;
            match &section.kind {
                SectionKind::Transaction => {
                    let mut attempts = Attempts::new();
                    while let Err(trouble) = self.transaction(section, is_last).await {
                        if !attempts.another(self, &trouble).await {
                            return Err(trouble);
                        }
                    }
                    is_recorded = is_last;
                }
                SectionKind::NoTransaction => self.alone(section).await?,
                SectionKind::Backfill(backfill) => self.backfill(section, backfill).await?,
            }
        }
        if is_recorded { Ok(()) } else { self.finish().await }
    }

    /// A section that is one transaction, with its progress or, if it is the last, the history.
    async fn transaction(&mut self, section: &Section, is_last: bool) -> Result<(), Trouble> {
        let asked = Instant::now();
        self.begin().await?;
        let round_trip = asked.elapsed();
        let started = Instant::now();
        let result = script::run_pieces(
            self.client(),
            self.file(),
            &section.statements,
            round_trip,
            |position| self.tell_statement(section, position),
            |position| self.tell_statement_done(section, position),
        )
        .await;
        let mut next = self.progress.clone();
        next.duration += started.elapsed();
        next.end_section();
        let recorded = match result {
            Ok(()) => self.note(&next, is_last).await.map_err(Trouble::from),
            Err(error) => Err(error.into()),
        };
        self.end(recorded, next, section.statements.last()).await
    }

    /// The step is done but for its being written down.
    async fn finish(&mut self) -> Result<(), Trouble> {
        self.begin().await?;
        let next = self.progress.clone();
        let recorded = self.note(&next, true).await.map_err(Trouble::from);
        self.end(recorded, next, None).await
    }

    pub(super) async fn begin(&self) -> Result<(), Trouble> {
        let options = &self.runner.options;
        let begin = format!(
            "BEGIN; SET LOCAL lock_timeout = {}; SET LOCAL statement_timeout = {}; {DURABLE}",
            milliseconds(options.lock_timeout),
            milliseconds(options.statement_timeout),
        );
        Ok(self.client().batch_execute(&begin).await?)
    }

    /// Sets for the session what every section begins with.
    pub(super) async fn set_session(&self) -> Result<(), Trouble> {
        let options = &self.runner.options;
        let settings = format!(
            "SET lock_timeout = {}; SET statement_timeout = {}; {DURABLE_SESSION}",
            milliseconds(options.lock_timeout),
            milliseconds(options.statement_timeout),
        );
        Ok(self.client().batch_execute(&settings).await?)
    }

    pub(super) async fn reset_session(&self) -> Result<(), Trouble> {
        Ok(self.client().batch_execute(RESET).await?)
    }

    /// Ends the transaction as it deserves. `next` is how far the step is if that succeeds; `last` is blamed for what the
    /// server finds only then.
    pub(super) async fn end(
        &mut self,
        result: Result<(), Trouble>,
        next: Progress,
        last: Option<&Range<usize>>,
    ) -> Result<(), Trouble> {
        if let Err(trouble) = result {
            // If this fails the connection is gone, and the transaction with it.
            if let Err(rollback) = self.client().batch_execute("ROLLBACK").await {
                tracing::debug!(error = %rollback, "ROLLBACK failed");
            }
            return Err(trouble);
        }
        match self.client().batch_execute("COMMIT").await.map_err(PgError::from) {
            Ok(()) => {
                self.progress = next;
                self.saved = Some(self.progress.clone());
                Ok(())
            }
            // Deferred constraints and triggers speak up now; COMMIT has undone everything.
            Err(PgError::Server(error)) if !error.ends_session() => match last {
                Some(last) => Err(Trouble::Refused(Box::new(script::located_in(self.file(), last, *error)))),
                None => Err(Trouble::Pg(PgError::Server(error))),
            },
            Err(error) => Err(Trouble::Uncertain(error)),
        }
    }

    /// Writes down how far the step is, in the transaction that the client is in.
    async fn note(&self, next: &Progress, is_last: bool) -> Result<(), PgError> {
        self.client().batch_execute(&format!("{RESET}; {DURABLE}")).await?;
        if !is_last {
            return progress::save(self.client(), next).await;
        }
        if self.saved.is_some() {
            progress::delete(self.client(), next.version).await?;
        }
        let migration = &self.step.migration;
        match self.step.direction {
            Direction::Down => history::delete(self.client(), migration.version).await,
            Direction::Up => history::insert(self.client(), &Row::of(migration, next.duration, false)).await,
        }
    }

    /// Writes down how far the step is, in the transaction that the client is in, and leaves the session's settings as the
    /// section has made them.
    pub(super) async fn note_within(&self, next: &Progress) -> Result<(), PgError> {
        self.client().batch_execute(AS_MYSELF).await?;
        progress::save(self.client(), next).await
    }

    /// As [`Work::note_within`], in a transaction of its own.
    pub(super) async fn note_alone(&mut self, next: Progress) -> Result<(), Trouble> {
        self.client().batch_execute("BEGIN").await?;
        let noted = self.note_within(&next).await.map_err(Trouble::from);
        self.end(noted, next, None).await
    }

    /// A section whose statements are all done.
    pub(super) async fn end_section(&mut self) -> Result<(), Trouble> {
        let mut next = self.progress.clone();
        next.end_section();
        if next.sections_done < self.step.script().sections.len() {
            return self.note_alone(next).await;
        }
        // What is left to write down is that all is done.
        self.progress = next;
        Ok(())
    }

    pub(super) fn tell_statement(&self, section: &Section, position: usize) {
        let Some(span) = section.statements.get(position) else { return };
        let summary = super::words::summary(&self.file().text[span.clone()]);
        let (index, total) = self.place(position);
        self.tell(&Event::Statement { step: self.step, index, total, summary: &summary });
    }

    pub(super) fn tell_statement_done(&self, _: &Section, position: usize) {
        let (index, total) = self.place(position);
        self.tell(&Event::StatementDone { step: self.step, index, total });
    }

    fn place(&self, position: usize) -> (usize, usize) {
        let script = self.step.script();
        (script.before(self.progress.sections_done) + position, script.len())
    }

    /// A directive's fault.
    pub(super) fn refuse(&self, at: usize, message: String, hint: &str) -> Trouble {
        let problem = ScriptProblem::Directive { message, hint: hint.to_owned() };
        Trouble::Refused(Box::new(self.file().error(at, problem)))
    }

    async fn failure(&mut self, trouble: Trouble) -> MigrateError {
        // Of no use if the connection is gone, and then of no need.
        if let Err(error) = self.reset_session().await {
            tracing::debug!(?error, "the session could not be reset");
        }
        let title = self.step.migration.title();
        let (direction, done) = (self.step.direction, self.before);
        let partly = self.saved.is_some();
        match trouble {
            Trouble::Stop(error) => *error,
            Trouble::Uncertain(error) => MigrateError::Uncertain { title, error },
            Trouble::Pg(PgError::Server(error)) if !error.ends_session() => {
                advice::on_own(self.client(), PgError::Server(error)).await.into()
            }
            Trouble::Pg(error) => MigrateError::Interrupted { title, direction, done, partly, error },
            Trouble::Refused(mut error) => {
                advice::on_script(self.client(), self.file(), &mut error).await;
                match self.partial(&error).await {
                    None => MigrateError::Failed { title, direction, done, error },
                    Some(saved) => {
                        let report = saved.report(&self.file().name);
                        let next = next(&saved, &error);
                        MigrateError::PartlyApplied { title, direction, done, report, next, error }
                    }
                }
            }
        }
    }

    /// What is done of the step and stays so, with the error noted; nothing is left of it otherwise.
    async fn partial(&mut self, error: &SqlScriptError) -> Option<Progress> {
        let mut saved = self.saved.take()?;
        let untouched = saved.sections_done == 0
            && saved.statements_done == 0
            && saved.cursor_key.is_none()
            && !saved.is_attempting;
        let noted = if untouched {
            progress::delete(self.client(), saved.version).await
        } else {
            saved.last_error = Some(error.to_string());
            progress::save(self.client(), &saved).await
        };
        if let Err(error) = noted {
            tracing::debug!(%error, "the failure could not be noted");
        }
        (!untouched).then_some(saved)
    }
}

/// What to do after a failure.
fn next(saved: &Progress, error: &SqlScriptError) -> String {
    let direction = saved.direction;
    if saved.is_attempting {
        return format!(
            "look how far {} came, bring it to its end or undo it by hand, and say which: `howdah migrate repair --unfinished done`, or `undone`; then run `howdah migrate {direction}` again",
            error.location
        );
    }
    format!(
        "mend what is in the way and run `howdah migrate {direction}` again; it goes on after what is applied. If it is the file that has to be mended, change only what is not applied, and have that accepted: `howdah migrate repair --unfinished resume`"
    )
}

/// As the server's settings are written.
pub(super) fn milliseconds(limit: Duration) -> u128 {
    limit.as_millis().min(i32::MAX as u128)
}
