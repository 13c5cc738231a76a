//! Types: those that columns use, and those that schemas define.

use super::access::{Access, Kind};
use super::relations::Parts;
use super::{Oid, Sql, comment, name, optional_name, qualified, unknown};
use crate::PgError;
use howdah_schema::QualifiedName;
use howdah_schema::catalog::{Attribute, Catalog, Composite, DataType, Domain, Enum, Range, TypeKind};
use std::collections::{BTreeMap, HashMap};
use tokio_postgres::Row;

/// Every type by its OID.
#[derive(Debug)]
pub(super) struct Types(HashMap<Oid, Known>);

#[derive(Debug)]
struct Known {
    name: QualifiedName,
    kind: TypeKind,
    element: Option<Oid>,
    base: Option<(Oid, String)>,
}

impl Types {
    pub(super) fn read(rows: &[Row]) -> Result<Self, PgError> {
        let mut types = HashMap::with_capacity(rows.len());
        for row in rows {
            let kind = match row.try_get("kind")? {
                "b" => TypeKind::Base,
                "c" => TypeKind::Composite,
                "d" => TypeKind::Domain,
                "e" => TypeKind::Enum,
                "r" | "m" => TypeKind::Range,
                "p" => TypeKind::Pseudo,
                code => return Err(unknown("a type", code)),
            };
            let base: Option<String> = row.try_get("base_sql")?;
            let known = Known {
                name: name(row)?,
                kind,
                element: row.try_get("element")?,
                base: Some(row.try_get::<_, Oid>("base")?).zip(base),
            };
            types.insert(row.try_get("oid")?, known);
        }
        Ok(Self(types))
    }

    /// The type `oid`, written as `sql` where it is used.
    pub(super) fn data_type(&self, oid: Oid, sql: String) -> Result<DataType, PgError> {
        let known = self.get(oid, &sql)?;
        let element = match known.element {
            Some(element) => self.get(element, &sql)?,
            None => known,
        };
        // A domain may be made from a domain.
        let mut base = None;
        let mut under = element;
        while let Some((oid, sql)) = &under.base {
            base = Some(sql.clone());
            under = self.get(*oid, sql)?;
        }
        Ok(DataType { sql, name: element.name.clone(), kind: element.kind, array: known.element.is_some(), base })
    }

    fn get(&self, oid: Oid, sql: &str) -> Result<&Known, PgError> {
        self.0.get(&oid).ok_or_else(|| PgError::Catalog {
            what: format!("the type {sql}"),
            reason: "it was dropped meanwhile".to_owned(),
        })
    }
}

/// Domains, enums and composite types.
pub(super) fn defined(
    rows: &[Row],
    types: &Types,
    access: &Access,
    sql: Sql,
    parts: &mut Parts,
    catalog: &mut Catalog,
) -> Result<(), PgError> {
    for row in rows {
        let name = name(row)?;
        let owner: String = row.try_get("owner")?;
        let acl = access.acl(Kind::Type, &owner, row)?;
        let comment = comment(row)?;
        match row.try_get("kind")? {
            "d" => {
                let domain = Domain {
                    name: name.clone(),
                    owner,
                    base: types.data_type(row.try_get("base")?, row.try_get("base_sql")?)?,
                    not_null: row.try_get("not_null")?,
                    default: sql.read(row, "default_sql")?,
                    collation: optional_name(row, "collation_schema", "collation_name")?,
                    not_null_constraint: parts.domain_not_null.remove(&row.try_get("oid")?),
                    checks: parts.domain_checks.remove(&row.try_get("oid")?).unwrap_or_default(),
                    acl,
                    comment,
                };
                catalog.domains.insert(name, domain);
            }
            "e" => {
                let found = Enum { name: name.clone(), owner, labels: row.try_get("labels")?, acl, comment };
                catalog.enums.insert(name, found);
            }
            _ => {
                let columns = parts.columns.remove(&row.try_get("relation")?).unwrap_or_default();
                let attributes = columns
                    .into_iter()
                    .map(|(column, _)| Attribute {
                        name: column.name,
                        data_type: column.data_type,
                        collation: column.collation,
                        comment: column.comment,
                    })
                    .collect();
                catalog.composites.insert(name.clone(), Composite { name, owner, attributes, acl, comment });
            }
        }
    }
    Ok(())
}

/// Range types.
pub(super) fn ranges(rows: &[Row], types: &Types, access: &Access) -> Result<BTreeMap<QualifiedName, Range>, PgError> {
    let mut ranges = BTreeMap::new();
    for row in rows {
        let owner: String = row.try_get("owner")?;
        let range = Range {
            name: name(row)?,
            acl: access.acl(Kind::Type, &owner, row)?,
            owner,
            subtype: types.data_type(row.try_get("subtype")?, row.try_get("subtype_sql")?)?,
            opclass: optional_name(row, "opclass_schema", "opclass_name")?,
            collation: optional_name(row, "collation_schema", "collation_name")?,
            canonical: row.try_get::<_, Option<&str>>("canonical")?.map(qualified),
            subtype_diff: row.try_get::<_, Option<&str>>("subtype_diff")?.map(qualified),
            multirange_name: QualifiedName::new(
                row.try_get::<_, String>("multirange_schema")?,
                row.try_get::<_, String>("multirange_name")?,
            ),
            comment: comment(row)?,
        };
        ranges.insert(range.name.clone(), range);
    }
    Ok(ranges)
}
