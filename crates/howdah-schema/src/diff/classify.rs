//! What becomes of each object, and what that does to those that need it.

use super::Context;
use super::kinds::table::has_automatic_names;
use super::object::{Change, ColumnOf, Object};
use super::objects::Objects;
use super::step::Step;
use crate::catalog::{Catalog, Column, Index, IndexTarget, ObjectId, Table, TypeKind};
use crate::sql::split::tokens;
use crate::{Ident, QualifiedName};
use std::collections::{BTreeMap, BTreeSet};

/// What becomes of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum State {
    /// It stays; its owner, privileges and comment may change.
    Same,
    /// It is changed in place.
    Alter(Vec<Step>),
    /// It is made.
    Create,
    /// It goes.
    Drop,
    /// It is dropped and made again.
    Replace,
    /// It is made beside itself; rows and columns are carried over.
    Rewrite,
}

impl State {
    /// Whether there is an old one that goes.
    pub(super) fn goes(&self) -> bool {
        matches!(self, Self::Drop | Self::Replace | Self::Rewrite)
    }

    /// Whether there is a new one that comes.
    pub(super) fn comes(&self) -> bool {
        matches!(self, Self::Create | Self::Replace | Self::Rewrite)
    }
}

pub(super) type States = BTreeMap<ObjectId, State>;

/// Needed → dependents.
pub(super) type Dependents = BTreeMap<ObjectId, BTreeSet<ObjectId>>;

/// The dependencies among these objects, with a generation expression's counted as its column's. Parts of one partitioned
/// index or constraint follow from each other's tables and are left out.
pub(super) fn needs(catalog: &Catalog, objects: &Objects<'_>) -> BTreeSet<(ObjectId, ObjectId)> {
    let own = |id: &ObjectId| match id {
        ObjectId::Default(relation, column) if !objects.contains_key(id) => {
            ObjectId::Column(relation.clone(), column.clone())
        }
        _ => id.clone(),
    };
    let pairs = catalog.dependencies.iter().map(|(dependent, needed)| (own(dependent), own(needed)));
    let known = pairs.filter(|(dependent, needed)| {
        let parts = matches!(
            (dependent, needed),
            (ObjectId::Index(_), ObjectId::Index(_))
                | (ObjectId::Trigger(..), ObjectId::Trigger(..))
                | (ObjectId::Index(_), ObjectId::Constraint(..))
        ) || is_part_of_constraint(objects, dependent, needed);
        // A sequence that is owned by a column belongs to it; it does not need it.
        let owned = matches!(dependent, ObjectId::Sequence(_));
        !parts && !owned && dependent != needed && objects.contains_key(dependent) && objects.contains_key(needed)
    });
    let mut needs: BTreeSet<(ObjectId, ObjectId)> = known.collect();
    // A column's own default needs it; the server does not say so of plain ones in all versions.
    for id in objects.keys() {
        if let ObjectId::Default(relation, column) = id {
            needs.insert((id.clone(), ObjectId::Column(relation.clone(), column.clone())));
        }
    }
    needs
}

fn is_part_of_constraint(objects: &Objects<'_>, dependent: &ObjectId, needed: &ObjectId) -> bool {
    match (dependent, needed, objects.get(dependent)) {
        (ObjectId::Constraint(..), ObjectId::Constraint(..), Some(Object::Constraint(part))) => {
            part.constraint.inherited
        }
        _ => false,
    }
}

pub(super) fn classify(before: &Objects<'_>, after: &Objects<'_>, context: &mut Context<'_>) -> States {
    let mut states = States::new();
    for (id, from) in before {
        let state = match after.get(id) {
            None => State::Drop,
            Some(to) => changed(*from, *to, context),
        };
        states.insert(id.clone(), state);
    }
    for id in after.keys() {
        if !before.contains_key(id) {
            states.insert(id.clone(), State::Create);
        }
    }
    if context.from.current_role.is_empty() {
        public_is_there(&mut states);
    }
    let mut dependents = Dependents::new();
    for (dependent, needed) in needs(context.from, before) {
        dependents.entry(needed).or_default().insert(dependent);
    }
    Spread { before, after, dependents, context, states: &mut states, done: BTreeSet::new() }.run();
    partitions(&states, context);
    states
}

