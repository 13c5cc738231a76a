//! What waits for what.

use super::{Act, Graph, Node, names};
use crate::QualifiedName;
use crate::catalog::{ConstraintKind, ObjectId, Publication};
use crate::diff::Context;
use crate::diff::classify::{State, relation};
use crate::diff::object::{ColumnOf, ConstraintOf, IndexOf, Object};
use std::collections::{BTreeMap, BTreeSet};

impl Graph<'_, '_> {
    pub(super) fn edge(&mut self, first: Option<Node>, then: Option<Node>, reason: Option<&ObjectId>) {
        let (Some(first), Some(then)) = (first, then) else { return };
        if first == then || !self.nodes.contains_key(&first) || !self.nodes.contains_key(&then) {
            return;
        }
        if let Some(reason) = reason {
            self.reasons.entry((first.clone(), then.clone())).or_default().insert(reason.clone());
        }
        self.followers.entry(first).or_default().insert(then);
    }

    /// The first act that an old object does not survive as it was.
    pub(super) fn parting(&self, id: &ObjectId) -> Option<Node> {
        let node = self.departure(id)?;
        let aside = (Act::Aside, id.clone());
        Some(if self.nodes.contains_key(&aside) { aside } else { node })
    }

    pub(super) fn connect_before(&mut self, needs: &BTreeSet<(ObjectId, ObjectId)>) {
        for (dependent, needed) in needs {
            let detach = Some((Act::Detach, dependent.clone()));
            let is_table = matches!((dependent, needed), (ObjectId::Table(_), ObjectId::Table(_)));
            if is_table && detach.as_ref().is_some_and(|node| self.nodes.contains_key(node)) {
                self.edge(detach.clone(), self.departure(needed), None);
                self.edge(detach, self.parting(needed), None);
                continue;
            }
            if let (ObjectId::Column(..), ObjectId::Table(table)) = (dependent, needed)
                && let Some(gone) = self.departure(dependent)
            {
                // It holds rows of the table, whose columns cannot change meanwhile.
                self.connect_to_columns(&gone, table);
            }
            if let Some(gone) = self.departure(dependent) {
                let hollow = (Act::Hollow, dependent.clone());
                let gone = if self.nodes.contains_key(&hollow) { hollow } else { gone };
                let rewritten = self.is(dependent, &State::Rewrite) || gone.0 == Act::Discard;
                // What steps aside does not hold up what it needs; what is discarded does.
                if !(rewritten && self.is(needed, &State::Rewrite)) {
                    if !rewritten || matches!(dependent, ObjectId::Type(_)) {
                        self.edge(Some(gone.clone()), self.parting(needed).filter(|_| !rewritten), Some(dependent));
                    }
                    self.edge(
                        Some(gone.clone()),
                        Some((Act::Alter, needed.clone())).filter(|_| !rewritten),
                        Some(dependent),
                    );
                }
                let whole = is_table && matches!(gone.0, Act::Discard);
                if !whole {
                    self.edge(Some(gone), self.departure(needed), Some(dependent));
                }
            } else {
                let altered = Some((Act::Alter, dependent.clone()));
                self.edge(altered, self.departure(needed), None);
            }
        }
    }

    pub(super) fn connect_after(&mut self, needs: &BTreeSet<(ObjectId, ObjectId)>) {
        for (dependent, needed) in needs {
            let is_table = matches!((dependent, needed), (ObjectId::Table(_), ObjectId::Table(_)));
            let attach = (Act::Attach, dependent.clone());
            if is_table && self.nodes.contains_key(&attach) {
                self.edge(self.arrival(needed), Some(attach), None);
                continue;
            }
            if let (ObjectId::Function(_), ObjectId::Table(table)) = (dependent, needed) {
                self.connect_row_type(dependent, table);
            }
            let mut consumer = self.arrival(dependent);
            let complete = (Act::Complete, dependent.clone());
            if self.nodes.contains_key(&complete) {
                let early = matches!(needed, ObjectId::Type(_) | ObjectId::Extension(_) | ObjectId::Collation(_));
                consumer = if early { consumer } else { Some(complete) };
            }
            self.edge(self.arrival(needed), consumer, Some(dependent));
        }
    }

