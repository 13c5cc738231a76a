//! A table is renamed.

use super::alterations;
use crate::findings::{Class, Level, Rule};
use crate::hazards::engine::{Check, Out};
use crate::hazards::statement::{ActionKind, Statement};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "rename-table",
        level: Level::Warning,
        class: Class::BreakingForClients,
        summary: "A table is renamed.",
        explanation: "The old name is gone at once: every program that still runs with it fails. Leave a view with the old name for as long as they do.",
        bad: "alter table public.tasks rename to todos;",
        good: "alter table public.tasks rename to todos;\n-- howdah:allow rename-table: the view below keeps the old name\ncreate view public.tasks with (security_invoker) as select * from public.todos;",
    },
    in_routines: false,
    check,
};

fn check(statement: &Statement, out: &mut Out<'_, '_>) {
    for (table, action) in alterations(statement, out.seen) {
        if let ActionKind::RenameTable { to } = &action.kind
            && !out.seen.is_new_object(&table)
            && !out.seen.will_be_created(&table)
        {
            let message = format!("programs that use the table fail as soon as it is called `{to}`");
            let fix = "make a view with the old name in the same migration, until nobody uses it";
            out.plain(&action.span, Some(table.to_string()), message, fix);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::hazards::rules::testing::check;

    const ID: &str = super::CHECK.rule.id;

    #[test]
    fn fires() {
        check(ID, "alter table public.tasks rename to todos", &["1:26 warning public.tasks"]);
    }

    #[test]
    fn quiet() {
        check(ID, "create table public.a (); alter table public.a rename to b", &[]);
        check(ID, "alter table public.a rename to b; create view public.a as select * from public.b", &[]);
        check(ID, "alter index public.a rename to b", &[]);
    }
}
