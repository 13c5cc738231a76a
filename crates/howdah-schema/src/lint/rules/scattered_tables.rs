//! A table that stands apart from all that it has to do with.

use crate::QualifiedName;
use crate::catalog::{ObjectId, Table};
use crate::findings::{Class, Level, Rule};
use crate::lint::engine::{Check, Out};
use crate::lint::facts::Facts;

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "scattered-tables",
        level: Level::Info,
        class: Class::Documentation,
        summary: "A table shares neither schema nor @group with any table that it is related to.",
        explanation: "What belongs together should be found together. A table whose foreign keys all lead elsewhere stands in the wrong schema, or wants a @group that says where it belongs. Quiet about tables that many point at, such as users: everything has to do with them.",
        bad: "create schema sales;\ncreate table public.orders (id uuid primary key);\ncreate table sales.order_items (order_id uuid references public.orders (id) on delete cascade);",
        good: "create schema sales;\ncreate table sales.orders (id uuid primary key);\ncreate table sales.order_items (order_id uuid references sales.orders (id) on delete cascade);",
    },
    check,
};

/// A table that so many others have to do with says nothing about any one of them.
const HUB: usize = 3;

fn check(facts: &Facts<'_>, out: &mut Out<'_>) {
    for table in facts.tables() {
        let kin: Vec<&QualifiedName> = facts.kin(&table.name).collect();
        let telling: Vec<&&QualifiedName> = kin.iter().filter(|name| facts.kin(name).count() < HUB).collect();
        let Some(first) = telling.first() else { continue };
        let together = kin.iter().any(|name| is_together(table, facts.catalog.tables.get(*name)));
        // Of the two, the one that points is the one that stands apart.
        let points = table.foreign_keys().any(|(_, key)| telling.iter().any(|name| key.references == ***name));
        if !together && points {
            let message =
                format!("{} shares neither schema nor group with {first}, which it has to do with", table.name);
            let fix = "put it into the schema of what it belongs to, or give both the same @group";
            out.at(ObjectId::Table(table.name.clone()), message, fix);
        }
    }
}

fn is_together(table: &Table, other: Option<&Table>) -> bool {
    let group = |table: &Table| table.comment.tags().group.clone();
    other.is_some_and(|other| {
        other.name.schema == table.name.schema || (group(other).is_some() && group(other) == group(table))
    })
}

#[cfg(test)]
mod tests {
    use crate::lint::rules::testing::check;
    use crate::testing::{TestTable, table};

    const ID: &str = super::CHECK.rule.id;

    fn items(name: &str) -> TestTable {
        let items = table(name).column("order_id", "uuid", "");
        items.foreign_key("fk_items_order", &["order_id"], "orders", &["id"])
    }

    #[test]
    fn fires() {
        check(ID, [table("orders"), items("sales.items")], &["info sales.items"]);
    }

    #[test]
    fn quiet() {
        check(ID, [table("orders"), items("items")], &[]);
        check(ID, [table("orders").comment("O. @group s"), items("sales.items").comment("I. @group s")], &[]);
        // Everybody has to do with orders here.
        check(ID, [table("orders"), items("a.items"), items("b.items"), items("c.items")], &[]);
    }
}
