//! timestamp without time zone.

use super::typed_columns;
use crate::findings::{Class, Level, Rule};
use crate::hazards::engine::{Check, Out};
use crate::hazards::statement::Statement;

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "timestamp-without-time-zone",
        level: Level::Warning,
        class: Class::Style,
        summary: "timestamp without time zone.",
        explanation: "It holds what a clock on a wall showed, not a moment: nobody knows in which zone. timestamptz takes the same 8 bytes.",
        bad: "create table public.a (at timestamp);",
        good: "create table public.a (at timestamptz);",
    },
    in_routines: false,
    check,
};

fn check(statement: &Statement, out: &mut Out<'_, '_>) {
    for (table, column, written) in typed_columns(statement) {
        if written.name == "timestamp" {
            let object = format!("{}.{column}", out.seen.qualify(table));
            let message = "a timestamp without time zone is no moment: it depends on who reads it".to_owned();
            out.plain(&written.span, Some(object), message, "use timestamptz");
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
            "create table public.a (b timestamp, c timestamp(3) without time zone)",
            &["1:26 warning public.a.b", "1:39 warning public.a.c"],
        );
        check(ID, "alter table public.a add b timestamp[]", &["1:28 warning public.a.b"]);
    }

    #[test]
    fn quiet() {
        check(ID, "create table public.a (b timestamptz, c timestamp with time zone, d date)", &[]);
    }
}
