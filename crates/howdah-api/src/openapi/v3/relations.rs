//! Tables and views: their paths, and the bodies and answers that these share.

use serde_json::{Map, Value, json};

use super::parameters::{filters, profile, shared};
use super::{error, reference, shared as common};
use crate::openapi::describe::{insert_some, text};
use crate::openapi::names::{self, key, segment};
use crate::openapi::surface::{Resource, Surface};

/// Where it stands: its group, or a place of its own.
pub(super) fn tag<'a>(resource: &Resource<'a>) -> &'a str {
    resource.comment.tags().group.as_deref().unwrap_or(resource.name)
}

/// The path of a relation, and what can be done there.
pub(super) fn path(surface: &Surface<'_>, resource: &Resource<'_>) -> (String, Value) {
    let mut item = Map::new();
    if resource.can_read {
        item.insert("get".into(), read(surface, resource, false));
        item.insert("head".into(), read(surface, resource, true));
    }
    if resource.can_insert() {
        item.insert("post".into(), insert(surface, resource));
    }
    if resource.can_update() {
        item.insert("patch".into(), update(surface, resource));
    }
    if resource.can_put() {
        item.insert("put".into(), put(surface, resource));
    }
    if resource.can_delete {
        item.insert("delete".into(), delete(surface, resource));
    }
    (format!("/{}", segment(resource.name)), Value::Object(item))
}

/// `components.responses`
pub(super) fn responses(surface: &Surface<'_>) -> Map<String, Value> {
    let headers = |names: &[&str]| Value::Object(headers(names));
    let mut responses = Map::new();
    responses.insert("api.error".into(), common::error_response());
    let range = headers(&["Content-Range", "Next-Cursor", "Preference-Applied"]);
    responses.insert("api.head".into(), json!({ "description": "The headers of GET", "headers": range }));
    let done = headers(&["Content-Range", "ETag", "Preference-Applied"]);
    responses.insert("api.done".into(), json!({ "description": "Done", "headers": done }));
    for resource in surface.resources.iter().filter(|resource| resource.can_read) {
        let mut names = vec!["Content-Range", "Next-Cursor", "Preference-Applied"];
        if resource.is_table {
            names.push("ETag");
        }
        let content = content(surface, resource);
        let response = json!({ "description": "Rows", "headers": headers(&names), "content": content });
        responses.insert(key(resource.name), response);
    }
    responses
}

/// `components.requestBodies`
pub(super) fn bodies(surface: &Surface<'_>) -> Map<String, Value> {
    let mut bodies = Map::new();
    for resource in &surface.resources {
        if resource.can_insert() {
            let key = format!("{}.insert", key(resource.name));
            let one = reference("schemas", &key);
            let text = json!({ "schema": { "type": "string" } });
            let content = json!({
                "application/json": { "schema": { "anyOf": [one, { "type": "array", "items": one }] } },
                "application/x-ndjson": text,
                "text/csv": text,
                "application/x-www-form-urlencoded": { "schema": { "type": "object" } },
            });
            let about = "A row, or several";
            bodies.insert(key, json!({ "description": about, "required": true, "content": content }));
        }
        if resource.can_update() {
            let key = format!("{}.update", key(resource.name));
            let content = json!({
                "application/json": { "schema": reference("schemas", &key) },
                "application/x-www-form-urlencoded": { "schema": { "type": "object" } },
            });
            let about = "The columns to change";
            bodies.insert(key, json!({ "description": about, "required": true, "content": content }));
        }
    }
    bodies
}

fn headers(names: &[&str]) -> Map<String, Value> {
    let header =
        |name: &&str| ((*name).to_owned(), reference("headers", &format!("api.{}", name.to_ascii_lowercase())));
    names.iter().map(header).collect()
}

