//! CHECK constraints against the rows.

use crate::Ident;
use crate::validate::Check;
use crate::validate::rule::{Rule, Standing};
use crate::validate::scan::{Predicate, home};
use howdah_schema::Catalog;
use howdah_schema::catalog::{ConstraintKind, ObjectId, Table};

pub(in crate::validate) fn predicates(catalog: &Catalog, table: &Table) -> Vec<Predicate> {
    let checks = table.constraints.values().filter_map(|constraint| match &constraint.kind {
        ConstraintKind::Check { expression, .. } => Some((constraint, expression)),
        _ => None,
    });
    checks
        .map(|(constraint, expression)| {
            let standing = Standing::of(constraint.validated, constraint.enforced);
            let name = Ident::new(constraint.name.as_str());
            let home = home(catalog, table, |table| table.constraints.contains_key(&constraint.name));
            let validate = match standing {
                Standing::NotEnforced => format!("drop {name} and add it again without NOT ENFORCED"),
                _ => format!("ALTER TABLE {home} VALIDATE CONSTRAINT {name}"),
            };
            Predicate {
                rule: Rule {
                    check: standing.check(Check::CheckConstraint),
                    standing,
                    object: ObjectId::Constraint(home.clone(), constraint.name.clone()).to_string(),
                    says: format!("CHECK ({expression})"),
                    mend: format!("correct the rows: SELECT * FROM {home} WHERE ({expression}) IS FALSE"),
                    validate,
                },
                // A CHECK that is null holds.
                broken: format!("({expression}) is false"),
            }
        })
        .collect()
}