    /// A table leaves its publications before it becomes unlogged, and joins them after it became logged.
    fn connect_unlogged(&mut self, id: &ObjectId, publication: &Publication, context: &Context<'_>) {
        for name in publication.tables.keys() {
            let table = (Act::Alter, ObjectId::Table(name.clone()));
            if context.to.tables.get(name).is_some_and(|table| table.unlogged) {
                for act in [Act::Drop, Act::Alter] {
                    self.edge(Some((act, id.clone())), Some(table.clone()), None);
                }
            }
        }
    }

    /// What a child table has of its own in an inherited column goes before the parent's column changes, and comes after.
    fn connect_inherited(&mut self, column: ColumnOf<'_>) {
        let table = column.table;
        let parents = table.inherits.iter().chain(table.partition_of.iter().map(|part| &part.parent));
        for parent in parents {
            let parent = ObjectId::Column(parent.clone(), column.column.name.clone());
            let own = ObjectId::Column(table.name.clone(), column.column.name.clone());
            let default = ObjectId::Default(table.name.clone(), column.column.name.clone());
            self.edge(Some((Act::Drop, default.clone())), Some((Act::Alter, parent.clone())), None);
            for act in [Act::Create, Act::Alter] {
                for part in [&own, &default] {
                    self.edge(Some((act, parent.clone())), Some((Act::Alter, part.clone())), None);
                    self.edge(Some((act, parent.clone())), Some((Act::Create, part.clone())), None);
                }
            }
        }
    }

    /// Lets what happens to a table's columns wait.
    fn connect_to_columns(&mut self, first: &Node, table: &QualifiedName) {
        for column in self.columns_of(table) {
            for act in [Act::Drop, Act::Create, Act::Alter] {
                self.edge(Some(first.clone()), Some((act, column.clone())), None);
            }
        }
    }

    /// The columns of a table in either catalog.
    fn columns_of(&self, table: &QualifiedName) -> Vec<ObjectId> {
        let first = ObjectId::Column(table.clone(), String::new());
        let of_table = |id: &&ObjectId| matches!(id, ObjectId::Column(name, _) if name == table);
        self.states.range(first..).map(|(id, _)| id).take_while(of_table).cloned().collect()
    }

    /// A function that takes or returns rows of a table is checked against all of its columns.
    pub(super) fn connect_row_type(&mut self, function: &ObjectId, table: &QualifiedName) {
        let Some(arrival) = self.arrival(function) else { return };
        for column in self.columns_of(table) {
            for act in [Act::Drop, Act::Create, Act::Alter] {
                self.edge(Some((act, column.clone())), Some(arrival.clone()), None);
            }
        }
    }

