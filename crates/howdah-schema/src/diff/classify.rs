//! What becomes of each object, and what that does to those that need it.

use super::Context;
use super::inventory::{Handle, Inventory, Side};
use super::kinds::table::has_automatic_names;
use super::object::{Change, ColumnOf, Object};
use super::step::Step;
use crate::catalog::{Column, Index, IndexTarget, ObjectId, Signature, Table, TypeKind};
use crate::sql::split::tokens;
use crate::{Ident, QualifiedName};
use std::cell::OnceCell;
use std::collections::HashSet;
use std::ops::{Index as At, IndexMut as AtMut};

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

/// What becomes of every object.
#[derive(Debug)]
pub(super) struct States(Vec<State>);

impl At<Handle> for States {
    type Output = State;

    fn index(&self, handle: Handle) -> &State {
        &self.0[handle.index()]
    }
}

impl AtMut<Handle> for States {
    fn index_mut(&mut self, handle: Handle) -> &mut State {
        &mut self.0[handle.index()]
    }
}

/// A dependent and what it needs.
pub(super) type Need = (Handle, Handle);

/// The dependencies among the objects of one catalog, with a generation expression's counted as its column's. Parts of one
/// partitioned index or constraint follow from each other's tables and are left out.
pub(super) fn needs(inventory: &Inventory<'_, '_>, side: Side, context: &Context<'_>) -> Vec<Need> {
    let catalog = match side {
        Side::Before => context.from,
        Side::After => context.to,
    };
    let known = |handle: &Handle| inventory.get(side, *handle).is_some();
    let find = |id: &ObjectId| match (id, inventory.find(id).filter(known)) {
        (ObjectId::Default(relation, column), None) => inventory.column(relation, column).filter(known),
        (_, found) => found,
    };
    let mut needs = Vec::new();
    for (dependent, all) in catalog.dependencies.by_dependent() {
        // A sequence that is owned by a column belongs to it; it does not need it.
        let Some(from) = find(dependent).filter(|_| !matches!(dependent, ObjectId::Sequence(_))) else { continue };
        for needed in all {
            let to = find(needed).filter(|to| *to != from && !is_part_of_whole(inventory, side, from, needed));
            needs.extend(to.map(|to| (from, to)));
        }
    }
    // A column's own default needs it; the server does not say so of plain ones in all versions.
    for handle in inventory.handles().filter(known) {
        if let ObjectId::Default(relation, column) = inventory.id(handle) {
            needs.extend(inventory.column(relation, column).map(|column| (handle, column)));
        }
    }
    needs.sort_unstable();
    needs.dedup();
    needs
}

fn is_part_of_whole(inventory: &Inventory<'_, '_>, side: Side, part: Handle, whole: &ObjectId) -> bool {
    match (inventory.id(part), whole) {
        (ObjectId::Index(_), ObjectId::Index(_) | ObjectId::Constraint(..)) => true,
        (ObjectId::Trigger(..), ObjectId::Trigger(..)) => true,
        (ObjectId::Constraint(..), ObjectId::Constraint(..)) => {
            matches!(inventory.get(side, part), Some(Object::Constraint(part)) if part.constraint.inherited)
        }
        _ => false,
    }
}

/// Judges every object. `needs` is what the old objects need.
pub(super) fn classify(inventory: &Inventory<'_, '_>, needs: &[Need], context: &mut Context<'_>) -> States {
    let state = |handle| match (inventory.before(handle), inventory.after(handle)) {
        (Some(_), Some(_)) if inventory.is_untouched(handle) => State::Same,
        (Some(from), Some(to)) => changed(from, to, context),
        (Some(_), None) => State::Drop,
        (None, _) => State::Create,
    };
    let mut states = States(inventory.handles().map(state).collect());
    if context.from.current_role.is_empty() {
        public_is_there(inventory, &mut states);
    }
    Spread::new(inventory, needs, context, &mut states).run();
    partitions(inventory, &states, context);
    states
}

