//! The catalog of a PostgreSQL database as a plain value, and what is derived from it without I/O.
//!
//! Everything here is a function of values that the caller holds: nothing reads a file, opens a socket or knows the time,
//! and nothing can fail on a catalog that a server gave. `howdah_pg::introspect` fills a [`Catalog`] from a database.

pub mod advisor;
pub mod catalog;
pub mod clients;
pub mod cores;
pub mod diff;
pub mod docs;
pub mod er;
pub mod file;
pub mod findings;
pub mod hazards;
pub mod lint;
pub mod mask;
pub mod nearest;
pub mod policies;
pub mod quote;
pub mod roles;
pub mod sql;
pub mod tags;
#[cfg(test)]
pub(crate) mod testing;

pub use catalog::{Catalog, Column, Function, Relation, Table, View};
pub use file::OutputFile;
pub use nearest::nearest;
pub use quote::{Ident, Literal, QualifiedName};
pub use tags::{TagError, Tags};
