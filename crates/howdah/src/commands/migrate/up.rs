//! `howdah migrate up`.

use howdah_pg::migrate::RunnerOptions;

use super::run::{self, Goal, On};
use crate::context::Context;
use crate::exit::Exit;

const AFTER_HELP: &str = "\
It asks before a migration that destroys data; without a terminal that needs --yes, in production \
also --confirm.

A statement that does not get its lock at once gives up and tries again, so that nobody queues \
behind it.

Examples:
  howdah migrate up
  howdah migrate up 1 --dry-run
  howdah migrate up --env production --confirm shop --yes
  DATABASE_URL=postgres://owner@db1/shop howdah migrate up --json

Exit codes:
  0    up to date
  1    one failed; the error says what of it stays applied, usually nothing
  2    there is no such environment
  4    the login was refused
  5    it would destroy data, and was not confirmed";

/// Apply what is pending
#[derive(clap::Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Args {
    /// How many; by default all
    #[arg(value_name = "N")]
    count: Option<usize>,

    /// Show what would be applied, and apply nothing
    #[arg(long)]
    dry_run: bool,

    /// Apply a migration though a later one is applied, as after a merge
    #[arg(long)]
    allow_out_of_order: bool,

    #[command(flatten)]
    on: On,
}

pub(crate) async fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    let options = RunnerOptions { allow_out_of_order: args.allow_out_of_order, ..RunnerOptions::default() };
    run::run(Goal::Up(args.count), options, args.dry_run, &args.on, context).await
}
