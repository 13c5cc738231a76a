//! A date that does not read as a day.

use super::{TIME_WORDS, ends_with_word};
use crate::findings::{Class, Level, Rule};
use crate::lint::engine::{Check, Out};
use crate::lint::facts::{Facts, column_id};
use crate::lint::types;

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "date-name",
        level: Level::Warning,
        class: Class::Naming,
        summary: "A date is not named …_on.",
        explanation: "`_on` says that it is a day without a time, as `_at` says that it is a moment. A limit reads better with the word for it, so `_until`, `_since`, `_after`, `_before`, `_from`, `_to` and `_for` are good as well.",
        bad: "create table public.notes (id uuid primary key, due date);",
        good: "create table public.notes (id uuid primary key, due_on date);",
    },
    check,
};

fn check(facts: &Facts<'_>, out: &mut Out<'_>) {
    for (table, column) in facts.columns().filter(|(_, column)| types::is(&column.data_type, "date")) {
        let name = &column.name;
        if ends_with_word(name, "on") || TIME_WORDS.iter().any(|word| ends_with_word(name, word)) {
            continue;
        }
        let stem = ["_date", "_day", "_at"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name);
        let message = format!("`{name}` is a date and does not say so");
        out.at(column_id(&table.name, column), message, format!("name it `{stem}_on`"));
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::rules::testing::check;
    use crate::testing::table;

    const ID: &str = super::CHECK.rule.id;

    #[test]
    fn fires() {
        let notes = table("notes").column("due", "date", "").column("paid_at", "date", "");
        check(
            ID,
            [notes.column("icon", "date", "")],
            &["warning public.notes.due", "warning public.notes.icon", "warning public.notes.paid_at"],
        );
    }

    #[test]
    fn quiet() {
        check(ID, [table("notes").column("due_on", "date", "").column("valid_until", "date", "")], &[]);
    }
}
