//! Indexes and what they are for.

use super::{bare, prose, stable};
use crate::catalog::{Column, Constraint, ConstraintKind, Index, IndexKey, IndexTarget, Table};
use crate::docs::model::{IndexDoc, SourceOfText};
use std::collections::BTreeMap;

/// The indexes of a table.
pub(super) fn of_table(table: &Table, pointed_at: &[&[String]]) -> Vec<IndexDoc> {
    table.indexes.values().map(|index| document(index, || purpose(table, index, pointed_at))).collect()
}

/// The indexes of a materialized view.
pub(super) fn of_view(indexes: &BTreeMap<String, Index>, columns: &[Column]) -> Vec<IndexDoc> {
    indexes.values().map(|index| document(index, || own_purpose(index, columns, None))).collect()
}

fn document(index: &Index, derive: impl FnOnce() -> String) -> IndexDoc {
    let (purpose, purpose_from) = match prose(&index.comment) {
        Some(text) => (text, SourceOfText::Comment),
        None => (derive(), SourceOfText::Derived),
    };
    IndexDoc {
        name: index.name.clone(),
        method: index.method.clone(),
        keys: index.keys.iter().map(key).collect(),
        include: index.include.clone(),
        predicate: index.predicate.as_deref().map(bare),
        unique: index.unique,
        valid: index.valid,
        constraint: index.constraint.clone(),
        purpose,
        purpose_from,
        definition: stable(&index.definition),
    }
}

/// A key as in SQL, without operator class and collation.
pub(super) fn key(key: &IndexKey) -> String {
    let mut text = target(key);
    if key.descending {
        text.push_str(" DESC");
    }
    match (key.descending, key.nulls_first) {
        (false, true) => text.push_str(" NULLS FIRST"),
        (true, false) => text.push_str(" NULLS LAST"),
        _ => {}
    }
    text
}

/// What a key searches by.
pub(super) fn target(key: &IndexKey) -> String {
    match &key.target {
        IndexTarget::Column(name) => name.clone(),
        IndexTarget::Expression(sql) => bare(sql),
    }
}

/// `(a, b)`, or `a` alone.
pub(super) fn listed(names: &[String]) -> String {
    match names {
        [one] => one.clone(),
        names => format!("({})", names.join(", ")),
    }
}

fn purpose(table: &Table, index: &Index, pointed_at: &[&[String]]) -> String {
    if let Some(constraint) = index.constraint.as_ref().and_then(|name| table.constraints.get(name)) {
        let columns = listed(&constraint.columns);
        let purpose = match constraint.kind {
            ConstraintKind::PrimaryKey => format!("Enforces the primary key {columns}"),
            ConstraintKind::Unique { .. } if is_pointed_at(constraint, pointed_at) => {
                format!("Enforces uniqueness of {columns}, which foreign keys point at")
            }
            ConstraintKind::Unique { .. } => format!("Enforces uniqueness of {columns}"),
            _ => format!("Enforces {}", constraint.name),
        };
        return purpose;
    }
    let covered: Vec<&str> = table
        .foreign_keys()
        .filter(|(constraint, _)| serves_equality(index, &constraint.columns))
        .map(|(constraint, _)| constraint.name.as_str())
        .collect();
    own_purpose(index, &table.columns, (!covered.is_empty()).then(|| covered.join(", ")))
}

fn is_pointed_at(constraint: &Constraint, pointed_at: &[&[String]]) -> bool {
    pointed_at.iter().any(|columns| {
        columns.len() == constraint.columns.len() && constraint.columns.iter().all(|name| columns.contains(name))
    })
}

/// What can be said of an index by itself, and of the foreign keys that it covers.
fn own_purpose(index: &Index, columns: &[Column], covered: Option<String>) -> String {
    let keys: Vec<String> = index.keys.iter().map(target).collect();
    let keys = listed(&keys);
    let uses_class =
        |name: &str| index.keys.iter().any(|key| key.opclass.as_ref().is_some_and(|class| class.name.contains(name)));
    let mut purpose = if index.unique {
        format!("Enforces uniqueness of {keys}")
    } else {
        match index.method.as_str() {
            _ if uses_class("trgm") => format!("Serves searches for parts of words in {keys} (LIKE, similarity)"),
            "gin" => format!("Serves {} {keys}", inside(index, columns)),
            "gist" | "spgist" => format!("Serves overlap, containment and nearest-neighbour searches by {keys}"),
            "brin" => format!("Serves searches for ranges of {keys} in a table whose rows are stored in that order"),
            "hash" => format!("Serves equality searches by {keys}"),
            _ => format!("Serves lookups by {keys}"),
        }
    };
    let descending: Vec<String> = index.keys.iter().filter(|key| key.descending).map(target).collect();
    if !index.unique && !descending.is_empty() {
        purpose.push_str(&format!(", highest {} first", descending.join(", ")));
    }
    if let Some(covered) = covered {
        purpose.push_str(&format!("; covers foreign key {covered}"));
    }
    if !index.include.is_empty() {
        purpose.push_str(&format!("; also answers {} without the table", listed(&index.include)));
    }
    if !index.valid {
        purpose.push_str("; INVALID: building it failed, so it serves nothing and costs on every write");
    }
    purpose
}

/// What a GIN index is good for follows from the type of its column.
fn inside(index: &Index, columns: &[Column]) -> &'static str {
    let column = index.leading_columns().next().and_then(|name| columns.iter().find(|column| column.name == name));
    match column.map(|column| (column.data_type.array, column.data_type.name.name.as_str())) {
        Some((true, _)) => "searches for elements of",
        Some((false, "tsvector")) => "full-text search in",
        Some((false, "jsonb")) => "searches inside the JSON of",
        _ => "searches inside",
    }
}

/// An index that finds the rows that have given values in these columns, a plain one before a partial one.
pub(super) fn finds<'a>(table: &'a Table, columns: &[String]) -> Option<&'a Index> {
    let mut found: Vec<&Index> = table.indexes.values().filter(|index| serves_equality(index, columns)).collect();
    found.sort_by_key(|index| (index.keys.len(), index.predicate.is_some()));
    found.first().copied()
}

/// Whether an index narrows a search for equality in these columns to the rows that match: they lead it, in any order.
fn serves_equality(index: &Index, columns: &[String]) -> bool {
    let leads = || {
        let leading: Vec<&str> = index.leading_columns().take(columns.len()).collect();
        leading.len() == columns.len() && columns.iter().all(|column| leading.contains(&column.as_str()))
    };
    // A search for equal values finds no nulls, so an index without these is as good.
    let all_rows = || match index.predicate.as_deref().map(bare) {
        None => true,
        Some(predicate) => {
            columns.iter().any(|column| predicate == format!("{} IS NOT NULL", crate::Ident::new(column.as_str())))
        }
    };
    index.valid && matches!(index.method.as_str(), "btree" | "hash") && !columns.is_empty() && leads() && all_rows()
}
