//! A column of a domain with constraints rewrites the table.

use super::alterations;
use crate::findings::{Class, Level, Rule};
use crate::hazards::engine::{Check, Out};
use crate::hazards::facts::{self, ColumnCost};
use crate::hazards::statement::{ActionKind, Statement};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "constrained-domain-column",
        level: Level::Error,
        class: Class::Rewrite,
        summary: "A column of a domain with constraints rewrites the table.",
        explanation: "PostgreSQL tests the domain against the default for every row, and writes every row anew under ACCESS EXCLUSIVE, even where the default is null.",
        bad: "create domain public.code as text check (value <> '');\nalter table public.tasks add column code public.code;",
        good: "alter table public.tasks add column code text;\nalter table public.tasks add constraint chk_tasks_code check (code <> '') not valid;\nalter table public.tasks validate constraint chk_tasks_code;",
    },
    in_routines: false,
    check,
};

fn check(statement: &Statement, out: &mut Out<'_, '_>) {
    for (table, action) in alterations(statement, out.seen) {
        if let ActionKind::AddColumn { column, .. } = &action.kind {
            let domain = facts::add_column_cost(column, out.seen) == Some(ColumnCost::ConstrainedDomain);
            if domain && !out.seen.is_new(&table) {
                let message = "the type is a domain with constraints, so every row is rewritten while nobody can read";
                let fix = "give the column the base type, and put the condition into a CHECK added NOT VALID and validated after";
                out.weighed(&action.span, (&table, Some(&column.name)), message, fix);
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
            "create domain public.code as text check (value <> ''); alter table public.a add b public.code",
            &["1:77 error public.a.b"],
        );
    }

    #[test]
    fn quiet() {
        check(ID, "create domain public.code as text; alter table public.a add b public.code", &[]);
        check(ID, "alter table public.a add b public.code", &[]);
        check(ID, "create domain public.code as text not null; create table public.a (b public.code)", &[]);
    }

    #[test]
    fn weighs_by_size() {
        check_sizes(
            ID,
            "create domain public.code as text check (value <> ''); alter table public.a add b public.code",
        );
    }
}
