//! A catalog with what several rules look up in it.

use super::comments::{On, comments};
use super::types;
use crate::catalog::{Column, Comment, Constraint, ConstraintKind, DataType, Domain, ForeignKey, ObjectId, Table};
use crate::{Catalog, QualifiedName};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug)]
pub(crate) struct Facts<'a> {
    pub(crate) catalog: &'a Catalog,
    by_name: BTreeMap<&'a str, Vec<&'a Table>>,
    kin: BTreeMap<&'a QualifiedName, BTreeSet<&'a QualifiedName>>,
    comments: Vec<(ObjectId, &'a Comment, On)>,
}

impl<'a> Facts<'a> {
    pub(crate) fn new(catalog: &'a Catalog) -> Self {
        let mut by_name: BTreeMap<&str, Vec<&Table>> = BTreeMap::new();
        let mut kin: BTreeMap<&QualifiedName, BTreeSet<&QualifiedName>> = BTreeMap::new();
        for table in catalog.tables.values().filter(|table| table.partition_of.is_none()) {
            by_name.entry(&table.name.name).or_default().push(table);
            for (_, key) in table.foreign_keys().filter(|(_, key)| key.references != table.name) {
                kin.entry(&table.name).or_default().insert(&key.references);
                kin.entry(&key.references).or_default().insert(&table.name);
            }
        }
        Self { catalog, by_name, kin, comments: comments(catalog) }
    }

    /// The tables that are judged: a partition is what its parent is.
    pub(crate) fn tables(&self) -> impl Iterator<Item = &'a Table> {
        self.catalog.tables.values().filter(|table| table.partition_of.is_none())
    }

    /// Their columns; an inherited one is judged where it comes from.
    pub(crate) fn columns(&self) -> impl Iterator<Item = (&'a Table, &'a Column)> {
        self.tables().flat_map(|table| {
            table.columns.iter().filter(|column| !column.inherited).map(move |column| (table, column))
        })
    }

    /// Their constraints, likewise.
    pub(crate) fn constraints(&self) -> impl Iterator<Item = (&'a Table, &'a Constraint)> {
        self.tables().flat_map(|table| {
            table.constraints.values().filter(|constraint| !constraint.inherited).map(move |it| (table, it))
        })
    }

    /// Their foreign keys, likewise.
    pub(crate) fn foreign_keys(&self) -> impl Iterator<Item = (&'a Table, &'a Constraint, &'a ForeignKey)> {
        self.constraints().filter_map(|(table, constraint)| Some((table, constraint, constraint.foreign_key()?)))
    }

    /// The comments in which there are tags, understood or not.
    pub(crate) fn comments(&self) -> &[(ObjectId, &'a Comment, On)] {
        &self.comments
    }

    /// The tables of that name, in whatever schema.
    pub(crate) fn tables_called(&self, name: &str) -> &[&'a Table] {
        self.by_name.get(name).map_or(&[], Vec::as_slice)
    }

    /// The tables that point at a table or that it points at.
    pub(crate) fn kin(&self, table: &QualifiedName) -> impl Iterator<Item = &'a QualifiedName> {
        self.kin.get(table).into_iter().flatten().copied()
    }

    /// The domain that a type is.
    pub(crate) fn domain(&self, data_type: &DataType) -> Option<&'a Domain> {
        self.catalog.domains.get(&data_type.name)
    }

    /// The checks that bind a column's values: those of its table that name it, and those of its domains, as expressions. In
    /// a domain's, the value is called `VALUE`.
    pub(crate) fn checks(&self, table: &'a Table, column: &'a Column) -> Vec<(&'a str, &'a str)> {
        let mut checks: Vec<(&str, &str)> = table
            .constraints
            .values()
            .filter(|constraint| constraint.columns.contains(&column.name))
            .filter_map(|constraint| match &constraint.kind {
                ConstraintKind::Check { expression, .. } => Some((column.name.as_str(), expression.as_str())),
                _ => None,
            })
            .collect();
        let mut domain = self.domain(&column.data_type);
        // A domain over a domain: never as deep as this, but a catalog may be anything.
        for _ in 0..32 {
            let Some(found) = domain else { break };
            checks.extend(found.checks.values().map(|check| ("VALUE", check.definition.as_str())));
            domain = self.domain(&found.base).filter(|base| base.name != found.name);
        }
        checks
    }

    /// Whether some foreign key has the column in it.
    pub(crate) fn is_in_foreign_key(table: &Table, column: &str) -> bool {
        table.foreign_keys().any(|(key, _)| key.columns.iter().any(|name| name == column))
    }
}

/// The column as an object.
pub(crate) fn column_id(relation: &QualifiedName, column: &Column) -> ObjectId {
    ObjectId::Column(relation.clone(), column.name.clone())
}

/// Rows that come and stay as they are: others may insert, and nobody but the owner may update.
pub(crate) fn is_append_only(table: &Table) -> bool {
    let others = |privilege: &str| {
        let whole = table.acl.grants.iter();
        let columns = table.columns.iter().flat_map(|column| &column.grants);
        whole.chain(columns).any(|grant| grant.grantee != table.owner && grant.privilege == privilege)
    };
    others("INSERT") && !others("UPDATE")
}

/// Rows that are nothing but keys, so that there is nothing to change in them: those of a join table.
pub(crate) fn is_only_keys(table: &Table) -> bool {
    let key = table.primary_key();
    !key.is_empty()
        && table.columns.iter().all(|column| {
            let stamp = column.default.is_some() && types::is(&column.data_type, "timestamp with time zone");
            key.contains(&column.name) || stamp || Facts::is_in_foreign_key(table, &column.name)
        })
}