/// Every database has it; a catalog that was read from none may not say so.
fn public_is_there(inventory: &Inventory<'_, '_>, states: &mut States) {
    let public = inventory.find(&ObjectId::Schema("public".to_owned()));
    if let Some(public) = public.filter(|public| states[*public] == State::Create) {
        states[public] = State::Same;
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
fn partitions(inventory: &Inventory<'_, '_>, states: &States, context: &mut Context<'_>) {
    let to = context.to;
    for table in to.tables.values() {
        let Some(parent) = table.partition_of.as_ref().and_then(|part| to.tables.get(&part.parent)) else { continue };
        if !inventory.table(&table.name).is_some_and(|handle| states[handle].comes()) {
            continue;
        }
        // What is made beside its old self is never attached to what goes.
        let set = if has_automatic_names(table, parent) { &mut context.parted } else { &mut context.attached };
        set.insert(table.id());
    }
}

/// What happens to an object, as those see it who need it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
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
struct Spread<'s, 'i, 'a, 'c> {
    inventory: &'s Inventory<'i, 'a>,
    /// Of each old object those that need it.
    dependents: Vec<Vec<Handle>>,
    /// Of each old object its old parts; made when first asked for.
    parts: OnceCell<Vec<Vec<Handle>>>,
    context: &'s mut Context<'c>,
    states: &'s mut States,
    done: HashSet<(Handle, Event)>,
}

impl<'s, 'i, 'a, 'c> Spread<'s, 'i, 'a, 'c> {
    fn new(
        inventory: &'s Inventory<'i, 'a>,
        needs: &[Need],
        context: &'s mut Context<'c>,
        states: &'s mut States,
    ) -> Self {
        let mut dependents = vec![Vec::new(); inventory.len()];
        for (dependent, needed) in needs {
            dependents[needed.index()].push(*dependent);
        }
        Self { inventory, dependents, parts: OnceCell::new(), context, states, done: HashSet::new() }
    }

    fn run(mut self) {
        self.replace_wholes();
        let mut queue: Vec<(Handle, Event)> = Vec::new();
        for handle in self.inventory.handles() {
            match self.states[handle] {
                State::Drop => queue.push((handle, Event::Goes)),
                State::Replace => queue.push((handle, Event::Remade)),
                State::Rewrite => queue.push((handle, Event::Rewritten)),
                State::Same if self.inventory.is_untouched(handle) => continue,
                _ => {}
            }
            if self.is_retyped(handle) {
                queue.push((handle, Event::Retyped));
            }
        }
        while let Some((handle, event)) = queue.pop() {
            if !self.done.insert((handle, event)) {
                continue;
            }
            let event = self.settle(handle, event);
            let id = self.inventory.id(handle);
            if let (ObjectId::Column(table, _), Event::Retyped | Event::Remade) = (id, event) {
                queue.extend(self.row_type_columns(table));
            }
            if let (ObjectId::Column(table, column), Event::Retyped) = (id, event)
                && let Some(whole) = self.partitioned_by(table, column)
            {
                queue.push((whole, Event::Rewritten));
            }
            if matches!(event, Event::Remade | Event::Rewritten) {
                for part in self.parts(handle).to_vec() {
                    // A part that would go in any case is gone before the whole comes back, too.
                    if !self.states[part].goes() {
                        self.states[part] = State::Replace;
                    }
                    queue.push((part, Event::Remade));
                }
            }
            for dependent in self.dependents[handle.index()].clone() {
                if let Some(next) = self.effect(handle, event, dependent) {
                    queue.push((dependent, next));
                }
            }
        }
    }

    /// A part of a partitioned index cannot go while the whole stays, unless its table leaves.
    fn replace_wholes(&mut self) {
        loop {
            let wholes = self.inventory.handles().filter_map(|handle| {
                let Some(Object::Index(part)) = self.inventory.before(handle) else { return None };
                if !self.states[handle].goes() {
                    return None;
                }
                let whole = self.inventory.find(&ObjectId::Index(part.index.parent.clone()?))?;
                let table = self.inventory.table(part.on.name())?;
                let leaves = match (self.inventory.before(table), self.inventory.after(table)) {
                    (Some(Object::Table(from)), Some(Object::Table(to))) => from.partition_of != to.partition_of,
                    _ => true,
                };
                (!self.states[whole].goes() && !leaves).then_some(whole)
            });
            let wholes: Vec<Handle> = wholes.collect();
            if wholes.is_empty() {
                return;
            }
            for whole in wholes {
                self.states[whole] = State::Replace;
            }
        }
    }

    /// Columns of other tables that hold rows of this one: PostgreSQL does not convert a table's column under them.
    fn row_type_columns(&mut self, table: &QualifiedName) -> Vec<(Handle, Event)> {
        let Some(rows_of) = self.inventory.table(table) else { return Vec::new() };
        let mut found = Vec::new();
        for handle in self.dependents[rows_of.index()].clone() {
            let (Some(Object::Column(from)), Some(Object::Column(to))) =
                (self.inventory.before(handle), self.inventory.after(handle))
            else {
                continue;
            };
            if from.table.name != *table
                && !self.states[handle].goes()
                && self.context.detoured.insert(self.inventory.id(handle).clone())
            {
                found.extend(self.retype(handle, from, to).map(|event| (handle, event)));
            }
        }
        found
    }

    /// A type that no column of a table and no other type is made of needs no detour.
    fn settle(&mut self, handle: Handle, event: Event) -> Event {
        if event != Event::Rewritten {
            return event;
        }
        let id = self.inventory.id(handle);
        let is_type = matches!(id, ObjectId::Type(_) | ObjectId::Collation(_));
        let holds = |dependent: &Handle| match self.inventory.id(*dependent) {
            ObjectId::Type(_) => true,
            ObjectId::Column(..) => matches!(self.inventory.before(*dependent), Some(Object::Column(_))),
            _ => false,
        };
        let held = self.dependents[handle.index()].iter().any(holds);
        if is_type && !held {
            self.states[handle] = State::Replace;
            return Event::Remade;
        }
        self.context.rewritten.insert(id.clone());
        self.states[handle] = State::Rewrite;
        event
    }

    /// What comes and goes with an old object.
    fn parts(&self, whole: Handle) -> &[Handle] {
        let parts = self.parts.get_or_init(|| {
            let mut parts = vec![Vec::new(); self.inventory.len()];
            for part in self.inventory.handles() {
                let Some(object) = self.inventory.before(part) else { continue };
                for whole in self.inventory.relations(Side::Before, part) {
                    parts[whole.index()].push(part);
                }
                let whole = match (self.inventory.id(part), object) {
                    (_, Object::Index(index)) => index.index.parent.clone().map(ObjectId::Index),
                    (ObjectId::DomainConstraint(domain, _), _) => Some(ObjectId::Type(domain.clone())),
                    _ => None,
                };
                if let Some(whole) = whole.and_then(|whole| self.inventory.find(&whole)) {
                    parts[whole.index()].push(part);
                }
            }
            parts
        });
        &parts[whole.index()]
    }

    /// The topmost table to be made anew when the values of this column are converted: rows are where they are because of them.
    fn partitioned_by(&self, table: &QualifiedName, column: &str) -> Option<Handle> {
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
        self.inventory.table(&table.name).filter(|handle| self.inventory.after(*handle).is_some())
    }

    fn is_retyped(&self, handle: Handle) -> bool {
        match (self.inventory.before(handle), self.inventory.after(handle)) {
            (Some(Object::Column(from)), Some(Object::Column(to))) => from.changes_type(to, self.context),
            _ => false,
        }
    }

    /// What `event` does to `dependent`; `None` if nothing.
    fn effect(&mut self, needed: Handle, event: Event, dependent: Handle) -> Option<Event> {
        let id = self.inventory.id(needed);
        let after = self.inventory.after(dependent);
        let state = &self.states[dependent];
        if state.goes() && *state != State::Rewrite {
            return None;
        }
        let is_altered = matches!(state, State::Alter(_));
        let is_same = *state == State::Same;
        match (self.inventory.before(dependent)?, event) {
            (Object::Column(from), Event::Rewritten | Event::Remade) if from.column.generated.is_none() => {
                let Some(Object::Column(to)) = after else { return None };
                self.retype(dependent, from, to)
            }
            // A generated column is computed from others, or by functions.
            (Object::Column(from), _) if from.column.generated.is_some() => {
                // Goes: what it needs now is not what it needed.
                if event == Event::Goes && is_altered {
                    return None;
                }
                if !matches!(id, ObjectId::Type(_) | ObjectId::Collation(_)) || event != Event::Rewritten {
                    return self.replace(dependent);
                }
                let Some(Object::Column(to)) = after else { return None };
                self.retype(dependent, from, to)
            }
            (Object::Column(_), _) => None,
            (Object::Enum(_) | Object::Domain(_) | Object::Composite(_) | Object::Range(_), Event::Rewritten) => {
                self.states[dependent] = State::Rewrite;
                Some(Event::Rewritten)
            }
            (Object::Table(table), Event::Rewritten) => {
                if !is_partition_of(table, id) || after.is_none() {
                    return None;
                }
                self.states[dependent] = State::Rewrite;
                Some(Event::Rewritten)
            }
            (Object::Table(_) | Object::Sequence(_) | Object::IdentitySequence(_), _) => None,
            // The server rebuilds these itself when a column's values are converted.
            (Object::Index(index), Event::Retyped) if !has_expressions(index.index) => None,
            (Object::Constraint(constraint), Event::Retyped) => {
                constraint.constraint.foreign_key().is_some().then(|| self.replace(dependent)).flatten()
            }
            (Object::Default(from), Event::Retyped) => {
                let kept = match after {
                    Some(Object::Default(to)) => {
                        let plain = |column: &Column| {
                            column.data_type.kind == TypeKind::Base && column.data_type.name.schema == "pg_catalog"
                        };
                        is_same && plain(from.column) && plain(to.column)
                    }
                    _ => false,
                };
                if kept { None } else { self.replace(dependent) }
            }
            // The server checks what it returns when it is replaced, against what is still there.
            (Object::Function(_), Event::Goes) if matches!(id, ObjectId::Column(..)) => self.replace(dependent),
            // Its successor of the same name takes its place first, and the name must mean one of them.
            (_, Event::Goes) if self.has_new_overload(id) => self.replace(dependent),
            // What it has become does without it.
            (_, Event::Goes) if is_altered => None,
            _ => self.replace(dependent),
        }
    }

    #[expect(clippy::unnecessary_wraps, reason = "what becomes of a dependent is an event or none")]
    fn replace(&mut self, handle: Handle) -> Option<Event> {
        self.states[handle] = State::Replace;
        Some(Event::Remade)
    }

    /// Whether a function goes and another of its name comes.
    fn has_new_overload(&self, id: &ObjectId) -> bool {
        let ObjectId::Function(gone) = id else { return false };
        let first = ObjectId::Function(Signature { name: gone.name.clone(), arguments: String::new() });
        let named = |id: &ObjectId| matches!(id, ObjectId::Function(new) if new.name == gone.name);
        self.inventory.run(&first, named).any(|handle| self.states[handle] == State::Create)
    }

    fn retype(&mut self, handle: Handle, from: ColumnOf<'_>, to: ColumnOf<'_>) -> Option<Event> {
        // Recomputed, because what is rewritten has become more.
        let state = match super::object::Kind::change(from, to, self.context) {
            Change::Same => State::Same,
            Change::Alter(steps) => State::Alter(steps),
            Change::Replace | Change::Rewrite => State::Replace,
        };
        let event = if state == State::Replace { Event::Remade } else { Event::Retyped };
        self.states[handle] = state;
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
