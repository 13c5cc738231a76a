//! A strong lock is asked for without lock_timeout.

use crate::findings::{Class, Level, Rule};
use crate::hazards::engine::{Check, Out};
use crate::hazards::locks;
use crate::hazards::statement::{Statement, Within};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "missing-lock-timeout",
        level: Level::Warning,
        class: Class::Robustness,
        summary: "A strong lock is asked for without lock_timeout.",
        explanation: "While the statement waits for a long query, every later query on the table waits behind it: the application stops. With lock_timeout the migration gives up instead, and can be tried again.",
        bad: "alter table public.tasks add column bio text;",
        good: "set lock_timeout = '2s';\nalter table public.tasks add column bio text;",
    },
    in_routines: false,
    check,
};

fn check(statement: &Statement, out: &mut Out<'_, '_>) {
    if out.seen.context.runner_sets_timeouts || out.seen.has_locked || statement.within == Within::Routine {
        return;
    }
    let locks = locks::of(statement, out.seen);
    // Once a file: the first statement that others wait for.
    if let Some(taken) = locks.iter().find(|taken| taken.lock.blocks_writes())
        && !out.seen.has_lock_timeout(statement.transaction)
    {
        let message = format!("while it waits for {} on the table, everyone else waits behind it", taken.lock);
        out.plain(&statement.span, Some(taken.relation.to_string()), message, "begin with `set lock_timeout = '2s'`");
    }
}

#[cfg(test)]
mod tests {
    use crate::hazards::rules::testing::check_without_timeouts;

    const ID: &str = super::CHECK.rule.id;

    #[test]
    fn fires() {
        check_without_timeouts(
            ID,
            "alter table public.a add b int; alter table public.a add c int",
            &["1:1 warning public.a"],
        );
        check_without_timeouts(
            ID,
            "set lock_timeout = 0; create trigger t after insert on public.a execute function f()",
            &["1:23 warning public.a"],
        );
    }

    #[test]
    fn quiet() {
        check_without_timeouts(ID, "set lock_timeout = '2s'; alter table public.a add b int", &[]);
        check_without_timeouts(ID, "create table public.a (); alter table public.a add b int", &[]);
        check_without_timeouts(ID, "create index concurrently i on public.a (b)", &[]);
        check_without_timeouts(ID, "comment on table public.a is 'x'", &[]);
    }
}
