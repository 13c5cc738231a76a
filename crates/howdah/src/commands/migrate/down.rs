//! `howdah migrate down`.

use howdah_pg::migrate::{Folder, MigrateError, Plan, Runner, RunnerOptions};
use serde_json::json;

use super::{done, done_listing, planned, planned_listing};
use crate::context::Context;
use crate::database::Database;
use crate::exit::Exit;
use crate::migrations::{self, Teller};
use crate::output::{GOOD, count, paint};

const AFTER_HELP: &str = "\
It asks first; without a terminal it needs --yes, in production also --confirm. A way back that \
says of itself that it is lossy or irreversible needs --allow-lossy.

Examples:
  howdah migrate down
  howdah migrate down 2 --dry-run
  DATABASE_URL=postgres://owner@db1/shop howdah migrate down --yes --confirm shop

Exit codes:
  0    undone
  1    one failed; the error says what of it stays undone, usually nothing. Or one is lossy
  2    there is no such environment
  4    the login was refused
  5    not confirmed";

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

    /// An environment of howdah.toml; by default the project's database
    #[arg(long, value_name = "NAME")]
    env: Option<String>,

    /// The name of the database, to confirm that a production one is meant
    #[arg(long, value_name = "NAME")]
    confirm: Option<String>,
}

pub(crate) async fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    let project = context.project(&[])?;
    let folder = migrations::folder(&project)?;
    let database = Database::open_in(&project, args.env.as_deref(), context).await?;
    let verb = if args.dry_run { "Planning for" } else { "Undoing on" };
    context.out.target(&format!("{verb} {}", database.label()));
    let result = act(&args, &folder, &database, context).await;
    database.close()?;
    result
}

async fn act(args: &Args, folder: &Folder, database: &Database, context: &Context) -> anyhow::Result<Exit> {
    const SCHEMA: &str = "howdah.migrate.down/1";
    let client = database.target.client().await?;
    let teller = Teller::new(&context.out);
    let options = RunnerOptions { allow_lossy: args.allow_lossy, ..RunnerOptions::default() };
    let runner = Runner::new(&client, folder).observer(&teller).options(options);
    let plan = runner.plan_down(args.count).await?;
    if args.dry_run || plan.steps.is_empty() {
        let data = json!({ "target": database.label(), "dry_run": args.dry_run, "migrations": planned(&plan) });
        context.out.list(SCHEMA, &data, &planned_listing(&plan).or_say("Nothing is applied"))?;
        return Ok(Exit::Ok);
    }
    refuse_lossy(&plan, args.allow_lossy)?;
    database.confirm_name(args.confirm.as_deref())?;
    let titles: Vec<String> = plan.steps.iter().map(|step| step.migration.title()).collect();
    context.confirm(&format!("Undo {} on {}?", titles.join(", "), database.target.dbname)).await?;
    let undone = runner.down(args.count).await?;
    let data = json!({ "target": database.label(), "dry_run": false, "migrations": done(&undone) });
    context.out.list(SCHEMA, &data, &done_listing(&undone))?;
    let undone = count(undone.len() as u64, "migration", "migrations");
    context.out.say(format!("{} {undone} undone", paint(GOOD, "✓")));
    Ok(Exit::Ok)
}

/// Before anybody is asked whether they are sure.
pub(super) fn refuse_lossy(plan: &Plan, allowed: bool) -> Result<(), MigrateError> {
    let steps = plan.losses();
    if steps.is_empty() || allowed { Ok(()) } else { Err(MigrateError::Lossy { steps }) }
}
