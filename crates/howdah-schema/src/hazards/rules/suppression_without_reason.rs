//! A suppression gives no reason.

use crate::findings::{Class, Level, Rule};
use crate::hazards::engine::{Check, Out};
use crate::hazards::statement::Statement;

pub(in crate::hazards) const CHECK: Check = Check {
    rule: Rule {
        id: "suppression-without-reason",
        level: Level::Warning,
        class: Class::Robustness,
        summary: "A suppression gives no reason.",
        explanation: "The next reader must know why it is safe. Without a reason it does not count.",
        bad: "-- howdah:allow drop-table\ndrop table public.a;",
        good: "-- howdah:allow drop-table: empty since the import of May\ndrop table public.a;",
    },
    in_routines: false,
    check,
};

/// The directives show it, not a statement: see `findings::suppress`.
fn check(_: &Statement, _: &mut Out<'_, '_>) {}

#[cfg(test)]
mod tests {
    use crate::hazards::rules::testing::check;

    const ID: &str = super::CHECK.rule.id;

    #[test]
    fn fires() {
        check(ID, "-- howdah:allow drop-table\ndrop table public.a", &["1:1 warning -"]);
        check(ID, "drop table public.a; -- howdah:allow drop-table:", &["1:22 warning -"]);
    }

    #[test]
    fn quiet() {
        check(ID, "-- howdah:allow drop-table: gone\ndrop table public.a", &[]);
    }
}
