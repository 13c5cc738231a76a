//! Drops months that retention lets go, and leaves what keeps the chain verifiable: their seals, and a signed statement of
//! which of them are without events, and how many.
//!
//! A month is verified against its seals before it goes, since afterwards nobody can. Everything is one transaction.

use serde::Serialize;
use tokio_postgres::{Client, Transaction};

use super::digest::{Seals, Sha256Digest};
use super::event::{COLUMNS, Payload, WithPayload};
use super::raw::Xid;
use super::verify::{PAGE, Statement};
use super::{AuditError, SigningKey, checkpoint, seal};

pub(super) const MONTHS: &str = include_str!("sql/months.sql");
pub(super) const MONTH_EVENTS: &str = concat!(
    include_str!("sql/event_columns.sql"),
    include_str!("sql/verified_columns.sql"),
    include_str!("sql/month_events.sql")
);
pub(super) const INSERT: &str = include_str!("sql/insert_dropped.sql");
pub(super) const DROP: &str = "select audit.drop_partition($1)";
/// Dropping needs the trail for itself for a moment. Whoever writes must not queue behind it for longer than this.
const LOCK_TIMEOUT: &str = "set local lock_timeout = '5s'";

/// A month that may go, or has gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Pruned {
    /// The partition of schema audit.
    pub partition: String,
    /// Its month, as 2026-01.
    pub month: String,
    /// The events it holds.
    pub events: u64,
    #[serde(skip)]
    starts_at: String,
    #[serde(skip)]
    ends_at: String,
}

/// The months all of which is more than `days` days old, oldest first. Reads, and changes nothing.
///
/// # Errors
/// Those of PostgreSQL.
pub async fn plan(client: &Client, days: u32) -> Result<Vec<Pruned>, AuditError> {
    let rows = client.query(MONTHS, &[&i32::try_from(days).unwrap_or(i32::MAX)]).await?;
    let month = |row: &tokio_postgres::Row| Pruned {
        partition: row.get(0),
        starts_at: row.get(1),
        ends_at: row.get(2),
        month: row.get(3),
        events: u64::try_from(row.get::<_, i64>(4)).unwrap_or_default(),
    };
    Ok(rows.iter().map(month).collect())
}

/// Drops a month of the plan. The client is logged in as `howdah_sealer`, or as who inherits it.
///
/// # Errors
/// [`AuditError::NotDropped`] where the month is not what was sealed, or not sealed to its end; and those of PostgreSQL. Nothing is
/// then changed.
pub async fn prune(client: &mut Client, key: &SigningKey, month: &Pruned) -> Result<Pruned, AuditError> {
    let refuse = |reason: String| AuditError::NotDropped { partition: month.partition.clone(), reason };
    let transaction = client.transaction().await?;
    transaction.batch_execute(LOCK_TIMEOUT).await?;
    let Some((head, now)) = seal::take(&transaction).await? else {
        return Err(refuse("another process is sealing at this moment; try again".to_owned()));
    };
    let walked = walk(&transaction, month, &refuse).await?;
    let last = transaction.query_opt(checkpoint::LAST, &[]).await?.map_or(0, |row| row.get::<_, i64>(0));
    // What holds the seals of the month in place must be signed, too.
    if last < walked.last {
        checkpoint::sign(&transaction, key, &now, head.sequence_number, &head.chain_sha256, last).await?;
    }
    let mut statement = Statement {
        partition_name: month.partition.clone(),
        starts_at: month.starts_at.clone(),
        ends_at: month.ends_at.clone(),
        event_count: walked.count,
        last_sequence_number: walked.last,
        seals_sha256: walked.seals.sha256().to_vec(),
        key_name: key.public().to_string(),
        signature: Vec::new(),
        created_at: now,
        is_untouched: true,
    };
    statement.signature = key.sign(&statement.message()).to_vec();
    let Statement { partition_name, starts_at, ends_at, event_count, last_sequence_number, .. } = &statement;
    let Statement { seals_sha256, key_name, signature, .. } = &statement;
    transaction
        .execute(
            INSERT,
            &[partition_name, starts_at, ends_at, event_count, last_sequence_number, seals_sha256, key_name, signature],
        )
        .await?;
    let events: i64 = transaction.query_one(DROP, &[partition_name]).await?.get(0);
    transaction.commit().await?;
    Ok(Pruned { events: u64::try_from(events).unwrap_or_default(), ..month.clone() })
}

/// What a month holds.
struct Walked {
    count: i64,
    last: i64,
    seals: Seals,
}

async fn walk(
    transaction: &Transaction<'_>,
    month: &Pruned,
    refuse: &(dyn Fn(String) -> AuditError + Sync),
) -> Result<Walked, AuditError> {
    let Pruned { partition, starts_at, ends_at, .. } = month;
    let mut walked = Walked { count: 0, last: 0, seals: Seals::default() };
    let (mut xid, mut id) = (Xid(0), 0_i64);
    loop {
        let rows = transaction.query(MONTH_EVENTS, &[&xid, &id, partition, starts_at, ends_at, &PAGE]).await?;
        if rows.is_empty() {
            return Ok(walked);
        }
        for row in &rows {
            let event = WithPayload::read(row);
            (xid, id) = (event.event.transaction, event.event.id());
            let at = |column: usize| COLUMNS + column;
            let Some(number) = row.get::<_, Option<i64>>(at(0)) else {
                return Err(refuse(format!("event {id} is not sealed yet")));
            };
            let (event_sha256, chain_sha256): (&[u8], &[u8]) = (row.get(at(1)), row.get(at(3)));
            let chain = <Sha256Digest>::try_from(chain_sha256).ok();
            let is_whole = event.event.sha256() == *event_sha256 && event.payload(row.get(at(2))) != Payload::Changed;
            match chain.filter(|_| is_whole && number > walked.last) {
                Some(chain) => walked.seals.add(number, &chain),
                None => {
                    return Err(refuse(format!(
                        "event {id} is not what was sealed as {number}; `howdah audit verify` says what is wrong"
                    )));
                }
            }
            walked.count += 1;
            walked.last = number;
        }
    }
}
