//! How much stands in a live database: what a plan's statements will have to do with.

use crate::{Ident, PgError};
use howdah_schema::QualifiedName;
use howdah_schema::catalog::ObjectId;
use howdah_schema::diff::{Loss, Step};
use serde::Serialize;
use std::collections::BTreeMap;
use tokio_postgres::Client;

/// The size of a table or materialized view.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct LiveSize {
    /// Rows as the planner estimates them; 0 where it has never looked and the table is empty.
    pub rows: u64,
    /// Bytes with indexes and TOAST; of a partitioned table, those of its partitions.
    pub bytes: u64,
}

/// The sizes of all tables and materialized views outside the system's schemas. One query, nothing is scanned.
///
/// # Errors
/// The connection.
pub async fn sizes(client: &Client) -> Result<BTreeMap<QualifiedName, LiveSize>, PgError> {
    let rows = client.query(include_str!("sql/sizes.sql"), &[]).await?;
    let size = |row: &tokio_postgres::Row| {
        let name = QualifiedName::new(row.try_get::<_, String>("schema")?, row.try_get::<_, String>("name")?);
        let count = |value: i64| u64::try_from(value).unwrap_or(0);
        Ok((name, LiveSize { rows: count(row.try_get("rows")?), bytes: count(row.try_get("bytes")?) }))
    };
    rows.iter().map(size).collect()
}

/// How many rows of the live database hold what a step loses: the rows of a table, those with a value in a column.
/// `None` where that does not say it, or cannot be counted within a few seconds (then [`sizes`] has an estimate).
///
/// # Errors
/// The connection.
pub async fn count_lost(client: &Client, step: &Step, loss: &Loss) -> Result<Option<u64>, PgError> {
    let Some(table) = &loss.table else { return Ok(None) };
    let what = match &step.object {
        ObjectId::Column(relation, column) if relation == table => Ident::new(column.as_str()).to_string(),
        _ => "*".to_owned(),
    };
    let count = format!("select count({what}) from {table}");
    client.batch_execute("begin read only; set local statement_timeout = '5s'; set local lock_timeout = '1s'").await?;
    let counted = client.query_one(&count, &[]).await.map_err(PgError::from);
    client.batch_execute("rollback").await?;
    match counted {
        Ok(row) => Ok(u64::try_from(row.try_get::<_, i64>(0)?).ok()),
        // Too large, locked, or not for this role to read.
        Err(PgError::Server(error)) if !error.ends_session() => {
            tracing::debug!(%table, message = error.message, "rows could not be counted");
            Ok(None)
        }
        Err(error) => Err(error),
    }
}
