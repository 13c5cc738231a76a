//! `howdah migrate test`: runs what is pending on a copy: up, down, and up again.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use howdah_pg::QualifiedName;
use howdah_pg::migrate::{
    Direction, Done, Event, Folder, Migration, MigrationState, Observer, Rehearsal, Runner, RunnerOptions, Status,
};
use howdah_pg::schema::{self, ScratchDatabase, ScratchServer, rows};
use howdah_schema::Catalog;
use howdah_schema::diff::{DiffOptions, diff};
use serde_json::{Value, json};
use tokio_postgres::Client;

use crate::context::Context;
use crate::database::Database;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::migrations::{self, Teller};
use crate::output::{GOOD, Listing, WARNING, count, paint};
use crate::scratch::Scratch;
use crate::sources::Sources;

const AFTER_HELP: &str = "\
It runs the pending migrations (the last one, if none is pending) up, down and up again on a copy, \
and compares the catalogs after each and the rows before and after. For each statement it tells the \
time and the locks it took.

The copy is one of the project's own database, rows and all, if nobody is connected to it. Else it \
is made by the migrations on a scratch server, with made-up rows; so it is with --env, because a \
database in use is not copied. Backups cannot be restored for this yet.

Examples:
  howdah migrate test
  howdah migrate test --rows 10000
  howdah migrate test --env production --json     what is pending there

Exit codes:
  0    up, down and up again; the catalogs agree and no row is lost
  1    a migration fails, the catalogs differ, or rows are lost
  2    there is no such environment
  4    the login was refused";

/// Try out what is pending on a copy
#[derive(clap::Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Args {
    /// Made-up rows in each table of a copy that is made by the migrations
    #[arg(long, value_name = "N", default_value_t = 100)]
    rows: u32,

    /// The environment whose history says what is pending; by default the project's database
    #[arg(long, value_name = "NAME")]
    env: Option<String>,

    /// Show what would be tried, and try nothing
    #[arg(long)]
    dry_run: bool,

    /// A server to try things out on, used for nothing else; by default a private one
    #[arg(long, value_name = "URL")]
    scratch: Option<String>,
}

const SCHEMA: &str = "howdah.migrate.test/1";

pub(crate) async fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    let project = context.project(&[])?;
    let folder = migrations::folder(&project)?;
    let database = Database::open_in(&project, args.env.as_deref(), context).await?;
    let sources = Sources { project: Some(&project), config: &project.config, scratch: args.scratch.as_deref() };
    let result = try_out(&args, &folder, &database, &sources, context).await;
    database.close()?;
    result
}

/// The migrations that are tried, and how many come before them.
struct Tried {
    base: usize,
    count: usize,
}

async fn try_out(
    args: &Args,
    folder: &Folder,
    database: &Database,
    sources: &Sources<'_>,
    context: &Context,
) -> anyhow::Result<Exit> {
    let client = database.target.client().await?;
    let status = Runner::new(&client, folder).status().await?;
    drop(client);
    let tried = tried(&status, folder)?;
    let titles: Vec<String> =
        folder.migrations().iter().skip(tried.base).take(tried.count).map(Migration::title).collect();
    if args.dry_run || tried.count == 0 {
        let mut listing = Listing::new(&["migration"]).or_say("There are no migrations to try");
        titles.iter().for_each(|title| listing.row([title.clone()]));
        context.out.list(SCHEMA, &json!({ "dry_run": true, "migrations": titles }), &listing)?;
        return Ok(Exit::Ok);
    }
    if let Some(private) = database.private() {
        // Its server is the project's own: a copy of the database beside it harms nobody.
        let server = ScratchServer::connect(private.admin("postgres")?).await?;
        if let Some(copy) = server.create_from(&private.database).await? {
            context.out.target(&format!("Trying out on a copy of {}", database.label()));
            let target = private.owner(copy.name())?;
            let result = on_copy(&target, &copy, folder, &tried, status.pending() == 0, context).await;
            return finish(copy, result, &titles, "copy", context).await;
        }
        context.out.say("Somebody is connected to the database, so it cannot be copied");
    }
    let major = sources.live_major(database).await?;
    let scratch = sources.scratch(Some(major), context).await?;
    context.out.target(&format!(
        "Trying out on a scratch database with {} in each table",
        count(args.rows.into(), "made-up row", "made-up rows")
    ));
    let copy = built(args, folder, &tried, &scratch).await?;
    let target = copy.target().clone();
    let result = on_copy(&target, &copy, folder, &tried, false, context).await;
    finish(copy, result, &titles, "scratch", context).await
}

