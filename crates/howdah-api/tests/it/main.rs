//! The data API against a real PostgreSQL, over real HTTP.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a failed unwrap is a failed test, in its helpers too")]

mod batch;
mod broken_flight;
mod clients;
mod conditional;
mod conformance;
mod cost;
mod crud;
mod cursor;
mod description;
mod docs;
mod isolation;
mod load;
mod media;
mod outage;
mod refusals;
mod server;
mod soft_delete;
mod streaming;
