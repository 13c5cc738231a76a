//! Signed statements that the chain had a digest at a length.

use std::str::FromStr;

use serde::Deserialize;
use serde_json::{Value, json};
use tokio_postgres::{Client, Row, Transaction};
use uuid::Uuid;

use super::digest::{Message, Sha256Digest, hex, unhex};
use super::{AuditError, SigningKey};

pub(super) const CHECKPOINTS: &str = include_str!("sql/checkpoints.sql");
pub(super) const INSERT: &str = include_str!("sql/insert_checkpoint.sql");
/// The last checkpoint, and how many seconds ago it was signed.
pub(super) const LAST: &str = "select c.sequence_number, extract(epoch from now() - c.created_at)::float8 \
     from audit.checkpoints c order by c.sequence_number desc limit 1";

/// A checkpoint as it stands in the database. Binary values are as they are there, whatever their length.
#[derive(Debug, Clone, PartialEq)]
pub struct Checkpoint {
    /// A UUID.
    pub id: String,
    /// The seal it vouches for.
    pub sequence_number: i64,
    /// The seal that the checkpoint before vouches for; 0 for the first.
    pub previous_number: i64,
    /// The seal's chain digest.
    pub chain_sha256: Vec<u8>,
    /// Which key signed.
    pub key_name: String,
    /// 64 bytes.
    pub signature: Vec<u8>,
    /// In microseconds.
    pub created_at: String,
    /// Where it was deposited.
    pub anchor: Option<Value>,
    /// In microseconds.
    pub anchored_at: Option<String>,
    /// In microseconds.
    pub updated_at: String,
    /// The seal is there.
    pub(super) has_seal: bool,
}

impl Checkpoint {
    /// A row of checkpoints.sql.
    pub(super) fn read(row: &Row) -> Self {
        Self {
            id: row.get(0),
            sequence_number: row.get(1),
            previous_number: row.get(2),
            chain_sha256: row.get(3),
            key_name: row.get(4),
            signature: row.get(5),
            created_at: row.get(6),
            anchor: row.get(7),
            anchored_at: row.get(8),
            updated_at: row.get(9),
            has_seal: row.get(10),
        }
    }

    /// What is signed.
    pub fn message(&self) -> Message {
        Message::new("howdah.audit.checkpoint.1")
            .text(&self.id)
            .number(self.sequence_number)
            .number(self.previous_number)
            .text(hex(&self.chain_sha256))
            .text(&self.key_name)
            .text(&self.created_at)
    }

    /// What is signed of its anchor; `None` where the anchor is not of the form that Howdah writes.
    pub(super) fn anchor_message(&self) -> Option<(Message, Vec<u8>)> {
        let anchor = self.anchor.as_ref()?.as_object()?;
        let text = |name: &str| anchor.get(name)?.as_str();
        if anchor.len() != 3 {
            return None;
        }
        let signature = unhex::<64>(text("signature")?)?.to_vec();
        let message = anchor_message(&self.id, self.anchored_at.as_deref()?, text("where")?, text("receipt")?);
        Some((message, signature))
    }

    /// As it is kept outside: everything that its signature covers, and the signature.
    pub fn json(&self) -> Value {
        json!({
            "id": self.id, "sequence_number": self.sequence_number, "previous_number": self.previous_number,
            "chain_sha256": hex(&self.chain_sha256), "key_name": self.key_name, "signature": hex(&self.signature),
            "created_at_microseconds": self.created_at,
        })
    }
}

fn anchor_message(id: &str, anchored_at: &str, place: &str, receipt: &str) -> Message {
    Message::new("howdah.audit.anchor.1").text(id).text(anchored_at).text(place).text(receipt)
}

