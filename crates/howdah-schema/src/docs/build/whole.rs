//! The whole documentation.

use super::access::holders;
use super::context::Context;
use super::{bare, functions, prose, scope, tables, types, views};
use crate::QualifiedName;
use crate::catalog::{Catalog, EventTrigger, Extension, Publication, Schema, Sequence};
use crate::docs::Facts;
use crate::docs::coverage::coverage_of;
use crate::docs::model::{
    AccessCell, Counts, Documentation, EventTriggerDoc, ExtensionDoc, Group, Notes, OtherObject, PublicationDoc,
    PublishedTableDoc, RoleAccess, RoleDoc, SchemaDoc, SequenceDoc, TableDoc, TableKind, ViewDoc,
};
use std::collections::{BTreeMap, BTreeSet};

/// The version of the document's form.
const SCHEMA: &str = "howdah.docs/1";

impl Documentation {
    /// What a catalog says, and what else is known.
    pub fn new(catalog: &Catalog, facts: &Facts) -> Self {
        let catalog = &*scope::described(catalog);
        let context = Context::new(catalog, facts);
        let tables: BTreeMap<QualifiedName, TableDoc> =
            catalog.tables.values().map(|table| (table.name.clone(), tables::table(&context, table))).collect();
        let views: BTreeMap<QualifiedName, ViewDoc> =
            catalog.views.values().map(|view| (view.name.clone(), views::view(&context, view))).collect();
        let functions = functions::functions(&context);
        let alone = catalog.sequences.values().filter(|sequence| sequence.owned_by.is_none());
        Self {
            schema: SCHEMA.to_owned(),
            project: facts.project.clone(),
            counts: counts(catalog, functions.len()),
            coverage: coverage_of(catalog),
            groups: groups(catalog, &tables, &views),
            schemas: catalog.schemas.values().map(|found| schema(&context, found)).collect(),
            roles: roles(&context, &tables, &views),
            tables,
            views,
            enums: catalog.enums.values().map(|found| types::enumeration(&context, found)).collect(),
            domains: catalog.domains.values().map(|found| types::domain(&context, found)).collect(),
            composites: catalog.composites.values().map(|found| types::composite(&context, found)).collect(),
            ranges: catalog.ranges.values().map(|found| types::range(&context, found)).collect(),
            functions,
            sequences: alone.map(sequence).collect(),
            extensions: catalog.extensions.values().map(extension).collect(),
            publications: catalog.publications.values().map(publication).collect(),
            event_triggers: catalog.event_triggers.values().map(event_trigger).collect(),
            others: others(catalog),
            issues: facts.issues.clone(),
            notes: Notes {
                queries: facts.queries_note.clone(),
                examples: facts.examples_note.clone(),
                history: facts.history_note.clone(),
            },
        }
    }
}

fn counts(catalog: &Catalog, functions: usize) -> Counts {
    let (partitions, tables): (Vec<_>, Vec<_>) =
        catalog.tables.values().partition(|table| table.partition_of.is_some());
    let materialized_views = catalog.views.values().filter(|view| view.materialized).count();
    Counts {
        tables: tables.len(),
        partitions: partitions.len(),
        columns: tables.iter().map(|table| table.columns.len()).sum(),
        views: catalog.views.len() - materialized_views,
        materialized_views,
        foreign_keys: tables.iter().map(|table| table.foreign_keys().count()).sum(),
        indexes: tables.iter().map(|table| table.indexes.len()).sum::<usize>()
            + catalog.views.values().map(|view| view.indexes.len()).sum::<usize>(),
        policies: catalog.tables.values().map(|table| table.policies.len()).sum(),
        triggers: tables.iter().map(|table| table.triggers.len()).sum::<usize>()
            + catalog.views.values().map(|view| view.triggers.len()).sum::<usize>(),
        enums: catalog.enums.len(),
        domains: catalog.domains.len(),
        functions,
    }
}

fn groups(
    catalog: &Catalog,
    tables: &BTreeMap<QualifiedName, TableDoc>,
    views: &BTreeMap<QualifiedName, ViewDoc>,
) -> Vec<Group> {
    let mut groups: BTreeMap<&str, Group> = BTreeMap::new();
    let tagged: BTreeSet<&str> =
        catalog.relations().filter_map(|relation| relation.comment().tags().group.as_deref()).collect();
    let new = |name: &str| Group {
        name: name.to_owned(),
        tagged: tagged.contains(name),
        about: catalog.schemas.get(name).filter(|_| !tagged.contains(name)).and_then(|found| prose(&found.comment)),
        tables: Vec::new(),
        views: Vec::new(),
    };
    for table in tables.values().filter(|table| table.kind != TableKind::Partition) {
        groups.entry(&table.group).or_insert_with(|| new(&table.group)).tables.push(table.name.clone());
    }
    for view in views.values() {
        groups.entry(&view.group).or_insert_with(|| new(&view.group)).views.push(view.name.clone());
    }
    groups.into_values().collect()
}

