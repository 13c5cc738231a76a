//! The data API against a real PostgreSQL, over real HTTP.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a failed unwrap is a failed test, in its helpers too")]

mod audit;
mod batch;
mod broken_flight;
mod bypass;
mod bypass_ways;
mod clients;
mod conditional;
mod conformance;
mod cost;
mod crud;
mod cursor;
mod description;
mod docs;
mod isolation;
mod keys;
mod load;
mod masks;
mod media;
mod outage;
mod policies;
mod refusals;
mod role_settings;
mod server;
mod soft_delete;
mod streaming;
