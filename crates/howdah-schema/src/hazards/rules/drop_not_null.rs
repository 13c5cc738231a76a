//! A column that was never null can be null.

use super::alterations;
use crate::findings::{Class, Level, Rule};
use crate::hazards::engine::{Check, Out};
use crate::hazards::statement::{ActionKind, Statement};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "drop-not-null",
        level: Level::Warning,
        class: Class::BreakingForClients,
        summary: "A column that was never null can be null.",
        explanation: "Programs that rely on a value being there meet null. Make them ready first.",
        bad: "alter table public.users alter column email drop not null;",
        good: "-- howdah:allow drop-not-null: every reader copes with null since 1.4\nalter table public.users alter column email drop not null;",
    },
    in_routines: false,
    check,
};

fn check(statement: &Statement, out: &mut Out<'_, '_>) {
    for (table, action) in alterations(statement, out.seen) {
        if let ActionKind::DropNotNull { column } = &action.kind
            && !out.seen.is_new_column(&table, column)
        {
            let message = format!("readers of `{column}` that rely on a value will meet null");
            out.plain(
                &action.span,
                Some(format!("{table}.{column}")),
                message,
                "make every reader ready for null first",
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::hazards::rules::testing::check;

    const ID: &str = super::CHECK.rule.id;

    #[test]
    fn fires() {
        check(ID, "alter table public.a alter b drop not null", &["1:22 warning public.a.b"]);
    }

    #[test]
    fn quiet() {
        check(ID, "alter table public.a alter b set not null", &[]);
        check(ID, "create table public.a (b int not null); alter table public.a alter b drop not null", &[]);
    }
}
