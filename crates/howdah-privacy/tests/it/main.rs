//! The audit trail on a real PostgreSQL.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a failed unwrap is a failed test, in its helpers too")]

mod export;
mod prune;
mod seal;
mod support;
mod tamper;
mod writers;