/// Rows in every form that they come in.
fn content(surface: &Surface<'_>, resource: &Resource<'_>) -> Value {
    let row = reference("schemas", &key(resource.name));
    let text = json!({ "schema": { "type": "string" } });
    let mut content = Map::new();
    content.insert("application/json".into(), json!({ "schema": { "type": "array", "items": row } }));
    content.insert("application/vnd.pgrst.object+json".into(), json!({ "schema": row }));
    // What is null is left out.
    let stripped = json!({ "schema": { "type": "array", "items": { "type": "object" } } });
    content.insert("application/vnd.pgrst.array+json;nulls=stripped".into(), stripped);
    content.insert("text/csv".into(), text.clone());
    content.insert("application/x-ndjson".into(), text);
    let is_geo = |name: &str| matches!(name, "geometry" | "geography");
    if resource.readable().any(|visible| is_geo(&visible.field.column.data_type.name.name)) {
        content.insert("application/geo+json".into(), json!({ "schema": { "type": "object" } }));
    }
    if surface.options.plan {
        content.insert("application/vnd.pgrst.plan+json".into(), json!({ "schema": { "type": "array" } }));
        content.insert("application/vnd.pgrst.plan+text".into(), json!({ "schema": { "type": "string" } }));
    }
    Value::Object(content)
}

/// An operation: its id after the relation's key, what it does to rows, and what it takes.
struct Operation {
    id: &'static str,
    does: &'static str,
    parameters: Vec<Value>,
    body: Option<Value>,
    responses: Map<String, Value>,
}

impl Operation {
    fn on(self, resource: &Resource<'_>) -> Value {
        let mut operation = Map::new();
        operation.insert("tags".into(), json!([tag(resource)]));
        operation.insert("summary".into(), json!(format!("{} {}", self.does, resource.name)));
        insert_some(&mut operation, "description", text(resource.comment));
        if resource.comment.tags().deprecated.is_some() {
            operation.insert("deprecated".into(), json!(true));
        }
        operation.insert("operationId".into(), json!(format!("{}.{}", key(resource.name), self.id)));
        operation.insert("parameters".into(), Value::Array(self.parameters));
        if let Some(body) = self.body {
            operation.insert("requestBody".into(), body);
        }
        let mut responses = self.responses;
        responses.insert("default".into(), reference("responses", "api.error"));
        operation.insert("responses".into(), Value::Object(responses));
        Value::Object(operation)
    }
}

/// What a write with `return=representation` answers; without the right to read, nothing.
fn rows(resource: &Resource<'_>) -> Value {
    if resource.can_read { reference("responses", &key(resource.name)) } else { reference("responses", "api.done") }
}