/// Every database has it; a catalog that was read from none may not say so.
fn public_is_there(states: &mut States) {
    let public = ObjectId::Schema("public".to_owned());
    if states.get(&public) == Some(&State::Create) {
        states.insert(public, State::Same);
    }
}

fn changed<'a>(from: Object<'a>, to: Object<'a>, context: &Context<'_>) -> State {
    match from.change(to, context) {
        Change::Same => State::Same,
        Change::Alter(steps) => State::Alter(steps),
        Change::Replace => State::Replace,
        Change::Rewrite => State::Rewrite,
    }
}

/// How the new partitions are made.
fn partitions(states: &States, context: &mut Context<'_>) {
    let to = context.to;
    for table in to.tables.values() {
        let Some(parent) = table.partition_of.as_ref().and_then(|part| to.tables.get(&part.parent)) else { continue };
        if !states.get(&table.id()).is_some_and(State::comes) {
            continue;
        }
        // What is made beside its old self is never attached to what goes.
        let set = if has_automatic_names(table, parent) { &mut context.parted } else { &mut context.attached };
        set.insert(table.id());
    }
}

/// What happens to an object, as those see it who need it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    /// It goes for good.
    Goes,
    /// It is dropped and made again.
    Remade,
    /// It is made beside itself.
    Rewritten,
    /// The values of a column are converted.
    Retyped,
}

/// Carries changes on to dependents.
struct Spread<'s, 'a, 'c> {
    before: &'s Objects<'a>,
    after: &'s Objects<'a>,
    dependents: Dependents,
    context: &'s mut Context<'c>,
    states: &'s mut States,
    done: BTreeSet<(ObjectId, Event)>,
}

