//! Constraints and their reasons.

use super::indexes::listed;
use super::{prose, stable};
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
        definition: stable(&constraint.definition),
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
        ConstraintKind::PrimaryKey => format!("{columns} tells rows apart and is never null"),
        ConstraintKind::Unique { nulls_not_distinct: false } => format!("no two rows have the same {columns}"),
        ConstraintKind::Unique { nulls_not_distinct: true } => {
            format!("no two rows have the same {columns}; two nulls are the same")
        }
        ConstraintKind::ForeignKey(key) => {
            format!(
                "{columns} must be the {} of a row of {}; {}",
                listed(&key.referenced_columns),
                key.references,
                on_delete(key.on_delete, &key.on_delete_columns)
            )
        }
        ConstraintKind::Check { .. } => {
            reading::of_check(constraint).unwrap_or_else(|| "the condition must not be false".to_owned())
        }
        ConstraintKind::Exclusion => "no two rows may conflict by its operators".to_owned(),
    }
}

/// What happens to a row when the one it points at is deleted.
pub(in crate::docs) fn on_delete(action: ForeignKeyAction, columns: &[String]) -> String {
    let set = |value: &str| match columns {
        [] => format!("when that is deleted, it becomes {value}"),
        columns => format!("when that is deleted, {} becomes {value}", listed(columns)),
    };
    match action {
        ForeignKeyAction::NoAction | ForeignKeyAction::Restrict => {
            "that cannot be deleted while a row points at it".to_owned()
        }
        ForeignKeyAction::Cascade => "deleting that deletes the rows that point at it".to_owned(),
        ForeignKeyAction::SetNull => set("null"),
        ForeignKeyAction::SetDefault => set("its default"),
    }
}
