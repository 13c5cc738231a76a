//! A column is dropped with its values.

use super::alterations;
use crate::findings::{Class, Level, Rule};
use crate::hazards::engine::{Check, Out};
use crate::hazards::statement::{ActionKind, Statement};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "drop-column",
        level: Level::Error,
        class: Class::DataLoss,
        summary: "A column is dropped with its values.",
        explanation: "The values are gone for good, and every program that still names the column fails. First release code that does not use it; then drop it, after a backup.",
        bad: "alter table public.tasks drop column legacy_id;",
        good: "-- Once nothing reads it:\n-- howdah:allow drop-column: unused since 2026-03\nalter table public.tasks drop column legacy_id;",
    },
    in_routines: false,
    check,
};

fn check(statement: &Statement, out: &mut Out<'_, '_>) {
    for (table, action) in alterations(statement, out.seen) {
        if let ActionKind::DropColumn { column, .. } = &action.kind
            && !out.seen.is_new_column(&table, column)
        {
            let message = format!("dropping the column destroys the values of `{column}`");
            out.counted(
                &action.span,
                (&table, Some(column)),
                &message,
                "release code that does not use it first; keep a backup",
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
        check(
            ID,
            "alter table public.tasks\n  drop column legacy, drop if exists b",
            &["2:3 error public.tasks.legacy", "2:23 error public.tasks.b"],
        );
        check(ID, "do $$ begin\n  alter table public.tasks drop column a; end $$", &["2:28 error public.tasks.a"]);
        check(ID, "do $$ begin execute 'alter table a drop b'; end $$", &["1:36 error public.a.b"]);
    }

    #[test]
    fn quiet() {
        check(ID, "create table public.tasks (a int); alter table public.tasks drop column a", &[]);
        check(ID, "alter table public.tasks add column a int; alter table public.tasks drop column a", &[]);
        check(ID, "alter table public.tasks drop constraint a", &[]);
        check(
            ID,
            "create function public.f() returns void language plpgsql as $$ begin alter table public.tasks drop column a; end $$",
            &[],
        );
    }
}
