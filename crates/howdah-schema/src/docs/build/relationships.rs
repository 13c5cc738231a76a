//! Foreign keys from both ends, and tables that join others.

use super::context::Context;
use super::indexes::finds;
use crate::QualifiedName;
use crate::catalog::{Constraint, ForeignKeyRef, Table};
use crate::docs::model::{BelongsTo, HasMany, ManyToMany};
use std::collections::BTreeSet;

pub(super) fn belongs_to(table: &Table) -> Vec<BelongsTo> {
    let one = |(constraint, key): (&Constraint, &crate::catalog::ForeignKey)| BelongsTo {
        constraint: constraint.name.clone(),
        columns: constraint.columns.clone(),
        table: key.references.clone(),
        referenced_columns: key.referenced_columns.clone(),
        optional: constraint.columns.iter().any(|name| table.column(name).is_some_and(|column| !column.not_null)),
        one_to_one: is_unique(table, &constraint.columns),
        on_delete: key.on_delete,
        on_delete_columns: key.on_delete_columns.clone(),
        on_update: key.on_update,
        index: finds(table, &constraint.columns).map(|index| index.name.clone()),
    };
    table.foreign_keys().map(one).collect()
}

pub(super) fn has_many(context: &Context<'_>, table: &Table) -> Vec<HasMany> {
    let one = |found: &ForeignKeyRef<'_>| HasMany {
        table: found.table.name.clone(),
        constraint: found.constraint.name.clone(),
        columns: found.constraint.columns.clone(),
        referenced_columns: found.key.referenced_columns.clone(),
        one: is_unique(found.table, &found.constraint.columns),
        on_delete: found.key.on_delete,
        on_delete_columns: found.key.on_delete_columns.clone(),
        on_update: found.key.on_update,
    };
    context.incoming.get(&table.name).into_iter().flatten().map(one).collect()
}

/// The tables that this one is joined with, through tables that point here.
pub(super) fn many_to_many(context: &Context<'_>, table: &Table) -> Vec<ManyToMany> {
    let mut found = Vec::new();
    for near in context.incoming.get(&table.name).into_iter().flatten() {
        for (far, key) in near.table.foreign_keys() {
            if near.constraint.name != far.name && joins_by(near.table, near.constraint, far) {
                found.push(ManyToMany {
                    table: key.references.clone(),
                    through: near.table.name.clone(),
                    near: near.constraint.name.clone(),
                    far: far.name.clone(),
                });
            }
        }
    }
    found
}

/// The tables that this one joins, if it is such a table.
pub(super) fn joins(table: &Table) -> Vec<QualifiedName> {
    let mut joined = BTreeSet::new();
    let keys: Vec<_> = table.foreign_keys().collect();
    for (place, (one, one_key)) in keys.iter().enumerate() {
        for (other, other_key) in keys.iter().skip(place + 1) {
            if joins_by(table, one, other) {
                joined.extend([one_key.references.clone(), other_key.references.clone()]);
            }
        }
    }
    joined.into_iter().collect()
}

/// Whether a pair of rows is joined at most once by these two foreign keys: both together hold all columns of a key, and
/// neither does alone.
fn joins_by(table: &Table, one: &Constraint, other: &Constraint) -> bool {
    let within = |key: &[&str], columns: &[String]| key.iter().all(|name| columns.iter().any(|column| column == name));
    let keys = table.unique_keys();
    let alone = |columns: &[String]| keys.iter().any(|key| within(key, columns));
    if alone(&one.columns) || alone(&other.columns) {
        return false;
    }
    let both: Vec<String> = one.columns.iter().chain(&other.columns).cloned().collect();
    let nullable = |name: &String| table.column(name).is_some_and(|column| !column.not_null);
    keys.iter().any(|key| within(key, &both)) && !both.iter().any(nullable)
}

/// Whether at most one row has the same values in these columns.
fn is_unique(table: &Table, columns: &[String]) -> bool {
    table.unique_keys().iter().any(|key| key.iter().all(|name| columns.iter().any(|column| column == name)))
}
