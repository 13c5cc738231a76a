//! The test kit, tested with itself.
#![expect(clippy::unwrap_used, reason = "helpers of tests are tests")]

mod databases;
mod processes;
mod runs;
