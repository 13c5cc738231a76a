//! The command line from outside: the real binary, real folders, a real PostgreSQL.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a helper of a test that cannot go on has failed it")]

mod advise;
mod audit;
mod check;
mod config;
mod db;
mod dev;
mod dev_by_hand;
mod dev_schema;
mod diff;
mod docs;
mod generate;
mod help;
mod init;
mod keys;
mod lint;
mod mail;
mod metrics;
mod migrate;
mod policy;
mod postgrest;
mod roles;
mod schema_dump;
mod security;
mod seed;
mod serve;
mod sessions;
mod soft;
mod support;
mod types;
mod types_rust;
mod usage;
mod validate;
mod workspace;
