//! One batch of seals: one transaction, which holds the chain while it adds to it.
//!
//! Whatever is killed at whatever moment, the transaction either stands or it does not, and the next batch begins at the
//! last seal that is there. The lock is one of the transaction, so it also holds where connections are pooled per transaction;
//! and should it fail, two seals of one number cannot be.

use std::pin::pin;
use std::time::Duration;

use futures_util::TryStreamExt;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Row, Transaction};

use super::digest::{BEGINNING, Sealed, Sha256Digest};
use super::event::payload_sha256;
use super::raw::{Micros, Xid};
use super::{AuditError, Event, SigningKey, checkpoint};

pub(super) const UNSEALED: &str = concat!(include_str!("sql/event_columns.sql"), include_str!("sql/unsealed.sql"));
pub(super) const INSERT: &str = include_str!("sql/insert_seals.sql");
/// The chain for this transaction, if nobody else has it; its time in microseconds; the server's next transaction.
pub(super) const TAKE: &str = "select pg_try_advisory_xact_lock('audit.seals'::regclass::integer, 0), \
     trunc(extract(epoch from now()) * 1000000)::text, pg_snapshot_xmax(pg_current_snapshot())::text";
/// The end of the chain.
pub(super) const HEAD: &str = "select s.sequence_number, s.chain_sha256::bytea, s.event_xid, s.event_id \
     from audit.seals s order by s.sequence_number desc limit 1";

/// How sealing is done.
#[derive(Debug, Clone)]
pub struct SealOptions {
    /// Seals of one transaction at the most.
    pub batch: u32,
    /// A checkpoint is signed after so many seals …
    pub checkpoint_events: u32,
    /// … or when there are new ones and the last checkpoint is so old.
    pub checkpoint_every: Duration,
}

impl Default for SealOptions {
    /// 5,000 seals at once; a checkpoint every 1,000 seals or 5 minutes.
    fn default() -> Self {
        Self { batch: 5_000, checkpoint_events: 1_000, checkpoint_every: Duration::from_secs(300) }
    }
}

/// What a batch came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Batch {
    /// Another process seals at this moment.
    Elsewhere,
    /// So many events were sealed; as many as a batch holds if more may wait.
    Sealed(u32),
}

/// The end of the chain.
#[derive(Debug, Clone)]
pub(super) struct Head {
    pub(super) sequence_number: i64,
    pub(super) chain_sha256: Sha256Digest,
    pub(super) event_xid: Xid,
    pub(super) event_id: i64,
}

impl Head {
    pub(super) fn read(row: Option<&Row>) -> Self {
        match row {
            // The domain sees to it that there are 32 bytes; a digest that is none never matches one.
            Some(row) => Self {
                sequence_number: row.get(0),
                chain_sha256: row.get::<_, Vec<u8>>(1).try_into().unwrap_or(BEGINNING),
                event_xid: row.get(2),
                event_id: row.get(3),
            },
            None => Self { sequence_number: 0, chain_sha256: BEGINNING, event_xid: Xid(0), event_id: 0 },
        }
    }
}

/// Takes the chain for a transaction; `None` if somebody else has it. With it, the transaction's time in microseconds.
pub(super) async fn take(transaction: &Transaction<'_>) -> Result<Option<(Head, String)>, AuditError> {
    let row = transaction.query_one(TAKE, &[]).await?;
    if !row.get::<_, bool>(0) {
        return Ok(None);
    }
    // Read after the lock is held, in a statement of its own, whose snapshot therefore has what its last holder committed.
    let head = Head::read(transaction.query_opt(HEAD, &[]).await?.as_ref());
    let number = |text: &str| text.parse::<u64>().unwrap_or_default();
    let (now, sealed) = (number(row.get(2)), head.event_xid.0);
    if sealed >= now {
        return Err(AuditError::TransactionsBehind { now, sealed });
    }
    Ok(Some((head, row.get(1))))
}

