//! JSON that is kept as text.

use crate::catalog::ObjectId;
use crate::findings::{Class, Level, Rule};
use crate::lint::engine::{Check, Out};
use crate::lint::facts::{Facts, column_id};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "jsonb-over-json",
        level: Level::Warning,
        class: Class::Style,
        summary: "json stands where jsonb would do.",
        explanation: "json keeps the text and parses it at every look; it cannot be indexed or compared. jsonb is what operators, indexes and the API work with. Only who must give back a document letter by letter, blanks and doubled keys included, needs json, and says so by a suppression.",
        bad: "create table public.notes (id uuid primary key, details json);",
        good: "create table public.notes (id uuid primary key, details jsonb);",
    },
    check,
};

fn check(facts: &Facts<'_>, out: &mut Out<'_>) {
    let fix = "make it jsonb";
    for (table, column) in facts.columns().filter(|(_, column)| column.data_type.sql.trim_end_matches("[]") == "json") {
        out.at(column_id(&table.name, column), format!("`{}` is json rather than jsonb", column.name), fix);
    }
    for domain in facts.catalog.domains.values().filter(|domain| domain.base.sql == "json") {
        let message = format!("{} is made of json rather than jsonb", domain.name);
        out.at(ObjectId::Type(domain.name.clone()), message, fix);
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::rules::testing::check;
    use crate::testing::table;

    const ID: &str = super::CHECK.rule.id;

    #[test]
    fn fires() {
        check(ID, [table("notes").column("details", "json", "")], &["warning public.notes.details"]);
    }

    #[test]
    fn quiet() {
        check(ID, [table("notes").column("details", "jsonb", "")], &[]);
    }
}
