//! A table is dropped with its rows.

use crate::diff::ASIDE;
use crate::findings::{Class, Level, Rule};
use crate::hazards::engine::{Check, Out};
use crate::hazards::statement::{Drop, Kind, Statement, What};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "drop-table",
        level: Level::Error,
        class: Class::DataLoss,
        summary: "A table is dropped with its rows.",
        explanation: "The rows are gone for good, and so is everything that refers to them. Rename it away first and drop it later, or keep a backup.",
        bad: "drop table public.old_tasks;",
        good: "alter table public.old_tasks rename to old_tasks_until_june;",
    },
    in_routines: false,
    check,
};

fn check(statement: &Statement, out: &mut Out<'_, '_>) {
    let Kind::Drop(Drop { what: What::Table, names, .. }) = &statement.kind else { return };
    for name in names {
        let table = out.seen.qualify(name);
        // What a plan has set aside has given its rows to its successor; what they lose thereby, the plan says there.
        if !out.seen.is_new(&table) && table.schema != ASIDE {
            let fix = "rename it away first, and drop it when nobody has missed it; keep a backup";
            out.counted(&name.span, (&table, None), "dropping the table destroys its rows", fix);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::hazards::rules::testing::check;

    const ID: &str = super::CHECK.rule.id;

    #[test]
    fn fires() {
        check(ID, r#"drop table if exists public.a, "B""#, &["1:22 error public.a", "1:32 error public.\"B\""]);
    }

    #[test]
    fn quiet() {
        check(ID, "create table public.a (); drop table public.a", &[]);
        check(ID, "create temp table t (a int); drop table t", &[]);
        check(ID, "drop view public.a", &[]);
        check(ID, "drop foreign table public.a", &[]);
        check(ID, "alter table public.a set schema howdah_aside; drop table howdah_aside.a", &[]);
    }
}
