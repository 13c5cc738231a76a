//! A column is named so that it must be quoted everywhere.

use crate::findings::{Class, Level, Rule};
use crate::lint::engine::{Check, Out};
use crate::lint::facts::{Facts, column_id};
use crate::lint::words::{is_snake_case, to_snake_case};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "snake-case-column",
        level: Level::Warning,
        class: Class::Naming,
        summary: "A column is not named in snake_case.",
        explanation: "As for tables: a name with capitals, blanks or hyphens must be quoted in every statement, and clients in other languages meet it in yet another form.",
        bad: r#"create table public.notes (id uuid primary key, "createdBy" text);"#,
        good: "create table public.notes (id uuid primary key, created_by text);",
    },
    check,
};

fn check(facts: &Facts<'_>, out: &mut Out<'_>) {
    let of_tables = facts.columns().map(|(table, column)| (&table.name, column));
    let of_views = facts.catalog.views.values().flat_map(|view| view.columns.iter().map(|column| (&view.name, column)));
    for (relation, column) in of_tables.chain(of_views) {
        if is_snake_case(&column.name) {
            continue;
        }
        let fix = match to_snake_case(&column.name) {
            snake if is_snake_case(&snake) => format!("name it `{snake}`"),
            _ => "use lower-case words with single underscores between them".to_owned(),
        };
        let message = format!("`{}` is not snake_case, so it must be quoted everywhere", column.name);
        out.at(column_id(relation, column), message, fix);
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::rules::testing::check;
    use crate::testing::table;

    const ID: &str = super::CHECK.rule.id;

    #[test]
    fn fires() {
        let notes = table("notes").column("createdBy", "text", "").column("a-b", "text", "");
        check(ID, [notes], &["warning public.notes.\"a-b\"", "warning public.notes.\"createdBy\""]);
    }

    #[test]
    fn quiet() {
        check(ID, [table("notes").column("created_by", "text", "").column("sha256", "bytea", "")], &[]);
    }
}
