//! The one check that every pair of schemas goes through.

use super::case::Case;
use super::dump::{Dump, dump};
use super::files::{self, Plans};
use super::names::Names;
use super::rows;
use howdah_pg::schema::Planned;
use howdah_pg::{IntrospectOptions, introspect};
use howdah_schema::Catalog;
use howdah_schema::catalog::Circumstance;
use howdah_schema::diff::renames::{self, Directive};
use howdah_schema::diff::render::{UNCHECKED, speaks_of_later};
use howdah_schema::diff::{DiffOptions, Plan, Step as PlanStep, diff};
use howdah_testkit::TestDb;
use std::fmt;
use tokio::task::JoinError;
use tokio_postgres::Client;

/// What went wrong, in which direction, and where on the way.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) case: String,
    direction: Direction,
    by: Means,
    step: Step,
    what: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Direction {
    Forward,
    Reverse,
}

/// How the way is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Means {
    /// Statement by statement.
    Statements,
    /// As a migration, by the runner.
    Files,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// The case itself cannot be loaded.
    Load,
    /// There is no plan, or PostgreSQL refuses a statement of it.
    There(Stage),
    /// Rows are gone, or read differently.
    Rows,
    /// The same on the way back.
    Back(Stage),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    Plan,
    Apply,
    Dump,
    SecondDiff,
}

impl Failure {
    /// The check itself broke down.
    pub(super) fn panicked(case: String, error: &JoinError) -> Self {
        let (direction, by) = (Direction::Forward, Means::Statements);
        Self { case, direction, by, step: Step::Load, what: error.to_string() }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let direction = match self.direction {
            Direction::Forward => "from → to",
            Direction::Reverse => "to → from",
        };
        let (stage, back) = match self.step {
            Step::Load => ("load", ""),
            Step::Rows => ("rows", ""),
            Step::There(stage) => (stage.name(), ""),
            Step::Back(stage) => (stage.name(), "down: "),
        };
        let by = match self.by {
            Means::Statements => "",
            Means::Files => ", as a migration",
        };
        write!(f, "{} ({direction}{by}) {back}{stage}: {}", self.case, self.what)
    }
}

impl Stage {
    fn name(self) -> &'static str {
        match self {
            Self::Plan => "plan",
            Self::Apply => "apply",
            Self::Dump => "dump",
            Self::SecondDiff => "second diff",
        }
    }
}

/// A schema, loaded from nothing.
pub(super) struct Side {
    sql: String,
    db: TestDb,
    pub(super) client: Client,
    /// As it was loaded.
    pub(super) catalog: Catalog,
    /// The same.
    pub(super) dump: Option<Dump>,
    directives: Vec<Directive>,
    pub(super) names: Names,
}

/// Goes from `from` to `to` and back, and from `to` to `from` and back: statement by statement, then as a migration if the case
/// wants that. Everything that goes wrong; empty if nothing does.
pub(super) async fn check(case: &Case) -> Vec<Failure> {
    let failure = |direction, by, step, what| Failure { case: case.name.clone(), direction, by, step, what };
    let (from, to) = match (Side::load(case, "from.sql", &case.from).await, Side::load(case, "to.sql", &case.to).await)
    {
        (Ok(Some(from)), Ok(Some(to))) => (from, to),
        (Err(what), _) | (_, Err(what)) => {
            return vec![failure(Direction::Forward, Means::Statements, Step::Load, what)];
        }
        _ => return Vec::new(),
    };
    // Each way works on the database that the other only reads the description of.
    let mut failures = Vec::new();
    for (direction, from, to, seed) in
        [(Direction::Forward, &from, &to, &case.seed), (Direction::Reverse, &to, &from, &case.seed_reverse)]
    {
        let rows = seed.as_deref();
        let mut wrong = Vec::new();
        let plans = there_and_back(case, from, to, rows, &mut wrong).await;
        let plans = plans.unwrap_or_else(|stop| {
            wrong.push(stop);
            None
        });
        failures.extend(wrong.into_iter().map(|(step, what)| failure(direction, Means::Statements, step, what)));
        let Some(plans) = plans else { continue };
        let wrong = files::check(case, (from, to), rows, &plans).await.unwrap_or_else(|stop| vec![stop]);
        failures.extend(wrong.into_iter().map(|(step, what)| failure(direction, Means::Files, step, what)));
    }
    failures
}

