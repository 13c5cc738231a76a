//! An index that is dropped and made again with the same name, or a constraint with such an index: the new one is built first,
//! under another name.

use super::{Pass, using_index};
use crate::catalog::{Constraint, ObjectId};
use crate::diff::step::{Operation, Step, Verb};
use crate::{Ident, QualifiedName};
use std::collections::{BTreeMap, BTreeSet};

/// Puts the steps about such indexes into that order; of tables alone that are in use.
pub(super) fn indexes(steps: &[Step], pass: &Pass<'_>) -> Vec<Step> {
    let mut dropped: BTreeMap<QualifiedName, usize> = BTreeMap::new();
    let mut swaps: BTreeMap<usize, usize> = BTreeMap::new();
    for (index, step) in steps.iter().enumerate() {
        match (&step.operation, &step.object) {
            (Operation::DropIndex { relation, partitioned: false, .. }, ObjectId::Index(name))
                if pass.is_live(relation) =>
            {
                dropped.insert(name.clone(), index);
            }
            (Operation::CreateIndex { relation, partitioned: false, .. }, ObjectId::Index(name)) => {
                let Some(&drop) = dropped.get(name) else { continue };
                let stays = steps[drop + 1..index].iter().all(|step| is_foreign(step, relation));
                if stays && pass.is_live(relation) {
                    swaps.insert(index, drop);
                }
            }
            _ => {}
        }
    }
    let moved: BTreeSet<usize> = swaps.values().copied().collect();
    let mut result = Vec::with_capacity(steps.len() + swaps.len());
    for (index, step) in steps.iter().enumerate() {
        if moved.contains(&index) {
            continue;
        }
        let (Some(&drop), ObjectId::Index(name)) = (swaps.get(&index), &step.object) else {
            result.push(step.clone());
            continue;
        };
        let beside = beside(&name.name);
        let quoted = Ident::new(&name.name).to_string();
        let new = Ident::new(&beside).to_string();
        let sql = step.sql.replacen(&format!("INDEX {quoted} ON"), &format!("INDEX {new} ON"), 1);
        result.push(Step { sql, ..step.clone() });
        result.push(steps[drop].clone());
        let rename = format!("ALTER INDEX {} RENAME TO {quoted}", QualifiedName::new(&name.schema, &beside));
        result.push(Step::new(Verb::Rename, step.object.clone(), rename));
    }
    result
}

/// Whether what an old index stands on changes or goes after its successor is built.
pub(super) fn is_urgent(build: &Step, relation: &QualifiedName, rest: &[Step]) -> bool {
    let is_old_one = |later: &Step| later.verb == Verb::Drop && later.object == build.object;
    rest.iter().any(is_old_one) && rest.iter().any(|later| later.object != build.object && !is_foreign(later, relation))
}

/// Unique and primary keys that are dropped and made again: their index is built before anything else, so that there is no time
/// without the key, in which rows may come that it forbids. Gives those first steps, and the others.
pub(super) fn keys(steps: Vec<Step>, pass: &Pass<'_>) -> (Vec<Step>, Vec<Step>) {
    let mut early = Vec::new();
    let mut result: Vec<Step> = Vec::with_capacity(steps.len());
    for step in steps {
        let Operation::AddConstraint { table, constraint, index: Some(index) } = &step.operation else {
            result.push(step);
            continue;
        };
        let is_dropped = result.iter().any(|before| before.verb == Verb::Drop && before.object == step.object);
        let is_ready = result.iter().all(|before| leaves_key(before, table, constraint, pass));
        if !is_dropped || !is_ready || !pass.is_live(table) {
            result.push(step);
            continue;
        }
        let beside = beside(&constraint.name);
        let names =
            [constraint.name.as_str(), beside.as_str()].map(|name| format!("CONCURRENTLY {} ON", Ident::new(name)));
        let index = index.replacen(&names[0], &names[1], 1);
        early.push(Step::new(Verb::Create, step.object.clone(), index).alone());
        let sql = using_index(table, constraint, &beside);
        result.push(Step { sql, operation: Operation::Other, ..step });
    }
    (early, result)
}

/// Whether the step changes nothing of what the key's index stands on.
fn leaves_key(step: &Step, table: &QualifiedName, constraint: &Constraint, pass: &Pass<'_>) -> bool {
    let is_of_key = |column: &String| {
        let index = pass.to.tables.get(table).and_then(|table| table.indexes.get(&constraint.name));
        constraint.columns.contains(column) || index.is_some_and(|index| index.include.contains(column))
    };
    match &step.object {
        // Before the renames it would have other names.
        _ if step.verb == Verb::Rename => false,
        _ if matches!(step.verb, Verb::Own | Verb::Grant | Verb::Comment) => true,
        ObjectId::Table(name) => name != table,
        ObjectId::Column(name, column) => name != table || !is_of_key(column),
        ObjectId::Function(_) | ObjectId::Aggregate(_) | ObjectId::Cast(..) | ObjectId::DomainConstraint(..) => true,
        _ => step.verb == Verb::Create || is_foreign(step, table),
    }
}

/// A name for what is to take another's place.
fn beside(name: &str) -> String {
    let mut beside = format!("{name}__new");
    while beside.len() > 63 {
        beside.remove(0);
    }
    beside
}

/// Whether the step is about nothing that an index of the relation may stand on. Else it may be why the old index had to go
/// first.
pub(super) fn is_foreign(step: &Step, relation: &QualifiedName) -> bool {
    if matches!(step.verb, Verb::Own | Verb::Grant | Verb::Comment) {
        return true;
    }
    match &step.object {
        ObjectId::Table(name) | ObjectId::Column(name, _) | ObjectId::View(name) => name != relation,
        ObjectId::Role(_)
        | ObjectId::DefaultPrivileges(..)
        | ObjectId::Sequence(_)
        | ObjectId::Default(..)
        | ObjectId::Constraint(..)
        | ObjectId::Index(_)
        | ObjectId::Statistics(_)
        | ObjectId::Rule(..)
        | ObjectId::Trigger(..)
        | ObjectId::Policy(..)
        | ObjectId::Publication(_)
        | ObjectId::EventTrigger(_) => true,
        ObjectId::Schema(_)
        | ObjectId::Extension(_)
        | ObjectId::Collation(_)
        | ObjectId::Type(_)
        | ObjectId::DomainConstraint(..)
        | ObjectId::Function(_)
        | ObjectId::Operator(..)
        | ObjectId::OperatorFamily(..)
        | ObjectId::OperatorClass(..)
        | ObjectId::Aggregate(_)
        | ObjectId::Cast(..)
        | ObjectId::TextSearchDictionary(_)
        | ObjectId::TextSearchConfiguration(_) => false,
    }
}
