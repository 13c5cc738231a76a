//! `components.schemas`: rows, what is inserted and changed, and the types that these and functions use.

use std::collections::BTreeSet;

use howdah_schema::catalog::{Comment, DataType};
use howdah_schema::clients::relation::Presence;
use howdah_schema::clients::rules::Kind;
use howdah_schema::{QualifiedName, Relation};
use serde_json::{Map, Value, json};

use super::{batch, reference, shared};
use crate::openapi::defaults::constant;
use crate::openapi::describe::{self, insert_some, text};
use crate::openapi::names::{key, type_key};
use crate::openapi::surface::{Resource, Surface, Visible};

/// All of them.
pub(super) fn schemas(surface: &Surface<'_>) -> Map<String, Value> {
    let mut schemas = Map::new();
    schemas.insert("api.error".into(), shared::error_schema());
    schemas.insert("api.filter".into(), shared::filter_schema());
    schemas.insert("api.operation".into(), batch::operation_schema());
    for resource in &surface.resources {
        let name = key(resource.name);
        if resource.can_read {
            schemas.insert(name.clone(), row(surface, resource));
        }
        if resource.can_insert() {
            schemas.insert(format!("{name}.insert"), insert(surface, resource));
        }
        if resource.can_update() {
            schemas.insert(format!("{name}.update"), update(surface, resource));
        }
    }
    for name in types(surface) {
        schemas.insert(type_key(&name), type_schema(surface, &name));
    }
    schemas
}

