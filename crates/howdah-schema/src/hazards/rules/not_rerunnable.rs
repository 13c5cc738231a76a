//! Outside a transaction, the statement cannot be run again.

use super::alterations;
use crate::QualifiedName;
use crate::findings::{Class, Level, Rule};
use crate::hazards::engine::{Check, Out};
use crate::hazards::statement::{ActionKind, Drop, Kind, Statement, What, Within};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "not-rerunnable",
        level: Level::Warning,
        class: Class::Robustness,
        summary: "Outside a transaction, the statement cannot be run again.",
        explanation: "When a later statement fails, what ran before stays. The next try meets it again, and fails at once unless each statement copes with having run.",
        bad: "-- howdah:no-transaction\ncreate index concurrently i on public.tasks (due_at);",
        good: "-- howdah:no-transaction\ncreate index concurrently if not exists i on public.tasks (due_at);",
    },
    in_routines: false,
    check,
};

fn check(statement: &Statement, out: &mut Out<'_, '_>) {
    if out.seen.context.runs_once || statement.in_transaction || statement.within != Within::Top {
        return;
    }
    let exists = "add IF NOT EXISTS";
    let fix = match &statement.kind {
        Kind::CreateTable(it) if !it.guarded && !it.temporary => exists,
        Kind::CreateIndex { guarded: false, name: Some(_), .. } | Kind::AddEnumValue { guarded: false, .. } => exists,
        Kind::CreateIndex { name: None, .. } => "name the index, and add IF NOT EXISTS: each run makes another one",
        Kind::Create { what, guarded: false, .. } => match what {
            What::View | What::Routine | What::Trigger | What::Rule => "use CREATE OR REPLACE",
            What::MaterializedView | What::Sequence | What::Schema | What::ForeignTable => exists,
            What::Other("extension" | "statistics" | "collation") => exists,
            _ => "drop it with IF EXISTS before, or look for it in a DO block",
        },
        Kind::CreateDomain { .. } => "look for it in a DO block first: CREATE DOMAIN has no IF NOT EXISTS",
        Kind::Drop(Drop { guarded: false, what, .. }) if *what != What::Owned => "add IF EXISTS",
        Kind::Rename { .. } | Kind::SetSchema { .. } | Kind::RenameEnumValue { .. } => {
            "move it into a transaction, or look in a DO block whether it is done"
        }
        Kind::AlterTable { .. } => {
            for (table, action) in alterations(statement, out.seen) {
                if let Some(fix) = action_fix(&table, &action.kind, out) {
                    out.plain(&action.span, Some(table.to_string()), MESSAGE.to_owned(), fix);
                }
            }
            return;
        }
        _ => return,
    };
    out.plain(&statement.span, None, MESSAGE.to_owned(), fix);
}

const MESSAGE: &str = "it fails when the migration is run again after a failure further down";

fn action_fix(table: &QualifiedName, action: &ActionKind, out: &Out<'_, '_>) -> Option<&'static str> {
    match action {
        ActionKind::AddColumn { guarded: false, .. } => Some("add IF NOT EXISTS"),
        ActionKind::DropColumn { guarded: false, .. } | ActionKind::DropConstraint { guarded: false, .. } => {
            Some("add IF EXISTS")
        }
        ActionKind::AddConstraint(constraint) => {
            let cleared = |name: &String| out.seen.cleared.contains(&(table.clone(), name.clone()));
            (!constraint.name.as_ref().is_some_and(cleared)).then_some("drop it with IF EXISTS before")
        }
        ActionKind::RenameColumn { .. } | ActionKind::RenameTable { .. } | ActionKind::RenameConstraint { .. } => {
            Some("move it into a transaction, or look in a DO block whether it is done")
        }
        ActionKind::AttachPartition { .. } | ActionKind::SetSchema { .. } => {
            Some("move it into a transaction, or look in a DO block whether it is done")
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::hazards::rules::testing::check;
    use crate::hazards::{self, Context, Source};

    const ID: &str = super::CHECK.rule.id;

    #[test]
    fn fires() {
        check(ID, "-- howdah:no-transaction\ncreate index concurrently i on public.a (b)", &["2:1 warning -"]);
        check(
            ID,
            "-- howdah:no-transaction\nalter table public.a add b int, drop c; drop table public.d;\ncreate type public.t as enum ()",
            &["2:22 warning public.a", "2:33 warning public.a", "2:41 warning -", "3:1 warning -"],
        );
    }

    #[test]
    fn quiet_where_the_runner_goes_on_where_it_was() {
        let text = "-- howdah:no-transaction\ncreate index concurrently i on public.a (b)";
        let context = Context { runs_once: true, ..Context::default() };
        let report = hazards::check(&[Source { name: "a", text }], &context);
        assert!(report.findings.iter().all(|finding| finding.rule != ID), "{report:?}");
    }

    #[test]
    fn quiet() {
        check(ID, "create table public.a ()", &[]);
        check(
            ID,
            "-- howdah:no-transaction\ncreate index concurrently if not exists i on public.a (b); drop table if exists public.c; create or replace view public.v as select 1",
            &[],
        );
        check(
            ID,
            "-- howdah:no-transaction\nalter table public.a drop constraint if exists c; alter table public.a add constraint c check (b > 0) not valid",
            &[],
        );
        check(ID, "-- howdah:no-transaction\ndo $$ begin create table public.a (); end $$", &[]);
    }
}
