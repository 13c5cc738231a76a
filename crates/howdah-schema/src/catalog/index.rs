//! Indexes.

use super::{Comment, Options};
use crate::QualifiedName;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// An index of a table or materialized view, those behind constraints included.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Index {
    /// Its name; it is in its table's schema.
    pub name: String,
    /// Access method: `btree`, `gin`, `gist`, `brin`, `hash` …
    pub method: String,
    /// What is searched by, in order.
    pub keys: Vec<IndexKey>,
    /// Columns that only ride along.
    pub include: Vec<String>,
    /// Covers only rows for which this holds.
    pub predicate: Option<String>,
    /// Refuses duplicates.
    pub unique: bool,
    /// Two nulls are duplicates.
    pub nulls_not_distinct: bool,
    /// False after a failed CREATE INDEX CONCURRENTLY: it costs on every write and serves nothing.
    pub valid: bool,
    /// The constraint that it serves, if any. Such an index is made and dropped by its constraint.
    pub constraint: Option<String>,
    /// The partitioned table's index that it is a part of.
    pub parent: Option<QualifiedName>,
    /// Storage parameters, such as `fillfactor`.
    pub options: Options,
    /// `None` for the database's own.
    pub tablespace: Option<String>,
    /// Statistics targets of expressions, where one was chosen: by the key's place, 1 for the first.
    #[serde(default)]
    pub statistics: BTreeMap<i16, i32>,
    /// CLUSTER goes by it.
    pub clustered: bool,
    /// Whole `CREATE INDEX` statement.
    pub definition: String,
    /// Its comment.
    pub comment: Comment,
}

impl Index {
    /// The columns it is searched by, as far as they lead: up to the first expression.
    pub fn leading_columns(&self) -> impl Iterator<Item = &str> {
        self.keys.iter().map_while(|key| match &key.target {
            IndexTarget::Column(name) => Some(name.as_str()),
            IndexTarget::Expression(_) => None,
        })
    }
}

/// One key of an index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexKey {
    /// What is searched by.
    pub target: IndexTarget,
    /// Operator class, if it is not the type's default for the method.
    pub opclass: Option<QualifiedName>,
    /// Collation, if it is not the column's own. That of an expression stands here too when the expression has it from
    /// within, and the definition then does not repeat it.
    pub collation: Option<QualifiedName>,
    /// DESC.
    pub descending: bool,
    /// NULLS FIRST; in SQL this is the default for DESC.
    pub nulls_first: bool,
}

/// A column or an expression over several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IndexTarget {
    /// By its name.
    Column(String),
    /// As deparsed.
    Expression(String),
}
