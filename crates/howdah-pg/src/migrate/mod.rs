//! Runs migrations: `migrations/0001_initial.up.sql`, `0001_initial.down.sql` and so on.
//!
//! Each runs in one transaction together with its row in `howdah.migrations`, so a migration that fails, or whose process
//! or server dies, leaves nothing. Only one runner works on a database at a time. Before anything runs, files and history
//! are compared: what was applied must still be there, unchanged and without gaps.
//!
//! What it does not do: write migrations, or judge them.

mod error;
mod folder;
mod history;
mod lock;
mod plan;
mod runner;
mod status;

pub use error::MigrateError;
pub use folder::{Folder, Migration, checksum};
pub use plan::{Mode, Plan, Step};
pub use runner::{Done, Runner, RunnerOptions};
pub use status::{Applied, MigrationState, MigrationStatus, Status};

use std::fmt;
use std::time::Duration;

/// Forward or back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
    /// A step did not get a lock on a table in time and will be tried again.
    Retries {
        /// Which.
        step: &'a Step,
        /// 1 for the first retry.
        attempt: u32,
        /// How long until then.
        wait: Duration,
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
