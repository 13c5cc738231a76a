//! Tables that become partitions, and that cease to be.

use super::{Act, Graph, Node};
use crate::QualifiedName;
use crate::catalog::{Catalog, ObjectId, Table};
use crate::diff::Context;
use crate::diff::inventory::{Handle, Side};
use crate::diff::object::Object;
use std::collections::HashMap;

/// What can be done with a part of a table.
const OF_PARTS: [Act; 4] = [Act::Drop, Act::Aside, Act::Create, Act::Alter];

/// Relations and what is part of them.
type Parts = HashMap<Handle, Vec<Handle>>;

impl Graph<'_, '_, '_> {
    /// A partition leaves before anything else happens to it or to the tables that it leaves: then it is a table like any
    /// other. A table joins when it and the tables that it joins are what they shall be.
    pub(super) fn connect_moves(&mut self, context: &Context<'_>) {
        self.free_bounds(context);
        let moves = |node: &&Node| matches!(node.0, Act::Detach | Act::Attach);
        let moves: Vec<Node> = self.nodes.keys().filter(moves).copied().collect();
        if moves.is_empty() {
            return;
        }
        let parts = self.parts();
        for node in moves {
            match node.0 {
                Act::Detach => self.connect_leaving(node, &parts, context),
                _ => self.connect_joining(node, &parts, context),
            }
        }
    }

    fn connect_leaving(&mut self, detach: Node, parts: &Parts, context: &Context<'_>) {
        for relation in [detach.1].into_iter().chain(self.left(detach.1, context)) {
            for part in parts.get(&relation).into_iter().flatten() {
                for act in OF_PARTS {
                    self.edge(detach, (act, *part), None);
                }
            }
        }
    }

    fn connect_joining(&mut self, attach: Node, parts: &Parts, context: &Context<'_>) {
        for part in parts.get(&attach.1).into_iter().flatten().copied() {
            // The copy of a trigger is made when the table joins, and what is said of it comes after.
            let is_copy = matches!(self.inventory.after(part), Some(Object::Trigger(copy)) if copy.trigger.inherited);
            self.edge((Act::Drop, part), attach, None);
            for act in [Act::Aside, Act::Create, Act::Alter] {
                let (first, then) = if is_copy { (attach, (act, part)) } else { ((act, part), attach) };
                self.edge(first, then, None);
            }
        }
        for ancestor in self.joined(attach.1, context) {
            // One that is made by this plan takes in its rows through its partitions before it is finished.
            if self.comes(ancestor) {
                continue;
            }
            for part in parts.get(&ancestor).into_iter().flatten() {
                if matches!(self.inventory.id(*part), ObjectId::Policy(..) | ObjectId::Rule(..)) {
                    continue;
                }
                for act in OF_PARTS {
                    self.edge((act, *part), attach, None);
                }
            }
        }
    }

    /// Bounds can be taken when no other partition of the table has them any more.
    fn free_bounds(&mut self, context: &Context<'_>) {
        let mut freed: HashMap<&QualifiedName, Vec<Node>> = HashMap::new();
        for handle in self.inventory.handles() {
            let Some(Object::Table(Table { partition_of: Some(part), .. })) = self.inventory.before(handle) else {
                continue;
            };
            let gone = if self.goes(handle) { self.parting(handle) } else { Some((Act::Detach, handle)) };
            freed.entry(&part.parent).or_default().extend(gone.filter(|gone| self.has(*gone)));
        }
        for (name, table) in &context.to.tables {
            let Some(handle) = self.inventory.table(name) else { continue };
            let taken = if self.has((Act::Attach, handle)) { Act::Attach } else { Act::Create };
            let freed = table.partition_of.as_ref().and_then(|part| freed.get(&part.parent));
            for gone in freed.into_iter().flatten() {
                self.edge(*gone, (taken, handle), None);
            }
        }
    }

    fn parts(&self) -> Parts {
        let mut parts = Parts::new();
        for part in self.inventory.handles() {
            for side in [Side::Before, Side::After] {
                for relation in self.inventory.relations(side, part) {
                    parts.entry(relation).or_default().push(part);
                }
            }
        }
        parts
    }

    /// The tables that a table leaves: parents, and theirs at any remove.
    fn left(&self, table: Handle, context: &Context<'_>) -> Vec<Handle> {
        let ObjectId::Table(name) = self.inventory.id(table) else { return Vec::new() };
        let Some(moved) = context.moves(name) else { return Vec::new() };
        let whole = moved.from.partition_of.as_ref().filter(|part| moved.to.partition_of.as_ref() != Some(part));
        self.lineage(moved.left().chain(whole.map(|part| &part.parent)), context.from)
    }

    /// The tables that a table joins: parents, and theirs at any remove.
    fn joined(&self, table: Handle, context: &Context<'_>) -> Vec<Handle> {
        let ObjectId::Table(name) = self.inventory.id(table) else { return Vec::new() };
        let part = context.to.tables.get(name).and_then(|table| table.partition_of.as_ref()).map(|part| &part.parent);
        match context.moves(name) {
            Some(moved) => self.lineage(moved.joined().chain(part), context.to),
            // One that is new, or made anew.
            None => self.lineage(part, context.to),
        }
    }

    /// These tables and all that they are children of.
    fn lineage<'c>(&self, parents: impl IntoIterator<Item = &'c QualifiedName>, catalog: &'c Catalog) -> Vec<Handle> {
        let mut found = Vec::new();
        let mut next: Vec<&QualifiedName> = parents.into_iter().collect();
        while let Some(name) = next.pop() {
            let handle = self.inventory.table(name).filter(|handle| !found.contains(handle));
            if let Some((handle, table)) = handle.zip(catalog.tables.get(name)) {
                found.push(handle);
                next.extend(table.inherits.iter().chain(table.partition_of.as_ref().map(|part| &part.parent)));
            }
        }
        found
    }
}
