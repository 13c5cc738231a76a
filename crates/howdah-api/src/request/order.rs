//! `order=a.desc.nullslast,b`

use super::lexer::{find_unquoted, split_commas};
use super::{ParseError, not_yet, select};
use crate::query::OrderTerm;
use howdah_http::ApiError;

pub(crate) fn order(value: &str) -> Result<Vec<OrderTerm>, ApiError> {
    let part = format!("order={value}");
    split_commas(value, &part)?.into_iter().map(|term| order_term(term.trim(), &part)).collect()
}

fn order_term(text: &str, part: &str) -> Result<OrderTerm, ApiError> {
    if find_unquoted(text, "(").is_some() {
        return Err(not_yet(&format!("\"{text}\" (ordering by a related table)")));
    }
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
    if let Some(at) = find_unquoted(rest, ".") {
        let reason = format!("\"{}\" is no direction: there are asc, desc, nullsfirst, nullslast", &rest[at + 1..]);
        return Err(ParseError::new(part, reason).into());
    }
    Ok(OrderTerm { field: select::field(rest, part)?, descending, nulls_first })
}
