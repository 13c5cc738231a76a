//! `howdah migrate status`.

use howdah_pg::migrate::{Folder, MigrationState, Runner};
use serde_json::json;

use crate::context::Context;
use crate::database::Database;
use crate::exit::Exit;
use crate::migrations;
use crate::output::{Listing, count};

const AFTER_HELP: &str = "\
Examples:
  howdah migrate status
  howdah migrate status --json | jq '.data.pending'

Exit codes:
  0    up to date
  1    it could not be found out
  3    something is pending or out of order
  4    the login was refused";

/// Show what is applied and what is pending
#[derive(clap::Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Args {
    /// An environment of howdah.toml; by default the project's database
    #[arg(long, value_name = "NAME")]
    env: Option<String>,
}

pub(crate) async fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    let project = context.project(&[])?;
    let folder = migrations::folder(&project)?;
    let database = Database::open_in(&project, args.env.as_deref(), context).await?;
    context.out.target(&format!("Looking at {}", database.label()));
    let result = show(&folder, &database, context).await;
    database.close()?;
    result
}

async fn show(folder: &Folder, database: &Database, context: &Context) -> anyhow::Result<Exit> {
    let client = database.target.client().await?;
    let status = Runner::new(&client, folder).status().await?;
    let mut listing = Listing::new(&["migration", "state", "applied at", "by", "took"])
        .or_say("There are no migrations; `howdah generate NAME` writes the first one");
    for migration in &status.migrations {
        let state = match migration.state {
            MigrationState::Applied if migration.down_edited => "applied, down edited since",
            MigrationState::Applied => "applied",
            MigrationState::Pending => "pending",
            MigrationState::PartlyApplied => "partly applied",
            MigrationState::PartlyUndone => "partly undone",
            MigrationState::Edited => "edited after it was applied",
            MigrationState::FileGone => "applied, file gone",
        };
        let applied = migration.applied.as_ref();
        listing.row([
            migration.title(),
            state.to_owned(),
            applied.map_or_else(String::new, |applied| applied.at.clone()),
            applied.map_or_else(String::new, |applied| applied.by.clone()),
            applied.map_or_else(String::new, |applied| format!("{} ms", applied.duration_ms)),
        ]);
    }
    let problem = status.problem.as_ref().map(|(code, message)| json!({ "code": code, "message": message }));
    let data = json!({
        "target": database.label(), "pending": status.pending(), "migrations": status.migrations, "problem": problem,
    });
    context.out.list("howdah.migrate.status/1", &data, &listing)?;
    for migration in &status.migrations {
        if let Some(unfinished) = &migration.unfinished {
            context.out.warn(format!(
                "{} is half way {}\n{}",
                migration.title(),
                unfinished.direction,
                unfinished.report
            ));
        }
    }
    if let Some((_, message)) = &status.problem {
        context.out.warn(message);
        return Ok(Exit::Findings);
    }
    if status.pending() > 0 {
        let pending = count(status.pending() as u64, "migration is", "migrations are");
        context.out.say(format!("{pending} pending; `howdah migrate up` applies what is"));
        return Ok(Exit::Findings);
    }
    Ok(Exit::Ok)
}
