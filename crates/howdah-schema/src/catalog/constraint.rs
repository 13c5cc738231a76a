//! Constraints of tables.

use super::Comment;
use crate::QualifiedName;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A named rule of a table. NOT NULL is a property of its column here, whatever name PostgreSQL 18 gives it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Constraint {
    /// Its name, unique within the table.
    pub name: String,
    /// What it demands.
    pub kind: ConstraintKind,
    /// The table's columns that it is about, in its own order. A check on the whole row or a constant has none.
    pub columns: Vec<String>,
    /// As written after `CONSTRAINT name` in SQL.
    pub definition: String,
    /// When it is checked.
    pub deferral: Deferral,
    /// False for NOT VALID: rows from before it was added may break it.
    pub validated: bool,
    /// False for NOT ENFORCED (PostgreSQL 18).
    pub enforced: bool,
    /// Comes from a parent table or a partitioned table.
    pub inherited: bool,
    /// Its comment.
    pub comment: Comment,
}

impl Constraint {
    /// The foreign key in it, if it is one.
    pub fn foreign_key(&self) -> Option<&ForeignKey> {
        match &self.kind {
            ConstraintKind::ForeignKey(key) => Some(key),
            _ => None,
        }
    }
}

/// What a constraint demands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ConstraintKind {
    /// Unique and not null; its index has the constraint's name.
    PrimaryKey,
    /// Unique; its index has the constraint's name.
    Unique {
        /// Two nulls are then equal.
        nulls_not_distinct: bool,
    },
    /// An expression that must not be false.
    Check {
        /// As deparsed; what stands in the parentheses after CHECK.
        expression: String,
        /// Does not apply to child tables.
        no_inherit: bool,
    },
    /// Points at rows of a table.
    ForeignKey(ForeignKey),
    /// No two rows may match by its operators; see the definition.
    Exclusion,
}

/// Where a foreign key points and what happens there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForeignKey {
    /// The table it points at.
    pub references: QualifiedName,
    /// Its columns there, in the order of the constraint's own columns.
    pub referenced_columns: Vec<String>,
    /// When a referenced key changes.
    pub on_update: ForeignKeyAction,
    /// When a referenced row goes.
    pub on_delete: ForeignKeyAction,
    /// For `SET NULL (columns)` and `SET DEFAULT (columns)`: which; empty for all of them.
    pub on_delete_columns: Vec<String>,
    /// How partly null keys match.
    pub match_type: ForeignKeyMatch,
}

/// What a foreign key does when the row it points at changes or goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ForeignKeyAction {
    /// Refuses at the end of the statement or transaction.
    NoAction,
    /// Refuses at once.
    Restrict,
    /// Follows.
    Cascade,
    /// Lets go.
    SetNull,
    /// Falls back.
    SetDefault,
}

impl ForeignKeyAction {
    /// In SQL's words.
    pub fn as_sql(self) -> &'static str {
        match self {
            Self::NoAction => "NO ACTION",
            Self::Restrict => "RESTRICT",
            Self::Cascade => "CASCADE",
            Self::SetNull => "SET NULL",
            Self::SetDefault => "SET DEFAULT",
        }
    }
}

/// How a foreign key of several columns treats nulls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ForeignKeyMatch {
    /// One null and it is not checked.
    Simple,
    /// All null or none.
    Full,
}

/// When a constraint is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Deferral {
    /// Always at once.
    NotDeferrable,
    /// At once unless a transaction asks otherwise.
    InitiallyImmediate,
    /// At commit unless a transaction asks otherwise.
    InitiallyDeferred,
}
