//! Filters (`col=not.op.value`) and logic trees (`or=(…)`, `and=(…)`).

use howdah_schema::nearest;

use super::lexer::{DEEPEST, find_unquoted, inside_parentheses, split_commas, unquote};
use super::{ParseError, select};
use crate::query::{Condition, Filter, IsWhat, Logic, OPERATORS, Quantifier, TEXT_SEARCH};

/// `column=[not.]op.value`
pub(crate) fn filter(key: &str, value: &str) -> Result<Logic, ParseError> {
    let part = format!("{key}={value}");
    let field = select::field(key, &part)?;
    let (negated, rest) = strip_not(value);
    let condition = condition(rest, &part, false)?;
    Ok(negate(Logic::Filter(Filter { field, condition }), negated))
}

/// The value of `and=`, `or=`, `not.and=`, `not.or=`; `word` is `and` or `or`.
pub(crate) fn logic(word: &str, negated: bool, value: &str) -> Result<Logic, ParseError> {
    let part = format!("{}{word}={value}", if negated { "not." } else { "" });
    Ok(negate(group(word, value, &part, 0)?, negated))
}

fn group(word: &str, list: &str, part: &str, depth: usize) -> Result<Logic, ParseError> {
    if depth > DEEPEST {
        return Err(ParseError::new(part, format!("conditions are nested deeper than {DEEPEST} levels")));
    }
    let members = split_commas(inside_parentheses(list, part)?, part)?
        .into_iter()
        .map(|member| member_of_group(member.trim(), part, depth))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(if word == "or" { Logic::Or(members) } else { Logic::And(members) })
}

fn member_of_group(text: &str, part: &str, depth: usize) -> Result<Logic, ParseError> {
    let (negated, rest) = strip_not(text);
    for word in ["and", "or"] {
        if let Some(list) = rest.strip_prefix(word)
            && list.starts_with('(')
        {
            return Ok(negate(group(word, list, part, depth + 1)?, negated));
        }
    }
    let dot = find_unquoted(text, ".")
        .ok_or_else(|| ParseError::new(part, format!("\"{text}\" is not of the form column.operator.value")))?;
    let field = select::field(&text[..dot], part)?;
    let (negated, rest) = strip_not(&text[dot + 1..]);
    let condition = condition(rest, part, true)?;
    Ok(negate(Logic::Filter(Filter { field, condition }), negated))
}

fn strip_not(text: &str) -> (bool, &str) {
    text.strip_prefix("not.").map_or((false, text), |rest| (true, rest))
}

fn negate(logic: Logic, negated: bool) -> Logic {
    if negated { Logic::Not(Box::new(logic)) } else { logic }
}

/// `op.value`, `op(any).{…}`, `fts(lang).query`. Inside a logic tree a value may be quoted as a whole.
fn condition(text: &str, part: &str, in_tree: bool) -> Result<Condition, ParseError> {
    let Some((word, value)) = text.split_once('.') else {
        let word = text.split('(').next().unwrap_or(text);
        return Err(if is_operator(word) {
            ParseError::new(part, format!("operator \"{word}\" needs a value: {word}.value"))
        } else {
            unknown_operator(word, part)
        });
    };
    let (name, modifier) = match word.split_once('(') {
        Some((name, modifier)) => {
            let modifier = modifier
                .strip_suffix(')')
                .ok_or_else(|| ParseError::new(part, format!("a parenthesis is not closed in \"{word}\"")))?;
            (name, Some(modifier))
        }
        None => (word, None),
    };
    let value_text = || if in_tree { unquote(value) } else { value.to_owned() };
    if let Some((_, function)) = TEXT_SEARCH.iter().find(|(operator, _)| *operator == name) {
        return Ok(Condition::TextSearch { function, language: modifier.map(str::to_owned), value: value_text() });
    }
    let quantifier = match modifier {
        None => None,
        Some("any") => Some(Quantifier::Any),
        Some("all") => Some(Quantifier::All),
        Some(other) => {
            return Err(ParseError::new(part, format!("unknown modifier \"({other})\"; there are (any) and (all)")));
        }
    };
    if let Some(operator) = OPERATORS.iter().find(|operator| operator.name == name) {
        if quantifier.is_some() && !operator.quantifiable {
            return Err(ParseError::new(part, format!("operator \"{name}\" takes no (any) or (all)")));
        }
        let mut value = value_text();
        if operator.is_like {
            value = value.replace('*', "%");
        }
        return Ok(Condition::Compare { operator: *operator, quantifier, value });
    }
    if quantifier.is_some() && matches!(name, "in" | "is" | "isdistinct") {
        return Err(ParseError::new(part, format!("operator \"{name}\" takes no (any) or (all)")));
    }
    match name {
        "in" => {
            let inner = inside_parentheses(value, part)?;
            let values = match inner.trim() {
                "" => Vec::new(),
                _ => split_commas(inner, part)?.into_iter().map(unquote).collect(),
            };
            Ok(Condition::In(values))
        }
        "is" => Ok(Condition::Is(match value.to_ascii_lowercase().as_str() {
            "null" => IsWhat::Null,
            "not_null" => IsWhat::NotNull,
            "true" => IsWhat::True,
            "false" => IsWhat::False,
            "unknown" => IsWhat::Unknown,
            _ => {
                let reason = format!("is.{value}: there are is.null, is.not_null, is.true, is.false, is.unknown");
                return Err(ParseError::new(part, reason));
            }
        })),
        "isdistinct" => Ok(Condition::IsDistinct(value_text())),
        _ => Err(unknown_operator(name, part)),
    }
}

/// Whether a value is a condition: an operator, a dot and what to compare with.
pub(crate) fn has_operator(value: &str) -> bool {
    let (_, rest) = strip_not(value);
    rest.split_once('.').is_some_and(|(word, _)| is_operator(word.split('(').next().unwrap_or(word)))
}

fn operator_names() -> impl Iterator<Item = &'static str> {
    let plain = OPERATORS.iter().map(|operator| operator.name);
    plain.chain(TEXT_SEARCH.iter().map(|(name, _)| *name)).chain(["in", "is", "isdistinct", "not"])
}

fn is_operator(word: &str) -> bool {
    operator_names().any(|name| name == word)
}

/// Names people bring along from other languages.
const HABITS: [(&str, &str); 10] = [
    ("=", "eq"),
    ("==", "eq"),
    ("equals", "eq"),
    ("ne", "neq"),
    (">", "gt"),
    (">=", "gte"),
    ("<", "lt"),
    ("<=", "lte"),
    ("contains", "cs"),
    ("regex", "match"),
];

fn unknown_operator(word: &str, part: &str) -> ParseError {
    let habit = HABITS.iter().find(|(habit, _)| *habit == word).map(|(_, operator)| *operator);
    let hint = match habit.or_else(|| nearest(word, operator_names())) {
        Some(near) => format!("Perhaps you meant the operator \"{near}\"."),
        None => {
            let names: Vec<_> = operator_names().collect();
            format!("Write column=operator.value; the operators are {}.", names.join(", "))
        }
    };
    ParseError::new(part, format!("unknown operator \"{word}\"")).with_hint(Some(hint))
}
