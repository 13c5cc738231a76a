//! Against a real PostgreSQL.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a failed unwrap is a failed test, in its helpers too")]

mod advisor;
mod connect;
mod copy;
mod diagrams;
mod diff;
mod history;
mod introspect;
mod lane;
mod lane_limits;
mod lint;
mod migrate;
mod origins;
mod proxy;
mod quote;
mod script;
mod support;
mod templates;
mod tls;
mod transaction;
mod trial;
mod validate;
mod watch;