    /// What follows from the names and from how things are made of each other.
    pub(super) fn connect_structure(&mut self, context: &Context<'_>) {
        let (before, after) = (self.before, self.after);
        for (id, object) in after {
            let arrival = self.arrival(id);
            if let Some(schema) = id.schema() {
                self.edge(self.arrival(&ObjectId::Schema(schema.to_owned())), arrival.clone(), None);
            }
            if let Object::Extension(extension) = object {
                self.edge(self.arrival(&ObjectId::Schema(extension.schema.clone())), arrival.clone(), None);
            }
            // What is said beside comes after what it is said of.
            let own = Some((Act::Create, id.clone()));
            if let Some(host) = self.comes_with.get(id).cloned() {
                self.edge(Some(host), own.clone(), None);
            }
            if let Object::Column(column) = object
                && column.column.inherited
            {
                self.connect_inherited(*column);
            }
            if let Object::ViewColumn(column) = object {
                let complete = (Act::Complete, ObjectId::View(column.view.name.clone()));
                self.edge(Some(complete), own.clone(), None);
                self.edge(
                    self.arrival(&ObjectId::View(column.view.name.clone())),
                    Some((Act::Alter, id.clone())),
                    None,
                );
            }
            for act in [Act::Fill, Act::Attach, Act::Finish, Act::Complete] {
                self.edge(own.clone(), Some((act, id.clone())), None);
                self.edge(Some((Act::Alter, id.clone())), Some((act, id.clone())), None);
            }
            if let Some(name) = relation(id, object) {
                self.connect_part(id, *object, name);
            }
            self.connect_whole(id, *object, context);
        }
        for (id, object) in before {
            if let Some(schema) = id.schema() {
                let schema = ObjectId::Schema(schema.to_owned());
                self.edge(self.departure(id), self.departure(&schema), None);
                self.edge(Some((Act::Aside, id.clone())), self.departure(&schema), None);
                self.edge(Some((Act::Alter, id.clone())), self.departure(&schema), None);
            }
            if let Object::Extension(extension) = object {
                let schema = ObjectId::Schema(extension.schema.clone());
                self.edge(self.departure(id), self.departure(&schema), None);
                self.edge(Some((Act::Alter, id.clone())), self.departure(&schema), None);
            }
            let drop = Some((Act::Drop, id.clone()));
            self.edge(Some((Act::Hollow, id.clone())), drop.clone(), None);
            for arrival in [Act::Create, Act::Alter] {
                self.edge(drop.clone(), Some((arrival, id.clone())), None);
                self.edge(Some((Act::Aside, id.clone())), Some((arrival, id.clone())), None);
                self.edge(Some((Act::Detach, id.clone())), Some((arrival, id.clone())), None);
            }
            for act in [Act::Create, Act::Fill, Act::Attach] {
                self.edge(Some((act, id.clone())), Some((Act::Discard, id.clone())), None);
            }
            self.edge(Some((Act::Aside, id.clone())), Some((Act::Discard, id.clone())), None);
            self.edge(Some((Act::Detach, id.clone())), Some((Act::Attach, id.clone())), None);
            if context.detoured.contains(id)
                && let Object::Column(column) = object
            {
                self.connect_detour(id, &column.column.data_type.name);
            }
            if let Some(name) = relation(id, object) {
                let parent = ObjectId::Table(name.clone());
                // What is dropped by itself must go while its table is where it was.
                self.edge(drop.clone(), self.parting(&parent), Some(id));
                self.edge(drop, self.parting(&ObjectId::View(name.clone())), Some(id));
                self.edge(self.departure(id).filter(|node| node.1 != parent), Some((Act::Detach, parent)), None);
            }
            if let Object::Constraint(constraint) = object
                && let Some(key) = constraint.constraint.foreign_key()
            {
                // Neither side can become unlogged or logged while it holds.
                let drop = Some((Act::Drop, id.clone()));
                self.edge(drop.clone(), Some((Act::Alter, constraint.table.id())), None);
                self.edge(drop, Some((Act::Alter, ObjectId::Table(key.references.clone()))), None);
            }
            if let Object::Publication(publication) = object {
                self.connect_unlogged(id, publication, context);
            }
            if let ObjectId::DomainConstraint(domain, _) = id {
                self.edge(Some((Act::Drop, id.clone())), self.parting(&ObjectId::Type(domain.clone())), None);
            }
            if let Object::Table(table) = object
                && let Some(part) = &table.partition_of
                && let Some(host) = self.gone_with.get(id).cloned()
            {
                self.edge(Some((Act::Aside, id.clone())), Some(host), None);
                let parent = ObjectId::Table(part.parent.clone());
                self.edge(Some((Act::Aside, id.clone())), Some((Act::Create, parent)), None);
            }
        }
    }

    /// A column that is text while the row type that it is of changes.
    fn connect_detour(&mut self, id: &ObjectId, row_type: &QualifiedName) {
        self.connect_to_columns(&(Act::Aside, id.clone()), row_type);
        for column in self.columns_of(row_type) {
            for act in [Act::Drop, Act::Create, Act::Alter] {
                self.edge(Some((act, column.clone())), Some((Act::Alter, id.clone())), None);
            }
        }
    }

