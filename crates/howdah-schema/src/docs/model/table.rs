//! A table, part by part.

use super::{Access, BelongsTo, HasMany, ManyToMany, TypeRef};
use crate::QualifiedName;
use crate::catalog::{Deferral, ForeignKeyAction, TriggerEnabled, TriggerLevel, TriggerTiming};
use crate::docs::{CommonQuery, Example, HistoryEntry};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TableDoc {
    /// Its name.
    pub name: QualifiedName,
    /// Its group; of a partition, its parent's.
    pub group: String,
    /// Ordinary, partitioned or a partition.
    pub kind: TableKind,
    /// What its comment says, without tags.
    pub purpose: Option<String>,
    /// The tags of its comment, such as `@owner user_id`.
    pub tags: Vec<String>,
    /// Of a partitioned table, such as `RANGE (created_at)`.
    pub partition_key: Option<String>,
    /// Of a partition: its parent.
    pub partition_of: Option<QualifiedName>,
    /// Of a partition: which rows it holds, such as `FOR VALUES FROM (1) TO (9)`.
    pub partition_bounds: Option<String>,
    /// Its partitions, by name.
    pub partitions: Vec<QualifiedName>,
    /// The tables it inherits from, in order.
    pub inherits: Vec<QualifiedName>,
    /// The tables that inherit from it, by name.
    pub inherited_by: Vec<QualifiedName>,
    /// It is empty after a crash, and not replicated.
    pub unlogged: bool,
    /// The primary key's columns in its order; empty without one.
    pub primary_key: Vec<String>,
    /// The column that says when a row was moved to the trash, if rows are soft-deleted.
    pub soft_delete: Option<String>,
    /// The column behind optimistic locking, after `@version`.
    pub version_column: Option<String>,
    /// The column that owns the row, after `@owner`.
    pub owner_column: Option<String>,
    /// How long rows are kept, after `@retain`: `90 days by created_at`.
    pub retain: Option<String>,
    /// What goes to the audit trail, after `@audit`: `changes` or `changes and reads`.
    pub audit: Option<String>,
    /// The purpose that writing needs a consent for, after `@consent`.
    pub consent: Option<String>,
    /// Its columns in their order.
    pub columns: Vec<ColumnDoc>,
    /// The rows that its rows point at, by constraint.
    pub belongs_to: Vec<BelongsTo>,
    /// The rows that point at its rows, by table and constraint. Partitions speak through their parents.
    pub has_many: Vec<HasMany>,
    /// The tables that it is joined with by a table in between.
    pub many_to_many: Vec<ManyToMany>,
    /// Whether it is such a table in between itself: it joins these two.
    pub joins: Vec<QualifiedName>,
    /// By name, those behind constraints included.
    pub indexes: Vec<IndexDoc>,
    /// The primary key first, then by kind and name.
    pub constraints: Vec<ConstraintDoc>,
    /// Who may do what.
    pub access: Access,
    /// By name.
    pub triggers: Vec<TriggerDoc>,
    /// Rewrite rules, by name.
    pub rules: Vec<RuleDoc>,
    /// What most applications ask of it.
    pub queries: Vec<CommonQuery>,
    /// What is served and what would scan.
    pub performance: Performance,
    /// A few rows.
    pub example: Option<Example>,
    /// What migrations did to it, oldest first.
    pub history: Vec<HistoryEntry>,
    /// What is not for new use: itself, columns and whatever hangs on it.
    pub deprecations: Vec<Deprecation>,
    /// The views that read it, directly or through other views, by name.
    pub read_by: Vec<QualifiedName>,
    /// The publications that send it.
    pub published_by: Vec<String>,
}

/// Kinds of tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TableKind {
    /// Holds its rows itself.
    Ordinary,
    /// Its rows are in partitions.
    Partitioned,
    /// Holds a part of a partitioned table's rows.
    Partition,
}

/// A column of a table or view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ColumnDoc {
    /// Its name.
    pub name: String,
    /// Its type.
    pub data_type: TypeRef,
    /// Whether it may be null.
    pub nullable: bool,
    /// Its default expression.
    pub default: Option<String>,
    /// The expression it is computed by.
    pub generated: Option<String>,
    /// Whether it is computed on reading rather than on writing.
    pub generated_virtual: bool,
    /// `always` or `by default`, if its values come from a sequence of its own.
    pub identity: Option<String>,
    /// Whether it is (a part of) the primary key.
    pub primary_key: bool,
    /// Whether its values alone tell rows apart.
    pub unique: bool,
    /// Where it points.
    pub references: Vec<ColumnReference>,
    /// What the checks that are about it alone demand, in plain language.
    pub checks: Vec<String>,
    /// What its comment says, without tags.
    pub meaning: Option<String>,
    /// The tags of its comment, such as `@pii email`.
    pub tags: Vec<String>,
    /// Whether it holds personal data: the kind, or an empty text.
    pub pii: Option<String>,
    /// How those who may not see it see it: `auto`, `email`, `null` …
    pub mask: Option<String>,
    /// Whether it is encrypted under the owner's key.
    pub encrypted: bool,
    /// Whether it is encrypted and can still be searched by equality.
    pub blind_index: bool,
    /// Why it is not for new use.
    pub deprecated: Option<String>,
    /// Whether it comes from a parent table.
    pub inherited: bool,
}

