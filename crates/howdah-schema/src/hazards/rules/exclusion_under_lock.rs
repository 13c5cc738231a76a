//! An exclusion constraint builds its index while nobody can read.

use super::alterations;
use crate::findings::{Class, Level, Rule};
use crate::hazards::engine::{Check, Out};
use crate::hazards::statement::{ActionKind, ConstraintKind, Statement};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "exclusion-under-lock",
        level: Level::Error,
        class: Class::LongLock,
        summary: "An exclusion constraint builds its index while nobody can read.",
        explanation: "ADD CONSTRAINT … EXCLUDE builds the index under ACCESS EXCLUSIVE, and PostgreSQL has no way to build it CONCURRENTLY. Do it while the table is small, or in a new table that replaces this one.",
        bad: "alter table public.bookings add constraint no_overlap exclude using gist (room with =, during with &&);",
        good: "-- In the CREATE TABLE, or in a pause of the traffic.",
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
            if matches!(constraint.kind, ConstraintKind::Exclude) && !out.seen.is_new(&table) {
                out.weighed(
                    &constraint.span,
                    (&table, None),
                    "the index is built while nobody can read, and it cannot be built concurrently",
                    "add it in a pause of the traffic, or fill a new table that has it and swap them",
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
        check(ID, "alter table public.a add constraint e exclude using gist (r with =)", &["1:26 error public.a"]);
    }

    #[test]
    fn quiet() {
        check(ID, "create table public.a (r int, exclude using gist (r with =))", &[]);
        check(ID, "create table public.a (); alter table public.a add constraint e exclude using gist (r with =)", &[]);
        check(ID, "alter table public.a add constraint u unique using index i", &[]);
    }

    #[test]
    fn weighs_by_size() {
        check_sizes(ID, "alter table public.a add constraint e exclude using gist (r with =)");
    }
}