/// Parameters of ours give way to a filter on a column of the same name.
fn additional<'a>(resource: &Resource<'_>, names: &[&'a str]) -> Vec<&'a str> {
    names.iter().copied().filter(|name| !resource.has(name)).collect()
}

/// A response under another description.
fn described(mut response: Value, about: &str) -> Value {
    if let Some(response) = response.as_object_mut() {
        response.insert("description".into(), json!(about));
    }
    response
}

fn read(surface: &Surface<'_>, resource: &Resource<'_>, head: bool) -> Value {
    let mut parameters = filters(resource);
    parameters.extend(shared(&["and", "or", "select", "order", "limit", "offset", "range", "range-unit"]));
    parameters.extend(shared(&additional(resource, &["cursor"])));
    if resource.soft_delete {
        parameters.extend(shared(&additional(resource, &["trash"])));
    }
    parameters.extend(shared(&["prefer-read"]));
    parameters.extend(profile(surface, "accept-profile"));
    let rows = if head { reference("responses", "api.head") } else { rows(resource) };
    let mut responses = Map::new();
    responses.insert("200".into(), rows.clone());
    responses.insert("206".into(), described(rows, "Rows, fewer than there are: only with `Prefer: count=…`"));
    responses.insert("406".into(), error("Not exactly one row, where one was asked for"));
    responses.insert("416".into(), error("There are fewer rows than `offset`"));
    let (id, does) = if head { ("head", "Headers of rows of") } else { ("read", "Rows of") };
    Operation { id, does, parameters, body: None, responses }.on(resource)
}

fn insert(surface: &Surface<'_>, resource: &Resource<'_>) -> Value {
    let mut parameters = shared(&["columns", "on_conflict", "select", "prefer-insert"]);
    parameters.extend(profile(surface, "content-profile"));
    let mut created = Map::new();
    created.insert("description".into(), json!("Rows were inserted"));
    created.insert("headers".into(), Value::Object(headers(&["Content-Range", "Location", "Preference-Applied"])));
    if resource.can_read {
        created.insert("content".into(), content(surface, resource));
    }
    let mut responses = Map::new();
    responses.insert("200".into(), described(rows(resource), "All rows were there already, and were merged"));
    responses.insert("201".into(), Value::Object(created));
    responses.insert("409".into(), error("A row of that key is there already, or a row that it points at is not"));
    let body = Some(reference("requestBodies", &format!("{}.insert", key(resource.name))));
    Operation { id: "insert", does: "Insert rows into", parameters, body, responses }.on(resource)
}

/// The answers of a write to rows that are there.
fn written(surface: &Surface<'_>, resource: &Resource<'_>) -> Map<String, Value> {
    let mut responses = Map::new();
    responses.insert("200".into(), rows(resource));
    responses.insert("204".into(), reference("responses", "api.done"));
    responses.insert("409".into(), error("A constraint does not allow it"));
    if resource.is_table {
        responses.insert("412".into(), error("The row has another version than `If-Match` says"));
    }
    if surface.options.require_if_match.iter().any(|name| name.name == resource.name && name.schema == surface.schema) {
        responses.insert("428".into(), error("Rows of this table are changed with `If-Match` only"));
    }
    responses
}

/// What writes to rows that are there take besides filters.
fn write_parameters(surface: &Surface<'_>, resource: &Resource<'_>, own: &[&str]) -> Vec<Value> {
    let mut parameters = shared(own);
    if resource.is_table {
        parameters.extend(shared(&["if-match"]));
    }
    parameters.extend(profile(surface, "content-profile"));
    parameters
}

fn update(surface: &Surface<'_>, resource: &Resource<'_>) -> Value {
    let mut parameters = filters(resource);
    parameters.extend(write_parameters(surface, resource, &["and", "or", "columns", "select", "prefer-update"]));
    let body = Some(reference("requestBodies", &format!("{}.update", key(resource.name))));
    Operation { id: "update", does: "Change rows of", parameters, body, responses: written(surface, resource) }
        .on(resource)
}

/// The row is named by `eq` on each column of the key, and by nothing else.
fn put(surface: &Surface<'_>, resource: &Resource<'_>) -> Value {
    let keys = resource.primary_key.iter().map(|column| {
        let schema = json!({ "type": "string", "pattern": "^eq\\." });
        json!({ "name": names::filter(column), "in": "query", "required": true, "schema": schema })
    });
    let mut parameters: Vec<Value> = keys.collect();
    parameters.extend(write_parameters(surface, resource, &["columns", "select", "prefer-insert"]));
    let mut responses = written(surface, resource);
    responses.insert("201".into(), described(rows(resource), "The row was inserted"));
    responses.sort_keys();
    let row = reference("schemas", &format!("{}.insert", key(resource.name)));
    let content = json!({ "application/json": { "schema": row } });
    let body = Some(json!({ "description": "The whole row", "required": true, "content": content }));
    Operation { id: "put", does: "Insert or replace one row of", parameters, body, responses }.on(resource)
}

fn delete(surface: &Surface<'_>, resource: &Resource<'_>) -> Value {
    let mut parameters = filters(resource);
    parameters.extend(write_parameters(surface, resource, &["and", "or", "select", "prefer-delete"]));
    let does = if resource.soft_delete {
        "Mark as deleted, or with `Prefer: purge` delete, rows of"
    } else {
        "Delete rows of"
    };
    Operation { id: "delete", does, parameters, body: None, responses: written(surface, resource) }.on(resource)
}
