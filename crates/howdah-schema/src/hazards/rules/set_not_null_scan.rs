//! SET NOT NULL reads the whole table under lock.

use super::alterations;
use crate::findings::{Class, Level, Rule};
use crate::hazards::engine::{Check, Out};
use crate::hazards::statement::{ActionKind, Statement};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "set-not-null-scan",
        level: Level::Error,
        class: Class::SlowScan,
        summary: "SET NOT NULL reads the whole table under lock.",
        explanation: "Nobody reads or writes while PostgreSQL looks for nulls, unless a valid CHECK (column IS NOT NULL) already says that there are none.",
        bad: "alter table public.users alter column email set not null;",
        good: "alter table public.users add constraint chk_email check (email is not null) not valid;\n-- in the next transaction:\nalter table public.users validate constraint chk_email;\nalter table public.users alter column email set not null;\nalter table public.users drop constraint chk_email;",
    },
    in_routines: false,
    check,
};

fn check(statement: &Statement, out: &mut Out<'_, '_>) {
    for (table, action) in alterations(statement, out.seen) {
        if let ActionKind::SetNotNull { column } = &action.kind
            && !out.seen.is_new_column(&table, column)
            && !out.seen.is_proven_not_null(&table, column)
        {
            let message = format!("every row is read for nulls in `{column}` while nobody can");
            let fix = "add CHECK (column IS NOT NULL) NOT VALID, VALIDATE it in another transaction, then SET NOT NULL";
            out.weighed(&action.span, (&table, Some(column)), &message, fix);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::hazards::rules::testing::{check_live, check_sizes};

    const ID: &str = super::CHECK.rule.id;

    #[test]
    fn fires() {
        check_live(ID, "alter table public.a alter b set not null", &["1:22 error public.a.b"]);
        check_live(
            ID,
            "alter table public.a add constraint c check (b is not null) not valid; alter table public.a alter b set not null",
            &["1:93 error public.a.b"],
        );
    }

    #[test]
    fn quiet() {
        check_live(
            ID,
            "alter table public.a add constraint c check (b is not null) not valid; alter table public.a validate constraint c; alter table public.a alter b set not null",
            &[],
        );
        check_live(ID, "create table public.a (b int); alter table public.a alter b set not null", &[]);
        check_live(ID, "alter table public.live alter proven set not null", &[]);
    }

    #[test]
    fn weighs_by_size() {
        check_sizes(ID, "alter table public.a alter b set not null");
    }
}
