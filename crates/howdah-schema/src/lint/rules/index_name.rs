//! An index whose name does not say what it is on.

use super::{is_named, wanted_name};
use crate::QualifiedName;
use crate::catalog::{Index, ObjectId};
use crate::findings::{Class, Level, Rule};
use crate::lint::engine::{Check, Out};
use crate::lint::facts::Facts;
use crate::quote::MAX_IDENT_BYTES;

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "index-name",
        level: Level::Warning,
        class: Class::Naming,
        summary: "An index is not named idx_<table>_<columns>.",
        explanation: "An index is met by its name alone: in a plan, in pg_stat_user_indexes, in an error. The table and the columns in it, or the first of them, save a look-up. Of an index on expressions or on some of the rows, and where the name would be longer than 63 bytes, only the table is asked for. What serves a constraint has the constraint's name.",
        bad: "create table public.notes (id uuid primary key, title text);\ncreate index notes_title_index on public.notes (title);",
        good: "create table public.notes (id uuid primary key, title text);\ncreate index idx_notes_title on public.notes (title);",
    },
    check,
};

fn check(facts: &Facts<'_>, out: &mut Out<'_>) {
    for table in facts.tables() {
        table.indexes.values().for_each(|index| one(&table.name, index, out));
    }
    for view in facts.catalog.views.values() {
        view.indexes.values().for_each(|index| one(&view.name, index, out));
    }
}

fn one(relation: &QualifiedName, index: &Index, out: &mut Out<'_>) {
    if index.constraint.is_some() || index.unique || index.parent.is_some() {
        return;
    }
    let columns: Vec<&str> = index.leading_columns().collect();
    let is_plain = columns.len() == index.keys.len() && index.predicate.is_none();
    let wanted = wanted_name("idx", &relation.name, &columns);
    let whole = wanted.len() <= MAX_IDENT_BYTES && is_plain;
    let fits = is_named(&index.name, "idx", &relation.name) && (!whole || says(&index.name, &wanted));
    if !fits {
        let id = ObjectId::Index(QualifiedName::new(relation.schema.clone(), index.name.clone()));
        let fix = match columns.as_slice() {
            [] => format!("name it `idx_{}_…`, with a word for what it is on", relation.name),
            _ => format!("name it `{wanted}`"),
        };
        out.at(id, format!("the name of the index `{}` does not say what it is on", index.name), fix);
    }
}

/// All columns, the first of them, or all and more.
fn says(name: &str, wanted: &str) -> bool {
    name.starts_with(wanted) || wanted.strip_prefix(name).is_some_and(|rest| rest.starts_with('_'))
}

#[cfg(test)]
mod tests {
    use crate::lint::rules::testing::check;
    use crate::testing::table;

    const ID: &str = super::CHECK.rule.id;

    #[test]
    fn fires() {
        let notes = table("notes").column("title", "text", "").column("body", "text", "");
        let notes = notes.index("notes_title_idx", &["title"], "").index("idx_notes_search", &["title", "body"], "");
        check(
            ID,
            [notes.index("idx_title", &["title"], "(title <> ''::text)")],
            &["warning public.idx_notes_search", "warning public.idx_title", "warning public.notes_title_idx"],
        );
    }

    #[test]
    fn quiet() {
        let notes = table("notes").column("title", "text", "").primary_key(&["title"]);
        let notes = notes.index("idx_notes_title", &["title"], "").index("idx_notes_title_desc", &["title"], "");
        check(ID, [notes.index("idx_notes_open", &["title"], "(title <> ''::text)")], &[]);
        let notes = table("notes").column("title", "text", "").column("body", "text", "");
        check(ID, [notes.index("idx_notes_title", &["title", "body"], "")], &[]);
        let long = "x".repeat(60);
        check(ID, [table(&long).column("a", "text", "").index("idx_x", &["a"], "")], &[]);
    }
}
