//! Sequences.

use super::{Acl, Comment};
use crate::QualifiedName;
use serde::{Deserialize, Serialize};

/// A number generator. Where it stands is data, not schema, and so is not here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sequence {
    /// Schema and name.
    pub name: QualifiedName,
    /// Its owner.
    pub owner: String,
    /// `smallint`, `integer` or `bigint`.
    pub data_type: String,
    /// First value.
    pub start: i64,
    /// Step; may be negative.
    pub increment: i64,
    /// Least value.
    pub min: i64,
    /// Greatest value.
    pub max: i64,
    /// Values that a session takes at once.
    pub cache: i64,
    /// Starts again at the end.
    pub cycle: bool,
    /// Not written to WAL.
    pub unlogged: bool,
    /// The column it goes with, as `serial` makes it.
    pub owned_by: Option<SequenceOwner>,
    /// Privileges: USAGE, SELECT, UPDATE.
    pub acl: Acl,
    /// Its comment.
    pub comment: Comment,
}

/// A column that owns a sequence: it is dropped with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SequenceOwner {
    /// Its table.
    pub table: QualifiedName,
    /// Its name.
    pub column: String,
}
