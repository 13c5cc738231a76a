//! Demo data against a real PostgreSQL.

mod by_hand;
mod common;
mod errors;
mod laws;
mod personal;
