//! Views and where their rows come from.

use super::{Access, ColumnDoc, IndexDoc, TriggerDoc};
use crate::QualifiedName;
use crate::catalog::Signature;
use crate::docs::{CommonQuery, Example, HistoryEntry};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A view or materialized view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ViewDoc {
    /// Its name.
    pub name: QualifiedName,
    /// Its group: the name of its schema, or what `@group` in its comment says.
    pub group: String,
    /// Whether it keeps its rows until it is refreshed.
    pub materialized: bool,
    /// What its comment says, without tags.
    pub purpose: Option<String>,
    /// The tags of its comment.
    pub tags: Vec<String>,
    /// Why it is not for new use.
    pub deprecated: Option<String>,
    /// Whether it reads as its caller, so that the caller's policies apply, rather than as its owner.
    pub security_invoker: bool,
    /// Its columns in their order.
    pub columns: Vec<ColumnDoc>,
    /// The query.
    pub definition: String,
    /// Where its rows come from and who reads it.
    pub lineage: Lineage,
    /// Of a materialized view.
    pub indexes: Vec<IndexDoc>,
    /// Who may do what.
    pub access: Access,
    /// INSTEAD OF triggers, by name.
    pub triggers: Vec<TriggerDoc>,
    /// What most applications ask of it.
    pub queries: Vec<CommonQuery>,
    /// A few rows.
    pub example: Option<Example>,
    /// What migrations did to it, oldest first.
    pub history: Vec<HistoryEntry>,
}

/// What a view reads and what reads it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Lineage {
    /// What its own query names, by kind and name.
    pub reads: Vec<LineageObject>,
    /// What it reads through other views and functions, by kind and name.
    pub reads_through: Vec<LineageObject>,
    /// The views that read it, directly or through others, by name.
    pub read_by: Vec<QualifiedName>,
}

/// Something that a view reads.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LineageObject {
    /// A table.
    Table(QualifiedName),
    /// Another view.
    View(QualifiedName),
    /// A function. What its body reads is known only if it is `BEGIN ATOMIC`.
    Function(Signature),
}
