//! A new enum value has no place.

use crate::findings::{Class, Level, Rule};
use crate::hazards::engine::{Check, Out};
use crate::hazards::statement::{Kind, Statement};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "enum-value-order",
        level: Level::Info,
        class: Class::Style,
        summary: "A new enum value has no place.",
        explanation: "Without BEFORE or AFTER it comes last, and the order of enum values is what ORDER BY and < go by. It cannot be moved later without rewriting the columns.",
        bad: "alter type public.state add value 'draft';",
        good: "alter type public.state add value 'draft' before 'open';",
    },
    in_routines: false,
    check,
};

fn check(statement: &Statement, out: &mut Out<'_, '_>) {
    let Kind::AddEnumValue { of, value, placed: false, .. } = &statement.kind else { return };
    let name = out.seen.qualify(of);
    let message = format!("'{value}' sorts after all the others, and cannot be moved later");
    out.plain(&statement.span, Some(name.to_string()), message, "say BEFORE or AFTER which value it belongs");
}

#[cfg(test)]
mod tests {
    use crate::hazards::rules::testing::check;

    const ID: &str = super::CHECK.rule.id;

    #[test]
    fn fires() {
        check(ID, "alter type public.s add value 'x'", &["1:1 info public.s"]);
    }

    #[test]
    fn quiet() {
        check(ID, "alter type public.s add value 'x' before 'y'", &[]);
        check(ID, "alter type public.s add value if not exists 'x' after 'y'", &[]);
    }
}
