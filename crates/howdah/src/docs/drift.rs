//! What has changed in a schema, object by object: the model that was written, and the one that would be.
//!
//! Both are the JSON of `howdah_schema::docs`. Objects in it have names, and so have most of their parts; what is compared is
//! what stands under the same name. What merely follows from a change elsewhere (queries, who points here, what serves what) is
//! told only of objects that have not changed themselves.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

/// A change.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(crate) struct Drift {
    /// `table public.tasks`
    pub(crate) object: String,
    /// `column x added`
    pub(crate) change: String,
}

/// The lists of objects, and what one of them is.
const OBJECTS: [(&str, &str); 15] = [
    ("schemas", "schema"),
    ("tables", "table"),
    ("views", "view"),
    ("enums", "enum"),
    ("domains", "domain"),
    ("composites", "type"),
    ("ranges", "range"),
    ("functions", "function"),
    ("sequences", "sequence"),
    ("extensions", "extension"),
    ("roles", "role"),
    ("publications", "publication"),
    ("event_triggers", "event trigger"),
    ("others", "object"),
    ("groups", "group"),
];

/// Parts of an object that follow from the rest, from other objects, or from rows.
const FOLLOWS: [&str; 19] = [
    "queries",
    "performance",
    "example",
    "has_many",
    "belongs_to",
    "many_to_many",
    "joins",
    "read_by",
    "published_by",
    "deprecations",
    "partitions",
    "inherited_by",
    "used_by",
    "tables",
    "views",
    "functions",
    "triggers_of",
    "lineage",
    "reads",
];

/// What leads from one model to the other.
pub(crate) fn compare(old: &Value, new: &Value) -> Vec<Drift> {
    let mut found = Vec::new();
    let mut followed = Vec::new();
    for (list, kind) in OBJECTS {
        let (before, after) = (by_name(old.get(list)), by_name(new.get(list)));
        let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
        for name in names {
            let drift = |change: String| Drift { object: format!("{kind} {name}"), change };
            match (before.get(name), after.get(name)) {
                (None, Some(_)) => found.push(drift("added".to_owned())),
                (Some(_), None) => found.push(drift("removed".to_owned())),
                (Some(before), Some(after)) => {
                    let mut itself = Vec::new();
                    let mut follows = Vec::new();
                    parts(before, after, &mut itself, &mut follows);
                    if itself.is_empty() {
                        followed.extend(follows.into_iter().map(drift));
                    } else {
                        found.extend(itself.into_iter().map(drift));
                    }
                }
                (None, None) => {}
            }
        }
    }
    // Groups and schemas count what is in them, and are told only where nothing else is.
    if found.is_empty() {
        found = followed;
    }
    if found.is_empty() {
        found.extend(whole(old, new));
    }
    found
}

