//! `howdah migrate baseline`.

use howdah_pg::migrate::{Folder, Migration, MigrationState, Runner};
use howdah_pg::schema;
use howdah_schema::diff::DiffOptions;
use serde_json::json;

use super::run::On;
use crate::audit;
use crate::context::Context;
use crate::database::Database;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::migrations;
use crate::output::{GOOD, Listing, count, paint};
use crate::sources::Sources;

const AFTER_HELP: &str = "\
For a database that had its schema before Howdah came: it takes the migrations as applied without \
running them. First it makes sure that the database is what they make; --no-check leaves that out.

Examples:
  howdah migrate baseline --env production --dry-run
  howdah migrate baseline 3 --env production

Exit codes:
  0    taken as applied
  1    a later migration is applied already
  2    there is no such environment
  3    the database is not what the migrations make
  4    the login was refused
  5    not confirmed";

/// Take migrations as applied without running them
#[derive(clap::Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Args {
    /// The last migration to take as applied; by default the last there is
    #[arg(value_name = "VERSION")]
    version: Option<i64>,

    /// Show which they would be, and record nothing
    #[arg(long)]
    dry_run: bool,

    /// Do not compare the database with what the migrations make
    #[arg(long)]
    no_check: bool,

    #[command(flatten)]
    on: On,

    /// A server to try things out on, used for nothing else; by default a private one
    #[arg(long, value_name = "URL")]
    scratch: Option<String>,
}

pub(crate) async fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    let project = context.project(&[])?;
    let folder = migrations::folder(&project)?;
    let database = Database::open_in(&project, args.on.env.as_deref(), context).await?;
    let verb = if args.dry_run { "Planning for" } else { "Recording on" };
    context.out.target(&format!("{verb} {}", database.label()));
    let sources = Sources { project: Some(&project), config: &project.config, scratch: args.scratch.as_deref() };
    let result = act(&args, &folder, &database, &sources, context).await;
    database.close()?;
    result
}

async fn act(
    args: &Args,
    folder: &Folder,
    database: &Database,
    sources: &Sources<'_>,
    context: &Context,
) -> anyhow::Result<Exit> {
    const SCHEMA: &str = "howdah.migrate.baseline/1";
    let last = folder.migrations().last().map_or(0, |migration| migration.version);
    let version = args.version.unwrap_or(last);
    if !args.no_check {
        compare(args, folder, version, database, sources, context).await?;
    }
    let client = database.target.client().await?;
    let runner = Runner::new(&client, folder);
    let taken: Vec<String> = if args.dry_run {
        let status = runner.status().await?;
        let pending = status.migrations.iter().filter(|found| found.state == MigrationState::Pending);
        pending.filter(|found| found.version <= version).map(howdah_pg::migrate::MigrationStatus::title).collect()
    } else {
        database.confirm_name(args.on.confirm.as_deref())?;
        audit::begin(&client, "admin.migrate_baseline", "migrations", &json!({ "up_to": version })).await?;
        let taken: Vec<String> = runner.baseline(version).await?.iter().map(Migration::title).collect();
        let details = json!({ "migrations": taken });
        audit::end(&client, "admin.migrate_baseline", "migrations", &details, &context.out).await;
        taken
    };
    let mut listing = Listing::new(&["migration"]).or_say("Nothing was pending up to there");
    for title in &taken {
        listing.row([title.clone()]);
    }
    let data = json!({ "target": database.label(), "dry_run": args.dry_run, "migrations": taken });
    context.out.list(SCHEMA, &data, &listing)?;
    if !args.dry_run && !taken.is_empty() {
        let taken = count(taken.len() as u64, "migration", "migrations");
        context.out.say(format!("{} {taken} taken as applied, none was run", paint(GOOD, "✓")));
    }
    Ok(Exit::Ok)
}

/// A history that says what is not so would make every later migration fail.
async fn compare(
    args: &Args,
    folder: &Folder,
    version: i64,
    database: &Database,
    sources: &Sources<'_>,
    context: &Context,
) -> anyhow::Result<()> {
    let live = schema::read_live(&database.target).await?;
    let scratch = sources.scratch(Some(live.catalog.postgres_major), context).await?;
    let until = folder.migrations().iter().filter(|migration| migration.version <= version).count();
    let made = schema::read_migrations(&scratch.server, folder, Some(until), Some(&live), "the migrations").await?;
    let plan = schema::plan(&scratch.server, &live, &made, &DiffOptions::default()).await?.plan;
    if plan.is_empty() {
        return Ok(());
    }
    let mut objects: Vec<String> = plan.steps.iter().map(|step| step.object.to_string()).collect();
    objects.dedup();
    let named = args.on.env.as_ref().map_or_else(|| "database".to_owned(), |env| format!("env:{env}"));
    let shown = objects.iter().take(10);
    let failure = Failure::new(
        "migrate-baseline-differs",
        format!(
            "the database is not what the migrations make, so nothing was recorded: {}",
            count(objects.len() as u64, "object differs", "objects differ")
        ),
    )
    .exit(Exit::Findings)
    .hint(format!("`howdah diff {named} migrations` shows the difference. If it does not matter: --no-check"));
    Err(shown.fold(failure, Failure::cause).into())
}
