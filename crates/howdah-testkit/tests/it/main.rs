//! The test kit, tested with itself.

mod databases;
mod processes;
mod runs;
