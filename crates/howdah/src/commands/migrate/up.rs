//! `howdah migrate up`.

use howdah_pg::migrate::Runner;
use serde_json::json;

use super::{done, planned};
use crate::context::Context;
use crate::database::Database;
use crate::exit::Exit;
use crate::migrations::{self, Teller};
use crate::output::{GOOD, Listing, count, paint};

const AFTER_HELP: &str = "\
Examples:
  howdah migrate up
  howdah migrate up 1 --dry-run
  DATABASE_URL=postgres://owner@db1/shop howdah migrate up --json

Exit codes:
  0    up to date
  1    one failed: those before it stay applied, of it nothing does
  4    the login was refused";

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
}

pub(crate) async fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    let project = context.project(&[])?;
    let folder = migrations::folder(&project)?;
    let database = Database::open(Some(&project), &project.config, context).await?;
    let verb = if args.dry_run { "Planning for" } else { "Applying to" };
    context.out.target(&format!("{verb} {}", database.label()));
    let result = act(&args, &folder, &database, context).await;
    database.close()?;
    result
}

async fn act(
    args: &Args,
    folder: &howdah_pg::migrate::Folder,
    database: &Database,
    context: &Context,
) -> anyhow::Result<Exit> {
    const SCHEMA: &str = "howdah.migrate.up/1";
    let client = database.target.client().await?;
    let teller = Teller::new(&context.out);
    let runner = Runner::new(&client, folder).observer(&teller);
    if args.dry_run {
        let plan = runner.plan_up(args.count).await?;
        let mut listing = Listing::new(&["migration", "file"]).or_say("Nothing is pending");
        for step in &plan.steps {
            listing.row([step.migration.title(), step.file().name.clone()]);
        }
        let data = json!({ "target": database.label(), "dry_run": true, "migrations": planned(&plan) });
        context.out.list(SCHEMA, &data, &listing)?;
        return Ok(Exit::Ok);
    }
    let applied = runner.up(args.count).await?;
    if let Some(private) = database.private() {
        private.enable_login().await?;
    }
    let mut listing = Listing::new(&["migration", "took"]).or_say(format!("{} Nothing was pending", paint(GOOD, "✓")));
    for step in &applied {
        listing.row([step.step.migration.title(), format!("{} ms", step.duration.as_millis())]);
    }
    let data = json!({ "target": database.label(), "dry_run": false, "migrations": done(&applied) });
    context.out.list(SCHEMA, &data, &listing)?;
    if !applied.is_empty() {
        let applied = count(applied.len() as u64, "migration", "migrations");
        context.out.say(format!("{} {applied} applied", paint(GOOD, "✓")));
    }
    Ok(Exit::Ok)
}
