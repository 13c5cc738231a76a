//! The query string as decoded pairs, in their order.

use percent_encoding::percent_decode_str;

use super::ParseError;

/// Decodes `a=b&c=d`: `+` is a space, `%xx` a byte of UTF-8. What has no `=` says nothing and is left out.
pub(crate) fn parse(query: &str) -> Result<Vec<(String, String)>, ParseError> {
    query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(key, value)| Ok((decode(key)?, decode(value)?)))
        .collect()
}

pub(crate) fn decode(text: &str) -> Result<String, ParseError> {
    let spaced = text.replace('+', " ");
    let decoded = percent_decode_str(&spaced)
        .decode_utf8()
        .map_err(|_| ParseError::new(text, "the percent-encoded bytes are not UTF-8"))?;
    if decoded.contains('\0') {
        return Err(ParseError::new(text, "a zero byte cannot stand in a PostgreSQL text"));
    }
    Ok(decoded.into_owned())
}
