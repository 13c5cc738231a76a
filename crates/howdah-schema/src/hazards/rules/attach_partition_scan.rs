//! Attaching a partition reads all of its rows.

use super::alterations;
use crate::findings::{Class, Level, Rule};
use crate::hazards::engine::{Check, Out};
use crate::hazards::statement::{ActionKind, Statement};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "attach-partition-scan",
        level: Level::Warning,
        class: Class::SlowScan,
        summary: "Attaching a partition reads all of its rows.",
        explanation: "PostgreSQL reads the partition under ACCESS EXCLUSIVE on it, to see that every row belongs there, unless a valid CHECK already proves it. A default partition is read too, unless a CHECK there excludes the range.",
        bad: "alter table public.events attach partition public.events_2026 for values from ('2026-01-01') to ('2027-01-01');",
        good: "alter table public.events_2026 add constraint chk_bounds check (at >= '2026-01-01' and at < '2027-01-01') not valid;\nalter table public.events_2026 validate constraint chk_bounds;\nalter table public.events attach partition public.events_2026 for values from ('2026-01-01') to ('2027-01-01');",
    },
    in_routines: false,
    check,
};

fn check(statement: &Statement, out: &mut Out<'_, '_>) {
    for (_, action) in alterations(statement, out.seen) {
        if let ActionKind::AttachPartition { partition } = &action.kind {
            let part = out.seen.qualify(partition);
            if !out.seen.is_new(&part) && !out.seen.has_valid_check(&part) {
                let message = "every row of the partition is read while nobody can use it";
                let fix = "add a CHECK with the bounds NOT VALID, validate it in another transaction, then attach";
                out.weighed(&action.span, (&part, None), message, fix);
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
        check(ID, "alter table public.a attach partition public.b for values in (1)", &["1:22 warning public.b"]);
    }

    #[test]
    fn quiet() {
        check(
            ID,
            "create table public.b (x int); alter table public.a attach partition public.b for values in (1)",
            &[],
        );
        check(
            ID,
            "alter table public.b add constraint c check (x = 1) not valid; alter table public.b validate constraint c; alter table public.a attach partition public.b for values in (1)",
            &[],
        );
    }

    #[test]
    fn weighs_by_size() {
        check_sizes(ID, "alter table public.a attach partition public.b for values in (1)");
    }
}
