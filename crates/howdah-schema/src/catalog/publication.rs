//! Publications and event triggers, which belong to the database rather than to a schema.

use super::{Comment, TriggerEnabled};
use crate::QualifiedName;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What logical replication sends to subscribers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Publication {
    /// Its name.
    pub name: String,
    /// Its owner.
    pub owner: String,
    /// FOR ALL TABLES.
    pub all_tables: bool,
    /// These tables.
    pub tables: BTreeMap<QualifiedName, PublishedTable>,
    /// All tables of these schemas (PostgreSQL 15).
    pub schemas: BTreeSet<String>,
    /// Sends INSERT.
    pub insert: bool,
    /// Sends UPDATE.
    pub update: bool,
    /// Sends DELETE.
    pub delete: bool,
    /// Sends TRUNCATE.
    pub truncate: bool,
    /// Sends a partition's changes under the name of the partitioned table.
    pub via_root: bool,
    /// Sends stored generated columns (PostgreSQL 18).
    pub generated_columns: bool,
    /// Its comment.
    pub comment: Comment,
}

/// How a table is published.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishedTable {
    /// Only these columns, in the table's order; `None` for all (PostgreSQL 15).
    pub columns: Option<Vec<String>>,
    /// Only rows for which this holds, as deparsed (PostgreSQL 15).
    pub filter: Option<String>,
}

/// A function that is called on commands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventTrigger {
    /// Its name.
    pub name: String,
    /// `ddl_command_start`, `ddl_command_end`, `table_rewrite`, `sql_drop`, `login`.
    pub event: String,
    /// Only for these commands, such as `CREATE TABLE`, in the order they were given in; empty for all.
    pub tags: Vec<String>,
    /// What it calls.
    pub function: QualifiedName,
    /// When it fires at all.
    pub enabled: TriggerEnabled,
    /// Its owner.
    pub owner: String,
    /// Its comment.
    pub comment: Comment,
}
