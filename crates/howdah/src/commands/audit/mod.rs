//! `howdah audit`: the audit trail, looked at, verified, exported and pruned.

mod anchor;
mod export;
mod prune;
mod status;
mod tail;
mod verify;

use clap::Subcommand;

use crate::config::Config;
use crate::context::Context;
use crate::database::Database;
use crate::exit::Exit;
use crate::project::Project;

/// Look at the audit trail, verify it, export it
#[derive(clap::Args, Debug)]
#[command(arg_required_else_help = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    Status(status::Args),
    Verify(verify::Args),
    Anchor(anchor::Args),
    Export(export::Args),
    Tail(tail::Args),
    Prune(prune::Args),
}

impl Args {
    /// Whether it stops by itself at Ctrl+C: following the trail ends no other way.
    pub(crate) fn handles_signals(&self) -> bool {
        matches!(self.action, Action::Tail(_))
    }
}

pub(crate) async fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    match args.action {
        Action::Status(args) => status::run(args, context).await,
        Action::Verify(args) => verify::run(args, context).await,
        Action::Anchor(args) => anchor::run(args, context).await,
        Action::Export(args) => export::run(args, context).await,
        Action::Tail(args) => tail::run(args, context).await,
        Action::Prune(args) => prune::run(args, context).await,
    }
}

/// Which database, for all of them.
#[derive(clap::Args, Debug)]
struct On {
    /// An environment of howdah.toml; by default the project's database
    #[arg(long, value_name = "NAME")]
    env: Option<String>,
}

/// A database, and the settings that hold for it.
struct Opened {
    database: Database,
    project: Option<Project>,
    config: Config,
}

impl On {
    async fn open(&self, context: &Context) -> anyhow::Result<Opened> {
        if self.env.is_some() {
            let project = context.project(&[])?;
            let database = Database::open_in(&project, self.env.as_deref(), context).await?;
            return Ok(Opened { database, config: project.config.clone(), project: Some(project) });
        }
        let (project, config) = context.config(&[])?;
        let database = Database::open(project.as_ref(), &config, context).await?;
        Ok(Opened { database, project, config })
    }
}
