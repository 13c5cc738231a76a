//! What an operation names of the answers before it.
//!
//! In a body an object whose only member is `$ref` stands for a value; one whose only member is `$literal` stands for what
//! is in there, whatever that looks like, so that every JSON can be said. In a query string a value in braces stands for
//! one: braces cannot stand in a URL as they are (RFC 3986), those that are data come percent-encoded.
//!
//! In a query string the value is filled in after the string has been read: nothing that it holds is taken for syntax. Until
//! then it is a mark between zero bytes, which no query string can hold.

use std::collections::HashMap;
use std::fmt;

use bytes::Bytes;
use howdah_http::ApiError;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::query::{Condition, Logic};
use crate::request::parameters::Parameters;
use crate::request::params;

/// Deeper nesting of a body with references is refused: every level is a level of recursion.
const DEEPEST: usize = 64;

/// The bodies of the operations that have been answered, by id.
#[derive(Debug, Default)]
pub(super) struct Answers(HashMap<String, Option<Box<RawValue>>>);

impl Answers {
    /// `body` is `None` where the answer has no JSON.
    pub(super) fn add(&mut self, id: &str, body: Option<Box<RawValue>>) {
        self.0.insert(id.to_owned(), body);
    }

    /// The value that `id/0/name` leads to: an id, then a JSON pointer (RFC 6901) into its body.
    fn find(&self, reference: &str) -> Result<&RawValue, ApiError> {
        let wrong = |why: String| bad(format!("The reference \"{reference}\" leads nowhere")).with_details(why);
        let mut steps = reference.split('/');
        let id = steps.next().unwrap_or_default();
        let body = match self.0.get(id) {
            Some(Some(body)) => body,
            Some(None) => {
                let error = wrong(format!("The operation \"{id}\" has answered without a JSON body"));
                return Err(error.with_hint("Send it with Prefer: return=representation"));
            }
            None => return Err(wrong(format!("No operation before this one is called \"{id}\""))),
        };
        let mut value: &RawValue = body;
        for step in steps {
            let key = step.replace("~1", "/").replace("~0", "~");
            let inner: Option<&RawValue> = match kind(value) {
                b'[' => {
                    let items: Vec<&RawValue> = serde_json::from_str(value.get()).unwrap_or_default();
                    key.parse::<usize>().ok().and_then(|at| items.get(at).copied())
                }
                b'{' => {
                    let members = serde_json::from_str(value.get()).map_or(Vec::new(), |Members(members)| members);
                    members.into_iter().find(|(name, _)| *name == key).map(|(_, value)| value)
                }
                _ => None,
            };
            let Some(inner) = inner else {
                return Err(wrong(format!("There is no \"{key}\" in what \"{id}\" has answered")));
            };
            value = inner;
        }
        Ok(value)
    }

    /// The same as the text of a value in a query string.
    fn text(&self, reference: &str) -> Result<String, ApiError> {
        let value = self.find(reference)?;
        match kind(value) {
            b'"' => {
                let text: String = serde_json::from_str(value.get()).unwrap_or_default();
                let is_text = !text.contains('\0');
                is_text.then_some(text).ok_or_else(|| bad("A zero byte cannot stand in a PostgreSQL text"))
            }
            b'[' | b'{' | b'n' => {
                Err(bad(format!("The reference \"{reference}\" in a path leads to null, an array or an object"))
                    .with_hint("A path takes texts, numbers and truth values"))
            }
            _ => Ok(value.get().to_owned()),
        }
    }

    /// A body with its references replaced by what they lead to.
    pub(super) fn resolve(&self, body: &RawValue) -> Result<Bytes, ApiError> {
        let text = body.get();
        // `\u0024` is another way to write `$`.
        let may_refer = ["$ref", "$literal", "\\u0024"].iter().any(|sign| text.contains(sign));
        if !may_refer {
            return Ok(Bytes::copy_from_slice(text.as_bytes()));
        }
        let mut resolved = String::with_capacity(text.len());
        self.write(body, &mut resolved, 0)?;
        Ok(resolved.into())
    }

