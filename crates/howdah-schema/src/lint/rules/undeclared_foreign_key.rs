//! A column that points at a table without saying so.

use crate::Ident;
use crate::catalog::{Column, Table};
use crate::findings::{Class, Level, Rule};
use crate::lint::engine::{Check, Out};
use crate::lint::facts::{Facts, column_id};
use crate::lint::types;
use crate::lint::words::plural;

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "undeclared-foreign-key",
        level: Level::Warning,
        class: Class::Integrity,
        summary: "A column looks like a reference and is no foreign key.",
        explanation: "Without a foreign key, rows that are gone stay pointed at, and neither the planner nor the API nor the documentation knows of the relation. A column counts as a reference if its name is that of a table with `_id` after it (`user_id`, `billing_address_id`, `parent_id` for the table itself) and its type that of the table's key. Quiet about polymorphic links, where a column beside it says which table is meant (`subject_type`, `subject_id`), and about ids from elsewhere, which have no table here or another type.",
        bad: "create table public.users (id uuid primary key);\ncreate table public.notes (id uuid primary key, user_id uuid not null);",
        good: "create table public.users (id uuid primary key);\ncreate table public.notes (\n  id uuid primary key,\n  user_id uuid not null,\n  constraint fk_notes_user foreign key (user_id) references public.users (id) on delete cascade\n);",
    },
    check,
};

fn check(facts: &Facts<'_>, out: &mut Out<'_>) {
    for (table, column) in facts.columns() {
        let Some(stem) = column.name.strip_suffix("_id") else { continue };
        if column.data_type.array || Facts::is_in_foreign_key(table, &column.name) || is_polymorphic(table, stem) {
            continue;
        }
        if let Some(target) = target(facts, table, column, stem) {
            let key = target.primary_key().first().map_or("id", String::as_str);
            let message = format!("`{}` looks like a reference to {} and is no foreign key", column.name, target.name);
            let name = Ident::new(format!("fk_{}_{stem}", table.name.name));
            let (of, to, key) = (Ident::new(column.name.as_str()), &target.name, Ident::new(key));
            let fix = format!("add `constraint {name} foreign key ({of}) references {to} ({key}) on delete …`");
            out.at(column_id(&table.name, column), message, fix);
        }
    }
}

/// Another column says which table it points at.
fn is_polymorphic(table: &Table, stem: &str) -> bool {
    ["type", "kind", "table", "class"].iter().any(|end| table.column(&format!("{stem}_{end}")).is_some())
}

/// The table that the column must mean.
fn target<'a>(facts: &Facts<'a>, table: &'a Table, column: &Column, stem: &str) -> Option<&'a Table> {
    let fits = |target: &Table| match target.primary_key() {
        [key] => target.column(key).is_some_and(|key| types::base(&key.data_type) == types::base(&column.data_type)),
        _ => false,
    };
    if stem == "parent" {
        return Some(table).filter(|table| fits(table));
    }
    // `billing_address` means `billing_addresses` before it means `addresses`.
    let mut rest = Some(stem);
    while let Some(words) = rest {
        for name in [plural(words), words.to_owned()] {
            let found = facts.tables_called(&name);
            let here = found.iter().copied().find(|found| found.name.schema == table.name.schema);
            let target = match (here, found) {
                (Some(here), _) => Some(here),
                (None, [only]) => Some(*only),
                _ => None,
            };
            // A table's own key is no reference to it.
            if let Some(target) = target {
                let is_own_key = target.name == table.name && table.primary_key() == [column.name.clone()];
                return Some(target).filter(|target| fits(target) && !is_own_key);
            }
        }
        rest = words.split_once('_').map(|(_, rest)| rest);
    }
    None
}

#[cfg(test)]
mod tests {
    use crate::lint::rules::testing::check;
    use crate::testing::table;

    const ID: &str = super::CHECK.rule.id;

    #[test]
    fn fires() {
        let users = || table("app.users").column("id", "uuid", "").primary_key(&["id"]);
        for column in ["user_id", "created_by_user_id"] {
            let notes = table("notes").column(column, "uuid", "");
            check(ID, [users(), notes], &[&format!("warning public.notes.{column}")]);
        }
        let tree = table("nodes").column("id", "bigint", "").column("parent_id", "bigint", "").primary_key(&["id"]);
        check(ID, [tree], &["warning public.nodes.parent_id"]);
    }

    #[test]
    fn quiet() {
        let users = || table("users").column("id", "uuid", "").primary_key(&["id"]);
        let notes = || table("notes").column("user_id", "uuid", "");
        check(ID, [users(), notes().foreign_key("fk_notes_user", &["user_id"], "users", &["id"])], &[]);
        check(ID, [users(), notes().column("user_type", "text", "")], &[]);
        check(ID, [users(), table("notes").column("user_id", "text", "").column("request_id", "uuid", "")], &[]);
        check(ID, [notes()], &[]);
        check(ID, [table("users").column("user_id", "uuid", "").primary_key(&["user_id"])], &[]);
    }
}
