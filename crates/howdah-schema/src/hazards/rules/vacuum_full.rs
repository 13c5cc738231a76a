//! VACUUM FULL copies the table under lock.

use crate::findings::{Class, Level, Rule};
use crate::hazards::engine::{Check, Out};
use crate::hazards::statement::{Kind, Statement};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "vacuum-full",
        level: Level::Error,
        class: Class::Rewrite,
        summary: "VACUUM FULL copies the table under lock.",
        explanation: "Nobody reads or writes the table until every live row is written anew. A plain VACUUM frees space for reuse without that; pg_repack and PostgreSQL 19's REPACK give it back to the disk online.",
        bad: "vacuum full public.events;",
        good: "vacuum (analyze) public.events;",
    },
    in_routines: false,
    check,
};

fn check(statement: &Statement, out: &mut Out<'_, '_>) {
    let Kind::Vacuum { full: true, tables } = &statement.kind else { return };
    let fix = "use VACUUM, or pg_repack to give the space back";
    if tables.is_empty() {
        let message = "VACUUM FULL copies every table of the database, each while nobody can read it".to_owned();
        out.plain(&statement.span, None, message, fix);
    }
    for name in tables {
        let table = out.seen.qualify(name);
        if !out.seen.is_new(&table) {
            out.weighed(&statement.span, (&table, None), "VACUUM FULL copies the table while nobody can read", fix);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::hazards::rules::testing::{check, check_sizes};

    const ID: &str = super::CHECK.rule.id;

    #[test]
    fn fires() {
        check(ID, "vacuum full public.a", &["1:1 error public.a"]);
        check(ID, "vacuum (full, analyze)", &["1:1 error -"]);
    }

    #[test]
    fn quiet() {
        check(ID, "vacuum public.a", &[]);
        check(ID, "vacuum (full false) public.a", &[]);
    }

    #[test]
    fn weighs_by_size() {
        check_sizes(ID, "vacuum full public.a");
    }
}
