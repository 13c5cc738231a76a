//! What the database knows of its migrations.

use crate::PgError;
use tokio_postgres::{Client, GenericClient};

/// Made by the runner, not by a migration: it must be there before the first one.
pub(super) const CREATE: &str = include_str!("sql/create_history.sql");

/// A row of the history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) version: i64,
    pub(super) name: String,
    pub(super) up_sha256: String,
    pub(super) down_sha256: String,
    pub(super) applied_at: String,
    pub(super) duration_ms: i64,
    pub(super) applied_by: String,
    pub(super) howdah_version: String,
}

/// The history in order; `None` if there is no table for it, that is, no migration ever ran.
pub(super) async fn read(client: &Client) -> Result<Option<Vec<Row>>, PgError> {
    // There may be a schema `howdah` of which this role may not even know what is in it.
    let exists = client.query_one("select to_regclass('howdah.migrations') is not null", &[]).await?;
    if !exists.try_get::<_, bool>(0)? {
        return Ok(None);
    }
    let rows = client.query(include_str!("sql/read_history.sql"), &[]).await?;
    let rows = rows.iter().map(|row| {
        Ok(Row {
            version: row.try_get("version")?,
            name: row.try_get("name")?,
            up_sha256: row.try_get("up_sha256")?,
            down_sha256: row.try_get("down_sha256")?,
            applied_at: row.try_get("applied_at")?,
            duration_ms: row.try_get("duration_ms")?,
            applied_by: row.try_get("applied_by")?,
            howdah_version: row.try_get("howdah_version")?,
        })
    });
    rows.collect::<Result<_, PgError>>().map(Some)
}

pub(super) async fn insert<C: GenericClient>(client: &C, row: &Row) -> Result<(), PgError> {
    let Row { version, name, up_sha256, down_sha256, duration_ms, howdah_version, .. } = row;
    client
        .execute(
            include_str!("sql/insert_history.sql"),
            &[version, name, up_sha256, down_sha256, duration_ms, howdah_version],
        )
        .await?;
    Ok(())
}

pub(super) async fn delete<C: GenericClient>(client: &C, version: i64) -> Result<(), PgError> {
    client.execute("delete from howdah.migrations where version = $1", &[&version]).await?;
    Ok(())
}
