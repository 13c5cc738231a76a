//! What `up`, `down` and `to` have in common: plan, show or ask, run, show what was done.

use howdah_pg::migrate::{Direction, Done, MigrateError, Plan, Reversal, Runner, RunnerOptions, Step};
use howdah_pg::tokio_postgres::Client;
use serde_json::json;

use super::{done, done_listing, losses, planned, planned_listing};
use crate::audit;
use crate::context::Context;
use crate::database::Database;
use crate::exit::Exit;
use crate::migrations::{self, Teller};
use crate::output::{GOOD, WARNING, count, paint};

/// Which database, for all commands that run migrations.
#[derive(clap::Args, Debug)]
pub(super) struct On {
    /// An environment of howdah.toml; by default the project's database
    #[arg(long, value_name = "NAME")]
    pub(super) env: Option<String>,

    /// The name of the database, to confirm that a production one is meant
    #[arg(long, value_name = "NAME")]
    pub(super) confirm: Option<String>,
}

/// How far to go.
#[derive(Debug, Clone, Copy)]
pub(super) enum Goal {
    /// So many of those that are pending, or all.
    Up(Option<usize>),
    /// Back by so many.
    Down(usize),
    /// To a version, whichever way that is.
    To(i64),
}

/// Goes there, or only shows the way.
pub(super) async fn run(
    goal: Goal,
    options: RunnerOptions,
    dry_run: bool,
    on: &On,
    context: &Context,
) -> anyhow::Result<Exit> {
    let project = context.project(&[])?;
    let folder = migrations::folder(&project)?;
    let database = Database::open_in(&project, on.env.as_deref(), context).await?;
    let doing = if dry_run { "Planning for" } else { goal.doing() };
    context.out.target(&format!("{doing} {}", database.label()));
    let act = async {
        if database.private().is_some() && matches!(goal, Goal::Up(None)) && !dry_run {
            migrations::adopt(&project, &database.target, context).await?;
        }
        let client = database.target.client().await?;
        let teller = Teller::new(&context.out);
        let runner = Runner::new(&client, &folder).observer(&teller).options(options);
        act(goal, &runner, &client, dry_run, on.confirm.as_deref(), &database, context).await
    };
    let result = act.await;
    database.close()?;
    result
}

async fn act(
    goal: Goal,
    runner: &Runner<'_>,
    client: &Client,
    dry_run: bool,
    confirm: Option<&str>,
    database: &Database,
    context: &Context,
) -> anyhow::Result<Exit> {
    let plan = goal.plan(runner).await?;
    if dry_run {
        let data = json!({ "target": database.label(), "dry_run": true, "migrations": planned(&plan) });
        context.out.list(goal.schema(), &data, &planned_listing(&plan).or_say(goal.nothing()))?;
        return Ok(Exit::Ok);
    }
    refuse_lossy(&plan, runner.allows_lossy())?;
    ask(goal, &plan, confirm, database, context).await?;
    let titles: Vec<String> = plan.steps.iter().map(|step| step.migration.title()).collect();
    if !titles.is_empty() {
        audit::begin(client, goal.event(), "migrations", &json!({ "migrations": titles })).await?;
    }
    let result = goal.run(runner).await;
    if !titles.is_empty() {
        // What failed may have applied some of them.
        let details = json!({ "migrations": titles, "succeeded": result.is_ok() });
        audit::end(client, goal.event(), "migrations", &details, &context.out).await;
    }
    let steps = result?;
    if let Some(private) = database.private() {
        private.enable_login().await?;
    }
    let data = json!({ "target": database.label(), "dry_run": false, "migrations": done(&steps) });
    let nothing = format!("{} {}", paint(GOOD, "✓"), goal.nothing());
    context.out.list(goal.schema(), &data, &done_listing(&steps).or_say(nothing))?;
    if !steps.is_empty() {
        context.out.say(format!("{} {}", paint(GOOD, "✓"), goal.done(steps.len())));
    }
    Ok(Exit::Ok)
}

