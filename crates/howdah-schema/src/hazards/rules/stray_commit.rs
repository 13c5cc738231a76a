//! COMMIT or ROLLBACK ends a transaction that the text did not begin.

use crate::findings::{Class, Level, Rule};
use crate::hazards::engine::{Check, Out};
use crate::hazards::statement::{Kind, Statement, Within};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "stray-commit",
        level: Level::Error,
        class: Class::Robustness,
        summary: "COMMIT or ROLLBACK ends a transaction that the text did not begin.",
        explanation: "It ends the runner's transaction: what came before is committed without its history entry, what comes after runs statement by statement, and a failure leaves the migration half done.",
        bad: "alter table public.a add b int;\ncommit;\nalter table public.a add c int;",
        good: "-- Two migrations, or `-- howdah:no-transaction`.",
    },
    in_routines: false,
    check,
};

fn check(statement: &Statement, out: &mut Out<'_, '_>) {
    if statement.within != Within::Top || out.seen.began || !matches!(statement.kind, Kind::Commit | Kind::Rollback) {
        return;
    }
    let message = if statement.in_transaction {
        "it ends the transaction that the runner began, so a failure after it leaves the migration half done"
    } else {
        "there is no transaction to end"
    };
    out.plain(&statement.span, None, message.to_owned(), "remove it; to commit in between, make two migrations");
}

#[cfg(test)]
mod tests {
    use crate::hazards::rules::testing::check;

    const ID: &str = super::CHECK.rule.id;

    #[test]
    fn fires() {
        check(ID, "select 1; commit", &["1:11 error -"]);
        check(ID, "rollback", &["1:1 error -"]);
        check(ID, "-- howdah:no-transaction\nend", &["2:1 error -"]);
    }

    #[test]
    fn quiet() {
        check(ID, "-- howdah:no-transaction\nbegin; commit", &[]);
        check(ID, "rollback to savepoint a", &[]);
        check(ID, "create procedure public.p() language plpgsql as $$ begin commit; end $$", &[]);
    }
}
