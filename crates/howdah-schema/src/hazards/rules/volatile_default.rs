//! A column with a volatile default rewrites the table.

use super::alterations;
use crate::findings::{Class, Level, Rule};
use crate::hazards::engine::{Check, Out};
use crate::hazards::facts::{self, ColumnCost};
use crate::hazards::statement::{ActionKind, Statement};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "volatile-default",
        level: Level::Error,
        class: Class::Rewrite,
        summary: "A column with a volatile default rewrites the table.",
        explanation: "A default that gives every row another value (random(), gen_random_uuid(), clock_timestamp()) cannot be stored once: every row is written anew under ACCESS EXCLUSIVE. Constants and now() are free. A function that nothing is known of counts as volatile.",
        bad: "alter table public.tasks add column token uuid default gen_random_uuid();",
        good: "alter table public.tasks add column token uuid;\nalter table public.tasks alter column token set default gen_random_uuid();\n-- howdah:backfill public.tasks batch=5000\nupdate public.tasks set token = gen_random_uuid() where token is null;",
    },
    in_routines: false,
    check,
};

fn check(statement: &Statement, out: &mut Out<'_, '_>) {
    for (table, action) in alterations(statement, out.seen) {
        if let ActionKind::AddColumn { column, .. } = &action.kind {
            if out.seen.is_new(&table) {
                continue;
            }
            if let Some(ColumnCost::VolatileDefault(call)) = facts::add_column_cost(column, out.seen) {
                let message = format!("`{call}()` is volatile, so every row is rewritten while nobody can read");
                let fix =
                    "add the column without a default, set the default in a second statement, and backfill in batches";
                out.weighed(&action.span, (&table, Some(&column.name)), &message, fix);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::hazards::rules::testing::{check, check_sizes};

    const ID: &str = super::CHECK.rule.id;

    #[test]
    fn fires() {
        check(ID, "alter table public.a add b uuid default gen_random_uuid()", &["1:22 error public.a.b"]);
        check(ID, "alter table public.a add b text default 'x' || public.f(1)", &["1:22 error public.a.b"]);
        check(
            ID,
            "alter table public.a add column b timestamptz not null default clock_timestamp()",
            &["1:22 error public.a.b"],
        );
    }

    #[test]
    fn quiet() {
        check(ID, "alter table public.a add b int default 0", &[]);
        check(ID, "alter table public.a add b timestamptz not null default now()", &[]);
        check(ID, "alter table public.a add b timestamptz default current_timestamp", &[]);
        check(ID, "alter table public.a add b text default upper('x')::varchar(3)", &[]);
        check(ID, "create table public.a (); alter table public.a add b uuid default gen_random_uuid()", &[]);
        check(ID, "alter table public.a alter b set default gen_random_uuid()", &[]);
        check(ID, "alter table public.a add b numeric(10,2) default 0::numeric(10,2)", &[]);
    }

    #[test]
    fn weighs_by_size() {
        check_sizes(ID, "alter table public.a add b uuid default gen_random_uuid()");
    }
}
