//! An event as it is read for sealing and for verifying.

use tokio_postgres::Row;

use super::digest::{Message, Sha256Digest, payload};

/// How many columns event_columns.sql has before the last.
const HASHED: usize = 14;
const ID: usize = 0;
const CREATED_AT: usize = 1;
const XID: usize = 2;
const ACTOR_ID: usize = 3;
const SUBJECT_ID: usize = 10;
const PAYLOAD_SHA256: usize = 13;

/// The place of an event in the order of sealing: its transaction, then its id.
pub(super) type Key = (u64, i64);

/// The columns of an event that its digest covers, as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    fields: [Option<String>; HASHED],
    /// As the session prints it.
    pub(super) created_at: String,
}

impl Event {
    /// A row that begins with the columns of event_columns.sql.
    pub(super) fn read(row: &Row) -> Self {
        Self { fields: std::array::from_fn(|at| row.get(at)), created_at: row.get(HASHED) }
    }

    fn text(&self, at: usize) -> &str {
        self.fields[at].as_deref().unwrap_or_default()
    }

    /// Its id.
    pub fn id(&self) -> i64 {
        self.text(ID).parse().unwrap_or_default()
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
        (self.xid().parse().unwrap_or_default(), self.id())
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

/// An event with its payload.
#[derive(Debug, Clone)]
pub(super) struct WithPayload {
    pub(super) event: Event,
    salt: Option<Vec<u8>>,
    json: String,
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
    /// A row of event_columns.sql and payload_columns.sql.
    pub(super) fn read(row: &Row) -> Self {
        let at = |column: usize| HASHED + 1 + column;
        Self {
            event: Event::read(row),
            salt: row.get(at(0)),
            json: row.get(at(1)),
            holds_anything: row.get(at(2)),
            is_in_form: row.get(at(3)),
            updated_at: row.get(at(4)),
        }
    }

    pub(super) fn payload(&self) -> Payload {
        match &self.salt {
            None if self.holds_anything => Payload::Changed,
            None => Payload::Redacted,
            Some(salt) => {
                let digest = super::digest::hex(&payload(salt, &self.json));
                let is_whole = self.is_in_form && digest == self.event.text(PAYLOAD_SHA256);
                if is_whole { Payload::Whole } else { Payload::Changed }
            }
        }
    }
}
