//! What needs what.

use super::columns::ColumnNames;
use super::identities::{Identities, PG_EXTENSION};
use super::types::Types;
use super::{Oid, Rows};
use crate::PgError;
use howdah_schema::catalog::{Dependencies, ObjectId};
use tokio_postgres::Row;

/// A row of the server's records.
pub(super) struct Record<'a> {
    pub(super) class: Oid,
    pub(super) object: Oid,
    part: i32,
    pub(super) needed_class: Oid,
    pub(super) needed_object: Oid,
    needed_part: i32,
    pub(super) kind: &'a str,
}

impl<'a> Record<'a> {
    /// By the columns' places: there are more of these rows than of any other.
    fn read(row: &'a Row) -> Result<Self, PgError> {
        Ok(Self {
            class: row.try_get(0)?,
            object: row.try_get(1)?,
            part: row.try_get(2)?,
            needed_class: row.try_get(3)?,
            needed_object: row.try_get(4)?,
            needed_part: row.try_get(5)?,
            kind: row.try_get(6)?,
        })
    }
}

/// The server's records between objects that the catalog describes, without what follows from their names.
pub(super) fn dependencies(rows: &Rows, names: &ColumnNames, types: &Types) -> Result<Dependencies, PgError> {
    let records = rows.dependencies.iter().map(Record::read).collect::<Result<Vec<_>, _>>()?;
    let identities = Identities::read(rows, &records, names, types)?;
    let mut found = Dependencies::default();
    for record in &records {
        let &Record { class, object, part, kind, .. } = record;
        // `e`: who owns it. `x`: DEPENDS ON EXTENSION. `S`: a partition's part and the partition.
        if matches!(kind, "e" | "x" | "S") {
            continue;
        }
        let needed = identities.get(record.needed_class, record.needed_object, record.needed_part);
        let (Some(dependent), Some(needed)) = (identities.get(class, object, part), needed) else { continue };
        if follows(&dependent, &needed) {
            continue;
        }
        match &dependent {
            // What its members need is the extension's business.
            ObjectId::Extension(_) if class != PG_EXTENSION && !matches!(needed, ObjectId::Extension(_)) => {}
            // OWNED BY.
            ObjectId::Sequence(_) if kind == "a" => {}
            // The table of one that is about expressions alone.
            ObjectId::Index(_) | ObjectId::Statistics(_)
                if kind == "a" && matches!(needed, ObjectId::Table(_) | ObjectId::View(_)) => {}
            // The server has the column itself need what its expression needs.
            ObjectId::Column(relation, name) if identities.is_generated(class, object, part) => {
                let expression = ObjectId::Default(relation.clone(), name.clone());
                if matches!(needed, ObjectId::Type(_) | ObjectId::Collation(_) | ObjectId::Extension(_)) {
                    found.insert(dependent, needed.clone());
                }
                found.insert(expression, needed);
            }
            _ => found.insert(dependent, needed),
        }
    }
    Ok(found)
}

/// Whether the names say it already, or it is about an object and its own parts.
fn follows(dependent: &ObjectId, needed: &ObjectId) -> bool {
    match (dependent, needed) {
        (ObjectId::Table(own) | ObjectId::View(own), ObjectId::Column(relation, _)) => own == relation,
        (ObjectId::Column(own, name), ObjectId::Default(relation, column))
        | (ObjectId::Default(own, name), ObjectId::Column(relation, column)) => (own, name) == (relation, column),
        (
            ObjectId::Column(own, _)
            | ObjectId::Default(own, _)
            | ObjectId::Constraint(own, _)
            | ObjectId::Rule(own, _)
            | ObjectId::Trigger(own, _)
            | ObjectId::Policy(own, _),
            ObjectId::Table(relation) | ObjectId::View(relation),
        ) => own == relation,
        (ObjectId::DomainConstraint(own, _), ObjectId::Type(domain)) => own == domain,
        _ => dependent == needed,
    }
}
