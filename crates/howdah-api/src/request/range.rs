//! `limit`, `offset` and the `Range` header.

use http::{HeaderMap, HeaderValue, StatusCode, header};

use super::ParseError;
use howdah_http::ApiError;

/// A whole number in the query string.
pub(crate) fn number(key: &str, value: &str) -> Result<u64, ParseError> {
    if value.strip_prefix('-').is_some_and(|digits| digits.parse::<u64>().is_ok_and(|number| number > 0)) {
        return Err(ParseError::out_of_range(key, value));
    }
    // PostgreSQL's bigint is the largest that OFFSET takes.
    value
        .parse::<u64>()
        .ok()
        .filter(|number| i64::try_from(*number).is_ok())
        .ok_or_else(|| ParseError::new(format!("{key}={value}"), format!("{key} must be a whole number from 0 on")))
}

/// `Range: 0-24` as (offset, limit).
pub(crate) fn header(headers: &HeaderMap) -> Result<Option<(u64, Option<u64>)>, ApiError> {
    let Some(value) = headers.get(header::RANGE) else { return Ok(None) };
    let text = value.to_str().unwrap_or_default();
    let text = text.strip_prefix("items=").unwrap_or(text);
    let parsed = text.split_once('-').and_then(|(first, last)| {
        let first = first.parse::<u64>().ok()?;
        let last = if last.is_empty() { None } else { Some(last.parse::<u64>().ok()?) };
        Some((first, last))
    });
    match parsed {
        // A Range of another unit (bytes=…) is not for us; HTTP says that it is ignored.
        None => Ok(None),
        Some((first, Some(last))) if last < first => Err(unsatisfiable(
            "The lower boundary must be lower than or equal to the upper boundary in the Range header.",
            None,
        )),
        Some((first, last)) => Ok(Some((first, last.map(|last| last - first + 1)))),
    }
}

/// 416.
pub(crate) fn unsatisfiable(details: &str, total: Option<u64>) -> ApiError {
    let error = ApiError::new(StatusCode::RANGE_NOT_SATISFIABLE, "PGRST103", "Requested range not satisfiable");
    let range = total.and_then(|total| HeaderValue::try_from(format!("*/{total}")).ok());
    let error = error.with_details(details);
    match range {
        Some(range) => error.with_header(header::CONTENT_RANGE, range),
        None => error,
    }
}
