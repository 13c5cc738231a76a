//! Data that Howdah itself puts into a database: today the demo data of `howdah seed demo`.
//!
//! Pure generation and I/O are kept apart: everything under [`demo`] except its loader is a function of
//! (seed, rows, anchor day) and never looks at a clock, the environment or a random source, because "the same seed gives
//! the same bytes" is the promise that makes a bug report with a seed worth having.
//!
//! What this crate deliberately does not do: hash passwords (the caller passes the hashing in, so that the scheme stands
//! in one place), draw progress bars (it reports through [`demo::Progress`]), or touch a schema it does not know.

pub mod calendar;
pub(crate) mod copy;
pub mod demo;
mod error;

pub use error::DataError;
