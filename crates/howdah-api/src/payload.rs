//! The body of a write: JSON, looked at only as far as its shape and its keys.

use std::collections::BTreeSet;
use std::fmt;

use axum::body::Body;
use bytes::{BufMut, Bytes, BytesMut};
use howdah_http::{ApiError, read_body};
use http::{HeaderMap, Method, StatusCode, header};
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::api::Request;
use crate::exposed::Relation;
use crate::load;
use crate::request::params;

/// A body whose columns are known.
#[derive(Debug)]
pub(crate) struct Payload {
    /// Sorted, so that the same columns in another order are the same statement.
    pub(crate) columns: Vec<String>,
    /// An array of objects.
    pub(crate) json: Bytes,
    /// Objects in the body.
    pub(crate) rows: u64,
}

impl Payload {
    /// Of a request without a body.
    pub(crate) fn empty() -> Self {
        Self { columns: Vec::new(), json: Bytes::new(), rows: 0 }
    }

    /// Reads the body of a write. `columns` are those that it sets whatever it holds.
    pub(crate) async fn read(
        request: &Request<'_>,
        relation: &Relation,
        columns: Option<&[String]>,
        body: Body,
    ) -> Result<Self, ApiError> {
        let body = read_body(request.caller.headers, body, request.api.gate()).await.map_err(|error| {
            let could_stream = load::Format::of(&content_type(request.caller.headers)).is_some();
            let is_refused = could_stream && error.status == StatusCode::PAYLOAD_TOO_LARGE;
            let hint = "A larger body of CSV or NDJSON is taken row by row when it is not answered with its rows: send \
                        Prefer: return=minimal";
            error.with_hint_if(is_refused.then(|| hint.to_owned()))
        })?;
        Self::of_body(request, relation, columns, &body)
    }

    /// Of a body of any media type.
    pub(crate) fn of_body(
        request: &Request<'_>,
        relation: &Relation,
        columns: Option<&[String]>,
        body: &Bytes,
    ) -> Result<Self, ApiError> {
        let json = as_json(&content_type(request.caller.headers), body)?;
        let is_update = *request.caller.method == Method::PATCH;
        Self::of_json(json, relation, columns, is_update)
    }

    /// Of rows that are still arriving: what they set, and none of them.
    pub(crate) fn of_rows(names: &[String], relation: &Relation, rows: u64) -> Result<Self, ApiError> {
        let columns = known_columns(names.iter().cloned().collect(), relation)?;
        Ok(Self { columns, json: Bytes::new(), rows })
    }

    /// Of JSON.
    pub(crate) fn of_json(
        json: Bytes,
        relation: &Relation,
        columns: Option<&[String]>,
        is_update: bool,
    ) -> Result<Self, ApiError> {
        let shape = shape(&json)?;
        if is_update && shape.rows > 1 {
            return Err(ApiError::bad_request("PGRST102", "The body of a PATCH must be one JSON object, not several"));
        }
        if !shape.is_uniform && columns.is_none() {
            return Err(ApiError::bad_request("PGRST102", "All object keys must match"));
        }
        let keys = columns.map_or(shape.keys, |columns| columns.iter().cloned().collect());
        let columns = known_columns(keys, relation)?;
        let json = if shape.is_array { json } else { bracketed(&json) };
        Ok(Self { columns, json, rows: shape.rows })
    }
}

/// The media type of a body, without its parameters.
pub(crate) fn content_type(headers: &HeaderMap) -> String {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let media = value.and_then(|media| media.split(';').next()).map(str::trim).filter(|media| !media.is_empty());
    media.unwrap_or("application/json").to_ascii_lowercase()
}

/// 415.
pub(crate) fn unsupported(content_type: &str) -> ApiError {
    let message = format!("Content-Type not acceptable: {content_type}");
    ApiError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "PGRST107", message)
        .with_hint("Send application/json, text/csv, application/x-ndjson or application/x-www-form-urlencoded")
}

