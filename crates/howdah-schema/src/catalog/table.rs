//! Tables and what hangs on them.

use super::{Acl, Comment, Constraint, ConstraintKind, DataType, ForeignKey, Grant, Index, Options, Rule, Sequence};
use crate::QualifiedName;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A table: ordinary, partitioned (it has a `partition_key`), or a partition (it has a `partition_of`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// Schema and name.
    pub name: QualifiedName,
    /// Its owner.
    pub owner: String,
    /// Of a partitioned table, such as `RANGE (created_at)`.
    pub partition_key: Option<String>,
    /// Of a partition.
    pub partition_of: Option<PartitionOf>,
    /// Parents by INHERITS, in order.
    pub inherits: Vec<QualifiedName>,
    /// Not written to WAL, empty after a crash.
    pub unlogged: bool,
    /// In their order.
    pub columns: Vec<Column>,
    /// By name.
    pub constraints: BTreeMap<String, Constraint>,
    /// By name, those behind constraints included.
    pub indexes: BTreeMap<String, Index>,
    /// By name.
    pub triggers: BTreeMap<String, Trigger>,
    /// By name.
    pub policies: BTreeMap<String, Policy>,
    /// By name.
    #[serde(default)]
    pub rules: BTreeMap<String, Rule>,
    /// Whether policies apply.
    pub row_security: RowSecurity,
    /// Storage parameters; those of its TOAST table with the prefix `toast.`.
    pub options: Options,
    /// What logical replication knows an old row by.
    pub replica_identity: ReplicaIdentity,
    /// `None` for the database's own.
    pub tablespace: Option<String>,
    /// `None` for the default, `heap`.
    pub access_method: Option<String>,
    /// Privileges on the whole table.
    pub acl: Acl,
    /// Its comment.
    pub comment: Comment,
}

impl Table {
    /// A column by its name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// The primary key's columns in its order; empty without one.
    pub fn primary_key(&self) -> &[String] {
        self.constraints
            .values()
            .find(|constraint| matches!(constraint.kind, ConstraintKind::PrimaryKey))
            .map_or(&[], |constraint| &constraint.columns)
    }

    /// Sets of columns whose values tell rows apart: the primary key first, then unique constraints, then unique indexes
    /// over plain columns of all rows.
    pub fn unique_keys(&self) -> Vec<Vec<&str>> {
        let mut keys: Vec<Vec<&str>> = Vec::new();
        let primary = self.primary_key();
        if !primary.is_empty() {
            keys.push(primary.iter().map(String::as_str).collect());
        }
        let unique = self.indexes.values().filter(|index| index.unique && index.valid && index.predicate.is_none());
        // An index behind a constraint sorts before one without: constraints are what ON CONFLICT may name.
        let (constraints, plain): (Vec<_>, Vec<_>) = unique.partition(|index| index.constraint.is_some());
        for index in constraints.into_iter().chain(plain) {
            let columns: Vec<&str> = index.leading_columns().collect();
            if columns.len() == index.keys.len() && !keys.contains(&columns) {
                keys.push(columns);
            }
        }
        keys
    }

    /// The foreign keys from this table.
    pub fn foreign_keys(&self) -> impl Iterator<Item = (&Constraint, &ForeignKey)> {
        self.constraints.values().filter_map(|constraint| Some((constraint, constraint.foreign_key()?)))
    }
}

/// Where a partition belongs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartitionOf {
    /// The partitioned table.
    pub parent: QualifiedName,
    /// Such as `FOR VALUES FROM ('2026-01-01') TO ('2026-02-01')` or `DEFAULT`.
    pub bounds: String,
}

/// A column of a table or view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// 1 for the first that is left; dropped columns do not count.
    pub position: u32,
    /// Its type.
    pub data_type: DataType,
    /// Refuses nulls.
    pub not_null: bool,
    /// The constraint that makes it so. `None` before PostgreSQL 18.
    #[serde(default)]
    pub not_null_constraint: Option<NotNull>,
    /// Default expression.
    pub default: Option<String>,
    /// `GENERATED … AS IDENTITY`.
    pub identity: Option<Identity>,
    /// `GENERATED ALWAYS AS (…)`.
    pub generated: Option<Generated>,
    /// Collation, if it is not the type's.
    pub collation: Option<QualifiedName>,
    /// Storage, if it is not the type's: `plain`, `main`, `external`, `extended`.
    pub storage: Option<String>,
    /// Compression, if it was chosen: `pglz`, `lz4`.
    pub compression: Option<String>,
    /// Statistics target, if it was chosen.
    pub statistics: Option<i32>,
    /// Options such as `n_distinct`.
    pub options: Options,
    /// Comes from a parent table or partitioned table.
    pub inherited: bool,
    /// Privileges on this column alone.
    pub grants: Vec<Grant>,
    /// Its comment.
    pub comment: Comment,
}

