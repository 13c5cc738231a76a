//! BEGIN inside a transaction.

use crate::findings::{Class, Level, Rule};
use crate::hazards::engine::{Check, Out};
use crate::hazards::statement::{Kind, Statement, Within};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "nested-transaction",
        level: Level::Warning,
        class: Class::Robustness,
        summary: "BEGIN inside a transaction.",
        explanation: "PostgreSQL has no nested transactions: BEGIN only warns, and the first COMMIT ends everything, so what follows runs outside. The runner already wraps each migration in a transaction.",
        bad: "begin;\ncreate table public.a ();\ncommit;",
        good: "create table public.a ();",
    },
    in_routines: false,
    check,
};

fn check(statement: &Statement, out: &mut Out<'_, '_>) {
    if matches!(statement.kind, Kind::Begin) && statement.in_transaction && statement.within == Within::Top {
        let message = "there is a transaction already; BEGIN changes nothing, and COMMIT will end it all".to_owned();
        out.plain(&statement.span, None, message, "remove BEGIN and COMMIT, or use a savepoint");
    }
}

#[cfg(test)]
mod tests {
    use crate::hazards::rules::testing::check;

    const ID: &str = super::CHECK.rule.id;

    #[test]
    fn fires() {
        check(ID, "begin; select 1; commit", &["1:1 warning -"]);
        check(ID, "-- howdah:no-transaction\nbegin; start transaction; commit", &["2:8 warning -"]);
    }

    #[test]
    fn quiet() {
        check(ID, "-- howdah:no-transaction\nbegin; select 1; commit; begin; select 2; commit", &[]);
        check(ID, "savepoint a; release a", &[]);
        check(ID, "do $$ begin null; end $$", &[]);
    }
}
