//! One runner at a time.

use super::{Event, MigrateError, Observer};
use std::time::{Duration, Instant};
use tokio_postgres::Client;

/// The key of the advisory lock: `howdah` in ASCII. Advisory locks belong to a database, so migrating two databases of a
/// server at once is no conflict.
const KEY: i64 = 0x686f_7764_6168;

/// How often the lock is asked for. Asking instead of waiting in the server lets the caller be told, and does not fall
/// under anybody's lock_timeout.
const INTERVAL: Duration = Duration::from_millis(250);

/// Takes the lock for the session, or gives up after `patience`.
pub(super) async fn take(client: &Client, patience: Duration, observer: &dyn Observer) -> Result<(), MigrateError> {
    let started = Instant::now();
    loop {
        let row = client.query_one("select pg_try_advisory_lock($1)", &[&KEY]).await?;
        if row.try_get(0)? {
            return Ok(());
        }
        let waited = started.elapsed();
        let holder = holder(client).await?;
        if waited >= patience {
            return Err(MigrateError::Locked { holder, waited });
        }
        observer.event(&Event::Waiting { holder: &holder, waited });
        tokio::time::sleep(INTERVAL.min(patience - waited)).await;
    }
}

/// Gives the lock back. If that fails the connection is broken, and the lock went with it.
pub(super) async fn release(client: &Client) {
    if let Err(error) = client.execute("select pg_advisory_unlock($1)", &[&KEY]).await {
        tracing::debug!(%error, "the migration lock could not be given back");
    }
}

async fn holder(client: &Client) -> Result<String, MigrateError> {
    let Some(row) = client.query_opt(include_str!("sql/lock_holder.sql"), &[&KEY]).await? else {
        return Ok("just finished".to_owned());
    };
    let pid: Option<i32> = row.try_get("pid")?;
    let application: String = row.try_get("application_name")?;
    let since: String = row.try_get("since")?;
    Ok(match pid {
        Some(pid) if since.is_empty() => format!("process {pid} of the server"),
        Some(pid) => format!("`{application}`, process {pid} of the server, connected for {since}"),
        None => "a prepared transaction".to_owned(),
    })
}