/// NOT NULL as a constraint of its own (PostgreSQL 18).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotNull {
    /// Its name; `<table>_<column>_not_null` unless it was chosen or that was taken or too long.
    pub name: String,
    /// False for NOT VALID: rows from before it was added may break it.
    pub validated: bool,
    /// NO INHERIT: does not apply to child tables.
    pub no_inherit: bool,
    /// Comes from a parent table or partitioned table.
    pub inherited: bool,
    /// Its comment.
    pub comment: Comment,
}

/// An identity column's generator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// ALWAYS rather than BY DEFAULT.
    pub always: bool,
    /// The sequence behind it. `None` in a partition, which uses its parent's before PostgreSQL 17.
    pub sequence: Option<Box<Sequence>>,
}

/// A column that is computed from its row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Generated {
    /// How.
    pub expression: String,
    /// On write; otherwise on read (VIRTUAL, PostgreSQL 18).
    pub stored: bool,
}

/// The two switches of row-level security.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowSecurity {
    /// Policies apply.
    pub enabled: bool,
    /// To the owner too.
    pub forced: bool,
}

/// What logical replication knows an old row by.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReplicaIdentity {
    /// Its primary key.
    #[default]
    Default,
    /// The whole row.
    Full,
    /// Nothing.
    Nothing,
    /// This index's columns.
    Index(String),
}

/// A row-level security policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// Its name.
    pub name: String,
    /// What it applies to.
    pub command: PolicyCommand,
    /// One permissive policy must allow, every restrictive one must.
    pub permissive: bool,
    /// To whom it applies, in alphabetical order; [`super::PUBLIC`] for everyone.
    pub roles: Vec<String>,
    /// Which rows are seen.
    pub using: Option<String>,
    /// Which rows may be written.
    pub check: Option<String>,
    /// Its comment.
    pub comment: Comment,
}

/// What a policy applies to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PolicyCommand {
    /// All of them.
    All,
    /// Reading.
    Select,
    /// New rows.
    Insert,
    /// Changes.
    Update,
    /// Removal.
    Delete,
}

impl PolicyCommand {
    /// In SQL's words.
    pub fn as_sql(self) -> &'static str {
        match self {
            Self::All => "ALL",
            Self::Select => "SELECT",
            Self::Insert => "INSERT",
            Self::Update => "UPDATE",
            Self::Delete => "DELETE",
        }
    }
}

/// A trigger. Its WHEN condition and arguments stand in the definition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trigger {
    /// Its name.
    pub name: String,
    /// Before, after or in place of the event.
    pub timing: TriggerTiming,
    /// Once a row or once a statement.
    pub level: TriggerLevel,
    /// Fires on INSERT.
    pub on_insert: bool,
    /// Fires on UPDATE.
    pub on_update: bool,
    /// Fires on DELETE.
    pub on_delete: bool,
    /// Fires on TRUNCATE.
    pub on_truncate: bool,
    /// For `UPDATE OF columns`: which; empty for all.
    pub update_columns: Vec<String>,
    /// What it calls.
    pub function: QualifiedName,
    /// A constraint trigger.
    pub constraint: bool,
    /// When it fires at all.
    pub enabled: TriggerEnabled,
    /// Comes from the partitioned table.
    pub inherited: bool,
    /// Whole `CREATE TRIGGER` statement.
    pub definition: String,
    /// Its comment.
    pub comment: Comment,
}

/// When a trigger runs relative to its event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TriggerTiming {
    /// Can still change the row.
    Before,
    /// Sees what happened.
    After,
    /// On views.
    InsteadOf,
}

/// How often a trigger runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TriggerLevel {
    /// For each row.
    Row,
    /// For each statement.
    Statement,
}

/// In which sessions a trigger fires.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TriggerEnabled {
    /// Everywhere but where replicated changes are applied: the default.
    Origin,
    /// Never.
    Disabled,
    /// Only where replicated changes are applied.
    Replica,
    /// Always.
    Always,
}
