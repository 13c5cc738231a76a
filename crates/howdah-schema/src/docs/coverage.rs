//! How much of a catalog has a comment.

use super::build::scope::described;
use super::model::Coverage;
use crate::catalog::{Catalog, Comment, ObjectId};

/// Which tables, columns, views, functions and types have a comment.
///
/// Of partitions and inherited columns the parent speaks. A comment of nothing but tags is none.
pub fn coverage(catalog: &Catalog) -> Coverage {
    coverage_of(&described(catalog))
}

/// The same of a catalog that holds nothing else.
pub(super) fn coverage_of(catalog: &Catalog) -> Coverage {
    let mut coverage = Coverage::default();
    let mut count = |id: ObjectId, comment: &Comment| {
        coverage.all += 1;
        if comment.text().is_empty() {
            coverage.missing.push(id.to_string());
        } else {
            coverage.commented += 1;
        }
    };
    for table in catalog.tables.values().filter(|table| table.partition_of.is_none()) {
        count(ObjectId::Table(table.name.clone()), &table.comment);
        for column in table.columns.iter().filter(|column| !column.inherited) {
            count(ObjectId::Column(table.name.clone(), column.name.clone()), &column.comment);
        }
    }
    for view in catalog.views.values() {
        count(ObjectId::View(view.name.clone()), &view.comment);
        for column in &view.columns {
            count(ObjectId::Column(view.name.clone(), column.name.clone()), &column.comment);
        }
    }
    for function in catalog.functions.values() {
        count(ObjectId::Function(function.signature.clone()), &function.comment);
    }
    for aggregate in catalog.aggregates.values() {
        count(ObjectId::Aggregate(aggregate.signature.clone()), &aggregate.comment);
    }
    let types = catalog.enums.values().map(|found| (&found.name, &found.comment));
    let types = types.chain(catalog.domains.values().map(|found| (&found.name, &found.comment)));
    let types = types.chain(catalog.composites.values().map(|found| (&found.name, &found.comment)));
    for (name, comment) in types.chain(catalog.ranges.values().map(|found| (&found.name, &found.comment))) {
        count(ObjectId::Type(name.clone()), comment);
    }
    coverage
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{catalog, table};

    #[test]
    fn counts_what_has_prose_and_names_what_has_none() {
        let tasks = table("tasks").comment("Tasks.").column("id", "uuid", "Its id.").column("title", "text", "@pii");
        let part = table("tasks_1").column("id", "uuid", "").with(|table| {
            table.partition_of = Some(crate::catalog::PartitionOf {
                parent: crate::testing::qualified("tasks"),
                bounds: "DEFAULT".into(),
            });
        });
        let found = coverage(&catalog([tasks, part]));
        assert_eq!((found.commented, found.all, found.percent()), (2, 3, 66));
        assert_eq!(found.missing, ["column public.tasks.title"]);
    }

    #[test]
    fn of_nothing_all_has_a_comment() {
        assert_eq!(coverage(&Catalog::default()).percent(), 100);
        let almost = Coverage { commented: 999, all: 1000, missing: Vec::new() };
        assert_eq!(almost.percent(), 99);
    }
}
