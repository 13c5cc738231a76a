//! The query tree: what a request asks for, before it is SQL and apart from HTTP.
//!
//! A [`Query`] is one level: a relation, which of its rows, and what of them. Levels nest by embedding. Names of columns are
//! still as the request gave them; relations and relationships are looked up.

use std::sync::Arc;

use crate::exposed::{Call, Function, Relation, Relationship};

/// A column, or something inside a JSON column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Field {
    pub(crate) column: String,
    pub(crate) path: Vec<PathStep>,
}

impl Field {
    /// A whole column.
    #[cfg(test)]
    pub(crate) fn column(name: impl Into<String>) -> Self {
        Self { column: name.into(), path: Vec::new() }
    }

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

/// A function over the rows of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Aggregate {
    Sum,
    Avg,
    Min,
    Max,
    Count,
}

impl Aggregate {
    pub(crate) const ALL: [Self; 5] = [Self::Sum, Self::Avg, Self::Min, Self::Max, Self::Count];

    /// Its name, in a URL as in SQL.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Sum => "sum",
            Self::Avg => "avg",
            Self::Min => "min",
            Self::Max => "max",
            Self::Count => "count",
        }
    }
}

/// `alias:column->path::cast.aggregate()::cast`
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Item {
    /// `None` for `count()`, which counts rows.
    pub(crate) field: Option<Field>,
    pub(crate) alias: Option<String>,
    pub(crate) cast: Option<String>,
    pub(crate) aggregate: Option<Aggregate>,
    /// Of the aggregate's result.
    pub(crate) aggregate_cast: Option<String>,
}

impl Item {
    /// A plain column.
    #[cfg(test)]
    pub(crate) fn column(name: impl Into<String>) -> Self {
        Self { field: Some(Field::column(name)), alias: None, cast: None, aggregate: None, aggregate_cast: None }
    }

    /// Whether it is a column of that name and nothing more, except for an alias.
    pub(crate) fn is_plain(&self, name: &str) -> bool {
        let is_column = |field: &Field| field.column == name && field.path.is_empty();
        self.field.as_ref().is_some_and(is_column) && self.cast.is_none() && self.aggregate.is_none()
    }

    /// The key of its value in the answer.
    pub(crate) fn key(&self) -> &str {
        match (&self.alias, self.aggregate, &self.field) {
            (Some(alias), ..) => alias,
            (None, Some(aggregate), _) => aggregate.name(),
            (None, None, Some(field)) => field.default_alias(),
            (None, None, None) => "count",
        }
    }
}

#[derive(Debug, Clone)]
pub(crate) enum SelectItem {
    /// `*`: the columns that the caller may read.
    All,
    Item(Item),
    /// `relation(…)`
    Embed(Embed),
}

/// How rows without a partner fare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Join {
    /// They stay, with null or an empty array.
    Left,
    /// They go.
    Inner,
}

/// Related rows within each row.
#[derive(Debug, Clone)]
pub(crate) struct Embed {
    /// The alias, or the name that the request embeds by.
    pub(crate) key: String,
    /// The name that the request embeds by.
    pub(crate) target: String,
    pub(crate) relationship: Arc<Relationship>,
    pub(crate) join: Join,
    /// `...`: its columns become the parent's.
    pub(crate) spread: bool,
    pub(crate) query: Query,
}

impl Embed {
    /// Whether a condition, an order or the path of a parameter means it.
    pub(crate) fn is_called(&self, name: &str) -> bool {
        self.key == name || self.target == name
    }

