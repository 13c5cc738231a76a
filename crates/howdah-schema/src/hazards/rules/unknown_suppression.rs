//! A suppression names a rule that does not exist.

use crate::findings::{Class, Level, Rule};
use crate::hazards::engine::{Check, Out};
use crate::hazards::statement::Statement;

pub(in crate::hazards) const CHECK: Check = Check {
    rule: Rule {
        id: "unknown-suppression",
        level: Level::Warning,
        class: Class::Robustness,
        summary: "A suppression names a rule that does not exist.",
        explanation: "It holds nothing back. The name is likely misspelt.",
        bad: "-- howdah:allow drop-tabel: gone\ndrop table public.a;",
        good: "-- howdah:allow drop-table: gone\ndrop table public.a;",
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
        check(ID, "-- howdah:allow drop-tabel: gone\ndrop table public.a", &["1:1 warning drop-tabel"]);
    }

    #[test]
    fn quiet() {
        check(ID, "-- howdah:allow drop-table: gone\ndrop table public.a", &[]);
    }
}
