//! Seals and events a page at a time.

use std::collections::VecDeque;

use tokio_postgres::{Client, Row};

use super::super::AuditError;
use super::super::digest::{Sealed, Sha256Digest};
use super::super::event::{Key, WithPayload};
use super::super::raw::Xid;
use super::super::seal::Head;

const SEALS: &str = include_str!("../sql/seals.sql");
const EVENTS: &str = concat!(
    include_str!("../sql/event_columns.sql"),
    include_str!("../sql/verified_columns.sql"),
    include_str!("../sql/events.sql")
);
const EVENT_BY_ID: &str = concat!(
    include_str!("../sql/event_columns.sql"),
    include_str!("../sql/verified_columns.sql"),
    include_str!("../sql/event_by_id.sql")
);
const EVENT_BY_PLACE: &str = concat!(
    include_str!("../sql/event_columns.sql"),
    include_str!("../sql/verified_columns.sql"),
    include_str!("../sql/event_by_place.sql")
);
/// Read at once.
pub(in super::super) const PAGE: i64 = 2_000;

/// A seal as it stands in the database.
#[derive(Debug, Clone)]
pub(super) struct Seal {
    pub(super) sequence_number: i64,
    pub(super) event_id: i64,
    pub(super) event_created_at: String,
    pub(super) event_xid: String,
    pub(super) event_sha256: Vec<u8>,
    pub(super) payload_sha256: Option<Vec<u8>>,
    pub(super) chain_sha256: Vec<u8>,
    created_at: String,
    pub(super) is_untouched: bool,
}

impl Seal {
    pub(super) fn read(row: &Row) -> Self {
        Self {
            sequence_number: row.get(0),
            event_id: row.get(1),
            event_created_at: row.get(2),
            event_xid: row.get(3),
            event_sha256: row.get(4),
            payload_sha256: row.get(5),
            chain_sha256: row.get(6),
            created_at: row.get(7),
            is_untouched: row.get(8),
        }
    }

    pub(super) fn key(&self) -> Key {
        (self.event_xid.parse().unwrap_or_default(), self.event_id)
    }

    /// Whether it follows the seal with that digest.
    pub(super) fn follows(&self, previous: &[u8]) -> bool {
        let digest = |bytes: &[u8]| <Sha256Digest>::try_from(bytes).ok();
        let (Some(previous), Some(event_sha256)) = (digest(previous), digest(&self.event_sha256)) else { return false };
        let payload_sha256 = self.payload_sha256.as_deref().map(digest);
        // One of another length is none that a seal has.
        if payload_sha256 == Some(None) {
            return false;
        }
        let payload_sha256 = payload_sha256.flatten();
        let sealed = Sealed {
            sequence_number: self.sequence_number,
            event_id: self.event_id,
            event_created_at: &self.event_created_at,
            event_xid: &self.event_xid,
            event_sha256: &event_sha256,
            payload_sha256: payload_sha256.as_ref(),
            created_at: &self.created_at,
        };
        sealed.chain(&previous) == *self.chain_sha256
    }
}

/// The next seals after that number.
pub(super) async fn seals(client: &Client, after: i64, until: i64) -> Result<Vec<Seal>, AuditError> {
    let rows = client.query(SEALS, &[&after, &until, &PAGE]).await?;
    Ok(rows.iter().map(Seal::read).collect())
}

/// The event of a seal, if it is where the seal says.
pub(super) async fn event_in_place(client: &Client, seal: &Seal) -> Result<Option<WithPayload>, AuditError> {
    let (xid, id) = seal.key();
    Ok(client.query_opt(EVENT_BY_PLACE, &[&Xid(xid), &id]).await?.as_ref().map(WithPayload::read))
}

/// The event of that id, wherever it is: every event is looked at.
pub(super) async fn event_by_id(client: &Client, id: i64) -> Result<Option<WithPayload>, AuditError> {
    Ok(client.query_opt(EVENT_BY_ID, &[&id]).await?.as_ref().map(WithPayload::read))
}

/// Events up to the end of the chain, in the order of sealing.
#[derive(Debug)]
pub(super) struct Events {
    page: VecDeque<WithPayload>,
    /// Where the next page begins.
    xid: Xid,
    id: i64,
    end: Head,
    is_over: bool,
}

impl Events {
    pub(super) fn until(end: Head) -> Self {
        Self { page: VecDeque::new(), xid: Xid(0), id: 0, end, is_over: false }
    }

    /// The next one, which stays the next.
    pub(super) async fn peek(&mut self, client: &Client) -> Result<Option<&WithPayload>, AuditError> {
        if self.page.is_empty() && !self.is_over {
            let end = &self.end;
            let rows = client.query(EVENTS, &[&self.xid, &self.id, &end.event_xid, &end.event_id, &PAGE]).await?;
            self.page.extend(rows.iter().map(WithPayload::read));
            match self.page.back() {
                Some(last) => (self.xid, self.id) = (last.event.transaction, last.event.id()),
                None => self.is_over = true,
            }
        }
        Ok(self.page.front())
    }

    /// Takes the one that was looked at.
    pub(super) fn take(&mut self) -> Option<WithPayload> {
        self.page.pop_front()
    }
}
