//! A column is renamed.

use super::alterations;
use crate::findings::{Class, Level, Rule};
use crate::hazards::engine::{Check, Out};
use crate::hazards::statement::{ActionKind, Statement};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "rename-column",
        level: Level::Warning,
        class: Class::BreakingForClients,
        summary: "A column is renamed.",
        explanation: "The old name is gone at once: every program that still runs with it fails. Add a new column and fill both, or keep the old name in a view.",
        bad: "alter table public.users rename column name to full_name;",
        good: "alter table public.users add column full_name text;\n-- … write both, switch the readers, drop `name`.",
    },
    in_routines: false,
    check,
};

fn check(statement: &Statement, out: &mut Out<'_, '_>) {
    for (table, action) in alterations(statement, out.seen) {
        if let ActionKind::RenameColumn { from, to } = &action.kind
            && !out.seen.is_new_column(&table, from)
        {
            let message = format!("programs that use `{from}` fail as soon as it is called `{to}`");
            let fix = "add the new column beside it and move the readers over, or release during a stop";
            out.plain(&action.span, Some(format!("{table}.{from}")), message, fix);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::hazards::rules::testing::check;

    const ID: &str = super::CHECK.rule.id;

    #[test]
    fn fires() {
        check(ID, "alter table public.users rename name to full_name", &["1:26 warning public.users.name"]);
        check(ID, "alter view public.v rename column a to b", &["1:21 warning public.v.a"]);
    }

    #[test]
    fn quiet() {
        check(ID, "create table public.a (b int); alter table public.a rename b to c", &[]);
        check(ID, "alter table public.a rename constraint b to c", &[]);
        check(
            ID,
            "alter table public.a add b int; alter table public.a rename b to c; alter table public.a rename c to d",
            &[],
        );
    }
}
