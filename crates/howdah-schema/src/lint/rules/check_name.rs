//! A check whose name does not say where it is.

use super::{is_named, wanted_name};
use crate::catalog::{ConstraintKind, ObjectId};
use crate::findings::{Class, Level, Rule};
use crate::lint::engine::{Check, Out};
use crate::lint::facts::Facts;

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "check-name",
        level: Level::Warning,
        class: Class::Naming,
        summary: "A check is not named chk_<table>_….",
        explanation: "Its name is all that a client is told when a value is refused. PostgreSQL's own names (`orders_check1`) say nothing and differ between databases that came about in different ways. Checks of domains are named after their domain.",
        bad: "create table public.orders (id uuid primary key, total numeric check (total >= 0));",
        good: "create table public.orders (\n  id uuid primary key,\n  total numeric,\n  constraint chk_orders_total check (total >= 0)\n);",
    },
    check,
};

fn check(facts: &Facts<'_>, out: &mut Out<'_>) {
    for (table, constraint) in facts.constraints() {
        let is_check = matches!(constraint.kind, ConstraintKind::Check { .. });
        if is_check && !is_named(&constraint.name, "chk", &table.name.name) {
            let id = ObjectId::Constraint(table.name.clone(), constraint.name.clone());
            let columns: Vec<&str> = constraint.columns.iter().map(String::as_str).collect();
            let message = format!("the check `{}` is not named chk_<table>_…", constraint.name);
            out.at(id, message, format!("name it `{}`", wanted_name("chk", &table.name.name, &columns)));
        }
    }
    for domain in facts.catalog.domains.values() {
        for check in domain.checks.values().filter(|check| !is_named(&check.name, "chk", &domain.name.name)) {
            let id = ObjectId::DomainConstraint(domain.name.clone(), check.name.clone());
            let message = format!("the check `{}` is not named chk_<domain>_…", check.name);
            out.at(id, message, format!("name it `chk_{}_…`, with a word for what it asks", domain.name.name));
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
        let orders =
            table("orders").column("total", "numeric", "").check("orders_total_check", &["total"], "(total >= 0)");
        check(ID, [orders], &["warning public.orders.orders_total_check"]);
    }

    #[test]
    fn quiet() {
        let orders =
            table("orders").column("total", "numeric", "").check("chk_orders_total", &["total"], "(total >= 0)");
        check(ID, [orders], &[]);
    }
}
