//! `howdah migrate`: brings a database to the state of the project's migrations, or back.

mod down;
mod status;
mod up;

use clap::Subcommand;
use howdah_pg::migrate::{Done, Plan};
use serde_json::{Value, json};

use crate::context::Context;
use crate::exit::Exit;

const AFTER_HELP: &str = "\
Migrations are migrations/NNNN_name.up.sql with a NNNN_name.down.sql beside each. Every one runs in \
a transaction of its own, is written into howdah.migrations with its checksum, and is never edited \
afterwards.

The database is the one of DATABASE_URL, else the project's own.";

/// Apply and undo migrations
#[derive(clap::Args, Debug)]
#[command(arg_required_else_help = true, after_help = AFTER_HELP)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    Up(up::Args),
    Down(down::Args),
    Status(status::Args),
}

pub(crate) async fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    match args.action {
        Action::Up(args) => up::run(args, context).await,
        Action::Down(args) => down::run(args, context).await,
        Action::Status(args) => status::run(args, context).await,
    }
}

/// What a run will do, as data.
fn planned(plan: &Plan) -> Vec<Value> {
    let steps = plan.steps.iter();
    steps
        .map(|step| {
            json!({
                "version": step.migration.version, "name": step.migration.name,
                "direction": step.direction.to_string(),
            })
        })
        .collect()
}

/// What a run did, as data.
fn done(done: &[Done]) -> Vec<Value> {
    let steps = done.iter();
    steps
        .map(|done| {
            json!({
                "version": done.step.migration.version, "name": done.step.migration.name,
                "direction": done.step.direction.to_string(), "duration_ms": done.duration.as_millis() as u64,
            })
        })
        .collect()
}
