//! Finding things in a catalog by the names that a request or a file gives.

use super::{Acl, Catalog, Column, Comment, Constraint, ForeignKey, Function, PUBLIC, Signature, Table, View};
use crate::{QualifiedName, nearest};
use std::collections::BTreeSet;

/// What can be read like a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation<'a> {
    /// A table.
    Table(&'a Table),
    /// A view or materialized view.
    View(&'a View),
}

impl<'a> Relation<'a> {
    /// Schema and name.
    pub fn name(self) -> &'a QualifiedName {
        match self {
            Self::Table(table) => &table.name,
            Self::View(view) => &view.name,
        }
    }

    /// In their order.
    pub fn columns(self) -> &'a [Column] {
        match self {
            Self::Table(table) => &table.columns,
            Self::View(view) => &view.columns,
        }
    }

    /// A column by its name.
    pub fn column(self, name: &str) -> Option<&'a Column> {
        self.columns().iter().find(|column| column.name == name)
    }

    /// Privileges on the whole.
    pub fn acl(self) -> &'a Acl {
        match self {
            Self::Table(table) => &table.acl,
            Self::View(view) => &view.acl,
        }
    }

    /// Its comment.
    pub fn comment(self) -> &'a Comment {
        match self {
            Self::Table(table) => &table.comment,
            Self::View(view) => &view.comment,
        }
    }

    /// Its owner.
    pub fn owner(self) -> &'a str {
        match self {
            Self::Table(table) => &table.owner,
            Self::View(view) => &view.owner,
        }
    }

    /// The table, if it is one.
    pub fn table(self) -> Option<&'a Table> {
        match self {
            Self::Table(table) => Some(table),
            Self::View(_) => None,
        }
    }

    /// The primary key's columns; empty for a view and for a table without one.
    pub fn primary_key(self) -> &'a [String] {
        self.table().map_or(&[], Table::primary_key)
    }
}

/// A foreign key with the table and constraint that it stands in.
#[derive(Debug, Clone, Copy)]
pub struct ForeignKeyRef<'a> {
    /// The table that points.
    pub table: &'a Table,
    /// The constraint; its `columns` are the ones that point.
    pub constraint: &'a Constraint,
    /// Where to.
    pub key: &'a ForeignKey,
}

impl Catalog {
    /// A table by schema and name.
    pub fn table(&self, schema: &str, name: &str) -> Option<&Table> {
        self.tables.get(&QualifiedName::new(schema, name))
    }

    /// A view by schema and name.
    pub fn view(&self, schema: &str, name: &str) -> Option<&View> {
        self.views.get(&QualifiedName::new(schema, name))
    }

    /// A table or view by schema and name.
    pub fn relation(&self, schema: &str, name: &str) -> Option<Relation<'_>> {
        let name = QualifiedName::new(schema, name);
        self.tables.get(&name).map(Relation::Table).or_else(|| self.views.get(&name).map(Relation::View))
    }

    /// Tables and views, tables first, each in the order of their names.
    pub fn relations(&self) -> impl Iterator<Item = Relation<'_>> {
        self.tables.values().map(Relation::Table).chain(self.views.values().map(Relation::View))
    }

    /// The name of a relation in `schema` that was probably meant by `name`.
    pub fn nearest_relation(&self, schema: &str, name: &str) -> Option<&str> {
        let names = self.relations().map(Relation::name).filter(|found| found.schema == schema);
        nearest(name, names.map(|found| found.name.as_str()))
    }

    /// All functions and procedures of this name.
    pub fn overloads(&self, schema: &str, name: &str) -> impl Iterator<Item = &Function> {
        // An empty argument list sorts before all others.
        let first = Signature { name: QualifiedName::new(schema, name), arguments: String::new() };
        let wanted = first.name.clone();
        self.functions.range(first..).take_while(move |(key, _)| key.name == wanted).map(|(_, function)| function)
    }

    /// The foreign keys that point at a table, its own included.
    pub fn foreign_keys_to(&self, schema: &str, name: &str) -> impl Iterator<Item = ForeignKeyRef<'_>> {
        let wanted = QualifiedName::new(schema, name);
        self.tables.values().flat_map(move |table| {
            let wanted = wanted.clone();
            table
                .foreign_keys()
                .filter(move |(_, key)| key.references == wanted)
                .map(move |(constraint, key)| ForeignKeyRef { table, constraint, key })
        })
    }

    /// The roles whose privileges and policies are a role's without SET ROLE: itself, everyone, and what it inherits from.
    pub fn rights_of<'a>(&'a self, role: &'a str) -> BTreeSet<&'a str> {
        let mut all = BTreeSet::from([PUBLIC]);
        let mut open = vec![role];
        while let Some(name) = open.pop() {
            if !all.insert(name) {
                continue;
            }
            let Some(role) = self.roles.get(name) else { continue };
            let inherited = role.member_of.iter().filter(|(_, how)| how.inherit.unwrap_or(role.inherit));
            open.extend(inherited.map(|(group, _)| group.as_str()));
        }
        all
    }
}
