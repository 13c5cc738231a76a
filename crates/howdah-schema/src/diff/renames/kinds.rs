//! What kinds of objects there are that stand by themselves, functions aside: their names in a catalog, and how much two of
//! them have in common.

use super::directive::Target;
use super::forms::CLASS;
use super::likeness::likeness;
use crate::QualifiedName;
use crate::catalog::{Catalog, ObjectId, Relation, Statistics, Table};
use std::collections::{BTreeMap, BTreeSet};

/// An object of a schema: its name, and the access method of an operator class or family.
pub(super) type Key = (QualifiedName, String);

pub(super) fn space(target: &Target) -> &'static str {
    match target {
        Target::Table(_) | Target::View(_) | Target::Sequence(_) | Target::Type(_) => CLASS,
        target => target.kind(),
    }
}

pub(super) fn method(target: &Target) -> String {
    match target {
        Target::OperatorClass(_, method) | Target::OperatorFamily(_, method) => method.clone(),
        _ => String::new(),
    }
}

pub(super) fn object(target: &Target, new: &QualifiedName) -> ObjectId {
    let new = new.clone();
    match target {
        Target::Table(_) => ObjectId::Table(new),
        Target::View(_) => ObjectId::View(new),
        Target::Sequence(_) => ObjectId::Sequence(new),
        Target::Statistics(_) => ObjectId::Statistics(new),
        Target::Collation(_) => ObjectId::Collation(new),
        Target::TextSearchConfiguration(_) => ObjectId::TextSearchConfiguration(new),
        Target::TextSearchDictionary(_) => ObjectId::TextSearchDictionary(new),
        Target::OperatorClass(_, method) => ObjectId::OperatorClass(new, method.clone()),
        Target::OperatorFamily(_, method) => ObjectId::OperatorFamily(new, method.clone()),
        _ => ObjectId::Type(new),
    }
}

pub(super) fn object_names(sample: &Target, catalog: &Catalog) -> BTreeSet<Key> {
    let plain = |name: &QualifiedName| (name.clone(), String::new());
    match sample {
        Target::Table(_) => catalog.tables.keys().map(plain).collect(),
        Target::View(_) => catalog.views.keys().map(plain).collect(),
        Target::Sequence(_) => catalog.sequences.keys().map(plain).collect(),
        Target::Type(_) => {
            let made = catalog.enums.keys().chain(catalog.composites.keys()).chain(catalog.ranges.keys());
            made.chain(catalog.domains.keys()).map(plain).collect()
        }
        Target::Statistics(_) => catalog.statistics.keys().map(plain).collect(),
        Target::Collation(_) => catalog.collations.keys().map(plain).collect(),
        Target::TextSearchConfiguration(_) => catalog.text_search_configurations.keys().map(plain).collect(),
        Target::TextSearchDictionary(_) => catalog.text_search_dictionaries.keys().map(plain).collect(),
        Target::OperatorClass(..) => catalog.operator_classes.keys().cloned().collect(),
        Target::OperatorFamily(..) => catalog.operator_families.keys().cloned().collect(),
        _ => BTreeSet::new(),
    }
}

pub(super) fn object_likeness(
    sample: &Target,
    (from, old): (&Catalog, &QualifiedName),
    (to, new): (&Catalog, &QualifiedName),
) -> usize {
    match sample {
        // What its columns are says more than the names of keys and indexes, which may follow later.
        Target::Table(_) => {
            let (left, right) = (from.tables.get(old), to.tables.get(new));
            let columns = |table: &Table| {
                let columns = table.columns.iter().map(|column| (column.name.clone(), column.data_type.sql.clone()));
                columns.collect::<BTreeMap<String, String>>()
            };
            likeness(left.map(columns), right.map(columns)) * 10_000 + likeness(left, right)
        }
        Target::View(_) => likeness(from.views.get(old), to.views.get(new)),
        Target::Sequence(_) => likeness(from.sequences.get(old), to.sequences.get(new)),
        Target::Type(_) => {
            likeness(from.enums.get(old), to.enums.get(new))
                + likeness(from.domains.get(old), to.domains.get(new))
                + likeness(from.composites.get(old), to.composites.get(new))
                + likeness(from.ranges.get(old), to.ranges.get(new))
        }
        Target::Statistics(_) => {
            let columns =
                |catalog: &Catalog, name| catalog.statistics.get(name).map(|found: &Statistics| found.columns.clone());
            likeness(columns(from, old), columns(to, new))
        }
        Target::Collation(_) => likeness(from.collations.get(old), to.collations.get(new)),
        Target::TextSearchConfiguration(_) => {
            likeness(from.text_search_configurations.get(old), to.text_search_configurations.get(new))
        }
        Target::TextSearchDictionary(_) => {
            likeness(from.text_search_dictionaries.get(old), to.text_search_dictionaries.get(new))
        }
        _ => 0,
    }
}

pub(super) fn global_names(sample: &Target, catalog: &Catalog) -> BTreeSet<String> {
    match sample {
        Target::Schema(_) => catalog.schemas.keys().cloned().collect(),
        Target::Publication(_) => catalog.publications.keys().cloned().collect(),
        Target::EventTrigger(_) => catalog.event_triggers.keys().cloned().collect(),
        _ => BTreeSet::new(),
    }
}

pub(super) fn global_likeness(sample: &Target, (from, old): (&Catalog, &str), (to, new): (&Catalog, &str)) -> usize {
    // A schema is what is in it.
    let contents = |catalog: &Catalog, schema: &str| {
        let relations = catalog.relations().map(Relation::name);
        let types = catalog.enums.keys().chain(catalog.domains.keys()).chain(catalog.composites.keys());
        let functions = catalog.functions.keys().map(|signature| &signature.name);
        let names = relations.chain(types).chain(functions).filter(|name| name.schema == schema);
        names.map(|name| (name.name.clone(), true)).collect::<BTreeMap<String, bool>>()
    };
    match sample {
        Target::Schema(_) => likeness(Some(contents(from, old)), Some(contents(to, new))),
        Target::Publication(_) => likeness(from.publications.get(old), to.publications.get(new)),
        Target::EventTrigger(_) => likeness(from.event_triggers.get(old), to.event_triggers.get(new)),
        _ => 0,
    }
}
