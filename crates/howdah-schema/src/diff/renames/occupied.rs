//! Every name that shares a space with tables, as it is once the schemas have their new names.

use super::forms::{CLASS, Form, Named, Place};
use super::names::Names;
use crate::QualifiedName;
use crate::catalog::{Catalog, Index, ObjectId, Sequence, Table};
use std::collections::BTreeMap;

/// What is in a table is counted as being where the table goes: it moves with it.
pub(super) fn classes(from: &Catalog, names: &Names) -> BTreeMap<Place, Option<Named>> {
    let mut all = BTreeMap::new();
    let mut add = |place: Place, form: Form, object: ObjectId, container: Option<&QualifiedName>| {
        all.insert(place, Some(Named { form, object, container: container.cloned() }));
    };
    let own = |name: &QualifiedName| Place::of(CLASS, &names.place(name));
    for table in from.tables.values() {
        let new = names.new_name(&table.name);
        add(own(&table.name), Form::Object("TABLE"), ObjectId::Table(table.name.clone()), None);
        for index in table.indexes.values() {
            let (form, object) = index_form(table, index);
            add(Place::new(CLASS, &new.schema, &index.name), form, object, Some(&new));
        }
        for sequence in table.columns.iter().filter_map(|column| column.identity.as_ref()?.sequence.as_ref()) {
            let object = ObjectId::Sequence(sequence.name.clone());
            add(Place::new(CLASS, &new.schema, &sequence.name.name), Form::Object("SEQUENCE"), object, Some(&new));
        }
    }
    for view in from.views.values() {
        let new = names.new_name(&view.name);
        add(own(&view.name), view_form(view.materialized), ObjectId::View(view.name.clone()), None);
        for index in view.indexes.values() {
            let object = ObjectId::Index(QualifiedName::new(&view.name.schema, &index.name));
            add(Place::new(CLASS, &new.schema, &index.name), Form::Object("INDEX"), object, Some(&new));
        }
    }
    for sequence in from.sequences.values() {
        let container = owner(sequence, names);
        let object = ObjectId::Sequence(sequence.name.clone());
        add(Place::of(CLASS, &sequence_place(sequence, names)), Form::Object("SEQUENCE"), object, container.as_ref());
    }
    for name in from.domains.keys() {
        add(own(name), Form::Object("DOMAIN"), ObjectId::Type(name.clone()), None);
    }
    for name in from.enums.keys().chain(from.composites.keys()).chain(from.ranges.keys()) {
        add(own(name), Form::Object("TYPE"), ObjectId::Type(name.clone()), None);
    }
    for range in from.ranges.values() {
        let object = ObjectId::Type(range.name.clone());
        add(own(&range.multirange_name), Form::Object("TYPE"), object, None);
    }
    all
}

fn index_form(table: &Table, index: &Index) -> (Form, ObjectId) {
    match &index.constraint {
        Some(constraint) => {
            (Form::Part("TABLE", "CONSTRAINT"), ObjectId::Constraint(table.name.clone(), constraint.clone()))
        }
        None => (Form::Object("INDEX"), ObjectId::Index(QualifiedName::new(&table.name.schema, &index.name))),
    }
}

pub(super) fn view_form(materialized: bool) -> Form {
    Form::Object(if materialized { "MATERIALIZED VIEW" } else { "VIEW" })
}

/// The new name of the table that a sequence belongs to.
pub(super) fn owner(sequence: &Sequence, names: &Names) -> Option<QualifiedName> {
    sequence.owned_by.as_ref().map(|owner| names.new_name(&owner.table))
}

/// Where a sequence is before it is renamed itself: with its table, if it has one.
pub(super) fn sequence_place(sequence: &Sequence, names: &Names) -> QualifiedName {
    match owner(sequence, names) {
        Some(table) => QualifiedName::new(table.schema, sequence.name.name.clone()),
        None => names.place(&sequence.name),
    }
}
