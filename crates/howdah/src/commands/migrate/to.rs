//! `howdah migrate to`.

use howdah_pg::migrate::{Direction, Folder, Runner, RunnerOptions};
use serde_json::json;

use super::down::refuse_lossy;
use super::{done, done_listing, losses, planned, planned_listing};
use crate::context::Context;
use crate::database::Database;
use crate::exit::Exit;
use crate::migrations::{self, Teller};
use crate::output::{GOOD, WARNING, count, paint};

const AFTER_HELP: &str = "\
It goes up or down, whichever way the version is. Going down, and what destroys data, is asked for \
as in `migrate up` and `migrate down`.

Examples:
  howdah migrate to 7
  howdah migrate to 0 --dry-run
  howdah migrate to 7 --env staging --yes

Exit codes:
  0    it is at that version
  1    one failed; the error says what of it stays, usually nothing. Or a way back is lossy
  2    there is no such environment
  4    the login was refused
  5    not confirmed";

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
    let verb = if args.dry_run { "Planning for" } else { "Migrating" };
    context.out.target(&format!("{verb} {}", database.label()));
    let result = act(&args, &folder, &database, context).await;
    database.close()?;
    result
}

async fn act(args: &Args, folder: &Folder, database: &Database, context: &Context) -> anyhow::Result<Exit> {
    const SCHEMA: &str = "howdah.migrate.to/1";
    let client = database.target.client().await?;
    let teller = Teller::new(&context.out);
    let options = RunnerOptions { allow_lossy: args.allow_lossy, ..RunnerOptions::default() };
    let runner = Runner::new(&client, folder).observer(&teller).options(options);
    let plan = runner.plan_to(args.version).await?;
    if args.dry_run || plan.steps.is_empty() {
        let data = json!({ "target": database.label(), "dry_run": args.dry_run, "migrations": planned(&plan) });
        let there = format!("{} It is there already", paint(GOOD, "✓"));
        context.out.list(SCHEMA, &data, &planned_listing(&plan).or_say(there))?;
        return Ok(Exit::Ok);
    }
    refuse_lossy(&plan, args.allow_lossy)?;
    let asks = plan.steps.iter().filter(|step| step.direction == Direction::Down || !losses(step).is_empty());
    let titles: Vec<String> = asks.map(|step| format!("{} {}", step.migration.title(), step.direction)).collect();
    if !titles.is_empty() {
        for step in &plan.steps {
            for what in losses(step) {
                context.out.say(format!("{} {} loses {what}", paint(WARNING, "!"), step.migration.title()));
            }
        }
        database.confirm_name(args.confirm.as_deref())?;
        context.confirm(&format!("Run {} on {}?", titles.join(", "), database.target.dbname)).await?;
    }
    let steps = runner.to(args.version).await?;
    if let Some(private) = database.private() {
        private.enable_login().await?;
    }
    let data = json!({ "target": database.label(), "dry_run": false, "migrations": done(&steps) });
    context.out.list(SCHEMA, &data, &done_listing(&steps))?;
    let steps = count(steps.len() as u64, "migration", "migrations");
    context.out.say(format!("{} {steps} run; it is at version {}", paint(GOOD, "✓"), args.version));
    Ok(Exit::Ok)
}