/// What is pending; the last one if nothing is.
fn tried(status: &Status, folder: &Folder) -> Result<Tried, Failure> {
    if let Some((_, message)) = &status.problem {
        return Err(Failure::new("migrate-test-history", message.clone())
            .hint("`howdah migrate status` shows where things stand"));
    }
    let applied = status.migrations.iter().filter(|found| found.state == MigrationState::Applied).count();
    let all = folder.migrations().len();
    let base = if applied == all { all.saturating_sub(1) } else { applied };
    Ok(Tried { base, count: all - base })
}

/// A database at the migration before those that are tried, with rows.
async fn built(args: &Args, folder: &Folder, tried: &Tried, scratch: &Scratch) -> anyhow::Result<ScratchDatabase> {
    let copy = scratch.server.create(None).await?;
    let client = copy.client().await?;
    Runner::new(&client, folder).up(Some(tried.base)).await?;
    let catalog = schema::catalog(&client).await?;
    drop(client);
    rows::make_up(&copy.client().await?, &catalog, args.rows).await?;
    Ok(copy)
}

/// What was seen.
struct Seen {
    steps: Vec<Done>,
    rehearsal: Rehearsal,
    /// How long each statement going up took, by its text in short.
    took: BTreeMap<String, Duration>,
    rows: BTreeMap<QualifiedName, Counts>,
    /// What does not agree, in words.
    problems: Vec<String>,
    /// What is worth knowing and no problem.
    remarks: Vec<String>,
}

/// Tells of the runs, and keeps how long each statement going up took: what cannot be rehearsed in a transaction.
struct Clock {
    teller: Teller,
    began: Mutex<Option<(String, Instant)>>,
    took: Mutex<BTreeMap<String, Duration>>,
}

impl Observer for Clock {
    fn event(&self, event: &Event<'_>) {
        let mut began = self.began.lock().unwrap_or_else(PoisonError::into_inner);
        match event {
            Event::Statement { step, summary, .. } if step.direction == Direction::Up => {
                *began = Some(((*summary).to_owned(), Instant::now()));
            }
            Event::StatementDone { .. } => {
                if let Some((summary, since)) = began.take() {
                    self.took.lock().unwrap_or_else(PoisonError::into_inner).insert(summary, since.elapsed());
                }
            }
            _ => {}
        }
        self.teller.event(event);
    }
}

/// Rows of one table; none where it did not exist.
#[derive(Clone, Copy, Default, serde::Serialize)]
struct Counts {
    before: Option<u64>,
    up: Option<u64>,
    down: Option<u64>,
    again: Option<u64>,
}

