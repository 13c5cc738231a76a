//! What comes and goes with something else: a column with its table, the index behind a constraint with it.

use super::{Act, Graph, Node};
use crate::QualifiedName;
use crate::catalog::{Column, ObjectId};
use crate::diff::Context;
use crate::diff::classify::{State, relation};
use crate::diff::object::{IdentityOf, Object};

impl Graph<'_, '_> {
    /// Which objects come and go with others.
    pub(super) fn find_hosts(&mut self, context: &Context<'_>) {
        let (before, after) = (self.before, self.after);
        for (id, object) in before {
            if self.goes(id)
                && let Some(host) = self.host_of_old(id, *object)
            {
                self.gone_with.insert(id.clone(), host);
            }
        }
        for (id, object) in after {
            if self.comes(id)
                && let Some(host) = self.host_of_new(id, *object, context)
            {
                self.comes_with.insert(id.clone(), host);
            }
        }
    }

    pub(super) fn host_of_old(&self, id: &ObjectId, object: Object<'_>) -> Option<Node> {
        if self.apart_drop.contains(id) {
            return None;
        }
        if let Some(name) = relation(id, &object) {
            for parent in [ObjectId::Table(name.clone()), ObjectId::View(name.clone())] {
                match self.state(&parent) {
                    Some(State::Drop | State::Replace) => return Some((Act::Drop, parent)),
                    Some(State::Rewrite) => {
                        let stays = match object {
                            Object::Column(_) | Object::Default(_) | Object::Index(_) | Object::IdentitySequence(_) => {
                                true
                            }
                            Object::Constraint(constraint) => constraint.constraint.foreign_key().is_none(),
                            _ => false,
                        };
                        return stays.then_some((Act::Discard, parent));
                    }
                    _ => {}
                }
            }
        }
        let table_column = |name: &QualifiedName, column: &str| ObjectId::Column(name.clone(), column.to_owned());
        match object {
            // A partition of a table that is made anew: its rows are in the new one.
            Object::Table(table) if self.is(id, &State::Drop) => {
                let parent = ObjectId::Table(table.partition_of.as_ref()?.parent.clone());
                self.is(&parent, &State::Rewrite).then_some((Act::Discard, parent))
            }
            Object::DomainCheck(check) => {
                let domain = ObjectId::Type(check.domain.name.clone());
                match self.state(&domain) {
                    Some(State::Rewrite) => Some((Act::Discard, domain)),
                    Some(State::Drop | State::Replace) => Some((Act::Drop, domain)),
                    _ => None,
                }
            }
            Object::Default(default) => {
                let column = table_column(&default.table.name, &default.column.name);
                self.goes(&column).then_some((Act::Drop, column))
            }
            Object::IdentitySequence(identity) => {
                let column = numbered(identity)?;
                let column = table_column(&identity.table.name, &column.name);
                // Dropped with the column, or by what takes its identity away.
                Some(if self.goes(&column) { (Act::Drop, column) } else { (Act::Alter, column) })
            }
            Object::Constraint(constraint) if self.is(id, &State::Drop) => {
                let table = &constraint.table.name;
                let columns = constraint.constraint.columns.iter().map(|column| table_column(table, column));
                columns.into_iter().find(|column| self.is(column, &State::Drop)).map(|column| (Act::Drop, column))
            }
            Object::Index(index) => {
                if let Some(constraint) = &index.index.constraint {
                    let id = ObjectId::Constraint(index.on.name().clone(), constraint.clone());
                    return self.goes(&id).then(|| self.departure(&id)).flatten();
                }
                if let Some(parent) = &index.index.parent {
                    let parent = ObjectId::Index(parent.clone());
                    return self.goes(&parent).then(|| self.departure(&parent)).flatten();
                }
                if !self.is(id, &State::Drop) {
                    return None;
                }
                let columns = index.index.leading_columns().map(|column| table_column(index.on.name(), column));
                columns.into_iter().find(|column| self.is(column, &State::Drop)).map(|column| (Act::Drop, column))
            }
            Object::Sequence(sequence) if self.is(id, &State::Drop) => {
                let owner = sequence.owned_by.as_ref()?;
                let column = table_column(&owner.table, &owner.column);
                (self.is(&column, &State::Drop)).then(|| self.departure(&column)).flatten()
            }
            _ => None,
        }
    }

    pub(super) fn host_of_new(&self, id: &ObjectId, object: Object<'_>, context: &Context<'_>) -> Option<Node> {
        if context.apart.contains(id) {
            return None;
        }
        let made = |parent: ObjectId| self.comes(&parent).then_some((Act::Create, parent));
        match object {
            Object::Column(column) => {
                let parent = made(column.table.id())?;
                let inline = column.table.inline_columns(context).any(|inline| inline.name == column.column.name);
                (inline || column.column.inherited).then_some(parent)
            }
            Object::Default(default) => {
                let column = ObjectId::Column(default.table.name.clone(), default.column.name.clone());
                if !self.comes(&column) {
                    return None;
                }
                if default.column.inherited && default.table.partition_of.is_none() && self.comes(&default.table.id()) {
                    // A child's own default for what its parent has.
                    return None;
                }
                self.comes_with.get(&column).cloned().or(Some((Act::Create, column)))
            }
            Object::ViewColumn(column) => made(ObjectId::View(column.view.name.clone())),
            Object::Constraint(constraint) => {
                let parent = made(constraint.table.id())?;
                let inherited = constraint.constraint.inherited;
                (inherited || constraint.table.is_inline(constraint.constraint, context)).then_some(parent)
            }
            Object::IdentitySequence(identity) => {
                let column = numbered(identity)?;
                let column = ObjectId::Column(identity.table.name.clone(), column.name.clone());
                if let Some(host) = self.comes_with.get(&column) {
                    return Some(host.clone());
                }
                Some(if self.comes(&column) { (Act::Create, column) } else { (Act::Alter, column) })
            }
            Object::DomainCheck(check) => made(ObjectId::Type(check.domain.name.clone())),
            Object::Index(index) => {
                let constraint = index.index.constraint.as_ref()?;
                let id = ObjectId::Constraint(index.on.name().clone(), constraint.clone());
                if self.comes(&id) { self.comes_with.get(&id).cloned().or(Some((Act::Create, id))) } else { None }
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