/// What belongs to no object.
fn whole(old: &Value, new: &Value) -> Vec<Drift> {
    let keys: BTreeSet<&String> = members(old).chain(members(new)).map(|(key, _)| key).collect();
    let differing = keys.into_iter().filter(|key| old.get(key.as_str()) != new.get(key.as_str()));
    differing
        .map(|key| Drift { object: "documentation".to_owned(), change: format!("{} changed", words(key)) })
        .collect()
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

/// The objects of a list, by their names; of an object with names as keys, these.
fn by_name(list: Option<&Value>) -> BTreeMap<String, &Value> {
    match list {
        Some(Value::Object(objects)) => objects.iter().map(|(name, object)| (name.clone(), object)).collect(),
        Some(Value::Array(objects)) => {
            let named = |(at, object)| (name_of(object).unwrap_or_else(|| format!("{}", at + 1)), object);
            objects.iter().enumerate().map(named).collect()
        }
        _ => BTreeMap::new(),
    }
}

/// What an element of a list goes by.
fn name_of(object: &Value) -> Option<String> {
    let keys = ["signature", "name", "role", "migration", "label", "table"];
    let text = keys.iter().find_map(|key| object.get(key).and_then(Value::as_str));
    text.or_else(|| object.as_str()).map(str::to_owned)
}

/// The changes of an object's parts: those of its own, and those that follow from others.
fn parts(old: &Value, new: &Value, itself: &mut Vec<String>, follows: &mut Vec<String>) {
    let keys: BTreeSet<&String> = members(old).chain(members(new)).map(|(key, _)| key).collect();
    for key in keys {
        let (before, after) = (old.get(key).unwrap_or(&Value::Null), new.get(key).unwrap_or(&Value::Null));
        if before == after {
            continue;
        }
        if FOLLOWS.contains(&key.as_str()) {
            follows.push(format!("{} changed", words(key)));
            continue;
        }
        match (before, after) {
            (Value::Array(a), Value::Array(b)) if is_named(a) && is_named(b) => named(key, before, after, itself),
            (Value::Object(_), Value::Object(_)) => nested(key, before, after, itself),
            _ => itself.push(format!("{}: {}", words(key), arrow(before, after))),
        }
    }
}

fn is_named(list: &[Value]) -> bool {
    list.iter().all(|element| name_of(element).is_some())
}

/// Elements with names: columns, indexes, labels …
fn named(key: &str, old: &Value, new: &Value, changes: &mut Vec<String>) {
    let part = singular(key);
    let (before, after) = (by_name(Some(old)), by_name(Some(new)));
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let count = changes.len();
    for name in names {
        match (before.get(name), after.get(name)) {
            (None, Some(_)) => changes.push(format!("{part} {name} added")),
            (Some(_), None) => changes.push(format!("{part} {name} removed")),
            (Some(before), Some(after)) if before != after => {
                changes.push(format!("{part} {name}: {}", fields(before, after)));
            }
            _ => {}
        }
    }
    if changes.len() == count {
        changes.push(format!("the order of {}", words(key)));
    }
}

/// A part that has parts itself, such as who may do what.
fn nested(key: &str, old: &Value, new: &Value, changes: &mut Vec<String>) {
    let keys: BTreeSet<&String> = members(old).chain(members(new)).map(|(key, _)| key).collect();
    for inner in keys {
        let (before, after) = (old.get(inner).unwrap_or(&Value::Null), new.get(inner).unwrap_or(&Value::Null));
        match (before, after) {
            // Who may do nothing is who is not among those that may do something.
            (before, after) if before == after || inner == "no_access" => {}
            (Value::Array(a), Value::Array(b)) if is_named(a) && is_named(b) => named(inner, before, after, changes),
            _ => changes.push(format!("{} {}: {}", words(key), words(inner), arrow(before, after))),
        }
    }
}

/// The fields in which two elements differ.
fn fields(old: &Value, new: &Value) -> String {
    let keys: BTreeSet<&String> = members(old).chain(members(new)).map(|(key, _)| key).collect();
    let mut changes = Vec::new();
    for key in keys {
        let (before, after) = (old.get(key).unwrap_or(&Value::Null), new.get(key).unwrap_or(&Value::Null));
        if before != after {
            changes.push(format!("{} {}", words(key), arrow(before, after)));
        }
    }
    match changes.is_empty() {
        true => arrow(old, new),
        false => changes.join(", "),
    }
}

/// `text → citext`; what is long is only said to differ.
fn arrow(old: &Value, new: &Value) -> String {
    match (short(old), short(new)) {
        (Some(before), Some(after)) => format!("{before} → {after}"),
        _ => "changed".to_owned(),
    }
}

fn short(value: &Value) -> Option<String> {
    const LONGEST: usize = 60;
    let text = match value {
        Value::Null => "nothing".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(value) => value.to_string(),
        Value::String(text) => text.split_whitespace().collect::<Vec<_>>().join(" "),
        Value::Array(list) => {
            let elements: Option<Vec<String>> = list.iter().map(|one| one.as_str().map(str::to_owned)).collect();
            match elements?.join(", ") {
                none if none.is_empty() => "nothing".to_owned(),
                elements => elements,
            }
        }
        // A type is told by its SQL.
        Value::Object(object) => object.get("sql").and_then(Value::as_str)?.to_owned(),
    };
    (text.chars().count() <= LONGEST).then_some(text)
}

fn words(key: &str) -> String {
    key.replace('_', " ")
}

fn singular(key: &str) -> String {
    let words = words(key);
    match words.as_str() {
        "indexes" => "index".to_owned(),
        "policies" => "policy".to_owned(),
        "matrix" => "access of".to_owned(),
        "history" => "migration".to_owned(),
        words => words.strip_suffix('s').unwrap_or(words).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::compare;
    use serde_json::{Value, json};

    fn check(old: &Value, new: &Value, expected: &[&str]) {
        let found: Vec<String> =
            compare(old, new).iter().map(|drift| format!("{}: {}", drift.object, drift.change)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn what_has_changed() {
        let column = |name: &str, sql: &str| json!({ "name": name, "data_type": { "sql": sql }, "nullable": true });
        let old = json!({ "tables": { "public.tasks": {
            "purpose": "Tasks.", "queries": [1], "columns": [column("id", "uuid"), column("title", "text")],
            "access": { "policies": [{ "name": "own", "using": "true" }], "roles": [] },
        }}, "enums": [{ "name": "public.mood", "labels": ["ok", "sad"] }], "counts": { "columns": 2 } });
        check(&old, &old, &[]);
        let mut new = old.clone();
        new["tables"]["public.tasks"]["columns"] = json!([column("id", "bigint"), column("note", "text")]);
        new["tables"]["public.tasks"]["queries"] = json!([2]);
        new["tables"]["public.tasks"]["access"] =
            json!({ "policies": [], "roles": [{ "role": "app", "select": true }] });
        new["tables"]["public.lists"] = json!({});
        new["enums"][0]["labels"] = json!(["ok", "sad", "happy"]);
        new["counts"]["columns"] = json!(3);
        check(
            &old,
            &new,
            &[
                "table public.lists: added",
                "table public.tasks: policy own removed",
                "table public.tasks: role app added",
                "table public.tasks: column id: data type uuid → bigint",
                "table public.tasks: column note added",
                "table public.tasks: column title removed",
                "enum public.mood: label happy added",
            ],
        );
    }

    #[test]
    fn what_only_follows_is_told_when_nothing_else_is() {
        let old = json!({ "tables": { "a.b": { "queries": [1], "purpose": null } }, "project": "x" });
        let mut new = old.clone();
        new["tables"]["a.b"]["queries"] = json!([]);
        check(&old, &new, &["table a.b: queries changed"]);
        new["tables"]["a.b"]["purpose"] = json!("Now said.");
        check(&old, &new, &["table a.b: purpose: nothing → Now said."]);
        let mut new = old.clone();
        new["project"] = json!("y");
        check(&old, &new, &["documentation: project changed"]);
    }
}
