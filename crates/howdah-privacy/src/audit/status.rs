//! How far the trail is sealed: asked of the database, and kept by a sealer that runs.

use std::time::{Duration, Instant};

use serde::Serialize;
use tokio::sync::watch;
use tokio_postgres::Client;

use super::AuditError;
use super::digest::hex;

pub(super) const STANDING: &str = include_str!("sql/standing.sql");
/// More waiting events than this are not counted.
pub(super) const COUNTED: i64 = 100_000;

/// How far the trail is sealed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Standing {
    /// The last seal; 0 if there is none.
    pub sequence_number: i64,
    /// Its chain digest, in hexadecimal.
    pub chain_sha256: Option<String>,
    /// When it was made, in UTC.
    pub sealed_at: Option<String>,
    /// Committed events without a seal; no more than 100,000 are counted.
    pub unsealed: i64,
    /// How long ago the transaction of the oldest of them began, in seconds.
    pub oldest_unsealed_seconds: Option<f64>,
    /// The seal that the last checkpoint vouches for.
    pub checkpoint_number: Option<i64>,
    /// How long ago that was signed, in seconds.
    pub checkpoint_seconds: Option<f64>,
    /// By which key.
    pub checkpoint_key: Option<String>,
}

/// Asks the database.
///
/// # Errors
/// Those of PostgreSQL.
pub async fn standing(client: &Client) -> Result<Standing, AuditError> {
    let row = client.query_one(STANDING, &[&COUNTED]).await?;
    Ok(Standing {
        sequence_number: row.get(0),
        chain_sha256: row.get::<_, Option<Vec<u8>>>(1).map(|digest| hex(&digest)),
        sealed_at: row.get(2),
        unsealed: row.get(3),
        oldest_unsealed_seconds: row.get(4),
        checkpoint_number: row.get(5),
        checkpoint_seconds: row.get(6),
        checkpoint_key: row.get(7),
    })
}

/// What a sealer is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SealerState {
    /// It has not reached the database yet.
    Starting,
    /// The database has no trail; it looks again every half minute.
    NoTrail,
    /// Another process seals.
    Standby,
    /// It seals.
    Sealing,
    /// It cannot, and goes on trying; the error says why.
    Failing,
}

/// What is known of a sealer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Known {
    pub(super) state: SealerState,
    pub(super) sealed: u64,
    pub(super) standing: Option<Standing>,
    /// When that was.
    #[serde(skip)]
    pub(super) looked: Option<Instant>,
    pub(super) error: Option<String>,
}

/// Looks at a sealer that runs. Cheap to clone and to ask: nothing goes to the database.
#[derive(Debug, Clone)]
pub struct SealerStatus(pub(super) watch::Receiver<Known>);

impl SealerStatus {
    /// What it is doing.
    pub fn state(&self) -> SealerState {
        self.0.borrow().state
    }

    /// How many events it has sealed since it was started.
    pub fn sealed(&self) -> u64 {
        self.0.borrow().sealed
    }

    /// How far the trail was sealed when it last looked: after each batch, and every ten seconds.
    pub fn standing(&self) -> Option<Standing> {
        self.0.borrow().standing.clone()
    }

    /// How long the oldest event that was waiting then has been waiting by now; zero where none was. `None` before the first
    /// look.
    pub fn oldest_unsealed(&self) -> Option<Duration> {
        let known = self.0.borrow();
        let (standing, looked) = (known.standing.as_ref()?, known.looked?);
        let then = standing.oldest_unsealed_seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        Some(then.map_or(Duration::ZERO, |then| then + looked.elapsed()))
    }

    /// Why it fails.
    pub fn error(&self) -> Option<String> {
        self.0.borrow().error.clone()
    }
}
