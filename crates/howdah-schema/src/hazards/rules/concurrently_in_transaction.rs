//! CONCURRENTLY cannot run in a transaction.

use crate::findings::{Class, Level, Rule};
use crate::hazards::engine::{Check, Out};
use crate::hazards::statement::{ActionKind, Drop, Kind, Statement, Within};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "concurrently-in-transaction",
        level: Level::Error,
        class: Class::Robustness,
        summary: "CONCURRENTLY cannot run in a transaction.",
        explanation: "PostgreSQL refuses it there, and in functions and DO blocks too. Put it after a line `-- howdah:no-transaction`.",
        bad: "begin;\ncreate index concurrently i on public.tasks (due_at);\ncommit;",
        good: "-- howdah:no-transaction\ncreate index concurrently if not exists i on public.tasks (due_at);",
    },
    in_routines: true,
    check,
};

fn check(statement: &Statement, out: &mut Out<'_, '_>) {
    if !statement.in_transaction && statement.within == Within::Top {
        return;
    }
    let what = match &statement.kind {
        Kind::CreateIndex { concurrently: true, .. } => "CREATE INDEX CONCURRENTLY",
        Kind::Drop(Drop { concurrently: true, .. }) => "DROP INDEX CONCURRENTLY",
        Kind::Reindex { concurrently: true, .. } => "REINDEX CONCURRENTLY",
        Kind::AlterTable { actions, .. }
            if actions
                .iter()
                .any(|action| matches!(action.kind, ActionKind::DetachPartition { concurrently: true, .. })) =>
        {
            "DETACH PARTITION CONCURRENTLY"
        }
        _ => return,
    };
    let (message, fix) = if statement.within == Within::Top {
        (format!("{what} fails inside a transaction"), "put it after a line `-- howdah:no-transaction`")
    } else {
        (
            format!("{what} fails inside a function or DO block"),
            "make it a statement of its own, after `-- howdah:no-transaction`",
        )
    };
    out.plain(&statement.span, None, message, fix);
}

#[cfg(test)]
mod tests {
    use crate::hazards::rules::testing::check;

    const ID: &str = super::CHECK.rule.id;

    #[test]
    fn fires() {
        check(ID, "create index concurrently i on public.a (b)", &["1:1 error -"]);
        check(ID, "-- howdah:no-transaction\nbegin; drop index concurrently public.i; commit", &["2:8 error -"]);
        check(
            ID,
            "-- howdah:no-transaction\ndo $$ begin reindex table concurrently public.a; end $$",
            &["2:13 error -"],
        );
        check(ID, "alter table public.a detach partition public.b concurrently", &["1:1 error -"]);
    }

    #[test]
    fn quiet() {
        check(ID, "-- howdah:no-transaction\ncreate index concurrently i on public.a (b)", &[]);
        check(ID, "select 1;\n-- howdah:no-transaction\nreindex index concurrently public.i", &[]);
        check(ID, "refresh materialized view concurrently public.v", &[]);
    }
}
