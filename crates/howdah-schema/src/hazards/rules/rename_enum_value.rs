//! A value of an enum is renamed.

use crate::findings::{Class, Level, Rule};
use crate::hazards::engine::{Check, Out};
use crate::hazards::statement::{Kind, Statement};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "rename-enum-value",
        level: Level::Warning,
        class: Class::BreakingForClients,
        summary: "A value of an enum is renamed.",
        explanation: "Rows are fine, but every program that compares with the old word fails or stops matching.",
        bad: "alter type public.status rename value 'open' to 'active';",
        good: "alter type public.status add value 'active' after 'open';\n-- … then move the rows over.",
    },
    in_routines: false,
    check,
};

fn check(statement: &Statement, out: &mut Out<'_, '_>) {
    let Kind::RenameEnumValue { of, from } = &statement.kind else { return };
    let name = out.seen.qualify(of);
    if !out.seen.is_new_type(&name) {
        let message = format!("programs that write or compare with '{from}' fail");
        out.plain(
            &statement.span,
            Some(name.to_string()),
            message,
            "add the new value beside it and move the rows over",
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::hazards::rules::testing::check;

    const ID: &str = super::CHECK.rule.id;

    #[test]
    fn fires() {
        check(ID, "alter type public.s rename value 'a' to 'b'", &["1:1 warning public.s"]);
    }

    #[test]
    fn quiet() {
        check(ID, "create type public.s as enum ('a'); alter type public.s rename value 'a' to 'b'", &[]);
        check(ID, "alter type public.s add value 'c' after 'a'", &[]);
    }
}