impl Side {
    /// `None` if the server is too old for the case, or too new.
    async fn load(case: &Case, name: &str, sql: &str) -> Result<Option<Self>, String> {
        let db = TestDb::empty().await;
        let client = db.client_superuser().await;
        let version = client.query_one("select current_setting('server_version_num')::int / 10000", &[]).await.unwrap();
        if !case.options.allow(version.get::<_, i32>(0).unsigned_abs()) {
            return Ok(None);
        }
        run(&client, sql).await.map_err(|error| format!("{name}: {error}"))?;
        // What the text sets for its session.
        run(&client, "discard all").await?;
        let (directives, errors) = renames::read(&[(name, sql)]);
        if let Some(error) = errors.first() {
            return Err(error.to_string());
        }
        let catalog = read(&client).await;
        let (dump, names, sql) = (dump(&db).await, Names::read(sql), sql.to_owned());
        Ok(Some(Self { sql, db, client, catalog, dump, directives, names }))
    }

    /// The same in another database.
    pub(super) async fn again(&self) -> Result<Fresh, String> {
        let db = TestDb::empty().await;
        let client = db.client_superuser().await;
        run(&client, &self.sql).await?;
        run(&client, "discard all").await?;
        Ok(Fresh { db, client })
    }
}

/// A database, to be changed.
pub(super) struct Fresh {
    pub(super) db: TestDb,
    pub(super) client: Client,
}

/// Puts rows in.
pub(super) async fn seed(client: &Client, rows: Option<&str>) -> Result<(), (Step, String)> {
    if let Some(rows) = rows {
        run(client, rows).await.map_err(|error| (Step::Load, format!("seed: {error}")))?;
        run(client, "discard all").await.unwrap();
    }
    Ok(())
}

/// Collects what is wrong with where it gets; fails with what makes it get nowhere. The plans, if they lead where they should.
async fn there_and_back(
    case: &Case,
    from: &Side,
    to: &Side,
    rows: Option<&str>,
    wrong: &mut Vec<(Step, String)>,
) -> Result<Option<Plans>, (Step, String)> {
    let client = &from.client;
    seed(client, rows).await?;
    let before = rows::read(client).await;

    let options = DiffOptions::default();
    let there = |(stage, what)| (Step::There(stage), what);
    let up = migrate(client, &from.catalog, &to.catalog, &to.directives, &options).await.map_err(there)?;
    let after = rows::read(client).await;
    let missing = rows::missing(client, &before, &after, &to.names, &case.options.lossy).await;
    wrong.extend(missing.into_iter().map(|what| (Step::Rows, what)));
    let mut differing = not_dumped_as(&from.db, to).await;
    differing.extend(second_diff(client, to).await);
    if !differing.is_empty() {
        wrong.extend(differing.into_iter().map(there));
        return Ok(None);
    }

    let options = DiffOptions { fill_required: true, ..DiffOptions::default() };
    let back = |(stage, what)| (Step::Back(stage), what);
    let inverted = renames::invert(&from.catalog, &to.catalog, &to.directives);
    let inverted = inverted.map_err(|error| back((Stage::Plan, error.to_string())))?;
    let down = migrate(client, &to.catalog, &from.catalog, &inverted, &options).await.map_err(back)?;
    wrong.extend(not_restored(&from.db, client, from).await.into_iter().map(back));
    Ok(Some(Plans { up, down }))
}

