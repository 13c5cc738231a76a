//! `howdah migrate up`.

use howdah_pg::migrate::{Folder, Plan, Runner, RunnerOptions};
use serde_json::json;

use super::{destroys, done, done_listing, planned, planned_listing};
use crate::context::Context;
use crate::database::Database;
use crate::exit::Exit;
use crate::migrations::{self, Teller};
use crate::output::{GOOD, WARNING, count, paint};

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
    let verb = if args.dry_run { "Planning for" } else { "Applying to" };
    context.out.target(&format!("{verb} {}", database.label()));
    let result = act(&args, &folder, &database, context).await;
    database.close()?;
    result
}

async fn act(args: &Args, folder: &Folder, database: &Database, context: &Context) -> anyhow::Result<Exit> {
    const SCHEMA: &str = "howdah.migrate.up/1";
    let client = database.target.client().await?;
    let teller = Teller::new(&context.out);
    let options = RunnerOptions { allow_out_of_order: args.allow_out_of_order, ..RunnerOptions::default() };
    let runner = Runner::new(&client, folder).observer(&teller).options(options);
    let plan = runner.plan_up(args.count).await?;
    if args.dry_run {
        let data = json!({ "target": database.label(), "dry_run": true, "migrations": planned(&plan) });
        context.out.list(SCHEMA, &data, &planned_listing(&plan).or_say("Nothing is pending"))?;
        return Ok(Exit::Ok);
    }
    confirm(&plan, args, database, context).await?;
    let applied = runner.up(args.count).await?;
    if let Some(private) = database.private() {
        private.enable_login().await?;
    }
    let data = json!({ "target": database.label(), "dry_run": false, "migrations": done(&applied) });
    let nothing = format!("{} Nothing was pending", paint(GOOD, "✓"));
    context.out.list(SCHEMA, &data, &done_listing(&applied).or_say(nothing))?;
    if !applied.is_empty() {
        let applied = count(applied.len() as u64, "migration", "migrations");
        context.out.say(format!("{} {applied} applied", paint(GOOD, "✓")));
    }
    Ok(Exit::Ok)
}

/// Asks before data is destroyed.
async fn confirm(plan: &Plan, args: &Args, database: &Database, context: &Context) -> anyhow::Result<()> {
    let mut titles = Vec::new();
    for step in &plan.steps {
        let lost = destroys(step);
        if lost.is_empty() {
            continue;
        }
        titles.push(step.migration.title());
        for what in lost {
            context.out.say(format!("{} {} destroys {what}", paint(WARNING, "!"), step.migration.title()));
        }
    }
    if titles.is_empty() {
        return Ok(());
    }
    database.confirm_name(args.confirm.as_deref())?;
    let question = format!("Destroy data of {} with {}?", database.target.dbname, titles.join(", "));
    Ok(context.confirm(&question).await?)
}
