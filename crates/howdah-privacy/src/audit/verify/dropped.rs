//! The months that retention has dropped: seals without events that are as they should be.

use tokio_postgres::{Client, Row};

use super::super::AuditError;
use super::super::digest::{Message, Seals, Sha256Digest, hex};
use super::pages::Seal;

const DROPPED: &str = include_str!("../sql/dropped.sql");

/// A statement that a month was dropped.
#[derive(Debug, Clone)]
pub(in super::super) struct Statement {
    pub(in super::super) partition_name: String,
    pub(in super::super) starts_at: String,
    pub(in super::super) ends_at: String,
    pub(in super::super) event_count: i64,
    pub(in super::super) last_sequence_number: i64,
    pub(in super::super) seals_sha256: Vec<u8>,
    pub(in super::super) key_name: String,
    pub(in super::super) signature: Vec<u8>,
    pub(in super::super) created_at: String,
    pub(in super::super) is_untouched: bool,
}

impl Statement {
    fn read(row: &Row) -> Self {
        Self {
            partition_name: row.get(0),
            starts_at: row.get(1),
            ends_at: row.get(2),
            event_count: row.get(3),
            last_sequence_number: row.get(4),
            seals_sha256: row.get(5),
            key_name: row.get(6),
            signature: row.get(7),
            created_at: row.get(8),
            is_untouched: row.get(9),
        }
    }

    /// What is signed.
    pub(in super::super) fn message(&self) -> Message {
        Message::new("howdah.audit.dropped.1")
            .text(&self.partition_name)
            .text(&self.starts_at)
            .text(&self.ends_at)
            .number(self.event_count)
            .number(self.last_sequence_number)
            .text(hex(&self.seals_sha256))
            .text(&self.key_name)
            .text(&self.created_at)
    }

    /// Whether an event of that time and seal was in the month.
    fn holds(&self, seal: &Seal) -> bool {
        let number = |text: &str| text.parse::<i128>().ok();
        let within = match (number(&self.starts_at), number(&seal.event_created_at), number(&self.ends_at)) {
            (Some(start), Some(at), Some(end)) => start <= at && at < end,
            _ => false,
        };
        within && seal.sequence_number <= self.last_sequence_number
    }
}

/// All statements.
pub(super) async fn statements(client: &Client) -> Result<Vec<Statement>, AuditError> {
    Ok(client.query(DROPPED, &[]).await?.iter().map(Statement::read).collect())
}

/// A statement that holds, and the seals without events that it has explained.
#[derive(Debug)]
pub(super) struct Month {
    pub(super) statement: Statement,
    count: i64,
    last: i64,
    seals: Seals,
}

impl Month {
    pub(super) fn new(statement: Statement) -> Self {
        Self { statement, count: 0, last: 0, seals: Seals::default() }
    }

    /// Takes a seal without an event, if it is one of its own.
    pub(super) fn explains(&mut self, seal: &Seal) -> bool {
        let Ok(chain) = <Sha256Digest>::try_from(seal.chain_sha256.as_slice()) else { return false };
        if !self.statement.holds(seal) {
            return false;
        }
        self.count += 1;
        self.last = seal.sequence_number;
        self.seals.add(seal.sequence_number, &chain);
        true
    }

    /// Whether it explained what it speaks of and nothing else; in words if not.
    pub(super) fn check(self) -> Result<(), String> {
        let Statement { event_count, last_sequence_number, seals_sha256, partition_name, .. } = self.statement;
        let count = self.count;
        if count != event_count {
            return Err(format!(
                "audit.{partition_name} was dropped with {event_count} events, and {count} seals of that month are without theirs"
            ));
        }
        if self.last != last_sequence_number || self.seals.sha256() != *seals_sha256 {
            return Err(format!(
                "the seals without events are not those of audit.{partition_name} when it was dropped"
            ));
        }
        Ok(())
    }
}
