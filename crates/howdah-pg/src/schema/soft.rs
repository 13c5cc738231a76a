//! Dropping by renaming, so that the way back has the rows.
//!
//! A table goes into a schema `howdah_dropped_<migration>`, where nobody but its owner may look; a column stays in its table
//! as `howdah_dropped_<migration>_<name>` and need not be filled. Neither is part of any schema that Howdah reads: see
//! [`strip`]. They are dropped for good by hand, in a later migration.

use crate::{Ident, QualifiedName};
use howdah_schema::Catalog;
use howdah_schema::catalog::{Column, ObjectId, Table, TypeKind};
use howdah_schema::diff::{Plan, Step, Verb};

/// What the names of dropped columns, and of the schemas of dropped tables, begin with.
const PREFIX: &str = "howdah_dropped_";

/// Takes out of a catalog what was dropped by renaming.
pub(super) fn strip(catalog: &mut Catalog) {
    let gone = |name: &QualifiedName| name.schema.starts_with(PREFIX);
    catalog.schemas.retain(|name, _| !name.starts_with(PREFIX));
    catalog.tables.retain(|name, _| !gone(name));
    catalog.sequences.retain(|name, sequence| {
        let of_column = sequence.owned_by.as_ref().is_some_and(|owner| owner.column.starts_with(PREFIX));
        !gone(name) && !of_column
    });
    for table in catalog.tables.values_mut() {
        table.columns.retain(|column| !column.name.starts_with(PREFIX));
    }
}

/// Statements that drop by renaming, and those that undo it.
#[derive(Debug, Default)]
pub(super) struct Soft {
    pub(super) drop: Vec<Step>,
    pub(super) back: Vec<Step>,
}

/// What takes the place of the statements of `plan` that drop tables and columns of `from` with their rows. `tag` tells one
/// migration from another, such as `0007`.
pub(super) fn soft(plan: &Plan, from: &Catalog, tag: &str) -> Soft {
    let mut soft = Soft::default();
    let schema = format!("{PREFIX}{tag}");
    let dropped = |id: &ObjectId| plan.steps.iter().any(|step| step.verb == Verb::Drop && step.object == *id);
    for (step, _) in plan.losses().filter(|(step, _)| step.verb == Verb::Drop) {
        match &step.object {
            ObjectId::Table(name) => {
                let Some(table) = from.tables.get(name) else { continue };
                // A partition goes and comes with its parent.
                let parent = table.partition_of.as_ref().map(|of| ObjectId::Table(of.parent.clone()));
                if parent.is_none_or(|parent| !dropped(&parent)) {
                    soft.table(table, from, &schema);
                }
            }
            ObjectId::Column(name, column) => {
                let Some(table) = from.tables.get(name) else { continue };
                if let Some(column) = table.column(column).filter(|column| column.generated.is_none()) {
                    soft.column(table, column, from, tag);
                }
            }
            _ => {}
        }
    }
    if soft.drop.iter().any(|step| matches!(step.object, ObjectId::Table(_)) && step.verb == Verb::Rename) {
        let id = || ObjectId::Schema(schema.clone());
        let name = Ident::new(schema.as_str());
        soft.drop.insert(0, Step::new(Verb::Create, id(), format!("CREATE SCHEMA {name}")));
        soft.back.push(Step::new(Verb::Drop, id(), format!("DROP SCHEMA {name}")));
    }
    soft
}

impl Soft {
    fn table(&mut self, table: &Table, from: &Catalog, schema: &str) {
        let id = || ObjectId::Table(table.name.clone());
        // Hidden rows must not keep others from being deleted.
        for (constraint, _) in table.foreign_keys().filter(|(_, key)| key.references != table.name) {
            let sql = format!("ALTER TABLE {} DROP CONSTRAINT {}", table.name, Ident::new(constraint.name.as_str()));
            self.drop.push(Step::new(
                Verb::Drop,
                ObjectId::Constraint(table.name.clone(), constraint.name.clone()),
                sql,
            ));
        }
        let mut moved: Vec<&QualifiedName> = vec![&table.name];
        let mut next = 0;
        while let Some(&parent) = moved.get(next) {
            let part = |found: &&Table| found.partition_of.as_ref().is_some_and(|of| of.parent == *parent);
            moved.extend(from.tables.values().filter(part).map(|found| &found.name));
            next += 1;
        }
        for name in moved {
            let hidden = QualifiedName::new(schema, name.name.as_str());
            let away = format!("ALTER TABLE {name} SET SCHEMA {}", Ident::new(schema));
            let back = format!("ALTER TABLE {hidden} SET SCHEMA {}", Ident::new(name.schema.as_str()));
            self.drop.push(Step::new(Verb::Rename, id(), away));
            self.back.push(Step::new(Verb::Rename, id(), back));
        }
    }

    fn column(&mut self, table: &Table, column: &Column, from: &Catalog, tag: &str) {
        let id = || ObjectId::Column(table.name.clone(), column.name.clone());
        let old = Ident::new(column.name.as_str());
        let new = hidden(&column.name, tag);
        let new = Ident::new(new.as_str());
        let name = &table.name;
        self.drop.push(Step::new(Verb::Rename, id(), format!("ALTER TABLE {name} RENAME COLUMN {old} TO {new}")));
        self.back.push(Step::new(Verb::Rename, id(), format!("ALTER TABLE {name} RENAME COLUMN {new} TO {old}")));
        // Who inserts does not know of it any more.
        if column.not_null && column.default.is_none() && column.identity.is_none() {
            let sql = format!("ALTER TABLE {name} ALTER COLUMN {new} DROP NOT NULL");
            self.drop.push(Step::new(Verb::Alter, id(), sql));
            if let Some(value) = empty(column, from) {
                let sql = format!("UPDATE {name} SET {old} = {value} WHERE {old} IS NULL");
                self.back.push(Step::new(Verb::Data, id(), sql));
            }
        }
    }
}

/// At most 63 bytes, as names are.
fn hidden(column: &str, tag: &str) -> String {
    let mut name = format!("{PREFIX}{tag}_{column}");
    while name.len() > 63 {
        name.pop();
    }
    name
}

/// What rows get that were written while the column was away.
fn empty(column: &Column, from: &Catalog) -> Option<String> {
    let declared = &column.data_type;
    if declared.array {
        return Some("'{}'".to_owned());
    }
    if declared.kind == TypeKind::Enum {
        let label = from.enums.get(&declared.name)?.labels.first()?;
        return Some(crate::Literal::text(label.clone()).to_string());
    }
    let base = declared.base.as_deref().unwrap_or(&declared.sql);
    let plain = base.split('(').next().unwrap_or(base).trim();
    let value = match plain {
        "smallint" | "integer" | "bigint" | "numeric" | "real" | "double precision" => "0",
        "text" | "character varying" | "character" | "bytea" => "''",
        "boolean" => "false",
        "json" | "jsonb" => "'{}'",
        "date" | "timestamp without time zone" | "timestamp with time zone" => "now()",
        "interval" => "'0'",
        "uuid" => "gen_random_uuid()",
        _ => return None,
    };
    Some(value.to_owned())
}
