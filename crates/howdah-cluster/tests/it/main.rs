//! Runs real servers: every test in a folder of its own, nothing left behind.

mod crashes;
mod folders;
mod helper;
mod lifecycle;
mod sharing;
mod support;
