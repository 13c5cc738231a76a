//! What a server holds on to: looked at before and after, it tells a leak.

use std::fs;
use std::time::{Duration, Instant};

use anyhow::Context;
use serde::Serialize;

use super::database::Database;
use super::server::Server;
use crate::{proc, stop};

/// Idle sessions close after 15 s.
const PATIENCE: Duration = Duration::from_secs(45);
const LOOK: Duration = Duration::from_millis(500);

#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Leftovers {
    /// Open file descriptors.
    pub(crate) descriptors: u64,
    /// Sessions in PostgreSQL.
    pub(crate) sessions: u64,
    /// Bytes in memory.
    pub(crate) resident: u64,
}

impl Leftovers {
    /// # Errors
    /// PostgreSQL does not answer, or this is not Linux.
    pub(crate) fn now(server: &Server, database: &Database) -> anyhow::Result<Self> {
        let pid = server.pid();
        let descriptors = fs::read_dir(format!("/proc/{pid}/fd")).context("the system does not tell open files")?;
        let memory = proc::memory(pid).context("the system does not tell memory")?;
        Ok(Self { descriptors: descriptors.count() as u64, sessions: database.sessions()?, resident: memory.resident })
    }

    /// Those of a server that nobody asks anything any more: when idle sessions have closed, which takes a while.
    pub(crate) fn when_idle(server: &Server, database: &Database) -> anyhow::Result<Self> {
        stop::sleep_until(Instant::now() + Duration::from_secs(20))?;
        Self::now(server, database)
    }

    /// Waits until there is no more than at the start, but not for ever.
    pub(crate) fn settled(server: &Server, database: &Database, start: Self) -> anyhow::Result<Self> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let now = Self::now(server, database)?;
            let is_back = now.descriptors <= start.descriptors && now.sessions <= start.sessions;
            if is_back || Instant::now() > deadline {
                return Ok(now);
            }
            stop::sleep_until(Instant::now() + LOOK)?;
        }
    }
}
