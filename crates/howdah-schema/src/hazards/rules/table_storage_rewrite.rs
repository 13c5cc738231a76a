//! The table is copied to another form of storage.

use super::alterations;
use crate::findings::{Class, Level, Rule};
use crate::hazards::engine::{Check, Out};
use crate::hazards::statement::{ActionKind, Statement};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "table-storage-rewrite",
        level: Level::Error,
        class: Class::Rewrite,
        summary: "The table is copied to another form of storage.",
        explanation: "SET LOGGED, SET UNLOGGED, SET TABLESPACE and SET ACCESS METHOD copy the whole table and its indexes under ACCESS EXCLUSIVE.",
        bad: "alter table public.events set tablespace cold;",
        good: "-- Use pg_repack or a new partition there instead of one copy under lock.",
    },
    in_routines: false,
    check,
};

fn check(statement: &Statement, out: &mut Out<'_, '_>) {
    for (table, action) in alterations(statement, out.seen) {
        let what = match action.kind {
            ActionKind::SetLogged => "SET LOGGED",
            ActionKind::SetUnlogged => "SET UNLOGGED",
            ActionKind::SetTablespace => "SET TABLESPACE",
            ActionKind::SetAccessMethod => "SET ACCESS METHOD",
            _ => continue,
        };
        if !out.seen.is_new(&table) {
            let message = format!("{what} copies the whole table while nobody can read");
            out.weighed(
                &action.span,
                (&table, None),
                &message,
                "copy the rows to a new table in batches, and swap the names",
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::hazards::rules::testing::{check, check_sizes};

    const ID: &str = super::CHECK.rule.id;

    #[test]
    fn fires() {
        check(ID, "alter table public.a set unlogged", &["1:22 error public.a"]);
        check(
            ID,
            "alter table public.a set tablespace cold, set access method heap2",
            &["1:22 error public.a", "1:43 error public.a"],
        );
    }

    #[test]
    fn quiet() {
        check(ID, "alter table public.a set (fillfactor = 70)", &[]);
        check(ID, "create table public.a (); alter table public.a set unlogged", &[]);
    }

    #[test]
    fn weighs_by_size() {
        check_sizes(ID, "alter table public.a set unlogged");
    }
}
