//! `howdah migrate down`.

use howdah_pg::migrate::RunnerOptions;

use super::run::{self, Goal, On};
use crate::context::Context;
use crate::exit::Exit;

const AFTER_HELP: &str = "\
It asks first; without a terminal it needs --yes, in production also --confirm. A way back that \
says of itself that it is lossy or irreversible needs --allow-lossy.

Examples:
  howdah migrate down
  howdah migrate down 2 --dry-run
  DATABASE_URL=postgres://owner@db1/shop howdah migrate down --yes --confirm shop

Exit codes:
  0    undone
  1    one failed; the error says what of it stays undone, usually nothing
  2    there is no such environment
  4    the login was refused
  5    not confirmed, or it would lose data and --allow-lossy was not given";

/// Undo the latest
#[derive(clap::Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Args {
    /// How many
    #[arg(value_name = "N", default_value_t = 1)]
    count: usize,

    /// Show what would be undone, and undo nothing
    #[arg(long)]
    dry_run: bool,

    /// Go back where that loses data
    #[arg(long)]
    allow_lossy: bool,

    #[command(flatten)]
    on: On,
}

pub(crate) async fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    let options = RunnerOptions { allow_lossy: args.allow_lossy, ..RunnerOptions::default() };
    run::run(Goal::Down(args.count), options, args.dry_run, &args.on, context).await
}
