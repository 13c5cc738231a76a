//! What single roles may do: the access matrix the other way round.

use super::access::{of_role, policies_of, row_security_of};
use super::context::Context;
use super::scope;
use super::whole::role_docs;
use crate::QualifiedName;
use crate::catalog::{Catalog, Relation};
use crate::docs::Facts;
use crate::docs::model::{PolicyDoc, RoleAccess, RoleDoc, RowSecurityDoc};
use crate::mask::{self, views};
use serde::Serialize;
use std::collections::BTreeMap;

/// What a role may do with one table or view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Right {
    /// The table or view.
    pub relation: QualifiedName,
    /// Whether it is a view.
    pub view: bool,
    /// Whether policies apply; `off` for a view.
    pub row_security: RowSecurityDoc,
    /// By operation: columns and rows.
    pub access: RoleAccess,
    /// The policies of the table that are this role's.
    pub policies: Vec<PolicyDoc>,
    /// Columns whose values it sees masked, with the mask: those of a masked view.
    pub masked: BTreeMap<String, String>,
}

impl Right {
    /// Whether any operation is granted, in a schema that may be used.
    pub fn is_any(&self) -> bool {
        let access = &self.access;
        access.schema_usage
            && [&access.select, &access.insert, &access.update, &access.delete].iter().any(|cell| cell.granted)
    }
}

/// Every role that a catalog describes, by name, with how many tables and views it reads and writes.
pub fn roles(catalog: &Catalog) -> Vec<RoleDoc> {
    let catalog = scope::described(catalog);
    let facts = Facts::default();
    let context = Context::new(&catalog, &facts).with_all_roles();
    let of = |relation: Relation<'_>| -> Vec<RoleAccess> {
        // The owner is called by its name here.
        let named = |role: &str| RoleAccess { role: role.to_owned(), ..of_role(&context, relation, role) };
        let usable = context.roles.iter().map(|role| named(role)).filter(|row| row.schema_usage);
        usable.collect()
    };
    let rows: Vec<RoleAccess> = relations(&catalog).flat_map(of).collect();
    role_docs(&context, rows.iter())
}

/// What a role may do with each table and view, by name; `None` if the catalog does not describe it.
pub fn rights(catalog: &Catalog, role: &str) -> Option<Vec<Right>> {
    let catalog = scope::described(catalog);
    let facts = Facts::default();
    let context = Context::new(&catalog, &facts).with_all_roles();
    if !context.catalog.roles.contains_key(role) {
        return None;
    }
    let right = |relation: Relation<'_>| Right {
        relation: relation.name().clone(),
        view: relation.table().is_none(),
        row_security: row_security_of(relation),
        access: RoleAccess { role: role.to_owned(), ..of_role(&context, relation, role) },
        policies: policies_of(&context, relation, role),
        masked: masked(&catalog, relation),
    };
    Some(relations(&catalog).map(right).collect())
}

/// Partitions are reached through their table.
fn relations(catalog: &Catalog) -> impl Iterator<Item = Relation<'_>> {
    catalog.relations().filter(|relation| relation.table().is_none_or(|table| table.partition_of.is_none()))
}

fn masked(catalog: &Catalog, relation: Relation<'_>) -> BTreeMap<String, String> {
    let Some(table) = views::table_of(relation.name()).and_then(|table| catalog.tables.get(&table)) else {
        return BTreeMap::new();
    };
    let masks = mask::all(&table.columns).into_iter();
    masks.map(|(column, mask)| (column.to_owned(), mask.as_str().to_owned())).collect()
}
