//! What is hashed and what is signed, byte for byte.
//!
//! A message is a list of fields. Each is one byte, 0 for NULL, or 1 and then the length in bytes as four bytes, most
//! significant first, and the bytes themselves. So no two lists of fields have the same message. The first field names what
//! the message is about and the version of this description; the others are text in UTF-8:
//!
//! - numbers in decimal,
//! - moments as microseconds since 1970-01-01T00:00:00Z, in decimal,
//! - UUIDs and arrays as PostgreSQL prints them,
//! - binary values and digests in lower-case hexadecimal.
//!
//! | message | fields after its name |
//! |---|---|
//! | `howdah.audit.event.1` | id, created_at, xid, actor_id, actor_role, session_id, api_key_id, action, resource_type, resource_id, subject_id, changed_columns, request_id |
//! | `howdah.audit.seal.1` | chain_sha256 of the seal before (64 zeros for the first), sequence_number, event_id, event_created_at, event_xid, event_sha256, payload_sha256, created_at |
//! | `howdah.audit.checkpoint.1` | id, sequence_number, previous_number, chain_sha256, key_name, created_at |
//! | `howdah.audit.anchor.1` | id of the checkpoint, anchored_at, where, receipt |
//! | `howdah.audit.dropped.1` | partition_name, starts_at, ends_at, event_count, last_sequence_number, seals_sha256, key_name, created_at |
//!
//! `event_sha256` and `chain_sha256` are the SHA-256 of their messages; the others are signed. The payload of an event
//! (before, after, ip) is not in its message: `payload_sha256` stands beside it, so that the payload can be taken out when a person is
//! erased. It is the SHA-256 of the salt's bytes and the text of the JSON object `{"before", "after", "ip"}` as PostgreSQL prints
//! jsonb; NULL where the payload had been taken out before the event was sealed. `seals_sha256` is the SHA-256 of sequence_number and chain_sha256 of each seal, as fields.

use sha2::{Digest as _, Sha256};

/// A SHA-256.
pub type Sha256Digest = [u8; 32];

/// The `chain_sha256` that the first seal follows.
pub const BEGINNING: Sha256Digest = [0; 32];

/// A message that is being written.
#[derive(Debug, Clone)]
pub struct Message(Vec<u8>);

impl Message {
    /// A message about `kind`.
    pub fn new(kind: &str) -> Self {
        Self(Vec::with_capacity(512)).field(Some(kind))
    }

    /// Adds a field.
    #[must_use]
    pub fn field(mut self, value: Option<&str>) -> Self {
        write_field(&mut self.0, value);
        self
    }

    /// Adds a field that is never NULL.
    #[must_use]
    pub fn text(self, value: impl AsRef<str>) -> Self {
        self.field(Some(value.as_ref()))
    }

    /// Adds a number.
    #[must_use]
    pub fn number(self, value: i64) -> Self {
        self.text(value.to_string())
    }

    /// Adds a digest.
    #[must_use]
    pub fn digest(self, value: &Sha256Digest) -> Self {
        self.text(hex(value))
    }

    /// What is signed.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// What is chained.
    pub fn sha256(&self) -> Sha256Digest {
        Sha256::digest(&self.0).into()
    }
}

fn write_field(to: &mut Vec<u8>, value: Option<&str>) {
    let Some(value) = value else { return to.push(0) };
    to.push(1);
    // PostgreSQL's values end at 1 GiB.
    let length = u32::try_from(value.len()).unwrap_or(u32::MAX);
    to.extend_from_slice(&length.to_be_bytes());
    to.extend_from_slice(value.as_bytes());
}

/// A digest over seals, in the order of the chain.
#[derive(Debug, Clone, Default)]
pub struct Seals(Sha256);

impl Seals {
    /// Takes in one more.
    pub fn add(&mut self, sequence_number: i64, chain_sha256: &Sha256Digest) {
        let mut fields = Vec::with_capacity(96);
        write_field(&mut fields, Some(&sequence_number.to_string()));
        write_field(&mut fields, Some(&hex(chain_sha256)));
        self.0.update(&fields);
    }

