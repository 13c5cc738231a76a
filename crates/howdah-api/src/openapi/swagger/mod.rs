//! Swagger 2.0, in the shape that PostgREST serves: the same paths, definitions and names of parameters, and nothing of ours.
//!
//! It differs where PostgREST's document is wrong: an operation is there only if it can be done, names that are no plain ones
//! are escaped, an `enum` is never empty, and functions of one name stand together.

mod parameters;
mod paths;
mod schema;

use serde_json::{Map, Value, json};

use super::describe::insert_some;
use super::server::Server;
use super::surface::Surface;

/// What bodies may be, and answers.
const MEDIA: [&str; 4] = [
    "application/json",
    "application/vnd.pgrst.object+json;nulls=stripped",
    "application/vnd.pgrst.object+json",
    "text/csv",
];

/// The document.
pub(super) fn document(surface: &Surface<'_>) -> Value {
    let server = Server::of(surface.options);
    let mut document = Map::new();
    document.insert("swagger".into(), json!("2.0"));
    document.insert("info".into(), super::info(surface));
    insert_some(&mut document, "host", server.host);
    document.insert("basePath".into(), json!(server.path));
    if let Some(scheme) = server.scheme {
        document.insert("schemes".into(), json!([scheme]));
    }
    document.insert("consumes".into(), json!(MEDIA));
    document.insert("produces".into(), json!(MEDIA));
    document.insert("paths".into(), Value::Object(paths::paths(surface)));
    document.insert("definitions".into(), Value::Object(schema::definitions(surface)));
    document.insert("parameters".into(), Value::Object(parameters::parameters(surface)));
    if surface.options.openapi_security {
        let scheme = json!({
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "Add the token prepending \"Bearer \" (without quotes) to it",
        });
        document.insert("securityDefinitions".into(), json!({ "JWT": scheme }));
        document.insert("security".into(), json!([{ "JWT": [] }]));
    }
    Value::Object(document)
}

/// A parameter of `parameters` by its name there.
fn parameter(name: &str) -> Value {
    json!({ "$ref": format!("#/parameters/{}", super::names::pointer(name)) })
}
