//! New values of enums. They cannot be used in the transaction that adds them, and are in nobody's way before.

use crate::catalog::{Catalog, ObjectId};
use crate::diff::step::{Step, Verb};

/// Puts them before everything but the renames, so that what goes and is made again with them does so in one transaction.
pub(super) fn first(steps: Vec<Step>, from: &Catalog) -> Vec<Step> {
    let adds = |step: &Step| match &step.object {
        ObjectId::Type(name) => !step.transactional && step.verb == Verb::Alter && from.enums.contains_key(name),
        _ => false,
    };
    let is_remade = |step: &Step| steps.iter().any(|other| other.verb == Verb::Create && other.object == step.object);
    let is_rename = |step: &Step| match step.verb {
        Verb::Rename => !is_remade(step),
        // Into which the renamed moves.
        Verb::Create => matches!(step.object, ObjectId::Schema(_)),
        _ => false,
    };
    if !steps.iter().any(adds) {
        return steps;
    }
    let renames = steps.iter().take_while(|step| is_rename(step)).count();
    let mut first = steps;
    let others = first.split_off(renames);
    let (values, others): (Vec<Step>, Vec<Step>) = others.into_iter().partition(adds);
    first.extend(values);
    first.extend(others);
    first
}