    pub(super) fn connect_part(&mut self, id: &ObjectId, object: Object<'_>, name: &QualifiedName) {
        let own = Some((Act::Create, id.clone()));
        let altered = Some((Act::Alter, id.clone()));
        for parent in [ObjectId::Table(name.clone()), ObjectId::View(name.clone())] {
            let arrival = self.arrival(&parent).filter(|node| node.0 == Act::Create);
            self.edge(arrival.clone(), own.clone(), None);
            self.edge(arrival, altered.clone(), None);
            self.edge(Some((Act::Complete, parent.clone())), own.clone(), None);
            // Rows move in before indexes are built and triggers fire; whatever is said of the rows is checked after.
            self.edge(
                Some((Act::Fill, parent.clone())),
                own.clone().filter(|_| !matches!(object, Object::Column(_))),
                None,
            );
            if matches!(object, Object::Index(_) | Object::Constraint(_) | Object::Column(_) | Object::Default(_)) {
                self.edge(own.clone(), Some((Act::Attach, parent.clone())), None);
                self.edge(altered.clone(), Some((Act::Attach, parent.clone())), None);
            }
            if matches!(object, Object::Index(_) | Object::Constraint(_)) {
                self.edge(self.arrival(id), Some((Act::Finish, parent.clone())), None);
                self.edge(own.clone(), Some((Act::Finish, parent)), None);
            }
        }
        // A REVOKE on the whole takes the privilege from every column, too.
        for parent in [ObjectId::Table(name.clone()), ObjectId::View(name.clone())] {
            self.edge(Some((Act::Alter, parent)), own.clone().filter(|_| is_column(object)), None);
        }
        if let Object::Index(index) = object {
            self.connect_index_parts(id, index);
        }
    }

    /// Parts of a partitioned index are made before it, so that they keep their names.
    pub(super) fn connect_index_parts(&mut self, id: &ObjectId, index: IndexOf<'_>) {
        if let Some(parent) = &index.index.parent {
            let parent = ObjectId::Index(parent.clone());
            let own = (Act::Create, id.clone());
            self.edge(Some(own), Some((Act::Create, parent)), None);
        }
        if index.index.constraint.is_some() {
            return;
        }
        // Columns that the index stands on.
        for column in index.index.leading_columns().map(str::to_owned).chain(index.index.include.iter().cloned()) {
            let column = ObjectId::Column(index.on.name().clone(), column);
            self.edge(self.arrival(&column), self.arrival(id), Some(id));
        }
    }

    pub(super) fn connect_whole(&mut self, id: &ObjectId, object: Object<'_>, context: &Context<'_>) {
        match object {
            Object::Constraint(constraint) => {
                for column in &constraint.constraint.columns {
                    let column = ObjectId::Column(constraint.table.name.clone(), column.clone());
                    self.edge(self.arrival(&column), self.arrival(id), Some(id));
                }
                self.connect_foreign_key(id, constraint, context);
            }
            Object::Sequence(sequence) => {
                if let Some(owner) = &sequence.owned_by {
                    let column = ObjectId::Column(owner.table.clone(), owner.column.clone());
                    self.edge(self.arrival(&column), Some((Act::Finish, id.clone())), None);
                    let table = ObjectId::Table(owner.table.clone());
                    self.edge(self.arrival(&table), Some((Act::Finish, id.clone())), None);
                    // Before what it belonged to goes.
                    self.edge(Some((Act::Finish, id.clone())), Some((Act::Discard, table)), None);
                }
                if let Some(Object::Sequence(from)) = self.before.get(id)
                    && let Some(owner) = &from.owned_by
                {
                    let column = ObjectId::Column(owner.table.clone(), owner.column.clone());
                    self.edge(Some((Act::Finish, id.clone())), self.departure(&column), None);
                }
            }
            Object::Publication(publication) => {
                for name in publication.tables.keys() {
                    let table = (Act::Alter, ObjectId::Table(name.clone()));
                    for act in [Act::Create, Act::Alter] {
                        self.edge(Some(table.clone()), Some((act, id.clone())), None);
                    }
                }
            }
            Object::Role(role) => {
                for group in role.member_of.keys() {
                    self.edge(self.arrival(&ObjectId::Role(group.clone())), self.arrival(id), None);
                }
            }
            Object::Table(table) => {
                for parent in &table.inherits {
                    self.edge(self.arrival(&ObjectId::Table(parent.clone())), self.arrival(id), Some(id));
                }
                if let Some(part) = &table.partition_of {
                    let parent = ObjectId::Table(part.parent.clone());
                    let attach = (Act::Attach, id.clone());
                    let joins = if self.nodes.contains_key(&attach) { Some(attach) } else { self.arrival(id) };
                    self.edge(self.arrival(&parent), joins.clone(), None);
                    // Rows that move in find their partitions.
                    self.edge(joins, Some((Act::Fill, parent)), None);
                }
            }
            _ => {}
        }
    }

