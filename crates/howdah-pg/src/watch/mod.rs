//! Tells when what has been read from a database is out of date.
//!
//! Three ways, on one connection:
//! - **Asked to.** Somebody sends `NOTIFY pgrst, 'reload schema'` or `'reload config'`; an empty payload asks for both. That
//!   is PostgREST's interface (its documentation, "Schema Cache" and "Configuration").
//! - **Told.** Event triggers ([`install_ddl_notify`]) notify whenever DDL commits.
//! - **Looking.** Without those triggers a fingerprint of the catalog is compared every few seconds. Roles, memberships and
//!   settings are looked at in any case: they belong to no database, so no event trigger sees them.
//!
//! A connection that was lost may have missed something: the fingerprint of the next one tells. What it deliberately does
//! not do: say what has changed. Reading the catalog anew is cheaper than being wrong about that.
//!
//! It needs a connection of its own, straight to the server: a pooler in transaction mode swallows notifications.

mod install;
mod pending;
mod watcher;

use std::sync::Arc;
use std::time::Duration;

pub use install::{DDL_NOTIFY_SQL, install_ddl_notify};

use crate::Target;
use pending::Flags;

/// What is to be read again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// The catalog: relations, columns, constraints, functions, types, comments, privileges, roles.
    Schema,
    /// The configuration, of which settings of roles and databases (`ALTER ROLE … SET`) are a part.
    Config,
}

/// How to watch.
#[derive(Debug, Clone)]
pub struct WatchOptions {
    /// The channel on which reloads are asked for.
    pub channel: String,
    /// How often to look. Where a look takes more than a hundredth of this, the next ones come less often, down to every
    /// twelfth time.
    pub poll: Duration,
    /// A change is reported once nothing more has come for so long: a migration of many statements is one change.
    pub settle: Duration,
    /// And no later than this after the first of them.
    pub at_most: Duration,
}

impl Default for WatchOptions {
    fn default() -> Self {
        Self {
            channel: "pgrst".to_owned(),
            poll: Duration::from_secs(5),
            settle: Duration::from_millis(100),
            at_most: Duration::from_secs(2),
        }
    }
}

/// A watch over one database; ends when it is dropped.
#[derive(Debug)]
pub struct Watch {
    flags: Arc<Flags>,
    task: tokio::task::JoinHandle<()>,
}

/// Begins to watch, whether or not the server is there yet, and goes on through its restarts.
///
/// The first connection reports [`Change::Schema`] once: what was read before it may be out of date already.
pub fn watch(target: Target, options: WatchOptions) -> Watch {
    let flags = Arc::new(Flags::default());
    let task = tokio::spawn(watcher::run(target, options, Arc::clone(&flags)));
    Watch { flags, task }
}

impl Watch {
    /// Waits for the next change. Changes that come while nobody waits here are kept, one of each kind.
    pub async fn next(&mut self) -> Change {
        self.flags.take().await
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.task.abort();
    }
}
