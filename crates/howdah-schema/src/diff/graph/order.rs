//! Putting the acts in order, and breaking circles.

use super::{Act, Graph, Key, Node};
use crate::catalog::ObjectId;
use crate::diff::classify::{State, relation};
use crate::diff::object::Object;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap};

impl Graph<'_, '_> {
    /// All acts in their order, or those that wait for each other.
    pub(super) fn order(&self) -> Result<Vec<Node>, Vec<Node>> {
        let mut waiting: HashMap<&Node, usize> = self.nodes.keys().map(|node| (node, 0)).collect();
        for followers in self.followers.values() {
            for follower in followers {
                if let Some(count) = waiting.get_mut(follower) {
                    *count += 1;
                }
            }
        }
        let ready = self.nodes.keys().filter(|node| waiting.get(node) == Some(&0));
        let mut ready: BinaryHeap<Reverse<(Key, &Node)>> = ready.map(|node| Reverse((self.key(node), node))).collect();
        let mut order = Vec::with_capacity(self.nodes.len());
        while let Some(Reverse((_, node))) = ready.pop() {
            order.push(node.clone());
            waiting.remove(node);
            for follower in self.followers.get(node).into_iter().flatten() {
                if let Some(count) = waiting.get_mut(follower) {
                    *count -= 1;
                    if *count == 0
                        && let Some((node, _)) = self.nodes.get_key_value(follower)
                    {
                        ready.push(Reverse((self.key(node), node)));
                    }
                }
            }
        }
        if waiting.is_empty() { Ok(order) } else { Err(self.circle(waiting.keys().copied())) }
    }

    /// One circle among acts that wait.
    pub(super) fn circle<'n>(&self, waiting: impl Iterator<Item = &'n Node>) -> Vec<Node> {
        let waiting: BTreeSet<Node> = waiting.cloned().collect();
        let mut leaders: BTreeMap<&Node, &Node> = BTreeMap::new();
        for node in &waiting {
            for follower in self.followers.get(node).into_iter().flatten() {
                if waiting.contains(follower) {
                    leaders.insert(follower, node);
                }
            }
        }
        // From any of them, back and back again, until one comes twice.
        let mut path: Vec<Node> = Vec::new();
        let mut at = waiting.iter().next();
        while let Some(node) = at {
            if let Some(start) = path.iter().position(|seen| seen == node) {
                let mut circle = path.split_off(start);
                circle.reverse();
                return circle;
            }
            path.push(node.clone());
            at = leaders.get(node).copied();
        }
        path
    }

    pub(super) fn key(&self, (act, id): &Node) -> Key {
        let replaced = matches!(self.state(id), Some(State::Replace | State::Rewrite));
        let phase = match act {
            Act::Hollow | Act::Detach | Act::Aside => 0,
            Act::Drop if replaced => 0,
            Act::Drop | Act::Discard => 2,
            _ => 1,
        };
        let object = self.after.get(id).or_else(|| self.before.get(id));
        let group = match object.and_then(|object| relation(id, object)) {
            Some(name) => {
                let view = ObjectId::View(name.clone());
                if self.states.contains_key(&view) { view } else { ObjectId::Table(name.clone()) }
            }
            None => match id {
                ObjectId::DomainConstraint(domain, _) => ObjectId::Type(domain.clone()),
                ObjectId::Statistics(_) => match object {
                    Some(Object::Statistics(statistics)) => ObjectId::Table(statistics.table.clone()),
                    _ => id.clone(),
                },
                _ => id.clone(),
            },
        };
        let backwards = phase != 1;
        Key {
            phase,
            reversed: backwards.then(|| Reverse(group.clone())),
            group: (!backwards).then_some(group),
            act: *act,
            id: id.clone(),
        }
    }

    /// Sets something apart that closes the circle; false if nothing can be.
    pub(super) fn break_circle(
        &self,
        circle: &[Node],
        apart: &mut BTreeSet<ObjectId>,
        apart_drop: &mut BTreeSet<ObjectId>,
    ) -> bool {
        // Parts of tables that are made or dropped, the cheapest to set apart first.
        let mut found: Vec<(u8, bool, ObjectId)> = Vec::new();
        for (index, node) in circle.iter().enumerate() {
            let Some(next) = circle.get((index + 1) % circle.len()) else { continue };
            for part in self.reasons.get(&(node.clone(), next.clone())).into_iter().flatten() {
                let hosted_new = self.comes_with.get(part) == Some(next);
                let hosted_old = self.gone_with.get(part) == Some(node);
                let new = hosted_new || next.0 == Act::Create;
                let object = if new { self.after.get(part) } else { self.before.get(part) };
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
                    found.push((rank, true, part.clone()));
                }
                if hosted_old || (is_view && self.goes(part) && node.0 == Act::Drop) {
                    found.push((rank, false, part.clone()));
                }
            }
        }
        found.sort();
        for (_, new, part) in found {
            if if new { apart.insert(part) } else { apart_drop.insert(part) } {
                return true;
            }
        }
        false
    }
}