    /// Embedded for a condition only: `relation()`, or nothing but such.
    pub(crate) fn is_hidden(&self) -> bool {
        self.query.select.iter().all(|item| matches!(item, SelectItem::Embed(embed) if embed.is_hidden()))
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Logic {
    And(Vec<Logic>),
    Or(Vec<Logic>),
    Not(Box<Logic>),
    Filter(Filter),
    /// Whether the embed of this key has no row: `relation=is.null`.
    HasNone(String),
}

impl Logic {
    /// Every filter in the tree.
    pub(crate) fn filters(&self) -> Vec<&Filter> {
        match self {
            Self::And(all) | Self::Or(all) => all.iter().flat_map(Self::filters).collect(),
            Self::Not(one) => one.filters(),
            Self::Filter(filter) => vec![filter],
            Self::HasNone(_) => Vec::new(),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Filter {
    pub(crate) field: Field,
    pub(crate) condition: Condition,
}

impl Filter {
    /// `column=eq.value`
    pub(crate) fn is_equality(&self) -> bool {
        let equals = |operator: &Operator| operator.name == "eq";
        self.field.path.is_empty()
            && matches!(&self.condition, Condition::Compare { operator, quantifier: None, .. } if equals(operator))
    }
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
    /// The key of a to-one embed whose field it is: `order=relation(field)`.
    pub(crate) embed: Option<String>,
    pub(crate) field: Field,
    pub(crate) descending: bool,
    pub(crate) nulls_first: Option<bool>,
}

/// Which rows of a relation with soft deletion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Liveness {
    /// Those that are not deleted.
    #[default]
    Live,
    /// Deleted ones only.
    Trash,
    /// All, because the request says so or looks at `deleted_at` itself.
    Both,
}

/// What a level reads from.
#[derive(Debug, Clone)]
pub(crate) enum Source {
    /// The relation itself; of an embed, joined by its relationship.
    Relation,
    /// The rows that the statement has just written.
    Written,
    /// What a function returns.
    Call(Box<Call>),
}

/// Pages that begin where the one before ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Keyset {
    /// The values of the order's terms in the last row of the page before, `None` being null; none on the first page.
    pub(crate) after: Option<Vec<Option<String>>>,
}

/// One level: a relation, which of its rows, in what order, and what of them.
#[derive(Debug, Clone)]
pub(crate) struct Query {
    pub(crate) relation: Arc<Relation>,
    pub(crate) source: Source,
    pub(crate) select: Vec<SelectItem>,
    pub(crate) filter: Vec<Logic>,
    pub(crate) liveness: Liveness,
    pub(crate) order: Vec<OrderTerm>,
    pub(crate) limit: Option<u64>,
    pub(crate) offset: u64,
    /// Of the root only. One row more than the limit is then read, to know whether there is a next page.
    pub(crate) keyset: Option<Keyset>,
}

impl Query {
    /// All rows of a relation, with its columns.
    pub(crate) fn all(relation: Arc<Relation>) -> Self {
        Self {
            relation,
            source: Source::Relation,
            select: vec![SelectItem::All],
            filter: Vec::new(),
            liveness: Liveness::default(),
            order: Vec::new(),
            limit: None,
            offset: 0,
            keyset: None,
        }
    }

    /// The function that it calls.
    pub(crate) fn called(&self) -> Option<&Function> {
        match &self.source {
            Source::Call(call) => Some(&call.function),
            Source::Relation | Source::Written => None,
        }
    }

    pub(crate) fn embeds(&self) -> impl Iterator<Item = &Embed> {
        self.select.iter().filter_map(|item| match item {
            SelectItem::Embed(embed) => Some(embed),
            _ => None,
        })
    }

    pub(crate) fn embeds_mut(&mut self) -> impl Iterator<Item = &mut Embed> {
        self.select.iter_mut().filter_map(|item| match item {
            SelectItem::Embed(embed) => Some(embed),
            _ => None,
        })
    }

    /// Whether equality on a whole unique key leaves one row at the most.
    pub(crate) fn is_by_key(&self) -> bool {
        let equal = self.filter.iter().filter_map(|logic| match logic {
            Logic::Filter(filter) if filter.is_equality() => Some(filter.field.column.as_str()),
            _ => None,
        });
        self.relation.is_unique(&equal.collect::<Vec<_>>())
    }

    /// Whether it, or a to-one spread of it, has an aggregate.
    pub(crate) fn is_grouped(&self) -> bool {
        self.select.iter().any(|item| match item {
            SelectItem::Item(item) => item.aggregate.is_some(),
            SelectItem::Embed(embed) => embed.spread && embed.relationship.is_to_one() && embed.query.is_grouped(),
            SelectItem::All => false,
        })
    }

    /// Whether all that it shows of a row is stored in that row.
    pub(crate) fn shows_own_columns(&self) -> bool {
        self.select.iter().all(|item| match item {
            SelectItem::All => true,
            SelectItem::Item(Item { field: Some(field), aggregate: None, .. }) => {
                self.relation.find(&field.column).is_some()
            }
            SelectItem::Item(_) => false,
            SelectItem::Embed(embed) => embed.is_hidden(),
        })
    }

    /// The embed that a condition or an order means.
    pub(crate) fn embed(&self, name: &str) -> Option<&Embed> {
        self.embeds().find(|embed| embed.is_called(name))
    }

    /// Whether it, or what it embeds, looks at rows that are marked as deleted.
    pub(crate) fn looks_at_trash(&self) -> bool {
        (self.relation.has_soft_delete && self.liveness != Liveness::Live)
            || self.embeds().any(|embed| embed.query.looks_at_trash())
    }
}
