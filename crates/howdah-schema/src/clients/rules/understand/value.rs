//! The values that a CHECK compares.

use super::super::expression::Expression;
use super::super::kind::Kind;
use super::super::number::Stored;
use super::super::test::{Length, Source, Text, TextForm};
use super::{Collation, Reader, Reason, is_type, length, refused};
use crate::QualifiedName;

/// A value, by what can be done with it.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Null,
    Constant(Constant),
    Text(Text, Collation),
    Number(Source, Stored),
    Length(Length),
    JsonType(Source),
    /// A column that is none of the others.
    Field(Source, Kind),
}

/// A constant as text, with the type that it is cast to.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Constant {
    pub(super) text: String,
    type_name: Option<String>,
}

impl Constant {
    /// As a number of double precision that is the same.
    pub(super) fn number(&self) -> String {
        match (self.type_name.as_deref(), self.text.parse::<f32>()) {
            (Some("real"), Ok(number)) if number.is_finite() => f64::from(number).to_string(),
            _ => self.text.clone(),
        }
    }

    /// Whether it is a label of this enumeration, or of no type of its own.
    pub(super) fn is_of(&self, name: &QualifiedName) -> bool {
        self.type_name.as_deref().is_none_or(|sql| is_type(name, sql))
    }
}

impl Reader<'_> {
    pub(super) fn value(&mut self, expression: &Expression) -> Result<Value, Reason> {
        match expression {
            Expression::Null => Ok(Value::Null),
            Expression::Text(text) | Expression::Number(text) => {
                Ok(Value::Constant(Constant { text: text.clone(), type_name: None }))
            }
            Expression::Name(name) => self.field(name),
            Expression::Cast(inner, name) => self.cast(inner, name),
            Expression::Call(name, arguments) => self.called(name, arguments),
            Expression::Binary(operator, left, right) if operator == "||" => {
                let ((left, one), (right, other)) = (self.text(left)?, self.text(right)?);
                let collation = if one == Collation::Default { other } else { one };
                Ok(Value::Text(Text::Joined(vec![left, right]), collation))
            }
            Expression::Binary(operator, ..) => Err(format!("the operator {operator} is not carried")),
            _ => refused("it is made of something that is not carried"),
        }
    }

    fn field(&self, name: &str) -> Result<Value, Reason> {
        let Some(field) = self.fields.get(name) else { return Err(format!("there is no column {name}")) };
        let source = Source::Column(name.to_owned());
        Ok(match &field.kind {
            Kind::Text => Value::Text(Text::Source(source, TextForm::Same), field.collation),
            Kind::Cut(length) => Value::Text(Text::Source(source, TextForm::Cut(*length)), field.collation),
            Kind::Whole(_) | Kind::Numeric(None) => Value::Number(source, Stored::Exact),
            Kind::Numeric(Some((_, scale))) => Value::Number(source, Stored::Rounded(*scale)),
            Kind::Double => Value::Number(source, Stored::Double),
            Kind::Single => Value::Number(source, Stored::Single),
            Kind::Padded(_) if field.collation == Collation::Nondeterministic => Value::Field(source, Kind::Other),
            kind => Value::Field(source, kind.clone()),
        })
    }

    /// A column by itself, for questions about null.
    pub(super) fn source(&mut self, expression: &Expression) -> Result<Source, Reason> {
        match expression {
            Expression::Name(name) => match self.fields.get(name) {
                // It is null, too, when all that it is made of is null.
                Some(field) if matches!(field.kind, Kind::Composite(_) | Kind::Unknown) => {
                    refused("IS NULL of a composite value is not carried")
                }
                Some(_) => Ok(Source::Column(name.clone())),
                None => Err(format!("there is no column {name}")),
            },
            // A cast leaves null what it is.
            Expression::Cast(inner, _) => self.source(inner),
            _ => refused("IS NULL of something else than a column is not carried"),
        }
    }

    fn cast(&mut self, inner: &Expression, name: &str) -> Result<Value, Reason> {
        let value = self.value(inner)?;
        match value {
            Value::Null => Ok(Value::Null),
            Value::Constant(constant) => constant_cast(constant, name),
            Value::Text(..) if is_text(name) => Ok(value),
            Value::Field(source, Kind::Padded(length)) if is_text(name) => {
                Ok(Value::Text(Text::Source(source, TextForm::Padded(length)), Collation::Default))
            }
            Value::Field(source, Kind::Uuid) if name == "text" => {
                Ok(Value::Text(Text::Source(source, TextForm::Uuid), Collation::Default))
            }
            Value::Field(source, Kind::Enum(_)) if name == "text" => {
                Ok(Value::Text(Text::Source(source, TextForm::Same), Collation::Default))
            }
            // As far as a whole number is the same in the other type.
            Value::Number(source, Stored::Exact) => {
                let Source::Column(column) = &source else { return refused("a cast that is not carried") };
                let bits = match self.fields.get(column).map(|field| &field.kind) {
                    Some(Kind::Whole(bits)) => *bits,
                    _ => return Err(format!("a cast to {name} is not carried")),
                };
                match name {
                    "numeric" | "bigint" => Ok(Value::Number(source, Stored::Exact)),
                    "integer" if bits <= 32 => Ok(Value::Number(source, Stored::Exact)),
                    "double precision" if bits <= 32 => Ok(Value::Number(source, Stored::Double)),
                    _ => Err(format!("a cast to {name} is not carried")),
                }
            }
            Value::Number(source, Stored::Single) if name == "double precision" => {
                Ok(Value::Number(source, Stored::Single))
            }
            Value::Length(length) if matches!(name, "integer" | "bigint" | "numeric" | "double precision") => {
                Ok(Value::Length(length))
            }
            _ => Err(format!("a cast to {name} is not carried")),
        }
    }

    fn called(&mut self, name: &str, arguments: &[Expression]) -> Result<Value, Reason> {
        match (name, arguments) {
            ("char_length" | "character_length" | "length", [argument]) => match self.value(argument)? {
                Value::Text(text, _) => Ok(length(Length::Characters(text))),
                Value::Field(source, Kind::Bytes) if name == "length" => Ok(length(Length::Bytes(source))),
                Value::Field(source, Kind::Padded(most)) => {
                    Ok(length(Length::Characters(Text::Source(source, TextForm::Padded(most)))))
                }
                _ => Err(format!("{name} of such a value is not carried")),
            },
            ("octet_length", [argument]) => match self.value(argument)? {
                Value::Text(text, _) => Ok(length(Length::Octets(text))),
                Value::Field(source, Kind::Bytes) => Ok(length(Length::Bytes(source))),
                _ => refused("octet_length of such a value is not carried"),
            },
            ("btrim" | "ltrim" | "rtrim", [argument, rest @ ..]) => {
                let (text, collation) = self.text(argument)?;
                let characters = match rest {
                    [] => " ".to_owned(),
                    [characters] => match self.value(characters)? {
                        Value::Constant(constant) => constant.text,
                        _ => return Err(format!("{name} with characters that are no constant is not carried")),
                    },
                    _ => return Err(format!("{name} is not carried so")),
                };
                let (start, end) = (name != "rtrim", name != "ltrim");
                Ok(Value::Text(Text::Trimmed { text: Box::new(text), characters, start, end }, collation))
            }
            ("jsonb_typeof" | "json_typeof", [argument]) => match self.value(argument)? {
                Value::Field(source, Kind::Json | Kind::JsonBinary) => Ok(Value::JsonType(source)),
                _ => Err(format!("{name} of such a value is not carried")),
            },
            ("cardinality", [array]) => Ok(length(Length::Elements { of: self.array(array)?, null_if_empty: false })),
            ("array_length", [array, Expression::Number(dimension)]) if dimension == "1" => {
                Ok(length(Length::Elements { of: self.array(array)?, null_if_empty: true }))
            }
            ("num_nulls" | "num_nonnulls", columns) if !columns.is_empty() => {
                let mut of = Vec::new();
                for column in columns {
                    match self.source(column)? {
                        Source::Column(column) => of.push(column),
                        Source::Count { .. } => return Err(format!("{name} is not carried so")),
                    }
                }
                Ok(length(Length::Count(Source::Count { of, nulls: name == "num_nulls" })))
            }
            _ => Err(format!("it calls {name}")),
        }
    }

    /// A value that is a text, and the collation that it brings.
    pub(super) fn text(&mut self, expression: &Expression) -> Result<(Text, Collation), Reason> {
        match self.value(expression)? {
            Value::Text(text, collation) => Ok((text, collation)),
            Value::Constant(constant) => Ok((Text::Constant(constant.text), Collation::Default)),
            _ => refused("a text is made of something that is not carried"),
        }
    }
}

