//! varchar(n) over text with a CHECK.

use super::typed_columns;
use crate::findings::{Class, Level, Rule};
use crate::hazards::engine::{Check, Out};
use crate::hazards::statement::Statement;

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "varchar-type",
        level: Level::Info,
        class: Class::Style,
        summary: "varchar(n) over text with a CHECK.",
        explanation: "The limit is part of the type: narrowing it rewrites the table, and every view and function over the column is in the way. A CHECK can be changed online.",
        bad: "create table public.a (name varchar(80));",
        good: "create table public.a (name text check (length(name) <= 80));",
    },
    in_routines: false,
    check,
};

fn check(statement: &Statement, out: &mut Out<'_, '_>) {
    for (table, column, written) in typed_columns(statement) {
        if written.name == "varchar" && !written.modifiers.is_empty() {
            let object = format!("{}.{column}", out.seen.qualify(table));
            let message = "the limit is part of the type, and changing it changes the column".to_owned();
            out.plain(&written.span, Some(object), message, "use text, with CHECK (length(column) <= n)");
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::hazards::rules::testing::check;

    const ID: &str = super::CHECK.rule.id;

    #[test]
    fn fires() {
        check(
            ID,
            "create table public.a (b varchar(10), c character varying(5))",
            &["1:26 info public.a.b", "1:41 info public.a.c"],
        );
    }

    #[test]
    fn quiet() {
        check(ID, "create table public.a (b varchar, c text check (length(c) <= 10))", &[]);
    }
}
