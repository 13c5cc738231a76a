//! char(n) pads with spaces.

use super::typed_columns;
use crate::findings::{Class, Level, Rule};
use crate::hazards::engine::{Check, Out};
use crate::hazards::statement::Statement;

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "char-type",
        level: Level::Warning,
        class: Class::Style,
        summary: "char(n) pads with spaces.",
        explanation: "Values are filled up with spaces, which count in some comparisons and not in others. It is neither faster nor smaller than text.",
        bad: "create table public.a (code char(3));",
        good: "create table public.a (code text check (length(code) = 3));",
    },
    in_routines: false,
    check,
};

fn check(statement: &Statement, out: &mut Out<'_, '_>) {
    for (table, column, written) in typed_columns(statement) {
        if written.name == "bpchar" {
            let object = format!("{}.{column}", out.seen.qualify(table));
            let message = "char(n) fills values up with spaces, and compares without them".to_owned();
            out.plain(&written.span, Some(object), message, "use text, with CHECK (length(column) = n)");
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
            "create table public.a (b char(3), c character)",
            &["1:26 warning public.a.b", "1:37 warning public.a.c"],
        );
        check(ID, "alter table public.a alter b type char(5)[]", &["1:35 warning public.a.b"]);
    }

    #[test]
    fn quiet() {
        check(ID, r#"create table public.a (b text, c varchar, d "char")"#, &[]);
    }
}
