//! What verifying can find, and what it comes to.

use serde::Serialize;

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Problem {
    /// A column of the event is not what was sealed.
    EventChanged,
    /// Before, after or address are not what the event's digest says, or were taken out in part.
    PayloadChanged,
    /// The payload is gone, and nothing says that it was redacted.
    PayloadRemoved,
    /// A seal has no event, and no dropped month explains it.
    EventMissing,
    /// An event without a seal stands before sealed ones.
    EventInserted,
    /// A seal is not what the chain says.
    SealChanged,
    /// A number is missing in the chain.
    SealMissing,
    /// A seal stands where its event's transaction does not belong.
    OutOfOrder,
    /// A checkpoint is not what was signed, or does not fit the chain.
    CheckpointChanged,
    /// One says that another stood before it, which is not there.
    CheckpointMissing,
    /// What is signed is signed by a key that is not trusted.
    UnknownKey,
    /// The note of where a checkpoint was deposited is not signed.
    AnchorChanged,
    /// The chain ends before a place that a checkpoint, or somebody outside, knows of.
    TailMissing,
    /// The chain is another one than somebody outside knows.
    ChainReplaced,
    /// The statement of a dropped month is not what was signed, or does not fit what is missing.
    DroppedChanged,
}

impl Problem {
    /// Stable.
    pub fn code(self) -> &'static str {
        match self {
            Self::EventChanged => "event-changed",
            Self::PayloadChanged => "payload-changed",
            Self::PayloadRemoved => "payload-removed",
            Self::EventMissing => "event-missing",
            Self::EventInserted => "event-inserted",
            Self::SealChanged => "seal-changed",
            Self::SealMissing => "seal-missing",
            Self::OutOfOrder => "out-of-order",
            Self::CheckpointChanged => "checkpoint-changed",
            Self::CheckpointMissing => "checkpoint-missing",
            Self::UnknownKey => "unknown-key",
            Self::AnchorChanged => "anchor-changed",
            Self::TailMissing => "tail-missing",
            Self::ChainReplaced => "chain-replaced",
            Self::DroppedChanged => "dropped-changed",
        }
    }
}

/// Something that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What kind of thing.
    pub problem: Problem,
    /// The place in the chain at which it was noticed.
    pub sequence_number: i64,
    /// The event, where it is about one.
    pub event_id: Option<i64>,
    /// All of it in a sentence.
    pub message: String,
}

/// What was looked at, and what was found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Seals in the chain.
    pub seals: u64,
    /// Events that are as they were sealed.
    pub events: u64,
    /// Of them, those whose payload was redacted.
    pub redacted: u64,
    /// Seals whose events retention has dropped.
    pub dropped: u64,
    /// Checkpoints that are as they were signed.
    pub checkpoints: u64,
    /// Whether signatures were checked.
    pub signatures: bool,
    /// Committed events behind the last seal, which nothing is proven of yet; no more than 100,000 are counted.
    pub unsealed: u64,
    /// The last place of the chain.
    pub sequence_number: i64,
    /// Its digest, in hexadecimal.
    pub chain_sha256: Option<String>,
    /// How much was found.
    pub found: u64,
    /// The first of it, in the order of the chain.
    pub findings: Vec<Finding>,
}

impl Report {
    /// Nothing was found.
    pub fn is_clean(&self) -> bool {
        self.found == 0
    }
}
