//! `parameters`: those that all paths share, and for each relation its body and the filters on its columns.

use serde_json::{Map, Value, json};

use super::schema::reference;
use crate::openapi::describe::{insert_some, text};
use crate::openapi::names;
use crate::openapi::surface::{Resource, Surface, Visible};

const RETURN: [&str; 3] = ["return=representation", "return=minimal", "return=none"];
const RESOLUTION: [&str; 2] = ["resolution=ignore-duplicates", "resolution=merge-duplicates"];

/// All of them.
pub(super) fn parameters(surface: &Surface<'_>) -> Map<String, Value> {
    let mut all = Map::new();
    all.insert("preferParams".into(), prefer(&[]));
    all.insert("preferReturn".into(), prefer(&RETURN));
    all.insert("preferCount".into(), prefer(&["count=none"]));
    all.insert("preferPost".into(), prefer(&[&RETURN[..], &RESOLUTION[..]].concat()));
    all.insert("select".into(), plain("select", "query", "Filtering Columns"));
    all.insert("on_conflict".into(), plain("on_conflict", "query", "On Conflict"));
    all.insert("order".into(), plain("order", "query", "Ordering"));
    all.insert("range".into(), plain("Range", "header", "Limiting and Pagination"));
    let mut unit = plain("Range-Unit", "header", "Limiting and Pagination");
    if let Some(unit) = unit.as_object_mut() {
        unit.insert("default".into(), json!("items"));
    }
    all.insert("rangeUnit".into(), unit);
    all.insert("offset".into(), plain("offset", "query", "Limiting and Pagination"));
    all.insert("limit".into(), plain("limit", "query", "Limiting and Pagination"));
    for resource in &surface.resources {
        let body = json!({
            "name": resource.name,
            "description": resource.name,
            "required": false,
            "in": "body",
            "schema": reference(resource.name),
        });
        all.insert(body_key(resource), body);
        for visible in resource.readable() {
            all.insert(filter_key(resource, visible), filter(visible));
        }
    }
    all
}

/// The key of a relation's body.
pub(super) fn body_key(resource: &Resource<'_>) -> String {
    format!("body.{}", resource.name)
}

/// The key of a filter on a column.
pub(super) fn filter_key(resource: &Resource<'_>, visible: &Visible<'_>) -> String {
    format!("rowFilter.{}.{}", resource.name, visible.field.column.name)
}

fn filter(visible: &Visible<'_>) -> Value {
    let column = visible.field.column;
    let mut filter = Map::new();
    filter.insert("name".into(), json!(names::filter(&column.name)));
    insert_some(&mut filter, "description", text(&column.comment));
    filter.insert("required".into(), json!(false));
    filter.insert("in".into(), json!("query"));
    filter.insert("type".into(), json!("string"));
    Value::Object(filter)
}

fn plain(name: &str, place: &str, about: &str) -> Value {
    json!({ "name": name, "description": about, "required": false, "in": place, "type": "string" })
}

fn prefer(values: &[&str]) -> Value {
    let mut prefer = plain("Prefer", "header", "Preference");
    if let Some(prefer) = prefer.as_object_mut().filter(|_| !values.is_empty()) {
        prefer.insert("enum".into(), json!(values));
    }
    prefer
}
