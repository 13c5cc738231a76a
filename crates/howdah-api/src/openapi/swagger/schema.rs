//! `definitions`, and what columns and arguments are: `format` is the type as SQL writes it, without modifiers.

use howdah_schema::catalog::DataType;
use howdah_schema::clients::rules::Kind;
use serde_json::{Map, Value, json};

use crate::openapi::defaults::constant;
use crate::openapi::describe::{self, insert_some, text};
use crate::openapi::names::pointer;
use crate::openapi::surface::{Resource, Surface, Visible};

/// All of them.
pub(super) fn definitions(surface: &Surface<'_>) -> Map<String, Value> {
    let resources = surface.resources.iter();
    resources.map(|resource| (resource.name.to_owned(), Value::Object(definition(surface, resource)))).collect()
}

/// A reference to a relation's definition.
pub(super) fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/definitions/{}", pointer(name)) })
}

fn definition(surface: &Surface<'_>, resource: &Resource<'_>) -> Map<String, Value> {
    let mut definition = Map::new();
    insert_some(&mut definition, "description", text(resource.comment));
    let required: Vec<&str> = resource
        .columns
        .iter()
        .filter(|visible| visible.field.column.not_null)
        .map(|visible| visible.field.column.name.as_str())
        .collect();
    if !required.is_empty() {
        definition.insert("required".into(), json!(required));
    }
    let properties: Map<String, Value> = resource
        .columns
        .iter()
        .map(|visible| (visible.field.column.name.clone(), Value::Object(property(surface, resource, visible))))
        .collect();
    definition.insert("properties".into(), Value::Object(properties));
    definition.insert("type".into(), json!("object"));
    definition
}

fn property(surface: &Surface<'_>, resource: &Resource<'_>, visible: &Visible<'_>) -> Map<String, Value> {
    let column = visible.field.column;
    let mut property = Map::new();
    if let Some(default) = column.default.as_deref() {
        let constant = constant(&visible.kind, default);
        // Of what is a string, the expression itself if it is no constant.
        let string = visible.kind.is_string() || matches!(visible.kind, Kind::Enum(_));
        if let Some(default) = constant.or_else(|| string.then(|| json!(default))) {
            property.insert("default".into(), default);
        }
    }
    insert_some(&mut property, "description", describe::column(resource, visible));
    if let Kind::Enum(name) = &visible.kind
        && let Some(found) = surface.catalog.enums.get(name).filter(|found| !found.labels.is_empty())
    {
        property.insert("enum".into(), json!(found.labels));
    }
    property.extend(of(surface, &column.data_type));
    if let Kind::Cut(length) | Kind::Padded(length) = visible.kind {
        property.insert("maxLength".into(), json!(length));
    }
    property
}

/// A type; `format` stands for what else there is to say.
pub(super) fn of(surface: &Surface<'_>, data_type: &DataType) -> Map<String, Value> {
    let kind = Kind::of(surface.catalog, data_type);
    let mut schema = Map::new();
    schema.insert("format".into(), json!(format(data_type)));
    if let Some(name) = type_of(&kind) {
        schema.insert("type".into(), json!(name));
    }
    if let Kind::Array(element) = &kind {
        schema.insert("items".into(), type_of(element).map_or_else(|| json!({}), |name| json!({ "type": name })));
    }
    schema
}

fn type_of(kind: &Kind) -> Option<&'static str> {
    Some(match kind {
        Kind::Boolean => "boolean",
        Kind::Whole(_) => "integer",
        Kind::Numeric(_) | Kind::Double | Kind::Single => "number",
        Kind::Json | Kind::JsonBinary | Kind::Unknown | Kind::Nothing => return None,
        Kind::Array(_) => "array",
        Kind::Composite(_) => "object",
        Kind::Text
        | Kind::Cut(_)
        | Kind::Padded(_)
        | Kind::Bytes
        | Kind::Uuid
        | Kind::Date
        | Kind::Timestamp
        | Kind::TimestampTz
        | Kind::Time
        | Kind::TimeTz
        | Kind::Enum(_)
        | Kind::Oid
        | Kind::Other => "string",
    })
}

/// A domain is what it is made from.
fn format(data_type: &DataType) -> String {
    let sql = data_type.base.as_deref().unwrap_or(&data_type.sql);
    // `character varying(64)`, `timestamp(3) with time zone`; a name in quotes may hold parentheses of its own.
    match (sql.contains('"'), sql.split_once('('), sql.split_once(')')) {
        (false, Some((before, _)), Some((_, after))) => format!("{before}{after}"),
        _ => sql.to_owned(),
    }
}
