//! The task that keeps [`Revoked`] up to date.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use howdah_pg::tokio_postgres::Row;
use howdah_pg::{Backoff, PgError, Target};
use tokio_util::task::AbortOnDropHandle;
use uuid::Uuid;

use super::{Ended, NO_ACCOUNTS, Revoked, WATCHED};

const LOOK: &str = include_str!("sql/revocations.sql");
const TIDY: &str = include_str!("sql/tidy.sql");
/// Both outlive the transaction: the connection does nothing else.
const BECOME: &str = "set role howdah_auth";
const LISTEN: &str = "listen howdah_revocations";

/// Between two looks, where nothing is told.
const PACE: Duration = Duration::from_millis(250);
/// A look that takes longer is a connection that hangs: by then tokens are refused anyway.
const PATIENCE: Duration = Duration::from_secs(2);
/// Between two looks whether there are accounts now, where there were none.
const UNUSED_PACE: Duration = Duration::from_millis(500);
/// Between two times that old rows are deleted.
const TIDY_PACE: Duration = Duration::from_secs(600);

/// The task; it ends when this is dropped, and tokens of sessions are refused soon after.
#[derive(Debug)]
pub struct Following {
    target: Arc<ArcSwap<Target>>,
    _task: AbortOnDropHandle<()>,
}

impl Following {
    /// Goes on at another address, from the next time that it connects: the same database has moved.
    pub fn move_to(&self, target: Target) {
        self.target.store(Arc::new(target));
    }
}

impl Revoked {
    /// Keeps this up to date with the database of `target`, whether or not it is there yet, through all its restarts.
    /// Needs a connection straight to the server: through a pooler nothing is told, and looking alone has to do.
    pub fn follow(&self, target: Target) -> Following {
        // From here on nobody is taken at their word before the first look.
        self.inner.mode.store(WATCHED, Ordering::Release);
        let target = Arc::new(ArcSwap::from_pointee(target));
        let task = tokio::spawn(run(self.clone(), Arc::clone(&target)));
        Following { target, _task: AbortOnDropHandle::new(task) }
    }
}

async fn run(revoked: Revoked, target: Arc<ArcSwap<Target>>) {
    let backoff = Backoff { first: Duration::from_millis(20), cap: Duration::from_millis(500), give_up_after: None };
    let mut attempt = 0;
    loop {
        let error = match session(&revoked, &target.load_full(), &mut attempt).await {
            Err(error) => error,
            Ok(never) => match never {},
        };
        if has_no_accounts(&error, revoked.has_looked()) {
            revoked.inner.mode.store(NO_ACCOUNTS, Ordering::Release);
            tokio::time::sleep(UNUSED_PACE).await;
            continue;
        }
        // A restart is nothing to wake anybody for; what lasts is.
        if attempt == 6 {
            tracing::warn!(code = error.code(), %error, "ended sessions cannot be told; their tokens are refused until they can");
        } else {
            tracing::debug!(code = error.code(), %error, attempt, "the connection that follows ended sessions is gone");
        }
        tokio::time::sleep(backoff.wait(attempt)).await;
        attempt += 1;
    }
}

/// The schema, its table or the role is not there, or not for this login. Once there were accounts, only their schema and
/// table can go: a role or a privilege that is lost hides what has ended, and nobody may be taken at their word.
fn has_no_accounts(error: &PgError, has_looked: bool) -> bool {
    let PgError::Server(error) = error else { return false };
    match error.sqlstate.as_str() {
        "3F000" | "42P01" => true,
        "42501" | "22023" => !has_looked,
        _ => false,
    }
}

/// One connection, for as long as it lasts.
async fn session(revoked: &Revoked, target: &Target, attempt: &mut u32) -> Result<std::convert::Infallible, PgError> {
    let (client, mut notifications) = target.listener().await?;
    client.batch_execute(BECOME).await?;
    match client.batch_execute(LISTEN).await.map_err(PgError::from) {
        // A standby does not allow it.
        Err(PgError::Server(error)) if error.sqlstate == "25006" => {}
        other => other?,
    }
    let look = client.prepare(LOOK).await?;
    // Whatever was missed since the last connection comes with the first look of this one.
    let mut xmin = "0".to_owned();
    let mut tidy_at = Instant::now();
    loop {
        let began = Instant::now();
        let rows = tokio::time::timeout(PATIENCE, client.query(&look, &[&xmin])).await;
        for row in rows.map_err(|_| PgError::Closed)?? {
            xmin = row.try_get("xmin")?;
            let age = row.try_get::<_, Option<f64>>("age")?.unwrap_or_default().max(0.0);
            if let Some(ended) = ended(&row)? {
                revoked.note(ended, Duration::from_secs_f64(age), began);
            }
        }
        revoked.looked(began);
        *attempt = 0;
        if began >= tidy_at {
            revoked.forget(began);
            // Two servers at once delete the same rows, and a standby none.
            if let Err(error) = client.batch_execute(TIDY).await {
                tracing::debug!(%error, "old revocations were not deleted");
            }
            tidy_at = began + TIDY_PACE;
        }
        tokio::select! {
            told = notifications.recv() => {
                told.ok_or(PgError::Closed)?;
                // One look is enough for all that were told by now.
                while notifications.try_recv().is_ok() {}
            }
            () = tokio::time::sleep(PACE) => {}
        }
    }
}

fn ended(row: &Row) -> Result<Option<Ended>, PgError> {
    let id = |name: &str| -> Result<Option<Uuid>, PgError> {
        Ok(row.try_get::<_, Option<&str>>(name)?.and_then(|text| text.parse().ok()))
    };
    if let Some(session) = id("session_id")? {
        return Ok(Some(Ended::Session(session)));
    }
    let below: Option<i32> = row.try_get("below_epoch")?;
    Ok(id("user_id")?.zip(below).map(|(account, below)| Ended::Below(account, below.into())))
}
