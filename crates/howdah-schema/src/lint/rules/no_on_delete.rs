//! A foreign key that leaves open what happens to its rows.

use crate::catalog::{Deferral, ForeignKeyAction, ObjectId};
use crate::findings::{Class, Level, Rule};
use crate::lint::engine::{Check, Out};
use crate::lint::facts::Facts;

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "no-on-delete",
        level: Level::Warning,
        class: Class::Integrity,
        summary: "A foreign key does not say what happens ON DELETE.",
        explanation: "NO ACTION is what is there when nobody chose. Whether rows go along (CASCADE), let go (SET NULL) or keep the other from going (RESTRICT) is a decision about the data, and belongs into the schema rather than into the first bug report. Quiet about deferrable keys: RESTRICT is never deferred, so for them NO ACTION is the choice.",
        bad: "create table public.users (id uuid primary key);\ncreate table public.notes (id uuid primary key, user_id uuid references public.users (id));",
        good: "create table public.users (id uuid primary key);\ncreate table public.notes (id uuid primary key, user_id uuid references public.users (id) on delete cascade);",
    },
    check,
};

fn check(facts: &Facts<'_>, out: &mut Out<'_>) {
    for (table, constraint, key) in facts.foreign_keys() {
        if key.on_delete == ForeignKeyAction::NoAction && constraint.deferral == Deferral::NotDeferrable {
            let id = ObjectId::Constraint(table.name.clone(), constraint.name.clone());
            let message = format!(
                "`{}` does not say what becomes of these rows when one of {} goes",
                constraint.name, key.references
            );
            out.at(id, message, "add ON DELETE CASCADE, SET NULL or RESTRICT");
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::catalog::{ConstraintKind, Deferral, ForeignKeyAction};
    use crate::lint::rules::testing::check;
    use crate::testing::{TestTable, table};

    const ID: &str = super::CHECK.rule.id;

    fn notes(deferral: Deferral) -> TestTable {
        let notes = table("notes").column("user_id", "uuid", "");
        notes.foreign_key("fk_notes_user", &["user_id"], "users", &["id"]).with(|notes| {
            for constraint in notes.constraints.values_mut() {
                constraint.deferral = deferral;
                if let ConstraintKind::ForeignKey(key) = &mut constraint.kind {
                    key.on_delete = ForeignKeyAction::NoAction;
                }
            }
        })
    }

    #[test]
    fn fires() {
        check(ID, [notes(Deferral::NotDeferrable)], &["warning public.notes.fk_notes_user"]);
    }

    #[test]
    fn quiet() {
        check(ID, [notes(Deferral::InitiallyDeferred)], &[]);
        let notes = table("notes").column("user_id", "uuid", "");
        check(ID, [notes.foreign_key("fk_notes_user", &["user_id"], "users", &["id"])], &[]);
    }
}
