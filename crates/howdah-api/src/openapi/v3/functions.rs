//! Functions: `/rpc/name`.

use howdah_schema::catalog::{Argument, ArgumentMode, TypeKind};
use howdah_schema::clients::rules::Kind;
use serde_json::{Map, Value, json};

use super::parameters::{profile, shared};
use super::reference;
use super::schemas::{object, of, or_null, value};
use crate::openapi::describe;
use crate::openapi::names::{key, segment};
use crate::openapi::surface::{Call, Overload, Routine, Surface, body_media, is_required};

/// Where they stand.
pub(super) const TAG: &str = "rpc";

/// The path of the functions of one name.
pub(super) fn path(surface: &Surface<'_>, routine: &Routine<'_>) -> (String, Value) {
    let mut item = Map::new();
    let by_get: Vec<&Overload<'_>> = routine.overloads.iter().filter(|overload| overload.by_get).collect();
    if !by_get.is_empty() {
        item.insert("get".into(), get(surface, routine, &by_get));
    }
    item.insert("post".into(), post(surface, routine));
    (format!("/rpc/{}", segment(routine.name)), Value::Object(item))
}

fn operation(routine: &Routine<'_>, id: &str) -> Map<String, Value> {
    let first = routine.overloads.first();
    let mut operation = match first {
        Some(first) => describe::operation(TAG, &first.function.comment),
        None => Map::new(),
    };
    operation.entry("summary").or_insert_with(|| json!(routine.name));
    operation.insert("operationId".into(), json!(format!("rpc.{}.{id}", key(routine.name))));
    operation
}

fn get(surface: &Surface<'_>, routine: &Routine<'_>, overloads: &[&Overload<'_>]) -> Value {
    let arguments = routine.get_arguments();
    let mut parameters: Vec<Value> = arguments
        .iter()
        .map(|(name, required, argument)| {
            let mut parameter = Map::new();
            parameter.insert("name".into(), json!(name));
            parameter.insert("in".into(), json!("query"));
            parameter.insert("required".into(), json!(required));
            parameter.insert("schema".into(), Value::Object(in_query(surface, argument)));
            Value::Object(parameter)
        })
        .collect();
    parameters.extend(read_parameters(surface, overloads.iter().copied()));
    parameters.extend(shared(&["prefer-call"]));
    parameters.extend(profile(surface, "accept-profile"));
    let mut operation = operation(routine, "get");
    operation.insert("parameters".into(), Value::Array(parameters));
    operation.insert("responses".into(), responses(surface, overloads));
    Value::Object(operation)
}

fn post(surface: &Surface<'_>, routine: &Routine<'_>) -> Value {
    let overloads: Vec<&Overload<'_>> = routine.overloads.iter().collect();
    let mut parameters = read_parameters(surface, overloads.iter().copied());
    parameters.extend(shared(&["prefer-call"]));
    parameters.extend(profile(surface, "content-profile"));
    let mut operation = operation(routine, "post");
    operation.insert("parameters".into(), Value::Array(parameters));
    operation.insert("requestBody".into(), body(surface, routine));
    operation.insert("responses".into(), responses(surface, &overloads));
    Value::Object(operation)
}

/// What shapes an answer of rows: filters on their columns are taken, too, and cannot be listed.
fn read_parameters<'s>(surface: &Surface<'_>, overloads: impl Iterator<Item = &'s Overload<'s>>) -> Vec<Value> {
    let mut rows = false;
    let mut many = false;
    for overload in overloads {
        let Some(returns) = &overload.function.returns else { continue };
        let composite = matches!(Kind::of(surface.catalog, &returns.data_type), Kind::Composite(_));
        rows |= composite || !overload.outputs().is_empty();
        many |= returns.set;
    }
    let mut keys = Vec::new();
    if rows {
        keys.push("select");
    }
    if rows && many {
        keys.extend(["and", "or", "order"]);
    }
    if many {
        keys.extend(["limit", "offset", "range", "range-unit"]);
    }
    shared(&keys)
}

/// An argument in the URL is text: an array in braces, JSON as JSON. A variadic one is repeated.
fn in_query(surface: &Surface<'_>, argument: &Argument) -> Map<String, Value> {
    let kind = Kind::of(surface.catalog, &argument.data_type);
    match kind {
        Kind::Array(_) if argument.mode == ArgumentMode::Variadic => of(surface, &kind),
        Kind::Array(_) | Kind::Composite(_) | Kind::Json | Kind::JsonBinary | Kind::Unknown | Kind::Nothing => {
            Map::from_iter([("type".to_owned(), json!("string"))])
        }
        kind => of(surface, &kind),
    }
}