/// Seals the next events, and signs a checkpoint if one is due and there is a key.
///
/// # Errors
/// Those of PostgreSQL: nothing is then sealed. [`AuditError::TransactionsBehind`].
pub async fn seal_batch(
    client: &mut Client,
    key: Option<&SigningKey>,
    options: &SealOptions,
) -> Result<Batch, AuditError> {
    let transaction = client.transaction().await?;
    let Some((mut head, now)) = take(&transaction).await? else { return Ok(Batch::Elsewhere) };
    let seals = next_seals(&transaction, &mut head, &now, options.batch).await?;
    if !seals.numbers.is_empty() {
        let Seals { numbers, ids, times, xids, event_digests, payload_digests, chain_digests } = &seals;
        transaction
            .execute(INSERT, &[numbers, ids, times, xids, event_digests, payload_digests, chain_digests])
            .await?;
    }
    if let Some(key) = key {
        sign_if_due(&transaction, key, &head, &now, options).await?;
    }
    transaction.commit().await?;
    Ok(Batch::Sealed(u32::try_from(seals.numbers.len()).unwrap_or(u32::MAX)))
}

/// Reads the next events and makes their seals, behind `head`, which becomes the last of them. One event at a time is held: what is
/// before and after a change may be large.
async fn next_seals(
    transaction: &Transaction<'_>,
    head: &mut Head,
    now: &str,
    batch: u32,
) -> Result<Seals, AuditError> {
    let statement = transaction.prepare(UNSEALED).await?;
    let limit = i64::from(batch);
    let place: [&(dyn ToSql + Sync); 3] = [&head.event_xid, &head.event_id, &limit];
    let mut rows = pin!(transaction.query_raw(&statement, place).await?);
    let mut seals = Seals::default();
    while let Some(row) = rows.try_next().await? {
        seals.add(head, &Event::read(&row), payload_sha256(&row), now);
    }
    Ok(seals)
}

async fn sign_if_due(
    transaction: &Transaction<'_>,
    key: &SigningKey,
    head: &Head,
    now: &str,
    options: &SealOptions,
) -> Result<(), AuditError> {
    let last = transaction.query_opt(checkpoint::LAST, &[]).await?;
    let (number, age) = last.map_or((0, f64::INFINITY), |row| (row.get::<_, i64>(0), row.get::<_, f64>(1)));
    let is_old = age >= options.checkpoint_every.as_secs_f64();
    let is_new = head.sequence_number > number;
    if is_new && (is_old || head.sequence_number - number >= i64::from(options.checkpoint_events)) {
        checkpoint::sign(transaction, key, now, head.sequence_number, &head.chain_sha256, number).await?;
    }
    Ok(())
}

/// The columns of new seals.
#[derive(Debug, Default)]
struct Seals {
    numbers: Vec<i64>,
    ids: Vec<i64>,
    times: Vec<Micros>,
    xids: Vec<Xid>,
    event_digests: Vec<Vec<u8>>,
    payload_digests: Vec<Option<Vec<u8>>>,
    chain_digests: Vec<Vec<u8>>,
}

impl Seals {
    /// Adds one behind `head`, which it becomes.
    fn add(&mut self, head: &mut Head, event: &Event, payload_sha256: Option<Sha256Digest>, now: &str) {
        let event_sha256 = event.sha256();
        let sealed = Sealed {
            sequence_number: head.sequence_number + 1,
            event_id: event.id(),
            event_created_at: event.created_at(),
            event_xid: event.xid(),
            event_sha256: &event_sha256,
            payload_sha256: payload_sha256.as_ref(),
            created_at: now,
        };
        let chain_sha256 = sealed.chain(&head.chain_sha256);
        self.numbers.push(sealed.sequence_number);
        self.ids.push(sealed.event_id);
        self.times.push(event.at);
        self.xids.push(event.transaction);
        self.event_digests.push(event_sha256.to_vec());
        self.payload_digests.push(payload_sha256.map(Vec::from));
        self.chain_digests.push(chain_sha256.to_vec());
        *head = Head {
            sequence_number: sealed.sequence_number,
            chain_sha256,
            event_xid: event.transaction,
            event_id: sealed.event_id,
        };
    }
}