/// A body of another form as JSON.
pub(crate) fn as_json(content_type: &str, body: &Bytes) -> Result<Bytes, ApiError> {
    match content_type {
        "application/json" | "application/vnd.pgrst.object+json" | "application/vnd.pgrst.array+json" => {
            Ok(body.clone())
        }
        "text/csv" => csv(body),
        "application/x-ndjson" | "application/ndjson" | "application/jsonl" => Ok(ndjson(body)),
        "application/x-www-form-urlencoded" => {
            let members = form(body)?.into_iter().map(|(name, value)| (name, Value::String(value)));
            Ok(Value::Object(members.collect()).to_string().into())
        }
        other => Err(unsupported(other)),
    }
}

/// The pairs of a form.
pub(crate) fn form(body: &Bytes) -> Result<Vec<(String, String)>, ApiError> {
    let text = std::str::from_utf8(body).map_err(|_| ApiError::bad_request("PGRST102", "The form is not UTF-8"))?;
    Ok(params::parse(text)?)
}

fn csv(body: &Bytes) -> Result<Bytes, ApiError> {
    let mut slice = load::Slice::default();
    let mut rows = load::CsvRows::default();
    rows.read(body, 0, &mut slice).map_err(|mut error| {
        // Which of them it is, is said of bodies that PostgREST could not take: too large to look through.
        error.details.take_if(|_| error.message == load::UNEVEN);
        error
    })?;
    if rows.names().is_none() {
        return Err(ApiError::bad_request("PGRST102", "The CSV has no line of column names"));
    }
    Ok(slice.array(0..slice.len()))
}

/// An array of the lines that are not empty.
fn ndjson(body: &Bytes) -> Bytes {
    let mut json = BytesMut::with_capacity(body.len() + 2);
    let lines = body.split(|byte| *byte == b'\n').filter(|line| !line.iter().all(u8::is_ascii_whitespace));
    json.put_u8(b'[');
    for (at, line) in lines.enumerate() {
        if at > 0 {
            json.put_u8(b',');
        }
        json.put_slice(line);
    }
    json.put_u8(b']');
    json.freeze()
}

/// An object with its keys: the body, or the first of an array of alike ones. `None` for any other JSON.
pub(crate) fn first_object(body: &Bytes) -> Result<Option<(Vec<String>, Bytes)>, ApiError> {
    let first = body.iter().find(|byte| !byte.is_ascii_whitespace());
    let object = match first {
        Some(b'{') => body.clone(),
        Some(b'[') => {
            let members: Vec<&RawValue> = serde_json::from_slice(body).map_err(|_| invalid())?;
            match members.first() {
                Some(member) if member.get().starts_with('{') => body.slice_ref(member.get().as_bytes()),
                _ => return Ok(None),
            }
        }
        _ => {
            serde_json::from_slice::<IgnoredAny>(body).map_err(|_| invalid())?;
            return Ok(None);
        }
    };
    let keys = shape(&object)?.keys.into_iter().collect();
    Ok(Some((keys, object)))
}

/// 400. Where in the body it is, PostgREST does not say either.
fn invalid() -> ApiError {
    ApiError::bad_request("PGRST102", "Empty or invalid json")
}

fn bracketed(body: &Bytes) -> Bytes {
    let mut array = BytesMut::with_capacity(body.len() + 2);
    array.put_u8(b'[');
    array.put_slice(body);
    array.put_u8(b']');
    array.freeze()
}

fn known_columns(keys: BTreeSet<String>, relation: &Relation) -> Result<Vec<String>, ApiError> {
    for key in &keys {
        if relation.find(key).is_none() {
            let table = &relation.name.name;
            let message = format!("Could not find the '{key}' column of '{table}' in the schema cache");
            let hint = relation.nearest_column(key).map(|near| format!("Perhaps you meant the column '{near}'"));
            return Err(ApiError::bad_request("PGRST204", message).with_hint_if(hint));
        }
    }
    Ok(keys.into_iter().collect())
}

fn shape(body: &Bytes) -> Result<Shape, ApiError> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Err(invalid());
    }
    serde_json::from_slice::<Shape>(body).map_err(|error| {
        if error.is_data() {
            // Well-formed, of another shape; the text ends with the position, which is of no use here.
            if body.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[') {
                return ApiError::bad_request("PGRST102", "All object keys must match");
            }
            let text = error.to_string();
            let reason = text.split(" at line ").next().unwrap_or(&text);
            return ApiError::bad_request("PGRST102", reason);
        }
        invalid()
    })
}

