//! A transaction is begun and never committed.

use crate::findings::text::{Text, finding};
use crate::findings::{Class, Finding, Level, Rule};
use crate::hazards::engine::{Check, Out};
use crate::hazards::read::File;
use crate::hazards::statement::Statement;

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "uncommitted-transaction",
        level: Level::Error,
        class: Class::Robustness,
        summary: "A transaction is begun and never committed.",
        explanation: "When the connection closes, everything since BEGIN is rolled back, although the migration looked as if it had run.",
        bad: "begin;\ncreate table public.a ();",
        good: "begin;\ncreate table public.a ();\ncommit;",
    },
    in_routines: false,
    check,
};

/// The end of a file shows it, not a statement.
fn check(_: &Statement, _: &mut Out<'_, '_>) {}

/// Speaks up if the file ends inside a transaction of its own.
pub(in crate::hazards) fn at_end(text: &Text<'_>, file: &File, found: &mut Vec<Finding>) {
    if let Some(span) = &file.left_open {
        let message = "the transaction is never committed, so what follows is rolled back".to_owned();
        let fix = "add COMMIT, or remove BEGIN".to_owned();
        found.push(finding(text, &CHECK.rule, span.clone(), None, message, fix));
    }
}

#[cfg(test)]
mod tests {
    use crate::hazards::rules::testing::check;

    const ID: &str = super::CHECK.rule.id;

    #[test]
    fn fires() {
        check(ID, "-- howdah:no-transaction\nbegin; select 1", &["2:1 error -"]);
    }

    #[test]
    fn quiet() {
        check(ID, "-- howdah:no-transaction\nbegin; select 1; commit", &[]);
        check(ID, "-- howdah:no-transaction\nbegin; select 1; rollback", &[]);
        check(ID, "select 1", &[]);
    }
}
