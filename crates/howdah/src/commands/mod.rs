//! One command, one file: its arguments and what it does.

pub(crate) mod advise;
pub(crate) mod audit;
pub(crate) mod check;
pub(crate) mod completions;
pub(crate) mod config;
pub(crate) mod db;
pub(crate) mod dev;
pub(crate) mod diff;
pub(crate) mod docs;
pub(crate) mod generate;
pub(crate) mod init;
pub(crate) mod keys;
pub(crate) mod lint;
pub(crate) mod mail;
pub(crate) mod migrate;
pub(crate) mod policy;
pub(crate) mod role;
pub(crate) mod schema;
pub(crate) mod seed;
pub(crate) mod serve;
pub(crate) mod types;
pub(crate) mod validate;
