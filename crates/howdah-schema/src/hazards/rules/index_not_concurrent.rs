//! An index is built while nobody can write.

use crate::findings::{Class, Level, Rule};
use crate::hazards::engine::{Check, Out};
use crate::hazards::statement::{Kind, Statement};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "index-not-concurrent",
        level: Level::Error,
        class: Class::LongLock,
        summary: "An index is built while nobody can write.",
        explanation: "CREATE INDEX holds SHARE on the table until the index is built: INSERT, UPDATE and DELETE wait. CONCURRENTLY lets them go on; it must run outside a transaction.",
        bad: "create index idx_tasks_due on public.tasks (due_at);",
        good: "-- howdah:no-transaction\ncreate index concurrently if not exists idx_tasks_due on public.tasks (due_at);",
    },
    in_routines: false,
    check,
};

fn check(statement: &Statement, out: &mut Out<'_, '_>) {
    let Kind::CreateIndex { table: name, concurrently: false, .. } = &statement.kind else { return };
    let table = out.seen.qualify(name);
    if out.seen.is_new(&table) {
        return;
    }
    let partitioned = out.seen.live(&table).is_some_and(|live| live.partition_key.is_some());
    let fix = if partitioned {
        "create it ON ONLY the partitioned table, CONCURRENTLY on each partition, and attach those to it"
    } else {
        "use CREATE INDEX CONCURRENTLY, after `-- howdah:no-transaction`"
    };
    out.weighed(&statement.span, (&table, None), "nobody can write until the index is built", fix);
}

#[cfg(test)]
mod tests {
    use crate::hazards::rules::testing::{check, check_sizes};

    const ID: &str = super::CHECK.rule.id;

    #[test]
    fn fires() {
        check(ID, "create unique index i on public.a (b)", &["1:1 error public.a"]);
        check(ID, "do $$ begin create index i on public.a (b); end $$", &["1:13 error public.a"]);
    }

    #[test]
    fn quiet() {
        check(ID, "create index concurrently i on public.a (b)", &[]);
        check(ID, "create table public.a (b int); create index on public.a (b)", &[]);
        check(ID, "create materialized view public.a as select 1 as b; create index on public.a (b)", &[]);
        check(ID, "create function public.f() returns void language sql as $$ create index i on public.a (b) $$", &[]);
    }

    #[test]
    fn weighs_by_size() {
        check_sizes(ID, "create unique index i on public.a (b)");
    }
}
