//! A stored generated column rewrites the table.

use super::alterations;
use crate::findings::{Class, Level, Rule};
use crate::hazards::engine::{Check, Out};
use crate::hazards::facts::{self, ColumnCost};
use crate::hazards::statement::{ActionKind, Statement};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "stored-generated-column",
        level: Level::Error,
        class: Class::Rewrite,
        summary: "A stored generated column rewrites the table.",
        explanation: "The value is computed for every row, and every row is written anew under ACCESS EXCLUSIVE. PostgreSQL 18 has VIRTUAL columns, which are free; before, use a plain column with a trigger and a backfill, or compute it in a view.",
        bad: "alter table public.items add column total numeric generated always as (price * amount) stored;",
        good: "-- PostgreSQL 18:\nalter table public.items add column total numeric generated always as (price * amount) virtual;",
    },
    in_routines: false,
    check,
};

fn check(statement: &Statement, out: &mut Out<'_, '_>) {
    for (table, action) in alterations(statement, out.seen) {
        if let ActionKind::AddColumn { .. } | ActionKind::SetExpression { .. } = &action.kind {
            if out.seen.is_new(&table) {
                continue;
            }
            let column = match &action.kind {
                ActionKind::AddColumn { column, .. }
                    if facts::add_column_cost(column, out.seen) == Some(ColumnCost::Stored) =>
                {
                    &column.name
                }
                ActionKind::SetExpression { column } => column,
                _ => continue,
            };
            let fix = if out.seen.context.postgres_major >= 18 {
                "make the column VIRTUAL, or a plain one that a trigger keeps and a backfill fills"
            } else {
                "use a plain column that a trigger keeps and a backfill fills, or a view"
            };
            let message = "the generated value is stored for every row, which rewrites the table while nobody can read";
            out.weighed(&action.span, (&table, Some(column)), message, fix);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::hazards::rules::testing::{check, check_sizes};

    const ID: &str = super::CHECK.rule.id;

    #[test]
    fn fires() {
        check(ID, "alter table public.a add b int generated always as (c * 2) stored", &["1:22 error public.a.b"]);
        check(ID, "alter table public.a alter b set expression as (c * 3)", &["1:22 error public.a.b"]);
    }

    #[test]
    fn quiet() {
        check(ID, "alter table public.a add b int generated always as (c * 2) virtual", &[]);
        check(
            ID,
            "create table public.a (c int); alter table public.a add b int generated always as (c * 2) stored",
            &[],
        );
        check(ID, "alter table public.a alter b drop expression", &[]);
    }

    #[test]
    fn weighs_by_size() {
        check_sizes(ID, "alter table public.a add b int generated always as (c * 2) stored");
    }
}
