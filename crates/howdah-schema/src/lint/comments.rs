//! Every comment of a catalog, with what it is on.

use crate::QualifiedName;
use crate::catalog::{Catalog, Column, Comment, Index, ObjectId, Rule, Trigger};
use std::collections::BTreeMap;

/// What a comment is on, as far as tags tell it apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum On {
    Table,
    View,
    Column,
    Other,
}

type Found<'a> = Vec<(ObjectId, &'a Comment, On)>;

/// Those that say something. The comments of extensions are not the schema's.
pub(super) fn comments(catalog: &Catalog) -> Found<'_> {
    let mut found: Found<'_> = Vec::new();
    for schema in catalog.schemas.values() {
        found.push((ObjectId::Schema(schema.name.clone()), &schema.comment, On::Other));
    }
    for table in catalog.tables.values() {
        let name = &table.name;
        found.push((ObjectId::Table(name.clone()), &table.comment, On::Table));
        columns(name, &table.columns, &mut found);
        for constraint in table.constraints.values() {
            let id = ObjectId::Constraint(name.clone(), constraint.name.clone());
            found.push((id, &constraint.comment, On::Other));
        }
        indexes(name, &table.indexes, &mut found);
        triggers(name, &table.triggers, &table.rules, &mut found);
        for policy in table.policies.values() {
            found.push((ObjectId::Policy(name.clone(), policy.name.clone()), &policy.comment, On::Other));
        }
    }
    for view in catalog.views.values() {
        found.push((ObjectId::View(view.name.clone()), &view.comment, On::View));
        columns(&view.name, &view.columns, &mut found);
        indexes(&view.name, &view.indexes, &mut found);
        triggers(&view.name, &view.triggers, &view.rules, &mut found);
    }
    for function in catalog.functions.values() {
        found.push((ObjectId::Function(function.signature.clone()), &function.comment, On::Other));
    }
    for aggregate in catalog.aggregates.values() {
        found.push((ObjectId::Aggregate(aggregate.signature.clone()), &aggregate.comment, On::Other));
    }
    types(catalog, &mut found);
    for sequence in catalog.sequences.values() {
        found.push((ObjectId::Sequence(sequence.name.clone()), &sequence.comment, On::Other));
    }
    found.retain(|(_, comment, _)| !comment.is_empty());
    found
}

fn types<'a>(catalog: &'a Catalog, found: &mut Found<'a>) {
    for domain in catalog.domains.values() {
        found.push((ObjectId::Type(domain.name.clone()), &domain.comment, On::Other));
        for check in domain.checks.values() {
            let id = ObjectId::DomainConstraint(domain.name.clone(), check.name.clone());
            found.push((id, &check.comment, On::Other));
        }
    }
    for it in catalog.enums.values() {
        found.push((ObjectId::Type(it.name.clone()), &it.comment, On::Other));
    }
    for it in catalog.composites.values() {
        found.push((ObjectId::Type(it.name.clone()), &it.comment, On::Other));
        for attribute in &it.attributes {
            found.push((ObjectId::Column(it.name.clone(), attribute.name.clone()), &attribute.comment, On::Other));
        }
    }
    for it in catalog.ranges.values() {
        found.push((ObjectId::Type(it.name.clone()), &it.comment, On::Other));
    }
}

fn columns<'a>(relation: &QualifiedName, columns: &'a [Column], found: &mut Found<'a>) {
    for column in columns {
        let id = ObjectId::Column(relation.clone(), column.name.clone());
        found.push((id, &column.comment, On::Column));
    }
}

fn indexes<'a>(relation: &QualifiedName, indexes: &'a BTreeMap<String, Index>, found: &mut Found<'a>) {
    for index in indexes.values() {
        let id = ObjectId::Index(QualifiedName::new(relation.schema.clone(), index.name.clone()));
        found.push((id, &index.comment, On::Other));
    }
}

fn triggers<'a>(
    relation: &QualifiedName,
    triggers: &'a BTreeMap<String, Trigger>,
    rules: &'a BTreeMap<String, Rule>,
    found: &mut Found<'a>,
) {
    for trigger in triggers.values() {
        found.push((ObjectId::Trigger(relation.clone(), trigger.name.clone()), &trigger.comment, On::Other));
    }
    for rule in rules.values() {
        found.push((ObjectId::Rule(relation.clone(), rule.name.clone()), &rule.comment, On::Other));
    }
}