/// Where a column points.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ColumnReference {
    /// The table.
    pub table: QualifiedName,
    /// The column there.
    pub column: String,
    /// The foreign key.
    pub constraint: String,
}

/// Where a sentence comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SourceOfText {
    /// Somebody wrote it as the object's comment.
    Comment,
    /// It is read off the definition.
    Derived,
}

/// An index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct IndexDoc {
    /// Its name.
    pub name: String,
    /// `btree`, `gin`, `gist` …
    pub method: String,
    /// What is searched by, in order: `user_id`, `created_at DESC`, `lower(email)`.
    pub keys: Vec<String>,
    /// Columns that only ride along.
    pub include: Vec<String>,
    /// Only rows for which this holds are in it.
    pub predicate: Option<String>,
    /// Refuses duplicates.
    pub unique: bool,
    /// False if it serves nothing because building it failed.
    pub valid: bool,
    /// The constraint that it stands behind.
    pub constraint: Option<String>,
    /// What it is for; that it holds only some rows stands in `predicate`.
    pub purpose: String,
    /// Whether somebody wrote that.
    pub purpose_from: SourceOfText,
    /// The whole statement.
    pub definition: String,
}

/// A constraint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ConstraintDoc {
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: ConstraintSort,
    /// The columns that it is about.
    pub columns: Vec<String>,
    /// As in SQL.
    pub definition: String,
    /// Why it is there, or what it demands.
    pub reason: String,
    /// Whether somebody wrote that.
    pub reason_from: SourceOfText,
    /// When it is checked.
    pub deferral: Deferral,
    /// False if rows from before it was added may break it.
    pub validated: bool,
    /// False if it is checked for no row.
    pub enforced: bool,
    /// Whether it comes from a parent table.
    pub inherited: bool,
}

/// Kinds of constraints, in the order in which they are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConstraintSort {
    /// Tells rows apart.
    PrimaryKey,
    /// No two rows with the same values.
    Unique,
    /// Points at rows.
    ForeignKey,
    /// A condition on each row.
    Check,
    /// No two rows that conflict.
    Exclusion,
}

impl ConstraintSort {
    /// In SQL's words, lower case.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PrimaryKey => "primary key",
            Self::Unique => "unique",
            Self::ForeignKey => "foreign key",
            Self::Check => "check",
            Self::Exclusion => "exclusion",
        }
    }
}

/// A trigger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TriggerDoc {
    /// Its name.
    pub name: String,
    /// Before, after or in place of the event.
    pub timing: TriggerTiming,
    /// For each row or statement.
    pub level: TriggerLevel,
    /// `INSERT`, `UPDATE`, `DELETE`, `TRUNCATE`.
    pub events: Vec<String>,
    /// For `UPDATE OF`: which columns; empty for all.
    pub update_columns: Vec<String>,
    /// Only if this holds.
    pub condition: Option<String>,
    /// What it calls.
    pub function: QualifiedName,
    /// In which sessions it fires.
    pub enabled: TriggerEnabled,
    /// What its comment says; without one, what its function's says.
    pub purpose: Option<String>,
    /// Whether that is the function's.
    pub purpose_of_function: bool,
    /// The whole statement.
    pub definition: String,
}

/// A rewrite rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RuleDoc {
    /// Its name.
    pub name: String,
    /// What its comment says.
    pub purpose: Option<String>,
    /// The whole statement.
    pub definition: String,
}

/// What is served by an index, and what would read the whole table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Performance {
    /// Which searches each index serves, in the order of the indexes.
    pub served: Vec<IndexUse>,
    /// What probably reads the whole table.
    pub scans: Vec<ScanRisk>,
    /// Extended statistics that help the planner.
    pub statistics: Vec<StatisticsDoc>,
}

/// Searches that an index serves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct IndexUse {
    /// The index.
    pub index: String,
    /// The sets of columns or expressions that it narrows a search by, the longest last: `user_id`; `user_id, created_at`.
    pub searches: Vec<String>,
    /// The order that rows come in, so that sorting by it costs nothing; null if it keeps none.
    pub order: Option<String>,
    /// Only for rows for which this holds.
    pub only_where: Option<String>,
}

/// A search that no index serves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ScanRisk {
    /// What it is about: a foreign key's or column's name.
    pub object: String,
    /// What it searches by.
    pub columns: Vec<String>,
    /// When it happens and what it costs.
    pub why: String,
    /// What a referenced row's removal does; null if it is not about a foreign key.
    pub on_delete: Option<ForeignKeyAction>,
}

/// Statistics over several columns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StatisticsDoc {
    /// Their name.
    pub name: QualifiedName,
    /// Columns and expressions.
    pub of: Vec<String>,
    /// `dependencies`, `mcv`, `ndistinct`.
    pub kinds: Vec<String>,
    /// What their comment says.
    pub purpose: Option<String>,
}

/// Something that is not for new use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Deprecation {
    /// What it is: `table`, `column`, `index`, `constraint`, `policy`, `trigger` …
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Why, and what to use in its place.
    pub why: String,
}
