//! What indexes serve, and what probably reads the whole table. All of it follows from the catalog: how many rows there are and
//! what is asked of them is not known here.

use super::context::Context;
use super::indexes::{finds, key, listed, target};
use super::{bare, prose};
use crate::catalog::{Column, ConstraintKind, Index, Statistics, Table, TypeKind};
use crate::docs::model::{IndexUse, Performance, ScanRisk, StatisticsDoc};
use std::collections::BTreeMap;

pub(super) fn performance(context: &Context<'_>, table: &Table) -> Performance {
    let mut scans = Vec::new();
    if table.primary_key().is_empty() && table.partition_of.is_none() {
        scans.push(ScanRisk {
            object: table.name.to_string(),
            columns: Vec::new(),
            why: "There is no primary key: nothing addresses a single row, and logical replication cannot tell which row was changed."
                .to_owned(),
            on_delete: None,
        });
    }
    scans.extend(foreign_keys(table));
    scans.extend(partial_only(table));
    scans.extend(filters(table));
    scans.extend(invalid(table));
    Performance {
        served: table.indexes.values().filter(|index| index.valid).map(served).collect(),
        scans,
        statistics: statistics(context, table),
    }
}

fn served(index: &Index) -> IndexUse {
    let keys: Vec<String> = index.keys.iter().map(target).collect();
    let ordered = index.method == "btree";
    let searches = if ordered {
        (1..=keys.len()).filter_map(|length| keys.get(..length)).map(|keys| keys.join(", ")).collect()
    } else {
        keys
    };
    IndexUse {
        index: index.name.clone(),
        searches,
        order: ordered.then(|| index.keys.iter().map(key).collect::<Vec<_>>().join(", ")),
        only_where: index.predicate.as_deref().map(bare),
    }
}

/// Foreign keys that no index covers.
fn foreign_keys(table: &Table) -> Vec<ScanRisk> {
    let uncovered = table.foreign_keys().filter(|(constraint, _)| finds(table, &constraint.columns).is_none());
    let risk = |(constraint, key): (&crate::catalog::Constraint, &crate::catalog::ForeignKey)| ScanRisk {
        object: constraint.name.clone(),
        columns: constraint.columns.clone(),
        why: format!(
            "No index covers this foreign key: deleting a row of {} or changing its key, and reading the rows that belong to one, scans this table.",
            key.references
        ),
        on_delete: Some(key.on_delete),
    };
    uncovered.map(risk).collect()
}

/// Columns that only partial indexes lead with.
fn partial_only(table: &Table) -> Vec<ScanRisk> {
    let mut by_predicate: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for index in table.indexes.values().filter(|index| index.valid && index.method == "btree") {
        let (Some(predicate), Some(first)) = (&index.predicate, index.leading_columns().next()) else { continue };
        let whole =
            |other: &&Index| other.valid && other.predicate.is_none() && other.leading_columns().next() == Some(first);
        let predicate = bare(predicate);
        // Looking for a value finds no null anyway.
        if table.indexes.values().find(whole).is_some() || predicate.ends_with("IS NOT NULL") {
            continue;
        }
        let columns = by_predicate.entry(predicate).or_default();
        if !columns.iter().any(|column| column == first) {
            columns.push(first.to_owned());
        }
    }
    let risk = |(predicate, columns): (String, Vec<String>)| ScanRisk {
        object: listed(&columns),
        why: format!(
            "Only indexes on part of the rows begin with {}: a search that does not repeat the condition {predicate} cannot use them.",
            listed(&columns)
        ),
        columns,
        on_delete: None,
    };
    by_predicate.into_iter().map(risk).collect()
}

/// Columns that are made for filtering or sorting and that no index begins with.
fn filters(table: &Table) -> Vec<ScanRisk> {
    let led = |column: &Column| {
        table.indexes.values().any(|index| index.valid && index.leading_columns().next() == Some(column.name.as_str()))
    };
    let in_other = |column: &Column| {
        table.indexes.values().any(|index| {
            index.valid && index.method != "btree" && index.leading_columns().any(|name| name == column.name)
        })
    };
    let columns: Vec<String> = table
        .columns
        .iter()
        .filter(|column| is_filter(table, column) && !led(column) && !in_other(column))
        .map(|column| column.name.clone())
        .collect();
    if columns.is_empty() {
        return Vec::new();
    }
    let owner = table.comment.tags().owner.as_ref().filter(|owner| finds(table, std::slice::from_ref(owner)).is_some());
    let narrowed =
        owner.map(|owner| format!(" Together with {owner}, only that owner's rows are read.")).unwrap_or_default();
    vec![ScanRisk {
        object: listed(&columns),
        why: format!("No index begins with any of these; a search by one of them alone scans the table.{narrowed}"),
        columns,
        on_delete: None,
    }]
}

/// A column of a few values, of a time, or of text to be searched.
fn is_filter(table: &Table, column: &Column) -> bool {
    let few = || {
        column.data_type.kind == TypeKind::Enum
            || table.constraints.values().any(|constraint| match &constraint.kind {
                ConstraintKind::Check { expression, .. } => {
                    constraint.columns.as_slice() == [column.name.as_str()] && expression.contains("= ANY (")
                }
                _ => false,
            })
    };
    let time = || matches!(column.data_type.name.name.as_str(), "timestamptz" | "timestamp" | "date" | "tsvector");
    !column.data_type.array && (time() || few())
}

fn invalid(table: &Table) -> impl Iterator<Item = ScanRisk> {
    table.indexes.values().filter(|index| !index.valid).map(|index| ScanRisk {
        object: index.name.clone(),
        columns: index.leading_columns().map(str::to_owned).collect(),
        why: "Building this index failed: it serves nothing and costs on every write. Drop it and build it again."
            .to_owned(),
        on_delete: None,
    })
}

fn statistics(context: &Context<'_>, table: &Table) -> Vec<StatisticsDoc> {
    let one = |statistics: &&Statistics| StatisticsDoc {
        name: statistics.name.clone(),
        of: statistics.columns.iter().cloned().chain(statistics.expressions.iter().map(|sql| bare(sql))).collect(),
        kinds: statistics.kinds.clone(),
        purpose: prose(&statistics.comment),
    };
    context.statistics.get(&table.name).into_iter().flatten().map(one).collect()
}
