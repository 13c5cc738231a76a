//! What was answered against what was expected, as a list of differences for people.

use reqwest::Method;
use serde_json::Value;

use super::case::{Expected, ExpectedHeader};
use crate::server::Answer;

/// Headers whose value is a list in no particular order.
const LISTS: [&str; 6] = [
    "preference-applied",
    "allow",
    "vary",
    "access-control-allow-methods",
    "access-control-allow-headers",
    "access-control-expose-headers",
];
/// Stands for any value in expected JSON.
const ANY: &str = "<any>";
/// In an object: further members may follow. In an array, at its end: further elements may.
const MORE: &str = "...";
/// In place of a body: there is none.
const EMPTY: &str = "(empty)";
/// The members of an error, all of them always there.
const ERROR_MEMBERS: [&str; 4] = ["code", "details", "hint", "message"];
/// Differences of one body that are shown.
const SHOWN: usize = 8;

/// One line a difference; none if the answer is as expected.
pub(super) fn differences(method: &Method, expected: &Expected, answer: &Answer) -> Vec<String> {
    let mut found = Vec::new();
    if answer.status.as_u16() != expected.status {
        found.push(format!("status    expected {}, got {}", expected.status, answer.status.as_u16()));
    }
    headers(expected, answer, &mut found);
    if (*method == Method::HEAD || answer.status.as_u16() == 204) && !answer.text.is_empty() {
        found.push("body      expected none: it is the answer to HEAD, or 204".to_owned());
    }
    if let Some(code) = &expected.code
        && *method != Method::HEAD
    {
        error(code, answer, &mut found);
    }
    if let Some(wanted) = &expected.body {
        body(wanted, answer, &mut found);
    }
    found
}

fn headers(expected: &Expected, answer: &Answer, found: &mut Vec<String>) {
    let values = |name: &str| -> Vec<String> {
        answer
            .headers
            .get_all(name)
            .iter()
            .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
            .collect()
    };
    let said = |values: &[String]| if values.is_empty() { "none".to_owned() } else { values.join(" | ") };
    let mut done: Vec<&str> = Vec::new();
    for header in &expected.headers {
        match header {
            ExpectedHeader::Is(name, _) => {
                if done.contains(&name.as_str()) {
                    continue;
                }
                done.push(name);
                let same_name = |other: &ExpectedHeader| match other {
                    ExpectedHeader::Is(other, value) if other == name => Some(value.clone()),
                    _ => None,
                };
                let wanted: Vec<String> = expected.headers.iter().filter_map(same_name).collect();
                let actual = values(name);
                let as_expected =
                    if LISTS.contains(&name.as_str()) { items(&wanted) == items(&actual) } else { wanted == actual };
                if !as_expected {
                    found.push(format!("header    {name}: expected {}, got {}", said(&wanted), said(&actual)));
                }
            }
            ExpectedHeader::Holds(name, part) => {
                let actual = values(name);
                if !actual.iter().any(|value| value.contains(part)) {
                    found.push(format!("header    {name}: expected something with {part}, got {}", said(&actual)));
                }
            }
            ExpectedHeader::Present(name) => {
                if values(name).is_empty() {
                    found.push(format!("header    {name}: expected one, got none"));
                }
            }
            ExpectedHeader::Absent(name) => {
                let actual = values(name);
                if !actual.is_empty() {
                    found.push(format!("header    {name}: expected none, got {}", said(&actual)));
                }
            }
        }
    }
}

fn items(values: &[String]) -> Vec<String> {
    let mut items: Vec<String> =
        values.iter().flat_map(|value| value.split(',')).map(|item| item.trim().to_owned()).collect();
    items.sort();
    items
}

fn error(code: &str, answer: &Answer, found: &mut Vec<String>) {
    let Ok(Value::Object(object)) = serde_json::from_str(&answer.text) else {
        found.push(format!("body      expected an error with code {code}, got {}", answer.text));
        return;
    };
    let has_all =
        object.len() == ERROR_MEMBERS.len() && ERROR_MEMBERS.iter().all(|member| object.contains_key(*member));
    if object.get("code").and_then(Value::as_str) != Some(code) {
        found.push(format!("code      expected {code}, got {}", answer.text));
    } else if !has_all {
        found.push(format!("body      expected code, message, details and hint, got {}", answer.text));
    }
}

