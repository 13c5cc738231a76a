//! Runs migrations: `migrations/0001_initial.up.sql`, `0001_initial.down.sql` and so on.
//!
//! A file is a sequence of **sections**. Most have one, which is one transaction together with its row in
//! `howdah.migrations`: a migration that fails, or whose process or server dies, leaves nothing. Comment lines make more:
//!
//! - `-- howdah:transaction`: what follows is one transaction. A file begins with such a section without saying so.
//! - `-- howdah:no-transaction`: each statement that follows is run on its own, as CREATE INDEX CONCURRENTLY needs.
//! - `-- howdah:backfill TABLE batch=5000`: the one UPDATE or DELETE that follows is run in batches of rows, each a
//!   transaction; afterwards a section that is one transaction begins.
//!
//! How far such a migration has come stands in `howdah.migration_progress`, written in the same transaction as what it
//! tells of. For a statement that cannot run inside a transaction, that it is being tried is written before, and that it
//! is done after. Run again after an interruption, whatever it was, the migration goes on after the last statement that was
//! done. For the one in between, the catalog is asked (see `recover`); where the catalog cannot tell, nothing is guessed.
//! Every section begins with the settings of a new session, so that it does not matter in which process it is run.
//!
//! At the head of a file may stand `-- howdah:down lossless|lossy|irreversible: why` (down files) and
//! `-- howdah:destructive: what` (up files), for those who decide whether to run it, and `-- howdah:squashes …`.
//!
//! **Locks.** A statement that waits for a lock makes everyone wait who comes after it, readers too. So none waits for
//! long: it gives up (`lock_timeout`), lets the others pass, and tries again, with growing pauses, for as long as there is
//! patience. What takes no lock that reads or writes conflict with (CREATE INDEX CONCURRENTLY and its like) waits for as long
//! as it has to.
//!
//! Only one runner works on a database at a time. Before anything runs, files and history are compared: what was applied
//! must still be there, unchanged and without gaps.
//!
//! What it does not do: plan migrations (of a plan it only writes the files: [`Draft`]), judge them, or make backups.

mod advice;
mod alone;
mod batches;
mod checksums;
mod classify;
mod directive;
mod draft;
mod error;
mod execute;
mod folder;
mod history;
mod lock;
mod plan;
mod progress;
mod recover;
mod rehearse;
mod repair;
mod rewrite;
mod runner;
mod sections;
mod squash;
mod status;
mod words;

pub use directive::{Reversal, Squashed, Walk};
pub use draft::Draft;
pub use error::MigrateError;
pub use folder::{Folder, Migration, checksum};
pub use plan::{Mode, Plan, Step};
pub use progress::Report;
pub use rehearse::{NotTried, Rehearsal, RehearsedStatement, TakenLock};
pub use repair::{RepairOptions, Repaired, UnfinishedIs};
pub use runner::{Done, Runner, RunnerOptions};
pub use sections::{Backfill, Script, Section, SectionKind};
pub use status::{Applied, MigrationState, MigrationStatus, Status, Unfinished};

use std::fmt;
use std::time::Duration;

/// Forward or back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// Forward.
    Up,
    /// Back.
    Down,
}

impl fmt::Display for Direction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Up => "up",
            Self::Down => "down",
        })
    }
}

/// What a runner tells while it works.
#[derive(Debug, Clone, Copy)]
pub enum Event<'a> {
    /// Another runner holds the lock; told again and again while waiting.
    Waiting {
        /// Who.
        holder: &'a str,
        /// How long so far.
        waited: Duration,
    },
    /// A step begins.
    Begins {
        /// Which.
        step: &'a Step,
        /// 0 for the first.
        index: usize,
        /// Of how many.
        total: usize,
    },
    /// A section begins, or goes on after an interruption.
    Section {
        /// Of which step.
        step: &'a Step,
        /// Which.
        section: &'a Section,
        /// 0 for the first of the file.
        index: usize,
        /// How many the file has.
        total: usize,
        /// How many of its statements are done already.
        done: usize,
    },
    /// A statement begins.
    Statement {
        /// Of which step.
        step: &'a Step,
        /// 0 for the first of the file.
        index: usize,
        /// How many the file has.
        total: usize,
        /// The statement in one line, shortened.
        summary: &'a str,
    },
    /// A statement succeeded. In a transaction, it is not committed yet.
    StatementDone {
        /// Of which step.
        step: &'a Step,
        /// 0 for the first of the file.
        index: usize,
        /// How many the file has.
        total: usize,
    },
    /// A batch of a backfill is committed.
    Backfill {
        /// Of which step.
        step: &'a Step,
        /// The table, as the file calls it.
        table: &'a str,
        /// Rows that it came by.
        walked: u64,
        /// Rows that it changed.
        changed: u64,
        /// How many rows the table has, as far as the server has counted.
        estimate: Option<u64>,
        /// Rows that it comes by in a second.
        rate: f64,
    },
    /// Something did not get a lock on a table in time and will be tried again: a section that is one transaction, a
    /// statement of another, or a batch.
    Retries {
        /// Of which step.
        step: &'a Step,
        /// 1 for the first retry.
        attempt: u32,
        /// How long until then.
        wait: Duration,
    },
    /// What an interruption left was cleared away, or found to be done.
    Recovered {
        /// Of which step.
        step: &'a Step,
        /// What was done.
        what: &'a str,
    },
    /// A step is committed.
    Done {
        /// Which.
        step: &'a Step,
        /// How long its SQL took.
        duration: Duration,
    },
}

/// Whoever wants to know what a runner does. Any `Fn(&Event)` is one.
pub trait Observer: Sync {
    /// Called from the runner's task: it should return at once.
    fn event(&self, event: &Event<'_>);
}

impl<F: Fn(&Event<'_>) + Sync> Observer for F {
    fn event(&self, event: &Event<'_>) {
        self(event);
    }
}

#[cfg(test)]
mod tests;
