//! How far the audit trail is sealed. This crate knows no sealer: whoever runs one says how it stands when somebody asks.

use std::fmt;
use std::sync::OnceLock;
use std::time::Duration;

/// How the sealing of the audit trail stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sealing {
    /// Whether the trail can be sealed at this moment, by this process or by another one that it stands by for.
    pub is_up: bool,
    /// Events that this process has sealed.
    pub sealed: u64,
    /// What waits, once somebody has looked.
    pub waiting: Option<Waiting>,
}

/// What is committed and not sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    /// How many events.
    pub events: u64,
    /// How long ago the transaction of the oldest of them began; zero where none waits.
    pub oldest: Duration,
}

type Ask = Box<dyn Fn() -> Option<Sealing> + Send + Sync>;

/// Where to ask. The counts are there before the sealer is, so it is said later, once.
#[derive(Default)]
pub(super) struct Source(OnceLock<Ask>);

impl Source {
    /// The first one counts.
    pub(super) fn set(&self, ask: impl Fn() -> Option<Sealing> + Send + Sync + 'static) {
        let _ = self.0.set(Box::new(ask));
    }

    pub(super) fn now(&self) -> Option<Sealing> {
        self.0.get().and_then(|ask| ask())
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Source").field(&self.now()).finish()
    }
}