/// The schema of a value that is not null.
pub(super) fn of(surface: &Surface<'_>, kind: &Kind) -> Map<String, Value> {
    let schema = match kind {
        Kind::Text | Kind::Bytes | Kind::TimeTz | Kind::Oid | Kind::Other => json!({ "type": "string" }),
        Kind::Cut(length) | Kind::Padded(length) => json!({ "type": "string", "maxLength": length }),
        Kind::Whole(bits) => json!({ "type": "integer", "format": format!("int{bits}") }),
        Kind::Numeric(_) => json!({ "type": "number" }),
        Kind::Double => json!({ "type": "number", "format": "double" }),
        Kind::Single => json!({ "type": "number", "format": "float" }),
        Kind::Boolean => json!({ "type": "boolean" }),
        Kind::Json | Kind::JsonBinary | Kind::Unknown | Kind::Nothing => json!({}),
        Kind::Uuid => json!({ "type": "string", "format": "uuid" }),
        Kind::Date => json!({ "type": "string", "format": "date" }),
        // `date-time` has an offset, which these have not.
        Kind::Timestamp => json!({ "type": "string", "format": "date-time-local" }),
        Kind::TimestampTz => json!({ "type": "string", "format": "date-time" }),
        Kind::Time => json!({ "type": "string", "format": "time-local" }),
        Kind::Array(element) => json!({ "type": "array", "items": of(surface, element) }),
        Kind::Enum(name) => reference("schemas", &type_key(name)),
        Kind::Composite(name) => match surface.resource(name).filter(|resource| resource.whole_row) {
            Some(resource) => reference("schemas", &key(resource.name)),
            None => reference("schemas", &type_key(name)),
        },
    };
    match schema {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

/// The same, or null.
pub(super) fn or_null(mut schema: Map<String, Value>) -> Map<String, Value> {
    if schema.is_empty() {
        return schema;
    }
    match schema.get_mut("type") {
        Some(of_one) => *of_one = json!([of_one, "null"]),
        None => {
            let either = json!([schema, { "type": "null" }]);
            schema = Map::from_iter([("anyOf".to_owned(), either)]);
        }
    }
    schema
}

/// Types whose values an extension writes as JSON of their own shape rather than as a string.
const OPEN: [&str; 3] = ["geography", "geometry", "hstore"];

/// A column, argument or result: what it is to a client.
pub(super) fn value(surface: &Surface<'_>, data_type: &DataType, nullable: bool) -> Map<String, Value> {
    let kind = Kind::of(surface.catalog, data_type);
    let schema = match kind {
        Kind::Other if OPEN.contains(&data_type.name.name.as_str()) => Map::new(),
        kind => of(surface, &kind),
    };
    if nullable { or_null(schema) } else { schema }
}

/// An object of properties.
pub(super) fn object(properties: Map<String, Value>, required: &[&str]) -> Map<String, Value> {
    let mut schema = Map::new();
    schema.insert("type".into(), json!("object"));
    if !required.is_empty() {
        schema.insert("required".into(), json!(required));
    }
    schema.insert("properties".into(), Value::Object(properties));
    schema
}

fn annotated(mut schema: Map<String, Value>, comment: &Comment) -> Value {
    insert_some(&mut schema, "description", text(comment));
    if comment.tags().deprecated.is_some() {
        schema.insert("deprecated".into(), json!(true));
    }
    Value::Object(schema)
}

/// A column with what its comment and its keys say.
fn property(surface: &Surface<'_>, resource: &Resource<'_>, visible: &Visible<'_>) -> Map<String, Value> {
    let column = visible.field.column;
    let mut property = value(surface, &column.data_type, visible.field.nullable);
    insert_some(&mut property, "description", describe::column(resource, visible));
    if column.comment.tags().deprecated.is_some() {
        property.insert("deprecated".into(), json!(true));
    }
    property
}

fn row(surface: &Surface<'_>, resource: &Resource<'_>) -> Value {
    let mut properties = Map::new();
    for visible in resource.readable() {
        let column = visible.field.column;
        let mut property = property(surface, resource, visible);
        if column.generated.is_some() || column.identity.as_ref().is_some_and(|identity| identity.always) {
            property.insert("readOnly".into(), json!(true));
        }
        property.insert("x-postgresql-type".into(), json!(column.data_type.sql));
        properties.insert(column.name.clone(), Value::Object(property));
    }
    let required: Vec<&str> = resource.readable().map(|visible| visible.field.column.name.as_str()).collect();
    annotated(object(properties, &required), resource.comment)
}

fn insert(surface: &Surface<'_>, resource: &Resource<'_>) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for visible in resource.columns.iter().filter(|visible| visible.insert) {
        let column = visible.field.column;
        let mut property = property(surface, resource, visible);
        // PostgreSQL writes points in time in a form of its own, which the format of these does not allow.
        let is_time =
            matches!(visible.kind, Kind::Date | Kind::Timestamp | Kind::TimestampTz | Kind::Time | Kind::TimeTz);
        let default = column.default.as_deref().filter(|_| !is_time);
        if let Some(default) = default.and_then(|default| constant(&visible.kind, default)) {
            property.insert("default".into(), default);
        }
        if visible.field.insert == Presence::Required {
            required.push(column.name.as_str());
        }
        properties.insert(column.name.clone(), Value::Object(property));
    }
    annotated(object(properties, &required), resource.comment)
}

fn update(surface: &Surface<'_>, resource: &Resource<'_>) -> Value {
    let changed = resource.columns.iter().filter(|visible| visible.update);
    let property = |visible| Value::Object(property(surface, resource, visible));
    let properties = changed.map(|visible| (visible.field.column.name.clone(), property(visible))).collect();
    annotated(object(properties, &[]), resource.comment)
}

/// The types that need a schema of their own, through what they are made of.
fn types(surface: &Surface<'_>) -> BTreeSet<QualifiedName> {
    let mut found = BTreeSet::new();
    let columns = surface.resources.iter().flat_map(|resource| resource.columns.iter());
    columns.for_each(|visible| add(surface, &visible.kind, &mut found));
    for function in surface.routines.iter().flat_map(|routine| &routine.overloads).map(|overload| overload.function) {
        let arguments = function.arguments.iter().map(|argument| &argument.data_type);
        for data_type in arguments.chain(function.returns.as_ref().map(|returns| &returns.data_type)) {
            add(surface, &Kind::of(surface.catalog, data_type), &mut found);
        }
    }
    found
}

fn add(surface: &Surface<'_>, kind: &Kind, found: &mut BTreeSet<QualifiedName>) {
    match kind {
        Kind::Array(element) => add(surface, element, found),
        Kind::Enum(name) => {
            found.insert(name.clone());
        }
        Kind::Composite(name)
            if surface.resource(name).is_none_or(|resource| !resource.whole_row) && found.insert(name.clone()) =>
        {
            let parts = parts(surface, name);
            parts.iter().for_each(|(_, data_type, _)| add(surface, &Kind::of(surface.catalog, data_type), found));
        }
        _ => {}
    }
}

/// What a composite type, or the row type of a table or view, is made of.
fn parts<'a>(surface: &Surface<'a>, name: &QualifiedName) -> Vec<(&'a str, &'a DataType, &'a Comment)> {
    if let Some(composite) = surface.catalog.composites.get(name) {
        let attributes = composite.attributes.iter();
        return attributes.map(|part| (part.name.as_str(), &part.data_type, &part.comment)).collect();
    }
    let relation = surface.catalog.relation(&name.schema, &name.name);
    let columns = relation.into_iter().flat_map(Relation::columns);
    columns.map(|part| (part.name.as_str(), &part.data_type, &part.comment)).collect()
}

fn type_schema(surface: &Surface<'_>, name: &QualifiedName) -> Value {
    if let Some(found) = surface.catalog.enums.get(name) {
        // `enum` may not be empty.
        let labels = if found.labels.is_empty() { json!({ "not": {} }) } else { json!({ "enum": found.labels }) };
        let mut schema = Map::from_iter([("type".to_owned(), json!("string"))]);
        if let Value::Object(labels) = labels {
            schema.extend(labels);
        }
        return annotated(schema, &found.comment);
    }
    let parts = parts(surface, name);
    let property = |data_type, comment| annotated(value(surface, data_type, true), comment);
    let properties =
        parts.iter().map(|(name, data_type, comment)| ((*name).to_owned(), property(data_type, comment))).collect();
    let required: Vec<&str> = parts.iter().map(|(name, ..)| *name).collect();
    let comment = surface.catalog.composites.get(name).map(|composite| &composite.comment);
    annotated(object(properties, &required), comment.unwrap_or(&Comment::default()))
}
