//! A constraint is validated in the transaction that added it.

use super::alterations;
use crate::findings::{Class, Level, Rule};
use crate::hazards::engine::{Check, Out};
use crate::hazards::statement::{ActionKind, Statement};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "validate-in-same-transaction",
        level: Level::Warning,
        class: Class::LongLock,
        summary: "A constraint is validated in the transaction that added it.",
        explanation: "ADD CONSTRAINT … NOT VALID takes a strong lock for a moment, but it is held until the transaction ends: VALIDATE in the same one reads the table under it, which is what NOT VALID was to avoid.",
        bad: "begin;\nalter table public.tasks add constraint c check (size > 0) not valid;\nalter table public.tasks validate constraint c;\ncommit;",
        good: "alter table public.tasks add constraint c check (size > 0) not valid;\n-- in the next migration, or after `-- howdah:no-transaction`:\nalter table public.tasks validate constraint c;",
    },
    in_routines: false,
    check,
};

fn check(statement: &Statement, out: &mut Out<'_, '_>) {
    for (table, action) in alterations(statement, out.seen) {
        if let ActionKind::ValidateConstraint { name } = &action.kind {
            let together = statement.in_transaction
                && out
                    .seen
                    .added_constraint(&table, name)
                    .is_some_and(|added| added.is_pending() && added.transaction == statement.transaction);
            if together && !out.seen.is_new(&table) {
                let message = format!("every row is read under the lock that adding `{name}` still holds");
                let fix = "validate in the next migration, or run both after `-- howdah:no-transaction`";
                out.weighed(&action.span, (&table, None), &message, fix);
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
        check(
            ID,
            "alter table public.a add constraint c check (b > 0) not valid;\nalter table public.a validate constraint c",
            &["2:22 warning public.a"],
        );
    }

    #[test]
    fn quiet() {
        check(
            ID,
            "-- howdah:no-transaction\nalter table public.a add constraint c check (b > 0) not valid;\nalter table public.a validate constraint c",
            &[],
        );
        check(ID, "alter table public.a validate constraint c", &[]);
        check(
            ID,
            "begin; alter table public.a add constraint c check (b > 0) not valid; commit; alter table public.a validate constraint c",
            &[],
        );
    }

    #[test]
    fn weighs_by_size() {
        check_sizes(
            ID,
            "alter table public.a add constraint c check (b > 0) not valid;\nalter table public.a validate constraint c",
        );
    }
}
