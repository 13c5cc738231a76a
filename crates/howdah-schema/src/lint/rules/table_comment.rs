//! A table that nobody has explained.

use crate::catalog::ObjectId;
use crate::findings::{Class, Level, Rule};
use crate::lint::engine::{Check, Out};
use crate::lint::facts::Facts;

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "table-comment",
        level: Level::Warning,
        class: Class::Documentation,
        summary: "A table or view has no comment.",
        explanation: "The comment is what the documentation, the API's description and every database tool show. One sentence of what a row is, and what is odd about it, is enough. Tags alone explain nothing.",
        bad: "create table public.notes (id uuid primary key);",
        good: "create table public.notes (id uuid primary key);\ncomment on table public.notes is 'What a person wrote down, one row a note.';",
    },
    check,
};

fn check(facts: &Facts<'_>, out: &mut Out<'_>) {
    for table in facts.tables().filter(|table| table.comment.text().is_empty()) {
        let fix = format!("comment on table {} is 'What a row is.'", table.name);
        out.at(ObjectId::Table(table.name.clone()), format!("{} has no comment", table.name), fix);
    }
    for view in facts.catalog.views.values().filter(|view| view.comment.text().is_empty()) {
        let kind = if view.materialized { "materialized view" } else { "view" };
        let fix = format!("comment on {kind} {} is 'What it shows.'", view.name);
        out.at(ObjectId::View(view.name.clone()), format!("{} has no comment", view.name), fix);
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
            [table("notes"), table("lists").comment("@group x")],
            &["warning public.lists", "warning public.notes"],
        );
    }

    #[test]
    fn quiet() {
        check(ID, [table("notes").comment("What a person wrote down."), table("n_1").partition_of("notes")], &[]);
    }
}
