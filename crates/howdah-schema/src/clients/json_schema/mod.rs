//! A JSON Schema (2020-12) with a definition for each row that is read, inserted and changed.
//!
//! It says what its keywords can say exactly: lengths (`maxLength` counts characters, as PostgreSQL does), limits of numbers,
//! patterns, lists. Every other CHECK is named in a `$comment`. `format` is an annotation, as the standard has it by default:
//! PostgreSQL reads more ways of writing a date than the format names.

mod types;

use super::ClientOptions;
use super::relation::{Field, Presence, Shape};
use super::rules::Rule;
use super::selection::Selection;
use crate::OutputFile;
use crate::QualifiedName;
use crate::catalog::{Catalog, Comment};
use serde_json::{Map, Value, json};
use types::Types;

/// `database.schema.json`.
pub fn files(catalog: &Catalog, options: &ClientOptions) -> Vec<OutputFile> {
    let selection = Selection::new(catalog, options);
    let types = Types { selection: &selection };
    let mut definitions = Map::new();
    for (name, found) in &selection.enums {
        let mut schema = Map::new();
        annotate(&mut schema, &found.comment);
        // `enum` may not be empty.
        let labels = if found.labels.is_empty() { json!({ "not": {} }) } else { json!({ "enum": found.labels }) };
        extend(&mut schema, labels);
        definitions.insert(key(name, &[]), Value::Object(schema));
    }
    for (name, domain) in &selection.domains {
        let mut schema = types.domain(domain);
        annotate(&mut schema, &domain.comment);
        definitions.insert(key(name, &[]), Value::Object(schema));
    }
    for (name, members) in &selection.composites {
        let mut properties = Map::new();
        for member in members {
            let mut schema = or_null(types.of(member.data_type));
            annotate(&mut schema, member.comment);
            properties.insert(member.name.to_owned(), Value::Object(schema));
        }
        let required: Vec<&str> = members.iter().map(|member| member.name).collect();
        let mut schema = object(properties, &required);
        if let Some(composite) = catalog.composites.get(name) {
            annotate(&mut schema, &composite.comment);
        }
        definitions.insert(key(name, &[]), Value::Object(schema));
    }
    for shape in selection.tables.values().chain(selection.views.values()) {
        relation(&mut definitions, &types, shape);
    }
    let document = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Rows of the database",
        "description": "Made by `howdah types json-schema` from the database's schema. Changes here are lost.",
        "$defs": definitions,
    });
    // A value of strings, numbers, lists and maps of strings has a text.
    let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
    text.push('\n');
    vec![OutputFile::new("database.schema.json", text)]
}

/// The name of a definition: `public.tasks.Insert`.
fn key(name: &QualifiedName, part: &[&str]) -> String {
    let mut key = name.to_string();
    for part in part {
        key.push('.');
        key.push_str(part);
    }
    key
}

/// A reference to a definition, as a pointer in a URI's fragment.
fn reference(name: &QualifiedName, part: &[&str]) -> String {
    let mut out = String::from("#/$defs/");
    for byte in key(name, part).bytes() {
        match byte {
            b'~' => out.push_str("~0"),
            b'/' => out.push_str("~1"),
            b if b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-') => out.push(char::from(b)),
            b => out.push_str(&format!("%{b:02X}")),
        }
    }
    out
}

