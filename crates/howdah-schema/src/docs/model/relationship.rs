//! How rows of tables belong together.

use crate::QualifiedName;
use crate::catalog::ForeignKeyAction;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A foreign key, seen from the table that points.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BelongsTo {
    /// The constraint.
    pub constraint: String,
    /// The columns that point.
    pub columns: Vec<String>,
    /// The table they point at.
    pub table: QualifiedName,
    /// The columns there.
    pub referenced_columns: Vec<String>,
    /// Whether a row may point nowhere.
    pub optional: bool,
    /// Whether at most one row points at the same row.
    pub one_to_one: bool,
    /// What happens here when the row it points at goes.
    pub on_delete: ForeignKeyAction,
    /// For SET NULL and SET DEFAULT: the columns that are set, if not all.
    pub on_delete_columns: Vec<String>,
    /// What happens here when the key it points at changes.
    pub on_update: ForeignKeyAction,
    /// The index that finds the rows that point at a row; null if there is none.
    pub index: Option<String>,
}

/// A foreign key, seen from the table that it points at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HasMany {
    /// The table that points.
    pub table: QualifiedName,
    /// The constraint there.
    pub constraint: String,
    /// The columns that point.
    pub columns: Vec<String>,
    /// The columns here.
    pub referenced_columns: Vec<String>,
    /// Whether at most one row points at a row of this table.
    pub one: bool,
    /// What happens there when a row of this table goes.
    pub on_delete: ForeignKeyAction,
    /// For SET NULL and SET DEFAULT: the columns that are set, if not all.
    pub on_delete_columns: Vec<String>,
    /// What happens there when the key changes.
    pub on_update: ForeignKeyAction,
}

/// Two tables joined by a third.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ManyToMany {
    /// The table on the other side; may be the same.
    pub table: QualifiedName,
    /// The table in between.
    pub through: QualifiedName,
    /// The foreign key there that points here.
    pub near: String,
    /// The foreign key there that points at the other.
    pub far: String,
}