    fn write(&self, value: &RawValue, out: &mut String, depth: usize) -> Result<(), ApiError> {
        if depth > DEEPEST {
            return Err(bad(format!("A body with references is nested deeper than {DEEPEST} levels")));
        }
        let unreadable = |error: serde_json::Error| bad("Empty or invalid json").with_details(error.to_string());
        match kind(value) {
            b'[' => {
                let items: Vec<&RawValue> = serde_json::from_str(value.get()).map_err(unreadable)?;
                out.push('[');
                for (at, item) in items.into_iter().enumerate() {
                    out.push_str(if at > 0 { "," } else { "" });
                    self.write(item, out, depth + 1)?;
                }
                out.push(']');
            }
            b'{' => {
                let Members(members) = serde_json::from_str(value.get()).map_err(unreadable)?;
                match members.as_slice() {
                    [(name, literal)] if name == "$literal" => out.push_str(literal.get()),
                    [(name, reference)] if name == "$ref" => {
                        let reference: String = serde_json::from_str(reference.get()).map_err(|_| {
                            bad("The value of \"$ref\" must be a text such as \"a/0/id\"")
                                .with_hint("Data that looks like a reference goes into {\"$literal\": …}")
                        })?;
                        out.push_str(self.find(&reference)?.get());
                    }
                    _ => {
                        out.push('{');
                        for (at, (name, value)) in members.iter().enumerate() {
                            out.push_str(if at > 0 { "," } else { "" });
                            out.push_str(&serde_json::to_string(name).map_err(unreadable)?);
                            out.push(':');
                            self.write(value, out, depth + 1)?;
                        }
                        out.push('}');
                    }
                }
            }
            _ => out.push_str(value.get()),
        }
        Ok(())
    }

    /// Reads a query string; references become marks.
    pub(super) fn pairs(&self, query: &str) -> Result<(Vec<(String, String)>, References), ApiError> {
        let mut references = References::default();
        let mut pairs = Vec::new();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (key, mut rest) = pair.split_once('=').unwrap_or((pair, ""));
            let key = literal(key)?;
            let mut value = String::new();
            while let Some((before, after)) = rest.split_once('{') {
                let Some((reference, after)) = after.split_once('}') else { return Err(stray(pair)) };
                if NAMES_ONLY.contains(&key.rsplit('.').next().unwrap_or_default()) {
                    return Err(misplaced(&key));
                }
                value.push_str(&literal(before)?);
                value.push_str(&mark(references.0.len()));
                references.0.push(self.text(&params::decode(reference)?)?);
                rest = after;
            }
            value.push_str(&literal(rest)?);
            pairs.push((key, value));
        }
        Ok((pairs, references))
    }
}

/// Parameters in which no value of data stands.
const NAMES_ONLY: [&str; 8] = ["select", "columns", "on_conflict", "order", "limit", "offset", "cursor", "trash"];

/// Decodes what holds no reference.
pub(super) fn literal(text: &str) -> Result<String, ApiError> {
    if text.contains(['{', '}']) {
        return Err(stray(text));
    }
    Ok(params::decode(text)?)
}

/// The texts behind the marks of one query string.
#[derive(Debug, Default)]
pub(crate) struct References(Vec<String>);

fn mark(at: usize) -> String {
    format!("\0{at}\0")
}

impl References {
    /// Fills the values into a query string that has been read.
    pub(crate) fn fill(&self, parameters: &mut Parameters) -> Result<(), ApiError> {
        let embedded = parameters.embedded.values_mut();
        let mut filters = embedded.chain([&mut parameters.root]).flat_map(|level| &mut level.filter);
        filters.try_for_each(|logic| self.fill_logic(logic))
    }

    fn fill_logic(&self, logic: &mut Logic) -> Result<(), ApiError> {
        let filter = match logic {
            Logic::And(all) | Logic::Or(all) => return all.iter_mut().try_for_each(|one| self.fill_logic(one)),
            Logic::Not(one) => return self.fill_logic(one),
            Logic::HasNone(_) => return Ok(()),
            Logic::Filter(filter) => filter,
        };
        if filter.field.column.contains('\0') {
            return Err(misplaced("a name"));
        }
        match &mut filter.condition {
            Condition::Compare { value, .. } if value.starts_with('{') && value.contains('\0') => {
                Err(misplaced("an array or an object"))
            }
            Condition::Compare { value, .. } | Condition::IsDistinct(value) | Condition::TextSearch { value, .. } => {
                self.fill_text(value);
                Ok(())
            }
            Condition::In(values) => {
                values.iter_mut().for_each(|value| self.fill_text(value));
                Ok(())
            }
            Condition::Is(_) => Ok(()),
        }
    }

    pub(crate) fn fill_text(&self, text: &mut String) {
        if text.contains('\0') {
            let pieces = text.split('\0').enumerate().map(|(at, piece)| {
                // Every other piece is the number within a mark.
                let value = if at % 2 == 1 { piece.parse().ok().and_then(|at: usize| self.0.get(at)) } else { None };
                value.map_or(piece, String::as_str)
            });
            *text = pieces.collect();
        }
    }
}

/// The first byte tells what a value is.
fn kind(value: &RawValue) -> u8 {
    value.get().bytes().next().unwrap_or(b'n')
}

