//! The order of the statements.
//!
//! Every object that changes gives one or several acts; an act is a list of statements that stay together. An act waits for
//! others by what needs what: in the old catalog, what needs an object goes before it goes; in the new one, an object comes
//! before what needs it. Among acts that could come next the choice is by [`Key`], so the order is always the same and what
//! belongs together stands together.
//!
//! A new table takes its columns, defaults and constraints into CREATE TABLE, and a table that goes takes what hangs on it
//! along. Where that closes a circle (two tables that point at each other; a default that calls a function which takes the
//! table's row), the part that closes it is made, or dropped, apart. A view in a circle is first made as a stand-in of the
//! same columns.

mod acts;
mod edges;
mod hosts;
mod moves;
mod order;

use super::classify::{Need, State, States, needs};
use super::inventory::{Handle, Inventory, Side};
use super::kinds::table;
use super::object::Object;
use super::step::{Step, Verb};
use super::{Context, DiffError};
use crate::catalog::{ConstraintKind, ObjectId, ReplicaIdentity, Table};
use crate::sql::reproducible;
use crate::{Ident, QualifiedName};
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};

/// What is done with an object at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Act {
    /// A view gives up what it needs, and keeps its columns.
    Hollow,
    /// A partition leaves its table.
    Detach,
    /// It is dropped.
    Drop,
    /// It steps aside for its successor.
    Aside,
    /// It is made.
    Create,
    /// It is changed; its owner, privileges and comment are set.
    Alter,
    /// Rows move in.
    Fill,
    /// A partition joins its table.
    Attach,
    /// A view becomes what its stand-in stood for.
    Complete,
    /// What can be said only when its parts are there.
    Finish,
    /// What stepped aside is dropped.
    Discard,
}

impl Act {
    fn bit(self) -> u16 {
        1 << self as u16
    }
}

/// Which of the acts that could come next does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    /// What makes room comes first, what takes away last.
    phase: u8,
    /// Acts on one table stand together.
    group: Option<Handle>,
    /// Among what is taken away the order is the other way round.
    reversed: Option<Reverse<Handle>>,
    act: Act,
    handle: Handle,
}

type Node = (Act, Handle);

/// Builds the plan. `needs_before` is what the old objects need.
pub(super) fn steps(
    inventory: &Inventory<'_, '_>,
    needs_before: &[Need],
    states: &States,
    context: &mut Context<'_>,
) -> Result<Vec<Step>, DiffError> {
    let needs_after = needs(inventory, Side::After, context);
    let mut apart_drop = HashSet::new();
    loop {
        let graph = Graph::build(inventory, states, needs_before, &needs_after, apart_drop.clone(), context);
        let circles = match graph.order() {
            Ok(order) => return Ok(graph.assemble(&order)),
            Err(circles) => circles,
        };
        let broken = circles.iter().filter(|circle| graph.break_circle(circle, &mut context.apart, &mut apart_drop));
        if broken.count() == 0 {
            let stuck = circles.into_iter().next().unwrap_or_default();
            let mut objects: Vec<String> = stuck.iter().map(|(_, handle)| inventory.id(*handle).to_string()).collect();
            objects.dedup();
            return Err(DiffError::Circular { objects });
        }
    }
}

struct Graph<'g, 'i, 'a> {
    inventory: &'g Inventory<'i, 'a>,
    states: &'g States,
    /// An act with its statements.
    nodes: BTreeMap<Node, Vec<Step>>,
    /// Of each object its acts, a bit each.
    acts: Vec<u16>,
    /// An act and one that waits for it.
    edges: Vec<(Node, Node)>,
    /// Why an act waits for another: the part that was taken into it.
    reasons: Vec<(Node, Node, Handle)>,
    /// The act in which an old object goes, if not in its own.
    gone_with: HashMap<Handle, Node>,
    /// The act in which a new object comes, if not in its own.
    comes_with: HashMap<Handle, Node>,
    apart_drop: HashSet<Handle>,
}

impl<'g, 'i, 'a> Graph<'g, 'i, 'a> {
    fn build(
        inventory: &'g Inventory<'i, 'a>,
        states: &'g States,
        needs_before: &[Need],
        needs_after: &[Need],
        apart_drop: HashSet<Handle>,
        context: &Context<'_>,
    ) -> Self {
        let mut graph = Self {
            inventory,
            states,
            nodes: BTreeMap::new(),
            acts: vec![0; inventory.len()],
            edges: Vec::new(),
            reasons: Vec::new(),
            gone_with: HashMap::new(),
            comes_with: HashMap::new(),
            apart_drop,
        };
        graph.find_hosts(context);
        graph.add_nodes(context);
        graph.connect_before(needs_before);
        graph.connect_after(needs_after);
        graph.connect_structure(context);
        graph.connect_moves(context);
        graph.connect_names();
        graph.edges.sort_unstable();
        graph.edges.dedup();
        graph
    }

    fn goes(&self, handle: Handle) -> bool {
        self.states[handle].goes()
    }

    fn comes(&self, handle: Handle) -> bool {
        self.states[handle].comes()
    }

