//! Rows in the trash that weigh on every query.

use crate::findings::{Class, Level, Rule};
use crate::lint::engine::{Check, Out};
use crate::lint::expressions::mentions;
use crate::lint::facts::{Facts, column_id};
use crate::lint::types;

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "soft-delete-index",
        level: Level::Warning,
        class: Class::Performance,
        summary: "A table with deleted_at has no partial index.",
        explanation: "Nearly every query asks for live rows only. Indexes that hold the deleted ones too grow with the trash, and whoever empties it reads the whole table. Give the indexes for reading `where deleted_at is null`, and one on deleted_at `where deleted_at is not null` to whoever empties the trash.",
        bad: "create table public.notes (id uuid primary key, title text, deleted_at timestamptz);\ncreate index idx_notes_title on public.notes (title);",
        good: "create table public.notes (id uuid primary key, title text, deleted_at timestamptz);\ncreate index idx_notes_title on public.notes (title) where deleted_at is null;",
    },
    check,
};

fn check(facts: &Facts<'_>, out: &mut Out<'_>) {
    for (table, column) in facts.columns() {
        // As the API knows it.
        let is_soft =
            column.name == "deleted_at" && !column.not_null && types::is(&column.data_type, "timestamp with time zone");
        let mut predicates = table.indexes.values().filter_map(|index| index.predicate.as_deref());
        if is_soft && !predicates.any(|predicate| mentions(predicate, "deleted_at")) {
            let message = format!("{} keeps deleted rows, and no index is about the live ones alone", table.name);
            out.at(
                column_id(&table.name, column),
                message,
                "add `where deleted_at is null` to the indexes that serve reads",
            );
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
        let notes = table("notes").column("deleted_at", "timestamp with time zone", "");
        check(ID, [notes.index("idx_notes_deleted_at", &["deleted_at"], "")], &["warning public.notes.deleted_at"]);
    }

    #[test]
    fn quiet() {
        let notes = table("notes").column("id", "uuid", "").column("deleted_at", "timestamp with time zone", "");
        check(ID, [notes.index("idx_notes_id", &["id"], "(deleted_at IS NULL)")], &[]);
        check(ID, [table("notes").column("deleted_at", "timestamp with time zone not null", "")], &[]);
    }
}
