//! All objects of a catalog, each with what identifies it.

use super::object::{
    ColumnOf, ConstraintOf, DefaultOf, DefaultPrivilegesOf, DomainCheckOf, IdentityOf, IndexOf, Object, On, PolicyOf,
    RuleOf, TriggerOf, ViewColumnOf,
};
use crate::QualifiedName;
use crate::catalog::{Catalog, Column, DefaultPrivilege, ObjectId, Table, View};

/// An object that a catalog has.
#[derive(Debug)]
pub(super) struct Found<'a> {
    pub(super) id: ObjectId,
    pub(super) object: Object<'a>,
    /// Whether the other catalog has the very table that it is, or is part of.
    pub(super) untouched: bool,
}

/// What Howdah remembers about a database is none of its schema.
const OURS: &[&str] = &["howdah", "howdah_dev"];

/// The role of default privileges when it is whoever loads the files.
pub(super) const WHOEVER: &str = "";

/// What `catalog` holds, but for what is Howdah's own and for partitions that come and go at run time. What is compared with
/// decides what the catalog's own role is called.
pub(super) fn objects<'a>(catalog: &'a Catalog, other: &Catalog) -> Vec<Found<'a>> {
    let mut objects = Vec::new();
    let mut add = |id: ObjectId, object: Object<'a>| add_to(&mut objects, id, object, false);
    for (name, role) in &catalog.roles {
        add(ObjectId::Role(name.clone()), Object::Role(role));
    }
    for (name, schema) in &catalog.schemas {
        add(ObjectId::Schema(name.clone()), Object::Schema(schema));
    }
    for (name, extension) in &catalog.extensions {
        add(ObjectId::Extension(name.clone()), Object::Extension(extension));
    }
    let by_whom = |setting: &DefaultPrivilege| (setting.role.clone(), setting.schema.clone());
    for settings in catalog.default_privileges.chunk_by(|left, right| by_whom(left) == by_whom(right)) {
        let Some(first) = settings.first() else { continue };
        let files = catalog.loaded_from_files.0 || other.loaded_from_files.0;
        let role = if files && first.role == catalog.current_role.0 { WHOEVER.to_owned() } else { first.role.clone() };
        let id = ObjectId::DefaultPrivileges(role, first.schema.clone());
        add(id, Object::DefaultPrivileges(DefaultPrivilegesOf { settings }));
    }
    for (name, collation) in &catalog.collations {
        add(ObjectId::Collation(name.clone()), Object::Collation(collation));
    }
    for (name, found) in &catalog.enums {
        add(ObjectId::Type(name.clone()), Object::Enum(found));
    }
    for (name, domain) in &catalog.domains {
        add(ObjectId::Type(name.clone()), Object::Domain(domain));
        for check in domain.checks.values() {
            let id = ObjectId::DomainConstraint(name.clone(), check.name.clone());
            add(id, Object::DomainCheck(DomainCheckOf { domain, check }));
        }
    }
    for (name, composite) in &catalog.composites {
        add(ObjectId::Type(name.clone()), Object::Composite(composite));
    }
    for (name, range) in &catalog.ranges {
        add(ObjectId::Type(name.clone()), Object::Range(range));
    }
    for (signature, function) in &catalog.functions {
        add(ObjectId::Function(signature.clone()), Object::Function(function));
    }
    for (signature, aggregate) in &catalog.aggregates {
        add(ObjectId::Aggregate(signature.clone()), Object::Aggregate(aggregate));
    }
    for ((source, target), cast) in &catalog.casts {
        add(ObjectId::Cast(source.clone(), target.clone()), Object::Cast(cast));
    }
    for ((name, left, right), operator) in &catalog.operators {
        add(ObjectId::Operator(name.clone(), left.clone(), right.clone()), Object::Operator(operator));
    }
    for ((name, method), family) in &catalog.operator_families {
        add(ObjectId::OperatorFamily(name.clone(), method.clone()), Object::OperatorFamily(family));
    }
    for ((name, method), class) in &catalog.operator_classes {
        add(ObjectId::OperatorClass(name.clone(), method.clone()), Object::OperatorClass(class));
    }
    for (name, dictionary) in &catalog.text_search_dictionaries {
        add(ObjectId::TextSearchDictionary(name.clone()), Object::TextSearchDictionary(dictionary));
    }
    for (name, configuration) in &catalog.text_search_configurations {
        add(ObjectId::TextSearchConfiguration(name.clone()), Object::TextSearchConfiguration(configuration));
    }
    for (name, statistics) in &catalog.statistics {
        add(ObjectId::Statistics(name.clone()), Object::Statistics(statistics));
    }
    for (name, publication) in &catalog.publications {
        add(ObjectId::Publication(name.clone()), Object::Publication(publication));
    }
    for (name, trigger) in &catalog.event_triggers {
        add(ObjectId::EventTrigger(name.clone()), Object::EventTrigger(trigger));
    }
    for (name, sequence) in &catalog.sequences {
        add(ObjectId::Sequence(name.clone()), Object::Sequence(sequence));
    }
    for (name, view) in &catalog.views {
        view_objects(name, view, &mut add);
    }
    let tables = catalog.tables.iter().filter(|(_, table)| !comes_and_goes(table, catalog, other));
    let tables: Vec<TableOf<'a>> =
        tables.map(|(name, table)| TableOf { table, untouched: other.tables.get(name) == Some(table) }).collect();
    table_objects(&tables, &mut objects);
    objects
}

