//! A table of many rows has a name in the singular.

use crate::catalog::ObjectId;
use crate::findings::{Class, Level, Rule};
use crate::lint::engine::{Check, Out};
use crate::lint::facts::Facts;
use crate::lint::words::{is_plural, plural};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "plural-table",
        level: Level::Warning,
        class: Class::Naming,
        summary: "A table is not named in the plural.",
        explanation: "A table holds many: `orders`, not `order`. One rule for all tables spares everybody the guess, and keeps clear of reserved words such as user and order. A word that names what holds many is plural enough (history, log, queue, inventory, media), and what is not plain English is left alone. Views are, too.",
        bad: "create table public.invoice (id uuid primary key);",
        good: "create table public.invoices (id uuid primary key);",
    },
    check,
};

fn check(facts: &Facts<'_>, out: &mut Out<'_>) {
    for table in facts.tables() {
        let name = &table.name.name;
        if !is_plural(name) {
            let message = format!("`{name}` is in the singular, and a table holds many");
            out.at(ObjectId::Table(table.name.clone()), message, format!("name it `{}`", plural(name)));
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
        check(
            ID,
            [table("invoice"), table("order_status")],
            &["warning public.invoice", "warning public.order_status"],
        );
    }

    #[test]
    fn quiet() {
        check(ID, [table("invoices"), table("album_media"), table("price_history"), table("Invoice")], &[]);
        check(ID, [table("events"), table("event_2024").partition_of("events")], &[]);
    }
}
