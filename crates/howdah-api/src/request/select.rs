//! `select=` and the fields that filters and orders name too.

use super::lexer::{find_unquoted, split_commas, unquote};
use super::{ParseError, not_yet};
use crate::query::{Field, JsonKey, PathStep, SelectItem};
use howdah_http::ApiError;

/// `select=alias:column->path->>key::cast,…`
pub(crate) fn select(value: &str) -> Result<Vec<SelectItem>, ApiError> {
    let part = format!("select={value}");
    if value.trim().is_empty() {
        return Ok(vec![SelectItem::All]);
    }
    split_commas(value, &part)?.into_iter().map(|item| select_item(item.trim(), &part)).collect()
}

fn select_item(text: &str, part: &str) -> Result<SelectItem, ApiError> {
    if text == "*" {
        return Ok(SelectItem::All);
    }
    if text.is_empty() {
        return Err(ParseError::new(part, "an item is empty: two commas in a row, or one at the end").into());
    }
    if text.starts_with("...") || find_unquoted(text, "(").is_some() {
        return Err(not_yet(&format!("\"{text}\" (embedding and aggregates in select)")));
    }
    let (text, cast) = match find_unquoted(text, "::") {
        Some(at) => (&text[..at], Some(cast(&text[at + 2..], part)?)),
        None => (text, None),
    };
    let (alias, text) = match find_unquoted(text, ":") {
        Some(at) => (Some(unquote(text[..at].trim())), &text[at + 1..]),
        None => (None, text),
    };
    Ok(SelectItem::Field { field: field(text.trim(), part)?, alias, cast })
}

/// A type's name: words, dots and brackets. Nothing else gets through, so nothing else can be smuggled in.
fn cast(text: &str, part: &str) -> Result<String, ParseError> {
    let text = text.trim();
    let name = text.strip_suffix("[]").unwrap_or(text);
    let fine = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | ' ' | '.'));
    if fine { Ok(text.to_owned()) } else { Err(ParseError::new(part, format!("\"{text}\" is not a type's name"))) }
}

/// `column->key->0->>key`, any of them in double quotes.
pub(crate) fn field(text: &str, part: &str) -> Result<Field, ParseError> {
    let mut rest = text;
    let mut arrow = find_unquoted(rest, "->");
    let column = unquote(&rest[..arrow.unwrap_or(rest.len())]);
    if column.is_empty() {
        return Err(ParseError::new(part, format!("\"{text}\" names no column")));
    }
    let mut path = Vec::new();
    while let Some(at) = arrow {
        rest = &rest[at + 2..];
        let as_text = rest.starts_with('>');
        rest = rest.strip_prefix('>').unwrap_or(rest);
        arrow = find_unquoted(rest, "->");
        let key = &rest[..arrow.unwrap_or(rest.len())];
        if key.is_empty() {
            return Err(ParseError::new(part, format!("\"{text}\" has an arrow without a key after it")));
        }
        let key = match key.parse::<i32>() {
            Ok(index) => JsonKey::Index(index),
            Err(_) => JsonKey::Name(unquote(key)),
        };
        if as_text && arrow.is_some() {
            return Err(ParseError::new(part, format!("\"{text}\": ->> gives text, so it must be the last arrow")));
        }
        path.push(PathStep { key, as_text });
    }
    Ok(Field { column, path })
}