fn bad(message: impl Into<String>) -> ApiError {
    ApiError::bad_request("HOWDAH400", message)
}

pub(super) fn misplaced(place: &str) -> ApiError {
    bad(format!("A reference to an earlier operation cannot stand in {place}"))
        .with_hint("In a path it stands where a value does, such as id=eq.{a/0/id} or id=in.({a/0/id},{a/1/id})")
}

fn stray(text: &str) -> ApiError {
    bad(format!("A brace in \"{text}\" belongs to no reference"))
        .with_hint("A reference is {id/0/column}; braces that are data are written %7B and %7D")
}

/// The members of a JSON object, in their order.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
                let mut members = Vec::new();
                while let Some((name, value)) = map.next_entry::<String, &'de RawValue>()? {
                    members.push((name, value));
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Object)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answers() -> Answers {
        let mut answers = Answers::default();
        let body = r#"[{"id":12345678901234567890123,"name":"a,b)(\"","x/y":[null,1.50]}]"#;
        answers.add("a", Some(RawValue::from_string(body.to_owned()).unwrap()));
        answers.add("none", None);
        answers
    }

    fn check(body: &str, expected: Result<&str, &str>) {
        let resolved = answers().resolve(&RawValue::from_string(body.to_owned()).unwrap());
        match (resolved, expected) {
            (Ok(found), Ok(expected)) => assert_eq!(std::str::from_utf8(&found).unwrap(), expected, "{body}"),
            (Err(error), Err(text)) => {
                let said = format!("{} {:?}", error.message, error.details);
                assert!(said.contains(text), "{body}: {said}");
            }
            (found, expected) => panic!("{body}: {found:?}, expected {expected:?}"),
        }
    }

    #[test]
    fn bodies() {
        check(r#"{"a": {"b" : 1.50}}"#, Ok(r#"{"a": {"b" : 1.50}}"#));
        check(r#"{"p":{"$ref":"a/0/id"},"n":1.50}"#, Ok(r#"{"p":12345678901234567890123,"n":1.50}"#));
        check(r#"[{"p":{"\u0024ref":"a/0/x~1y/1"}}]"#, Ok(r#"[{"p":1.50}]"#));
        check(r#"{"$ref":"a/0/x~1y"}"#, Ok("[null,1.50]"));
        check(r#"{"p":{"$literal":{"$ref":"a/0/id"}}}"#, Ok(r#"{"p":{"$ref":"a/0/id"}}"#));
        check(r#"{"p":{"$ref":"a/0/id","q":1}}"#, Ok(r#"{"p":{"$ref":"a/0/id","q":1}}"#));
        check(r#"{"$ref":7}"#, Err("must be a text"));
        check(r#"{"$ref":"b/0"}"#, Err("called \\\"b\\\""));
        check(r#"{"$ref":"none/0"}"#, Err("without a JSON body"));
        check(r#"{"$ref":"a/1"}"#, Err("no \\\"1\\\""));
        check(r#"{"$ref":"a/0/id/x"}"#, Err("no \\\"x\\\""));
        check(&format!("{}\"$ref\"{}", "[".repeat(100), "]".repeat(100)), Err("deeper than 64"));
    }

    #[test]
    fn query_strings() {
        let (pairs, references) =
            answers().pairs("id=eq.{a/0/id}&or=(n.eq.{a/0/name},m.is.null)&k=in.(1,{a/0/name})").unwrap();
        let mut parameters = Parameters::read(&pairs).unwrap();
        references.fill(&mut parameters).unwrap();
        let filters: Vec<_> = parameters.root.filter.iter().flat_map(Logic::filters).map(|f| &f.condition).collect();
        let text = format!("{filters:?}");
        assert!(text.contains("12345678901234567890123"), "{text}");
        assert_eq!(filters.len(), 4, "a value is not taken for syntax: {text}");
        assert!(matches!(filters[3], Condition::In(values) if *values == ["1", "a,b)(\""]), "{text}");
        for (query, code) in [
            ("select={a/0/name}", "cannot stand in select"),
            ("x.order={a/0/name}", "cannot stand in x.order"),
            ("tags=cs.{a,b", "belongs to no reference"),
            ("a}=eq.1", "belongs to no reference"),
            ("id=eq.{a/0}", "null, an array or an object"),
            ("id=eq.{a/0/x~1y/0}", "null, an array or an object"),
        ] {
            let error = answers().pairs(query).unwrap_err();
            assert!(error.message.contains(code), "{query}: {}", error.message);
        }
        // Where an operator should stand, a value is none.
        let (pairs, _) = answers().pairs("id={a/0/name}").unwrap();
        assert!(Parameters::read(&pairs).is_err());
    }
}
