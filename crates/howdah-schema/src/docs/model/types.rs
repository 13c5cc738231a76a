//! Types that a schema defines.

use crate::QualifiedName;
use crate::catalog::TypeKind;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The type of a column, argument or result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TypeRef {
    /// As in SQL: `numeric(19,4)`, `text[]`, `public.mood`.
    pub sql: String,
    /// Its own name, if this documentation describes it; of an array, that of its elements.
    pub described: Option<QualifiedName>,
    /// What kind of type it is; of an array, what its elements are.
    pub kind: TypeKind,
    /// Of a domain: the type under it.
    pub base: Option<String>,
}

/// An enumeration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EnumDoc {
    /// Its name.
    pub name: QualifiedName,
    /// What its comment says.
    pub purpose: Option<String>,
    /// Why it is not for new use.
    pub deprecated: Option<String>,
    /// In their order.
    pub labels: Vec<String>,
    /// The columns of that type, such as `public.tasks.status`, by name.
    pub used_by: Vec<TypeUse>,
}

/// Where a type is used.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct TypeUse {
    /// The table or view.
    pub relation: QualifiedName,
    /// The column.
    pub column: String,
}

/// A domain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DomainDoc {
    /// Its name.
    pub name: QualifiedName,
    /// What its comment says.
    pub purpose: Option<String>,
    /// Why it is not for new use.
    pub deprecated: Option<String>,
    /// The type it is made from.
    pub base: TypeRef,
    /// Refuses nulls.
    pub not_null: bool,
    /// Its default expression.
    pub default: Option<String>,
    /// Its checks, by name.
    pub checks: Vec<CheckDoc>,
    /// The columns of that type, by name.
    pub used_by: Vec<TypeUse>,
}

/// A check of a domain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CheckDoc {
    /// Its name.
    pub name: String,
    /// As in SQL.
    pub definition: String,
    /// What its comment says; without one, what it demands.
    pub reason: String,
    /// False if values from before it was added may break it.
    pub validated: bool,
}

/// A composite type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CompositeDoc {
    /// Its name.
    pub name: QualifiedName,
    /// What its comment says.
    pub purpose: Option<String>,
    /// Why it is not for new use.
    pub deprecated: Option<String>,
    /// In their order.
    pub attributes: Vec<AttributeDoc>,
    /// The columns of that type, by name.
    pub used_by: Vec<TypeUse>,
}

/// A part of a composite type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AttributeDoc {
    /// Its name.
    pub name: String,
    /// Its type.
    pub data_type: TypeRef,
    /// What its comment says.
    pub meaning: Option<String>,
}

/// A range type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RangeDoc {
    /// Its name.
    pub name: QualifiedName,
    /// What its comment says.
    pub purpose: Option<String>,
    /// Why it is not for new use.
    pub deprecated: Option<String>,
    /// What it is a range of.
    pub subtype: TypeRef,
    /// The type of its sets.
    pub multirange: QualifiedName,
    /// The columns of that type, by name.
    pub used_by: Vec<TypeUse>,
}