/// Signs the end of the chain in the transaction that has locked it. `now` is the transaction's time in microseconds.
pub(super) async fn sign(
    transaction: &Transaction<'_>,
    key: &SigningKey,
    now: &str,
    sequence_number: i64,
    chain_sha256: &Sha256Digest,
    previous_number: i64,
) -> Result<(), AuditError> {
    let id = Uuid::new_v4();
    let mut checkpoint = Checkpoint {
        id: id.to_string(),
        sequence_number,
        previous_number,
        chain_sha256: chain_sha256.to_vec(),
        key_name: key.public().to_string(),
        signature: Vec::new(),
        created_at: now.to_owned(),
        anchor: None,
        anchored_at: None,
        updated_at: now.to_owned(),
        has_seal: true,
    };
    checkpoint.signature = key.sign(&checkpoint.message()).to_vec();
    let Checkpoint { chain_sha256, key_name, signature, .. } = &checkpoint;
    transaction.execute(INSERT, &[&id, &sequence_number, &previous_number, chain_sha256, key_name, signature]).await?;
    Ok(())
}

/// The last checkpoint that this key has signed, and the transaction's time in microseconds.
const OWN: &str = "select c.id, c.sequence_number, trunc(extract(epoch from now()) * 1000000)::text \
     from audit.checkpoints c where c.key_name = $1 order by c.sequence_number desc limit 1";
const ANCHOR: &str =
    "update audit.checkpoints set anchor = $2, anchored_at = now() where id = $1 and anchored_at is null";

/// Notes where the last checkpoint of the key is deposited, signs that, and returns the checkpoint. One that has such a note keeps
/// it. `None` where the key has signed none yet. The client is logged in as `howdah_sealer`, or as who inherits it.
///
/// # Errors
/// Those of PostgreSQL.
pub async fn anchor(
    client: &mut Client,
    key: &SigningKey,
    place: &str,
    receipt: &str,
) -> Result<Option<Checkpoint>, AuditError> {
    let transaction = client.transaction().await?;
    let Some(row) = transaction.query_opt(OWN, &[&key.public().to_string()]).await? else { return Ok(None) };
    let (id, number): (Uuid, i64) = (row.get(0), row.get(1));
    let signature = key.sign(&anchor_message(&id.to_string(), row.get(2), place, receipt));
    let anchor = json!({ "where": place, "receipt": receipt, "signature": hex(&signature) });
    transaction.execute(ANCHOR, &[&id, &anchor]).await?;
    let rows = transaction.query(CHECKPOINTS, &[&(number - 1), &number]).await?;
    let found = rows.iter().map(Checkpoint::read).find(|checkpoint| checkpoint.id == id.to_string());
    transaction.commit().await?;
    Ok(found)
}

/// What somebody outside remembers of the chain. Reads `NUMBER:CHAIN`, and JSON with `sequence_number` and `chain_sha256`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// The length that the chain had.
    pub sequence_number: i64,
    /// The digest that it had there.
    pub chain_sha256: Sha256Digest,
}

impl FromStr for Expected {
    type Err = AuditError;

    fn from_str(text: &str) -> Result<Self, AuditError> {
        #[derive(Deserialize)]
        struct Written {
            sequence_number: i64,
            chain_sha256: String,
        }
        let read = || {
            let written = match text.trim().split_once(':') {
                Some((number, chain)) if !text.trim_start().starts_with('{') => {
                    Written { sequence_number: number.parse().ok()?, chain_sha256: chain.to_owned() }
                }
                _ => serde_json::from_str(text).ok()?,
            };
            let chain_sha256 = unhex(&written.chain_sha256)?;
            Some(Self { sequence_number: written.sequence_number, chain_sha256 })
        };
        read().filter(|read| read.sequence_number > 0).ok_or_else(|| AuditError::Expected { text: text.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_remembered_is_read() {
        let chain = "ab".repeat(32);
        let expected = Expected { sequence_number: 12, chain_sha256: [0xab; 32] };
        for text in [
            format!("12:{chain}"),
            format!(" 12:{} \n", chain.to_uppercase()),
            format!(r#"{{"sequence_number": 12, "chain_sha256": "{chain}", "signature": "00"}}"#),
        ] {
            assert_eq!(text.parse::<Expected>().unwrap(), expected, "{text}");
        }
        for text in [String::new(), chain.clone(), format!("0:{chain}"), format!("12:{}", &chain[1..]), "{}".to_owned()]
        {
            assert_eq!(text.parse::<Expected>().unwrap_err().code(), "audit-checkpoint", "{text}");
        }
    }
}
