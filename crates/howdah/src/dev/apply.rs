//! Brings a development database in line with the schema files: rebuild beside it, carry the rows over, swap.
//!
//! Why a rebuild and not statements that change the database in place: every kind of change is handled the same way and
//! correctly, from a moved column to a changed enum, because PostgreSQL itself builds the wanted database from the files
//! and the only thing left to do is carry rows. It costs a copy of all rows, which is right for development and only
//! for development: the schema engine's plan will take its place here, and migrations are the way everywhere else.
//!
//! Nothing happens to the running database before the swap, which is one transaction: whatever goes wrong, and whenever
//! the process is killed, it is either as it was or as it should be.

use std::time::{Duration, Instant};

use howdah_pg::PgError;
use howdah_pg::introspect::{IntrospectOptions, introspect};
use howdah_pg::script::{self, SqlFile};
use howdah_schema::catalog::Catalog;
use tokio_postgres::Client;

use super::changes::{Change, ChangeKind, compare};
use super::losses::Loss;
use super::schema_files::SchemaFiles;
use super::swap::Names;
use super::verify::Violation;
use super::{bookkeeping, copy, losses, partitions, reference, swap, verify};
use crate::context::Context;
use crate::database::private::Private;
use crate::failure::Failure;
use crate::output::{Step, Unit, count};

/// What became of it.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// The files say what the database already is.
    Same,
    Applied(Applied),
}

/// A change that was applied.
#[derive(Debug)]
pub(crate) struct Applied {
    pub(crate) changes: Vec<Change>,
    /// Rows that were carried over.
    pub(crate) rows: u64,
    pub(crate) took: Duration,
}

/// How far it may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limits {
    /// Data may be lost.
    pub(crate) destructive: bool,
    /// Tables and columns may vanish, empty ones. Not so where nobody took them out of the files: they came from a
    /// migration that the files do not know yet.
    pub(crate) removals: bool,
}

/// Applies the files to the project's private database.
///
/// # Errors
/// A statement that PostgreSQL refuses, with its place in the files; data that would be lost; rows that the new schema
/// refuses; and what can go wrong with PostgreSQL. In all cases the running database is untouched.
pub(crate) async fn apply(
    private: &Private,
    files: &SchemaFiles,
    limits: Limits,
    context: &Context,
) -> anyhow::Result<Outcome> {
    let began = Instant::now();
    let names = Names::of(&private.database);
    let maintenance = private.maintenance().await?;
    swap::make_next(&maintenance, &names).await?;
    let result = build_and_swap(private, files, limits, &names, &maintenance, context).await;
    if !matches!(result, Ok(Some(_)))
        && let Err(error) = swap::discard_next(&maintenance, &names).await
    {
        // What went wrong before says more, and the next change begins with clearing up.
        tracing::debug!(%error, "the half-built database is still there");
    }
    let outcome = match result? {
        Some((changes, rows)) => Outcome::Applied(Applied { changes, rows, took: began.elapsed() }),
        None => return Ok(Outcome::Same),
    };
    tokio::spawn(async move {
        // What cannot be deleted now is when the next change needs its name.
        if let Err(error) = swap::discard_old(&maintenance, &names).await {
            tracing::debug!(%error, "the database before the last is still there");
        }
    });
    Ok(outcome)
}

async fn build_and_swap(
    private: &Private,
    files: &SchemaFiles,
    limits: Limits,
    names: &Names,
    maintenance: &Client,
    context: &Context,
) -> anyhow::Result<Option<(Vec<Change>, u64)>> {
    let mut clock = Clock::new(context);
    load(private, files, &names.next).await?;
    clock.note("schema files loaded");
    let next = private.admin(&names.next)?.client().await?;
    let old = private.admin(&names.live)?.client().await?;
    let mut before = introspect(&old, &IntrospectOptions::default()).await?;
    let after = introspect(&next, &IntrospectOptions::default()).await?;
    let data_partitions = partitions::set_aside(&mut before, &after);
    clock.note("catalogs read");

    let wanted = bookkeeping::without(&after);
    let changes = compare(&bookkeeping::without(&before), &wanted);
    let seeded = reference::find(&next, &wanted).await?;
    if changes.is_empty() && is_same(&after, &seeded, &next, &old).await? {
        let owner = private.owner(&names.live)?.client().await?;
        bookkeeping::remember(&owner, &files.fingerprint()).await?;
        return Ok(None);
    }
    if !limits.removals {
        refuse_removals(&changes)?;
    }
    let step = Step::begin(&context.out, "Carrying the rows over", None, Unit::Rows);
    copy::freeze_source(&old, &before).await.map_err(busy)?;
    if !limits.destructive {
        refuse_losses(&losses::find(&old, &before, &after).await?)?;
        refuse_large_objects(&old).await?;
    }
    copy::prepare_target(&next).await?;
    partitions::carry_over(&next, &data_partitions).await?;
    for table in &seeded {
        table.set_aside(&next).await?;
    }
    let rows = match copy::tables(&old, &next, &before, &after, &step).await {
        Ok(rows) => rows,
        Err((carried, error)) => {
            let violation = verify::explain(&old, &next, &carried, &after, error).await?;
            return Err(violated(&[violation]).into());
        }
    };
    clock.note("rows carried over");
    for table in &seeded {
        table.put_back(&next).await?;
    }
    copy::sequences(&old, &next, &before, &after).await?;
    let violations = verify::foreign_keys(&next, &after).await?;
    if !violations.is_empty() {
        return Err(violated(&violations).into());
    }
    clock.note("foreign keys checked");
    finish(&next).await?;
    drop(next);
    let owner = private.owner(&names.next)?.client().await?;
    bookkeeping::remember(&owner, &files.fingerprint()).await?;
    drop(owner);
    clock.note("statistics made");
    swap::swap(maintenance, names, old).await?;
    clock.note("databases swapped");
    step.done();
    Ok(Some((changes, rows)))
}