/// Before anybody is asked whether they are sure.
fn refuse_lossy(plan: &Plan, allowed: bool) -> Result<(), MigrateError> {
    let steps = plan.losses();
    if steps.is_empty() || allowed { Ok(()) } else { Err(MigrateError::Lossy { steps }) }
}

/// Asks before data is destroyed, and before going back.
async fn ask(
    goal: Goal,
    plan: &Plan,
    confirm: Option<&str>,
    database: &Database,
    context: &Context,
) -> anyhow::Result<()> {
    for step in &plan.steps {
        // What was found in the SQL is said in a sentence of its own.
        let does = match step.direction {
            Direction::Up if step.destroys().is_empty() => ",",
            Direction::Up => " destroys",
            Direction::Down if step.reversal() == Some(Reversal::Irreversible) => " does not bring back",
            Direction::Down => " loses",
        };
        for what in losses(step) {
            context.out.say(format!("{} {}{does} {what}", paint(WARNING, "!"), step.migration.title()));
        }
    }
    let asks = plan.steps.iter().filter(|step| step.direction == Direction::Down || !losses(step).is_empty());
    let asks: Vec<&Step> = asks.collect();
    if asks.is_empty() {
        return Ok(());
    }
    database.confirm_name(confirm)?;
    Ok(context.confirm(&goal.question(&asks, &database.target.dbname)).await?)
}

impl Goal {
    fn schema(self) -> &'static str {
        match self {
            Self::Up(_) => "howdah.migrate.up/1",
            Self::Down(_) => "howdah.migrate.down/1",
            Self::To(_) => "howdah.migrate.to/1",
        }
    }

    /// What it is called in the audit trail.
    fn event(self) -> &'static str {
        match self {
            Self::Up(_) => "admin.migrate_up",
            Self::Down(_) => "admin.migrate_down",
            Self::To(_) => "admin.migrate_to",
        }
    }

    fn doing(self) -> &'static str {
        match self {
            Self::Up(_) => "Applying to",
            Self::Down(_) => "Undoing on",
            Self::To(_) => "Migrating",
        }
    }

    fn nothing(self) -> &'static str {
        match self {
            Self::Up(_) => "Nothing is pending",
            Self::Down(_) => "Nothing is applied",
            Self::To(_) => "It is there already",
        }
    }

    fn question(self, steps: &[&Step], database: &str) -> String {
        let titles = |also: fn(&Step) -> String| steps.iter().map(|step| also(step)).collect::<Vec<_>>().join(", ");
        let title = |step: &Step| step.migration.title();
        match self {
            Self::Up(_) => format!("Destroy data of {database} with {}?", titles(title)),
            Self::Down(_) => format!("Undo {} on {database}?", titles(title)),
            Self::To(_) => {
                let directed = |step: &Step| format!("{} {}", step.migration.title(), step.direction);
                format!("Run {} on {database}?", titles(directed))
            }
        }
    }

    fn done(self, steps: usize) -> String {
        let steps = count(steps as u64, "migration", "migrations");
        match self {
            Self::Up(_) => format!("{steps} applied"),
            Self::Down(_) => format!("{steps} undone"),
            Self::To(version) => format!("{steps} run; it is at version {version}"),
        }
    }

    async fn plan(self, runner: &Runner<'_>) -> Result<Plan, MigrateError> {
        match self {
            Self::Up(limit) => runner.plan_up(limit).await,
            Self::Down(count) => runner.plan_down(count).await,
            Self::To(version) => runner.plan_to(version).await,
        }
    }

    async fn run(self, runner: &Runner<'_>) -> Result<Vec<Done>, MigrateError> {
        match self {
            Self::Up(limit) => runner.up(limit).await,
            Self::Down(count) => runner.down(count).await,
            Self::To(version) => runner.to(version).await,
        }
    }
}
