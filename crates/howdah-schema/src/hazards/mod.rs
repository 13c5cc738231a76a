//! Migration hazards: what a migration would do to the rows and the traffic of a live database, found in its SQL.
//!
//! Generated and hand-written migrations go through the same code. Several files are judged as one migration: what it
//! made itself is no hazard, because nobody uses it yet. Hazards weigh as much as the table is large
//! ([`context`]), and a person who knows better says so in the SQL:
//!
//! ```sql
//! -- howdah:allow drop-column: the column was never written
//! alter table public.tasks drop column legacy_id;
//! ```
//!
//! `-- howdah:allow-file RULE: reason` before the first statement holds for the file. `-- howdah:no-transaction` says
//! that what follows runs statement by statement, until `-- howdah:transaction` or the end of the file; a statement after
//! `-- howdah:backfill` runs in batches, and a transaction begins after it.
//!
//! It judges text and cannot run it: what it cannot read it says so about (`syntax`), and the server decides.

pub mod context;
pub mod effect;
mod engine;
mod facts;
mod locks;
mod names;
mod read;
pub(crate) mod rules;
mod seen;
mod statement;
#[cfg(test)]
mod tests;

pub use crate::findings::{Class, Finding, Level, Place, Report, Rule, Source};
pub use context::{Context, Sizes, TableSize};
pub use effect::{LockMode, Work};
pub use engine::{Effect, Effects, check, is_destructive, statement_effects};
pub use rules::rules;
