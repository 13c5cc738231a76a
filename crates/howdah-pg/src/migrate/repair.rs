//! Setting right what a runner will not decide by itself.

use super::history::{self, Row};
use super::plan::State;
use super::progress::{self, Progress};
use super::runner::Runner;
use super::{Direction, MigrateError, Migration, Script, SectionKind, checksum, classify, recover};
use crate::script::SqlFile;
use serde::Serialize;
use std::fmt;

/// What to set right. By default only what cannot be wrong: a history whose migrations were squashed is rewritten.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RepairOptions {
    /// Take the files of applied migrations as they are now for what was applied: record their checksums anew. Right if the
    /// edit changed nothing that matters, such as a comment.
    pub accept_edited: bool,
    /// What became of the migration that is unfinished.
    pub unfinished: UnfinishedIs,
    /// Drop the invalid indexes that statements of the migrations left behind.
    pub drop_invalid_indexes: bool,
}

/// What became of a migration that is unfinished; said by somebody who has looked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum UnfinishedIs {
    /// Nothing is said.
    #[default]
    Unsaid,
    /// Its file was edited where it is not applied yet, and is to go on as it is now.
    Edited,
    /// The statement in doubt was done.
    StatementDone,
    /// The statement in doubt was not done, or was undone by hand.
    StatementNotDone,
    /// What was left of it was done by hand: it counts as done.
    Complete,
    /// What was done of it was undone by hand: it counts as never begun.
    Abandoned,
}

/// What was set right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Repaired {
    /// The history has one row in place of those that this migration replaces.
    SquashAdopted {
        /// Number and name.
        title: String,
    },
    /// The checksums of an applied migration were recorded anew.
    ChecksumRecorded {
        /// Number and name.
        title: String,
    },
    /// An unfinished migration goes on with its file as it is now.
    EditAccepted {
        /// Number and name.
        title: String,
    },
    /// A statement counts as done, or as not done.
    StatementMarked {
        /// Number and name.
        title: String,
        /// The statement, with its place.
        statement: String,
        /// As what it counts.
        is_done: bool,
    },
    /// An unfinished migration counts as done.
    Completed {
        /// Number and name.
        title: String,
        /// Which way.
        direction: Direction,
    },
    /// An unfinished migration counts as never begun.
    Abandoned {
        /// Number and name.
        title: String,
        /// Which way.
        direction: Direction,
    },
    /// Invalid indexes were dropped.
    IndexDropped {
        /// Which, in words.
        what: String,
    },
}

impl fmt::Display for Repaired {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SquashAdopted { title } => write!(f, "the history has {title} in place of what it replaces"),
            Self::ChecksumRecorded { title } => write!(f, "the checksums of {title} were recorded anew"),
            Self::EditAccepted { title } => write!(f, "{title} goes on with its file as it is now"),
            Self::StatementMarked { statement, is_done: true, .. } => write!(f, "this counts as done: {statement}"),
            Self::StatementMarked { statement, .. } => write!(f, "this counts as not done: {statement}"),
            Self::Completed { title, direction } => write!(f, "{title} counts as done going {direction}"),
            Self::Abandoned { title, direction } => write!(f, "{title} counts as never begun going {direction}"),
            Self::IndexDropped { what } => f.write_str(what),
        }
    }
}