/// Says with `-v` where the time goes.
struct Clock<'a> {
    context: &'a Context,
    last: Instant,
}

impl<'a> Clock<'a> {
    fn new(context: &'a Context) -> Self {
        Self { context, last: Instant::now() }
    }

    fn note(&mut self, done: &str) {
        self.context.out.note(format!("  {done} ({} ms)", self.last.elapsed().as_millis()));
        self.last = Instant::now();
    }
}

/// Loads the files into the empty database as the owner, who is no superuser: what works here works on a managed server.
async fn load(private: &Private, files: &SchemaFiles, database: &str) -> anyhow::Result<()> {
    let owner = private.owner(database)?.client().await?;
    let scripts: Vec<SqlFile> = files.files.iter().map(|file| SqlFile::new(&file.path, &file.text)).collect();
    script::load(&owner, &scripts).await?;
    bookkeeping::make(&owner).await?;
    Ok(())
}

/// Whether equal catalogs mean equal databases: not where an object is of a kind that catalogs cannot describe, and not
/// where the files insert rows that are not there.
async fn is_same(
    after: &Catalog,
    seeded: &[reference::Seeded<'_>],
    next: &Client,
    old: &Client,
) -> anyhow::Result<bool> {
    Ok(after.unmodelled.is_empty() && reference::are_there(seeded, next, old).await?)
}

/// Materialized views were filled while the tables were empty, and the planner knows nothing about the new tables. Whoever
/// changes the schema by hand is noticed from then on.
async fn finish(next: &Client) -> anyhow::Result<()> {
    const FILLED: &str = "select c.oid::regclass::text from pg_class c where c.relkind = 'm' and c.relispopulated
        order by c.oid";
    next.batch_execute("set session_replication_role = origin; set search_path = ''").await?;
    // In the order they were made: one may read another.
    for row in next.query(FILLED, &[]).await? {
        next.batch_execute(&format!("refresh materialized view {}", row.get::<_, String>(0))).await?;
    }
    next.batch_execute("reset search_path; analyze").await?;
    howdah_pg::install_ddl_notify(next).await?;
    Ok(())
}

fn refuse_removals(changes: &[Change]) -> Result<(), Failure> {
    let removed: Vec<&Change> = changes
        .iter()
        .filter(|change| change.kind == ChangeKind::Removed)
        .filter(|change| change.object.starts_with("table ") || change.object.starts_with("column "))
        .collect();
    if removed.is_empty() {
        return Ok(());
    }
    let mut failure = Failure::new(
        "dev-schema-behind",
        "the migrations make things that schema/ does not have, so schema/ was not applied",
    )
    .hint(
        "write them into schema/ too: it says what the database should look like, migrations say how to get there. \
         Or drop them: howdah dev --allow-destructive",
    );
    for change in removed {
        failure = failure.cause(&change.object);
    }
    Err(failure)
}

fn refuse_losses(losses: &[Loss]) -> Result<(), Failure> {
    if losses.is_empty() {
        return Ok(());
    }
    let failure = Failure::new("dev-data-loss", "this change would lose data, so nothing was changed").hint(
        "to keep it under another name, write a migration that renames (alter table … rename …), then `howdah migrate up` \
         and change schema/ to match. To lose it: howdah dev --allow-destructive",
    );
    Err(losses.iter().fold(failure, Failure::cause))
}

/// Somebody's transaction keeps a table to itself.
fn busy(error: PgError) -> anyhow::Error {
    match error.server() {
        Some(server) if server.sqlstate == "55P03" => {
            Failure::new("dev-busy", "a transaction that is open keeps a table locked, so nothing was changed")
                .hint("end it (is a prompt with an open BEGIN somewhere?), then save the file again")
                .into()
        }
        _ => error.into(),
    }
}

/// They belong to no table, so no copy of tables finds them.
async fn refuse_large_objects(old: &Client) -> anyhow::Result<()> {
    let found: i64 = old.query_one("select count(*) from pg_largeobject_metadata", &[]).await?.get(0);
    if found == 0 {
        return Ok(());
    }
    let objects = count(found.unsigned_abs(), "large object", "large objects");
    Err(Failure::new(
        "dev-large-objects",
        format!("the database holds {objects}, which a change of the schema cannot carry over"),
    )
    .hint("store such data as bytea, or apply the change by a migration")
    .into())
}

fn violated(violations: &[Violation]) -> Failure {
    let failure = Failure::new(
        "dev-rows-refused",
        "rows of the database do not fit the new schema, so nothing was changed",
    )
    .hint(
        "correct the rows (`howdah db psql`) or the schema; a new column needs a default or must be allowed to be null",
    );
    violations.iter().fold(failure, Failure::cause)
}
