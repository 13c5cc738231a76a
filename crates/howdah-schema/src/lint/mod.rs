//! Schema standards: what a well-kept catalog looks like, one rule a file.
//!
//! It judges the catalog, so it sees what the database sees, whichever statements made it. Where SQL files are at hand, a
//! finding points at the statement, column or constraint in them, and a person who knows better says so there:
//!
//! ```sql
//! create table public.contacts (
//!   -- howdah:allow date-name: named so by vCard
//!   birthday date
//! );
//! ```
//!
//! `-- howdah:allow-file RULE: reason` before the first statement holds for the file, [`Allowance`]s for objects of live
//! databases and for whole projects.
//!
//! What it leaves alone: partitions and inherited columns (their parent is judged), and objects of extensions (which no
//! catalog has).

mod allow;
mod comments;
pub(crate) mod engine;
mod expressions;
pub(crate) mod facts;
mod fix;
pub(crate) mod rules;
pub(crate) mod types;
mod words;

pub use allow::{Allowance, hold};
pub use engine::check;
pub use fix::{Edit, FIXABLE, apply as apply_edits, edits};
pub use rules::rules;

#[cfg(test)]
mod tests;