/// One body for each media type: arguments by name are JSON, an argument alone is what its type says.
fn body(surface: &Surface<'_>, routine: &Routine<'_>) -> Value {
    let mut json: Vec<Value> = Vec::new();
    let mut content = Map::new();
    let mut required = true;
    for overload in &routine.overloads {
        match &overload.call {
            Call::Named(arguments) => {
                required &= arguments.iter().any(|(_, argument)| is_required(argument));
                json.push(Value::Object(by_name(surface, overload, arguments)));
            }
            Call::Body(argument) => match body_media(&argument.data_type) {
                "application/json" => json.push(json!({})),
                media => {
                    content.insert(media.into(), json!({ "schema": { "type": "string" } }));
                }
            },
        }
    }
    if let Some(schema) = any_of(json) {
        content.insert("application/json".into(), json!({ "schema": schema }));
    }
    json!({ "required": required, "content": content })
}

fn by_name(surface: &Surface<'_>, overload: &Overload<'_>, arguments: &[(&str, &Argument)]) -> Map<String, Value> {
    let mut properties = Map::new();
    for (name, argument) in arguments {
        // A strict function is not called with null: the answer is null.
        let property = value(surface, &argument.data_type, !overload.function.strict);
        properties.insert((*name).to_owned(), Value::Object(property));
    }
    let required: Vec<&str> =
        arguments.iter().filter(|(_, argument)| is_required(argument)).map(|(name, _)| *name).collect();
    let mut schema = object(properties, &required);
    // With another key it would be another function.
    schema.insert("additionalProperties".into(), json!(false));
    schema
}

/// Any of these, each once.
fn any_of(schemas: Vec<Value>) -> Option<Value> {
    let mut distinct: Vec<Value> = Vec::new();
    for schema in schemas {
        if !distinct.contains(&schema) {
            distinct.push(schema);
        }
    }
    if distinct.len() > 1 { Some(json!({ "anyOf": distinct })) } else { distinct.pop() }
}

fn responses(surface: &Surface<'_>, overloads: &[&Overload<'_>]) -> Value {
    let mut json: Vec<Value> = Vec::new();
    let mut content = Map::new();
    let mut responses = Map::new();
    let mut rows = false;
    for overload in overloads {
        let Some(returns) = &overload.function.returns else { continue };
        let data_type = &returns.data_type;
        rows |= returns.set;
        if data_type.kind == TypeKind::Domain && data_type.name.name.contains('/') {
            // A domain that is called like a media type.
            content.insert(data_type.name.name.clone(), json!({}));
        } else if data_type.kind == TypeKind::Pseudo && data_type.name.name == "void" && !returns.set {
            responses.insert("204".into(), json!({ "description": "Done: it returns nothing" }));
        } else {
            json.push(Value::Object(result(surface, overload)));
        }
    }
    if let Some(schema) = any_of(json) {
        content.insert("application/json".into(), json!({ "schema": schema }));
    }
    if rows {
        let text = json!({ "schema": { "type": "string" } });
        content.insert("text/csv".into(), text.clone());
        content.insert("application/x-ndjson".into(), text);
    }
    if !content.is_empty() {
        responses.insert("200".into(), json!({ "description": "What it returns", "content": content }));
    }
    responses.insert("default".into(), reference("responses", "api.error"));
    // Statuses in their order, `default` last.
    responses.sort_keys();
    Value::Object(responses)
}

fn result(surface: &Surface<'_>, overload: &Overload<'_>) -> Map<String, Value> {
    let Some(returns) = &overload.function.returns else { return Map::new() };
    let outputs = overload.outputs();
    let row = if outputs.is_empty() {
        value(surface, &returns.data_type, false)
    } else {
        let named: Vec<(String, &Argument)> = outputs
            .iter()
            .enumerate()
            .map(|(at, output)| (output.name.clone().unwrap_or_else(|| format!("column{}", at + 1)), *output))
            .collect();
        let required: Vec<&str> = named.iter().map(|(name, _)| name.as_str()).collect();
        let column = |output: &Argument| Value::Object(value(surface, &output.data_type, true));
        object(named.iter().map(|(name, output)| (name.clone(), column(output))).collect(), &required)
    };
    // Of a set that has no columns of its own, any element may be null.
    let scalar = outputs.is_empty() && !matches!(Kind::of(surface.catalog, &returns.data_type), Kind::Composite(_));
    if returns.set {
        let items = if scalar { or_null(row) } else { row };
        return Map::from_iter([("type".to_owned(), json!("array")), ("items".to_owned(), Value::Object(items))]);
    }
    or_null(row)
}