    /// The key that a foreign key points at must be there.
    pub(super) fn connect_foreign_key(&mut self, id: &ObjectId, constraint: ConstraintOf<'_>, context: &Context<'_>) {
        let Some(key) = constraint.constraint.foreign_key() else { return };
        let target = ObjectId::Table(key.references.clone());
        self.edge(self.arrival(&target), self.arrival(id), Some(id));
        // A logged table cannot point at an unlogged one.
        let (child, parent) = ((Act::Alter, constraint.table.id()), (Act::Alter, target.clone()));
        if constraint.table.unlogged {
            self.edge(Some(child), Some(parent), None);
        } else {
            self.edge(Some(parent), Some(child), None);
        }
        // Rows of both are in before they are checked.
        self.edge(Some((Act::Fill, target.clone())), Some((Act::Create, id.clone())), None);
        // It would lean on a key that is about to go, where that has the same columns.
        if let Some(table) = context.from.tables.get(&key.references) {
            for other in table.constraints.keys() {
                let other = ObjectId::Constraint(table.name.clone(), other.clone());
                self.edge(Some((Act::Drop, other)), self.arrival(id), None);
            }
            for index in table.indexes.values().filter(|index| index.unique && index.constraint.is_none()) {
                let index = ObjectId::Index(QualifiedName::new(&table.name.schema, &index.name));
                self.edge(Some((Act::Drop, index)), self.arrival(id), None);
            }
        }
        let Some(table) = context.to.tables.get(&key.references) else { return };
        let keys = table
            .constraints
            .values()
            .filter(|constraint| matches!(constraint.kind, ConstraintKind::PrimaryKey | ConstraintKind::Unique { .. }));
        for other in keys {
            let other = ObjectId::Constraint(table.name.clone(), other.name.clone());
            self.edge(self.arrival(&other), self.arrival(id), Some(id));
        }
        for index in table.indexes.values().filter(|index| index.unique && index.constraint.is_none()) {
            let index = ObjectId::Index(QualifiedName::new(&table.name.schema, &index.name));
            self.edge(self.arrival(&index), self.arrival(id), Some(id));
        }
    }

    /// What has the name of something new goes first.
    pub(super) fn connect_names(&mut self) {
        let mut old: BTreeMap<String, Vec<ObjectId>> = BTreeMap::new();
        for (id, object) in self.before {
            if self.goes(id) {
                for name in names(id, *object) {
                    old.entry(name).or_default().push(id.clone());
                }
            }
        }
        for (id, object) in self.after {
            if !self.comes(id) {
                continue;
            }
            for name in names(id, *object) {
                for other in old.get(&name).cloned().unwrap_or_default() {
                    let gone = self.parting(&other).map(|node| match node {
                        // With the table that it is on, it is out of the way.
                        (Act::Discard, parent) => (Act::Aside, parent),
                        node => node,
                    });
                    self.edge(gone, self.arrival(id), None);
                }
            }
        }
    }
}

fn is_column(object: Object<'_>) -> bool {
    matches!(object, Object::Column(_) | Object::ViewColumn(_))
}
