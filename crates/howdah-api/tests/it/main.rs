//! The data API against a real PostgreSQL, over real HTTP.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a failed unwrap is a failed test, in its helpers too")]

mod batch;
mod clients;
mod conformance;
mod crud;
mod isolation;
mod load;
mod outage;
mod refusals;
mod server;
mod soft_delete;
mod streaming;
