//! The statement could not be read.

use crate::findings::{Class, Level, Rule};
use crate::hazards::engine::{Check, Out};
use crate::hazards::statement::Statement;

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "syntax",
        level: Level::Warning,
        class: Class::Robustness,
        summary: "The statement could not be read.",
        explanation: "The linter does not know this SQL, so it cannot say whether it is safe. It may be fine: the server decides.",
        bad: "alter tabel public.tasks add bio text;",
        good: "alter table public.tasks add bio text;",
    },
    in_routines: false,
    check,
};

fn check(statement: &Statement, out: &mut Out<'_, '_>) {
    if let Some(unread) = &statement.unread {
        let end = statement.span.end.max(unread.at);
        let message = format!("could not be read ({}); the server decides", unread.message);
        out.plain(&(unread.at..end), None, message, "look at it with care: no rule has judged it");
    }
}

#[cfg(test)]
mod tests {
    use crate::hazards::rules::testing::check;

    const ID: &str = super::CHECK.rule.id;

    #[test]
    fn fires() {
        check(ID, "select 1;\nalter tabel public.a add b int", &["2:1 warning -"]);
    }

    #[test]
    fn quiet() {
        check(ID, "select 1", &[]);
        check(ID, "", &[]);
        check(ID, "-- only a comment", &[]);
        check(ID, "create schema s create table a (b int) create view v as select 1", &[]);
    }
}
