//! A partition is detached under a lock that reads wait for.

use super::alterations;
use crate::findings::{Class, Level, Rule};
use crate::hazards::engine::{Check, Out};
use crate::hazards::statement::{ActionKind, Statement};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "detach-partition-not-concurrent",
        level: Level::Error,
        class: Class::LongLock,
        summary: "A partition is detached under a lock that reads wait for.",
        explanation: "DETACH PARTITION takes ACCESS EXCLUSIVE on the whole partitioned table, and queues behind every query on any partition. CONCURRENTLY does not; it must run outside a transaction.",
        bad: "alter table public.events detach partition public.events_2024;",
        good: "-- howdah:no-transaction\nalter table public.events detach partition public.events_2024 concurrently;",
    },
    in_routines: false,
    check,
};

fn check(statement: &Statement, out: &mut Out<'_, '_>) {
    for (table, action) in alterations(statement, out.seen) {
        if let ActionKind::DetachPartition { partition, concurrently: false, finalize: false } = &action.kind {
            let part = out.seen.qualify(partition);
            if !out.seen.is_new(&table) && !out.seen.is_new(&part) {
                let message = "detaching waits for every query on the whole table, and new ones wait behind it";
                let fix = "use DETACH PARTITION … CONCURRENTLY, after `-- howdah:no-transaction`";
                out.weighed(&action.span, (&table, None), message, fix);
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
        check(ID, "alter table public.a detach partition public.b", &["1:22 error public.a"]);
    }

    #[test]
    fn quiet() {
        check(ID, "alter table public.a detach partition public.b concurrently", &[]);
        check(ID, "alter table public.a detach partition public.b finalize", &[]);
        check(
            ID,
            "create table public.a (x int) partition by range (x); alter table public.a detach partition public.b",
            &[],
        );
    }

    #[test]
    fn weighs_by_size() {
        check_sizes(ID, "alter table public.a detach partition public.b");
    }
}
