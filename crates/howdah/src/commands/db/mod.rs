//! `howdah db`: the project's private PostgreSQL.

mod logs;
mod psql;
mod reset;
mod start;
mod status;
mod stop;
mod url;

use crate::database::private::{LOGIN, OWNER, Private};

subcommands! {
    /// Start, stop and look at the project's own PostgreSQL

    Start => start,
    Stop => stop,
    Status => status,
    Url => url,
    Psql => psql,
    Logs => logs,
    Reset => reset,
}

/// As whom to log in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Role {
    /// The superuser: sees every row
    Admin,
    /// Owns the schema and runs migrations; row-level security binds it
    Owner,
    /// The server's login: switches to the caller's role, owns nothing
    Server,
}

impl Role {
    pub(super) fn target(self, private: &Private, database: &str) -> anyhow::Result<howdah_pg::Target> {
        match self {
            Self::Admin => private.admin(database),
            Self::Owner => private.owner(database),
            Self::Server => private.login(database),
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Admin => "howdah_admin",
            Self::Owner => OWNER,
            Self::Server => LOGIN,
        }
    }
}
