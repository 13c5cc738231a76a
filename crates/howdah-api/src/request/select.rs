//! `select=` and the fields that filters and orders name too.

use super::ParseError;
use super::lexer::{DEEPEST, closing, find_unquoted, split_commas, unquote};
use crate::query::{Aggregate, Field, Item, Join, JsonKey, PathStep};

/// One part of `select=`, its relations not yet looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// `*`
    All,
    Item(Item),
    Embed(WantedEmbed),
}

/// `...alias:target!hint!inner(…)`
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct WantedEmbed {
    pub(crate) target: String,
    pub(crate) alias: Option<String>,
    pub(crate) hint: Option<String>,
    pub(crate) join: Option<Join>,
    pub(crate) spread: bool,
    pub(crate) items: Vec<Wanted>,
}

/// `select=alias:column->path->>key::cast,relation(…),count()`
pub(crate) fn select(value: &str) -> Result<Vec<Wanted>, ParseError> {
    let part = format!("select={value}");
    if value.trim().is_empty() {
        return Ok(vec![Wanted::All]);
    }
    items(value, &part, 0)
}

fn items(text: &str, part: &str, depth: usize) -> Result<Vec<Wanted>, ParseError> {
    if depth > DEEPEST {
        return Err(ParseError::new(part, format!("relations are embedded deeper than {DEEPEST} levels")));
    }
    split_commas(text, part)?.into_iter().map(|item| wanted(item.trim(), part, depth)).collect()
}

fn wanted(text: &str, part: &str, depth: usize) -> Result<Wanted, ParseError> {
    if text == "*" {
        return Ok(Wanted::All);
    }
    if text.is_empty() {
        return Err(ParseError::new(part, "an item is empty: two commas in a row, or one at the end"));
    }
    if text.starts_with("...") {
        return embed(text, part, depth);
    }
    match find_unquoted(text, "(") {
        // A type may have modifiers: `numeric(6,2)`.
        Some(at) if find_unquoted(text, "::").is_some_and(|cast| cast < at) => item(text, part).map(Wanted::Item),
        Some(at) if !is_aggregate(text, at) => embed(text, part, depth),
        _ => item(text, part).map(Wanted::Item),
    }
}

/// Whether the parenthesis at `at` belongs to `count()` or `column.sum()`, not to an embed.
fn is_aggregate(text: &str, at: usize) -> bool {
    if !text[at..].starts_with("()") {
        return false;
    }
    let before = &text[..at];
    // `alias:count()`, but `alias:target()` embeds.
    let name = before.rsplit([':', '.']).next().unwrap_or(before);
    let rest = &text[at + 2..];
    let known = Aggregate::ALL.iter().any(|aggregate| aggregate.name() == name);
    let dotted = before.strip_suffix(name).is_some_and(|before| before.ends_with('.'));
    (rest.is_empty() || rest.starts_with("::")) && (dotted || (known && name == "count"))
}

fn embed(text: &str, part: &str, depth: usize) -> Result<Wanted, ParseError> {
    let (spread, rest) = text.strip_prefix("...").map_or((false, text), |rest| (true, rest));
    let open = find_unquoted(rest, "(")
        .ok_or_else(|| ParseError::new(part, format!("\"{text}\" names a relation without what to take of it: (…)")))?;
    let close = closing(rest, open)
        .filter(|close| close + 1 == rest.len())
        .ok_or_else(|| ParseError::new(part, format!("\"{text}\": after the closing parenthesis a comma is due")))?;
    let head = &rest[..open];
    let (alias, head) = alias(head);
    if spread && alias.is_some() {
        return Err(ParseError::new(part, format!("\"{text}\": a spread has no name of its own, so no alias")));
    }
    let mut words = Vec::new();
    let mut left = head;
    while let Some(at) = find_unquoted(left, "!") {
        words.push(&left[..at]);
        left = &left[at + 1..];
    }
    words.push(left);
    let (target, modifiers) = words.split_first().unwrap_or((&"", &[]));
    let target = unquote(target.trim());
    if target.starts_with("...") {
        return Err(ParseError::new(part, format!("\"{text}\": a spread has no alias; the dots come first")));
    }
    if target.is_empty() {
        return Err(ParseError::new(part, format!("\"{text}\" names no relation before the parenthesis")));
    }
    let mut hint = None;
    let mut join = None;
    for modifier in modifiers {
        match *modifier {
            "inner" => join = Some(Join::Inner),
            "left" => join = Some(Join::Left),
            "" => return Err(ParseError::new(part, format!("\"{text}\" has nothing after an exclamation mark"))),
            other if hint.is_none() => hint = Some(unquote(other)),
            _ => return Err(ParseError::new(part, format!("\"{text}\" has more than one hint"))),
        }
    }
    let inside = &rest[open + 1..close];
    let items = if inside.trim().is_empty() { Vec::new() } else { items(inside, part, depth + 1)? };
    Ok(Wanted::Embed(WantedEmbed { target, alias, hint, join, spread, items }))
}