fn relation(definitions: &mut Map<String, Value>, types: &Types<'_>, shape: &Shape<'_>) {
    let rules = |field: &Field<'_>| shape.rules.columns.get(&field.column.name).map_or(&[][..], Vec::as_slice);
    let mut properties = Map::new();
    let mut comments = Vec::new();
    for field in &shape.fields {
        let valid: Vec<&Rule> = rules(field).iter().filter(|rule| rule.validated).collect();
        properties.insert(field.column.name.clone(), property(types, field, &valid, &mut Vec::new()));
    }
    let names: Vec<&str> = shape.fields.iter().map(|field| field.column.name.as_str()).collect();
    let mut row = object(properties, &names);
    annotate(&mut row, shape.comment);
    definitions.insert(key(shape.name, &["Row"]), Value::Object(row));

    for rule in &shape.rules.rows {
        comments.push(format!("{}: it is about more than one column", rule.name));
    }
    for left in &shape.rules.left {
        comments.push(format!("{}: {}", left.name, left.reason));
    }
    for (part, possible) in [("Insert", shape.insertable), ("Update", shape.updatable)] {
        if !possible {
            continue;
        }
        let mut left = comments.clone();
        let mut properties = Map::new();
        let mut required = Vec::new();
        for field in &shape.fields {
            let (presence, touched) = match part {
                "Insert" => (field.insert, field.touched_on_insert),
                _ => (field.update, field.touched_on_update),
            };
            if presence == Presence::Never {
                continue;
            }
            if presence == Presence::Required {
                required.push(field.column.name.as_str());
            }
            let mut given: Vec<&Rule> = Vec::new();
            for rule in rules(field) {
                if touched {
                    left.push(format!("{}: a trigger may set {} before it is checked", rule.name, field.column.name));
                } else {
                    given.push(rule);
                }
            }
            properties.insert(field.column.name.clone(), property(types, field, &given, &mut left));
        }
        let mut schema = object(properties, &required);
        schema.insert("additionalProperties".to_owned(), json!(false));
        annotate(&mut schema, shape.comment);
        comment(&mut schema, &left);
        definitions.insert(key(shape.name, &[part]), Value::Object(schema));
    }
}

fn property(types: &Types<'_>, field: &Field<'_>, rules: &[&Rule], left: &mut Vec<String>) -> Value {
    let mut schema = types.of(&field.column.data_type);
    let kind = types.selection.kind(&field.column.data_type);
    let mut not_carried = types.add_rules(&mut schema, &kind, rules);
    left.append(&mut not_carried);
    if field.nullable {
        schema = or_null(schema);
    } else if schema.is_empty() {
        // JSON that may be anything, and yet not null: that is SQL's NULL.
        schema.insert("not".to_owned(), json!({ "type": "null" }));
    }
    annotate(&mut schema, &field.column.comment);
    Value::Object(schema)
}

/// What it is about, from the comment.
fn annotate(schema: &mut Map<String, Value>, comment: &Comment) {
    if !comment.text().is_empty() {
        schema.insert("description".to_owned(), json!(comment.text()));
    }
    if comment.tags().deprecated.is_some() {
        schema.insert("deprecated".to_owned(), json!(true));
    }
}

/// What it does not say.
fn comment(schema: &mut Map<String, Value>, left: &[String]) {
    if !left.is_empty() {
        schema.insert("$comment".to_owned(), json!(format!("not carried: {}", left.join("; "))));
    }
}

fn object(properties: Map<String, Value>, required: &[&str]) -> Map<String, Value> {
    let mut schema = Map::new();
    schema.insert("type".to_owned(), json!("object"));
    schema.insert("properties".to_owned(), Value::Object(properties));
    if !required.is_empty() {
        schema.insert("required".to_owned(), json!(required));
    }
    schema
}

/// Keywords that are about values of one type, and pass all others.
const OF_ONE_TYPE: [&str; 13] = [
    "type",
    "format",
    "pattern",
    "minLength",
    "maxLength",
    "minimum",
    "exclusiveMinimum",
    "maximum",
    "exclusiveMaximum",
    "items",
    "minItems",
    "maxItems",
    "description",
];

/// The same, or null.
fn or_null(mut schema: Map<String, Value>) -> Map<String, Value> {
    match schema.get("type") {
        Some(Value::String(name)) if schema.keys().all(|keyword| OF_ONE_TYPE.contains(&keyword.as_str())) => {
            let name = name.clone();
            schema.insert("type".to_owned(), json!([name, "null"]));
            schema
        }
        _ if schema.is_empty() => schema,
        _ => {
            let mut either = Map::new();
            either.insert("anyOf".to_owned(), json!([schema, { "type": "null" }]));
            either
        }
    }
}

fn extend(schema: &mut Map<String, Value>, more: Value) {
    if let Value::Object(more) = more {
        schema.extend(more);
    }
}
