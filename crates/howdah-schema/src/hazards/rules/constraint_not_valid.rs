//! A constraint is checked against all rows under lock.

use super::alterations;
use crate::findings::{Class, Level, Rule};
use crate::hazards::engine::{Check, Out};
use crate::hazards::statement::{ActionKind, ConstraintKind, Statement};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "constraint-not-valid",
        level: Level::Error,
        class: Class::SlowScan,
        summary: "A constraint is checked against all rows under lock.",
        explanation: "ADD CONSTRAINT … CHECK (and NOT NULL as a constraint) reads the whole table under ACCESS EXCLUSIVE. Add it NOT VALID, which is instant, and VALIDATE it in another transaction, which lets reads and writes go on.",
        bad: "alter table public.tasks add constraint chk_tasks_size check (size > 0);",
        good: "alter table public.tasks add constraint chk_tasks_size check (size > 0) not valid;\n-- in the next transaction:\nalter table public.tasks validate constraint chk_tasks_size;",
    },
    in_routines: false,
    check,
};

fn check(statement: &Statement, out: &mut Out<'_, '_>) {
    for (table, action) in alterations(statement, out.seen) {
        let (constraint, column) = match &action.kind {
            ActionKind::AddConstraint(it) => (Some(it), None),
            // On a new column, a CHECK reads every row as well.
            ActionKind::AddColumn { column, .. } => {
                let check = column.constraints.iter().find(|it| matches!(it.kind, ConstraintKind::Check { .. }));
                (check, Some(column.name.as_str()))
            }
            _ => continue,
        };
        let Some(constraint) = constraint.filter(|it| !it.not_valid && !out.seen.is_new(&table)) else { continue };
        let fix = match &constraint.kind {
            ConstraintKind::Check { .. } => {
                "add it NOT VALID as a constraint of the table, and VALIDATE CONSTRAINT in another transaction"
            }
            ConstraintKind::NotNull { column: Some(column) } if !out.seen.is_proven_not_null(&table, column) => {
                "add it NOT VALID (PostgreSQL 18), and VALIDATE CONSTRAINT in another transaction"
            }
            _ => continue,
        };
        out.weighed(&constraint.span, (&table, column), "every row is read while nobody can", fix);
    }
}

#[cfg(test)]
mod tests {
    use crate::hazards::rules::testing::{check, check_sizes};

    const ID: &str = super::CHECK.rule.id;

    #[test]
    fn fires() {
        check(ID, "alter table public.a add constraint c check (b > 0)", &["1:26 error public.a"]);
        check(ID, "alter table public.a add b int check (b > 0)", &["1:32 error public.a.b"]);
        check(ID, "alter table public.a add constraint c not null b", &["1:26 error public.a"]);
    }

    #[test]
    fn quiet() {
        check(ID, "alter table public.a add constraint c check (b > 0) not valid", &[]);
        check(ID, "create table public.a (b int); alter table public.a add check (b > 0)", &[]);
        check(ID, "alter table public.a add constraint u unique using index i", &[]);
        check(ID, "alter table public.a add constraint c check (b > 0) not enforced", &[]);
    }

    #[test]
    fn weighs_by_size() {
        check_sizes(ID, "alter table public.a add constraint c check (b > 0)");
    }
}
