//! An index is rebuilt while nobody can write.

use crate::findings::{Class, Level, Rule};
use crate::hazards::engine::{Check, Out};
use crate::hazards::statement::{Kind, ReindexTarget, Statement};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "reindex-not-concurrent",
        level: Level::Error,
        class: Class::LongLock,
        summary: "An index is rebuilt while nobody can write.",
        explanation: "REINDEX holds SHARE on the table, and ACCESS EXCLUSIVE on each index: writes wait, and so does every query that would use the index. CONCURRENTLY builds a new one beside it.",
        bad: "reindex table public.tasks;",
        good: "-- howdah:no-transaction\nreindex table concurrently public.tasks;",
    },
    in_routines: false,
    check,
};

fn check(statement: &Statement, out: &mut Out<'_, '_>) {
    let Kind::Reindex { target, concurrently: false } = &statement.kind else { return };
    let message = "nobody can write, nor read through the index, until it is rebuilt";
    let fix = "use REINDEX … CONCURRENTLY, after `-- howdah:no-transaction`";
    let table = match target {
        ReindexTarget::Table(name) => Some(out.seen.qualify(name)),
        ReindexTarget::Index(name) => {
            let index = out.seen.qualify(name);
            if out.seen.is_new_index(&index) {
                return;
            }
            out.seen.table_of_index(&index)
        }
        // System catalogs cannot be reindexed concurrently at all.
        ReindexTarget::System => return,
        ReindexTarget::Schema | ReindexTarget::Database => None,
    };
    match table {
        Some(table) if out.seen.is_new(&table) => {}
        Some(table) => out.weighed(&statement.span, (&table, None), message, fix),
        None => out.plain(&statement.span, None, message.to_owned(), fix),
    }
}

#[cfg(test)]
mod tests {
    use crate::hazards::rules::testing::{check, check_sizes};

    const ID: &str = super::CHECK.rule.id;

    #[test]
    fn fires() {
        check(ID, "reindex table public.a", &["1:1 error public.a"]);
        check(ID, "reindex index public.i", &["1:1 error -"]);
        check(ID, "reindex (verbose) schema public", &["1:1 error -"]);
    }

    #[test]
    fn quiet() {
        check(ID, "reindex table concurrently public.a", &[]);
        check(ID, "reindex (concurrently) index public.i", &[]);
        check(ID, "create table public.a (); reindex table public.a", &[]);
    }

    #[test]
    fn weighs_by_size() {
        check_sizes(ID, "reindex table public.a");
    }
}
