//! A table that does not say since when a row is there.

use super::stamp;
use crate::findings::{Class, Level, Rule};
use crate::lint::engine::{Check, Out};
use crate::lint::facts::Facts;

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "created-at",
        level: Level::Warning,
        class: Class::Integrity,
        summary: "A table has no created_at timestamptz not null.",
        explanation: "When a row came is asked sooner or later: by support, by an audit, by whoever has to tell apart what came before and after a mistake. It cannot be found out later. With `not null default now()` nobody has to think of it.",
        bad: "create table public.notes (id uuid primary key, created_at timestamp);",
        good: "create table public.notes (id uuid primary key, created_at timestamptz not null default now());",
    },
    check,
};

fn check(facts: &Facts<'_>, out: &mut Out<'_>) {
    for table in facts.tables() {
        stamp(table, "created_at", "when a row came", out);
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::rules::testing::check;
    use crate::testing::table;

    const ID: &str = super::CHECK.rule.id;

    #[test]
    fn fires() {
        check(ID, [table("notes").column("id", "uuid", "")], &["warning public.notes"]);
        for sql in ["timestamp without time zone not null", "date not null", "timestamp with time zone"] {
            check(ID, [table("notes").column("created_at", sql, "")], &["warning public.notes.created_at"]);
        }
    }

    #[test]
    fn quiet() {
        check(ID, [table("notes").column("created_at", "timestamp with time zone not null", "")], &[]);
    }
}
