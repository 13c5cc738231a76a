//! `howdah check`: whether a database is what the migrations make of it.

use std::collections::BTreeMap;

use howdah_pg::migrate::{Folder, MigrationState, Runner};
use howdah_pg::schema;
use howdah_schema::diff::{DiffOptions, Plan, Verb};
use serde::Serialize;
use serde_json::json;

use crate::context::Context;
use crate::database::Database;
use crate::exit::Exit;
use crate::migrations;
use crate::output::{GOOD, Listing, count, paint};
use crate::sources::Sources;

const AFTER_HELP: &str = "\
It connects, compares the history with the files and their checksums, runs the migrations that are \
applied on a scratch database, and compares that with the live one, object by object. It changes \
nothing.

Examples:
  howdah check
  howdah check --env production
  howdah check --env staging --json | jq -r '.data.drift[].object'

Exit codes:
  0    connected, all applied, nothing differs
  1    it could not be found out
  2    there is no such environment
  3    something is pending, out of order, or differs
  4    the login was refused";

/// See whether a database is what the migrations make
#[derive(clap::Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Args {
    /// An environment of howdah.toml; by default the project's database
    #[arg(long, value_name = "NAME")]
    env: Option<String>,

    /// A server to try things out on, used for nothing else; by default a private one
    #[arg(long, value_name = "URL")]
    scratch: Option<String>,
}

pub(crate) async fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    let project = context.project(&[])?;
    let folder = migrations::folder(&project)?;
    let database = Database::open_in(&project, args.env.as_deref(), context).await?;
    context.out.target(&format!("Checking {}", database.label()));
    let named = args.env.as_ref().map_or_else(|| "database".to_owned(), |env| format!("env:{env}"));
    let sources = Sources { project: Some(&project), config: &project.config, scratch: args.scratch.as_deref() };
    let result = check(&sources, &folder, &database, &named, context).await;
    database.close()?;
    result
}

/// An object that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Drift {
    object: String,
    how: How,
    /// What would mend it.
    sql: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum How {
    /// The migrations make it, and it is not there.
    Missing,
    /// It is there, and no migration made it.
    Extra,
    /// It is there, and not as the migrations made it.
    Different,
}

impl How {
    fn words(self) -> &'static str {
        match self {
            Self::Missing => "is missing",
            Self::Extra => "is in no migration",
            Self::Different => "differs",
        }
    }
}

async fn check(
    sources: &Sources<'_>,
    folder: &Folder,
    database: &Database,
    named: &str,
    context: &Context,
) -> anyhow::Result<Exit> {
    const SCHEMA: &str = "howdah.check/1";
    let live = schema::read_live(&database.target).await?;
    let client = database.target.client().await?;
    let status = Runner::new(&client, folder).status().await?;
    let mut drift = Vec::new();
    let mut compared = false;
    // What the files say is only known when they are what was applied.
    if status.problem.is_none() {
        let applied = status.migrations.iter().filter(|found| found.state == MigrationState::Applied).count();
        let scratch = sources.scratch(Some(live.catalog.postgres_major), context).await?;
        let expected =
            schema::read_migrations(&scratch.server, folder, Some(applied), Some(&live), "the migrations").await?;
        let plan = schema::plan(&scratch.server, &live, &expected, &DiffOptions::default()).await?.plan;
        drift = found(&plan);
        compared = true;
    }
    let problem = status.problem.as_ref().map(|(code, message)| json!({ "code": code, "message": message }));
    let pending: Vec<String> = status
        .migrations
        .iter()
        .filter(|found| matches!(found.state, MigrationState::Pending | MigrationState::PartlyApplied))
        .map(howdah_pg::migrate::MigrationStatus::title)
        .collect();
    let data = json!({
        "target": database.label(), "problem": problem, "pending": pending, "compared": compared, "drift": drift,
    });
    let mut listing = Listing::new(&["object", "drift"]);
    for drift in &drift {
        listing.row([drift.object.clone(), drift.how.words().to_owned()]);
    }
    context.out.list(SCHEMA, &data, &listing)?;
    if let Some((_, message)) = &status.problem {
        context.out.warn(message);
    }
    if !pending.is_empty() {
        let pending = count(pending.len() as u64, "migration is", "migrations are");
        context.out.say(format!("{pending} pending; `howdah migrate up` applies what is"));
    }
    if !drift.is_empty() {
        let objects = count(drift.len() as u64, "object differs", "objects differ");
        context.out.say(format!(
            "{objects} from what the migrations make; `howdah diff {named} migrations` shows what would mend that"
        ));
    }
    if problem.is_some() || !pending.is_empty() || !drift.is_empty() {
        return Ok(Exit::Findings);
    }
    context.out.say(format!("{} All applied, nothing differs", paint(GOOD, "✓")));
    Ok(Exit::Ok)
}

/// By object, in the order of the plan that would mend it.
fn found(plan: &Plan) -> Vec<Drift> {
    let mut order = Vec::new();
    let mut found: BTreeMap<String, Drift> = BTreeMap::new();
    for step in &plan.steps {
        let object = step.object.to_string();
        let drift = found.entry(object.clone()).or_insert_with(|| {
            order.push(object.clone());
            let how = match step.verb {
                Verb::Create => How::Missing,
                Verb::Drop => How::Extra,
                _ => How::Different,
            };
            Drift { object, how, sql: Vec::new() }
        });
        // Dropped and made again.
        let differs = match step.verb {
            Verb::Create => drift.how == How::Extra,
            Verb::Drop => drift.how == How::Missing,
            _ => false,
        };
        if differs {
            drift.how = How::Different;
        }
        drift.sql.push(step.sql.clone());
    }
    order.into_iter().filter_map(|object| found.remove(&object)).collect()
}
