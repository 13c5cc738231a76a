//! `howdah migrate to`.

use howdah_pg::migrate::RunnerOptions;

use super::run::{self, Goal, On};
use crate::context::Context;
use crate::exit::Exit;

const AFTER_HELP: &str = "\
It goes up or down, whichever way the version is. Going down, and what destroys data, is asked for \
as in `migrate up` and `migrate down`.

Examples:
  howdah migrate to 7
  howdah migrate to 0 --dry-run
  howdah migrate to 7 --env staging --yes

Exit codes:
  0    it is at that version
  1    one failed; the error says what of it stays, usually nothing
  2    there is no such version or environment
  4    the login was refused
  5    not confirmed, or it would lose data and --allow-lossy was not given";

/// Go to a version
#[derive(clap::Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Args {
    /// The number of the last migration that shall be applied; 0 for none
    #[arg(value_name = "VERSION")]
    version: i64,

    /// Show what would be done, and do nothing
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
    run::run(Goal::To(args.version), options, args.dry_run, &args.on, context).await
}
