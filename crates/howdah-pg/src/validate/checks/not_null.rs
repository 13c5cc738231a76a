//! NOT NULL against the rows.

use crate::Ident;
use crate::validate::Check;
use crate::validate::rule::{Rule, Standing};
use crate::validate::scan::{Predicate, home};
use howdah_schema::Catalog;
use howdah_schema::catalog::{ObjectId, Table};

pub(in crate::validate) fn predicates(catalog: &Catalog, table: &Table) -> Vec<Predicate> {
    let columns = table.columns.iter().filter(|column| column.not_null);
    columns
        .map(|column| {
            let name = Ident::new(column.name.as_str());
            let constraint = column.not_null_constraint.as_ref();
            let standing = Standing::of(constraint.is_none_or(|constraint| constraint.validated), true);
            let home = home(catalog, table, |table| table.column(&column.name).is_some_and(|column| column.not_null));
            let constraint = constraint.map_or("", |constraint| constraint.name.as_str());
            Predicate {
                rule: Rule {
                    check: standing.check(Check::NotNull),
                    standing,
                    object: ObjectId::Column(home.clone(), column.name.clone()).to_string(),
                    says: "NOT NULL".to_owned(),
                    // With `IS NULL` the planner would know that there are none.
                    mend: format!("give the rows a value: SELECT * FROM {home} WHERE num_nulls({name}) > 0"),
                    validate: format!("ALTER TABLE {home} VALIDATE CONSTRAINT {}", Ident::new(constraint)),
                },
                // Since PostgreSQL 17 the planner takes `IS NULL` of such a column for false; and of a composite value it would
                // be true when every attribute is null.
                broken: format!("num_nulls(t.{name}) > 0"),
            }
        })
        .collect()
}