async fn on_copy(
    target: &howdah_pg::Target,
    copy: &ScratchDatabase,
    folder: &Folder,
    tried: &Tried,
    undo_first: bool,
    context: &Context,
) -> anyhow::Result<Seen> {
    let client = target.client().await?;
    // Row-level security hides rows from their owner, so they are counted by whoever made the copy.
    let counter = copy.client().await?;
    let clock = Clock { teller: Teller::new(&context.out), began: Mutex::default(), took: Mutex::default() };
    let options = RunnerOptions { allow_lossy: true, ..RunnerOptions::default() };
    let runner = Runner::new(&client, folder).options(options).observer(&clock);
    if undo_first {
        runner.down(tried.count).await?;
    }
    let mut seen = Seen {
        steps: Vec::new(),
        rehearsal: runner.rehearse(&runner.plan_up(Some(tried.count)).await?).await?,
        took: BTreeMap::new(),
        rows: BTreeMap::new(),
        problems: Vec::new(),
        remarks: Vec::new(),
    };
    let (before, rows) = look(&client, &counter).await?;
    note(&mut seen.rows, &rows, |counts| &mut counts.before);
    seen.steps.extend(runner.up(Some(tried.count)).await?);
    let (up, rows) = look(&client, &counter).await?;
    note(&mut seen.rows, &rows, |counts| &mut counts.up);
    seen.steps.extend(runner.down(tried.count).await?);
    let (down, rows) = look(&client, &counter).await?;
    note(&mut seen.rows, &rows, |counts| &mut counts.down);
    seen.steps.extend(runner.up(Some(tried.count)).await?);
    let (again, rows) = look(&client, &counter).await?;
    note(&mut seen.rows, &rows, |counts| &mut counts.again);

    seen.took = clock.took.into_inner().unwrap_or_else(PoisonError::into_inner);
    differences(&before, &down, "after going back", &mut seen.problems)?;
    differences(&up, &again, "after going up again", &mut seen.problems)?;
    for (table, counts) in &seen.rows {
        judge(table, counts, &mut seen.problems, &mut seen.remarks);
    }
    Ok(seen)
}

async fn look(client: &Client, counter: &Client) -> anyhow::Result<(Catalog, BTreeMap<QualifiedName, u64>)> {
    let catalog = schema::catalog(client).await?;
    let rows = rows::count(counter, &catalog).await?;
    Ok((catalog, rows))
}

fn note(
    counts: &mut BTreeMap<QualifiedName, Counts>,
    rows: &BTreeMap<QualifiedName, u64>,
    which: impl Fn(&mut Counts) -> &mut Option<u64>,
) {
    for (table, rows) in rows {
        *which(counts.entry(table.clone()).or_default()) = Some(*rows);
    }
}

fn differences(wanted: &Catalog, is: &Catalog, when: &str, problems: &mut Vec<String>) -> anyhow::Result<()> {
    let plan = diff(is, wanted, &DiffOptions::default())?;
    let mut objects: Vec<String> = plan.steps.iter().map(|step| step.object.to_string()).collect();
    objects.dedup();
    problems.extend(objects.into_iter().map(|object| format!("{object} is not what it was {when}")));
    Ok(())
}

/// Rows that the migration itself removes are its business; those that do not come back are worth a word.
fn judge(table: &QualifiedName, counts: &Counts, problems: &mut Vec<String>, remarks: &mut Vec<String>) {
    if let (Some(before), Some(up)) = (counts.before, counts.up)
        && up < before
    {
        problems.push(format!("{table} had {} before and has {up} after going up", count(before, "row", "rows")));
    }
    if let (Some(up), Some(down)) = (counts.up, counts.down)
        && down < up
        && counts.before.is_some_and(|before| down < before)
    {
        problems.push(format!("{table} had {} and has {down} after going back", count(up, "row", "rows")));
    }
    match (counts.before, counts.up, counts.down) {
        (Some(rows), None, _) if rows > 0 => remarks.push(format!("{table} goes with {}", count(rows, "row", "rows"))),
        (Some(rows), _, Some(0)) if rows > 0 => remarks.push(format!("{table} comes back empty")),
        _ => {}
    }
}

async fn finish(
    copy: ScratchDatabase,
    result: anyhow::Result<Seen>,
    titles: &[String],
    on: &str,
    context: &Context,
) -> anyhow::Result<Exit> {
    let seen = match result {
        Ok(seen) => {
            copy.remove().await?;
            seen
        }
        // Dropping the copy removes it, too.
        Err(error) => return Err(error),
    };
    show(&seen, titles, on, context)
}

