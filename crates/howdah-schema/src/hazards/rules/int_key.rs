//! A key of 4 bytes or less.

use crate::findings::{Class, Level, Rule};
use crate::hazards::engine::{Check, Out};
use crate::hazards::statement::{ActionKind, ColumnDef, Constraint, ConstraintKind, Kind, Name, Statement};

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "int-key",
        level: Level::Warning,
        class: Class::Style,
        summary: "A key of 4 bytes or less.",
        explanation: "An int key ends at 2,147,483,647, also counting rows that were deleted or rolled back, and changing it then rewrites this table and every table that refers to it.",
        bad: "create table public.a (id int generated always as identity primary key);",
        good: "create table public.a (id bigint generated always as identity primary key);",
    },
    in_routines: false,
    check,
};

fn check(statement: &Statement, out: &mut Out<'_, '_>) {
    let keys: Vec<(&Name, &ColumnDef)> = match &statement.kind {
        Kind::CreateTable(it) => {
            let named: Vec<&String> = it.constraints.iter().flat_map(key_columns).collect();
            let is_key = |column: &&ColumnDef| column.is_primary_key() || named.contains(&&column.name);
            it.columns.iter().filter(is_key).map(|column| (&it.name, column)).collect()
        }
        Kind::AlterTable { table, actions } => {
            let added = actions.iter().filter_map(|action| match &action.kind {
                ActionKind::AddColumn { column, .. } if column.is_primary_key() => Some((table, column)),
                _ => None,
            });
            added.collect()
        }
        _ => return,
    };
    for (table, column) in keys {
        let Some(written) = &column.data_type else { continue };
        // Only what counts up runs out; a foreign key as part of a key has the type of what it refers to.
        let refers = column.has(|kind| matches!(kind, ConstraintKind::ForeignKey { .. }));
        if matches!(&*written.name, "int4" | "int2" | "serial" | "serial4" | "serial2" | "smallserial") && !refers {
            let object = format!("{}.{}", out.seen.qualify(table), column.name);
            let message =
                "the key runs out of numbers, and widening it rewrites every table that refers to it".to_owned();
            out.plain(&written.span, Some(object), message, "use bigint, or uuid");
        }
    }
}

fn key_columns(constraint: &Constraint) -> &[String] {
    match &constraint.kind {
        // A key of several columns does not run out with one of them.
        ConstraintKind::PrimaryKey { columns, .. } if columns.len() == 1 => columns,
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use crate::hazards::rules::testing::check;

    const ID: &str = super::CHECK.rule.id;

    #[test]
    fn fires() {
        check(ID, "create table public.a (id int primary key)", &["1:27 warning public.a.id"]);
        check(ID, "create table public.a (id smallint, primary key (id))", &["1:27 warning public.a.id"]);
        check(ID, "alter table public.a add id serial primary key", &["1:29 warning public.a.id"]);
    }

    #[test]
    fn quiet() {
        check(ID, "create table public.a (id bigint primary key, n int)", &[]);
        check(ID, "create table public.a (a int, b int, primary key (a, b))", &[]);
        check(ID, "create table public.a (id int primary key references public.b)", &[]);
        check(ID, "create table public.a (id uuid primary key)", &[]);
    }
}
