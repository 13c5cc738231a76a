//! Runs real servers: every test in a folder of its own, nothing left behind.
#![expect(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "helpers of tests are tests")]

mod crashes;
mod folders;
mod helper;
mod lifecycle;
mod sharing;
mod support;