fn add_to<'a>(objects: &mut Vec<Found<'a>>, id: ObjectId, object: Object<'a>, untouched: bool) {
    let schema = match &id {
        ObjectId::Schema(name) => Some(name.as_str()),
        id => id.schema(),
    };
    if schema.is_none_or(|schema| !OURS.contains(&schema)) {
        objects.push(Found { id, object, untouched });
    }
}

/// A partition of a table whose partitions are made at run time, and that the other catalog does not have.
fn comes_and_goes(table: &Table, catalog: &Catalog, other: &Catalog) -> bool {
    let Some(part) = &table.partition_of else { return false };
    let tagged =
        |catalog: &Catalog| catalog.tables.get(&part.parent).is_some_and(|parent| parent.comment.tags().partitions);
    (tagged(catalog) || tagged(other)) && other.tables.contains_key(&part.parent) && part.bounds != "DEFAULT"
}

/// A table, and whether the other catalog has the same.
#[derive(Debug, Clone, Copy)]
struct TableOf<'a> {
    table: &'a Table,
    untouched: bool,
}

/// Tables and their parts: all of one kind, then all of the next, so that the ids come nearly in order.
fn table_objects<'a>(tables: &[TableOf<'a>], objects: &mut Vec<Found<'a>>) {
    let mut each = |parts: fn(&'a Table, &mut dyn FnMut(ObjectId, Object<'a>))| {
        for TableOf { table, untouched } in tables {
            parts(table, &mut |id, object| add_to(objects, id, object, *untouched));
        }
    };
    each(|table, add| add(table.id(), Object::Table(table)));
    each(|table, add| {
        for column in &table.columns {
            let id = ObjectId::Column(table.name.clone(), column.name.clone());
            add(id, Object::Column(ColumnOf { table, column }));
        }
    });
    each(|table, add| {
        for column in table.columns.iter().filter(|column| has_default(column)) {
            let id = ObjectId::Default(table.name.clone(), column.name.clone());
            add(id, Object::Default(DefaultOf { table, column }));
        }
    });
    each(|table, add| {
        let identities = table.columns.iter().filter_map(|column| column.identity.as_ref());
        for sequence in identities.filter_map(|identity| identity.sequence.as_ref()) {
            let id = ObjectId::Sequence(sequence.name.clone());
            add(id, Object::IdentitySequence(IdentityOf { table, sequence }));
        }
    });
    each(|table, add| {
        for constraint in table.constraints.values() {
            let id = ObjectId::Constraint(table.name.clone(), constraint.name.clone());
            add(id, Object::Constraint(ConstraintOf { table, constraint }));
        }
    });
    each(|table, add| {
        for index in table.indexes.values() {
            let index = IndexOf { on: On::Table(table), index };
            add(index.id(), Object::Index(index));
        }
    });
    each(|table, add| {
        for rule in table.rules.values() {
            let id = ObjectId::Rule(table.name.clone(), rule.name.clone());
            add(id, Object::Rule(RuleOf { on: On::Table(table), rule }));
        }
    });
    each(|table, add| {
        for trigger in table.triggers.values() {
            let id = ObjectId::Trigger(table.name.clone(), trigger.name.clone());
            add(id, Object::Trigger(TriggerOf { on: On::Table(table), trigger }));
        }
    });
    each(|table, add| {
        for policy in table.policies.values() {
            let id = ObjectId::Policy(table.name.clone(), policy.name.clone());
            add(id, Object::Policy(PolicyOf { table, policy }));
        }
    });
}

/// Whether the column has a default that can be set and dropped; a generation expression is the column's own.
pub(super) fn has_default(column: &Column) -> bool {
    column.default.is_some() && column.generated.is_none()
}

fn view_objects<'a>(name: &QualifiedName, view: &'a View, add: &mut impl FnMut(ObjectId, Object<'a>)) {
    add(ObjectId::View(name.clone()), Object::View(view));
    for column in &view.columns {
        let id = ObjectId::Column(name.clone(), column.name.clone());
        add(id, Object::ViewColumn(ViewColumnOf { view, column }));
    }
    let on = On::View(view);
    for index in view.indexes.values() {
        let index = IndexOf { on, index };
        add(index.id(), Object::Index(index));
    }
    for trigger in view.triggers.values() {
        add(ObjectId::Trigger(name.clone(), trigger.name.clone()), Object::Trigger(TriggerOf { on, trigger }));
    }
    for rule in view.rules.values() {
        add(ObjectId::Rule(name.clone(), rule.name.clone()), Object::Rule(RuleOf { on, rule }));
    }
}
