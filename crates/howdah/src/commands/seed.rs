//! `howdah seed`: puts data into a database that does not come from its users.

use clap::Subcommand;
use howdah_data::calendar::Day;
use howdah_data::demo::{Plan, people};
use serde_json::json;

use crate::config::{Override, Value};
use crate::context::Context;
use crate::database::Database;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{GOOD, Listing, count, paint};
use crate::{audit, secrets, seeding};

const AFTER_HELP: &str = "\
The same numbers give the same rows, and running it again adds only what is missing. Two people of \
the demo can log in with passwords that are published, so production has to be confirmed by name.

Examples:
  howdah seed demo
  howdah seed demo --rows 100000 --seed 7
  DATABASE_URL=postgres://owner@db1/shop howdah seed demo --env staging

Exit codes:
  0    seeded
  1    failed; nothing was changed
  4    the login was refused
  5    not confirmed";

/// Fill the database with data
#[derive(clap::Args, Debug)]
#[command(arg_required_else_help = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Two invented people and a believable life in rows
    #[command(after_help = AFTER_HELP)]
    Demo(Demo),
}

#[derive(clap::Args, Debug)]
struct Demo {
    /// How many rows, roughly, over all tables
    #[arg(long, value_name = "N", default_value_t = Plan::default().rows)]
    rows: u64,

    /// Chooses among the possible sets
    #[arg(long, value_name = "N", default_value_t = Plan::default().seed)]
    seed: u64,

    /// The day the demo ends, as YYYY-MM-DD; by default that of the demo data that is there, else today
    #[arg(long, value_name = "DAY")]
    until: Option<Day>,

    /// What the database is: development, staging, production; instead of `database.environment`
    #[arg(long, value_name = "NAME")]
    env: Option<String>,

    /// The name of the database, to confirm that a production one is meant
    #[arg(long, value_name = "NAME")]
    confirm: Option<String>,

    /// Show what would be seeded, and seed nothing
    #[arg(long)]
    dry_run: bool,
}

pub(crate) async fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    let Action::Demo(args) = args.action;
    let overrides: Vec<Override> = args
        .env
        .iter()
        .map(|name| Override { key: "database.environment", flag: "--env", value: Value::Text(name.clone()) })
        .collect();
    let (project, config) = context.config(&overrides)?;
    let database = Database::open(project.as_ref(), &config, context).await?;
    context.out.target(&format!("Seeding {}", database.label()));
    let result = async {
        let Some(pepper) = secrets::find(secrets::PEPPER, project.as_ref())? else {
            return Err(Failure::usage(
                "pepper-missing",
                "HOWDAH_PASSWORD_PEPPER is not set, and this is no project: the demo people could not log in",
            )
            .hint("set it to what the server uses, or run this inside the project")
            .into());
        };
        database.confirm_name(args.confirm.as_deref())?;
        demo(&args, &database, &pepper, context).await
    }
    .await;
    database.close()?;
    result
}

async fn demo(args: &Demo, database: &Database, pepper: &howdah_pg::Secret, context: &Context) -> anyhow::Result<Exit> {
    const SCHEMA: &str = "howdah.seed.demo/1";
    let anchor = match args.until {
        Some(day) => day,
        None => anchor(database).await?.unwrap_or_else(seeding::today),
    };
    let plan = Plan { seed: args.seed, rows: args.rows, anchor };
    if args.dry_run {
        context.out.say(format!("Would seed {plan}"));
        let data = json!({ "target": database.label(), "dry_run": true, "plan": plan.to_string() });
        context.out.data(SCHEMA, &data, |_| Ok(()))?;
        return Ok(Exit::Ok);
    }
    let client = database.target.client().await?;
    audit::begin(&client, "admin.seed_demo", "demo", &json!({ "plan": plan.to_string() })).await?;
    let report = seeding::seed(&database.target, &plan, pepper, &context.out).await?;
    let details = json!({ "plan": plan.to_string(), "inserted": report.inserted() });
    audit::end(&client, "admin.seed_demo", "demo", &details, &context.out).await;
    let mut listing = Listing::new(&["table", "new rows", "there before"]);
    for table in &report.tables {
        listing.row([table.name.clone(), table.inserted.to_string(), table.already.to_string()]);
    }
    let tables: Vec<_> = report
        .tables
        .iter()
        .map(|table| json!({ "table": table.name, "inserted": table.inserted, "already": table.already }))
        .collect();
    let logins: Vec<_> =
        people().iter().map(|person| json!({ "email": person.email, "password": person.password })).collect();
    let data = json!({
        "target": database.label(), "dry_run": false, "plan": plan.to_string(), "template": report.template,
        "inserted": report.inserted(), "already": report.already(), "tables": tables,
        "left_out": report.left_out, "logins": logins,
    });
    context.out.list(SCHEMA, &data, &listing)?;
    for left_out in &report.left_out {
        context.out.note(format!("left out, because the database does not have it: {left_out}"));
    }
    let rows = count(report.inserted(), "new row", "new rows");
    context.out.say(format!("{} {rows} ({plan})", paint(GOOD, "✓")));
    for person in people() {
        context.out.say(format!("  log in as {} / {}", person.email, person.password));
    }
    Ok(Exit::Ok)
}

/// The day that demo data in the database ends, so that running the command again finds its rows.
async fn anchor(database: &Database) -> anyhow::Result<Option<Day>> {
    const ANCHOR: &str = "select metadata #>> '{demo,anchor}' from auth.users where metadata ? 'demo' limit 1";
    let mut client = database.target.client().await?;
    if !client.query_one("select to_regclass('auth.users') is not null", &[]).await?.get::<_, bool>(0) {
        return Ok(None);
    }
    // Row-level security hides accounts from the owner itself.
    let transaction = client.transaction().await?;
    transaction.batch_execute("set local role howdah_auth").await?;
    let row = transaction.query_opt(ANCHOR, &[]).await?;
    Ok(row.and_then(|row| row.get::<_, Option<String>>(0)).and_then(|day| day.parse().ok()))
}
