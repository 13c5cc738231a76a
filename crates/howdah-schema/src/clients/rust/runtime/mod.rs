//! What the generated modules stand on: errors, fields that may be left out, and the types of PostgreSQL that Rust lacks.

pub mod composite;
mod error;
mod field;
mod numeric;
mod query;
mod range;

pub use error::{Error, Result};
pub use field::Field;
pub use numeric::{InvalidNumeric, Numeric};
pub use query::{FromRow, Query};
pub use range::{Multirange, Range};

/// What an enum makes of a label that it does not know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownLabel {
    /// The enum's name in the database.
    pub of: &'static str,
    /// What was read.
    pub label: String,
}

impl std::fmt::Display for UnknownLabel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "the enum {} had no label {:?} when this client was generated: generate it again",
            self.of, self.label
        )
    }
}

impl std::error::Error for UnknownLabel {}
