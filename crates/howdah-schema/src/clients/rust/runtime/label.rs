//! Labels of enums.

use std::fmt;
use tokio_postgres::types::{Kind, Type};

/// What an enum makes of a label that it does not know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownLabel {
    /// The enum's name in the database.
    pub of: &'static str,
    /// What was read.
    pub label: String,
}

impl fmt::Display for UnknownLabel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { of, label } = self;
        write!(
            f,
            "the enum {of} had no label {label:?} when this client was generated"
        )
    }
}

impl std::error::Error for UnknownLabel {}

/// Whether a value of this type is a label: of this enum, or any text.
pub fn is_of(ty: &Type, schema: &str, name: &str) -> bool {
    let is_enum = matches!(ty.kind(), Kind::Enum(_)) && ty.schema() == schema && ty.name() == name;
    is_enum || matches!(*ty, Type::TEXT | Type::VARCHAR)
}
