//! What the database knows of its migrations.

use super::{Migration, checksum};
use crate::PgError;
use std::time::Duration;
use tokio_postgres::Client;

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
    pub(super) is_baseline: bool,
}

impl Row {
    /// The row of a migration that was just run, or taken as done.
    pub(super) fn of(migration: &Migration, duration: Duration, is_baseline: bool) -> Self {
        Self {
            version: migration.version,
            name: migration.name.clone(),
            up_sha256: checksum(&migration.up.text),
            down_sha256: checksum(&migration.down.text),
            duration_ms: i64::try_from(duration.as_millis()).unwrap_or(i64::MAX),
            howdah_version: env!("CARGO_PKG_VERSION").to_owned(),
            is_baseline,
            // The database fills these in.
            applied_at: String::new(),
            applied_by: String::new(),
        }
    }

    /// `0007_add_bio`
    pub(super) fn title(&self) -> String {
        super::folder::title(self.version, &self.name)
    }
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
            is_baseline: row.try_get("is_baseline")?,
        })
    });
    rows.collect::<Result<_, PgError>>().map(Some)
}

pub(super) async fn insert(client: &Client, row: &Row) -> Result<(), PgError> {
    let Row { version, name, up_sha256, down_sha256, duration_ms, howdah_version, is_baseline, .. } = row;
    client
        .execute(
            include_str!("sql/insert_history.sql"),
            &[version, name, up_sha256, down_sha256, duration_ms, howdah_version, is_baseline],
        )
        .await?;
    Ok(())
}

pub(super) async fn delete(client: &Client, version: i64) -> Result<(), PgError> {
    client.execute("delete from howdah.migrations where version = $1", &[&version]).await?;
    Ok(())
}

/// Writes checksums anew, in the transaction that the client is in.
pub(super) async fn recheck(client: &Client, migration: &Migration) -> Result<(), PgError> {
    const UPDATE: &str = "update howdah.migrations set up_sha256 = $2, down_sha256 = $3 where version = $1";
    let (up, down) = (checksum(&migration.up.text), checksum(&migration.down.text));
    client.execute(UPDATE, &[&migration.version, &up, &down]).await?;
    Ok(())
}

/// Makes one row of those that a squashed migration replaces, in the transaction that the client is in.
pub(super) async fn adopt(client: &Client, migration: &Migration) -> Result<(), PgError> {
    let Row { version, name, up_sha256, down_sha256, howdah_version, .. } = Row::of(migration, Duration::ZERO, false);
    client
        .execute(include_str!("sql/adopt_squash.sql"), &[&version, &name, &up_sha256, &down_sha256, &howdah_version])
        .await?;
    Ok(())
}

/// Makes what is missing of both tables. Does nothing, and needs no right to, where all is there.
pub(super) async fn make(client: &Client) -> Result<(), PgError> {
    let row = client.query_one(include_str!("sql/find_tables.sql"), &[]).await?;
    // Several statements sent as one query are one transaction.
    if !row.try_get::<_, bool>("has_history")? {
        client.batch_execute(CREATE).await?;
    }
    if !row.try_get::<_, bool>("has_progress")? {
        client.batch_execute(super::progress::CREATE).await?;
    }
    Ok(())
}
