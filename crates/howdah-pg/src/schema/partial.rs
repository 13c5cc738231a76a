//! The proof of a plan for some kinds of objects alone: that it can be run without the rest.

use super::apply::{self, ApplyError};
use super::planning::Copy;
use super::source::finish;
use super::{SchemaError, ScratchServer, Source};
use howdah_schema::Catalog;
use howdah_schema::catalog::ObjectId;
use howdah_schema::diff::{DiffOptions, Plan};
use std::collections::BTreeSet;

/// Runs the part of `full` that `options.only` asks for on a copy of `from`, and makes sure that nothing of these kinds is
/// left to do.
///
/// # Errors
/// [`SchemaError::Partial`] with the objects of other kinds that it needs; [`SchemaError::Unproven`] with what differs.
pub async fn prove_only(
    scratch: &ScratchServer,
    from: &Source,
    to: &Source,
    part: &Plan,
    full: &Plan,
    options: &DiffOptions,
) -> Result<(), SchemaError> {
    let copy = Copy::of(scratch, from).await?;
    let proven = async {
        let ran = apply::run(&copy.client().await?, &part.steps).await;
        ran.map_err(|error| match error {
            ApplyError::Refused { sql, error } => {
                let failed = part.steps.iter().find(|step| step.sql == sql).map(|step| &step.object);
                let needs = needs(failed, &from.catalog, &to.catalog, part, full);
                SchemaError::Partial { sql, error, needs: needs.into_iter().cloned().collect() }
            }
            ApplyError::Pg(error) => error.into(),
        })?;
        copy.reaches("up", to, options).await
    }
    .await;
    finish(copy.database, proven).await
}

/// The objects that the full plan has statements for, the part has none for, and that have to do with the one that failed;
/// if none has, all that were left out.
fn needs<'a>(
    failed: Option<&ObjectId>,
    from: &Catalog,
    to: &Catalog,
    part: &Plan,
    full: &'a Plan,
) -> BTreeSet<&'a ObjectId> {
    let kinds: BTreeSet<&str> = part.steps.iter().map(|step| step.object.kind()).collect();
    let left_out: BTreeSet<&ObjectId> =
        full.steps.iter().map(|step| &step.object).filter(|object| !kinds.contains(object.kind())).collect();
    let Some(failed) = failed else { return left_out };
    let mut found: BTreeSet<&ObjectId> = BTreeSet::new();
    let mut open = vec![failed];
    while let Some(object) = open.pop() {
        // What it needs; and of what failed, also what needs it: a view keeps a column from being changed.
        let related = left_out.iter().copied().filter(|other| {
            is_needed(object, other, from)
                || is_needed(object, other, to)
                || (object == failed && is_needed(other, object, from))
        });
        let new: Vec<&ObjectId> = related.filter(|other| !found.contains(*other)).collect();
        found.extend(&new);
        open.extend(new);
    }
    if found.is_empty() { left_out } else { found }
}

fn is_needed(object: &ObjectId, other: &ObjectId, catalog: &Catalog) -> bool {
    if catalog.dependencies.of(object).any(|needed| needed == other) || object.parent().as_ref() == Some(other) {
        return true;
    }
    match (object, other) {
        (object, ObjectId::Schema(schema)) => object.schema() == Some(schema),
        (ObjectId::Index(index), ObjectId::Table(table)) => {
            catalog.tables.get(table).is_some_and(|table| has(table.indexes.keys(), &table.name.schema, index))
        }
        (ObjectId::Index(index), ObjectId::View(view)) => {
            catalog.views.get(view).is_some_and(|view| has(view.indexes.keys(), &view.name.schema, index))
        }
        // Which columns an expression reads follows from the table's.
        (ObjectId::Index(_) | ObjectId::Constraint(..), ObjectId::Column(table, _)) => {
            is_needed(object, &ObjectId::Table(table.clone()), catalog)
        }
        _ => false,
    }
}

fn has<'a>(mut indexes: impl Iterator<Item = &'a String>, schema: &str, index: &howdah_schema::QualifiedName) -> bool {
    index.schema == schema && indexes.any(|name| *name == index.name)
}
