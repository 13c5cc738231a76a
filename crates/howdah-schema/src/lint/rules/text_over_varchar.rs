//! A length that is part of a type.

use super::check_sql;
use crate::catalog::{DataType, ObjectId, TypeKind};
use crate::findings::{Class, Level, Rule};
use crate::lint::engine::{Check, Out};
use crate::lint::facts::{Facts, column_id};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "text-over-varchar",
        level: Level::Warning,
        class: Class::Style,
        summary: "varchar and char stand where text with a check would do.",
        explanation: "They are text inside, neither faster nor smaller. To let a varchar(50) be longer, its type changes, and with it every view and function that uses it; a check is replaced by another one, and its name tells a client what was wrong. char(n) fills up with blanks as well.",
        bad: "create table public.notes (id uuid primary key, title varchar(200));",
        good: "create table public.notes (\n  id uuid primary key,\n  title text,\n  constraint chk_notes_title check (char_length(title) <= 200)\n);",
    },
    check,
};

fn check(facts: &Facts<'_>, out: &mut Out<'_>) {
    for (table, column) in facts.columns() {
        if let Some((word, fix)) = fault(&column.data_type, &table.name.name, &column.name) {
            out.at(column_id(&table.name, column), format!("`{}` is {word} rather than text", column.name), fix);
        }
    }
    for domain in facts.catalog.domains.values() {
        if let Some((word, fix)) = fault(&domain.base, &domain.name.name, "value") {
            out.at(
                ObjectId::Type(domain.name.clone()),
                format!("{} is made of {word} rather than text", domain.name),
                fix,
            );
        }
    }
}

/// What it is, and what to write.
fn fault<'a>(data_type: &'a DataType, of: &str, value: &str) -> Option<(&'a str, String)> {
    let is_one = matches!(data_type.name.name.as_str(), "varchar" | "bpchar")
        && data_type.name.schema == "pg_catalog"
        && data_type.kind == TypeKind::Base;
    let length = data_type.sql.split_once('(').and_then(|(_, rest)| rest.split_once(')')).map(|(length, _)| length);
    let fix = match length {
        Some(length) if !data_type.array => {
            let check = check_sql(of, value, |value| format!("char_length({value}) <= {length}"));
            format!("make it text, with `{check}`")
        }
        _ => "make it text".to_owned(),
    };
    is_one.then_some((data_type.sql.as_str(), fix))
}

#[cfg(test)]
mod tests {
    use crate::lint::rules::testing::check;
    use crate::testing::table;

    const ID: &str = super::CHECK.rule.id;

    #[test]
    fn fires() {
        let notes = table("notes").column("title", "character varying(200)", "").column("code", "character(3)", "");
        check(
            ID,
            [notes.column("names", "character varying[]", "")],
            &["warning public.notes.code", "warning public.notes.names", "warning public.notes.title"],
        );
    }

    #[test]
    fn quiet() {
        check(ID, [table("notes").column("title", "text", "").column("kind", "\"char\"", "")], &[]);
    }
}
