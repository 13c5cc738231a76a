//! Runs a plan's statements, the way a runner of migrations does.

use crate::{PgError, ServerError};
use howdah_schema::diff::Step;
use howdah_schema::diff::render::{UNCHECKED, speaks_of_later};
use tokio_postgres::Client;

/// A statement that was refused, or the connection.
#[derive(Debug)]
pub(super) enum ApplyError {
    Refused { sql: String, error: Box<ServerError> },
    Pg(PgError),
}

/// Runs the steps in their order: those that may in transactions together, the others each by itself.
///
/// # Errors
/// The first statement that the server refuses; those before its transaction stay done.
pub async fn apply(client: &Client, steps: &[Step]) -> Result<(), PgError> {
    run(client, steps).await.map_err(|error| match error {
        ApplyError::Refused { error, .. } => PgError::Server(error),
        ApplyError::Pg(error) => error,
    })
}

pub(super) async fn run(client: &Client, steps: &[Step]) -> Result<(), ApplyError> {
    let all: Vec<&Step> = steps.iter().collect();
    if speaks_of_later(&all) {
        statement(client, UNCHECKED).await?;
    }
    let sections: Vec<&[Step]> = steps.chunk_by(|left, right| left.transactional == right.transactional).collect();
    for section in sections {
        let Some(first) = section.first() else { continue };
        if !first.transactional {
            for step in section {
                statement(client, &step.sql).await?;
            }
            continue;
        }
        statement(client, "BEGIN").await?;
        for step in section {
            if let Err(error) = statement(client, &step.sql).await {
                // What was refused says more than a ROLLBACK that fails.
                let _ = client.batch_execute("ROLLBACK").await;
                return Err(error);
            }
        }
        statement(client, "COMMIT").await?;
    }
    Ok(())
}

async fn statement(client: &Client, sql: &str) -> Result<(), ApplyError> {
    client.batch_execute(sql).await.map_err(|error| match PgError::from(error) {
        PgError::Server(error) if !error.ends_session() => ApplyError::Refused { sql: sql.to_owned(), error },
        error => ApplyError::Pg(error),
    })
}
