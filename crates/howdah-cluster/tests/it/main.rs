//! Runs real servers: every test in a folder of its own, nothing left behind.

mod lifecycle;
mod support;
