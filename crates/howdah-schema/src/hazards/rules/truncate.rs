//! A table is emptied.

use crate::findings::{Class, Level, Rule};
use crate::hazards::engine::{Check, Out};
use crate::hazards::statement::{Kind, Statement};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "truncate",
        level: Level::Error,
        class: Class::DataLoss,
        summary: "A table is emptied.",
        explanation: "All rows go at once, under ACCESS EXCLUSIVE, without firing row triggers.",
        bad: "truncate public.tasks;",
        good: "delete from public.tasks where created_at < '2020-01-01';",
    },
    in_routines: false,
    check,
};

fn check(statement: &Statement, out: &mut Out<'_, '_>) {
    let Kind::Truncate { tables, cascade: false } = &statement.kind else { return };
    for name in tables {
        let table = out.seen.qualify(name);
        if !out.seen.is_new(&table) {
            out.counted(
                &name.span,
                (&table, None),
                "TRUNCATE destroys all rows",
                "delete the rows that are meant, by a condition",
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::hazards::rules::testing::check;

    const ID: &str = super::CHECK.rule.id;

    #[test]
    fn fires() {
        check(ID, "truncate table only public.a, b", &["1:21 error public.a", "1:31 error public.b"]);
    }

    #[test]
    fn quiet() {
        check(ID, "truncate public.a cascade", &[]);
        check(ID, "create table public.a (); truncate public.a", &[]);
        check(ID, "create temp table a (); truncate a", &[]);
    }
}