    fn is(&self, handle: Handle, state: &State) -> bool {
        self.states[handle] == *state
    }

    /// Whether this is done with the object.
    fn has(&self, (act, handle): Node) -> bool {
        self.acts[handle.index()] & act.bit() != 0
    }

    /// The act in which an old object goes.
    fn departure(&self, handle: Handle) -> Option<Node> {
        if !self.goes(handle) {
            return None;
        }
        if let Some(host) = self.gone_with.get(&handle) {
            return Some(*host);
        }
        let act = if self.is(handle, &State::Rewrite) { Act::Discard } else { Act::Drop };
        Some((act, handle))
    }

    /// The act after which a new object is there as it should be.
    fn arrival(&self, handle: Handle) -> Option<Node> {
        let node = if self.comes(handle) {
            self.comes_with.get(&handle).copied().unwrap_or((Act::Create, handle))
        } else {
            (Act::Alter, handle)
        };
        if self.has(node) {
            return Some(node);
        }
        // An inherited column comes and changes with its parent's.
        match self.inventory.after(handle) {
            Some(Object::Column(column)) if column.column.inherited => {
                let parent = column.table.partition_of.as_ref().map(|part| &part.parent);
                let parent = parent.or_else(|| column.table.inherits.first())?;
                self.arrival(self.inventory.column(parent, &column.column.name)?)
            }
            _ => None,
        }
    }

    fn assemble(mut self, order: &[Node]) -> Vec<Step> {
        let mut steps: Vec<Step> = Vec::new();
        let is_table = |handle: Handle| matches!(self.inventory.id(handle), ObjectId::Table(_));
        let aside = order.iter().any(|(act, handle)| *act == Act::Aside && is_table(*handle));
        let schema = ObjectId::Schema(table::ASIDE.to_owned());
        if aside {
            steps.push(Step::new(Verb::Create, schema.clone(), format!("CREATE SCHEMA {}", table::ASIDE)));
        }
        for node in order {
            let own = self.nodes.remove(node).unwrap_or_default();
            steps.extend(own.into_iter().map(|step| Step { sql: reproducible(step.sql), ..step }));
        }
        if aside {
            steps.push(Step::new(Verb::Drop, schema, format!("DROP SCHEMA {}", table::ASIDE)));
        }
        steps
    }
}

/// The index that a table's rows are known by, as the object that brings it.
fn replica_index(table: &Table) -> Option<ObjectId> {
    let ReplicaIdentity::Index(name) = &table.replica_identity else { return None };
    let index = table.indexes.get(name)?;
    Some(match &index.constraint {
        Some(constraint) => ObjectId::Constraint(table.name.clone(), constraint.clone()),
        None => ObjectId::Index(QualifiedName::new(&table.name.schema, name)),
    })
}

/// What something is called while its successor takes over; names end at 63 bytes.
fn waiting_name(name: &str) -> String {
    let mut name = name.to_owned();
    while name.len() > 63 - "__aside".len() {
        name.pop();
    }
    name + "__aside"
}

fn rename_aside(noun: &str, name: &QualifiedName, id: &ObjectId) -> (Step, Step) {
    let waiting = waiting_name(&name.name);
    let rename = format!("ALTER {noun} {name} RENAME TO {}", Ident::new(&waiting));
    let discard = format!("DROP {noun} {}", QualifiedName::new(&name.schema, &waiting));
    (Step::new(Verb::Rename, id.clone(), rename), Step::new(Verb::Drop, id.clone(), discard))
}

/// The names that an object takes from others: one namespace for all that is like a table, one for types, one for routines.
fn names(id: &ObjectId, object: Object<'_>) -> Vec<String> {
    let like_a_table = |name: &QualifiedName| format!("relation {name}");
    match (id, object) {
        (ObjectId::Table(name) | ObjectId::View(name), _) => vec![like_a_table(name), format!("type {name}")],
        (ObjectId::Sequence(name) | ObjectId::Index(name), _) => vec![like_a_table(name)],
        (ObjectId::Type(name), Object::Composite(_)) => vec![like_a_table(name), format!("type {name}")],
        (ObjectId::Type(name), Object::Range(range)) => {
            vec![format!("type {name}"), format!("type {}", range.multirange_name)]
        }
        (ObjectId::Type(name), _) => vec![format!("type {name}")],
        // An overload that goes may fit the same calls as one that comes.
        (ObjectId::Function(signature) | ObjectId::Aggregate(signature), _) => {
            vec![format!("routine {}", signature.name)]
        }
        (ObjectId::Constraint(..), Object::Constraint(constraint)) => {
            let mut names = vec![format!("constraint {} {}", constraint.constraint.name, constraint.table.name)];
            if matches!(constraint.constraint.kind, ConstraintKind::PrimaryKey) {
                // There is one, whatever its name.
                names.push(format!("primary key {}", constraint.table.name));
            }
            let index = super::kinds::constraint::index_name(constraint);
            names.extend(index.iter().map(like_a_table));
            names
        }
        _ => Vec::new(),
    }
}