fn body(wanted: &str, answer: &Answer, found: &mut Vec<String>) {
    if wanted == EMPTY {
        if !answer.text.is_empty() {
            found.push(format!("body      expected none, got {}", answer.text));
        }
        return;
    }
    let is_json = answer.header("content-type").is_some_and(|media| media.contains("json"));
    match (serde_json::from_str::<Value>(wanted), serde_json::from_str::<Value>(&answer.text)) {
        (Ok(wanted), Ok(actual)) if is_json => {
            let mut inner = Vec::new();
            json("$", &wanted, &actual, &mut inner);
            if inner.is_empty() {
                return;
            }
            found.push(format!("body      expected {wanted}\n              got      {actual}"));
            found.extend(inner.iter().take(SHOWN).map(|line| format!("            {line}")));
            if inner.len() > SHOWN {
                found.push(format!("            and {} more differences", inner.len() - SHOWN));
            }
        }
        _ if wanted == answer.text => {}
        _ => found.push(format!("body      expected {wanted:?}\n              got      {:?}", answer.text)),
    }
}

fn json(path: &str, wanted: &Value, actual: &Value, found: &mut Vec<String>) {
    match (wanted, actual) {
        (Value::String(text), _) if text == ANY => {}
        (Value::Object(wanted), Value::Object(actual)) => {
            for (key, value) in wanted.iter().filter(|(key, _)| *key != MORE) {
                match actual.get(key) {
                    Some(other) => json(&format!("{path}.{key}"), value, other, found),
                    None => found.push(format!("{path}.{key}: missing")),
                }
            }
            if !wanted.contains_key(MORE) {
                let extra = actual.keys().filter(|key| !wanted.contains_key(*key));
                found.extend(extra.map(|key| format!("{path}.{key}: not expected")));
            }
        }
        (Value::Array(wanted), Value::Array(actual)) => {
            let open = wanted.last().is_some_and(|last| last == MORE);
            let wanted = if open { &wanted[..wanted.len() - 1] } else { wanted };
            if actual.len() < wanted.len() || (!open && actual.len() > wanted.len()) {
                found.push(format!("{path}: expected {} elements, got {}", wanted.len(), actual.len()));
            }
            for (index, (wanted, actual)) in wanted.iter().zip(actual).enumerate() {
                json(&format!("{path}[{index}]"), wanted, actual, found);
            }
        }
        (Value::Number(left), Value::Number(right)) if left == right || left.as_f64() == right.as_f64() => {}
        _ if wanted == actual => {}
        _ => found.push(format!("{path}: expected {wanted}, got {actual}")),
    }
}

#[test]
fn json_is_compared_by_value() {
    let check = |wanted: &str, actual: &str, expected: &[&str]| {
        let of = |text| serde_json::from_str(text).unwrap();
        let mut found = Vec::new();
        json("$", &of(wanted), &of(actual), &mut found);
        assert_eq!(found, expected, "{wanted} {actual}");
    };
    check(r#"{"a":1.50,"b":[]}"#, r#"{"b":[],"a":1.5}"#, &[]);
    check(r#"{"a":1}"#, r#"{"a":"1"}"#, &["$.a: expected 1, got \"1\""]);
    check(r#"{"a":"<any>","...":0}"#, r#"{"a":null,"b":2}"#, &[]);
    check(r#"{"a":1}"#, r#"{"b":2}"#, &["$.a: missing", "$.b: not expected"]);
    check("[1]", "[1,2]", &["$: expected 1 elements, got 2"]);
    check(r#"[1,"..."]"#, "[1,2]", &[]);
    check(r#"[1,2,"..."]"#, "[1]", &["$: expected 2 elements, got 1"]);
    check("null", "0", &["$: expected null, got 0"]);
    check("[[1]]", "[[2]]", &["$[0][0]: expected 1, got 2"]);
}
