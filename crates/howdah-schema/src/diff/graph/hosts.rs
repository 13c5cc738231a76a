//! What comes and goes with something else: a column with its table, the index behind a constraint with it.

use super::{Act, Graph, Node};
use crate::catalog::{Column, ObjectId};
use crate::diff::Context;
use crate::diff::classify::State;
use crate::diff::inventory::{Handle, Side};
use crate::diff::object::{IdentityOf, Object};

impl Graph<'_, '_, '_> {
    /// Which objects come and go with others.
    pub(super) fn find_hosts(&mut self, context: &Context<'_>) {
        let inventory = self.inventory;
        for handle in inventory.handles().filter(|handle| self.goes(*handle)).collect::<Vec<_>>() {
            if let Some(object) = inventory.before(handle)
                && let Some(host) = self.host_of_old(handle, object, context)
            {
                self.gone_with.insert(handle, host);
            }
        }
        for handle in inventory.handles().filter(|handle| self.comes(*handle)).collect::<Vec<_>>() {
            if let Some(object) = inventory.after(handle)
                && let Some(host) = self.host_of_new(handle, object, context)
            {
                self.comes_with.insert(handle, host);
            }
        }
    }

    fn host_of_old(&self, handle: Handle, object: Object<'_>, context: &Context<'_>) -> Option<Node> {
        if self.apart_drop.contains(&handle) {
            return None;
        }
        let inventory = self.inventory;
        for parent in inventory.relations(Side::Before, handle) {
            match self.states[parent] {
                State::Drop | State::Replace => return Some((Act::Drop, parent)),
                State::Rewrite => {
                    let stays = match object {
                        Object::Column(_) | Object::Default(_) | Object::Index(_) | Object::IdentitySequence(_) => true,
                        Object::Constraint(constraint) => constraint.constraint.foreign_key().is_none(),
                        _ => false,
                    };
                    return stays.then_some((Act::Discard, parent));
                }
                _ => {}
            }
        }
        let dropped = |column: &Handle| self.is(*column, &State::Drop);
        match object {
            // A partition of a table that is made anew: its rows are in the new one.
            Object::Table(table) if self.is(handle, &State::Drop) => {
                let parent = inventory.table(&table.partition_of.as_ref()?.parent)?;
                self.is(parent, &State::Rewrite).then_some((Act::Discard, parent))
            }
            Object::DomainCheck(check) => {
                let domain = inventory.find(&ObjectId::Type(check.domain.name.clone()))?;
                match self.states[domain] {
                    State::Rewrite => Some((Act::Discard, domain)),
                    State::Drop | State::Replace => Some((Act::Drop, domain)),
                    _ => None,
                }
            }
            Object::Default(default) => {
                let column = inventory.column(&default.table.name, &default.column.name)?;
                self.goes(column).then_some((Act::Drop, column))
            }
            Object::IdentitySequence(identity) => {
                let column = numbered(identity)?;
                let column = inventory.column(&identity.table.name, &column.name)?;
                // Dropped with the column, or by what takes its identity away.
                Some(if self.goes(column) { (Act::Drop, column) } else { (Act::Alter, column) })
            }
            Object::Constraint(constraint) if self.is(handle, &State::Drop) => {
                let table = &constraint.table.name;
                let mut columns =
                    constraint.constraint.columns.iter().filter_map(|column| inventory.column(table, column));
                columns.find(dropped).map(|column| (Act::Drop, column))
            }
            Object::Index(index) => {
                if let Some(constraint) = &index.index.constraint {
                    let id = ObjectId::Constraint(index.on.name().clone(), constraint.clone());
                    return inventory.find(&id).and_then(|constraint| self.departure(constraint));
                }
                if let Some(parent) = index.index.parent.as_ref().filter(|_| !context.leaves(index.on.name())) {
                    let id = ObjectId::Index(parent.clone());
                    return inventory.find(&id).and_then(|parent| self.departure(parent));
                }
                if !self.is(handle, &State::Drop) {
                    return None;
                }
                let mut columns =
                    index.index.leading_columns().filter_map(|column| inventory.column(index.on.name(), column));
                columns.find(dropped).map(|column| (Act::Drop, column))
            }
            Object::Sequence(sequence) if self.is(handle, &State::Drop) => {
                let owner = sequence.owned_by.as_ref()?;
                let column = inventory.column(&owner.table, &owner.column)?;
                (self.is(column, &State::Drop)).then(|| self.departure(column)).flatten()
            }
            _ => None,
        }
    }

    fn host_of_new(&self, handle: Handle, object: Object<'_>, context: &Context<'_>) -> Option<Node> {
        let inventory = self.inventory;
        if context.apart.contains(inventory.id(handle)) {
            return None;
        }
        let made = |parent: Handle| self.comes(parent).then_some((Act::Create, parent));
        let relation = || inventory.relations(Side::After, handle).find(|parent| inventory.after(*parent).is_some());
        match object {
            Object::Column(column) => {
                let parent = made(relation()?)?;
                let inline = column.table.is_inline_column(column.column, context);
                (inline || column.column.inherited).then_some(parent)
            }
            Object::Default(default) => {
                let column = inventory.column(&default.table.name, &default.column.name)?;
                if !self.comes(column) {
                    return None;
                }
                let is_made = || relation().is_some_and(|table| self.comes(table));
                if default.column.inherited && default.table.partition_of.is_none() && is_made() {
                    // A child's own default for what its parent has.
                    return None;
                }
                Some(self.comes_with.get(&column).copied().unwrap_or((Act::Create, column)))
            }
            Object::ViewColumn(_) => made(relation()?),
            Object::Constraint(constraint) => {
                let parent = made(relation()?)?;
                let inherited = constraint.constraint.inherited;
                (inherited || constraint.table.is_inline(constraint.constraint, context)).then_some(parent)
            }
            Object::IdentitySequence(identity) => {
                let column = numbered(identity)?;
                let column = inventory.column(&identity.table.name, &column.name)?;
                if let Some(host) = self.comes_with.get(&column) {
                    return Some(*host);
                }
                Some(if self.comes(column) { (Act::Create, column) } else { (Act::Alter, column) })
            }
            Object::DomainCheck(check) => made(inventory.find(&ObjectId::Type(check.domain.name.clone()))?),
            Object::Index(index) => {
                let constraint = index.index.constraint.as_ref()?;
                let constraint = ObjectId::Constraint(index.on.name().clone(), constraint.clone());
                let constraint = inventory.find(&constraint).filter(|constraint| self.comes(*constraint))?;
                Some(self.comes_with.get(&constraint).copied().unwrap_or((Act::Create, constraint)))
            }
            _ => None,
        }
    }
}

/// The column that an identity sequence numbers.
fn numbered<'a>(identity: IdentityOf<'a>) -> Option<&'a Column> {
    identity.table.columns.iter().find(|column| {
        let sequence = column.identity.as_ref().and_then(|identity| identity.sequence.as_ref());
        sequence.is_some_and(|sequence| sequence.name == identity.sequence.name)
    })
}
