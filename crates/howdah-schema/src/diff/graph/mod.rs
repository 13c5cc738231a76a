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
mod order;

use super::classify::{State, States, needs};
use super::kinds::table;
use super::object::Object;
use super::objects::Objects;
use super::step::{Step, Verb};
use super::{Context, DiffError};
use crate::catalog::{ConstraintKind, ObjectId, ReplicaIdentity, Table};
use crate::sql::reproducible;
use crate::{Ident, QualifiedName};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};

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

/// Which of the acts that could come next does.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    /// What makes room comes first, what takes away last.
    phase: u8,
    /// Acts on one table stand together.
    group: Option<ObjectId>,
    /// Among what is taken away the order is the other way round.
    reversed: Option<Reverse<ObjectId>>,
    act: Act,
    id: ObjectId,
}

type Node = (Act, ObjectId);

/// Builds the plan.
pub(super) fn steps(
    before: &Objects<'_>,
    after: &Objects<'_>,
    states: &States,
    context: &mut Context<'_>,
) -> Result<Vec<Step>, DiffError> {
    let needs_before = needs(context.from, before);
    let needs_after = needs(context.to, after);
    let mut apart_drop = BTreeSet::new();
    loop {
        let graph = Graph::build(before, after, states, &needs_before, &needs_after, apart_drop.clone(), context);
        let stuck = match graph.order() {
            Ok(order) => return Ok(graph.assemble(&order)),
            Err(stuck) => stuck,
        };
        if !graph.break_circle(&stuck, &mut context.apart, &mut apart_drop) {
            let mut objects: Vec<String> = stuck.iter().map(|(_, id)| id.to_string()).collect();
            objects.dedup();
            return Err(DiffError::Circular { objects });
        }
    }
}

struct Graph<'g, 'a> {
    before: &'g Objects<'a>,
    after: &'g Objects<'a>,
    states: &'g States,
    /// An act with its statements.
    nodes: BTreeMap<Node, Vec<Step>>,
    /// What waits for an act.
    followers: HashMap<Node, BTreeSet<Node>>,
    /// Why an act waits for another: the part that was taken into it.
    reasons: HashMap<(Node, Node), BTreeSet<ObjectId>>,
    /// The act in which an old object goes, if not in its own.
    gone_with: HashMap<ObjectId, Node>,
    /// The act in which a new object comes, if not in its own.
    comes_with: HashMap<ObjectId, Node>,
    apart_drop: BTreeSet<ObjectId>,
}

impl<'g, 'a> Graph<'g, 'a> {
    fn build(
        before: &'g Objects<'a>,
        after: &'g Objects<'a>,
        states: &'g States,
        needs_before: &BTreeSet<(ObjectId, ObjectId)>,
        needs_after: &BTreeSet<(ObjectId, ObjectId)>,
        apart_drop: BTreeSet<ObjectId>,
        context: &Context<'_>,
    ) -> Self {
        let mut graph = Self {
            before,
            after,
            states,
            nodes: BTreeMap::new(),
            followers: HashMap::new(),
            reasons: HashMap::new(),
            gone_with: HashMap::new(),
            comes_with: HashMap::new(),
            apart_drop,
        };
        graph.find_hosts(context);
        graph.add_nodes(context);
        graph.connect_before(needs_before);
        graph.connect_after(needs_after);
        graph.connect_structure(context);
        graph.connect_names();
        graph
    }

    fn state(&self, id: &ObjectId) -> Option<&State> {
        self.states.get(id)
    }

    fn goes(&self, id: &ObjectId) -> bool {
        self.state(id).is_some_and(State::goes)
    }

    fn comes(&self, id: &ObjectId) -> bool {
        self.state(id).is_some_and(State::comes)
    }

    fn is(&self, id: &ObjectId, state: &State) -> bool {
        self.state(id) == Some(state)
    }

    /// The act in which an old object goes.
    fn departure(&self, id: &ObjectId) -> Option<Node> {
        if !self.goes(id) {
            return None;
        }
        if let Some(host) = self.gone_with.get(id) {
            return Some(host.clone());
        }
        let act = if self.is(id, &State::Rewrite) { Act::Discard } else { Act::Drop };
        Some((act, id.clone()))
    }

    /// The act after which a new object is there as it should be.
    fn arrival(&self, id: &ObjectId) -> Option<Node> {
        let node = match self.state(id)? {
            State::Create | State::Replace | State::Rewrite => {
                self.comes_with.get(id).cloned().unwrap_or((Act::Create, id.clone()))
            }
            _ => (Act::Alter, id.clone()),
        };
        if self.nodes.contains_key(&node) {
            return Some(node);
        }
        // An inherited column comes and changes with its parent's.
        match self.after.get(id) {
            Some(Object::Column(column)) if column.column.inherited => {
                let parent = column.table.partition_of.as_ref().map(|part| &part.parent);
                let parent = parent.or_else(|| column.table.inherits.first())?;
                self.arrival(&ObjectId::Column(parent.clone(), column.column.name.clone()))
            }
            _ => None,
        }
    }

    fn assemble(&self, order: &[Node]) -> Vec<Step> {
        let mut steps: Vec<Step> = Vec::new();
        let aside = order.iter().any(|(act, id)| *act == Act::Aside && matches!(id, ObjectId::Table(_)));
        let schema = ObjectId::Schema(table::ASIDE.to_owned());
        if aside {
            steps.push(Step::new(Verb::Create, schema.clone(), format!("CREATE SCHEMA {}", table::ASIDE)));
        }
        for node in order {
            let own = self.nodes.get(node).into_iter().flatten().cloned();
            steps.extend(own.map(|step| Step { sql: reproducible(step.sql), ..step }));
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
