//! A moment without a place.

use crate::findings::{Class, Level, Rule};
use crate::lint::engine::{Check, Out};
use crate::lint::facts::{Facts, column_id};
use crate::lint::types;

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "timestamptz-over-timestamp",
        level: Level::Warning,
        class: Class::Integrity,
        summary: "timestamp stands where timestamptz would do.",
        explanation: "A timestamp without time zone says what a clock showed and not where it hung, so it means another moment to every session with another time zone, and nothing tells which one was meant. timestamptz is as large and means the same everywhere. A time that is meant to be local everywhere (a shop opens at nine) says so by a suppression.",
        bad: "create table public.notes (id uuid primary key, sent_at timestamp);",
        good: "create table public.notes (id uuid primary key, sent_at timestamptz);",
    },
    check,
};

fn check(facts: &Facts<'_>, out: &mut Out<'_>) {
    for (table, column) in facts.columns() {
        if types::is(&column.data_type, "timestamp without time zone") {
            let message =
                format!("`{}` is a timestamp without time zone: what moment it means nobody knows", column.name);
            out.at(column_id(&table.name, column), message, "make it timestamptz");
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::rules::testing::check;
    use crate::testing::table;

    const ID: &str = super::CHECK.rule.id;

    #[test]
    fn fires() {
        check(
            ID,
            [table("notes").column("sent_at", "timestamp(3) without time zone", "")],
            &["warning public.notes.sent_at"],
        );
    }

    #[test]
    fn quiet() {
        check(ID, [table("notes").column("sent_at", "timestamp with time zone", "").column("at", "time", "")], &[]);
    }
}