/// Plans and applies: first the renames, whose effect PostgreSQL alone knows, then the rest.
async fn migrate(
    client: &Client,
    from: &Catalog,
    to: &Catalog,
    directives: &[Directive],
    options: &DiffOptions,
) -> Result<Planned, (Stage, String)> {
    let mut steps = renames::plan(from, to, directives).map_err(|error| (Stage::Plan, error.to_string()))?;
    let renames = steps.len();
    let renamed = if steps.is_empty() {
        None
    } else {
        apply(client, &steps).await?;
        Some(read(client).await)
    };
    let start = renamed.as_ref().unwrap_or(from);
    let plan = diff(start, to, options);
    let mut plan = plan.map_err(|error| (Stage::Plan, error.to_string()))?;
    renames::translate_labels(&mut plan.steps, from, start, to);
    apply(client, &plan.steps).await?;
    steps.extend(plan.steps);
    Ok(Planned { plan: Plan { steps }, renames, renamed })
}

/// Runs statements the way a runner of migrations does: in a transaction together, except those that refuse to.
async fn apply(client: &Client, steps: &[PlanStep]) -> Result<(), (Stage, String)> {
    if speaks_of_later(&steps.iter().collect::<Vec<_>>()) {
        run(client, UNCHECKED).await.unwrap();
    }
    for section in steps.chunk_by(|left, right| left.transactional && right.transactional) {
        let together = section.len() > 1;
        if together {
            run(client, "begin").await.unwrap();
        }
        for step in section {
            if let Err(error) = run(client, &step.sql).await {
                run(client, "rollback").await.unwrap();
                return Err((Stage::Apply, format!("{error}\n  in: {}", step.sql)));
            }
        }
        if together && let Err(error) = run(client, "commit").await {
            return Err((Stage::Apply, format!("{error}\n  in: commit")));
        }
    }
    run(client, "discard all").await.unwrap();
    Ok(())
}

/// How the dump of what is in the database differs from that of `wanted` when it was loaded.
pub(super) async fn not_dumped_as(db: &TestDb, wanted: &Side) -> Vec<(Stage, String)> {
    let Some(wanted) = &wanted.dump else { return Vec::new() };
    let is = dump(db).await;
    is.and_then(|is| is.difference(wanted)).map(|what| (Stage::Dump, what)).into_iter().collect()
}

/// What of `original` is not as it was. The dump says it all; where there is none, the catalog.
pub(super) async fn not_restored(db: &TestDb, client: &Client, original: &Side) -> Vec<(Stage, String)> {
    match original.dump {
        Some(_) => not_dumped_as(db, original).await,
        None => second_diff(client, original).await,
    }
}

/// What the differ would do next.
pub(super) async fn second_diff(client: &Client, wanted: &Side) -> Vec<(Stage, String)> {
    match diff(&read(client).await, &wanted.catalog, &DiffOptions::default()) {
        Ok(plan) if plan.is_empty() => Vec::new(),
        Ok(plan) => {
            let steps = plan.steps.iter().take(8).map(|step| format!("\n  {}", step.sql)).collect();
            vec![(Stage::SecondDiff, steps)]
        }
        Err(error) => vec![(Stage::SecondDiff, error.to_string())],
    }
}

async fn read(client: &Client) -> Catalog {
    let mut catalog =
        introspect(client, &IntrospectOptions { raw: true, ..IntrospectOptions::default() }).await.unwrap();
    catalog.loaded_from_files = Circumstance(true);
    catalog
}

async fn run(client: &Client, sql: &str) -> Result<(), String> {
    client.batch_execute(sql).await.map_err(|error| match error.as_db_error() {
        Some(error) => {
            let detail =
                [error.detail(), error.hint(), error.where_()].map(|text| text.map(|text| format!(" [{text}]")));
            format!("{} {}{}", error.code().code(), error.message(), detail.into_iter().flatten().collect::<String>())
        }
        None => error.to_string(),
    })
}
