//! Reads a database's catalog into a [`Catalog`].
//!
//! One snapshot, and always the same number of queries and round trips: three, whatever the number of tables. Every query
//! stands in its own `.sql` file and reads one kind of object for the whole database; putting the rows together is done
//! here, in memory.
//!
//! The deparsed expressions depend on settings: with an empty `search_path` every name outside `pg_catalog` comes with
//! its schema, and dates, intervals, floats and times come in one form whatever the database's own settings are.

mod build;
mod queries;

pub use queries::{QUERIES, Query};

use crate::PgError;
use howdah_schema::Catalog;
use tokio_postgres::{Client, GenericClient, Transaction};

/// What to read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IntrospectOptions {
    /// These schemas alone; `None` for all but `pg_*` and `information_schema`. Objects that belong to no schema
    /// (publications, event triggers …) are looked for only when all are read.
    pub schemas: Option<Vec<String>>,
    /// Leaves expressions and definitions as the server prints them. Otherwise they are in the stable form of
    /// [`howdah_schema::sql::normalise`], in which they can be compared.
    pub raw: bool,
    /// Describes every role of the server but its own, and not only those that the database speaks of.
    pub all_roles: bool,
}

/// The settings of the transaction. The planner's are there because these queries are over in milliseconds: compiling
/// one, or starting workers for it, takes longer than running it.
const BEGIN: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; \
    SET LOCAL search_path = ''; SET LOCAL quote_all_identifiers = off; SET LOCAL DateStyle = 'ISO, YMD'; \
    SET LOCAL IntervalStyle = 'postgres'; SET LOCAL TimeZone = 'UTC'; SET LOCAL extra_float_digits = 1; \
    SET LOCAL bytea_output = 'hex'; SET LOCAL jit = off; SET LOCAL max_parallel_workers_per_gather = 0";

/// How often to start again when an object is dropped while it is read: the deparsing functions see the present, not the
/// snapshot, and fail on what is gone.
const ATTEMPTS: u32 = 10;

/// Reads the catalog in a transaction of its own. Any role may call it; what it sees does not depend on its rights.
///
/// The client must not be in a transaction ([`introspect_in`] is for that), and is left in one when this future is
/// dropped before its end.
///
/// # Errors
/// The connection breaks, or the catalog changes faster than it can be read.
pub async fn introspect(client: &Client, options: &IntrospectOptions) -> Result<Catalog, PgError> {
    let mut attempt = 1;
    loop {
        client.batch_execute(BEGIN).await?;
        let read = read(client, options).await;
        client.batch_execute(if read.is_ok() { "COMMIT" } else { "ROLLBACK" }).await?;
        match read {
            Err(PgError::Server(error)) if attempt < ATTEMPTS && is_race(&error) => {
                tracing::debug!(attempt, message = error.message, "the catalog changed while it was read");
                attempt += 1;
            }
            result => return result,
        }
    }
}

/// Reads the catalog as `transaction` sees it, its own changes included. Its settings are put back afterwards.
///
/// # Errors
/// The connection breaks; the transaction is then of no use any more.
pub async fn introspect_in(transaction: &mut Transaction<'_>, options: &IntrospectOptions) -> Result<Catalog, PgError> {
    // The savepoint's end undoes SET LOCAL.
    let savepoint = transaction.transaction().await?;
    let settings = BEGIN.split_once(';').map_or("", |(_, settings)| settings);
    savepoint.batch_execute(settings).await?;
    let catalog = read(&savepoint, options).await?;
    savepoint.rollback().await?;
    Ok(catalog)
}

async fn read<C: GenericClient + Sync>(client: &C, options: &IntrospectOptions) -> Result<Catalog, PgError> {
    let started = std::time::Instant::now();
    let rows = queries::fetch(client, options.schemas.as_deref()).await?;
    let fetched = started.elapsed();
    let catalog = build::catalog(&rows, options)?;
    tracing::debug!(
        tables = catalog.tables.len(),
        fetch_ms = fetched.as_millis() as u64,
        build_ms = (started.elapsed() - fetched).as_millis() as u64,
        "catalog read"
    );
    Ok(catalog)
}

/// What the server says when an object that it is about to deparse is gone.
fn is_race(error: &crate::ServerError) -> bool {
    matches!(error.sqlstate.as_str(), "XX000" | "42P01" | "42704" | "42883")
}
