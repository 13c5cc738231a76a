//! A made-up key of a type that will not do for long.

use crate::catalog::Column;
use crate::findings::{Class, Level, Rule};
use crate::lint::engine::{Check, Out};
use crate::lint::facts::{Facts, column_id};
use crate::lint::types;

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "primary-key-type",
        level: Level::Warning,
        class: Class::Integrity,
        summary: "A primary key is neither a uuid nor a bigint identity.",
        explanation: "An integer runs out after 2 billion rows, and changing the type then rewrites the table and everything that points at it. A serial is a sequence with rights of its own, which identity replaced. A text id is twice as large in every index that holds it. Judged are columns named id and those that a sequence fills. Quiet about keys that come from outside (a country's code, a month), keys of several columns, and a key that is a foreign key: it has the type of what it points at.",
        bad: "create table public.notes (id serial primary key);",
        good: "create table public.notes (id bigint generated always as identity primary key);",
    },
    check,
};

fn check(facts: &Facts<'_>, out: &mut Out<'_>) {
    for table in facts.tables() {
        let key = table.primary_key();
        for column in key.iter().filter_map(|name| table.column(name)).filter(|column| !column.inherited) {
            let is_alone = key.len() == 1 && column.name == "id";
            let judged = is_alone || fills_itself(column);
            if !judged || Facts::is_in_foreign_key(table, &column.name) {
                continue;
            }
            if let Some((message, fix)) = fault(column) {
                out.at(column_id(&table.name, column), message, fix);
            }
        }
    }
}

/// From a sequence.
fn fills_itself(column: &Column) -> bool {
    column.identity.is_some() || column.default.as_deref().is_some_and(|default| default.starts_with("nextval("))
}

fn fault(column: &Column) -> Option<(String, &'static str)> {
    let name = &column.name;
    let identity = "make it `bigint generated always as identity`, or a uuid";
    if types::is(&column.data_type, "uuid") {
        return None;
    }
    if !types::is(&column.data_type, "bigint") {
        let message = format!("the key `{name}` is {}, neither a uuid nor a bigint identity", column.data_type.sql);
        return Some((message, identity));
    }
    if column.identity.is_some() {
        return None;
    }
    if fills_itself(column) {
        return Some((format!("the key `{name}` is a bigserial"), "make it `bigint generated always as identity`"));
    }
    Some((format!("nothing makes values for the key `{name}`"), identity))
}

#[cfg(test)]
fn identity(column: &mut Column) {
    column.identity = Some(crate::catalog::Identity { always: true, sequence: None });
}

#[cfg(test)]
mod tests {
    use crate::catalog::Column;
    use crate::lint::rules::testing::check;
    use crate::testing::{base_type, table};

    const ID: &str = super::CHECK.rule.id;

    #[test]
    fn fires() {
        for sql in ["integer", "text", "bigint", "numeric"] {
            let notes = table("notes").column("id", sql, "").primary_key(&["id"]);
            check(ID, [notes], &["warning public.notes.id"]);
        }
        let serial = |column: &mut Column| column.default = Some("nextval('public.notes_id_seq'::regclass)".to_owned());
        let notes = table("notes").column_with("id", base_type("bigint"), serial).primary_key(&["id"]);
        check(ID, [notes], &["warning public.notes.id"]);
        let notes = table("notes").column_with("number", base_type("integer"), super::identity);
        check(ID, [notes.primary_key(&["number"])], &["warning public.notes.number"]);
    }

    #[test]
    fn quiet() {
        check(ID, [table("notes").column("id", "uuid", "").primary_key(&["id"])], &[]);
        check(ID, [table("notes").column_with("id", base_type("bigint"), super::identity).primary_key(&["id"])], &[]);
        check(ID, [table("countries").column("code", "text", "").primary_key(&["code"])], &[]);
        check(ID, [table("months").column("month", "smallint", "").primary_key(&["month"])], &[]);
        let profiles = table("profiles").column("id", "integer", "").primary_key(&["id"]);
        check(ID, [profiles.foreign_key("fk_profiles_user", &["id"], "users", &["id"])], &[]);
    }
}