/// What a body looks like.
#[derive(Debug, PartialEq, Eq)]
struct Shape {
    is_array: bool,
    /// Of all objects.
    keys: BTreeSet<String>,
    /// All objects have the same keys.
    is_uniform: bool,
    rows: u64,
}

struct Keys(BTreeSet<String>);

impl<'de> Deserialize<'de> for Keys {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Keys;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Keys, A::Error> {
                let mut keys = BTreeSet::new();
                while let Some(key) = map.next_key::<String>()? {
                    map.next_value::<IgnoredAny>()?;
                    keys.insert(key);
                }
                Ok(Keys(keys))
            }
        }
        deserializer.deserialize_map(Object)
    }
}

impl<'de> Deserialize<'de> for Shape {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Body;
        impl<'de> Visitor<'de> for Body {
            type Value = Shape;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON object or an array of them")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Shape, A::Error> {
                let Keys(keys) = Keys::deserialize(serde::de::value::MapAccessDeserializer::new(map))?;
                Ok(Shape { is_array: false, keys, is_uniform: true, rows: 1 })
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Shape, A::Error> {
                let mut shape = Shape { is_array: true, keys: BTreeSet::new(), is_uniform: true, rows: 0 };
                while let Some(Keys(keys)) = seq.next_element()? {
                    if shape.rows > 0 && keys != shape.keys {
                        shape.is_uniform = false;
                    }
                    shape.keys.extend(keys);
                    shape.rows += 1;
                }
                Ok(shape)
            }
        }
        deserializer.deserialize_any(Body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(body: &'static str, expected: Result<(bool, &[&str], u64), &str>) {
        let found = shape(&Bytes::from_static(body.as_bytes()));
        match (found, expected) {
            (Ok(shape), Ok((is_array, keys, rows))) => {
                let keys = keys.iter().map(ToString::to_string).collect();
                assert_eq!(shape, Shape { is_array, keys, is_uniform: true, rows }, "{body}");
            }
            (Err(error), Err(message)) => {
                assert_eq!(error.code, "PGRST102", "{body}");
                assert!(error.message.contains(message), "{body}: {}", error.message);
            }
            (found, expected) => panic!("{body}: {found:?}, expected {expected:?}"),
        }
    }

    #[test]
    fn shapes() {
        check(r#"{"b":1,"a":[2,{"c":3}]}"#, Ok((false, &["a", "b"], 1)));
        check(r#"[{"a":1},{"a":null}]"#, Ok((true, &["a"], 2)));
        check("[]", Ok((true, &[], 0)));
        check("[{},{}]", Ok((true, &[], 2)));
        let mixed = shape(&Bytes::from_static(br#"[{"a":1},{"b":1}]"#)).unwrap();
        assert_eq!((mixed.is_uniform, mixed.keys.len(), mixed.rows), (false, 2, 2));
        check("", Err("Empty or invalid json"));
        check(r#"{"a":"#, Err("invalid json"));
        check(r#"{"a":1} x"#, Err("invalid json"));
        check("[1]", Err("All object keys must match"));
        check("7", Err("a JSON object or an array"));
    }

    #[test]
    fn other_forms_become_json() {
        let check = |content_type: &str, body: &'static str, json: &str| {
            let found = as_json(content_type, &Bytes::from_static(body.as_bytes())).unwrap();
            assert_eq!(std::str::from_utf8(&found).unwrap(), json, "{body}");
        };
        check("text/csv", "a,b\n1,\"x, y\"\nNULL,\n", r#"[{"a":"1","b":"x, y"},{"a":null,"b":""}]"#);
        check("application/x-ndjson", "{\"a\":1}\n\n{\"a\":2}\n", r#"[{"a":1},{"a":2}]"#);
        check("application/x-www-form-urlencoded", "a=1&b=x+y", r#"{"a":"1","b":"x y"}"#);
        assert_eq!(as_json("text/csv", &Bytes::from_static(b"a,b\n1\n")).unwrap_err().code, "PGRST102");
        assert_eq!(as_json("image/png", &Bytes::new()).unwrap_err().status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    }
}
