//! Demo data against a real PostgreSQL.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "in a test they are how it fails; clippy.toml allows them in test functions, not in what these call"
)]

mod by_hand;
mod commerce;
mod common;
mod content;
mod errors;
mod laws;
mod personal;
