//! `howdah role`: who may do what, and the SQL that makes roles.

mod create;
mod list;
mod masks;
mod show;

use clap::Subcommand;
use howdah_pg::{IntrospectOptions, introspect};
use howdah_schema::Catalog;

use crate::context::Context;
use crate::database::Database;
use crate::exit::Exit;

/// Look at roles, and write the SQL that makes them
#[derive(clap::Args, Debug)]
#[command(arg_required_else_help = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    List(list::Args),
    Show(show::Args),
    Create(create::Args),
    Masks(masks::Args),
}

pub(crate) async fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    match args.action {
        Action::List(args) => list::run(args, context).await,
        Action::Show(args) => show::run(args, context).await,
        Action::Create(args) => create::run(args, context).await,
        Action::Masks(args) => masks::run(args, context).await,
    }
}

/// Which database is looked at.
#[derive(clap::Args, Debug)]
struct Which {
    /// An environment of howdah.toml; by default the project's database
    #[arg(long, value_name = "NAME")]
    env: Option<String>,
}

impl Which {
    async fn open(&self, context: &Context) -> anyhow::Result<Database> {
        if let Some(env) = &self.env {
            return Database::open_in(&context.project(&[])?, Some(env), context).await;
        }
        let (project, config) = context.config(&[])?;
        Database::open(project.as_ref(), &config, context).await
    }

    /// The catalog with every role of the server, and what the database is called.
    async fn read(&self, context: &Context) -> anyhow::Result<Catalog> {
        let database = self.open(context).await?;
        context.out.target(&format!("Looking at {}", database.label()));
        let options = IntrospectOptions { all_roles: true, ..IntrospectOptions::default() };
        let read = async {
            let client = database.target.client().await?;
            anyhow::Ok(introspect(&client, &options).await?)
        };
        let catalog = read.await;
        database.close()?;
        catalog
    }
}
