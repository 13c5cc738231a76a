//! Checks in plain language.
//!
//! Most checks are of a few forms: a length, a range, a list of values, a pattern, one column beside another. These are read
//! and said in words; a piece of another form is shown as it is, and an expression that is nothing but that is left to its
//! definition. The words never say more than the expression: casts are left out, nothing else.

mod parse;
mod say;

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
    of_expression(definition.strip_prefix("CHECK ")?.trim_end_matches(" NOT VALID"))
}

fn of_expression(sql: &str) -> Option<String> {
    say::say(sql, &parse::parse(sql)?)
}

#[cfg(test)]
mod tests;
