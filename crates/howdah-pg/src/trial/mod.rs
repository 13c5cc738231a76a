//! Runs the queries that documentation shows, before anybody reads them.
//!
//! Two ways, for two places. Where there is a copy of the schema with invented rows ([`on_copy`]), everything runs as it
//! stands, with values taken from these rows, in a transaction that is rolled back. In a database that belongs to somebody
//! ([`in_use`]) nothing is changed and nobody's rows are looked through: what reads runs without values, in which PostgreSQL
//! finds nothing; what writes, or would read a whole table, is planned only.
//!
//! A query that fails is a mistake of whoever made it, and not shown. That a row is refused (by a check, a trigger, a key that
//! is taken) is none: the statement was understood, and is planned instead.

mod copy;
mod live;

pub use copy::{Values, on_copy, values};
pub use live::in_use;

use crate::ServerError;

/// What became of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It ran.
    Ran,
    /// It was planned: names, types and operators are right.
    Planned,
    /// It was read, and not planned because the login has no right to what it is about.
    Read,
    /// The server refuses it.
    Failed(Box<ServerError>),
}

/// `execute query ('…', null)`
fn execute(name: &str, values: &[Option<String>]) -> String {
    if values.is_empty() {
        return format!("execute {name}");
    }
    let literals = values.iter().map(|value| match value {
        Some(value) => crate::Literal::text(value.clone()).to_string(),
        None => "null".to_owned(),
    });
    format!("execute {name} ({})", literals.collect::<Vec<_>>().join(", "))
}

/// Without the semicolon that it is shown with.
fn bare(sql: &str) -> &str {
    sql.trim_end().trim_end_matches(';')
}

/// Whether the server understood the statement and refused what it would have done to the rows.
fn is_about_rows(error: &ServerError) -> bool {
    // Integrity; a trigger's own words; a value that a domain or a partition does not take; row-level security.
    error.sqlstate.starts_with("23") || matches!(error.sqlstate.as_str(), "P0001" | "42501" | "44000")
}
