//! A foreign key is checked against all rows under lock.

use super::alterations;
use crate::findings::{Class, Level, Rule};
use crate::hazards::engine::{Check, Out};
use crate::hazards::statement::{ActionKind, ConstraintKind, Statement};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "foreign-key-validating",
        level: Level::Error,
        class: Class::SlowScan,
        summary: "A foreign key is checked against all rows under lock.",
        explanation: "Writes to both tables wait while every row is looked up in the other one. Add it NOT VALID, which is instant, and VALIDATE it in another transaction. (A foreign key of a partitioned table can be NOT VALID from PostgreSQL 18 on; before, add it to each partition first.)",
        bad: "alter table public.tasks add constraint fk_tasks_user foreign key (user_id) references public.users;",
        good: "alter table public.tasks add constraint fk_tasks_user foreign key (user_id) references public.users not valid;\n-- in the next transaction:\nalter table public.tasks validate constraint fk_tasks_user;",
    },
    in_routines: false,
    check,
};

fn check(statement: &Statement, out: &mut Out<'_, '_>) {
    for (table, action) in alterations(statement, out.seen) {
        let constraint = match &action.kind {
            ActionKind::AddConstraint(it) => Some(it),
            // Without a default the new column is all null, and PostgreSQL does not look.
            ActionKind::AddColumn { column, .. } if column.default().is_some_and(|value| !value.is_null()) => {
                column.constraints.iter().find(|it| matches!(it.kind, ConstraintKind::ForeignKey { .. }))
            }
            _ => None,
        };
        let Some(constraint) = constraint else { continue };
        if matches!(constraint.kind, ConstraintKind::ForeignKey { .. })
            && !constraint.not_valid
            && !out.seen.is_new(&table)
        {
            let message = "every row is looked up in the other table while nobody can write to either";
            let fix = "add it NOT VALID, and VALIDATE CONSTRAINT in another transaction";
            out.weighed(&constraint.span, (&table, None), message, fix);
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
            "alter table public.a add constraint f foreign key (b) references public.c",
            &["1:26 error public.a"],
        );
        check(ID, "alter table public.a add b int default 1 references public.c (id)", &["1:42 error public.a"]);
    }

    #[test]
    fn quiet() {
        check(ID, "alter table public.a add constraint f foreign key (b) references public.c not valid", &[]);
        check(ID, "alter table public.a add b int references public.c", &[]);
        check(ID, "create table public.a (b int); alter table public.a add foreign key (b) references public.c", &[]);
        check(ID, "create table public.a (b int references public.c)", &[]);
    }

    #[test]
    fn weighs_by_size() {
        check_sizes(ID, "alter table public.a add constraint f foreign key (b) references public.c");
    }
}
