//! `howdah db`: the project's private PostgreSQL.

mod logs;
mod psql;
mod reset;
mod start;
mod status;
mod stop;
mod url;

use clap::Subcommand;

use crate::context::Context;
use crate::database::private::{LOGIN, OWNER, Private};
use crate::exit::Exit;

/// Start, stop and look at the project's own PostgreSQL
#[derive(clap::Args, Debug)]
#[command(arg_required_else_help = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    Start(start::Args),
    Stop(stop::Args),
    Status(status::Args),
    Url(url::Args),
    Psql(psql::Args),
    Logs(logs::Args),
    Reset(reset::Args),
}

pub(crate) async fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    match args.action {
        Action::Start(args) => start::run(args, context).await,
        Action::Stop(args) => stop::run(args, context).await,
        Action::Status(args) => status::run(args, context).await,
        Action::Url(args) => url::run(args, context).await,
        Action::Psql(args) => psql::run(args, context).await,
        Action::Logs(args) => logs::run(args, context).await,
        Action::Reset(args) => reset::run(args, context).await,
    }
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