fn schema(context: &Context<'_>, schema: &Schema) -> SchemaDoc {
    let Catalog { tables, views, functions, aggregates, .. } = context.catalog;
    let within = |name: &&QualifiedName| name.schema == schema.name;
    let whole = |name: &&QualifiedName| tables.get(*name).is_none_or(|table| table.partition_of.is_none());
    let routines = functions.keys().chain(aggregates.keys()).map(|signature| &signature.name);
    SchemaDoc {
        name: schema.name.clone(),
        purpose: prose(&schema.comment),
        tables: tables.keys().filter(within).filter(whole).count(),
        views: views.keys().filter(within).count(),
        functions: routines.filter(within).count(),
        in_api: context.facts.api_schemas.contains(&schema.name),
        usage: holders(&schema.acl, &schema.owner, "USAGE"),
        create: holders(&schema.acl, &schema.owner, "CREATE"),
    }
}

fn sequence(sequence: &Sequence) -> SequenceDoc {
    SequenceDoc {
        name: sequence.name.clone(),
        purpose: prose(&sequence.comment),
        data_type: sequence.data_type.clone(),
        start: sequence.start,
        increment: sequence.increment,
        cycle: sequence.cycle,
    }
}

fn extension(extension: &Extension) -> ExtensionDoc {
    ExtensionDoc { name: extension.name.clone(), schema: extension.schema.clone(), purpose: prose(&extension.comment) }
}

fn roles(
    context: &Context<'_>,
    tables: &BTreeMap<QualifiedName, TableDoc>,
    views: &BTreeMap<QualifiedName, ViewDoc>,
) -> Vec<RoleDoc> {
    let tables = tables.values().filter(|table| table.kind != TableKind::Partition).map(|table| &table.access);
    role_docs(context, tables.chain(views.values().map(|view| &view.access)).flat_map(|access| &access.matrix))
}

/// The roles of a context, with how many tables and views they reach by these rows of access matrices.
pub(super) fn role_docs<'a>(context: &Context<'_>, rows: impl Iterator<Item = &'a RoleAccess>) -> Vec<RoleDoc> {
    let mut reach: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for row in rows {
        let (reads, writes) = reach.entry(&row.role).or_default();
        let open = |cell: &AccessCell| cell.granted && cell.rows != crate::docs::model::Rows::None;
        *reads += usize::from(open(&row.select));
        *writes += usize::from(open(&row.insert) || open(&row.update) || open(&row.delete));
    }
    let one = |name: &&str| {
        let role = context.catalog.roles.get(*name)?;
        let inherits: Vec<String> = context.inherits.get(name).into_iter().flatten().map(ToString::to_string).collect();
        let (reads, writes) = reach.get(*name).copied().unwrap_or_default();
        Some(RoleDoc {
            name: role.name.clone(),
            purpose: prose(&role.comment),
            superuser: role.superuser,
            bypass_rls: role.bypass_rls,
            member_of: role.member_of.keys().filter(|group| !inherits.contains(*group)).cloned().collect(),
            inherits,
            reads,
            writes,
        })
    };
    context.roles.iter().filter_map(one).collect()
}

fn publication(publication: &Publication) -> PublicationDoc {
    let operations = [
        (publication.insert, "INSERT"),
        (publication.update, "UPDATE"),
        (publication.delete, "DELETE"),
        (publication.truncate, "TRUNCATE"),
    ];
    let tables = publication.tables.iter().map(|(table, published)| PublishedTableDoc {
        table: table.clone(),
        columns: published.columns.clone(),
        filter: published.filter.as_deref().map(bare),
    });
    PublicationDoc {
        name: publication.name.clone(),
        purpose: prose(&publication.comment),
        all_tables: publication.all_tables,
        schemas: publication.schemas.iter().cloned().collect(),
        tables: tables.collect(),
        operations: operations.into_iter().filter(|(on, _)| *on).map(|(_, name)| name.to_owned()).collect(),
    }
}

fn event_trigger(trigger: &EventTrigger) -> EventTriggerDoc {
    EventTriggerDoc {
        name: trigger.name.clone(),
        purpose: prose(&trigger.comment),
        event: trigger.event.clone(),
        commands: trigger.tags.clone(),
        function: trigger.function.clone(),
    }
}

/// What there is beyond tables, views, types and functions, by kind and name.
fn others(catalog: &Catalog) -> Vec<OtherObject> {
    let other = |kind: &str, name: String| OtherObject { kind: kind.to_owned(), name };
    let collations = catalog.collations.keys().map(|name| other("collation", name.to_string()));
    let casts = catalog.casts.keys().map(|(from, to)| other("cast", format!("{from} AS {to}")));
    let operators =
        catalog.operators.keys().map(|(name, left, right)| other("operator", format!("{name} ({left}, {right})")));
    let families = catalog.operator_families.keys();
    let families = families.map(|(name, method)| other("operator family", format!("{name} of {method}")));
    let classes = catalog.operator_classes.keys();
    let classes = classes.map(|(name, method)| other("operator class", format!("{name} of {method}")));
    let dictionaries =
        catalog.text_search_dictionaries.keys().map(|name| other("text search dictionary", name.to_string()));
    let configurations =
        catalog.text_search_configurations.keys().map(|name| other("text search configuration", name.to_string()));
    let unmodelled = catalog.unmodelled.iter().map(|found| other(&found.kind, found.name.clone()));
    let all = collations.chain(casts).chain(operators).chain(families).chain(classes);
    let mut all: Vec<OtherObject> = all.chain(dictionaries).chain(configurations).chain(unmodelled).collect();
    all.sort();
    all
}
