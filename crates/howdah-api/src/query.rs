//! The query tree: what a request asks for, before it is SQL and apart from HTTP.
//!
//! Embedded relations, aggregates and function calls will be further kinds of [`SelectItem`] and of [`Source`]; the
//! parser names what is not there yet instead of guessing.

use std::sync::Arc;

use crate::exposed::Relation;

/// A column, or something inside a JSON column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Field {
    pub(crate) column: String,
    pub(crate) path: Vec<PathStep>,
}

impl Field {
    /// What the result is called when no alias is given: the last key of the path, else the column.
    pub(crate) fn default_alias(&self) -> &str {
        let key = self.path.iter().rev().find_map(|step| match &step.key {
            JsonKey::Name(name) => Some(name.as_str()),
            JsonKey::Index(_) => None,
        });
        key.unwrap_or(&self.column)
    }
}

/// One `->` or `->>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PathStep {
    pub(crate) key: JsonKey,
    /// `->>`
    pub(crate) as_text: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum JsonKey {
    Name(String),
    Index(i32),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SelectItem {
    /// `*`
    All,
    /// `alias:field::cast`
    Field { field: Field, alias: Option<String>, cast: Option<String> },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Logic {
    And(Vec<Logic>),
    Or(Vec<Logic>),
    Not(Box<Logic>),
    Filter(Filter),
}

impl Logic {
    /// Every filter in the tree.
    pub(crate) fn filters(&self) -> Vec<&Filter> {
        match self {
            Self::And(all) | Self::Or(all) => all.iter().flat_map(Self::filters).collect(),
            Self::Not(one) => one.filters(),
            Self::Filter(filter) => vec![filter],
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Filter {
    pub(crate) field: Field,
    pub(crate) condition: Condition,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Condition {
    Compare { operator: Operator, quantifier: Option<Quantifier>, value: String },
    In(Vec<String>),
    Is(IsWhat),
    IsDistinct(String),
    TextSearch { function: &'static str, language: Option<String>, value: String },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Quantifier {
    Any,
    All,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum IsWhat {
    Null,
    NotNull,
    True,
    False,
    Unknown,
}

/// A binary operator: its name in a URL and in SQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Operator {
    pub(crate) name: &'static str,
    pub(crate) sql: &'static str,
    /// `op(any)` and `op(all)` exist.
    pub(crate) quantifiable: bool,
    /// `*` stands for `%`.
    pub(crate) is_like: bool,
}

const fn operator(name: &'static str, sql: &'static str) -> Operator {
    Operator { name, sql, quantifiable: false, is_like: false }
}

const fn quantifiable(name: &'static str, sql: &'static str) -> Operator {
    Operator { name, sql, quantifiable: true, is_like: false }
}

const fn like(name: &'static str, sql: &'static str) -> Operator {
    Operator { name, sql, quantifiable: true, is_like: true }
}

/// PostgREST's operators that compare a field with one value (its reference, "Operators").
pub(crate) const OPERATORS: [Operator; 18] = [
    quantifiable("eq", "="),
    quantifiable("gt", ">"),
    quantifiable("gte", ">="),
    quantifiable("lt", "<"),
    quantifiable("lte", "<="),
    operator("neq", "<>"),
    like("like", "like"),
    like("ilike", "ilike"),
    quantifiable("match", "~"),
    quantifiable("imatch", "~*"),
    operator("cs", "@>"),
    operator("cd", "<@"),
    operator("ov", "&&"),
    operator("sl", "<<"),
    operator("sr", ">>"),
    operator("nxr", "&<"),
    operator("nxl", "&>"),
    operator("adj", "-|-"),
];

/// The text-search operators and the functions that read their queries.
pub(crate) const TEXT_SEARCH: [(&str, &str); 4] = [
    ("fts", "to_tsquery"),
    ("plfts", "plainto_tsquery"),
    ("phfts", "phraseto_tsquery"),
    ("wfts", "websearch_to_tsquery"),
];

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OrderTerm {
    pub(crate) field: Field,
    pub(crate) descending: bool,
    pub(crate) nulls_first: Option<bool>,
}

/// Which rows of a relation with soft deletion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Liveness {
    /// Those that are not deleted.
    Live,
    /// Deleted ones only.
    Trash,
    /// All, because the request says so or looks at `deleted_at` itself.
    Both,
}

/// What a request reads from or writes to, and which of its rows.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    pub(crate) relation: Arc<Relation>,
    pub(crate) filter: Vec<Logic>,
    pub(crate) liveness: Liveness,
}

/// A read.
#[derive(Debug, Clone)]
pub(crate) struct Read {
    pub(crate) source: Source,
    pub(crate) select: Vec<SelectItem>,
    pub(crate) order: Vec<OrderTerm>,
    pub(crate) limit: Option<u64>,
    pub(crate) offset: u64,
    pub(crate) count: bool,
}

/// What a write does.
#[derive(Debug, Clone)]
pub(crate) enum Change {
    /// New rows out of the body; the columns that it sets.
    Insert { columns: Vec<String> },
    /// The rows of the source get the body's values.
    Update { columns: Vec<String> },
    /// The rows of the source are marked as deleted.
    SoftDelete,
    /// The rows of the source go.
    Delete,
}

/// What a write answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Returning {
    /// Only how many rows.
    Count,
    /// The rows.
    Rows(Vec<SelectItem>),
    /// The keys of the rows, for the Location header.
    Keys,
}

/// A write.
#[derive(Debug, Clone)]
pub(crate) struct Write {
    pub(crate) source: Source,
    pub(crate) change: Change,
    pub(crate) returning: Returning,
    /// More than one row is to undo it all.
    pub(crate) singular: bool,
}
