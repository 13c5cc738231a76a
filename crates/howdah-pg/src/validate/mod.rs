//! Data integrity of a live database: whether the rows are what the schema promises, asked of the rows.
//!
//! [`Validator::run`] takes the [`Catalog`] of a database and a connection to it, and says what it found. It only reads: in
//! READ ONLY transactions, with locks no stronger than ACCESS SHARE, and with a limit on how long it waits for those.
//!
//! # One transaction a step
//! A step is a pass over one table, one foreign key, one index. Each runs in a REPEATABLE READ transaction of its own rather than
//! all in one, because a snapshot keeps VACUUM from removing rows in the whole database for as long as it lasts, and validating a
//! large database takes hours. What one step says is true of one moment (its count and the keys it names agree); two steps may
//! speak of different moments, which matters to none of them. Passes over tables larger than a gigabyte are cut into ranges of
//! pages for the same reason. A foreign key or a unique index cannot be cut: its snapshot lasts as long as its statement.
//!
//! # What is not believed
//! Indexes and validated constraints, because they are what is in doubt: index scans are off, and so is everything by which the
//! planner leaves rows out that a constraint rules out.
//!
//! # Row-level security
//! Rows that a policy hides would be missing without a word. So `row_security` is off, which makes it an error, and a table of which
//! rows are hidden is reported as not checked. Only where a permissive policy is plainly `true` for the role, and no restrictive
//! one applies, it stays on.
//!
//! What it does not do: repair anything, or judge the schema (that is the linter).

mod access;
mod check;
mod checks;
mod facts;
mod mask;
mod refusal;
mod report;
mod rule;
mod run;
mod scan;
mod selection;
mod session;
mod unit;

pub use check::{CHECKS, Check, CheckSpec, UnknownCheck};
pub use facts::SQL_FILES;
pub use report::{Finding, Key, Level, Report, Unchecked};
pub use run::{ValidateError, Validator, Watch};
pub use selection::{ValidateOptions, matches_pattern};

#[cfg(doc)]
use howdah_schema::Catalog;
