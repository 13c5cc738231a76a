//! Data types: how a column names one, and those that a schema defines.

use super::{Acl, Comment};
use crate::QualifiedName;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The type of a column, argument or result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataType {
    /// As SQL with its modifiers: `numeric(19,4)`, `text[]`, `public.mood`.
    pub sql: String,
    /// The type's own name, such as `pg_catalog.int4`; of an array, that of its elements.
    pub name: QualifiedName,
    /// What kind of type it is; of an array, what its elements are.
    pub kind: TypeKind,
    /// An array. PostgreSQL does not keep the number of dimensions.
    pub array: bool,
    /// Of a domain: the type under it, as SQL, through all domains on the way down.
    pub base: Option<String>,
}

/// Kinds of types.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TypeKind {
    /// A scalar.
    Base,
    /// Attributes; a table's or view's row type, too.
    Composite,
    /// A type with rules.
    Domain,
    /// A list of labels.
    Enum,
    /// A range, or a set of ranges.
    Range,
    /// `record`, `void`, `trigger`, `anyelement` …
    Pseudo,
}

/// A domain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Domain {
    /// Schema and name.
    pub name: QualifiedName,
    /// Its owner.
    pub owner: String,
    /// The type it is made from.
    pub base: DataType,
    /// Refuses nulls.
    pub not_null: bool,
    /// The constraint that makes it so: its name and comment. `None` before PostgreSQL 17.
    #[serde(default)]
    pub not_null_constraint: Option<DomainCheck>,
    /// Default expression.
    pub default: Option<String>,
    /// Collation, if it is not the base type's.
    pub collation: Option<QualifiedName>,
    /// Its checks, by name.
    pub checks: BTreeMap<String, DomainCheck>,
    /// Privileges: USAGE.
    pub acl: Acl,
    /// Its comment.
    pub comment: Comment,
}

/// A check of a domain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DomainCheck {
    /// Its name.
    pub name: String,
    /// As written after `CONSTRAINT name` in SQL.
    pub definition: String,
    /// False for NOT VALID.
    pub validated: bool,
    /// Its comment.
    pub comment: Comment,
}

/// An enumeration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enum {
    /// Schema and name.
    pub name: QualifiedName,
    /// Its owner.
    pub owner: String,
    /// In their order.
    pub labels: Vec<String>,
    /// Privileges: USAGE.
    pub acl: Acl,
    /// Its comment.
    pub comment: Comment,
}

/// A composite type made by CREATE TYPE.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Composite {
    /// Schema and name.
    pub name: QualifiedName,
    /// Its owner.
    pub owner: String,
    /// In their order.
    pub attributes: Vec<Attribute>,
    /// Privileges: USAGE.
    pub acl: Acl,
    /// Its comment.
    pub comment: Comment,
}

/// A part of a composite type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attribute {
    /// Its name.
    pub name: String,
    /// Its type.
    pub data_type: DataType,
    /// Collation, if it is not the type's.
    pub collation: Option<QualifiedName>,
    /// Its comment.
    pub comment: Comment,
}

/// A range type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Range {
    /// Schema and name.
    pub name: QualifiedName,
    /// Its owner.
    pub owner: String,
    /// What it is a range of.
    pub subtype: DataType,
    /// B-tree operator class that orders it, if it is not the subtype's default.
    pub opclass: Option<QualifiedName>,
    /// Collation, if it is not the subtype's.
    pub collation: Option<QualifiedName>,
    /// CANONICAL.
    pub canonical: Option<QualifiedName>,
    /// SUBTYPE_DIFF.
    pub subtype_diff: Option<QualifiedName>,
    /// The type of its sets, which is made with it.
    pub multirange_name: QualifiedName,
    /// Privileges: USAGE.
    pub acl: Acl,
    /// Its comment.
    pub comment: Comment,
}
