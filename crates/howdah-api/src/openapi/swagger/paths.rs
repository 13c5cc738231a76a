//! `paths`: the root, the relations, the functions.

use howdah_schema::catalog::{Argument, ArgumentMode};
use serde_json::{Map, Value, json};

use super::parameter;
use super::parameters::{body_key, filter_key};
use super::schema::{self, reference};
use crate::openapi::describe::{operation, text};
use crate::openapi::names::segment;
use crate::openapi::surface::{Call, Resource, Routine, Surface, body_media, is_required};

/// What functions answer.
const PRODUCED: [&str; 3] =
    ["application/json", "application/vnd.pgrst.object+json;nulls=stripped", "application/vnd.pgrst.object+json"];

/// All of them.
pub(super) fn paths(surface: &Surface<'_>) -> Map<String, Value> {
    let mut paths = Map::new();
    let root = json!({
        "tags": ["Introspection"],
        "summary": "OpenAPI description (this document)",
        "produces": ["application/openapi+json", "application/json"],
        "responses": { "200": { "description": "OK" } },
    });
    paths.insert("/".into(), json!({ "get": root }));
    for resource in &surface.resources {
        paths.insert(format!("/{}", segment(resource.name)), Value::Object(relation(resource)));
    }
    for routine in &surface.routines {
        paths.insert(format!("/rpc/{}", segment(routine.name)), Value::Object(function(surface, routine)));
    }
    paths
}

fn relation(resource: &Resource<'_>) -> Map<String, Value> {
    let filters = || resource.readable().map(|visible| filter_key(resource, visible));
    let with = |parameters: Vec<String>, responses: Value| {
        let mut operation = operation(resource.name, resource.comment);
        let parameters: Vec<Value> = parameters.iter().map(|name| parameter(name)).collect();
        operation.insert("parameters".into(), json!(parameters));
        operation.insert("responses".into(), responses);
        Value::Object(operation)
    };
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let mut item = Map::new();
    if resource.can_read {
        let common = names(&["select", "order", "range", "rangeUnit", "offset", "limit", "preferCount"]);
        let rows = json!({ "type": "array", "items": reference(resource.name) });
        let responses = json!({
            "200": { "description": "OK", "schema": rows },
            "206": { "description": "Partial Content" },
        });
        item.insert("get".into(), with(filters().chain(common).collect(), responses));
    }
    if resource.can_insert() {
        let mut parameters = vec![body_key(resource)];
        parameters.extend(names(&["select", "preferPost"]));
        item.insert("post".into(), with(parameters, json!({ "201": { "description": "Created" } })));
    }
    let done = || json!({ "204": { "description": "No Content" } });
    if resource.can_delete {
        item.insert("delete".into(), with(filters().chain(names(&["preferReturn"])).collect(), done()));
    }
    if resource.can_update() {
        let own = [body_key(resource), "preferReturn".to_owned()];
        item.insert("patch".into(), with(filters().chain(own).collect(), done()));
    }
    item
}

/// A function, or all of its name: GET takes what any of them takes, and a body is any of theirs.
fn function(surface: &Surface<'_>, routine: &Routine<'_>) -> Map<String, Value> {
    let mut item = Map::new();
    let Some(first) = routine.overloads.first() else { return item };
    let with = |parameters: Vec<Value>, consumed: Option<&str>| {
        let mut operation = operation(&format!("(rpc) {}", routine.name), &first.function.comment);
        if let Some(consumed) = consumed {
            operation.insert("consumes".into(), json!([consumed]));
        }
        operation.insert("produces".into(), json!(PRODUCED));
        operation.insert("parameters".into(), json!(parameters));
        operation.insert("responses".into(), json!({ "200": { "description": "OK" } }));
        Value::Object(operation)
    };
    if routine.overloads.iter().any(|overload| overload.by_get) {
        let parameters =
            routine.get_arguments().into_iter().map(|(name, required, one)| argument(surface, name, required, one));
        item.insert("get".into(), with(parameters.collect(), None));
    }
    let consumed = match &first.call {
        Call::Body(one) if routine.overloads.len() == 1 => Some(body_media(&one.data_type)),
        _ => None,
    };
    let args = json!({ "name": "args", "required": true, "in": "body", "schema": body(surface, routine) });
    item.insert("post".into(), with(vec![args, parameter("preferParams")], consumed));
    item
}

fn argument(surface: &Surface<'_>, name: &str, required: bool, argument: &Argument) -> Value {
    let mut parameter = Map::new();
    parameter.insert("name".into(), json!(name));
    parameter.insert("required".into(), json!(required));
    parameter.insert("in".into(), json!("query"));
    let schema = schema::of(surface, &argument.data_type);
    if argument.mode == ArgumentMode::Variadic {
        parameter.insert("type".into(), json!("array"));
        parameter.insert("collectionFormat".into(), json!("multi"));
        let items = schema.get("items").filter(|items| items.get("type").is_some());
        parameter.insert("items".into(), items.cloned().unwrap_or_else(|| json!({ "type": "string" })));
        return Value::Object(parameter);
    }
    // An array is written in braces; and every parameter of a query has a type.
    let kind = schema.get("type").and_then(Value::as_str).filter(|kind| !matches!(*kind, "array" | "object"));
    parameter.insert("type".into(), json!(kind.unwrap_or("string")));
    parameter.insert("format".into(), schema.get("format").cloned().unwrap_or_default());
    Value::Object(parameter)
}

fn body(surface: &Surface<'_>, routine: &Routine<'_>) -> Value {
    let [overload] = &routine.overloads[..] else {
        // Swagger 2.0 has no word for "one of these".
        let mut properties = Map::new();
        for argument in routine.named_arguments() {
            let name = argument.name.clone().unwrap_or_default();
            properties.entry(name).or_insert_with(|| Value::Object(schema::of(surface, &argument.data_type)));
        }
        return json!({ "type": "object", "properties": properties });
    };
    let mut body = Map::new();
    if let Some(text) = text(&overload.function.comment) {
        body.insert("description".into(), json!(text));
    }
    match &overload.call {
        Call::Body(argument) => body.extend(schema::of(surface, &argument.data_type)),
        Call::Named(arguments) => {
            body.insert("type".into(), json!("object"));
            let property = |argument: &Argument| Value::Object(schema::of(surface, &argument.data_type));
            let properties: Map<String, Value> =
                arguments.iter().map(|(name, argument)| ((*name).to_owned(), property(argument))).collect();
            body.insert("properties".into(), Value::Object(properties));
            let required: Vec<&str> =
                arguments.iter().filter(|(_, argument)| is_required(argument)).map(|(name, _)| *name).collect();
            if !required.is_empty() {
                body.insert("required".into(), json!(required));
            }
        }
    }
    Value::Object(body)
}
