//! Checks in plain language.

use crate::catalog::{Constraint, ConstraintKind};

/// What a check demands, if it is of a form that has words for it.
pub(super) fn of_check(constraint: &Constraint) -> Option<String> {
    match &constraint.kind {
        ConstraintKind::Check { expression, .. } => of_expression(expression),
        _ => None,
    }
}

/// The same of `CHECK (…)`.
pub(super) fn of_definition(definition: &str) -> Option<String> {
    of_expression(definition.strip_prefix("CHECK ")?)
}

fn of_expression(_: &str) -> Option<String> {
    None
}
