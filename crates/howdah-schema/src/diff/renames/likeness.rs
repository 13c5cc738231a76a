//! How much two objects have in common.

use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeSet;

/// From 0 to 1000: the share of what is said of either that is said of both. Their own names do not count.
pub(super) fn likeness<T: Serialize>(left: Option<T>, right: Option<T>) -> usize {
    let (left, right) = (facts(left), facts(right));
    let all = left.union(&right).count();
    (left.intersection(&right).count() * 1000).checked_div(all).unwrap_or(0)
}

fn facts<T: Serialize>(object: Option<T>) -> BTreeSet<String> {
    let mut facts = BTreeSet::new();
    // What cannot be told has nothing in common with anything.
    if let Some(Ok(mut value)) = object.map(serde_json::to_value) {
        if let Value::Object(fields) = &mut value {
            fields.remove("name");
        }
        collect(&value, "", &mut facts);
    }
    facts
}

fn collect(value: &Value, path: &str, facts: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => fields.iter().for_each(|(key, value)| collect(value, &format!("{path}.{key}"), facts)),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, item)| collect(item, &format!("{path}[{index}]"), facts));
        }
        value => {
            facts.insert(format!("{path}={value}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn shares() {
        let of = |left: Value, right: Value| likeness(Some(left), Some(right));
        assert_eq!(of(json!({"name": "a", "x": 1}), json!({"name": "b", "x": 1})), 1000);
        assert_eq!(of(json!({"x": 1, "y": [1, 2]}), json!({"x": 2, "y": [1, 2]})), 500);
        assert_eq!(likeness(None::<Value>, Some(json!(1))), 0);
        assert_eq!(likeness(None::<Value>, None), 0);
    }
}
