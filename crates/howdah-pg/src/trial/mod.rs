//! Runs the queries that documentation shows, before anybody reads them.
//!
//! Two ways, for two places. Where there is a copy of the schema with invented rows ([`on_copy`]), everything runs as it
//! stands, with values taken from these rows and, where no row has any, with values that fit the columns, in a transaction that
//! is rolled back. In a database that belongs to somebody ([`in_use`]) nothing is changed and nobody's rows are looked through:
//! what reads runs without values, in which PostgreSQL finds nothing; what writes, or would read a whole table, is planned only.
//!
//! A query that fails is a mistake of whoever made it, and not shown. That a row is refused (by a check, a trigger, a key that
//! is taken) is none: the statement was understood, and is planned instead.

mod copy;
mod live;
mod values;

pub use copy::on_copy;
pub use live::in_use;
pub use values::{Values, others, values};

use crate::ServerError;
use howdah_schema::docs::queries::Candidate;

/// What the statement that is being tried is called.
const NAME: &str = "howdah_trial";

/// What became of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It ran.
    Ran,
    /// It ran, with values of which some are no row's.
    RanMadeUp,
    /// It was planned: names, types and operators are right.
    Planned,
    /// It was read, and not planned because the login has no right to what it is about.
    Read,
    /// The server refuses it.
    Failed(Box<ServerError>),
}

/// `prepare query as …`; `declared` says of what types its parameters are, and leaves nothing to be found out.
fn prepare(candidate: &Candidate, declared: bool) -> String {
    let types = match declared && !candidate.types.is_empty() {
        true => format!(" ({})", candidate.types.join(", ")),
        false => String::new(),
    };
    // Without the semicolon that it is shown with.
    format!("prepare {NAME}{types} as {}", candidate.query.sql.trim_end().trim_end_matches(';'))
}

/// Whether a statement may be fine once the server is told of what types its parameters are, as most drivers tell it.
fn is_about_types(error: &ServerError) -> bool {
    matches!(error.sqlstate.as_str(), "42725" | "42883" | "42P08" | "42P18" | "42804")
}

/// `execute query ('…', null)`
fn execute(values: &[Option<String>]) -> String {
    if values.is_empty() {
        return format!("execute {NAME}");
    }
    let literals = values.iter().map(|value| match value {
        Some(value) => crate::Literal::text(value.clone()).to_string(),
        None => "null".to_owned(),
    });
    format!("execute {NAME} ({})", literals.collect::<Vec<_>>().join(", "))
}

/// Whether the server understood the statement and refused what it would have done to the rows.
fn is_about_rows(error: &ServerError) -> bool {
    // Integrity; a trigger's own words; a value that a domain or a partition does not take; row-level security.
    error.sqlstate.starts_with("23") || matches!(error.sqlstate.as_str(), "P0001" | "42501" | "44000")
}
