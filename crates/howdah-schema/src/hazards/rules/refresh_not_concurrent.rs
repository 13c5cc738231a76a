//! A materialized view is refreshed while nobody can read it.

use crate::findings::{Class, Level, Rule};
use crate::hazards::engine::{Check, Out};
use crate::hazards::statement::{Kind, Statement};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "refresh-not-concurrent",
        level: Level::Warning,
        class: Class::LongLock,
        summary: "A materialized view is refreshed while nobody can read it.",
        explanation: "REFRESH MATERIALIZED VIEW holds ACCESS EXCLUSIVE for as long as its query runs. CONCURRENTLY needs a unique index and lets readers go on.",
        bad: "refresh materialized view public.totals;",
        good: "refresh materialized view concurrently public.totals;",
    },
    in_routines: true,
    check,
};

fn check(statement: &Statement, out: &mut Out<'_, '_>) {
    let Kind::Refresh { view: name, concurrently: false } = &statement.kind else { return };
    let view = out.seen.qualify(name);
    if !out.seen.is_new(&view) {
        let fix = "give it a unique index and use REFRESH MATERIALIZED VIEW CONCURRENTLY";
        out.weighed(&statement.span, (&view, None), "nobody can read it while its query runs", fix);
    }
}

#[cfg(test)]
mod tests {
    use crate::hazards::rules::testing::{check, check_sizes};

    const ID: &str = super::CHECK.rule.id;

    #[test]
    fn fires() {
        check(ID, "refresh materialized view public.v", &["1:1 warning public.v"]);
        check(
            ID,
            "create function public.f() returns void language sql as $$ refresh materialized view public.v $$",
            &["1:60 warning public.v"],
        );
    }

    #[test]
    fn quiet() {
        check(ID, "refresh materialized view concurrently public.v", &[]);
        check(ID, "create materialized view public.v as select 1; refresh materialized view public.v", &[]);
    }

    #[test]
    fn weighs_by_size() {
        check_sizes(ID, "refresh materialized view public.v");
    }
}
