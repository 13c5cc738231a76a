//! A name has no schema.

use crate::findings::{Class, Level, Rule};
use crate::hazards::engine::{Check, Out};
use crate::hazards::statement::{ActionKind, Constraint, ConstraintKind, Drop, Kind, Name, Statement, What};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "unqualified-name",
        level: Level::Info,
        class: Class::Style,
        summary: "A name has no schema.",
        explanation: "Which object it means depends on the search_path of whoever runs it.",
        bad: "alter table tasks add bio text;",
        good: "alter table public.tasks add bio text;",
    },
    in_routines: false,
    check,
};

fn check(statement: &Statement, out: &mut Out<'_, '_>) {
    if out.seen.chose_schema {
        return;
    }
    let names: Vec<&Name> = match &statement.kind {
        Kind::CreateTable(it) if it.temporary => return,
        Kind::CreateTable(it) => {
            let all = it.constraints.iter().chain(it.columns.iter().flat_map(|column| &column.constraints));
            [&it.name]
                .into_iter()
                .chain(&it.partition_of)
                .chain(&it.inherits)
                .chain(all.filter_map(referenced))
                .collect()
        }
        Kind::AlterTable { table, actions } => {
            let added = actions.iter().flat_map(|action| match &action.kind {
                ActionKind::AddConstraint(it) => std::slice::from_ref(it),
                ActionKind::AddColumn { column, .. } => column.constraints.as_slice(),
                _ => &[],
            });
            let parts = actions.iter().filter_map(|action| match &action.kind {
                ActionKind::AttachPartition { partition } | ActionKind::DetachPartition { partition, .. } => {
                    Some(partition)
                }
                _ => None,
            });
            [table].into_iter().chain(added.filter_map(referenced)).chain(parts).collect()
        }
        Kind::CreateIndex { table: name, .. }
        | Kind::AddEnumValue { of: name, .. }
        | Kind::RenameEnumValue { of: name, .. }
        | Kind::AlterComposite { of: name }
        | Kind::CreateDomain { name, .. }
        | Kind::AlterDomain { name, .. }
        | Kind::Update { table: name, .. }
        | Kind::Delete { table: name, .. }
        | Kind::Write { table: name, .. }
        | Kind::Touch { table: name, .. }
        | Kind::Refresh { view: name, .. } => vec![name],
        Kind::Rename { what, name, .. } | Kind::SetSchema { what, name, .. } if in_schema(*what) => vec![name],
        Kind::Truncate { tables, .. } | Kind::Lock { tables, .. } => tables.iter().collect(),
        Kind::Drop(it) if in_schema(it.what) => it.names.iter().chain(&it.on).collect(),
        Kind::Create { what, name, on, .. } if in_schema(*what) => name.iter().chain(on).collect(),
        Kind::Drop(Drop { on, .. }) | Kind::Create { on, .. } => on.iter().collect(),
        _ => return,
    };
    for name in names {
        if name.schema.is_none() && !out.seen.is_temporary(name) {
            let message = format!("which `{}` it is depends on the search_path", name.name);
            out.plain(&name.span, Some(name.name.clone()), message, "write its schema");
        }
    }
}

fn referenced(constraint: &Constraint) -> Option<&Name> {
    match &constraint.kind {
        ConstraintKind::ForeignKey { references, .. } => Some(references),
        _ => None,
    }
}

/// Whether objects of that kind live in a schema under a name of their own.
fn in_schema(what: What) -> bool {
    !matches!(
        what,
        What::Schema | What::Database | What::Owned | What::Trigger | What::Policy | What::Rule | What::Other(_)
    )
}

#[cfg(test)]
mod tests {
    use crate::hazards::rules::testing::check;

    const ID: &str = super::CHECK.rule.id;

    #[test]
    fn fires() {
        check(ID, "alter table a add b int references c", &["1:13 info a", "1:36 info c"]);
        check(ID, "create view v as select 1; drop table public.x, y", &["1:13 info v", "1:49 info y"]);
        check(ID, "create policy p on a using (true)", &["1:20 info a"]);
    }

    #[test]
    fn quiet() {
        check(ID, "alter table public.a add b int", &[]);
        check(ID, "set search_path = app; create table a ()", &[]);
        check(ID, "create temp table a (b int); insert into a values (1)", &[]);
        check(ID, "create schema s create table a ()", &[]);
        check(ID, "create extension citext", &[]);
        check(ID, "drop trigger t on public.a", &[]);
        check(
            ID,
            "create function public.f() returns int language sql as $$ delete from a where b returning 1 $$",
            &[],
        );
    }
}
