//! Constraints and their reasons.

use super::indexes::listed;
use super::{bare, prose, stable};
use crate::catalog::{Constraint, ConstraintKind, ForeignKeyAction, Table};
use crate::docs::model::{ConstraintDoc, ConstraintSort, SourceOfText};
use crate::docs::reading;

pub(super) fn constraints(table: &Table) -> Vec<ConstraintDoc> {
    let mut all: Vec<ConstraintDoc> = table.constraints.values().map(one).collect();
    all.sort_by(|a, b| (a.kind, &a.name).cmp(&(b.kind, &b.name)));
    all
}

fn one(constraint: &Constraint) -> ConstraintDoc {
    let (reason, reason_from) = match prose(&constraint.comment) {
        Some(text) => (text, SourceOfText::Comment),
        None => (derived(constraint), SourceOfText::Derived),
    };
    ConstraintDoc {
        name: constraint.name.clone(),
        kind: match constraint.kind {
            ConstraintKind::PrimaryKey => ConstraintSort::PrimaryKey,
            ConstraintKind::Unique { .. } => ConstraintSort::Unique,
            ConstraintKind::ForeignKey(_) => ConstraintSort::ForeignKey,
            ConstraintKind::Check { .. } => ConstraintSort::Check,
            ConstraintKind::Exclusion => ConstraintSort::Exclusion,
        },
        columns: constraint.columns.clone(),
        definition: match &constraint.kind {
            // Without the second pair of parentheses.
            ConstraintKind::Check { expression, no_inherit } => {
                format!("CHECK ({}){}", bare(expression), if *no_inherit { " NO INHERIT" } else { "" })
            }
            _ => stable(&constraint.definition),
        },
        reason,
        reason_from,
        deferral: constraint.deferral,
        validated: constraint.validated,
        enforced: constraint.enforced,
        inherited: constraint.inherited,
    }
}

fn derived(constraint: &Constraint) -> String {
    let columns = listed(&constraint.columns);
    match &constraint.kind {
        ConstraintKind::PrimaryKey => format!("No two rows have the same {columns}, and it is never null"),
        ConstraintKind::Unique { nulls_not_distinct: false } => format!("No two rows have the same {columns}"),
        ConstraintKind::Unique { nulls_not_distinct: true } => {
            format!("No two rows have the same {columns}; two nulls are the same")
        }
        ConstraintKind::ForeignKey(key) => {
            format!(
                "{columns} must be {} of a row of {}; {}",
                listed(&key.referenced_columns),
                key.references,
                on_delete(key.on_delete, &key.on_delete_columns)
            )
        }
        ConstraintKind::Check { .. } => {
            reading::of_check(constraint).unwrap_or_else(|| "The condition is never false".to_owned())
        }
        ConstraintKind::Exclusion => "No two rows may conflict by its operators".to_owned(),
    }
}

/// What happens to a row when the one it points at is deleted.
pub(in crate::docs) fn on_delete(action: ForeignKeyAction, columns: &[String]) -> String {
    let set = |value: &str| match columns {
        [] => format!("when that row is deleted, it becomes {value}"),
        columns => format!("when that row is deleted, {} becomes {value}", listed(columns)),
    };
    match action {
        ForeignKeyAction::NoAction | ForeignKeyAction::Restrict => {
            "that row cannot be deleted while one points at it".to_owned()
        }
        ForeignKeyAction::Cascade => "deleting that row deletes those that point at it".to_owned(),
        ForeignKeyAction::SetNull => set("null"),
        ForeignKeyAction::SetDefault => set("its default"),
    }
}
