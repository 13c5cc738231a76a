//! In a database that is in use.

use super::{NAME, Outcome, execute, is_about_types, prepare};
use crate::{PgError, ServerError, Target};
use howdah_schema::docs::queries::Candidate;
use tokio_postgres::Client;

/// Queries that are sent at once. Each is a transaction of its own with the others, so that few locks are held.
const TOGETHER: usize = 50;

/// A transaction in which nothing can be written, that waits for nobody and takes no longer than is fine on a busy server.
const BEGIN: &str = "begin read only; set local statement_timeout = '2s'; set local lock_timeout = '200ms'; \
    set local jit = off; set local plan_cache_mode = force_custom_plan; ";

/// Runs what reads without values, and plans the rest. Changes nothing, over as many connections as are asked for.
///
/// # Errors
/// The connection. What the server refuses is an outcome.
pub async fn in_use(target: &Target, candidates: &[Candidate], connections: usize) -> Result<Vec<Outcome>, PgError> {
    // In stretches: queries about a table stand together, and each server process gets to know its own tables only.
    let stretch = candidates.len().div_ceil(connections.max(1)).max(1);
    let parts = candidates.chunks(stretch).map(|part| async move {
        let client = target.client().await?;
        let mut outcomes = Vec::with_capacity(part.len());
        for together in part.chunks(TOGETHER) {
            outcomes.extend(several(&client, together).await?);
        }
        Ok::<_, PgError>(outcomes)
    });
    let mut outcomes = Vec::with_capacity(candidates.len());
    for part in futures_util::future::join_all(parts).await {
        outcomes.extend(part?);
    }
    Ok(outcomes)
}

/// All at once; one by one, when one of them fails.
async fn several(client: &Client, candidates: &[Candidate]) -> Result<Vec<Outcome>, PgError> {
    let mut sql = BEGIN.to_owned();
    for candidate in candidates {
        sql.push_str(&trial(candidate, is_planned(candidate), false));
    }
    if rolled_back(client, &sql).await?.is_ok() {
        let outcome = |candidate: &Candidate| if is_planned(candidate) { Outcome::Planned } else { Outcome::Ran };
        return Ok(candidates.iter().map(outcome).collect());
    }
    let mut outcomes = Vec::with_capacity(candidates.len());
    for candidate in candidates {
        outcomes.push(one(client, candidate).await?);
    }
    Ok(outcomes)
}

fn is_planned(candidate: &Candidate) -> bool {
    candidate.writes || candidate.reads_all
}

async fn one(client: &Client, candidate: &Candidate) -> Result<Outcome, PgError> {
    match tried(client, candidate, false).await? {
        Outcome::Failed(error) if is_about_types(&error) => tried(client, candidate, true).await,
        outcome => Ok(outcome),
    }
}

async fn tried(client: &Client, candidate: &Candidate, declared: bool) -> Result<Outcome, PgError> {
    let ways = [(false, Outcome::Ran), (true, Outcome::Planned)];
    for (planned, outcome) in ways.into_iter().skip(usize::from(is_planned(candidate))) {
        match rolled_back(client, &format!("{BEGIN}{}", trial(candidate, planned, declared))).await? {
            Ok(()) => return Ok(outcome),
            Err(error) if !is_about_circumstances(&error) => return Ok(Outcome::Failed(Box::new(error))),
            Err(_) => {}
        }
    }
    let read = format!("{BEGIN}{}; deallocate {NAME}; ", prepare(candidate, declared));
    Ok(match rolled_back(client, &read).await? {
        Err(error) if !is_about_circumstances(&error) => Outcome::Failed(Box::new(error)),
        Ok(()) | Err(_) => Outcome::Read,
    })
}

/// No right, no time, no lock, a standby: nothing that is wrong with the query.
fn is_about_circumstances(error: &ServerError) -> bool {
    matches!(error.sqlstate.as_str(), "42501" | "57014" | "55P03" | "55000" | "25006" | "53200")
}

fn trial(candidate: &Candidate, planned: bool, declared: bool) -> String {
    let values: Vec<Option<String>> = candidate.values.iter().map(|_| None).collect();
    let explain = if planned { "explain " } else { "" };
    format!("{}; {explain}{}; deallocate {NAME}; ", prepare(candidate, declared), execute(&values))
}

/// The answers are thrown away as they come.
async fn rolled_back(client: &Client, sql: &str) -> Result<Result<(), ServerError>, PgError> {
    let ran = client.batch_execute(sql).await.map_err(PgError::from);
    client.batch_execute("rollback; deallocate all").await?;
    match ran {
        Ok(()) => Ok(Ok(())),
        Err(PgError::Server(error)) if !error.ends_session() => Ok(Err(*error)),
        Err(error) => Err(error),
    }
}
