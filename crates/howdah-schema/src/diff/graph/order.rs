//! Putting the acts in order, and breaking circles.

use super::{Act, Graph, Key, Node};
use crate::catalog::ObjectId;
use crate::diff::classify::State;
use crate::diff::inventory::{Handle, Side};
use crate::diff::object::Object;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet};

/// Acts each of which waits for the one before it, and the first for the last.
pub(super) type Circle = Vec<Node>;

impl Graph<'_, '_, '_> {
    /// All acts in their order; or circles of acts that wait for each other, none of which shares an act with another.
    pub(super) fn order(&self) -> Result<Vec<Node>, Vec<Circle>> {
        let mut waiting: HashMap<Node, usize> = self.nodes.keys().map(|node| (*node, 0)).collect();
        for (_, follower) in &self.edges {
            *waiting.entry(*follower).or_default() += 1;
        }
        let ready = self.nodes.keys().filter(|node| waiting.get(node) == Some(&0));
        let mut ready: BinaryHeap<Reverse<(Key, Node)>> = ready.map(|node| Reverse((self.key(*node), *node))).collect();
        let mut order = Vec::with_capacity(self.nodes.len());
        while let Some(Reverse((_, node))) = ready.pop() {
            order.push(node);
            waiting.remove(&node);
            for follower in self.followers(node) {
                if let Some(count) = waiting.get_mut(&follower) {
                    *count -= 1;
                    if *count == 0 {
                        ready.push(Reverse((self.key(follower), follower)));
                    }
                }
            }
        }
        if waiting.is_empty() { Ok(order) } else { Err(self.circles(&waiting.into_keys().collect())) }
    }

    /// What waits for an act.
    fn followers(&self, node: Node) -> impl Iterator<Item = Node> {
        let start = self.edges.partition_point(|(first, _)| *first < node);
        self.edges[start..].iter().take_while(move |(first, _)| *first == node).map(|(_, then)| *then)
    }

    /// Circles among acts that wait.
    fn circles(&self, waiting: &BTreeSet<Node>) -> Vec<Circle> {
        let among = self.edges.iter().filter(|(first, then)| waiting.contains(first) && waiting.contains(then));
        let leaders: BTreeMap<Node, Node> = among.map(|(first, then)| (*then, *first)).collect();
        let mut circles = Vec::new();
        let mut seen: HashSet<Node> = HashSet::new();
        for start in waiting {
            // From any of them, back and back again, until one comes twice.
            let mut path: Vec<Node> = Vec::new();
            let mut at = Some(*start);
            while let Some(node) = at.filter(|node| seen.insert(*node)) {
                path.push(node);
                at = leaders.get(&node).copied();
            }
            if let Some(first) = path.iter().position(|node| Some(*node) == at) {
                let mut circle = path.split_off(first);
                circle.reverse();
                circles.push(circle);
            }
        }
        circles
    }

    pub(super) fn key(&self, (act, handle): Node) -> Key {
        let replaced = matches!(self.states[handle], State::Replace | State::Rewrite);
        let phase = match act {
            Act::Hollow | Act::Detach | Act::Aside => 0,
            Act::Drop if replaced => 0,
            Act::Drop | Act::Discard => 2,
            _ => 1,
        };
        let group = self.group(handle);
        let backwards = phase != 1;
        Key { phase, reversed: backwards.then_some(Reverse(group)), group: (!backwards).then_some(group), act, handle }
    }

    /// What an object stands with: its table, view or type, or itself.
    fn group(&self, handle: Handle) -> Handle {
        // The view where a table became one.
        if let Some(relation) = self.inventory.relations(Side::After, handle).last() {
            return relation;
        }
        let whole = match (self.inventory.id(handle), self.inventory.after(handle).or(self.inventory.before(handle))) {
            (ObjectId::DomainConstraint(domain, _), _) => self.inventory.find(&ObjectId::Type(domain.clone())),
            (_, Some(Object::Statistics(statistics))) => self.inventory.table(&statistics.table),
            _ => None,
        };
        whole.unwrap_or(handle)
    }

    /// Sets something apart that closes the circle; false if nothing can be.
    pub(super) fn break_circle(
        &self,
        circle: &[Node],
        apart: &mut BTreeSet<ObjectId>,
        apart_drop: &mut HashSet<Handle>,
    ) -> bool {
        // Parts of tables that are made or dropped, the cheapest to set apart first.
        let mut found: Vec<(u8, bool, Handle)> = Vec::new();
        for (index, node) in circle.iter().enumerate() {
            let Some(next) = circle.get((index + 1) % circle.len()) else { continue };
            let reasons = self.reasons.iter().filter(|(first, then, _)| first == node && then == next);
            for (_, _, part) in reasons {
                let part = *part;
                let hosted_new = self.comes_with.get(&part) == Some(next);
                let hosted_old = self.gone_with.get(&part) == Some(node);
                let new = hosted_new || next.0 == Act::Create;
                let object = if new { self.inventory.after(part) } else { self.inventory.before(part) };
                let rank = match object {
                    Some(Object::Constraint(constraint)) if constraint.constraint.foreign_key().is_some() => 0,
                    Some(Object::Default(_)) => 1,
                    Some(Object::Constraint(_)) => 2,
                    Some(Object::Column(_)) => 3,
                    Some(Object::View(view)) if !view.materialized => 4,
                    // What hangs on a table that goes can go before it.
                    Some(_) if hosted_old => 5,
                    _ => continue,
                };
                let is_view = rank == 4;
                if hosted_new || (is_view && self.comes(part) && next.0 == Act::Create) {
                    found.push((rank, true, part));
                }
                if hosted_old || (is_view && self.goes(part) && node.0 == Act::Drop) {
                    found.push((rank, false, part));
                }
            }
        }
        found.sort_unstable();
        for (_, new, part) in found {
            let is_new = if new { apart.insert(self.inventory.id(part).clone()) } else { apart_drop.insert(part) };
            if is_new {
                return true;
            }
        }
        false
    }
}
