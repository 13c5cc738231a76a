//! A column that nobody has explained.

use crate::Ident;
use crate::findings::{Class, Level, Rule};
use crate::lint::engine::{Check, Out};
use crate::lint::facts::{Facts, column_id};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "column-comment",
        level: Level::Warning,
        class: Class::Documentation,
        summary: "A column has no comment.",
        explanation: "Its unit, what NULL means, who sets it: whoever wrote it knows, and nobody else. Types and names do not say that. Columns of views are read like those of tables, so they are asked for, too.",
        bad: "create table public.parcels (id uuid primary key, weight integer);\ncomment on table public.parcels is 'What was sent.';",
        good: "create table public.parcels (id uuid primary key, weight integer);\ncomment on column public.parcels.id is 'The row''s id.';\ncomment on column public.parcels.weight is 'In grams, with the box; NULL before it was weighed.';",
    },
    check,
};

fn check(facts: &Facts<'_>, out: &mut Out<'_>) {
    let of_tables = facts.columns().map(|(table, column)| (&table.name, column));
    let of_views = facts.catalog.views.values().flat_map(|view| view.columns.iter().map(|column| (&view.name, column)));
    for (relation, column) in of_tables.chain(of_views).filter(|(_, column)| column.comment.text().is_empty()) {
        let fix = format!("comment on column {relation}.{} is 'What it means.'", Ident::new(column.name.as_str()));
        out.at(column_id(relation, column), format!("`{}` has no comment", column.name), fix);
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::rules::testing::check;
    use crate::testing::table;

    const ID: &str = super::CHECK.rule.id;

    #[test]
    fn fires() {
        let notes = table("notes").column("title", "text", "").column("body", "text", "@pii");
        check(ID, [notes], &["warning public.notes.body", "warning public.notes.title"]);
    }

    #[test]
    fn quiet() {
        check(ID, [table("notes").column("title", "text", "What it is called.")], &[]);
    }
}
