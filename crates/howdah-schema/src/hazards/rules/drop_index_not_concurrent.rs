//! An index is dropped under a lock that reads wait for.

use crate::findings::{Class, Level, Rule};
use crate::hazards::engine::{Check, Out};
use crate::hazards::statement::{Drop, Kind, Statement, What};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "drop-index-not-concurrent",
        level: Level::Warning,
        class: Class::LongLock,
        summary: "An index is dropped under a lock that reads wait for.",
        explanation: "DROP INDEX takes ACCESS EXCLUSIVE on the table: it waits for every running query, and every new one waits behind it. CONCURRENTLY does not.",
        bad: "drop index public.idx_tasks_due;",
        good: "-- howdah:no-transaction\ndrop index concurrently if exists public.idx_tasks_due;",
    },
    in_routines: false,
    check,
};

fn check(statement: &Statement, out: &mut Out<'_, '_>) {
    let Kind::Drop(Drop { what: What::Index, names, concurrently: false, .. }) = &statement.kind else { return };
    for name in names {
        let index = out.seen.qualify(name);
        let table = out.seen.table_of_index(&index);
        if out.seen.is_new_index(&index) || table.as_ref().is_some_and(|table| out.seen.is_new(table)) {
            continue;
        }
        let message = "dropping the index waits for every query on its table, and new ones wait behind it";
        let fix = "use DROP INDEX CONCURRENTLY, after `-- howdah:no-transaction`";
        match table {
            Some(table) => out.weighed(&name.span, (&table, None), message, fix),
            None => out.plain(&name.span, Some(index.to_string()), message.to_owned(), fix),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::hazards::rules::testing::check;

    const ID: &str = super::CHECK.rule.id;

    #[test]
    fn fires() {
        check(ID, "drop index public.i, j", &["1:12 warning public.i", "1:22 warning public.j"]);
    }

    #[test]
    fn quiet() {
        check(ID, "drop index concurrently public.i", &[]);
        check(ID, "create index i on public.a (b); drop index public.i", &[]);
        check(ID, "drop table public.a", &[]);
    }
}
