//! What waits for what.

use super::{Act, Graph, Node, names};
use crate::QualifiedName;
use crate::catalog::{ConstraintKind, ForeignKey, ObjectId, Publication, Table};
use crate::diff::Context;
use crate::diff::classify::{Need, State};
use crate::diff::inventory::{Handle, Side};
use crate::diff::object::{ColumnOf, ConstraintOf, IndexOf, Object};
use std::collections::HashMap;

impl Graph<'_, '_, '_> {
    /// Lets an act wait for another, if there are such acts.
    pub(super) fn edge(
        &mut self,
        first: impl Into<Option<Node>>,
        then: impl Into<Option<Node>>,
        reason: Option<Handle>,
    ) {
        let (Some(first), Some(then)) = (first.into(), then.into()) else { return };
        if first == then || !self.has(first) || !self.has(then) {
            return;
        }
        if let Some(reason) = reason {
            self.reasons.push((first, then, reason));
        }
        self.edges.push((first, then));
    }

    /// The first act that an old object does not survive as it was.
    pub(super) fn parting(&self, handle: Handle) -> Option<Node> {
        let node = self.departure(handle)?;
        let aside = (Act::Aside, handle);
        Some(if self.has(aside) { aside } else { node })
    }

    pub(super) fn connect_before(&mut self, needs: &[Need]) {
        let inventory = self.inventory;
        for (dependent, needed) in needs.iter().copied() {
            let ids = (inventory.id(dependent), inventory.id(needed));
            let is_table = matches!(ids, (ObjectId::Table(_), ObjectId::Table(_)));
            let detach = (Act::Detach, dependent);
            if is_table && self.has(detach) {
                self.edge(detach, self.departure(needed), None);
                self.edge(detach, self.parting(needed), None);
                continue;
            }
            let Some(gone) = self.departure(dependent) else {
                self.edge((Act::Alter, dependent), self.departure(needed), None);
                continue;
            };
            if let (ObjectId::Column(..), ObjectId::Table(table)) = ids {
                // It holds rows of the table, whose columns cannot change meanwhile.
                self.connect_to_columns(gone, table);
            }
            let hollow = (Act::Hollow, dependent);
            let gone = if self.has(hollow) { hollow } else { gone };
            let rewritten = self.is(dependent, &State::Rewrite) || gone.0 == Act::Discard;
            // What steps aside does not hold up what it needs; what is discarded does.
            if !rewritten {
                self.edge(gone, self.parting(needed), Some(dependent));
                self.edge(gone, (Act::Alter, needed), Some(dependent));
            }
            let whole = is_table && matches!(gone.0, Act::Discard);
            if !whole {
                self.edge(gone, self.departure(needed), Some(dependent));
            }
        }
    }

    pub(super) fn connect_after(&mut self, needs: &[Need]) {
        let inventory = self.inventory;
        for (dependent, needed) in needs.iter().copied() {
            let ids = (inventory.id(dependent), inventory.id(needed));
            let attach = (Act::Attach, dependent);
            if matches!(ids, (ObjectId::Table(_), ObjectId::Table(_))) && self.has(attach) {
                self.edge(self.arrival(needed), attach, None);
                continue;
            }
            if let (ObjectId::Function(_), ObjectId::Table(table)) = ids {
                self.connect_row_type(dependent, table);
            }
            let mut consumer = self.arrival(dependent);
            let complete = (Act::Complete, dependent);
            if self.has(complete) {
                let early = matches!(ids.1, ObjectId::Type(_) | ObjectId::Extension(_) | ObjectId::Collation(_));
                consumer = if early { consumer } else { Some(complete) };
            }
            if consumer.is_some() {
                self.edge(self.arrival(needed), consumer, Some(dependent));
            }
        }
    }

    /// A table leaves its publications before it becomes unlogged, and joins them after it became logged.
    fn connect_unlogged(&mut self, handle: Handle, publication: &Publication, context: &Context<'_>) {
        for name in publication.tables.keys() {
            if context.to.tables.get(name).is_some_and(|table| table.unlogged)
                && let Some(table) = self.inventory.table(name)
            {
                for act in [Act::Drop, Act::Alter] {
                    self.edge((act, handle), (Act::Alter, table), None);
                }
            }
        }
    }

    /// What a child table has of its own in an inherited column goes before the parent's column changes, and comes after.
    fn connect_inherited(&mut self, own: Handle, column: ColumnOf<'_>) {
        let (table, name) = (column.table, &column.column.name);
        let default = self.inventory.find(&ObjectId::Default(table.name.clone(), name.clone()));
        let parents = table.inherits.iter().chain(table.partition_of.iter().map(|part| &part.parent));
        for parent in parents {
            let Some(parent) = self.inventory.column(parent, name) else { continue };
            for part in [Some(own), default].into_iter().flatten() {
                for act in [Act::Create, Act::Alter] {
                    self.edge((act, parent), (Act::Alter, part), None);
                    self.edge((act, parent), (Act::Create, part), None);
                }
            }
            if let Some(default) = default {
                self.edge((Act::Drop, default), (Act::Alter, parent), None);
            }
        }
    }

    /// Lets what happens to a table's columns wait.
    fn connect_to_columns(&mut self, first: Node, table: &QualifiedName) {
        for column in self.inventory.columns_of(table) {
            for act in [Act::Drop, Act::Create, Act::Alter] {
                self.edge(first, (act, column), None);
            }
        }
    }

    /// A function that takes or returns rows of a table is checked against all of its columns.
    fn connect_row_type(&mut self, function: Handle, table: &QualifiedName) {
        let Some(arrival) = self.arrival(function) else { return };
        for column in self.inventory.columns_of(table) {
            for act in [Act::Drop, Act::Create, Act::Alter] {
                self.edge((act, column), arrival, None);
            }
        }
    }

    /// What follows from the names and from how things are made of each other.
    pub(super) fn connect_structure(&mut self, context: &Context<'_>) {
        let inventory = self.inventory;
        for handle in inventory.handles() {
            if let Some(object) = inventory.after(handle) {
                self.connect_new(handle, object, context);
            }
        }
        for handle in inventory.handles() {
            if let Some(object) = inventory.before(handle) {
                self.connect_old(handle, object, context);
            }
        }
    }

    fn connect_new(&mut self, handle: Handle, object: Object<'_>, context: &Context<'_>) {
        if let Object::Column(column) = object
            && column.column.inherited
        {
            self.connect_inherited(handle, column);
        }
        if let Object::Constraint(constraint) = object
            && let Some(key) = constraint.constraint.foreign_key()
        {
            self.connect_logged(constraint, key);
        }
        let arrival = self.arrival(handle);
        if arrival.is_none() && self.acts[handle.index()] == 0 {
            return;
        }
        if let Some(schema) = self.inventory.schema(handle) {
            self.edge(self.arrival(schema), arrival, None);
        }
        if let Object::Extension(extension) = object {
            self.edge(self.arrival_of(&ObjectId::Schema(extension.schema.clone())), arrival, None);
        }
        // What is said beside comes after what it is said of.
        let own = (Act::Create, handle);
        self.edge(self.comes_with.get(&handle).copied(), own, None);
        if let Object::ViewColumn(_) = object {
            for view in self.inventory.relations(Side::After, handle) {
                self.edge((Act::Complete, view), own, None);
                self.edge(self.arrival(view), (Act::Alter, handle), None);
            }
        }
        for act in [Act::Fill, Act::Attach, Act::Finish, Act::Complete] {
            self.edge(own, (act, handle), None);
            self.edge((Act::Alter, handle), (act, handle), None);
        }
        self.connect_part(handle, object);
        self.connect_whole(handle, object, context);
    }

    fn connect_old(&mut self, handle: Handle, object: Object<'_>, context: &Context<'_>) {
        if !self.goes(handle) && self.acts[handle.index()] == 0 {
            return;
        }
        let departure = self.departure(handle);
        if let Some(schema) = self.inventory.schema(handle).and_then(|schema| self.departure(schema)) {
            self.edge(departure, schema, None);
            self.edge((Act::Aside, handle), schema, None);
            self.edge((Act::Alter, handle), schema, None);
        }
        if let Object::Extension(extension) = object {
            let schema = self.inventory.find(&ObjectId::Schema(extension.schema.clone()));
            if let Some(schema) = schema.and_then(|schema| self.departure(schema)) {
                self.edge(departure, schema, None);
                self.edge((Act::Alter, handle), schema, None);
            }
        }
        let drop = (Act::Drop, handle);
        self.edge((Act::Hollow, handle), drop, None);
        for arrival in [Act::Create, Act::Alter] {
            for first in [Act::Drop, Act::Aside, Act::Detach] {
                self.edge((first, handle), (arrival, handle), None);
            }
        }
        for act in [Act::Create, Act::Fill, Act::Attach, Act::Aside] {
            self.edge((act, handle), (Act::Discard, handle), None);
        }
        self.edge((Act::Detach, handle), (Act::Attach, handle), None);
        for parent in self.inventory.relations(Side::Before, handle) {
            // What is dropped by itself must go while its table is where it was.
            self.edge(drop, self.parting(parent), Some(handle));
        }
        match object {
            Object::Column(column) if context.detoured.contains(self.inventory.id(handle)) => {
                self.connect_detour(handle, &column.column.data_type.name);
            }
            Object::Constraint(constraint) => {
                if let Some(key) = constraint.constraint.foreign_key() {
                    // Neither side can become unlogged or logged while it holds.
                    for table in [&constraint.table.name, &key.references] {
                        self.edge(drop, self.inventory.table(table).map(|table| (Act::Alter, table)), None);
                    }
                }
            }
            Object::Publication(publication) => self.connect_unlogged(handle, publication, context),
            Object::DomainCheck(check) => {
                let domain = self.inventory.find(&ObjectId::Type(check.domain.name.clone()));
                self.edge(drop, domain.and_then(|domain| self.parting(domain)), None);
            }
            Object::Table(table) => {
                if let Some(part) = &table.partition_of
                    && let Some(host) = self.gone_with.get(&handle).copied()
                {
                    self.edge((Act::Aside, handle), host, None);
                    let parent = self.inventory.table(&part.parent);
                    self.edge((Act::Aside, handle), parent.map(|parent| (Act::Create, parent)), None);
                }
            }
            _ => {}
        }
    }

    /// A column that is text while the row type that it is of changes.
    fn connect_detour(&mut self, handle: Handle, row_type: &QualifiedName) {
        self.connect_to_columns((Act::Aside, handle), row_type);
        for column in self.inventory.columns_of(row_type) {
            for act in [Act::Drop, Act::Create, Act::Alter] {
                self.edge((act, column), (Act::Alter, handle), None);
            }
        }
    }

    fn connect_part(&mut self, handle: Handle, object: Object<'_>) {
        let own = (Act::Create, handle);
        let altered = (Act::Alter, handle);
        for parent in self.inventory.relations(Side::After, handle) {
            let arrival = self.arrival(parent).filter(|node| node.0 == Act::Create);
            self.edge(arrival, own, None);
            self.edge(arrival, altered, None);
            self.edge((Act::Complete, parent), own, None);
            // Rows move in before indexes are built and triggers fire; whatever is said of the rows is checked after.
            if !matches!(object, Object::Column(_)) {
                self.edge((Act::Fill, parent), own, None);
            }
            if matches!(object, Object::Index(_) | Object::Constraint(_) | Object::Column(_) | Object::Default(_)) {
                self.edge(own, (Act::Attach, parent), None);
                self.edge(altered, (Act::Attach, parent), None);
            }
            if matches!(object, Object::Index(_) | Object::Constraint(_)) {
                self.edge(self.arrival(handle), (Act::Finish, parent), None);
                self.edge(own, (Act::Finish, parent), None);
            }
            // A REVOKE on the whole takes the privilege from every column, too.
            if matches!(object, Object::Column(_) | Object::ViewColumn(_)) {
                self.edge((Act::Alter, parent), own, None);
            }
        }
        if let Object::Index(index) = object {
            self.connect_index(handle, index);
        }
    }

    fn connect_index(&mut self, handle: Handle, index: IndexOf<'_>) {
        let inventory = self.inventory;
        // Parts of a partitioned index are made before it, so that they keep their names.
        if let Some(parent) = &index.index.parent {
            let parent = inventory.find(&ObjectId::Index(parent.clone()));
            self.edge((Act::Create, handle), parent.map(|parent| (Act::Create, parent)), None);
        }
        if index.index.constraint.is_some() {
            return;
        }
        for column in index.index.leading_columns().chain(index.index.include.iter().map(String::as_str)) {
            self.connect_to_column(index.on.name(), column, handle);
        }
    }

    /// Lets the new object wait for a column that it stands on.
    fn connect_to_column(&mut self, relation: &QualifiedName, column: &str, handle: Handle) {
        let column = self.inventory.column(relation, column);
        self.edge(column.and_then(|column| self.arrival(column)), self.arrival(handle), Some(handle));
    }

    /// The act after which what is called so is there as it should be.
    fn arrival_of(&self, id: &ObjectId) -> Option<Node> {
        self.arrival(self.inventory.find(id)?)
    }

    fn connect_whole(&mut self, handle: Handle, object: Object<'_>, context: &Context<'_>) {
        let inventory = self.inventory;
        match object {
            Object::Constraint(constraint) => {
                for column in &constraint.constraint.columns {
                    self.connect_to_column(&constraint.table.name, column, handle);
                }
                if let Some(key) = constraint.constraint.foreign_key() {
                    self.connect_foreign_key(handle, key, context);
                }
            }
            Object::Sequence(sequence) => {
                let finish = (Act::Finish, handle);
                if let Some(owner) = &sequence.owned_by {
                    let column = inventory.column(&owner.table, &owner.column);
                    self.edge(column.and_then(|column| self.arrival(column)), finish, None);
                    if let Some(table) = inventory.table(&owner.table) {
                        self.edge(self.arrival(table), finish, None);
                        // Before what it belonged to goes.
                        self.edge(finish, (Act::Discard, table), None);
                    }
                }
                if let Some(Object::Sequence(from)) = inventory.before(handle)
                    && let Some(owner) = &from.owned_by
                {
                    let column = inventory.column(&owner.table, &owner.column);
                    self.edge(finish, column.and_then(|column| self.departure(column)), None);
                }
            }
            Object::Publication(publication) => {
                for table in publication.tables.keys().filter_map(|name| inventory.table(name)) {
                    for act in [Act::Create, Act::Alter] {
                        self.edge((Act::Alter, table), (act, handle), None);
                    }
                }
            }
            Object::Role(role) => {
                for group in role.member_of.keys() {
                    self.edge(self.arrival_of(&ObjectId::Role(group.clone())), self.arrival(handle), None);
                }
            }
            Object::Table(table) => {
                for parent in table.inherits.iter().filter_map(|parent| inventory.table(parent)) {
                    self.edge(self.arrival(parent), self.arrival(handle), Some(handle));
                }
                if let Some(parent) = table.partition_of.as_ref().and_then(|part| inventory.table(&part.parent)) {
                    let attach = (Act::Attach, handle);
                    let joins = if self.has(attach) { Some(attach) } else { self.arrival(handle) };
                    self.edge(self.arrival(parent), joins, None);
                    // Rows that move in find their partitions.
                    self.edge(joins, (Act::Fill, parent), None);
                }
            }
            _ => {}
        }
    }

    /// A logged table cannot point at an unlogged one.
    fn connect_logged(&mut self, constraint: ConstraintOf<'_>, key: &ForeignKey) {
        let Some(child) = self.inventory.table(&constraint.table.name) else { return };
        let child = (Act::Alter, child);
        if !self.has(child) {
            return;
        }
        let parent = self.inventory.table(&key.references).map(|parent| (Act::Alter, parent));
        if constraint.table.unlogged {
            self.edge(child, parent, None);
        } else {
            self.edge(parent, child, None);
        }
    }

    /// The key that a foreign key points at must be there.
    fn connect_foreign_key(&mut self, handle: Handle, key: &ForeignKey, context: &Context<'_>) {
        let inventory = self.inventory;
        let arrival = self.arrival(handle);
        if let Some(target) = inventory.table(&key.references) {
            self.edge(self.arrival(target), arrival, Some(handle));
            // Rows of both are in before they are checked.
            self.edge((Act::Fill, target), (Act::Create, handle), None);
        }
        // It would lean on a key that is about to go, where that has the same columns.
        if let Some(table) = context.from.tables.get(&key.references) {
            for other in keys(table).filter_map(|id| inventory.find(&id)) {
                self.edge((Act::Drop, other), arrival, None);
            }
        }
        if let Some(table) = context.to.tables.get(&key.references) {
            for other in keys(table).filter_map(|id| inventory.find(&id)) {
                self.edge(self.arrival(other), arrival, Some(handle));
            }
        }
    }

    /// What has the name of something new goes first.
    pub(super) fn connect_names(&mut self) {
        let inventory = self.inventory;
        let mut old: HashMap<String, Vec<Handle>> = HashMap::new();
        for handle in inventory.handles().filter(|handle| self.goes(*handle)) {
            if let Some(object) = inventory.before(handle) {
                for name in names(inventory.id(handle), object) {
                    old.entry(name).or_default().push(handle);
                }
            }
        }
        if old.is_empty() {
            return;
        }
        for handle in inventory.handles() {
            let Some(object) = inventory.after(handle).filter(|_| self.comes(handle)) else { continue };
            for name in names(inventory.id(handle), object) {
                for other in old.get(&name).into_iter().flatten() {
                    let gone = self.parting(*other).map(|node| match node {
                        // With the table that it is on, it is out of the way.
                        (Act::Discard, parent) => (Act::Aside, parent),
                        node => node,
                    });
                    self.edge(gone, self.arrival(handle), None);
                }
            }
        }
    }
}

/// The constraints and unique indexes that a foreign key can lean on.
fn keys(table: &Table) -> impl Iterator<Item = ObjectId> {
    let is_key = |kind: &ConstraintKind| matches!(kind, ConstraintKind::PrimaryKey | ConstraintKind::Unique { .. });
    let constraints = table.constraints.values().filter(move |constraint| is_key(&constraint.kind));
    let constraints = constraints.map(|constraint| ObjectId::Constraint(table.name.clone(), constraint.name.clone()));
    let indexes = table.indexes.values().filter(|index| index.unique && index.constraint.is_none());
    constraints.chain(indexes.map(|index| ObjectId::Index(QualifiedName::new(&table.name.schema, &index.name))))
}
