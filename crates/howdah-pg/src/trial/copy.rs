//! On a copy of the schema, with rows in it.

use super::values::{Values, others, values};
use super::{Outcome, execute, is_about_rows, is_about_types, prepare};
use crate::{PgError, ServerError};
use howdah_schema::Catalog;
use howdah_schema::docs::queries::Candidate;
use std::fmt::Write as _;
use tokio_postgres::Client;

/// Runs queries one after another, each with [`values`], and undoes them. The client logs in as a superuser, and is in no
/// transaction.
///
/// # Errors
/// The connection. What the server refuses is an outcome.
pub async fn on_copy(client: &Client, catalog: &Catalog, candidates: &[Candidate]) -> Result<Vec<Outcome>, PgError> {
    client.batch_execute("begin").await?;
    let mut outcomes = Vec::with_capacity(candidates.len());
    for candidate in candidates {
        outcomes.push(one(client, catalog, candidate).await?);
    }
    client.batch_execute("rollback").await?;
    Ok(outcomes)
}

async fn one(client: &Client, catalog: &Catalog, candidate: &Candidate) -> Result<Outcome, PgError> {
    let values = values(client, catalog, candidate, true).await?;
    match tried(client, catalog, candidate, &values, false).await? {
        Outcome::Failed(error) if is_about_types(&error) => tried(client, catalog, candidate, &values, true).await,
        outcome => Ok(outcome),
    }
}

async fn tried(
    client: &Client,
    catalog: &Catalog,
    candidate: &Candidate,
    values: &Values,
    declared: bool,
) -> Result<Outcome, PgError> {
    let (prepare, run) = (prepare(candidate, declared), execute(&values.text));
    let ran = |values: &Values| if values.made_up { Outcome::RanMadeUp } else { Outcome::Ran };
    match undone(client, &format!("{prepare}; {run}")).await? {
        Ok(()) => return Ok(ran(values)),
        Err(error) if !candidate.writes || !is_about_rows(&error) => return Ok(Outcome::Failed(Box::new(error))),
        Err(_) => {}
    }
    for others in others(client, catalog, candidate, true).await? {
        if undone(client, &format!("{prepare}; {}", execute(&others.text))).await?.is_ok() {
            return Ok(ran(&others));
        }
    }
    // What stands in the way of a new row is the one that its values came from, and of one that goes, those that point at it.
    let mut alone = "set local session_replication_role = replica; ".to_owned();
    if candidate.is_insert()
        && let Some(row) = &values.row
    {
        let _ = write!(alone, "delete from {} where ctid = '{row}'; ", candidate.relation);
    }
    match undone(client, &format!("{prepare}; {alone}{run}")).await? {
        Ok(()) => return Ok(ran(values)),
        Err(error) => tracing::debug!(sql = candidate.query.sql, error.sqlstate, error.message, "the rows are refused"),
    }
    Ok(match undone(client, &format!("{prepare}; explain {run}")).await? {
        Ok(()) => Outcome::Planned,
        Err(error) => Outcome::Failed(Box::new(error)),
    })
}

/// Runs statements and takes them back. A prepared statement outlives that, and is forgotten.
async fn undone(client: &Client, sql: &str) -> Result<Result<(), ServerError>, PgError> {
    client.batch_execute("savepoint howdah_trial").await?;
    let ran = client.simple_query(sql).await.map_err(PgError::from);
    client.batch_execute("rollback to howdah_trial; deallocate all").await?;
    match ran {
        Ok(_) => Ok(Ok(())),
        Err(PgError::Server(error)) if !error.ends_session() => Ok(Err(*error)),
        Err(error) => Err(error),
    }
}
