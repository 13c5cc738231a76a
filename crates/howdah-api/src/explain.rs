//! PostgreSQL's refusals in the terms of the request: which constraint on which columns, which column a value was for.

use bytes::Bytes;
use howdah_http::{ApiError, Caller};
use howdah_pg::lane::{DatabaseError, LaneError};
use serde_json::Value;

use crate::answer::{not_singular, too_many};
use crate::exposed::Relation;
use crate::sql::{NOT_SINGULAR, Rendered, TOO_MANY};

/// The API's error for a flight that failed.
pub(crate) fn explain(
    error: &LaneError,
    caller: &Caller<'_>,
    relation: &Relation,
    rendered: &Rendered,
    body: Option<&Bytes>,
) -> ApiError {
    let api = ApiError::from_lane(error, caller.principal.is_anonymous);
    let Some(database) = error.database() else { return api };
    if let Some(count) = marked(database, NOT_SINGULAR) {
        return not_singular(count);
    }
    if let Some(count) = marked(database, TOO_MANY) {
        return too_many(count);
    }
    match database.code.get(..2) {
        Some("23") => {
            let hint = violated(database, relation);
            if api.hint.is_none() { api.with_hint_if(hint) } else { api }
        }
        // PostgreSQL's own hints here are about its settings, which a client cannot change.
        Some("22") => api.with_hint_if(misfit(database, rendered, body)),
        _ => api,
    }
}

/// The API's error for a flight that is about no relation.
pub(crate) fn unrelated(error: &LaneError, caller: &Caller<'_>) -> ApiError {
    ApiError::from_lane(error, caller.principal.is_anonymous)
}

/// The number of rows that one of our own guards has put into the error that it raised.
fn marked(error: &DatabaseError, mark: &str) -> Option<u64> {
    let (_, count) = error.message.split_once(mark)?;
    count.trim_end_matches('"').parse().ok()
}

/// What the constraint asks for and on which columns, where PostgreSQL's message and detail do not say it: they name the column
/// that must have a value, and the key that is there already or is not.
fn violated(error: &DatabaseError, relation: &Relation) -> Option<String> {
    if matches!(error.code.as_str(), "23502" | "23503" | "23505") {
        return None;
    }
    let name = error.constraint.as_deref()?;
    if let Some(constraint) = relation.constraints.get(name) {
        let columns = match constraint.columns.as_slice() {
            [] => String::new(),
            [one] => format!(" on column \"{one}\""),
            many => format!(" on columns \"{}\"", many.join("\", \"")),
        };
        return Some(format!("Constraint \"{name}\"{columns}: {}", constraint.definition));
    }
    let data_type = error.data_type.as_deref()?;
    let unqualified = |sql_type: &str| sql_type.rsplit('.').next() == Some(data_type);
    let columns: Vec<_> =
        relation.columns.iter().filter(|c| unqualified(&c.sql_type)).map(|c| format!("\"{}\"", c.name)).collect();
    let of = if columns.is_empty() { String::new() } else { format!(", the type of column {}", columns.join(", ")) };
    Some(format!("Constraint \"{name}\" of the domain {data_type}{of}"))
}

/// Names the column whose value PostgreSQL could not read. The server quotes the value in its message: at the end, where
/// it may hold quotes itself, or somewhere in the middle.
fn misfit(error: &DatabaseError, rendered: &Rendered, body: Option<&Bytes>) -> Option<String> {
    let at_end = error.message.split_once('"').map(|(_, rest)| rest.trim_end_matches('"'));
    let inside = error.message.split('"').skip(1).step_by(2);
    let column = at_end.into_iter().chain(inside).find_map(|quoted| {
        let filter = rendered.bound.iter().find(|(_, value)| value == quoted).map(|(column, _)| column.clone());
        filter.or_else(|| column_in_body(body?, quoted))
    })?;
    Some(format!("The value given for column \"{column}\" does not fit its type"))
}

fn column_in_body(body: &Bytes, quoted: &str) -> Option<String> {
    let value: Value = serde_json::from_slice(body).ok()?;
    let objects = match value {
        Value::Array(objects) => objects,
        object => vec![object],
    };
    objects.iter().filter_map(Value::as_object).flatten().find_map(|(key, value)| {
        let text = match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        (text == quoted).then(|| key.clone())
    })
}
