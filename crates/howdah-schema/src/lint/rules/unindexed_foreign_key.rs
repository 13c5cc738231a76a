//! A foreign key that no index serves.

use super::index_statement;
use crate::catalog::{Index, ObjectId, Table};
use crate::findings::{Class, Level, Rule};
use crate::lint::engine::{Check, Out};
use crate::lint::expressions::mentions;
use crate::lint::facts::Facts;
use std::collections::BTreeSet;

pub(crate) const CHECK: Check = Check {
    rule: Rule {
        id: "unindexed-foreign-key",
        level: Level::Warning,
        class: Class::Performance,
        summary: "No index covers a foreign key.",
        explanation: "PostgreSQL makes no index for it. Whenever a row that is pointed at goes or changes its key, the whole table is read to find who points there, and so it is for every join. An index serves it if its first columns are the key's, in any order; one over the rows where a column of the key is not null does, because no other rows are meant.",
        bad: "create table public.users (id uuid primary key);\ncreate table public.notes (id uuid primary key, user_id uuid references public.users (id) on delete cascade);",
        good: "create table public.users (id uuid primary key);\ncreate table public.notes (id uuid primary key, user_id uuid references public.users (id) on delete cascade);\ncreate index idx_notes_user_id on public.notes (user_id);",
    },
    check,
};

fn check(facts: &Facts<'_>, out: &mut Out<'_>) {
    for (table, constraint, _) in facts.foreign_keys() {
        if !is_covered(table, &constraint.columns) {
            let id = ObjectId::Constraint(table.name.clone(), constraint.name.clone());
            let message = format!("no index serves the foreign key `{}`", constraint.name);
            out.at(id, message, format!("add `{}`", index_statement(table, &constraint.columns)));
        }
    }
}

fn is_covered(table: &Table, columns: &[String]) -> bool {
    let wanted: BTreeSet<&str> = columns.iter().map(String::as_str).collect();
    table.indexes.values().any(|index| {
        let leading: BTreeSet<&str> = index.leading_columns().take(columns.len()).collect();
        let by_equality = index.method == "btree" || (index.method == "hash" && columns.len() == 1);
        index.valid && by_equality && leading == wanted && covers_all_rows(index, columns)
    })
}

/// Over all rows, or over those where a column of the key is not null.
fn covers_all_rows(index: &Index, columns: &[String]) -> bool {
    let Some(predicate) = &index.predicate else { return true };
    let says = predicate.trim_matches(['(', ')']);
    says.ends_with("IS NOT NULL")
        && !says.contains(" AND ")
        && columns.iter().any(|column| mentions(says.trim_end_matches("IS NOT NULL"), column))
}

#[cfg(test)]
mod tests {
    use crate::lint::rules::testing::check;
    use crate::testing::{TestTable, table};

    const ID: &str = super::CHECK.rule.id;

    fn notes() -> TestTable {
        let notes = table("notes").column("user_id", "uuid", "").column("list_id", "uuid", "");
        notes.foreign_key("fk_notes_list", &["user_id", "list_id"], "lists", &["user_id", "id"])
    }

    #[test]
    fn fires() {
        let fired = ["warning public.notes.fk_notes_list"];
        check(ID, [notes()], &fired);
        check(ID, [notes().index("idx_notes_user_id", &["user_id"], "")], &fired);
        check(
            ID,
            [notes().index("idx_notes_user_id_list_id", &["user_id", "list_id"], "(deleted_at IS NULL)")],
            &fired,
        );
        let gin = notes().index("idx_notes_user_id_list_id", &["user_id", "list_id"], "");
        let gin = gin.with(|it| it.indexes.values_mut().for_each(|index| index.method = "brin".to_owned()));
        check(ID, [gin], &fired);
    }

    #[test]
    fn quiet() {
        check(ID, [notes().index("idx_notes_list_id_user_id", &["list_id", "user_id"], "")], &[]);
        check(ID, [notes().index("idx_notes_user_id_list_id", &["user_id", "list_id"], "(list_id IS NOT NULL)")], &[]);
        check(ID, [notes().primary_key(&["list_id", "user_id"])], &[]);
    }
}
