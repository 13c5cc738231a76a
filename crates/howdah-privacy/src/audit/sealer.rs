//! The task that seals, for as long as the server runs.
//!
//! It logs in as `howdah_sealer`, with a login of its own. The server's login `howdah_login` is deliberately no member of that
//! role: PostgreSQL asks the session's login who it may become, so any SQL that runs in any request, such as a function that
//! puts text into a statement, could then become the sealer, too. `howdah_sealer` reads the trail and adds seals, checkpoints and
//! months; it can change and remove none of them, and of the rest of the database it sees nothing.

use std::sync::Arc;
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use howdah_pg::{Backoff, Target};
use tokio::sync::watch;
use tokio_postgres::Client;
use tokio_util::task::AbortOnDropHandle;

use super::status::Known;
use super::{
    AuditError, Batch, SealOptions, SealerState, SealerStatus, SigningKey, plan, prune, reader, seal_batch, standing,
};

/// Between two looks at how far it is.
const LOOK_EVERY: Duration = Duration::from_secs(10);
/// Between two looks whether there is a trail by now.
const NO_TRAIL: Duration = Duration::from_secs(30);
/// Between making months ahead and dropping old ones.
const UPKEEP_EVERY: Duration = Duration::from_secs(24 * 3600);
/// After a failure of the upkeep.
const UPKEEP_AGAIN: Duration = Duration::from_secs(600);

const CREATE_PARTITIONS: &str = "select audit.create_partitions()";

/// How a sealer works.
#[derive(Debug, Clone)]
pub struct SealerOptions {
    /// How batches are sealed.
    pub seal: SealOptions,
    /// Between two looks for new events when there were none.
    pub pause: Duration,
    /// Months are dropped when all of it is so many days old; `None` keeps everything.
    pub retention_days: Option<u32>,
}

impl Default for SealerOptions {
    /// Looks twice a second and keeps everything.
    fn default() -> Self {
        Self { seal: SealOptions::default(), pause: Duration::from_millis(500), retention_days: None }
    }
}

/// A sealer that runs. Dropping it stops it, between two steps or within one: nothing is ever half done.
#[derive(Debug)]
pub struct Sealer {
    target: Arc<ArcSwap<Target>>,
    status: SealerStatus,
    _task: AbortOnDropHandle<()>,
}

impl Sealer {
    /// Starts one. `target` is the login of `howdah_sealer`; without a key, no checkpoints are signed.
    pub fn start(target: Target, key: Option<SigningKey>, options: SealerOptions) -> Self {
        let target = Arc::new(ArcSwap::from_pointee(target));
        let known = Known { state: SealerState::Starting, sealed: 0, standing: None, looked: None, error: None };
        let (sender, receiver) = watch::channel(known);
        let work = Work { target: Arc::clone(&target), key, options, known: sender };
        let task = AbortOnDropHandle::new(tokio::spawn(work.run()));
        Self { target, status: SealerStatus(receiver), _task: task }
    }

    /// Looks at it from elsewhere.
    pub fn status(&self) -> SealerStatus {
        self.status.clone()
    }

    /// Goes on at another address: the same database has moved.
    pub fn move_to(&self, target: Target) {
        self.target.store(Arc::new(target));
    }
}

struct Work {
    target: Arc<ArcSwap<Target>>,
    key: Option<SigningKey>,
    options: SealerOptions,
    known: watch::Sender<Known>,
}

impl Work {
    async fn run(self) {
        let backoff = Backoff { first: Duration::from_millis(100), cap: Duration::from_secs(10), give_up_after: None };
        let mut attempt = 0;
        loop {
            match self.session(&mut attempt).await {
                Ok(()) => {
                    self.known.send_modify(|known| known.state = SealerState::NoTrail);
                    tokio::time::sleep(NO_TRAIL).await;
                }
                Err(error) => {
                    // A restart of the database is nothing to wake anybody for; what lasts is.
                    if attempt == 4 {
                        tracing::warn!(code = error.code(), %error, "the audit trail is not being sealed; still trying");
                    } else {
                        tracing::debug!(code = error.code(), %error, attempt, "sealing was interrupted");
                    }
                    self.known.send_modify(|known| {
                        known.state = SealerState::Failing;
                        known.error = Some(error.to_string());
                    });
                    tokio::time::sleep(backoff.wait(attempt)).await;
                    attempt += 1;
                }
            }
        }
    }

    /// One connection, for as long as it lasts. Returns where there is no trail.
    async fn session(&self, attempt: &mut u32) -> Result<(), AuditError> {
        let mut client = self.target.load_full().client().await?;
        if !reader::look(&client).await?.missing.is_empty() {
            return Ok(());
        }
        let mut upkeep = Instant::now();
        let mut look: Option<Instant> = None;
        loop {
            if Instant::now() >= upkeep {
                upkeep = Instant::now() + if self.upkeep(&mut client).await? { UPKEEP_EVERY } else { UPKEEP_AGAIN };
            }
            let batch = seal_batch(&mut client, self.key.as_ref(), &self.options.seal).await?;
            *attempt = 0;
            let (state, sealed) = match batch {
                Batch::Elsewhere => (SealerState::Standby, 0),
                Batch::Sealed(sealed) => (SealerState::Sealing, sealed),
            };
            let is_due = look.is_none_or(|last| last.elapsed() >= LOOK_EVERY);
            let standing = if is_due || sealed > 0 { Some(standing(&client).await?) } else { None };
            if standing.is_some() {
                look = Some(Instant::now());
            }
            self.known.send_modify(|known| {
                known.state = state;
                known.sealed += u64::from(sealed);
                known.error = None;
                if standing.is_some() {
                    known.standing = standing;
                    known.looked = look;
                }
            });
            if sealed < self.options.seal.batch {
                tokio::time::sleep(self.options.pause).await;
            }
        }
    }

    /// Makes months ahead and drops old ones. What PostgreSQL refuses here is said and tried later: sealing goes on.
    async fn upkeep(&self, client: &mut Client) -> Result<bool, AuditError> {
        let mut done = true;
        match client.query_one(CREATE_PARTITIONS, &[]).await {
            Ok(row) if row.get::<_, i32>(0) > 0 => {
                tracing::info!(made = row.get::<_, i32>(0), "months of the audit trail made ahead");
            }
            Ok(_) => {}
            Err(error) if error.as_db_error().is_none() => return Err(error.into()),
            Err(error) => {
                let error = AuditError::from(error);
                tracing::warn!(code = error.code(), %error, "the months of the audit trail could not be made ahead");
                done = false;
            }
        }
        let (Some(days), Some(key)) = (self.options.retention_days, &self.key) else { return Ok(done) };
        for month in plan(client, days).await? {
            match prune(client, key, &month).await {
                Ok(pruned) => {
                    tracing::info!(partition = pruned.partition, events = pruned.events, "dropped by retention");
                }
                Err(error @ (AuditError::Pg(_) | AuditError::NotDropped { .. })) => {
                    tracing::warn!(code = error.code(), %error, "a month of the audit trail could not be dropped");
                    done = false;
                }
                Err(error) => return Err(error),
            }
        }
        Ok(done)
    }
}
