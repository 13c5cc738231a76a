//! Tables, part by part.

use super::context::Context;
use super::{access, columns, constraints, indexes, performance, prose, relationships, tags, triggers};
use crate::catalog::{Comment, Relation, Table};
use crate::docs::model::{Deprecation, TableDoc, TableKind};
use crate::tags::Audit;

pub(super) fn table(context: &Context<'_>, table: &Table) -> TableDoc {
    let said = table.comment.tags();
    let pointed_at: Vec<&[String]> = context
        .incoming
        .get(&table.name)
        .into_iter()
        .flatten()
        .map(|found| found.key.referenced_columns.as_slice())
        .collect();
    let owned = |names: Option<&Vec<&crate::QualifiedName>>| -> Vec<crate::QualifiedName> {
        names.into_iter().flatten().map(|name| (*name).clone()).collect()
    };
    TableDoc {
        name: table.name.clone(),
        group: context.group(&table.name),
        kind: match (&table.partition_key, &table.partition_of) {
            (_, Some(_)) => TableKind::Partition,
            (Some(_), None) => TableKind::Partitioned,
            (None, None) => TableKind::Ordinary,
        },
        purpose: prose(&table.comment),
        tags: tags(&table.comment),
        partition_key: table.partition_key.clone(),
        partition_of: table.partition_of.as_ref().map(|partition| partition.parent.clone()),
        partition_bounds: table.partition_of.as_ref().map(|partition| partition.bounds.clone()),
        partitions: owned(context.partitions.get(&table.name)),
        inherits: table.inherits.clone(),
        inherited_by: owned(context.heirs.get(&table.name)),
        unlogged: table.unlogged,
        primary_key: table.primary_key().to_vec(),
        soft_delete: soft_delete(table),
        version_column: said.version.clone(),
        owner_column: said.owner.clone(),
        retain: said.retain.as_ref().map(ToString::to_string),
        audit: said.audit.map(|audit| {
            match audit {
                Audit::Changes => "changes",
                Audit::ChangesAndReads => "changes and reads",
            }
            .to_owned()
        }),
        consent: said.consent.clone(),
        columns: columns::columns(context, Relation::Table(table)),
        belongs_to: relationships::belongs_to(table),
        has_many: relationships::has_many(context, table),
        many_to_many: relationships::many_to_many(context, table),
        joins: relationships::joins(table),
        indexes: indexes::of_table(table, &pointed_at),
        constraints: constraints::constraints(table),
        access: access::access(context, Relation::Table(table)),
        triggers: table.triggers.values().map(|trigger| triggers::trigger(context, trigger)).collect(),
        rules: table.rules.values().map(triggers::rule).collect(),
        queries: context.facts.queries.get(&table.name).cloned().unwrap_or_default(),
        performance: performance::performance(context, table),
        example: context.facts.examples.get(&table.name).cloned(),
        history: context.facts.history.get(&table.name).cloned().unwrap_or_default(),
        deprecations: deprecations(table),
        read_by: context.readers.get(&table.name).into_iter().flatten().map(|name| (*name).clone()).collect(),
        published_by: context.publications.get(&table.name).into_iter().flatten().map(ToString::to_string).collect(),
    }
}

/// As the data API knows it: a nullable `deleted_at timestamptz`.
fn soft_delete(table: &Table) -> Option<String> {
    let column = table.column("deleted_at")?;
    let marks = !column.not_null && !column.data_type.array && column.data_type.name.name == "timestamptz";
    marks.then(|| column.name.clone())
}

fn deprecations(table: &Table) -> Vec<Deprecation> {
    let itself = [("table", table.name.name.as_str(), &table.comment)].into_iter();
    let columns = table.columns.iter().map(|column| ("column", column.name.as_str(), &column.comment));
    let indexes = table.indexes.values().map(|index| ("index", index.name.as_str(), &index.comment));
    let constraints = table.constraints.values().map(|found| ("constraint", found.name.as_str(), &found.comment));
    let policies = table.policies.values().map(|policy| ("policy", policy.name.as_str(), &policy.comment));
    let triggers = table.triggers.values().map(|trigger| ("trigger", trigger.name.as_str(), &trigger.comment));
    let all = itself.chain(columns).chain(indexes).chain(constraints).chain(policies).chain(triggers);
    all.filter_map(|(kind, name, comment)| {
        let why = deprecated(comment)?;
        Some(Deprecation { kind: kind.to_owned(), name: name.to_owned(), why })
    })
    .collect()
}

/// Why an object is not for new use.
pub(super) fn deprecated(comment: &Comment) -> Option<String> {
    comment.tags().deprecated.clone()
}
