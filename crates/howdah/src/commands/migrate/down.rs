//! `howdah migrate down`.

use howdah_pg::migrate::{Folder, Runner};
use serde_json::json;

use super::{done, planned};
use crate::context::Context;
use crate::database::Database;
use crate::exit::Exit;
use crate::migrations::{self, Teller};
use crate::output::{GOOD, Listing, count, paint};

const AFTER_HELP: &str = "\
Undoing usually loses data. It asks first; without a terminal it needs --yes, in production also \
--confirm.

Examples:
  howdah migrate down
  howdah migrate down 2 --dry-run
  DATABASE_URL=postgres://owner@db1/shop howdah migrate down --yes --confirm shop

Exit codes:
  0    undone
  1    one failed: those before it are undone, of it nothing is
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

    /// The name of the database, to confirm that a production one is meant
    #[arg(long, value_name = "NAME")]
    confirm: Option<String>,
}

pub(crate) async fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    let project = context.project(&[])?;
    let folder = migrations::folder(&project)?;
    let database = Database::open(Some(&project), &project.config, context).await?;
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
    let runner = Runner::new(&client, folder).observer(&teller);
    let plan = runner.plan_down(args.count).await?;
    if args.dry_run || plan.steps.is_empty() {
        let mut listing = Listing::new(&["migration", "file"]).or_say("Nothing is applied");
        for step in &plan.steps {
            listing.row([step.migration.title(), step.file().name.clone()]);
        }
        let data = json!({ "target": database.label(), "dry_run": args.dry_run, "migrations": planned(&plan) });
        context.out.list(SCHEMA, &data, &listing)?;
        return Ok(Exit::Ok);
    }
    database.confirm_name(args.confirm.as_deref())?;
    let titles: Vec<String> = plan.steps.iter().map(|step| step.migration.title()).collect();
    context.confirm(&format!("Undo {} on {}?", titles.join(", "), database.target.dbname)).await?;
    let undone = runner.down(args.count).await?;
    let mut listing = Listing::new(&["migration", "took"]);
    for step in &undone {
        listing.row([step.step.migration.title(), format!("{} ms", step.duration.as_millis())]);
    }
    let data = json!({ "target": database.label(), "dry_run": false, "migrations": done(&undone) });
    context.out.list(SCHEMA, &data, &listing)?;
    let undone = count(undone.len() as u64, "migration", "migrations");
    context.out.say(format!("{} {undone} undone", paint(GOOD, "✓")));
    Ok(Exit::Ok)
}
