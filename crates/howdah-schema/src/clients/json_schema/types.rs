//! Types of the database as schemas, and the keywords that say what a CHECK says.

use super::super::rules::number::{self, Found, Limit, Side, Stored};
use super::super::rules::pattern;
use super::super::rules::test::{Comparison, JsonShape, Leaf, Length, Source, Test, Text, TextForm};
use super::super::rules::{self, Kind, Rule};
use super::super::selection::Selection;
use super::{comment, extend, reference};
use crate::QualifiedName;
use crate::catalog::{DataType, Domain};
use serde_json::{Map, Number, Value, json};

/// Knows what there is to refer to.
pub(super) struct Types<'a> {
    pub(super) selection: &'a Selection<'a>,
}

impl Types<'_> {
    /// The schema of a value that is not null.
    pub(super) fn of(&self, data_type: &DataType) -> Map<String, Value> {
        if data_type.array {
            let element = DataType {
                sql: data_type.sql.strip_suffix("[]").unwrap_or(&data_type.sql).to_owned(),
                array: false,
                base: None,
                ..data_type.clone()
            };
            return map(json!({ "type": "array", "items": self.of(&element) }));
        }
        if self.selection.domains.contains_key(&data_type.name) {
            return map(json!({ "$ref": reference(&data_type.name, &[]) }));
        }
        self.kind(&self.selection.kind(data_type))
    }

    fn kind(&self, kind: &Kind) -> Map<String, Value> {
        map(match kind {
            Kind::Cut(length) | Kind::Padded(length) => {
                // Spaces beyond the length are cut off.
                json!({ "type": "string", "pattern": format!("^[\\s\\S]{{0,{length}}} *$") })
            }
            Kind::Whole(16) => json!({ "type": "integer", "minimum": -32768, "maximum": 32767 }),
            Kind::Whole(32) => json!({ "type": "integer", "minimum": i32::MIN, "maximum": i32::MAX }),
            Kind::Whole(_) => json!({ "type": "integer", "minimum": i64::MIN, "maximum": i64::MAX }),
            Kind::Oid => json!({ "type": "integer", "minimum": 0, "maximum": u32::MAX }),
            Kind::Numeric(Some((precision, scale))) => {
                let mut schema = map(json!({ "type": "number" }));
                let most = format!("1e{}", i64::from(*precision) - i64::from(*scale));
                for (side, constant) in [(Side::Above, format!("-{most}")), (Side::Below, most)] {
                    if let Some(Found::Limit(limit)) = number::limit(Stored::Rounded(*scale), side, &constant) {
                        limited(&mut schema, &limit);
                    }
                }
                return schema;
            }
            Kind::Numeric(None) | Kind::Double | Kind::Single => json!({ "type": "number" }),
            Kind::Boolean => json!({ "type": "boolean" }),
            Kind::Json | Kind::JsonBinary | Kind::Unknown | Kind::Nothing => json!({}),
            Kind::Uuid => json!({ "type": "string", "format": "uuid" }),
            Kind::Date => json!({ "type": "string", "format": "date" }),
            Kind::Timestamp | Kind::TimestampTz => json!({ "type": "string", "format": "date-time" }),
            Kind::Time | Kind::TimeTz => json!({ "type": "string", "format": "time" }),
            Kind::Array(element) => json!({ "type": "array", "items": self.kind(element) }),
            Kind::Enum(name) => json!({ "$ref": reference(name, &[]) }),
            Kind::Composite(name) => json!({ "$ref": self.composite(name) }),
            Kind::Text | Kind::Bytes | Kind::Other => json!({ "type": "string" }),
        })
    }

    fn composite(&self, name: &QualifiedName) -> String {
        let is_row = self.selection.tables.contains_key(name) || self.selection.views.contains_key(name);
        reference(name, if is_row { &["Row"] } else { &[] })
    }

    /// The schema of a domain.
    pub(super) fn domain(&self, domain: &Domain) -> Map<String, Value> {
        let mut schema = self.of(&domain.base);
        let found = rules::of_domain(self.selection.catalog, domain);
        let mut left: Vec<String> = found.left.iter().map(|left| format!("{}: {}", left.name, left.reason)).collect();
        let (valid, later): (Vec<&Rule>, Vec<&Rule>) = found.rules.iter().partition(|rule| rule.validated);
        left.extend(later.iter().map(|rule| format!("{}: values from before may break it", rule.name)));
        left.extend(self.add_rules(&mut schema, &self.selection.kind(&domain.base), &valid));
        comment(&mut schema, &left);
        schema
    }

    /// Adds what the rules say; returns those that no keyword says, with the reason.
    pub(super) fn add_rules(&self, schema: &mut Map<String, Value>, kind: &Kind, rules: &[&Rule]) -> Vec<String> {
        let mut left = Vec::new();
        for rule in rules {
            match said(&rule.test, kind) {
                Some(parts) => parts.into_iter().for_each(|part| merge(schema, part)),
                None => left.push(format!("{}: no keyword says it exactly", rule.name)),
            }
            if !rule.exact {
                left.push(format!("{}: carried as far as ASCII goes", rule.name));
            }
        }
        left
    }
}

