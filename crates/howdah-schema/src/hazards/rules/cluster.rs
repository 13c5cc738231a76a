//! CLUSTER copies the table under lock.

use crate::findings::{Class, Level, Rule};
use crate::hazards::engine::{Check, Out};
use crate::hazards::statement::{Kind, Statement};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "cluster",
        level: Level::Error,
        class: Class::Rewrite,
        summary: "CLUSTER copies the table under lock.",
        explanation: "Nobody reads or writes the table until every row is written anew in the order of the index, and the order is not kept afterwards.",
        bad: "cluster public.events using idx_events_at;",
        good: "-- Use pg_repack, which does the same online.",
    },
    in_routines: false,
    check,
};

fn check(statement: &Statement, out: &mut Out<'_, '_>) {
    let Kind::Cluster { table } = &statement.kind else { return };
    let fix = "use pg_repack, which orders the rows without the lock";
    match table {
        None => {
            let message = "every table that was clustered before is copied, each while nobody can read it".to_owned();
            out.plain(&statement.span, None, message, fix);
        }
        Some(name) => {
            let table = out.seen.qualify(name);
            if !out.seen.is_new(&table) {
                out.weighed(&statement.span, (&table, None), "the table is copied while nobody can read", fix);
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
        check(ID, "cluster public.a using i", &["1:1 error public.a"]);
        check(ID, "cluster", &["1:1 error -"]);
        check(ID, "cluster i on public.a", &["1:1 error public.a"]);
    }

    #[test]
    fn quiet() {
        check(ID, "alter table public.a cluster on i", &[]);
        check(ID, "create table public.a (); cluster public.a using i", &[]);
    }

    #[test]
    fn weighs_by_size() {
        check_sizes(ID, "cluster public.a using i");
    }
}
