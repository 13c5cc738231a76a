//! A strong lock is held without statement_timeout.

use crate::findings::{Class, Level, Rule};
use crate::hazards::engine::{Check, Out};
use crate::hazards::locks;
use crate::hazards::statement::{Statement, Within};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "missing-statement-timeout",
        level: Level::Warning,
        class: Class::Robustness,
        summary: "A strong lock is held without statement_timeout.",
        explanation: "If the statement takes longer than anyone thought, others wait for as long. With statement_timeout it is cancelled instead.",
        bad: "alter table public.tasks add column bio text;",
        good: "set lock_timeout = '2s';\nset statement_timeout = '10s';\nalter table public.tasks add column bio text;",
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
        && !out.seen.has_statement_timeout(statement.transaction)
    {
        let message = format!("nothing ends it if it holds {} for too long", taken.lock);
        out.plain(
            &statement.span,
            Some(taken.relation.to_string()),
            message,
            "begin with `set statement_timeout = '10s'`",
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::hazards::rules::testing::check_without_timeouts;

    const ID: &str = super::CHECK.rule.id;

    #[test]
    fn fires() {
        check_without_timeouts(ID, "alter table public.a add b int", &["1:1 warning public.a"]);
        check_without_timeouts(
            ID,
            "set local statement_timeout = '1s'; commit; drop index public.i",
            &["1:45 warning public.i"],
        );
    }

    #[test]
    fn quiet() {
        check_without_timeouts(ID, "set statement_timeout to '5s'; alter table public.a add b int", &[]);
        check_without_timeouts(ID, "insert into public.a values (1)", &[]);
    }
}
