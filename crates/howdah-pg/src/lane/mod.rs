//! The hot path to PostgreSQL: connections that speak the extended query protocol in whole *flights*.
//!
//! A [`Flight`] is everything one request wants from the database: first the settings that make it the caller's
//! (`set_config(…, true)` for role and claims), then the statement, all in one write that ends in one `Sync`. The Sync
//! ends the implicit transaction, so nothing of the caller outlives the flight, and PostgreSQL skips whatever follows a
//! failed message until the Sync: a settings step that fails means that the statement never runs (fail closed).
//!
//! Two ways to hold a connection, one wire:
//! - [`Lane`]: shared by many requests at once. Flights queue up behind each other on one connection, a writer task
//!   gathers those that wait into one system call, a reader task hands the replies out in order. The price is
//!   head-of-line blocking, so only what is known to be quick travels here.
//! - [`Exclusive`]: one request at a time, for what may be slow, may wait for a lock, or streams a large result.
//!
//! What cannot be said in one flight (rows that arrive over minutes) takes several in one [`Transaction`].
//!
//! [`LanePool`] keeps both alive, replaces a lane that is held up, and says [`LaneError::Down`] at once while the
//! database is away. What it deliberately does not do: notifications, COPY, portals fetched in pieces. Those belong to
//! tokio-postgres, off the hot path.

mod connection;
mod counters;
mod error;
mod exclusive;
mod flight;
mod handshake;
mod isolation;
mod pool;
mod reply;
mod shared;
mod transaction;

pub use counters::PoolCounters;
pub use error::{DatabaseError, LaneError};
pub use exclusive::{Exclusive, Outcome, Streaming};
pub use flight::{Flight, Statement, Step, TimeLimit};
pub use isolation::Isolation;
pub use pool::{Answer, LaneOptions, LanePool, PoolStatus, PooledStream, Route};
pub use reply::{Field, Reply, Row, Rows, StepReply};
pub use shared::Lane;
pub use transaction::Transaction;
