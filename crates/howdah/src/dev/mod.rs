//! `howdah dev`: a database, its API and the schema folder, kept in step while somebody works.

mod apply;
pub(crate) mod bookkeeping;
mod changes;
mod copy;
mod demo;
pub(crate) mod lock;
mod losses;
mod partitions;
mod reference;
mod schema_files;
mod screen;
pub(crate) mod session;
pub(crate) mod signals;
mod swap;
mod verify;
mod watch;