fn is_text(name: &str) -> bool {
    matches!(name, "text" | "character varying")
}

/// A cast of a constant, where it leaves its text what it means.
fn constant_cast(constant: Constant, name: &str) -> Result<Value, Reason> {
    let fits = match name {
        "integer" | "bigint" | "smallint" => constant.text.parse::<i64>().is_ok(),
        // char(n) ignores spaces at the end.
        "bpchar" => !constant.text.ends_with(' '),
        "text"
        | "character varying"
        | "numeric"
        | "double precision"
        | "real"
        | "uuid"
        | "date"
        | "jsonb"
        | "timestamp with time zone"
        | "timestamp without time zone" => true,
        name => name.contains('.') && !name.contains(['(', '[']),
    };
    if !fits {
        return Err(format!("a constant of type {name} is not carried"));
    }
    Ok(Value::Constant(Constant { type_name: Some(name.to_owned()), ..constant }))
}

/// Whether a constant is written as ISO 8601 has it, so that a client reads it as the server does.
pub(super) fn is_moment(text: &str, kind: &Kind) -> bool {
    let digits = |text: &str, length: usize| text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
    let date = |text: &str| {
        let parts: Vec<&str> = text.split('-').collect();
        matches!(parts[..], [year, month, day] if digits(year, 4) && digits(month, 2) && digits(day, 2))
    };
    if *kind == Kind::Date {
        return date(text);
    }
    let Some((day, rest)) = text.split_once(' ') else { return false };
    let (time, zone) = match rest.find(['+', '-']) {
        Some(at) => rest.split_at(at),
        None => (rest, ""),
    };
    let parts: Vec<&str> = time.split(':').collect();
    let clock = match parts[..] {
        [hour, minute, second] => {
            let (whole, fraction) = second.split_once('.').unwrap_or((second, "0"));
            digits(hour, 2) && digits(minute, 2) && digits(whole, 2) && fraction.bytes().all(|b| b.is_ascii_digit())
        }
        _ => false,
    };
    let zoned = *kind == Kind::TimestampTz;
    date(day) && clock && zoned != zone.is_empty()
}
