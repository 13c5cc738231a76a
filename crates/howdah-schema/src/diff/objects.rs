//! All objects of a catalog, by what identifies them.

use super::object::{
    ColumnOf, ConstraintOf, DefaultOf, DefaultPrivilegesOf, DomainCheckOf, IdentityOf, IndexOf, Object, On, PolicyOf,
    RuleOf, TriggerOf, ViewColumnOf,
};
use crate::QualifiedName;
use crate::catalog::{Catalog, Column, DefaultPrivilege, ObjectId, Table, View};
use std::collections::BTreeMap;

pub(super) type Objects<'a> = BTreeMap<ObjectId, Object<'a>>;

/// What Howdah remembers about a database is none of its schema.
const OURS: &[&str] = &["howdah", "howdah_dev"];

/// The role of default privileges when it is whoever loads the files.
pub(super) const WHOEVER: &str = "";

/// What `catalog` holds, but for what is Howdah's own and for partitions that come and go at run time. What is compared with
/// decides what the catalog's own role is called.
pub(super) fn objects<'a>(catalog: &'a Catalog, other: &Catalog) -> Objects<'a> {
    let mut objects = Objects::new();
    let mut add = |id: ObjectId, object: Object<'a>| {
        let schema = match &id {
            ObjectId::Schema(name) => Some(name.as_str()),
            id => id.schema(),
        };
        if schema.is_none_or(|schema| !OURS.contains(&schema)) {
            objects.insert(id, object);
        }
    };
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
    for (name, table) in &catalog.tables {
        if !comes_and_goes(table, catalog, other) {
            table_objects(name, table, &mut add);
        }
    }
    for (name, view) in &catalog.views {
        view_objects(name, view, &mut add);
    }
    objects
}

/// A partition of a table whose partitions are made at run time, and that the other catalog does not have.
fn comes_and_goes(table: &Table, catalog: &Catalog, other: &Catalog) -> bool {
    let Some(part) = &table.partition_of else { return false };
    let tagged =
        |catalog: &Catalog| catalog.tables.get(&part.parent).is_some_and(|parent| parent.comment.tags().partitions);
    (tagged(catalog) || tagged(other)) && other.tables.contains_key(&part.parent) && part.bounds != "DEFAULT"
}

fn table_objects<'a>(name: &QualifiedName, table: &'a Table, add: &mut impl FnMut(ObjectId, Object<'a>)) {
    add(ObjectId::Table(name.clone()), Object::Table(table));
    for column in &table.columns {
        let of = || (name.clone(), column.name.clone());
        let (relation, part) = of();
        add(ObjectId::Column(relation, part), Object::Column(ColumnOf { table, column }));
        if has_default(column) {
            let (relation, part) = of();
            add(ObjectId::Default(relation, part), Object::Default(DefaultOf { table, column }));
        }
        if let Some(sequence) = column.identity.as_ref().and_then(|identity| identity.sequence.as_ref()) {
            let id = ObjectId::Sequence(sequence.name.clone());
            add(id, Object::IdentitySequence(IdentityOf { table, sequence }));
        }
    }
    for constraint in table.constraints.values() {
        let id = ObjectId::Constraint(name.clone(), constraint.name.clone());
        add(id, Object::Constraint(ConstraintOf { table, constraint }));
    }
    for policy in table.policies.values() {
        add(ObjectId::Policy(name.clone(), policy.name.clone()), Object::Policy(PolicyOf { table, policy }));
    }
    let on = On::Table(table);
    for index in table.indexes.values() {
        let index = IndexOf { on, index };
        add(index.id(), Object::Index(index));
    }
    for trigger in table.triggers.values() {
        add(ObjectId::Trigger(name.clone(), trigger.name.clone()), Object::Trigger(TriggerOf { on, trigger }));
    }
    for rule in table.rules.values() {
        add(ObjectId::Rule(name.clone(), rule.name.clone()), Object::Rule(RuleOf { on, rule }));
    }
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
