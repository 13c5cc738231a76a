//! Values that may be left out.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A value that may be left out, which is not the same as null: an INSERT then takes the column's default, an UPDATE
/// leaves the column as it is, a call takes the argument's default.
///
/// Where null is a value, the type is `Field<Option<T>>`, and `Field::Set(None)` writes null. As JSON, a field that is
/// not set is absent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Field<T> {
    /// Left out.
    #[default]
    Unset,
    /// This value.
    Set(T),
}

impl<T> Field<T> {
    /// Whether it was left out.
    pub fn is_unset(&self) -> bool {
        matches!(self, Self::Unset)
    }

    /// The value, if there is one.
    pub fn as_set(&self) -> Option<&T> {
        match self {
            Self::Unset => None,
            Self::Set(value) => Some(value),
        }
    }
}

impl<T> From<T> for Field<T> {
    fn from(value: T) -> Self {
        Self::Set(value)
    }
}

// Absent fields are the business of `skip_serializing_if` and `default` on the struct's fields.
impl<T: Serialize> Serialize for Field<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.as_set().serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Field<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(Self::Set)
    }
}
