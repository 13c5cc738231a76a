//! A foreign key whose name does not say where it is.

use super::is_named;
use crate::catalog::ObjectId;
use crate::findings::{Class, Level, Rule};
use crate::lint::engine::{Check, Out};
use crate::lint::facts::Facts;

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "foreign-key-name",
        level: Level::Warning,
        class: Class::Naming,
        summary: "A foreign key is not named fk_<table>_….",
        explanation: "Its name is all that a client is told when a row is still pointed at. Named by hand it also stays the same when the column is renamed.",
        bad: "create table public.users (id uuid primary key);\ncreate table public.notes (id uuid primary key, user_id uuid references public.users on delete cascade);",
        good: "create table public.users (id uuid primary key);\ncreate table public.notes (\n  id uuid primary key,\n  user_id uuid,\n  constraint fk_notes_user foreign key (user_id) references public.users (id) on delete cascade\n);",
    },
    check,
};

fn check(facts: &Facts<'_>, out: &mut Out<'_>) {
    for (table, constraint, _) in facts.foreign_keys() {
        if !is_named(&constraint.name, "fk", &table.name.name) {
            let id = ObjectId::Constraint(table.name.clone(), constraint.name.clone());
            let message = format!("the foreign key `{}` is not named fk_<table>_…", constraint.name);
            // Of `(tenant_id, user_id)` the last one says where it points.
            let column = constraint.columns.last().map_or("…", |column| column.strip_suffix("_id").unwrap_or(column));
            out.at(id, message, format!("name it `fk_{}_{column}`", table.name.name));
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
        let notes = table("notes").column("user_id", "uuid", "");
        let notes = notes.foreign_key("notes_user_id_fkey", &["user_id"], "users", &["id"]);
        check(ID, [notes], &["warning public.notes.notes_user_id_fkey"]);
    }

    #[test]
    fn quiet() {
        let notes = table("notes").column("user_id", "uuid", "");
        check(ID, [notes.foreign_key("fk_notes_user", &["user_id"], "users", &["id"])], &[]);
    }
}
