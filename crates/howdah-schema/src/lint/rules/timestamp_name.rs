//! A timestamp that does not read as a moment.

use super::{TIME_WORDS, ends_with_word};
use crate::findings::{Class, Level, Rule};
use crate::lint::engine::{Check, Out};
use crate::lint::facts::{Facts, column_id};
use crate::lint::types;

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "timestamp-name",
        level: Level::Warning,
        class: Class::Naming,
        summary: "A timestamp is not named …_at.",
        explanation: "`_at` says that there is a time of day in it, which `_on` and `_date` do not. A limit reads better with the word for it, so `_until`, `_since`, `_after`, `_before`, `_from`, `_to` and `_for` are good as well: `snoozed_until`, `scheduled_for`.",
        bad: "create table public.notes (id uuid primary key, published timestamptz);",
        good: "create table public.notes (id uuid primary key, published_at timestamptz);",
    },
    check,
};

fn check(facts: &Facts<'_>, out: &mut Out<'_>) {
    for (table, column) in facts.columns() {
        let is_one = |zone: &str| types::is(&column.data_type, &format!("timestamp {zone} time zone"));
        let name = &column.name;
        if !is_one("with") && !is_one("without")
            || ends_with_word(name, "at")
            || TIME_WORDS.iter().any(|word| ends_with_word(name, word))
        {
            continue;
        }
        let endings = ["_timestamp", "_datetime", "_time", "_date", "_on"];
        let stem = endings.iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name);
        let message = format!("`{name}` is a timestamp and does not say so");
        out.at(column_id(&table.name, column), message, format!("name it `{stem}_at`"));
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::rules::testing::check;
    use crate::testing::table;

    const ID: &str = super::CHECK.rule.id;

    #[test]
    fn fires() {
        let notes = table("notes").column("published", "timestamp with time zone", "");
        let notes = notes.column("birthday_date", "timestamp(3) without time zone", "");
        check(
            ID,
            [notes.column("format", "timestamp with time zone", "")],
            &["warning public.notes.birthday_date", "warning public.notes.format", "warning public.notes.published"],
        );
    }

    #[test]
    fn quiet() {
        let notes = table("notes").column("published_at", "timestamp with time zone", "");
        check(ID, [notes.column("snoozed_until", "timestamp with time zone", "").column("flat", "text", "")], &[]);
    }
}
