//! After an interruption: whether a statement that ran outside of a transaction is done, and what it left.
//!
//! | statement | is done if | what it may leave |
//! |---|---|---|
//! | CREATE INDEX CONCURRENTLY | there is a valid index of that name and that definition | an invalid one: dropped |
//! | DROP INDEX CONCURRENTLY | there is none of that name | an invalid one: the statement drops it |
//! | REINDEX CONCURRENTLY | (run again) | invalid `_ccnew` and `_ccold`: dropped |
//! | DETACH PARTITION CONCURRENTLY | it is no partition of that table | one that is detached in part: FINALIZE |
//! | VACUUM, CLUSTER, ALTER SYSTEM | (run again) | nothing |
//!
//! Of others nothing is known, and the person who runs them has to say.

use super::classify::Bare;
use crate::PgError;
use tokio_postgres::{Client, Row};

/// What became of a statement, and what was done about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outcome {
    Done(Option<String>),
    NotDone(Option<String>),
    /// Why.
    Unclear(String),
}

/// An index of the name that a statement makes.
struct Index {
    oid: u32,
    name: String,
    is_valid: bool,
    /// It is invalid, on the right table, and nobody is at work on it.
    is_left: bool,
}

/// Clears the way for a statement that was not begun; an invalid index of the name that it is to make serves nobody.
/// Returns what was done, and whether afterwards the catalog could be mistaken about it: not if there is nothing for it to
/// do, or to undo, which the server is about to say.
pub(super) async fn before(client: &Client, bare: &Bare) -> Result<(Option<String>, bool), PgError> {
    match bare {
        Bare::CreateIndex { index, table, .. } => {
            let cleared = drop_if_left(client, table, index).await?;
            Ok((cleared, index_state(client, table, index).await?.is_none()))
        }
        Bare::DropIndex(name) => Ok((None, exists(client, name).await?)),
        Bare::Detach { parent, partition } => Ok((None, partition_state(client, parent, partition).await?.is_some())),
        Bare::Reindex(..) | Bare::InParts | Bare::Other => Ok((None, true)),
        Bare::Repeatable => Ok((None, false)),
    }
}

/// After the server refused the statement or gave it up.
pub(super) async fn after_error(client: &Client, bare: &Bare) -> Result<Outcome, PgError> {
    match bare {
        Bare::CreateIndex { index, table, .. } => Ok(Outcome::NotDone(drop_if_left(client, table, index).await?)),
        Bare::Reindex(kind, name) => Ok(Outcome::NotDone(drop_leftovers(client, kind, name).await?)),
        Bare::Detach { parent, partition } => match partition_state(client, parent, partition).await? {
            Some(true) => finalize(client, parent, partition).await,
            _ => Ok(Outcome::NotDone(None)),
        },
        Bare::InParts => Ok(Outcome::Unclear("it may have committed some of its work".to_owned())),
        Bare::DropIndex(_) | Bare::Repeatable | Bare::Other => Ok(Outcome::NotDone(None)),
    }
}

/// After the process or the server ended while the statement ran, or just before or after.
pub(super) async fn after_crash(client: &Client, bare: &Bare, sql: &str) -> Result<Outcome, PgError> {
    match bare {
        Bare::CreateIndex { index, table, .. } => {
            let Some(found) = index_state(client, table, index).await? else { return Ok(Outcome::NotDone(None)) };
            if !found.is_valid {
                return Ok(Outcome::NotDone(drop_if_left(client, table, index).await?));
            }
            match is_as_written(client, bare, sql, found.oid).await? {
                Some(true) => Ok(Outcome::Done(Some(format!("the index {} was complete", found.name)))),
                Some(false) => Ok(Outcome::Unclear(format!("there is another index {}", found.name))),
                None => Ok(Outcome::Unclear(format!("there is an index {}, and it cannot be compared", found.name))),
            }
        }
        Bare::DropIndex(name) => Ok(if exists(client, name).await? {
            Outcome::NotDone(None)
        } else {
            Outcome::Done(Some(format!("the index {name} was gone")))
        }),
        Bare::Reindex(kind, name) => Ok(Outcome::NotDone(drop_leftovers(client, kind, name).await?)),
        Bare::Detach { parent, partition } => match partition_state(client, parent, partition).await? {
            None => Ok(Outcome::Done(Some(format!("{partition} was detached")))),
            Some(true) => finalize(client, parent, partition).await,
            Some(false) => Ok(Outcome::NotDone(None)),
        },
        Bare::Repeatable => Ok(Outcome::NotDone(None)),
        Bare::InParts => Ok(Outcome::Unclear("it may end transactions of its own".to_owned())),
        Bare::Other => Ok(Outcome::Unclear("nothing in the catalog tells".to_owned())),
    }
}

/// `name` is as written.
async fn exists(client: &Client, name: &str) -> Result<bool, PgError> {
    const EXISTS: &str = "select to_regclass($1) is not null";
    Ok(client.query_one(EXISTS, &[&name]).await?.try_get(0)?)
}

