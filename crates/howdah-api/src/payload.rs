//! The body of a write: JSON, looked at only as far as its shape and its keys.

use std::collections::BTreeSet;
use std::fmt;

use bytes::{BufMut, Bytes, BytesMut};
use howdah_http::ApiError;
use serde::de::{Deserialize, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::exposed::Relation;

/// A body whose columns are known.
#[derive(Debug)]
pub(crate) struct Payload {
    /// Sorted, so that the same columns in another order are the same statement.
    pub(crate) columns: Vec<String>,
    pub(crate) json: Bytes,
    /// Objects in the body.
    pub(crate) rows: u64,
}

/// The body of an insert, as a JSON array.
pub(crate) fn for_insert(body: &Bytes, relation: &Relation) -> Result<Payload, ApiError> {
    let shape = shape(body)?;
    let columns = known_columns(shape.keys, relation)?;
    let json = if shape.is_array { body.clone() } else { bracketed(body) };
    Ok(Payload { columns, json, rows: shape.rows })
}

/// The body of an update: one object.
pub(crate) fn for_update(body: &Bytes, relation: &Relation) -> Result<Payload, ApiError> {
    let shape = shape(body)?;
    if shape.is_array {
        return Err(ApiError::bad_request("PGRST102", "The body of a PATCH must be one JSON object, not an array"));
    }
    Ok(Payload { columns: known_columns(shape.keys, relation)?, json: body.clone(), rows: 1 })
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
        return Err(ApiError::bad_request("PGRST102", "The body is empty; send a JSON object or an array of them"));
    }
    serde_json::from_slice::<Shape>(body).map_err(|error| {
        if error.is_data() {
            // Well-formed, of another shape; the text ends with the position, which is of no use here.
            let text = error.to_string();
            let reason = text.split(" at line ").next().unwrap_or(&text);
            return ApiError::bad_request("PGRST102", reason);
        }
        ApiError::bad_request("PGRST102", "Empty or invalid json").with_details(error.to_string())
    })
}

/// What a body looks like.
#[derive(Debug, PartialEq, Eq)]
struct Shape {
    is_array: bool,
    keys: BTreeSet<String>,
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
                Ok(Shape { is_array: false, keys, rows: 1 })
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Shape, A::Error> {
                let mut shape = Shape { is_array: true, keys: BTreeSet::new(), rows: 0 };
                while let Some(Keys(keys)) = seq.next_element()? {
                    if shape.rows > 0 && keys != shape.keys {
                        return Err(A::Error::custom("All object keys must match"));
                    }
                    shape.keys = keys;
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
                assert_eq!(shape, Shape { is_array, keys, rows }, "{body}");
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
        check(r#"[{"a":1},{"b":1}]"#, Err("All object keys must match"));
        check("", Err("empty"));
        check(r#"{"a":"#, Err("invalid json"));
        check(r#"{"a":1} x"#, Err("invalid json"));
        check("[1]", Err("a JSON object"));
        check("7", Err("a JSON object or an array"));
    }
}
