//! One command, one file: its arguments and what it does.

pub(crate) mod completions;
pub(crate) mod config;
pub(crate) mod db;
pub(crate) mod dev;
pub(crate) mod init;
pub(crate) mod migrate;
pub(crate) mod seed;
pub(crate) mod serve;
