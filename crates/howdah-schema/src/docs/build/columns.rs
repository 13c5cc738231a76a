//! Columns of tables and views.

use super::context::Context;
use super::{bare, prose, tags};
use crate::catalog::{Column, Comment, Relation};
use crate::docs::model::{ColumnDoc, ColumnReference};
use crate::docs::reading;
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn columns(context: &Context<'_>, relation: Relation<'_>) -> Vec<ColumnDoc> {
    let keys = Keys::new(relation);
    relation.columns().iter().map(|column| one(context, relation, column, &keys)).collect()
}

/// What constraints and indexes say of single columns.
#[derive(Default)]
struct Keys<'a> {
    primary: BTreeSet<&'a str>,
    unique: BTreeSet<&'a str>,
    references: BTreeMap<&'a str, Vec<ColumnReference>>,
    checks: BTreeMap<&'a str, Vec<String>>,
}

impl<'a> Keys<'a> {
    fn new(relation: Relation<'a>) -> Self {
        let mut keys = Self::default();
        let Some(table) = relation.table() else { return keys };
        keys.primary = table.primary_key().iter().map(String::as_str).collect();
        keys.unique =
            table.unique_keys().into_iter().filter_map(|key| <[&str; 1]>::try_from(key).ok()).flatten().collect();
        for (constraint, key) in table.foreign_keys() {
            for (column, referenced) in constraint.columns.iter().zip(&key.referenced_columns) {
                keys.references.entry(column).or_default().push(ColumnReference {
                    table: key.references.clone(),
                    column: referenced.clone(),
                    constraint: constraint.name.clone(),
                });
            }
        }
        for references in keys.references.values_mut() {
            // `(user_id, album_id)` says less of user_id than `user_id` alone.
            references.sort_by_cached_key(|reference| {
                table.constraints.get(&reference.constraint).map_or(0, |constraint| constraint.columns.len())
            });
        }
        for constraint in table.constraints.values() {
            if let (Some(reading), [column]) = (reading::of_check(constraint), constraint.columns.as_slice()) {
                keys.checks.entry(column).or_default().push(reading);
            }
        }
        keys
    }
}

/// A column's comment; of a partition's column that has none, the parent's.
fn comment<'a>(context: &'a Context<'_>, relation: Relation<'a>, column: &'a Column) -> &'a Comment {
    let mut comment = &column.comment;
    let mut table = relation.table();
    for _ in 0..64 {
        let Some(part) = table.and_then(|table| table.partition_of.as_ref()).filter(|_| comment.is_empty()) else {
            break;
        };
        table = context.catalog.tables.get(&part.parent);
        comment = table.and_then(|table| table.column(&column.name)).map_or(comment, |column| &column.comment);
    }
    comment
}

/// A default without the cast of a text to the column's own type.
fn plain_default(default: &str, column_type: &str) -> String {
    let default = bare(default);
    let literal = default.strip_suffix(column_type).and_then(|rest| rest.strip_suffix("::"));
    match literal {
        Some(text) if text.len() > 1 && text.starts_with('\'') && text.ends_with('\'') => {
            let mut tokens = crate::sql::split::tokens(text);
            if tokens.next().is_some() && tokens.next().is_none() { text.to_owned() } else { default }
        }
        _ => default,
    }
}

fn one(context: &Context<'_>, relation: Relation<'_>, column: &Column, keys: &Keys<'_>) -> ColumnDoc {
    let name = column.name.as_str();
    let comment = comment(context, relation, column);
    let said = comment.tags();
    ColumnDoc {
        name: column.name.clone(),
        data_type: context.type_ref(&column.data_type),
        nullable: !column.not_null,
        default: column.default.as_deref().map(|default| plain_default(default, &column.data_type.sql)),
        generated: column.generated.as_ref().map(|generated| bare(&generated.expression)),
        generated_virtual: column.generated.as_ref().is_some_and(|generated| !generated.stored),
        identity: column
            .identity
            .as_ref()
            .map(|identity| if identity.always { "always" } else { "by default" }.to_owned()),
        primary_key: keys.primary.contains(name),
        unique: keys.unique.contains(name),
        references: keys.references.get(name).cloned().unwrap_or_default(),
        checks: keys.checks.get(name).cloned().unwrap_or_default(),
        meaning: prose(comment),
        tags: tags(comment),
        pii: said.pii.as_ref().map(|pii| pii.kind.clone().unwrap_or_default()),
        mask: said.mask.map(|mask| match mask.as_str() {
            "" => "auto".to_owned(),
            mask => mask.to_owned(),
        }),
        encrypted: said.encrypt,
        blind_index: said.blind_index,
        deprecated: said.deprecated.clone(),
        inherited: column.inherited,
    }
}