impl Spread<'_, '_, '_> {
    fn run(mut self) {
        self.replace_wholes();
        let mut queue: Vec<(ObjectId, Event)> = Vec::new();
        for (id, state) in self.states.iter() {
            match state {
                State::Drop => queue.push((id.clone(), Event::Goes)),
                State::Replace => queue.push((id.clone(), Event::Remade)),
                State::Rewrite => queue.push((id.clone(), Event::Rewritten)),
                _ => {}
            }
            if self.is_retyped(id) {
                queue.push((id.clone(), Event::Retyped));
            }
        }
        while let Some((id, event)) = queue.pop() {
            if !self.done.insert((id.clone(), event)) {
                continue;
            }
            let event = self.settle(&id, event);
            if let (ObjectId::Column(table, _), Event::Retyped | Event::Remade) = (&id, event) {
                queue.extend(self.row_type_columns(table));
            }
            if let (ObjectId::Column(table, column), Event::Retyped) = (&id, event)
                && let Some(whole) = self.partitioned_by(table, column)
            {
                queue.push((whole, Event::Rewritten));
            }
            for part in self.parts(&id, event) {
                // A part that would go in any case is gone before the whole comes back, too.
                if self.states.get(&part).is_some_and(|state| !state.goes()) {
                    self.states.insert(part.clone(), State::Replace);
                }
                queue.push((part, Event::Remade));
            }
            for dependent in self.dependents.get(&id).cloned().unwrap_or_default() {
                if let Some(next) = self.effect(&id, event, &dependent) {
                    queue.push((dependent, next));
                }
            }
        }
    }

    /// A part of a partitioned index cannot go while the whole stays, unless its table leaves.
    fn replace_wholes(&mut self) {
        loop {
            let wholes = self.before.iter().filter_map(|(id, object)| {
                let Object::Index(part) = object else { return None };
                let whole = ObjectId::Index(part.index.parent.clone()?);
                let table = ObjectId::Table(part.on.name().clone());
                let leaves = match (self.before.get(&table), self.after.get(&table)) {
                    (Some(Object::Table(from)), Some(Object::Table(to))) => from.partition_of != to.partition_of,
                    _ => true,
                };
                let stays = self.states.get(&whole).is_some_and(|state| !state.goes());
                (self.states.get(id).is_some_and(State::goes) && stays && !leaves).then_some(whole)
            });
            let wholes: Vec<ObjectId> = wholes.collect();
            if wholes.is_empty() {
                return;
            }
            self.states.extend(wholes.into_iter().map(|whole| (whole, State::Replace)));
        }
    }

    /// Columns of other tables that hold rows of this one: PostgreSQL does not convert a table's column under them.
    fn row_type_columns(&mut self, table: &QualifiedName) -> Vec<(ObjectId, Event)> {
        let dependents = self.dependents.get(&ObjectId::Table(table.clone())).cloned().unwrap_or_default();
        let mut found = Vec::new();
        for id in dependents {
            let (Some(Object::Column(from)), Some(Object::Column(to))) = (self.before.get(&id), self.after.get(&id))
            else {
                continue;
            };
            let (from, to) = (*from, *to);
            if from.table.name != *table
                && !self.states.get(&id).is_some_and(State::goes)
                && self.context.detoured.insert(id.clone())
            {
                found.extend(self.retype(&id, from, to).map(|event| (id.clone(), event)));
            }
        }
        found
    }

    /// A type that no column of a table and no other type is made of needs no detour.
    fn settle(&mut self, id: &ObjectId, event: Event) -> Event {
        if event != Event::Rewritten {
            return event;
        }
        let is_type = matches!(id, ObjectId::Type(_) | ObjectId::Collation(_));
        let holds = |dependent: &ObjectId| match dependent {
            ObjectId::Type(_) => true,
            ObjectId::Column(..) => matches!(self.before.get(dependent), Some(Object::Column(_))),
            _ => false,
        };
        let held = self.dependents.get(id).is_some_and(|dependents| dependents.iter().any(holds));
        if is_type && !held {
            self.states.insert(id.clone(), State::Replace);
            return Event::Remade;
        }
        self.context.rewritten.insert(id.clone());
        self.states.insert(id.clone(), State::Rewrite);
        event
    }

    /// What comes and goes with the object.
    fn parts(&self, id: &ObjectId, event: Event) -> Vec<ObjectId> {
        if !matches!(event, Event::Remade | Event::Rewritten) {
            return Vec::new();
        }
        let is_part = |part: &ObjectId, object: &Object<'_>| match id {
            ObjectId::Index(name) => {
                matches!(object, Object::Index(index) if index.index.parent.as_ref() == Some(name))
            }
            ObjectId::Table(name) | ObjectId::View(name) => relation(part, object) == Some(name),
            ObjectId::Type(name) => matches!(part, ObjectId::DomainConstraint(domain, _) if domain == name),
            _ => false,
        };
        let parts = self.before.iter().filter(|(part, object)| is_part(part, object) && *part != id);
        parts.map(|(part, _)| part.clone()).collect()
    }

    /// The topmost table to be made anew when the values of this column are converted: rows are where they are because of them.
    fn partitioned_by(&self, table: &QualifiedName, column: &str) -> Option<ObjectId> {
        let tables = &self.context.from.tables;
        let mut table = tables.get(table)?;
        let key = table.partition_key.as_deref()?;
        let quoted = Ident::new(column).to_string();
        if !tokens(key).any(|token| key[token.span] == quoted) {
            return None;
        }
        while let Some(parent) = table.partition_of.as_ref().and_then(|part| tables.get(&part.parent)) {
            table = parent;
        }
        let id = table.id();
        self.after.contains_key(&id).then_some(id)
    }

    fn is_retyped(&self, id: &ObjectId) -> bool {
        match (self.before.get(id), self.after.get(id)) {
            (Some(Object::Column(from)), Some(Object::Column(to))) => from.changes_type(*to, self.context),
            _ => false,
        }
    }

    /// What `event` does to `dependent`; `None` if nothing.
    fn effect(&mut self, id: &ObjectId, event: Event, dependent: &ObjectId) -> Option<Event> {
        let state = self.states.get(dependent)?.clone();
        if state.goes() && state != State::Rewrite {
            return None;
        }
        let replace = |this: &mut Self| {
            this.states.insert(dependent.clone(), State::Replace);
            Some(Event::Remade)
        };
        match (self.before.get(dependent)?, event) {
            (Object::Column(from), Event::Rewritten | Event::Remade) if from.column.generated.is_none() => {
                let from = *from;
                let Some(Object::Column(to)) = self.after.get(dependent) else { return None };
                self.retype(dependent, from, *to)
            }
            // A generated column is computed from others, or by functions.
            (Object::Column(from), _) if from.column.generated.is_some() => {
                let from = *from;
                // Goes: what it needs now is not what it needed.
                if event == Event::Goes && matches!(state, State::Alter(_)) {
                    return None;
                }
                if !matches!(id, ObjectId::Type(_) | ObjectId::Collation(_)) || event != Event::Rewritten {
                    return replace(self);
                }
                let Some(Object::Column(to)) = self.after.get(dependent) else { return None };
                self.retype(dependent, from, *to)
            }
            (Object::Column(_), _) => None,
            (Object::Enum(_) | Object::Domain(_) | Object::Composite(_) | Object::Range(_), Event::Rewritten) => {
                self.states.insert(dependent.clone(), State::Rewrite);
                Some(Event::Rewritten)
            }
            (Object::Table(table), Event::Rewritten) => {
                let moves = is_partition_of(table, id) && self.after.contains_key(dependent);
                if !moves {
                    return None;
                }
                self.states.insert(dependent.clone(), State::Rewrite);
                Some(Event::Rewritten)
            }
            (Object::Table(_) | Object::Sequence(_) | Object::IdentitySequence(_), _) => None,
            // The server rebuilds these itself when a column's values are converted.
            (Object::Index(index), Event::Retyped) if !has_expressions(index.index) => None,
            (Object::Constraint(constraint), Event::Retyped) => {
                constraint.constraint.foreign_key().is_some().then(|| replace(self)).flatten()
            }
            (Object::Default(from), Event::Retyped) => {
                let kept = match self.after.get(dependent) {
                    Some(Object::Default(to)) => {
                        let plain = |column: &Column| {
                            column.data_type.kind == TypeKind::Base && column.data_type.name.schema == "pg_catalog"
                        };
                        state == State::Same && plain(from.column) && plain(to.column)
                    }
                    _ => false,
                };
                if kept { None } else { replace(self) }
            }
            // The server checks what it returns when it is replaced, against what is still there.
            (Object::Function(_), Event::Goes) if matches!(id, ObjectId::Column(..)) => replace(self),
            // Its successor of the same name takes its place first, and the name must mean one of them.
            (_, Event::Goes) if self.has_new_overload(id) => replace(self),
            // What it has become does without it.
            (_, Event::Goes) if matches!(state, State::Alter(_)) => None,
            _ => replace(self),
        }
    }

    /// Whether a function goes and another of its name comes.
    fn has_new_overload(&self, id: &ObjectId) -> bool {
        let ObjectId::Function(gone) = id else { return false };
        self.states.iter().any(|(id, state)| match id {
            ObjectId::Function(new) => *state == State::Create && new.name == gone.name,
            _ => false,
        })
    }

    fn retype(&mut self, id: &ObjectId, from: ColumnOf<'_>, to: ColumnOf<'_>) -> Option<Event> {
        // Recomputed, because what is rewritten has become more.
        let state = match super::object::Kind::change(from, to, self.context) {
            Change::Same => State::Same,
            Change::Alter(steps) => State::Alter(steps),
            Change::Replace | Change::Rewrite => State::Replace,
        };
        let event = if state == State::Replace { Event::Remade } else { Event::Retyped };
        self.states.insert(id.clone(), state);
        (event == Event::Remade || from.changes_type(to, self.context)).then_some(event)
    }
}

/// An expression may not fit the new type before all of it is changed.
fn has_expressions(index: &Index) -> bool {
    index.predicate.is_some() || index.keys.iter().any(|key| matches!(key.target, IndexTarget::Expression(_)))
}

fn is_partition_of(table: &Table, id: &ObjectId) -> bool {
    table.partition_of.as_ref().is_some_and(|part| ObjectId::Table(part.parent.clone()) == *id)
}

/// The table or view that an object is a part of.
pub(super) fn relation<'i>(id: &'i ObjectId, object: &Object<'i>) -> Option<&'i QualifiedName> {
    match (id, object) {
        (
            ObjectId::Column(name, _)
            | ObjectId::Default(name, _)
            | ObjectId::Constraint(name, _)
            | ObjectId::Rule(name, _)
            | ObjectId::Trigger(name, _)
            | ObjectId::Policy(name, _),
            _,
        ) => Some(name),
        (_, Object::Index(index)) => Some(index.on.name()),
        (_, Object::IdentitySequence(identity)) => Some(&identity.table.name),
        _ => None,
    }
}
