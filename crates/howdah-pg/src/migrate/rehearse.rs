//! Trying migrations without leaving anything: one transaction, rolled back.
//!
//! It shows what fails, how long each statement takes on the data that is there, and which locks it takes. It takes those
//! locks itself and keeps them to its end: on a database that is in use, others wait for that long. Best done on a copy.

use super::execute::milliseconds;
use super::runner::Runner;
use super::{Direction, MigrateError, Plan, Section, SectionKind, Step, advice, words};
use crate::PgError;
use crate::script::{self, ScriptError, SqlScriptError};
use serde::Serialize;
use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

/// What a rehearsal showed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rehearsal {
    /// The statements that were run, in order.
    pub statements: Vec<RehearsedStatement>,
    /// Those that cannot be run inside a transaction.
    pub not_tried: Vec<NotTried>,
    /// The statement that failed; none was run after it. If others before it were not tried, that may be why.
    pub failed: Option<Box<SqlScriptError>>,
    /// How long all statements took.
    pub duration: Duration,
}

/// A statement that was run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RehearsedStatement {
    /// Number and name of its migration.
    pub title: String,
    /// Which way.
    pub direction: Direction,
    /// Its file.
    pub file: String,
    /// Where in it, 1 for the first line.
    pub line: u32,
    /// In one line, shortened.
    pub statement: String,
    /// How long it took.
    pub duration: Duration,
    /// The locks it took on what was there before, in the order of their names.
    pub locks: Vec<TakenLock>,
}

/// A lock on a table or another relation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TakenLock {
    /// Schema and name.
    pub relation: String,
    /// As `pg_locks` calls it: `AccessExclusiveLock`.
    pub mode: String,
    /// For how long it would be held: until the end of the statement's section.
    pub held: Duration,
}

/// A statement that was not run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NotTried {
    /// Number and name of its migration.
    pub title: String,
    /// Its file.
    pub file: String,
    /// Where in it, 1 for the first line.
    pub line: u32,
    /// In one line, shortened.
    pub statement: String,
    /// Why not.
    pub reason: &'static str,
}

impl Runner<'_> {
    /// Runs what of a plan can be run inside a transaction, and undoes it.
    ///
    /// # Errors
    /// Another runner at work, or the connection. SQL that fails is no error here: it is what was to be found out.
    pub async fn rehearse(&self, plan: &Plan) -> Result<Rehearsal, MigrateError> {
        self.locked(async {
            let existing = self.client.query(include_str!("sql/relations.sql"), &[]).await?;
            let existing = existing.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?)));
            let existing = existing.collect::<Result<HashMap<u32, String>, tokio_postgres::Error>>()?;
            let mut stage = Stage { runner: self, existing, known: HashSet::new(), found: Rehearsal::default() };
            let begin = format!(
                "BEGIN; SET LOCAL lock_timeout = {}; SET LOCAL statement_timeout = {}",
                milliseconds(self.options.lock_timeout),
                milliseconds(self.options.statement_timeout),
            );
            self.client.batch_execute(&begin).await?;
            let result = stage.play(plan).await;
            self.client.batch_execute("ROLLBACK").await?;
            match result {
                Ok(()) => {}
                Err((step, ScriptError::Sql(mut error))) => {
                    advice::on_script(self.client, step.file(), &mut error).await;
                    stage.found.failed = Some(error);
                }
                Err((_, ScriptError::Pg(error))) => return Err(error.into()),
                Err((_, ScriptError::Read { path, source })) => return Err(MigrateError::Read { path, source }),
            }
            Ok(stage.found)
        })
        .await
    }
}

struct Stage<'a> {
    runner: &'a Runner<'a>,
    /// What was there before, by oid. What a statement drops has a lock, but no name any more.
    existing: HashMap<u32, String>,
    /// The locks told of already.
    known: HashSet<(u32, String)>,
    found: Rehearsal,
}

impl Stage<'_> {
    async fn play<'p>(&mut self, plan: &'p Plan) -> Result<(), (&'p Step, ScriptError)> {
        for step in &plan.steps {
            for section in &step.script().sections {
                self.section(step, section).await.map_err(|error| (step, error))?;
            }
        }
        Ok(())
    }

    async fn section(&mut self, step: &Step, section: &Section) -> Result<(), ScriptError> {
        let reason = match section.kind {
            SectionKind::Transaction => None,
            SectionKind::NoTransaction => Some("it is not run inside a transaction"),
            SectionKind::Backfill(_) => Some("it is run in batches"),
        };
        let file = step.file();
        let client = self.runner.client;
        let mut begun = Vec::new();
        for span in &section.statements {
            let line = file.text[..span.start].matches('\n').count() as u32 + 1;
            let (title, name) = (step.migration.title(), file.name.clone());
            let statement = words::summary(&file.text[span.clone()]);
            if let Some(reason) = reason {
                self.found.not_tried.push(NotTried { title, file: name, line, statement, reason });
                continue;
            }
            let started = Instant::now();
            script::run_piece(client, file, span).await?;
            let duration = started.elapsed();
            self.found.duration += duration;
            let locks = self.new_locks().await?;
            begun.push((self.found.statements.len(), started));
            let direction = step.direction;
            let played = RehearsedStatement { title, direction, file: name, line, statement, duration, locks };
            self.found.statements.push(played);
        }
        if let Some(last) = section.statements.last().filter(|_| reason.is_none()) {
            // COMMIT would come here, and with it what is deferred.
            if let Err(error) =
                client.batch_execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED").await
            {
                return match PgError::from(error) {
                    PgError::Server(error) if !error.ends_session() => {
                        Err(script::located_in(file, last, *error).into())
                    }
                    error => Err(error.into()),
                };
            }
            client.batch_execute("RESET SESSION AUTHORIZATION; RESET ROLE").await.map_err(PgError::from)?;
        }
        for (index, started) in begun {
            for lock in self.found.statements.get_mut(index).into_iter().flat_map(|played| &mut played.locks) {
                lock.held = started.elapsed();
            }
        }
        Ok(())
    }

    async fn new_locks(&mut self) -> Result<Vec<TakenLock>, PgError> {
        const LOCKS: &str = "select relation, mode from pg_locks
            where pid = pg_backend_pid() and locktype = 'relation' and granted";
        let mut locks = Vec::new();
        for row in self.runner.client.query(LOCKS, &[]).await? {
            let (oid, mode): (u32, String) = (row.try_get(0)?, row.try_get(1)?);
            let Some(relation) = self.existing.get(&oid) else { continue };
            if self.known.insert((oid, mode.clone())) {
                locks.push(TakenLock { relation: relation.clone(), mode, held: Duration::ZERO });
            }
        }
        locks.sort_by(|left, right| (&left.relation, &left.mode).cmp(&(&right.relation, &right.mode)));
        Ok(locks)
    }
}
