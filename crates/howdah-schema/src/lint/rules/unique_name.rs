//! A unique constraint or index whose name does not say where it is.

use super::{is_named, wanted_name};
use crate::QualifiedName;
use crate::catalog::{ConstraintKind, ObjectId};
use crate::findings::{Class, Level, Rule};
use crate::lint::engine::{Check, Out};
use crate::lint::facts::Facts;

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "unique-name",
        level: Level::Warning,
        class: Class::Naming,
        summary: "A unique constraint or index is not named uq_<table>_….",
        explanation: "Its name is all that a client is told when a value is taken. The prefix and the table in it make that readable, and let a program tell by the name which rule was broken. PostgreSQL's own names change with the columns.",
        bad: "create table public.tags (id uuid primary key, name text unique);",
        good: "create table public.tags (id uuid primary key, name text, constraint uq_tags_name unique (name));",
    },
    check,
};

fn check(facts: &Facts<'_>, out: &mut Out<'_>) {
    for (table, constraint) in facts.constraints() {
        let is_unique = matches!(constraint.kind, ConstraintKind::Unique { .. });
        if is_unique && !is_named(&constraint.name, "uq", &table.name.name) {
            let id = ObjectId::Constraint(table.name.clone(), constraint.name.clone());
            let message = format!("the unique constraint `{}` is not named uq_<table>_…", constraint.name);
            let columns: Vec<&str> = constraint.columns.iter().map(String::as_str).collect();
            out.at(id, message, format!("name it `{}`", wanted_name("uq", &table.name.name, &columns)));
        }
    }
    let of_tables = facts.tables().flat_map(|table| table.indexes.values().map(|index| (&table.name, index)));
    let of_views = facts.catalog.views.values().flat_map(|view| view.indexes.values().map(|index| (&view.name, index)));
    for (relation, index) in of_tables.chain(of_views) {
        let judged = index.unique && index.constraint.is_none() && index.parent.is_none();
        if judged && !is_named(&index.name, "uq", &relation.name) {
            let id = ObjectId::Index(QualifiedName::new(relation.schema.clone(), index.name.clone()));
            let columns: Vec<&str> = index.leading_columns().collect();
            let message = format!("the unique index `{}` is not named uq_<table>_…", index.name);
            out.at(id, message, format!("name it `{}`", wanted_name("uq", &relation.name, &columns)));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::rules::testing::check;
    use crate::testing::table;

    const ID: &str = super::CHECK.rule.id;

    #[test]
    fn fires() {
        let tags = table("tags").column("name", "text", "").unique("tags_name_key", &["name"]);
        let tags = tags.index("idx_tags_name", &["name"], "").with(|tags| {
            tags.indexes.values_mut().for_each(|index| index.unique = true);
        });
        check(ID, [tags], &["warning public.idx_tags_name", "warning public.tags.tags_name_key"]);
    }

    #[test]
    fn quiet() {
        check(
            ID,
            [table("tags").column("name", "text", "").unique("uq_tags_name", &["name"]).primary_key(&["name"])],
            &[],
        );
    }
}
