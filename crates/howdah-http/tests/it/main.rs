//! The HTTP side against a real PostgreSQL, over real connections.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a failed unwrap is a failed test, in its helpers too")]

mod connections;
mod cors;
mod errors;
mod headers;
mod limits;
mod metrics;
mod server;
mod slowloris;
mod tokens;
