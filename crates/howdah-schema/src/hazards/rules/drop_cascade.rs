//! CASCADE drops what the text does not name.

use super::alterations;
use crate::findings::{Class, Level, Rule};
use crate::hazards::engine::{Check, Out};
use crate::hazards::statement::{ActionKind, Kind, Statement, What};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "drop-cascade",
        level: Level::Warning,
        class: Class::BreakingForClients,
        summary: "CASCADE drops what the text does not name.",
        explanation: "Whatever depends on the object goes with it: views, foreign keys, columns, policies of other people. Name them, so that a reviewer sees them.",
        bad: "drop type public.mood cascade;",
        good: "alter table public.users drop column mood;\ndrop type public.mood;",
    },
    in_routines: false,
    check,
};

fn check(statement: &Statement, out: &mut Out<'_, '_>) {
    let fix = "drop what depends on it by name, without CASCADE";
    match &statement.kind {
        // drop-schema says it for schemas, and says more.
        Kind::Drop(it) if it.cascade && !matches!(it.what, What::Schema | What::Owned) => {
            for name in &it.names {
                let object = out.seen.qualify(name);
                if !out.seen.is_new_object(&object) && !out.seen.is_new_index(&object) {
                    let message = format!("whatever depends on the {} is dropped with it", it.what.words());
                    out.plain(&name.span, Some(object.to_string()), message, fix);
                }
            }
        }
        Kind::AlterTable { .. } => {
            for (table, action) in alterations(statement, out.seen) {
                let (ActionKind::DropColumn { column: part, cascade: true, .. }
                | ActionKind::DropConstraint { name: part, cascade: true, .. }) = &action.kind
                else {
                    continue;
                };
                if !out.seen.is_new_column(&table, part) {
                    let message = format!("whatever depends on `{part}` is dropped with it");
                    out.plain(&action.span, Some(format!("{table}.{part}")), message, fix);
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use crate::hazards::rules::testing::check;

    const ID: &str = super::CHECK.rule.id;

    #[test]
    fn fires() {
        check(ID, "drop type public.mood cascade", &["1:11 warning public.mood"]);
        check(
            ID,
            "alter table public.a drop b cascade, drop constraint c cascade",
            &["1:22 warning public.a.b", "1:38 warning public.a.c"],
        );
        check(ID, "drop table public.a, b cascade", &["1:12 warning public.a", "1:22 warning public.b"]);
    }

    #[test]
    fn quiet() {
        check(ID, "drop type public.mood", &[]);
        check(ID, "create table public.a (); drop table public.a cascade", &[]);
        check(ID, "alter table public.a drop b", &[]);
    }
}
