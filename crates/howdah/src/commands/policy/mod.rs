//! `howdah policy`: row-level security from tags, and tests of it.

mod generate;
mod test;

use clap::Subcommand;

use crate::context::Context;
use crate::exit::Exit;

/// Write row-level security policies, and test who may do what
#[derive(clap::Args, Debug)]
#[command(arg_required_else_help = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    Generate(generate::Args),
    Test(test::Args),
}

pub(crate) async fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    match args.action {
        Action::Generate(args) => generate::run(args, context).await,
        Action::Test(args) => test::run(args, context).await,
    }
}
