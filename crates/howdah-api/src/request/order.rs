//! `order=a.desc.nullslast,b`

use super::lexer::{closing, find_unquoted, split_commas, unquote};
use super::{ParseError, select};
use crate::query::OrderTerm;

/// `order=a.desc.nullslast,relation(b)`
pub(crate) fn order(value: &str) -> Result<Vec<OrderTerm>, ParseError> {
    let part = format!("order={value}");
    if value.trim().is_empty() {
        return Ok(Vec::new());
    }
    split_commas(value, &part)?.into_iter().map(|term| order_term(term.trim(), &part)).collect()
}

fn order_term(text: &str, part: &str) -> Result<OrderTerm, ParseError> {
    let mut rest = text;
    let mut nulls_first = None;
    for (suffix, first) in [(".nullsfirst", true), (".nullslast", false)] {
        if let Some(stripped) = rest.strip_suffix(suffix) {
            rest = stripped;
            nulls_first = Some(first);
        }
    }
    let mut descending = false;
    if let Some(stripped) = rest.strip_suffix(".desc") {
        rest = stripped;
        descending = true;
    } else if let Some(stripped) = rest.strip_suffix(".asc") {
        rest = stripped;
    }
    let (embed, rest) = match find_unquoted(rest, "(") {
        Some(open) if closing(rest, open) == Some(rest.len() - 1) => {
            (Some(unquote(&rest[..open])), &rest[open + 1..rest.len() - 1])
        }
        Some(_) => return Err(ParseError::new(part, format!("\"{text}\" is not of the form relation(column)"))),
        None => (None, rest),
    };
    if let Some(at) = find_unquoted(rest, ".").filter(|at| find_unquoted(rest, "->").is_none_or(|arrow| *at < arrow)) {
        let reason = format!("\"{}\" is no direction: there are asc, desc, nullsfirst, nullslast", &rest[at + 1..]);
        return Err(ParseError::new(part, reason));
    }
    Ok(OrderTerm { embed, field: select::field(rest, part)?, descending, nulls_first })
}