fn alias(text: &str) -> (Option<String>, &str) {
    // `::` is a cast, not an alias.
    match find_unquoted(text, ":") {
        Some(at) if !text[at..].starts_with("::") => (Some(unquote(text[..at].trim())), &text[at + 1..]),
        _ => (None, text),
    }
}

fn item(text: &str, part: &str) -> Result<Item, ParseError> {
    let (alias, text) = alias(text);
    let (text, aggregate, aggregate_cast) = match find_unquoted(text, "()") {
        Some(at) => {
            let aggregate_cast = match &text[at + 2..] {
                "" => None,
                rest => Some(cast(rest.strip_prefix("::").unwrap_or(rest), part)?),
            };
            let before = &text[..at];
            let (before, name) = before.rsplit_once('.').unwrap_or(("", before));
            let aggregate = Aggregate::ALL.into_iter().find(|aggregate| aggregate.name() == name.trim());
            let aggregate = aggregate.ok_or_else(|| {
                ParseError::new(part, format!("\"{name}()\": there are avg(), count(), max(), min() and sum()"))
            })?;
            (before, Some(aggregate), aggregate_cast)
        }
        None => (text, None, None),
    };
    let (text, cast) = match find_unquoted(text, "::") {
        Some(at) => (&text[..at], Some(cast(&text[at + 2..], part)?)),
        None => (text, None),
    };
    let field = match (text.trim(), aggregate) {
        ("", Some(Aggregate::Count)) => None,
        (text, _) => Some(field(text, part)?),
    };
    Ok(Item { field, alias, cast, aggregate, aggregate_cast })
}

/// A type's name: words, dots, numbers in parentheses and brackets. Nothing else gets through, so nothing else can be
/// smuggled in.
fn cast(text: &str, part: &str) -> Result<String, ParseError> {
    let text = text.trim();
    let name = text.strip_suffix("[]").unwrap_or(text);
    let (name, modifiers) = match name.split_once('(') {
        Some((name, modifiers)) => (name, modifiers.strip_suffix(')')),
        None => (name, Some("0")),
    };
    let numbers = |list: &str| list.split(',').all(|number| number.trim().parse::<u16>().is_ok());
    let fine = modifiers.is_some_and(numbers)
        && name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | ' ' | '.'));
    if fine { Ok(text.to_owned()) } else { Err(ParseError::new(part, format!("\"{text}\" is not a type's name"))) }
}

/// `column->key->0->>key`, any of them in double quotes.
pub(crate) fn field(text: &str, part: &str) -> Result<Field, ParseError> {
    let mut rest = text;
    let mut arrow = find_unquoted(rest, "->");
    let name = &rest[..arrow.unwrap_or(rest.len())];
    if !name.starts_with('"') && name.contains(['(', ')']) {
        let reason = format!("\"{name}\" is no name of a column; one with a parenthesis goes in double quotes");
        return Err(ParseError::new(part, reason));
    }
    let column = unquote(name);
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
            Err(_) if key.starts_with('-') => {
                let reason = format!("\"{key}\" is no index; a key that begins so goes in double quotes");
                return Err(ParseError::new(part, reason));
            }
            Err(_) => JsonKey::Name(unquote(key)),
        };
        if as_text && arrow.is_some() {
            return Err(ParseError::new(part, format!("\"{text}\": ->> gives text, so it must be the last arrow")));
        }
        path.push(PathStep { key, as_text });
    }
    Ok(Field { column, path })
}
