//! A suppression holds nothing back.

use crate::findings::{Class, Level, Rule};
use crate::hazards::engine::{Check, Out};
use crate::hazards::statement::Statement;

pub(in crate::hazards) const CHECK: Check = Check {
    rule: Rule {
        id: "unused-suppression",
        level: Level::Warning,
        class: Class::Robustness,
        summary: "A suppression holds nothing back.",
        explanation: "The hazard it spoke of is gone, or it stands in the wrong place. Left there, it would hide the next one.",
        bad: "-- howdah:allow drop-table: gone\nselect 1;",
        good: "select 1;",
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
        check(ID, "-- howdah:allow drop-table: gone\nselect 1", &["1:1 warning drop-table"]);
        check(
            ID,
            "select 1;\n-- howdah:allow-file drop-table: too late\ndrop table public.a",
            &["2:1 warning drop-table"],
        );
    }

    #[test]
    fn quiet() {
        check(ID, "-- howdah:allow drop-table: gone\ndrop table public.a", &[]);
        check(ID, "drop table public.a; -- howdah:allow drop-table: gone", &[]);
        check(ID, "-- howdah:allow-file drop-table: gone\n\nselect 1; drop table public.a", &[]);
    }
}
