//! OpenAPI 3.1, whose schemas are JSON Schema 2020-12.
//!
//! Keys in `components`: `tasks` is a row of the relation as it is read, `tasks.insert` and `tasks.update` what it takes,
//! `type.public.mood` a type, `api.…` what all paths share. See [`key`](super::names::key) for names that are no plain ones.

mod batch;
mod functions;
mod parameters;
mod relations;
mod schemas;
mod shared;

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::names::pointer;
use super::server::Server;
use super::surface::Surface;

/// The document.
pub(super) fn document(surface: &Surface<'_>) -> Value {
    let mut document = Map::new();
    document.insert("openapi".into(), json!("3.1.0"));
    document.insert("info".into(), super::info(surface));
    document.insert("jsonSchemaDialect".into(), json!("https://json-schema.org/draft/2020-12/schema"));
    document.insert("servers".into(), json!([{ "url": Server::of(surface.options).url() }]));
    if surface.options.openapi_security {
        // Or without a token, as the anonymous role.
        document.insert("security".into(), json!([{ "JWT": [] }, {}]));
    }
    document.insert("tags".into(), tags(surface));
    document.insert("paths".into(), Value::Object(paths(surface)));
    document.insert("components".into(), components(surface));
    Value::Object(document)
}

fn tags(surface: &Surface<'_>) -> Value {
    let names: BTreeSet<&str> = surface.resources.iter().map(relations::tag).collect();
    let mut tags: Vec<Value> = names.iter().map(|name| json!({ "name": name })).collect();
    if !surface.routines.is_empty() && !names.contains(functions::TAG) {
        tags.push(json!({ "name": functions::TAG, "description": "Functions" }));
    }
    if !names.contains(shared::TAG) {
        tags.push(json!({ "name": shared::TAG, "description": "The API itself" }));
    }
    Value::Array(tags)
}

fn paths(surface: &Surface<'_>) -> Map<String, Value> {
    let mut paths = Map::new();
    paths.insert("/".into(), shared::root(surface));
    // A relation of such a name was there first.
    for (path, name, item) in
        [("/openapi.json", "openapi.json", shared::openapi(surface)), ("/batch", "batch", batch::path())]
    {
        if !surface.resources.iter().any(|resource| resource.name == name) {
            paths.insert(path.into(), item);
        }
    }
    paths.extend(surface.resources.iter().map(|resource| relations::path(surface, resource)));
    paths.extend(surface.routines.iter().map(|routine| functions::path(surface, routine)));
    paths
}

fn components(surface: &Surface<'_>) -> Value {
    let mut components = Map::new();
    components.insert("schemas".into(), Value::Object(schemas::schemas(surface)));
    components.insert("responses".into(), Value::Object(relations::responses(surface)));
    components.insert("parameters".into(), Value::Object(parameters::parameters(surface)));
    components.insert("requestBodies".into(), Value::Object(relations::bodies(surface)));
    components.insert("headers".into(), shared::headers());
    if surface.options.openapi_security {
        let about = "A token with the claim `role`, and `sub` for whom it stands";
        let scheme = json!({ "type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": about });
        components.insert("securitySchemes".into(), json!({ "JWT": scheme }));
    }
    Value::Object(components)
}

/// A reference into `components`.
fn reference(section: &str, key: &str) -> Value {
    json!({ "$ref": format!("#/components/{section}/{}", pointer(key)) })
}

/// The error answer, with what it means here.
fn error(about: &str) -> Value {
    json!({ "$ref": "#/components/responses/api.error", "description": about })
}
