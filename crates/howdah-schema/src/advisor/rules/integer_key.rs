//! A key that runs out.

use crate::Ident;
use crate::advisor::engine::{Check, Out};
use crate::advisor::facts::{Facts, and};
use crate::catalog::{Column, Table};
use crate::findings::{Class, Level, Rule};
use crate::lint::facts::{Facts as Standards, column_id};
use crate::lint::types;

pub(super) const CHECK: Check = Check {
    rule: Rule {
        id: "integer-key",
        level: Level::Warning,
        class: Class::Integrity,
        summary: "A counted key is smaller than bigint.",
        explanation: "An integer counts to 2,147,483,647 and a smallint to 32,767; gaps count too. From then on every insert fails, and making the column a bigint rewrites the table and all that point at it while nobody can use them. Judged are identity columns and serials, key or not, and primary keys called id; a key that is a foreign key has the type of what it points at. A list that never grows may be allowed.",
        bad: "create table public.notes (id integer generated always as identity primary key);",
        good: "create table public.notes (id bigint generated always as identity primary key);",
    },
    check,
};

fn check(facts: &Facts<'_>, out: &mut Out<'_>) {
    for (table, column) in facts.standards.columns() {
        let is_small = types::is(&column.data_type, "integer") || types::is(&column.data_type, "smallint");
        if !is_small || !is_counted(table, column) || Standards::is_in_foreign_key(table, &column.name) {
            continue;
        }
        let most = if types::is(&column.data_type, "integer") { "2,147,483,647" } else { "32,767" };
        let message = format!("`{}` counts no further than {most}", column.name);
        let alter = |table: &crate::QualifiedName, column: &str| {
            format!("alter table {table} alter column {} type bigint;", Ident::new(column))
        };
        let pointing: Vec<String> = facts
            .catalog
            .foreign_keys_to(&table.name.schema, &table.name.name)
            .filter_map(|found| {
                let at = found.key.referenced_columns.iter().position(|name| *name == column.name)?;
                Some(format!("{}.{}", found.table.name, Ident::new(found.constraint.columns.get(at)?.as_str())))
            })
            .collect();
        let pointing = and(&pointing.iter().map(String::as_str).collect::<Vec<_>>());
        let with = if pointing.is_empty() { String::new() } else { format!(" and widen {pointing} with it") };
        let fix = format!("while the table is small run `{}`{with}", alter(&table.name, &column.name));
        out.at(column_id(&table.name, column), message, fix);
    }
}

fn is_counted(table: &Table, column: &Column) -> bool {
    let fills_itself =
        column.identity.is_some() || column.default.as_deref().is_some_and(|default| default.starts_with("nextval("));
    fills_itself || (column.name == "id" && table.primary_key() == [column.name.clone()])
}

#[cfg(test)]
mod tests {
    use crate::advisor::rules::testing::{api, check};
    use crate::catalog::Identity;
    use crate::testing::{TestTable, base_type, table};

    const ID: &str = super::CHECK.rule.id;

    fn counted(name: &str, sql: &str) -> TestTable {
        table("notes").column_with(name, base_type(sql), |column| {
            column.identity = Some(Identity { always: true, sequence: None });
        })
    }

    #[test]
    fn fires() {
        check(ID, &api([counted("number", "integer")]), &["warning public.notes.number"]);
        check(ID, &api([counted("number", "smallint")]), &["warning public.notes.number"]);
        let serial = table("notes").column_with("number", base_type("integer"), |column| {
            column.default = Some("nextval('public.notes_number_seq'::regclass)".to_owned());
        });
        check(ID, &api([serial]), &["warning public.notes.number"]);
        check(
            ID,
            &api([table("notes").column("id", "integer", "").primary_key(&["id"])]),
            &["warning public.notes.id"],
        );
    }

    #[test]
    fn quiet() {
        check(ID, &api([counted("number", "bigint")]), &[]);
        check(ID, &api([table("notes").column("size", "integer", "")]), &[]);
        check(ID, &api([table("years").column("year", "integer", "").primary_key(&["year"])]), &[]);
        let own = table("notes").column("id", "integer", "").primary_key(&["id"]);
        check(ID, &api([own.foreign_key("fk_notes_old", &["id"], "old", &["id"])]), &[]);
    }
}
