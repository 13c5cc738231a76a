//! Rewrite rules and extended statistics.

use super::{Comment, TriggerEnabled};
use crate::QualifiedName;
use serde::{Deserialize, Serialize};

/// A rewrite rule of a table or view. The one that is a view's query is not among them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// Its name.
    pub name: String,
    /// What it rewrites.
    pub event: RuleEvent,
    /// In place of the command rather than besides it.
    pub instead: bool,
    /// When it applies at all.
    pub enabled: TriggerEnabled,
    /// Whole `CREATE RULE` statement, without a final semicolon.
    pub definition: String,
    /// Its comment.
    pub comment: Comment,
}

/// What a rule rewrites.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RuleEvent {
    /// SELECT.
    Select,
    /// INSERT.
    Insert,
    /// UPDATE.
    Update,
    /// DELETE.
    Delete,
}

/// Statistics over several columns or over expressions: CREATE STATISTICS.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statistics {
    /// Schema and name. The schema need not be the table's.
    pub name: QualifiedName,
    /// The table it is about.
    pub table: QualifiedName,
    /// Its owner.
    pub owner: String,
    /// `dependencies`, `mcv`, `ndistinct`, in alphabetical order; empty for one expression alone.
    pub kinds: Vec<String>,
    /// In the table's order.
    pub columns: Vec<String>,
    /// As deparsed.
    pub expressions: Vec<String>,
    /// SET STATISTICS, if it was chosen.
    pub target: Option<i32>,
    /// Whole `CREATE STATISTICS` statement.
    pub definition: String,
    /// Its comment.
    pub comment: Comment,
}
