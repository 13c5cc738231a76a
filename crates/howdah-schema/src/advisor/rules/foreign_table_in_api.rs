//! A foreign table that callers may reach.

use crate::QualifiedName;
use crate::advisor::engine::{Check, Out};
use crate::advisor::facts::Facts;
use crate::findings::{Class, Level, Rule};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "foreign-table-in-api",
        level: Level::Warning,
        class: Class::Security,
        summary: "A foreign table is in an exposed schema.",
        explanation: "A foreign table has no row-level security: whoever may read it reads all that the server's login on the other side may. It belongs in a schema that is not exposed, behind a view or function that says who sees what. The catalog does not keep the rights on foreign tables, so every one in an exposed schema is told of.",
        bad: "create foreign data wrapper elsewhere;\ncreate server shop foreign data wrapper elsewhere;\ncreate foreign table public.orders (id uuid) server shop;",
        good: "create schema remote;\ncreate foreign data wrapper elsewhere;\ncreate server shop foreign data wrapper elsewhere;\ncreate foreign table remote.orders (id uuid) server shop;",
    },
    check,
};

fn check(facts: &Facts<'_>, out: &mut Out<'_>) {
    for found in facts.catalog.unmodelled.iter().filter(|found| found.kind == "foreign table") {
        let Some((name, _)) = QualifiedName::parse_prefix(&found.name) else { continue };
        if facts.is_exposed(&name.schema) {
            let message = format!("{name} is a foreign table, which no policy protects");
            let fix = format!("move it to a schema that is not exposed: `alter foreign table {name} set schema …;`");
            out.about(&name.to_string(), message, fix);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::Catalog;
    use crate::advisor::rules::testing::check;
    use crate::catalog::Unmodelled;

    const ID: &str = super::CHECK.rule.id;

    fn with(kind: &str, name: &str) -> Catalog {
        let found = Unmodelled { kind: kind.to_owned(), name: name.to_owned() };
        Catalog { unmodelled: vec![found], ..Catalog::default() }
    }

    #[test]
    fn fires() {
        check(ID, &with("foreign table", "public.orders"), &["warning public.orders"]);
        check(ID, &with("foreign table", "public.\"Orders\""), &["warning public.\"Orders\""]);
    }

    #[test]
    fn quiet() {
        check(ID, &with("foreign table", "remote.orders"), &[]);
        check(ID, &with("language", "public.orders"), &[]);
    }
}
