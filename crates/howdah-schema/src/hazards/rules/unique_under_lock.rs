//! A unique constraint builds its index while nobody can read.

use super::alterations;
use crate::findings::{Class, Level, Rule};
use crate::hazards::engine::{Check, Out};
use crate::hazards::statement::{ActionKind, ConstraintKind, Statement};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "unique-under-lock",
        level: Level::Error,
        class: Class::LongLock,
        summary: "A unique constraint builds its index while nobody can read.",
        explanation: "ADD CONSTRAINT … UNIQUE builds the index under ACCESS EXCLUSIVE. Build it CONCURRENTLY, and make a constraint of it.",
        bad: "alter table public.users add constraint uq_users_email unique (email);",
        good: "-- howdah:no-transaction\ncreate unique index concurrently uq_users_email on public.users (email);\nalter table public.users add constraint uq_users_email unique using index uq_users_email;",
    },
    in_routines: false,
    check,
};

fn check(statement: &Statement, out: &mut Out<'_, '_>) {
    for (table, action) in alterations(statement, out.seen) {
        let constraints = match &action.kind {
            ActionKind::AddConstraint(it) => std::slice::from_ref(it),
            ActionKind::AddColumn { column, .. } => column.constraints.as_slice(),
            _ => continue,
        };
        for constraint in constraints {
            if matches!(constraint.kind, ConstraintKind::Unique { using_index: None }) && !out.seen.is_new(&table) {
                out.weighed(
                    &constraint.span,
                    (&table, None),
                    "the index is built while nobody can read",
                    "build it with CREATE UNIQUE INDEX CONCURRENTLY, then ADD CONSTRAINT … UNIQUE USING INDEX",
                );
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
        check(ID, "alter table public.a add constraint u unique (b)", &["1:26 error public.a"]);
        check(ID, "alter table public.a add b text unique", &["1:33 error public.a"]);
    }

    #[test]
    fn quiet() {
        check(ID, "alter table public.a add constraint u unique using index i", &[]);
        check(ID, "create table public.a (b int unique); alter table public.a add unique (b)", &[]);
    }

    #[test]
    fn weighs_by_size() {
        check_sizes(ID, "alter table public.a add constraint u unique (b)");
    }
}
