//! `howdah migrate`: brings a database to the state of the project's migrations, or back.

mod baseline;
mod down;
mod repair;
mod run;
mod squash;
mod status;
mod test;
mod to;
mod up;

use howdah_pg::migrate::{Done, Plan, Step};
use serde_json::{Value, json};

use crate::output::Listing;

const AFTER_HELP: &str = "\
Migrations are migrations/NNNN_name.up.sql with a NNNN_name.down.sql beside each. Every one runs in \
a transaction of its own, unless it says otherwise, is written into howdah.migrations with its \
checksum, and is never edited afterwards. `howdah generate` writes them.

The database is the one of DATABASE_URL, else the project's own; with --env NAME the one of \
[env.NAME] in howdah.toml.";

subcommands! {
    /// Apply and undo migrations
    #[command(after_help = AFTER_HELP)]

    Up => up,
    Down => down,
    To => to,
    Status => status,
    Test => test,
    Baseline => baseline,
    Squash => squash,
    Repair => repair,
}

/// What a run will do, as data.
fn planned(plan: &Plan) -> Vec<Value> {
    let steps = plan.steps.iter();
    steps
        .map(|step| {
            json!({
                "version": step.migration.version, "name": step.migration.name,
                "direction": step.direction.to_string(), "destroys": destroys(step), "reversal": step.reversal(),
            })
        })
        .collect()
}

/// What a run will do, as a list.
fn planned_listing(plan: &Plan) -> Listing {
    let mut listing = Listing::new(&["migration", "direction", "file", "loses"]);
    for step in &plan.steps {
        let file = step.file().name.clone();
        listing.row([step.migration.title(), step.direction.to_string(), file, losses(step).join("; ")]);
    }
    listing
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

/// What a run did, as a list.
fn done_listing(done: &[Done]) -> Listing {
    let mut listing = Listing::new(&["migration", "took"]);
    for done in done {
        listing.row([done.step.migration.title(), format!("{} ms", done.duration.as_millis())]);
    }
    listing
}

/// What going forward destroys: what the file says of itself, and what its SQL does without saying so.
fn destroys(step: &Step) -> Vec<String> {
    use howdah_schema::hazards;
    let said = step.destroys().to_vec();
    if !said.is_empty() {
        return said;
    }
    let found = hazards::is_destructive(&step.migration.up.text, &hazards::Context::default());
    let line = |finding: &hazards::Finding| finding.place.as_ref().map_or(1, |place| place.line);
    let mut found: Vec<String> =
        found.into_iter().map(|found| format!("line {}: {}", line(&found), found.message)).collect();
    if found.is_empty() && step.is_destructive() {
        found.push("data".to_owned());
    }
    found
}

/// What a step loses in its direction.
fn losses(step: &Step) -> Vec<String> {
    use howdah_pg::migrate::{Direction, Reversal};
    match step.direction {
        Direction::Up => destroys(step),
        Direction::Down => match step.reversal() {
            Some(label @ (Reversal::Lossy | Reversal::Irreversible)) if step.reversal_reasons().is_empty() => {
                vec![label.as_str().to_owned()]
            }
            Some(Reversal::Lossy | Reversal::Irreversible) => step.reversal_reasons().to_vec(),
            _ => Vec::new(),
        },
    }
}
