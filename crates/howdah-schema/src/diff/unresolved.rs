//! What goes while something like it comes: it may have been renamed, and only its author knows.

use super::step::{Plan, Verb};
use crate::catalog::{Catalog, ObjectId, Table};
use serde::Serialize;

/// Something that a plan drops although something that may be it is made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unresolved {
    /// What goes, such as `column public.tasks.title`.
    pub gone: String,
    /// Its name as a directive says it.
    pub name: String,
    /// What may be it under a new name.
    pub candidates: Vec<String>,
}

/// Tables, columns and enum values that go while others of the same place come. What holds no data (an index, a function) is
/// not among them: dropping it and making another loses nothing.
pub fn unresolved(plan: &Plan, from: &Catalog, to: &Catalog) -> Vec<Unresolved> {
    let with = |verb: Verb| plan.steps.iter().filter(move |step| step.verb == verb).map(|step| &step.object);
    let is_new = |id: &ObjectId| match id {
        ObjectId::Table(name) => !from.tables.contains_key(name),
        ObjectId::Column(table, column) => from.tables.get(table).is_some_and(|table| table.column(column).is_none()),
        _ => false,
    };
    let is_gone = |id: &ObjectId| match id {
        ObjectId::Table(name) => !to.tables.contains_key(name),
        ObjectId::Column(table, column) => to.tables.get(table).is_some_and(|table| table.column(column).is_none()),
        _ => false,
    };
    let mut found = Vec::new();
    for gone in with(Verb::Drop).filter(|id| is_gone(id)) {
        let candidates = with(Verb::Create).filter(|new| is_new(new)).filter(|new| match (gone, new) {
            (ObjectId::Column(table, _), ObjectId::Column(other, _)) => table == other,
            (ObjectId::Table(gone), ObjectId::Table(new)) => {
                from.tables.get(gone).zip(to.tables.get(new)).is_some_and(|(gone, new)| are_alike(gone, new))
            }
            _ => false,
        });
        let candidates: Vec<String> = candidates.map(ToString::to_string).collect();
        if !candidates.is_empty() {
            let name = match gone {
                ObjectId::Table(name) => name.name.clone(),
                ObjectId::Column(_, name) => name.clone(),
                other => other.to_string(),
            };
            found.push(Unresolved { gone: gone.to_string(), name, candidates });
        }
    }
    // A table that is made anew beside itself loses columns without a statement for each.
    for step in plan.steps.iter().filter(|step| step.verb == Verb::Data && step.loss.is_some()) {
        let ObjectId::Table(name) = &step.object else { continue };
        let Some((before, after)) = from.tables.get(name).zip(to.tables.get(name)) else { continue };
        let id = |column: &str| ObjectId::Column(name.clone(), column.to_owned()).to_string();
        let new = after.columns.iter().filter(|column| before.column(&column.name).is_none());
        let new: Vec<String> = new.map(|column| id(&column.name)).collect();
        let gone = before.columns.iter().filter(|column| after.column(&column.name).is_none());
        for gone in gone.filter(|column| !new.is_empty() && column.generated.is_none()) {
            found.push(Unresolved { gone: id(&gone.name), name: gone.name.clone(), candidates: new.clone() });
        }
    }
    for (name, after) in &to.enums {
        let Some(before) = from.enums.get(name) else { continue };
        let new: Vec<String> = after
            .labels
            .iter()
            .filter(|label| !before.labels.contains(label))
            .map(|label| format!("value '{label}' of type {name}"))
            .collect();
        if new.is_empty() {
            continue;
        }
        for label in before.labels.iter().filter(|label| !after.labels.contains(label)) {
            found.push(Unresolved {
                gone: format!("value '{label}' of type {name}"),
                name: label.clone(),
                candidates: new.clone(),
            });
        }
    }
    found
}

/// Whether half of the columns of the smaller one are in the other, too.
fn are_alike(gone: &Table, new: &Table) -> bool {
    let common = gone
        .columns
        .iter()
        .filter(|column| new.column(&column.name).is_some_and(|other| other.data_type.sql == column.data_type.sql));
    common.count() * 2 >= gone.columns.len().min(new.columns.len())
}
