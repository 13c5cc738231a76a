//! An object moves to another schema.

use super::alterations;
use crate::findings::{Class, Level, Rule};
use crate::hazards::engine::{Check, Out};
use crate::hazards::statement::{ActionKind, Kind, Statement};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "move-to-schema",
        level: Level::Warning,
        class: Class::BreakingForClients,
        summary: "An object moves to another schema.",
        explanation: "Its qualified name is gone at once: every program that still runs with it fails.",
        bad: "alter table public.invoices set schema billing;",
        good: "-- howdah:allow move-to-schema: the view below keeps the old name\nalter table public.invoices set schema billing;\ncreate view public.invoices as select * from billing.invoices;",
    },
    in_routines: false,
    check,
};

fn check(statement: &Statement, out: &mut Out<'_, '_>) {
    let fix = "make a view with the old name, until nobody uses it";
    let message = || "programs that use it by its full name fail".to_owned();
    if let Kind::SetSchema { name, .. } = &statement.kind {
        let object = out.seen.qualify(name);
        if !out.seen.is_new_object(&object) && !out.seen.will_be_created(&object) {
            out.plain(&statement.span, Some(object.to_string()), message(), fix);
        }
    }
    for (table, action) in alterations(statement, out.seen) {
        let moves = matches!(action.kind, ActionKind::SetSchema { .. });
        if moves && !out.seen.is_new(&table) && !out.seen.will_be_created(&table) {
            out.plain(&action.span, Some(table.to_string()), message(), fix);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::hazards::rules::testing::check;

    const ID: &str = super::CHECK.rule.id;

    #[test]
    fn fires() {
        check(ID, "alter table public.a set schema b", &["1:22 warning public.a"]);
        check(ID, "alter view public.a set schema b", &["1:1 warning public.a"]);
        check(ID, "alter type public.a set schema b", &["1:1 warning public.a"]);
    }

    #[test]
    fn quiet() {
        check(ID, "create table public.a (); alter table public.a set schema b", &[]);
        check(ID, "alter table public.a set (fillfactor = 70)", &[]);
        check(ID, "create view public.a as select 1; alter view public.a set schema b", &[]);
    }
}
