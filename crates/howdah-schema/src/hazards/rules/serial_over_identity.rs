//! serial over identity.

use super::typed_columns;
use crate::findings::{Class, Level, Rule};
use crate::hazards::engine::{Check, Out};
use crate::hazards::statement::Statement;

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "serial-over-identity",
        level: Level::Info,
        class: Class::Style,
        summary: "serial over identity.",
        explanation: "A serial's sequence has rights, ownership and a default of its own, which dumps and grants forget. An identity column is one thing, and part of the standard.",
        bad: "create table public.a (id bigserial primary key);",
        good: "create table public.a (id bigint generated always as identity primary key);",
    },
    in_routines: false,
    check,
};

fn check(statement: &Statement, out: &mut Out<'_, '_>) {
    for (table, column, written) in typed_columns(statement) {
        if written.is_serial() {
            let object = format!("{}.{column}", out.seen.qualify(table));
            let message = format!("{} makes a sequence with rights of its own", written.name);
            out.plain(&written.span, Some(object), message, "use bigint generated always as identity");
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::hazards::rules::testing::check;

    const ID: &str = super::CHECK.rule.id;

    #[test]
    fn fires() {
        check(ID, "create table public.a (id serial primary key)", &["1:27 info public.a.id"]);
        check(ID, "alter table public.a add b bigserial", &["1:28 info public.a.b"]);
    }

    #[test]
    fn quiet() {
        check(ID, "create table public.a (id bigint generated always as identity primary key)", &[]);
    }
}
