//! The audit trail, from the moment an event is committed: chained, signed, verified, exported, and let go by retention.
//!
//! Events are written by triggers, in the transaction of the change they tell of. Chaining them there would make all
//! writers queue, so the [`Sealer`] does it afterwards: each event that no earlier one can precede any more gets a *seal*,
//! which takes in the seal before. A *checkpoint* signs the end of the chain with a key that is outside of the database.
//! [`verify()`] walks events and seals side by side and names what does not fit.
//!
//! What is hashed and signed is described, for other implementations, in [`digest`] and in docs/audit.md.

mod checkpoint;
pub mod digest;
mod error;
mod event;
mod export;
mod key;
mod prune;
mod raw;
mod reader;
mod record;
mod seal;
mod sealer;
mod status;
mod tail;
mod verify;

pub use checkpoint::{Checkpoint, Expected, anchor};
pub use error::AuditError;
pub use event::Event;
pub use export::{ExportFormat, ExportOptions, export};
pub use key::{PublicKey, SigningKey, TrustedKeys};
pub use prune::{Pruned, plan, prune};
pub use reader::connect;
pub use record::record;
pub use seal::{Batch, SealOptions, seal_batch};
pub use sealer::{Sealer, SealerOptions};
pub use status::{SealerState, SealerStatus, Standing, standing};
pub use tail::Tail;
pub use verify::{Finding, Problem, Progress, Report, VerifyOptions, verify};
