//! `howdah schema`: the schema of a database as files.

mod dump;
mod split;

use clap::Subcommand;

use crate::context::Context;
use crate::exit::Exit;

/// Write the schema of a database as SQL
#[derive(clap::Args, Debug)]
#[command(arg_required_else_help = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    Dump(dump::Args),
}

pub(crate) async fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    match args.action {
        Action::Dump(args) => dump::run(args, context).await,
    }
}