async fn index_state(client: &Client, table: &str, index: &str) -> Result<Option<Index>, PgError> {
    let row = client.query_opt(include_str!("sql/index_state.sql"), &[&table, &index]).await?;
    let read = |row: Row| {
        let is_valid: bool = row.try_get("is_valid")?;
        let is_on_table: bool = row.try_get("is_on_table")?;
        let is_being_built: bool = row.try_get("is_being_built")?;
        let is_left = is_on_table && !is_valid && !is_being_built;
        Ok(Index { oid: row.try_get("oid")?, name: row.try_get("name")?, is_valid, is_left })
    };
    row.map(read).transpose()
}

async fn drop_if_left(client: &Client, table: &str, index: &str) -> Result<Option<String>, PgError> {
    match index_state(client, table, index).await?.filter(|index| index.is_left) {
        Some(index) => {
            drop_index(client, &index.name).await?;
            Ok(Some(format!("the invalid index {} was dropped", index.name)))
        }
        None => Ok(None),
    }
}

/// Drops the indexes of that name on that table which an interruption left invalid; what was dropped.
pub(super) async fn drop_invalid(client: &Client, bare: &Bare) -> Result<Option<String>, PgError> {
    match bare {
        Bare::CreateIndex { index, table, .. } => drop_if_left(client, table, index).await,
        Bare::Reindex(kind, name) => drop_leftovers(client, kind, name).await,
        _ => Ok(None),
    }
}

async fn drop_leftovers(client: &Client, kind: &str, name: &str) -> Result<Option<String>, PgError> {
    let rows = client.query(include_str!("sql/reindex_leftovers.sql"), &[&kind, &name]).await?;
    let names = rows.iter().map(|row| row.try_get(0)).collect::<Result<Vec<String>, _>>()?;
    let mut told = Vec::new();
    for name in names {
        match drop_index(client, &name).await {
            Ok(()) => told.push(format!("the invalid index {name} was dropped")),
            // The owner of a table has no right to what it keeps there, not even to drop it. It does no harm but the work
            // of keeping it up to date.
            Err(PgError::Server(error)) if error.sqlstate == "42501" && name.starts_with("pg_toast.") => told.push(
                format!("the invalid index {name} is left over; let a superuser run: drop index concurrently {name}"),
            ),
            Err(error) => return Err(error),
        }
    }
    Ok((!told.is_empty()).then(|| told.join(", ")))
}

/// `name` is as SQL.
async fn drop_index(client: &Client, name: &str) -> Result<(), PgError> {
    Ok(client.batch_execute(&format!("DROP INDEX CONCURRENTLY IF EXISTS {name}")).await?)
}

/// Whether it is detached in part; `None` if it is no partition of that table, or not any more.
async fn partition_state(client: &Client, parent: &str, partition: &str) -> Result<Option<bool>, PgError> {
    let row = client.query_opt(include_str!("sql/partition_state.sql"), &[&parent, &partition]).await?;
    Ok(row.map(|row| row.try_get(0)).transpose()?)
}

async fn finalize(client: &Client, parent: &str, partition: &str) -> Result<Outcome, PgError> {
    client.batch_execute(&format!("ALTER TABLE {parent} DETACH PARTITION {partition} FINALIZE")).await?;
    Ok(Outcome::Done(Some(format!("the detaching of {partition} was finalized"))))
}

/// Whether an index is what the statement makes, found by having it made on an empty table of the same columns. `None` if that
/// cannot be done.
async fn is_as_written(client: &Client, bare: &Bare, sql: &str, oid: u32) -> Result<Option<bool>, PgError> {
    const PROBE: &str = "howdah_index_probe";
    let Bare::CreateIndex { index, table, concurrently, target } = bare else { return Ok(None) };
    let (start, middle, rest) = (&sql[..concurrently.start], &sql[concurrently.end..target.start], &sql[target.end..]);
    let make = format!(
        "BEGIN; CREATE TEMP TABLE {PROBE} (LIKE {table}) ON COMMIT DROP; {start} {middle} pg_temp.{PROBE} {rest}"
    );
    let shapes = async {
        client.batch_execute(&make).await?;
        let there = shape(client, oid).await?;
        const FIND: &str =
            "select oid from pg_class where relnamespace = pg_my_temp_schema() and relname = $1::text::name";
        let made: u32 = client.query_one(FIND, &[index]).await?.try_get(0)?;
        Ok::<_, PgError>(there == shape(client, made).await?)
    };
    let result = shapes.await;
    client.batch_execute("ROLLBACK").await?;
    match result {
        Ok(same) => Ok(Some(same)),
        Err(PgError::Server(error)) if !error.ends_session() => Ok(None),
        Err(error) => Err(error),
    }
}

async fn shape(client: &Client, oid: u32) -> Result<String, PgError> {
    Ok(client.query_one(include_str!("sql/index_shape.sql"), &[&oid]).await?.try_get(0)?)
}