    /// `seals_sha256`
    pub fn sha256(self) -> Sha256Digest {
        self.0.finalize().into()
    }
}

/// The digest of a payload: of the salt and the JSON object `{"before", "after", "ip"}` as PostgreSQL prints it, which is in the
/// order of its keys' lengths. `before` and `after` are texts as PostgreSQL prints jsonb, `ip` is an address without a netmask.
pub fn payload(salt: &[u8], before: Option<&str>, after: Option<&str>, ip: Option<&str>) -> Sha256Digest {
    let hash = Sha256::new().chain_update(salt).chain_update(r#"{"ip": "#);
    let hash = match ip {
        Some(ip) => hash.chain_update("\"").chain_update(ip).chain_update("\""),
        None => hash.chain_update("null"),
    };
    let hash = hash.chain_update(r#", "after": "#).chain_update(after.unwrap_or("null"));
    let hash = hash.chain_update(r#", "before": "#).chain_update(before.unwrap_or("null"));
    hash.chain_update("}").finalize().into()
}

/// What a seal says, but for its chain digest.
#[derive(Debug, Clone, Copy)]
pub struct Sealed<'a> {
    /// Its place, from 1.
    pub sequence_number: i64,
    /// Of the event.
    pub event_id: i64,
    /// Of the event, in microseconds.
    pub event_created_at: &'a str,
    /// Of the event.
    pub event_xid: &'a str,
    /// Of the event.
    pub event_sha256: &'a Sha256Digest,
    /// Of its payload.
    pub payload_sha256: Option<&'a Sha256Digest>,
    /// Of the seal, in microseconds.
    pub created_at: &'a str,
}

impl Sealed<'_> {
    /// `chain_sha256`, after the seal that has `previous`.
    pub fn chain(&self, previous: &Sha256Digest) -> Sha256Digest {
        Message::new("howdah.audit.seal.1")
            .digest(previous)
            .number(self.sequence_number)
            .number(self.event_id)
            .text(self.event_created_at)
            .text(self.event_xid)
            .digest(self.event_sha256)
            .field(self.payload_sha256.map(|digest| hex(digest)).as_deref())
            .text(self.created_at)
            .sha256()
    }
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |value: u8| char::from(DIGITS[usize::from(value)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// Reads hexadecimal of exactly `N` bytes.
pub fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digits = text.as_bytes();
    let mut bytes = [0; N];
    if digits.len() != 2 * N {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        let [high, low] = [pair[0], pair[1]].map(|digit| char::from(digit).to_digit(16));
        *byte = u8::try_from(high? << 4 | low?).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn message(fields: &[Option<String>]) -> Vec<u8> {
        fields.iter().fold(Message::new("m"), |message, field| message.field(field.as_deref())).0
    }

    #[test]
    fn a_message_is_what_its_description_says() {
        let bytes = Message::new("k").field(None).text("é").number(-7).0;
        assert_eq!(bytes, b"\x01\0\0\0\x01k\0\x01\0\0\0\x02\xc3\xa9\x01\0\0\0\x02-7");
        let json = br#"salt{"ip": "192.0.2.7", "after": {"a": 1}, "before": null}"#;
        let digest: Sha256Digest = Sha256::digest(json).into();
        assert_eq!(payload(b"salt", None, Some(r#"{"a": 1}"#), Some("192.0.2.7")), digest);
    }

    #[test]
    fn hexadecimal_reads_back() {
        assert_eq!(unhex::<3>("00fF7a"), Some([0, 255, 122]));
        assert_eq!((unhex::<3>("00ff7"), unhex::<3>("00ff7g"), unhex::<3>("")), (None, None, None));
        assert_eq!(hex(&[0, 255, 122]), "00ff7a");
    }

    proptest! {
        #[test]
        fn different_fields_make_different_messages(
            a in prop::collection::vec(prop::option::of(".{0,5}"), 0..4),
            b in prop::collection::vec(prop::option::of(".{0,5}"), 0..4),
        ) {
            prop_assert_eq!(message(&a) == message(&b), a == b);
        }
    }
}
