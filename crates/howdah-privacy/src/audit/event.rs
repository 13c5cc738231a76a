//! An event as it is read for sealing and for verifying.

use tokio_postgres::Row;
use tokio_postgres::types::Type;
use uuid::Uuid;

use super::digest::{Message, Sha256Digest, payload};
use super::raw::{Micros, Raw, Xid};

/// How many columns of event_columns.sql its digest covers.
const HASHED: usize = 13;
const ID: usize = 0;
const CREATED_AT: usize = 1;
const XID: usize = 2;
const ACTOR_ID: usize = 3;
const SUBJECT_ID: usize = 10;
/// The columns of its payload behind them.
const SALT: usize = HASHED;
const BEFORE: usize = HASHED + 1;
const AFTER: usize = HASHED + 2;
const IP: usize = HASHED + 3;
/// Where verified_columns.sql begins.
const IS_IN_FORM: usize = HASHED + 4;
const UPDATED_AT: usize = HASHED + 5;
/// How many columns both have.
pub(super) const COLUMNS: usize = HASHED + 6;

/// The place of an event in the order of sealing: its transaction, then its id.
pub(super) type Key = (u64, i64);

/// The columns of an event that its digest covers, as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    fields: [Option<String>; HASHED],
    id: i64,
    pub(super) at: Micros,
    pub(super) transaction: Xid,
}

impl Event {
    /// A row that begins with the columns of event_columns.sql.
    pub(super) fn read(row: &Row) -> Self {
        Self {
            fields: std::array::from_fn(|at| text(row, at)),
            id: row.get(ID),
            at: row.get(CREATED_AT),
            transaction: row.get(XID),
        }
    }

    fn text(&self, at: usize) -> &str {
        self.fields[at].as_deref().unwrap_or_default()
    }

    /// Its id.
    pub fn id(&self) -> i64 {
        self.id
    }

    /// When its transaction began, in microseconds.
    pub fn created_at(&self) -> &str {
        self.text(CREATED_AT)
    }

    /// Its transaction.
    pub fn xid(&self) -> &str {
        self.text(XID)
    }

    pub(super) fn key(&self) -> Key {
        (self.transaction.0, self.id)
    }

    /// The pseudonyms of whom it is about and by.
    pub(super) fn people(&self) -> impl Iterator<Item = &str> {
        [SUBJECT_ID, ACTOR_ID].into_iter().filter_map(|at| self.fields[at].as_deref())
    }

    /// `event_sha256` of its seal.
    pub fn sha256(&self) -> Sha256Digest {
        let message = Message::new("howdah.audit.event.1");
        self.fields.iter().fold(message, |message, field| message.field(field.as_deref())).sha256()
    }
}

/// A column in the form in which it is hashed.
fn text(row: &Row, at: usize) -> Option<String> {
    match *row.columns()[at].type_() {
        Type::INT8 => row.get::<_, Option<i64>>(at).map(|value| value.to_string()),
        Type::TIMESTAMPTZ => row.get::<_, Option<Micros>>(at).map(|value| value.to_string()),
        Type::XID8 => row.get::<_, Option<Xid>>(at).map(|value| value.0.to_string()),
        Type::UUID => row.get::<_, Option<Uuid>>(at).map(|value| value.to_string()),
        _ => row.get(at),
    }
}

/// `payload_sha256` of the seal of an event: of a row that begins with the columns of event_columns.sql. `None` where the payload
/// has been taken out.
pub(super) fn payload_sha256(row: &Row) -> Option<Sha256Digest> {
    let salt: &[u8] = row.get::<_, Option<&[u8]>>(SALT)?;
    Some(payload(salt, json(row, BEFORE), json(row, AFTER), row.get(IP)))
}

/// The text of a jsonb: its binary form is that and a version before it.
fn json(row: &Row, at: usize) -> Option<&str> {
    let Raw(bytes) = row.get::<_, Option<Raw<'_>>>(at)?;
    std::str::from_utf8(bytes.get(1..)?).ok()
}

/// An event with what became of its payload.
#[derive(Debug, Clone)]
pub(super) struct WithPayload {
    pub(super) event: Event,
    has_salt: bool,
    /// As it would be sealed now.
    payload_sha256: Option<Sha256Digest>,
    holds_anything: bool,
    is_in_form: bool,
    /// In microseconds.
    pub(super) updated_at: String,
}

/// What the payload is in relation to its digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Payload {
    /// It is there and as it was.
    Whole,
    /// All of it is taken out.
    Redacted,
    /// It is neither.
    Changed,
}

impl WithPayload {
    /// A row of event_columns.sql and verified_columns.sql.
    pub(super) fn read(row: &Row) -> Self {
        let (before, after) = (json(row, BEFORE), json(row, AFTER));
        // A JSON null has the digest of a NULL.
        let is_in_form = before != Some("null") && after != Some("null") && row.get(IS_IN_FORM);
        Self {
            event: Event::read(row),
            has_salt: row.get::<_, Option<&[u8]>>(SALT).is_some(),
            payload_sha256: payload_sha256(row),
            holds_anything: before.is_some() || after.is_some() || row.get::<_, Option<&str>>(IP).is_some(),
            is_in_form,
            updated_at: text(row, UPDATED_AT).unwrap_or_default(),
        }
    }

    /// `sealed` is what its seal says of the payload.
    pub(super) fn payload(&self, sealed: Option<&[u8]>) -> Payload {
        if !self.has_salt {
            return if self.holds_anything { Payload::Changed } else { Payload::Redacted };
        }
        let is_whole = self.is_in_form && self.payload_sha256.as_ref().map(<[u8; 32]>::as_slice) == sealed;
        if is_whole { Payload::Whole } else { Payload::Changed }
    }
}
