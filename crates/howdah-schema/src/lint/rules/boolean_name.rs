//! A boolean that does not read as a question.

use crate::findings::{Class, Level, Rule};
use crate::lint::engine::{Check, Out};
use crate::lint::facts::{Facts, column_id};
use crate::lint::types;

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "boolean-name",
        level: Level::Warning,
        class: Class::Naming,
        summary: "A boolean is not named is_… or has_….",
        explanation: "`where is_archived` reads as what it means; `where archive` may be a flag, a time or a place. The prefix also tells a caller of the API what to send.",
        bad: "create table public.notes (id uuid primary key, archived boolean not null);",
        good: "create table public.notes (id uuid primary key, is_archived boolean not null);",
    },
    check,
};

fn check(facts: &Facts<'_>, out: &mut Out<'_>) {
    for (table, column) in facts.columns().filter(|(_, column)| types::is(&column.data_type, "boolean")) {
        let name = &column.name;
        if !name.starts_with("is_") && !name.starts_with("has_") {
            let message = format!("the boolean `{name}` does not read as a question");
            out.at(
                column_id(&table.name, column),
                message,
                format!("name it `is_{name}` or `has_{name}`, whichever reads well"),
            );
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
            [table("notes").column("archived", "boolean", "").column("island", "boolean", "")],
            &["warning public.notes.archived", "warning public.notes.island"],
        );
    }

    #[test]
    fn quiet() {
        let notes = table("notes").column("is_archived", "boolean", "").column("has_media", "boolean", "");
        check(ID, [notes.column("flags", "boolean[]", "")], &[]);
    }
}
