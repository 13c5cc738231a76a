//! Sections in which each statement is run on its own.
//!
//! What can run inside a transaction does, together with its progress, and so is never done without it being known. Only what
//! the server refuses there runs bare: then it is written down before that it is being tried.

use super::classify::{self, Bare};
use super::execute::{Attempts, Trouble, Work, milliseconds};
use super::recover::{self, Outcome};
use super::{Event, MigrateError, Section, words};
use crate::script::{self, Location, ScriptError};
use std::ops::Range;
use std::time::Instant;

/// SQLSTATEs of what cannot run inside a transaction: `active_sql_transaction`, `invalid_transaction_termination`.
const NOT_INSIDE: [&str; 2] = ["25001", "2D000"];

impl Work<'_> {
    /// Runs what is left of such a section.
    pub(super) async fn alone(&mut self, section: &Section) -> Result<(), Trouble> {
        self.set_session().await?;
        for (position, span) in section.statements.iter().enumerate() {
            let is_setting = classify::is_setting(&self.file().text[span.clone()]);
            if position < self.progress.statements_done {
                if is_setting {
                    // It was lost with the process that did it.
                    script::run_piece(self.client(), self.file(), span).await?;
                }
                continue;
            }
            self.tell_statement(section, position);
            if is_setting {
                script::run_piece(self.client(), self.file(), span).await?;
                self.tell_statement_done(section, position);
                self.progress.statements_done = position + 1;
                continue;
            }
            let mut attempts = Attempts::new();
            while let Err(trouble) = self.one(section, position, span).await {
                if !attempts.another(self, &trouble).await {
                    return Err(trouble);
                }
            }
        }
        self.reset_session().await?;
        self.end_section().await
    }

    async fn one(&mut self, section: &Section, position: usize, span: &Range<usize>) -> Result<(), Trouble> {
        let sql = &self.file().text[span.clone()];
        if self.progress.is_attempting {
            let bare = classify::known(sql).unwrap_or_else(|| classify::refused(sql));
            let outcome = self.unhurried(&bare, recover::after_crash(self.client(), &bare, sql)).await?;
            match outcome? {
                Outcome::Done(what) => {
                    self.tell_recovered(what.as_deref());
                    self.tell_statement_done(section, position);
                    return self.statement_done().await;
                }
                Outcome::NotDone(what) => {
                    self.tell_recovered(what.as_deref());
                    self.progress.is_attempting = false;
                }
                Outcome::Unclear(reason) => {
                    return Err(Trouble::Stop(Box::new(MigrateError::Unclear {
                        title: self.step.migration.title(),
                        at: Box::new(Location::at(&self.file().name, &self.file().text, span.start)),
                        statement: words::summary(sql),
                        reason,
                    })));
                }
            }
        }
        let bare = match classify::known(sql) {
            Some(bare) => bare,
            None => match self.inside(section, position, span).await {
                Err(trouble) if trouble.sqlstate().is_some_and(|state| NOT_INSIDE.contains(&state)) => {
                    classify::refused(sql)
                }
                result => return result,
            },
        };
        self.bare(section, position, span, &bare).await
    }

    /// Runs a statement in a transaction together with its progress.
    async fn inside(&mut self, section: &Section, position: usize, span: &Range<usize>) -> Result<(), Trouble> {
        self.client().batch_execute("BEGIN").await?;
        let started = Instant::now();
        let result = script::run_piece(self.client(), self.file(), span).await;
        let mut next = self.progress.clone();
        next.duration += started.elapsed();
        next.statements_done += 1;
        let noted = match result {
            Ok(_) => {
                self.tell_statement_done(section, position);
                self.note_within(&next).await.map_err(Trouble::from)
            }
            Err(error) => Err(error.into()),
        };
        self.end(noted, next, Some(span)).await
    }

    /// Runs a statement outside of any transaction.
    async fn bare(
        &mut self,
        section: &Section,
        position: usize,
        span: &Range<usize>,
        bare: &Bare,
    ) -> Result<(), Trouble> {
        let (cleared, may_be_in_doubt) = self.unhurried(bare, recover::before(self.client(), bare)).await??;
        self.tell_recovered(cleared.as_deref());
        if may_be_in_doubt {
            let mut attempting = self.progress.clone();
            attempting.is_attempting = true;
            self.note_alone(attempting).await?;
        }

        let started = Instant::now();
        let result = self.unhurried(bare, script::run_piece(self.client(), self.file(), span)).await?;
        self.progress.duration += started.elapsed();
        match result {
            Ok(_) => {
                self.tell_statement_done(section, position);
                self.statement_done().await
            }
            Err(ScriptError::Sql(error)) => {
                let outcome = self.unhurried(bare, recover::after_error(self.client(), bare)).await?;
                match outcome {
                    Ok(Outcome::Done(what)) => {
                        self.tell_recovered(what.as_deref());
                        self.tell_statement_done(section, position);
                        self.statement_done().await
                    }
                    Ok(Outcome::NotDone(what)) => {
                        self.tell_recovered(what.as_deref());
                        let mut next = self.progress.clone();
                        next.is_attempting = false;
                        self.note_alone(next).await?;
                        Err(Trouble::Refused(error))
                    }
                    // What it left is then cleared away when it is tried again.
                    Ok(Outcome::Unclear(_)) | Err(_) => Err(Trouble::Refused(error)),
                }
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn statement_done(&mut self) -> Result<(), Trouble> {
        let mut next = self.progress.clone();
        next.is_attempting = false;
        next.statements_done += 1;
        self.note_alone(next).await
    }

    /// Does `work` without limits of time, if the statement blocks nobody and the file has not set limits of its own.
    async fn unhurried<T>(&self, bare: &Bare, work: impl Future<Output = T>) -> Result<T, Trouble> {
        const LIMITS: &str = "select current_setting('lock_timeout'), current_setting('statement_timeout')
            from pg_settings where name = 'lock_timeout' and setting = $1";
        if !bare.blocks_nobody() {
            return Ok(work.await);
        }
        let ours = milliseconds(self.runner.options.lock_timeout).to_string();
        let Some(limits) = self.client().query_opt(LIMITS, &[&ours]).await? else { return Ok(work.await) };
        let (lock, statement): (String, String) = (limits.try_get(0)?, limits.try_get(1)?);
        self.client().batch_execute("SET lock_timeout = 0; SET statement_timeout = 0").await?;
        let result = work.await;
        let restore = format!("SET lock_timeout = '{lock}'; SET statement_timeout = '{statement}'");
        // If this fails the connection is gone, as whatever comes next will find.
        if let Err(error) = self.client().batch_execute(&restore).await {
            tracing::debug!(%error, "the limits could not be set again");
        }
        Ok(result)
    }

    fn tell_recovered(&self, what: Option<&str>) {
        if let Some(what) = what {
            self.tell(&Event::Recovered { step: self.step, what });
        }
    }
}
