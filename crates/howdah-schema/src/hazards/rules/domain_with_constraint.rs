//! A domain has a constraint.

use crate::findings::{Class, Level, Rule};
use crate::hazards::engine::{Check, Out};
use crate::hazards::statement::{ConstraintKind, Kind, Statement};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "domain-with-constraint",
        level: Level::Info,
        class: Class::Style,
        summary: "A domain has a constraint.",
        explanation: "A column of it cannot be added without writing every row, and a change of the constraint is checked against every table that uses it. A CHECK on the columns can be added and changed online.",
        bad: "create domain public.code as text check (value <> '');",
        good: "alter table public.a add constraint chk_a_code check (code <> '') not valid;",
    },
    in_routines: false,
    check,
};

fn check(statement: &Statement, out: &mut Out<'_, '_>) {
    let Kind::CreateDomain { name, constraints } = &statement.kind else { return };
    let constraint =
        constraints.iter().find(|it| matches!(it.kind, ConstraintKind::Check { .. } | ConstraintKind::NotNull { .. }));
    if let Some(constraint) = constraint {
        let domain = out.seen.qualify(name).to_string();
        let message = "a domain with a constraint can neither be added to a table nor changed online".to_owned();
        out.plain(&constraint.span, Some(domain), message, "use the base type with a CHECK on the column");
    }
}

#[cfg(test)]
mod tests {
    use crate::hazards::rules::testing::check;

    const ID: &str = super::CHECK.rule.id;

    #[test]
    fn fires() {
        check(ID, "create domain public.d as text check (value <> '')", &["1:32 info public.d"]);
        check(ID, "create domain public.d as text not null", &["1:32 info public.d"]);
    }

    #[test]
    fn quiet() {
        check(ID, "create domain public.d as text", &[]);
        check(ID, "create domain public.d as text default 'x'", &[]);
    }
}
