//! The comments of a catalog in which there are tags, with what they are on.

use crate::QualifiedName;
use crate::catalog::{Catalog, Column, Comment, Index, ObjectId, Rule, Trigger};
use std::collections::BTreeMap;

/// What a comment is on, as far as tags tell it apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum On {
    Table,
    View,
    Column,
    Other,
}

/// What is asked for, as it is gathered.
#[derive(Debug, Default)]
struct Found<'a>(Vec<(ObjectId, &'a Comment, On)>);

impl<'a> Found<'a> {
    /// Most comments have no tags, and then need no name.
    fn push(&mut self, comment: &'a Comment, on: On, id: impl FnOnce() -> ObjectId) {
        if !comment.is_empty() && (!comment.tags().is_empty() || !comment.errors().is_empty()) {
            self.0.push((id(), comment, on));
        }
    }
}

/// Those with tags, understood or not. The comments of extensions are not the schema's.
pub(super) fn comments(catalog: &Catalog) -> Vec<(ObjectId, &Comment, On)> {
    let mut found = Found::default();
    for schema in catalog.schemas.values() {
        found.push(&schema.comment, On::Other, || ObjectId::Schema(schema.name.clone()));
    }
    for table in catalog.tables.values() {
        let name = &table.name;
        found.push(&table.comment, On::Table, || ObjectId::Table(name.clone()));
        columns(name, &table.columns, &mut found);
        for constraint in table.constraints.values() {
            found.push(&constraint.comment, On::Other, || ObjectId::Constraint(name.clone(), constraint.name.clone()));
        }
        indexes(name, &table.indexes, &mut found);
        triggers(name, &table.triggers, &table.rules, &mut found);
        for policy in table.policies.values() {
            found.push(&policy.comment, On::Other, || ObjectId::Policy(name.clone(), policy.name.clone()));
        }
    }
    for view in catalog.views.values() {
        found.push(&view.comment, On::View, || ObjectId::View(view.name.clone()));
        columns(&view.name, &view.columns, &mut found);
        indexes(&view.name, &view.indexes, &mut found);
        triggers(&view.name, &view.triggers, &view.rules, &mut found);
    }
    for function in catalog.functions.values() {
        found.push(&function.comment, On::Other, || ObjectId::Function(function.signature.clone()));
    }
    for aggregate in catalog.aggregates.values() {
        found.push(&aggregate.comment, On::Other, || ObjectId::Aggregate(aggregate.signature.clone()));
    }
    types(catalog, &mut found);
    for sequence in catalog.sequences.values() {
        found.push(&sequence.comment, On::Other, || ObjectId::Sequence(sequence.name.clone()));
    }
    found.0
}

fn types<'a>(catalog: &'a Catalog, found: &mut Found<'a>) {
    for domain in catalog.domains.values() {
        found.push(&domain.comment, On::Other, || ObjectId::Type(domain.name.clone()));
        for check in domain.checks.values() {
            found.push(&check.comment, On::Other, || {
                ObjectId::DomainConstraint(domain.name.clone(), check.name.clone())
            });
        }
    }
    for it in catalog.enums.values() {
        found.push(&it.comment, On::Other, || ObjectId::Type(it.name.clone()));
    }
    for it in catalog.composites.values() {
        found.push(&it.comment, On::Other, || ObjectId::Type(it.name.clone()));
        for attribute in &it.attributes {
            found.push(&attribute.comment, On::Other, || ObjectId::Column(it.name.clone(), attribute.name.clone()));
        }
    }
    for it in catalog.ranges.values() {
        found.push(&it.comment, On::Other, || ObjectId::Type(it.name.clone()));
    }
}

fn columns<'a>(relation: &QualifiedName, columns: &'a [Column], found: &mut Found<'a>) {
    for column in columns {
        found.push(&column.comment, On::Column, || ObjectId::Column(relation.clone(), column.name.clone()));
    }
}

fn indexes<'a>(relation: &QualifiedName, indexes: &'a BTreeMap<String, Index>, found: &mut Found<'a>) {
    for index in indexes.values() {
        found.push(&index.comment, On::Other, || {
            ObjectId::Index(QualifiedName::new(relation.schema.clone(), index.name.clone()))
        });
    }
}

fn triggers<'a>(
    relation: &QualifiedName,
    triggers: &'a BTreeMap<String, Trigger>,
    rules: &'a BTreeMap<String, Rule>,
    found: &mut Found<'a>,
) {
    for trigger in triggers.values() {
        found.push(&trigger.comment, On::Other, || ObjectId::Trigger(relation.clone(), trigger.name.clone()));
    }
    for rule in rules.values() {
        found.push(&rule.comment, On::Other, || ObjectId::Rule(relation.clone(), rule.name.clone()));
    }
}