impl Runner<'_> {
    /// Sets right what `options` say, and tells what it did; nothing is no error. It writes only what the runner itself
    /// remembers, but for invalid indexes. For the list of checksums, see [`super::Folder::write_checksums`].
    ///
    /// # Errors
    /// [`MigrateError::Repair`] where that does not fit with what is there: nothing is unfinished, or what is applied was
    /// edited too.
    pub async fn repair(&self, options: &RepairOptions) -> Result<Vec<Repaired>, MigrateError> {
        self.locked(async {
            let state = self.state().await?;
            let mut repaired = Vec::new();
            if state.rows.is_empty() && state.progress.is_empty() && options.unfinished == UnfinishedIs::Unsaid {
                // There may be no tables, and there is nothing to repair in them.
                return self.drop_invalid(options).await;
            }
            self.make_tables().await?;
            self.own_transaction(async {
                self.adopt(&state).await?;
                repaired.extend(state.adopts.iter().map(|m| Repaired::SquashAdopted { title: m.title() }));
                if options.accept_edited {
                    repaired.extend(self.accept_edited(&state).await?);
                }
                repaired.extend(self.settle(&state, options.unfinished).await?);
                Ok(())
            })
            .await?;
            repaired.extend(self.drop_invalid(options).await?);
            Ok(repaired)
        })
        .await
    }

    async fn accept_edited(&self, state: &State) -> Result<Vec<Repaired>, MigrateError> {
        let mut repaired = Vec::new();
        for row in &state.rows {
            let Some(migration) = self.folder.get(row.version) else { continue };
            let (up, down) = (checksum(&migration.up.text), checksum(&migration.down.text));
            if (&up, &down) != (&row.up_sha256, &row.down_sha256) {
                history::recheck(self.client, migration).await?;
                repaired.push(Repaired::ChecksumRecorded { title: migration.title() });
            }
        }
        Ok(repaired)
    }

    async fn settle(&self, state: &State, said: UnfinishedIs) -> Result<Option<Repaired>, MigrateError> {
        if said == UnfinishedIs::Unsaid {
            return Ok(None);
        }
        let refuse = |reason: String| Err(MigrateError::Repair { reason });
        let Some(progress) = state.progress.first() else {
            return refuse("no migration is unfinished".to_owned());
        };
        let (title, direction) = (progress.title(), progress.direction);
        if said == UnfinishedIs::Abandoned {
            progress::delete(self.client, progress.version).await?;
            return Ok(Some(Repaired::Abandoned { title, direction }));
        }
        let Some(migration) = self.folder.get(progress.version) else {
            return refuse(format!("the files of {title} are gone. Restore them, or give it up"));
        };
        let file = migration.file(direction);
        match said {
            UnfinishedIs::Unsaid | UnfinishedIs::Abandoned => {}
            UnfinishedIs::Complete => {
                self.complete(migration, progress).await?;
                return Ok(Some(Repaired::Completed { title, direction }));
            }
            UnfinishedIs::StatementDone | UnfinishedIs::StatementNotDone => {
                if !progress.is_attempting {
                    return refuse(format!("no statement of {title} is in doubt"));
                }
                let is_done = said == UnfinishedIs::StatementDone;
                let mut next = progress.clone();
                next.is_attempting = false;
                next.statements_done += usize::from(is_done);
                progress::save(self.client, &next).await?;
                let statement = progress.report(&file.name).not_applied.into_iter().next().unwrap_or_default();
                return Ok(Some(Repaired::StatementMarked { title, statement, is_done }));
            }
            UnfinishedIs::Edited => {
                let script = Script::read(file).map_err(|error| MigrateError::Invalid {
                    title: title.clone(),
                    direction,
                    error: Box::new(error),
                })?;
                let begun = SqlFile::new(file.name.clone(), progress.sql.clone());
                let before = Script::read(&begun).unwrap_or_default();
                if done_part(&before, &begun, progress) != done_part(&script, file, progress) {
                    return refuse(format!(
                        "what is applied of {title} was edited too. Put that part back as it was.\n{}",
                        progress.report(&file.name)
                    ));
                }
                let next = Progress { sha256: checksum(&file.text), sql: file.text.clone(), ..progress.clone() };
                progress::save(self.client, &next).await?;
            }
        }
        Ok(Some(Repaired::EditAccepted { title }))
    }

    async fn complete(&self, migration: &Migration, progress: &Progress) -> Result<(), MigrateError> {
        progress::delete(self.client, progress.version).await?;
        match progress.direction {
            Direction::Up => {
                let row = Row::of(migration, progress.duration, false);
                history::insert(self.client, &row).await?;
            }
            Direction::Down => history::delete(self.client, progress.version).await?,
        }
        Ok(())
    }

    async fn drop_invalid(&self, options: &RepairOptions) -> Result<Vec<Repaired>, MigrateError> {
        let mut repaired = Vec::new();
        if !options.drop_invalid_indexes {
            return Ok(repaired);
        }
        for file in self.folder.migrations().iter().flat_map(|migration| [&migration.up, &migration.down]) {
            let Ok(script) = Script::read(file) else { continue };
            for span in script.sections.iter().flat_map(|section| &section.statements) {
                let Some(bare) = classify::known(&file.text[span.clone()]) else { continue };
                if let Some(what) = recover::drop_invalid(self.client, &bare).await? {
                    repaired.push(Repaired::IndexDropped { what });
                }
            }
        }
        Ok(repaired)
    }
}

/// What of a file is done, or is being done: for each section its kind and its statements.
fn done_part(script: &Script, file: &SqlFile, progress: &Progress) -> Vec<(String, Vec<String>)> {
    let begun = progress.statements_done + usize::from(progress.is_attempting || progress.cursor_key.is_some());
    let mut part = Vec::new();
    for (index, section) in script.sections.iter().enumerate() {
        let count = match index.cmp(&progress.sections_done) {
            std::cmp::Ordering::Less => section.statements.len(),
            std::cmp::Ordering::Equal => begun,
            std::cmp::Ordering::Greater => break,
        };
        if count == 0 {
            break;
        }
        let kind = match &section.kind {
            SectionKind::Transaction => "transaction".to_owned(),
            SectionKind::NoTransaction => "no-transaction".to_owned(),
            // Batch and pause may change at any time.
            SectionKind::Backfill(backfill) => format!("backfill {:?} {:?}", backfill.walk.parts, backfill.walk.key),
        };
        let texts = section.statements.iter().take(count).map(|span| file.text[span.clone()].to_owned());
        part.push((kind, texts.collect()));
    }
    part
}
