//! `limit`, `offset` and the `Range` header.

use http::{HeaderMap, HeaderValue, StatusCode, header};

use super::ParseError;
use howdah_http::ApiError;

/// `limit=`. What is no number is no limit, as in PostgREST.
///
/// # Errors
/// It is negative.
pub(crate) fn limit(key: &str, value: &str) -> Result<Option<u64>, ParseError> {
    match whole(value) {
        Some(number) if number < 0 => Err(ParseError::out_of_range(key, value)),
        number => Ok(number.and_then(|number| u64::try_from(number).ok())),
    }
}

/// `offset=`. What is no number, or negative, is none, as in PostgREST.
pub(crate) fn offset(value: &str) -> Option<u64> {
    whole(value).and_then(|number| u64::try_from(number).ok())
}

/// One beyond PostgreSQL's bigint is the largest there is, which no table reaches.
fn whole(value: &str) -> Option<i64> {
    let value = value.trim();
    let (is_negative, digits) = value.strip_prefix('-').map_or((false, value), |digits| (true, digits));
    if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let number = digits.parse().unwrap_or(i64::MAX);
    Some(if is_negative { -number } else { number })
}

/// The rows that are in both of two pages, each (offset, limit); `None` where no row can be in both.
pub(crate) fn both(a: (u64, Option<u64>), b: (u64, Option<u64>)) -> Option<(u64, Option<u64>)> {
    let end = |(offset, limit): (u64, Option<u64>)| limit.map(|limit| offset.saturating_add(limit));
    let offset = a.0.max(b.0);
    let end = [end(a), end(b)].into_iter().flatten().min();
    match end {
        Some(end) if end <= offset => None,
        end => Some((offset, end.map(|end| end - offset))),
    }
}

/// `Range: 0-24` as (offset, limit).
pub(crate) fn header(headers: &HeaderMap) -> Result<Option<(u64, Option<u64>)>, ApiError> {
    let Some(value) = headers.get(header::RANGE) else { return Ok(None) };
    let text = value.to_str().unwrap_or_default().trim();
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
