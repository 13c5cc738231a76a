//! Follows the trail.
//!
//! In the order of sealing, so that each event comes once and none is passed over: an event waits until no earlier one can
//! appear any more. A transaction that stays open therefore holds back what is written after it began.

use serde_json::Value;
use tokio_postgres::Client;

use super::AuditError;

pub(super) const TAIL: &str = concat!(include_str!("sql/export_columns.sql"), include_str!("sql/tail.sql"));
/// Where the last `$1` settled events begin: the place before them.
pub(super) const START: &str = "select e.xid::text, e.id from audit.audit_events e \
     where e.xid < pg_snapshot_xmin(pg_current_snapshot()) order by e.xid desc, e.id desc offset $1::bigint limit 1";
/// Read at once.
const PAGE: i64 = 1_000;

/// A place in the trail, from which on it is followed.
#[derive(Debug, Clone)]
pub struct Tail {
    xid: String,
    id: i64,
}

impl Tail {
    /// Before the last `events` of those that are there.
    ///
    /// # Errors
    /// Those of PostgreSQL.
    pub async fn last(client: &Client, events: u32) -> Result<Self, AuditError> {
        let row = client.query_opt(START, &[&i64::from(events)]).await?;
        Ok(row.map_or(Self { xid: "0".to_owned(), id: 0 }, |row| Self { xid: row.get(0), id: row.get(1) }))
    }

    /// What has come since, at most 1,000 events, each in the form of an export; empty if there is nothing new.
    ///
    /// # Errors
    /// Those of PostgreSQL; the place then stays.
    pub async fn next(&mut self, client: &Client) -> Result<Vec<Value>, AuditError> {
        let rows = client.query(TAIL, &[&self.xid, &self.id, &PAGE]).await?;
        if let Some(last) = rows.last() {
            (self.xid, self.id) = (last.get(0), last.get(1));
        }
        Ok(rows.iter().map(super::export::value).collect())
    }
}