fn map(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

/// One more demand. Of two limits the narrower one counts; any other keyword that is there already stands beside the first.
fn merge(schema: &mut Map<String, Value>, mut part: Map<String, Value>) {
    part.retain(|keyword, value| {
        let (Some(known), Some(number)) = (schema.get(keyword).and_then(Value::as_f64), value.as_f64()) else {
            return true;
        };
        let narrower = match keyword.as_str() {
            "minimum" | "exclusiveMinimum" | "minLength" | "minItems" => number > known,
            "maximum" | "exclusiveMaximum" | "maxLength" | "maxItems" => number < known,
            _ => return true,
        };
        if narrower {
            schema.insert(keyword.clone(), value.clone());
        }
        false
    });
    if part.keys().all(|key| !schema.contains_key(key)) {
        schema.extend(part);
        return;
    }
    match schema.entry("allOf").or_insert_with(|| json!([])) {
        Value::Array(all) => all.push(Value::Object(part)),
        other => *other = json!([part]),
    }
}

/// The keywords that say this of a value that is not null; all of them together.
fn said(test: &Test, kind: &Kind) -> Option<Vec<Map<String, Value>>> {
    match test {
        Test::All(tests) => {
            let mut parts = Vec::new();
            for test in tests {
                parts.extend(said(test, kind)?);
            }
            Some(parts)
        }
        Test::Any(tests) => {
            let mut either = Vec::new();
            for test in tests {
                let mut one = Map::new();
                said(test, kind)?.into_iter().for_each(|part| merge(&mut one, part));
                either.push(Value::Object(one));
            }
            Some(vec![map(json!({ "anyOf": either }))])
        }
        // Null within a NOT would pass here, and there is none: see `can_be_null`.
        Test::Not(inner) if !inner.can_be_null() => {
            let mut one = Map::new();
            said(inner, kind)?.into_iter().for_each(|part| merge(&mut one, part));
            Some(vec![map(json!({ "not": one }))])
        }
        Test::Known(Some(true)) => Some(Vec::new()),
        Test::Known(Some(false)) => Some(vec![map(json!({ "not": {} }))]),
        Test::Leaf(leaf) => leaf_said(leaf, kind).map(|part| vec![part]),
        Test::Known(None) | Test::Not(_) | Test::IsNull(_) | Test::Same(..) | Test::Choice(..) => None,
    }
}

fn leaf_said(leaf: &Leaf, kind: &Kind) -> Option<Map<String, Value>> {
    Some(map(match leaf {
        Leaf::True(_) => json!({ "const": true }),
        Leaf::Constantly(_, true) => json!({}),
        Leaf::Constantly(_, false) => json!({ "not": {} }),
        Leaf::Number(_, limit) => {
            let mut schema = Map::new();
            limited(&mut schema, limit);
            return Some(schema);
        }
        Leaf::Length(Length::Characters(Text::Source(_, TextForm::Same)), comparison, number) => {
            lengths("minLength", "maxLength", *comparison, *number)?
        }
        Leaf::Length(Length::Elements { null_if_empty: false, .. }, comparison, number) => {
            lengths("minItems", "maxItems", *comparison, *number)?
        }
        Leaf::Matches(Text::Source(_, TextForm::Same), pattern) => json!({ "pattern": pattern }),
        Leaf::Begins(Text::Source(_, TextForm::Same), Text::Constant(beginning)) => {
            json!({ "pattern": pattern::beginning_with(beginning) })
        }
        Leaf::OneOf(Text::Source(_, TextForm::Same), options) => {
            if !matches!(kind, Kind::Text | Kind::Enum(_)) {
                return None;
            }
            let mut distinct: Vec<&String> = Vec::new();
            options.iter().for_each(|option| {
                if !distinct.contains(&option) {
                    distinct.push(option);
                }
            });
            json!({ "enum": distinct })
        }
        Leaf::OneOf(Text::Trimmed { text, characters, start: true, end: true }, options)
            if **text == Text::Source(source(text)?, TextForm::Same) && characters == " " && options == &[""] =>
        {
            json!({ "pattern": "^ *$" })
        }
        Leaf::JsonIs(_, name) if matches!(name.as_str(), "object" | "array" | "string" | "number" | "boolean") => {
            json!({ "type": name })
        }
        Leaf::JsonEmpty(_, shape) => match shape {
            JsonShape::Object => json!({ "const": {} }),
            JsonShape::Array => json!({ "const": [] }),
        },
        Leaf::Elements(_, options) => json!({ "items": { "enum": options } }),
        Leaf::Length(..)
        | Leaf::Matches(..)
        | Leaf::OneOf(..)
        | Leaf::TextEqual(..)
        | Leaf::Begins(..)
        | Leaf::JsonIs(..)
        | Leaf::Order(..) => return None,
    }))
}

fn source(text: &Text) -> Option<Source> {
    match text {
        Text::Source(source, _) => Some(source.clone()),
        _ => None,
    }
}

fn lengths(least: &str, most: &str, comparison: Comparison, number: i64) -> Option<Value> {
    let at_least = |number: i64| json!({ least: number.max(0) });
    let at_most = |number: i64| if number < 0 { json!({ "not": {} }) } else { json!({ most: number }) };
    Some(match comparison {
        Comparison::AtLeast => at_least(number),
        Comparison::Greater => at_least(number.checked_add(1)?),
        Comparison::AtMost => at_most(number),
        Comparison::Less => at_most(number.checked_sub(1)?),
        Comparison::Equal if number < 0 => json!({ "not": {} }),
        Comparison::Equal => json!({ least: number, most: number }),
        Comparison::NotEqual if number < 0 => json!({}),
        Comparison::NotEqual => json!({ "not": { least: number, most: number } }),
    })
}

fn limited(schema: &mut Map<String, Value>, limit: &Limit) {
    let keyword = match limit.side {
        Side::AtLeast => "minimum",
        Side::Above => "exclusiveMinimum",
        Side::AtMost => "maximum",
        Side::Below => "exclusiveMaximum",
    };
    let whole = limit.number.parse::<i64>().ok().map(Number::from);
    let number = whole.or_else(|| limit.number.parse::<f64>().ok().and_then(Number::from_f64));
    if let Some(number) = number {
        extend(schema, json!({ keyword: number }));
    }
}