fn show(seen: &Seen, titles: &[String], on: &str, context: &Context) -> anyhow::Result<Exit> {
    let mut listing = Listing::new(&["migration", "line", "took", "locks", "statement"]);
    let mut statements: Vec<Value> = Vec::new();
    for found in &seen.rehearsal.statements {
        let locks: Vec<String> = found
            .locks
            .iter()
            .map(|lock| format!("{} on {} ({})", lock.mode, lock.relation, time(lock.held)))
            .collect();
        listing.row([
            found.title.clone(),
            found.line.to_string(),
            time(found.duration),
            locks.join(", "),
            found.statement.clone(),
        ]);
        statements.push(json!({
            "migration": found.title, "file": found.file, "line": found.line, "statement": found.statement,
            "duration_us": found.duration.as_micros() as u64,
            "locks": found.locks.iter().map(|lock| json!({
                "relation": lock.relation, "mode": lock.mode, "held_us": lock.held.as_micros() as u64,
            })).collect::<Vec<_>>(),
        }));
    }
    for left in &seen.rehearsal.not_tried {
        listing.row([
            left.title.clone(),
            left.line.to_string(),
            seen.took.get(&left.statement).copied().map_or_else(String::new, time),
            format!("({})", left.reason),
            left.statement.clone(),
        ]);
    }
    for left in &seen.rehearsal.not_tried {
        statements.push(json!({
            "migration": left.title, "file": left.file, "line": left.line, "statement": left.statement,
            "duration_us": seen.took.get(&left.statement).map(|took| took.as_micros() as u64), "reason": left.reason,
        }));
    }
    let rows: BTreeMap<String, &Counts> = seen.rows.iter().map(|(name, counts)| (name.to_string(), counts)).collect();
    let data = json!({
        "on": on, "migrations": titles, "steps": super::done(&seen.steps), "statements": statements, "rows": rows,
        "problems": seen.problems, "remarks": seen.remarks, "passed": seen.problems.is_empty(),
    });
    context.out.list(SCHEMA, &data, &listing)?;
    for step in &seen.steps {
        let (title, direction) = (step.step.migration.title(), step.step.direction);
        context.out.say(format!("{title} {direction}: {}", time(step.duration)));
    }
    let total: u64 = seen.rows.values().filter_map(|counts| counts.before).sum();
    let tables = count(seen.rows.len() as u64, "table", "tables");
    context.out.say(format!("{} in {tables} counted before and after", count(total, "row", "rows")));
    for remark in &seen.remarks {
        context.out.say(format!("{} {remark}", paint(WARNING, "!")));
    }
    if seen.problems.is_empty() {
        context.out.say(format!("{} Up, down and up again: the catalogs agree, no row is lost", paint(GOOD, "✓")));
        return Ok(Exit::Ok);
    }
    // With --json the document has said so already.
    if !context.out.is_json() {
        let failure = Failure::new("migrate-test-failed", "going up, back and up again is not the same");
        crate::output::tell(&seen.problems.iter().fold(failure, Failure::cause));
    }
    Ok(Exit::Failed)
}

fn time(time: Duration) -> String {
    match time.as_micros() {
        us @ 0..1_000 => format!("{us} µs"),
        us @ 1_000..1_000_000 => format!("{:.1} ms", us as f64 / 1_000.0),
        us => format!("{:.2} s", us as f64 / 1_000_000.0),
    }
}

#[cfg(test)]
mod tests {
    use howdah_pg::QualifiedName;

    use super::{Counts, judge};

    #[test]
    fn rows_are_judged() {
        let check = |before, up, down, problems: usize, remarks: usize| {
            let (mut found, mut said) = (Vec::new(), Vec::new());
            let counts = Counts { before, up, down, again: up };
            judge(&QualifiedName::new("public", "t"), &counts, &mut found, &mut said);
            assert_eq!((found.len(), said.len()), (problems, remarks), "{found:?} {said:?}");
        };
        check(Some(5), Some(5), Some(5), 0, 0);
        check(Some(5), Some(4), Some(4), 1, 0);
        check(Some(5), Some(5), Some(3), 1, 0);
        check(None, Some(3), None, 0, 0);
        check(Some(5), None, Some(0), 0, 1);
        check(Some(5), Some(5), Some(0), 1, 1);
        check(Some(0), None, Some(0), 0, 0);
    }
}
