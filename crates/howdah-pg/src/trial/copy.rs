//! On a copy of the schema, with rows in it.

use super::{Outcome, execute, is_about_rows, is_about_types, prepare};
use crate::{PgError, ServerError};
use howdah_schema::docs::queries::{Candidate, ValueFrom};
use std::fmt::Write as _;
use tokio_postgres::{Client, SimpleQueryMessage};

/// Values for the parameters of a query, out of one row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Values {
    /// As text.
    pub text: Vec<Option<String>>,
    /// As JSON.
    pub json: Vec<Option<String>>,
    /// Where the row is, if there is one.
    pub row: Option<String>,
}

/// Runs queries one after another, each with the values of a row, and undoes them. The client logs in as a superuser, and is in
/// no transaction.
///
/// # Errors
/// The connection. What the server refuses is an outcome.
pub async fn on_copy(client: &Client, candidates: &[Candidate]) -> Result<Vec<Outcome>, PgError> {
    client.batch_execute("begin").await?;
    let mut outcomes = Vec::with_capacity(candidates.len());
    for candidate in candidates {
        outcomes.push(one(client, candidate).await?);
    }
    client.batch_execute("rollback").await?;
    Ok(outcomes)
}

async fn one(client: &Client, candidate: &Candidate) -> Result<Outcome, PgError> {
    let values = values(client, candidate, true).await?;
    match tried(client, candidate, &values, false).await? {
        Outcome::Failed(error) if is_about_types(&error) => tried(client, candidate, &values, true).await,
        outcome => Ok(outcome),
    }
}

async fn tried(client: &Client, candidate: &Candidate, values: &Values, declared: bool) -> Result<Outcome, PgError> {
    let (prepare, run) = (prepare(candidate, declared), execute(&values.text));
    match undone(client, &format!("{prepare}; {run}")).await? {
        Ok(()) => return Ok(Outcome::Ran),
        Err(error) if !candidate.writes || !is_about_rows(&error) => return Ok(Outcome::Failed(Box::new(error))),
        Err(_) => {}
    }
    // What stands in the way of a new row is the one that its values came from, and of one that goes, those that point at it.
    let mut alone = "set local session_replication_role = replica; ".to_owned();
    if candidate.query.sql.starts_with("insert")
        && let Some(row) = &values.row
    {
        let _ = write!(alone, "delete from {} where ctid = '{row}'; ", candidate.relation);
    }
    match undone(client, &format!("{prepare}; {alone}{run}")).await? {
        Ok(()) => return Ok(Outcome::Ran),
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

/// Values for a query's parameters, from the row that has most of them; without any row, none. `nested` says that the client
/// is in a transaction, which must not be lost.
///
/// # Errors
/// The connection.
pub async fn values(client: &Client, candidate: &Candidate, nested: bool) -> Result<Values, PgError> {
    let none = || {
        candidate.values.iter().map(|value| match value {
            ValueFrom::Text(text) => Some(text.clone()),
            ValueFrom::Row(_) => None,
        })
    };
    let expressions: Vec<&str> = candidate
        .values
        .iter()
        .filter_map(|value| match value {
            ValueFrom::Row(sql) => Some(sql.as_str()),
            ValueFrom::Text(_) => None,
        })
        .collect();
    let empty = Values { text: none().collect(), json: candidate.values.iter().map(|_| None).collect(), row: None };
    if expressions.is_empty() {
        return Ok(empty);
    }
    let mut list = String::new();
    let mut all = String::new();
    for sql in &expressions {
        let _ = write!(list, ", ({sql})::text, to_json({sql})::text");
        let _ = write!(all, "{}({sql})", if all.is_empty() { "" } else { ", " });
    }
    // A view has no places.
    let place = if candidate.writes { "ctid" } else { "null" };
    let sql =
        format!("select {place}::text{list} from {} order by num_nonnulls({all}) desc limit 1", candidate.relation);
    if nested {
        client.batch_execute("savepoint howdah_values").await?;
    }
    let found = client.simple_query(&sql).await.map_err(PgError::from);
    let found = match found {
        Ok(found) => found,
        // What the query itself says of it is the better news.
        Err(PgError::Server(error)) if !error.ends_session() => {
            if nested {
                client.batch_execute("rollback to howdah_values").await?;
            }
            return Ok(empty);
        }
        Err(error) => return Err(error),
    };
    let row = found.into_iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => Some(row),
        _ => None,
    });
    let Some(row) = row else { return Ok(empty) };
    let cell = |at: usize| row.try_get(at).ok().flatten().map(str::to_owned);
    let mut values = Values { row: cell(0), ..Values::default() };
    let mut at = 1;
    for value in &candidate.values {
        match value {
            ValueFrom::Text(text) => {
                values.text.push(Some(text.clone()));
                values.json.push(None);
            }
            ValueFrom::Row(_) => {
                values.text.push(cell(at));
                values.json.push(cell(at + 1));
                at += 2;
            }
        }
    }
    Ok(values)
}
