//! A column is required, but the rows have nothing for it.

use super::alterations;
use crate::findings::{Class, Level, Rule};
use crate::hazards::engine::{Check, Out};
use crate::hazards::facts;
use crate::hazards::statement::{ActionKind, ConstraintKind, Statement};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "required-column",
        level: Level::Error,
        class: Class::Robustness,
        summary: "A column is required, but the rows have nothing for it.",
        explanation: "ADD COLUMN … NOT NULL without a default fails as soon as the table has a row. Programs that insert without the column fail too. Give it a default, or add it nullable, fill it, and then require it.",
        bad: "alter table public.tasks add column owner uuid not null;",
        good: "alter table public.tasks add column priority int not null default 0;",
    },
    in_routines: false,
    check,
};

fn check(statement: &Statement, out: &mut Out<'_, '_>) {
    for (table, action) in alterations(statement, out.seen) {
        if let ActionKind::AddColumn { column, .. } = &action.kind {
            let required =
                column.has(|kind| matches!(kind, ConstraintKind::NotNull { .. } | ConstraintKind::PrimaryKey { .. }));
            let empty = out.seen.size(&table).is_some_and(|size| size.rows == 0);
            if required && !facts::fills_rows(column) && !out.seen.is_new(&table) && !empty {
                let message = format!("it fails as soon as there is a row, which has nothing for `{}`", column.name);
                let fix = "give it a default, or add it nullable, fill it, and SET NOT NULL after";
                out.counted(&action.span, (&table, Some(&column.name)), &message, fix);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::hazards::rules::testing::check;

    const ID: &str = super::CHECK.rule.id;

    #[test]
    fn fires() {
        check(ID, "alter table public.a add b int not null", &["1:22 error public.a.b"]);
        check(ID, "alter table public.a add b int not null default null", &["1:22 error public.a.b"]);
    }

    #[test]
    fn quiet() {
        check(ID, "alter table public.a add b int not null default 0", &[]);
        check(ID, "alter table public.a add b int", &[]);
        check(ID, "alter table public.a add b bigint not null generated always as identity", &[]);
        check(ID, "create table public.a (); alter table public.a add b int not null", &[]);
        check(ID, "alter table public.a add b serial not null", &[]);
    }
}
