//! What the generated modules stand on: errors, fields that may be left out, and the types of PostgreSQL that Rust lacks.

pub mod composite;
mod error;
mod field;
pub mod label;
mod numeric;
mod query;
mod range;

pub use error::{Error, Failure, Result};
pub use field::Field;
pub use label::UnknownLabel;
pub use numeric::{InvalidNumeric, Numeric};
pub use query::{FromRow, Query};
pub use range::{Multirange, Range};
