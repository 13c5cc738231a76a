//! The audit trail on a real PostgreSQL.

mod export;
mod prune;
mod seal;
mod support;
mod tamper;
mod writers;
