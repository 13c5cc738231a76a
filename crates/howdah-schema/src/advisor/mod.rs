//! The advisor: what a catalog lets others see and do, and what it costs, one rule a file.
//!
//! [`crate::lint`] asks whether a schema is well written; the advisor asks whether it is safe and sound as it stands. What it
//! knows beside the catalog is who comes in over HTTP and by which schemas: [`AdvisorOptions`]. It judges by rights as the
//! catalog has them, so a table that no such caller may touch is not called open.
//!
//! Three rules are shared with the standards, because they are about both: `broken-object`, `no-primary-key` and
//! `unindexed-foreign-key`. Whatever needs a live database, such as bloat, slow queries and sequences near their end, is not
//! here.
//!
//! Findings are told, placed and suppressed as those of the other sets are: [`crate::findings`].

mod engine;
mod expressions;
mod facts;
mod options;
mod rules;
mod views;

pub use engine::check;
pub use options::AdvisorOptions;
pub use rules::rules;

#[cfg(test)]
mod tests;
