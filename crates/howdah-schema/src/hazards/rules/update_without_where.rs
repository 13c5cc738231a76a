//! All rows are updated in one transaction.

use crate::findings::{Class, Level, Rule};
use crate::hazards::engine::{Check, Out};
use crate::hazards::statement::{Kind, Statement};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "update-without-where",
        level: Level::Warning,
        class: Class::LongLock,
        summary: "All rows are updated in one transaction.",
        explanation: "Every row is written and stays locked until the transaction ends, the table grows to twice its size, and replication falls behind. Update in batches, outside the big transaction.",
        bad: "update public.tasks set state = 'open';",
        good: "-- howdah:backfill public.tasks batch=5000\nupdate public.tasks set state = 'open' where state is null;",
    },
    in_routines: true,
    check,
};

fn check(statement: &Statement, out: &mut Out<'_, '_>) {
    let Kind::Update { table: name, filtered: false, .. } = &statement.kind else { return };
    let table = out.seen.qualify(name);
    if !statement.backfill && !out.seen.is_new(&table) {
        let message = "UPDATE without WHERE writes every row, and keeps it locked until the transaction ends";
        let fix = "add a condition, and put `-- howdah:backfill TABLE batch=5000` before it";
        out.weighed(&statement.span, (&table, None), message, fix);
    }
}

#[cfg(test)]
mod tests {
    use crate::hazards::rules::testing::{check, check_sizes};

    const ID: &str = super::CHECK.rule.id;

    #[test]
    fn fires() {
        check(ID, "update public.a set b = 1", &["1:1 warning public.a"]);
        check(ID, "do $$ begin update public.a set b = 1; end $$", &["1:13 warning public.a"]);
    }

    #[test]
    fn quiet() {
        check(ID, "update public.a set b = 1 where c", &[]);
        check(ID, "-- howdah:backfill public.a batch=100\nupdate public.a set b = 1", &[]);
        check(ID, "create table public.a (b int); update public.a set b = 1", &[]);
        check(ID, "insert into public.a values (1) on conflict (b) do update set b = 1", &[]);
    }

    #[test]
    fn weighs_by_size() {
        check_sizes(ID, "update public.a set b = 1");
    }
}
