//! Conditional requests on single rows: `ETag`, `If-Match` and `If-None-Match` (RFC 9110, sections 8.8.3 and 13).
//!
//! A tag is `"version;representation"`. The version is the row's, and all that `If-Match` looks at: a row may be changed by
//! whoever has seen its latest state, in whatever form. The representation tells apart what one address answers with for
//! other columns, media types or roles, so that a cache never takes one for the other.

use axum::response::{IntoResponse, Response};
use howdah_http::ApiError;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};
use sha2::{Digest, Sha256};

use crate::api::Request;
use crate::exposed::Relation;
use crate::options::ApiOptions;
use crate::query::{Query, SelectItem};
use crate::request::media::Media;
use crate::sql::ROOT;

/// What a tag may not hold, and what would end its version.
const ESCAPED: AsciiSet = CONTROLS.add(b' ').add(b'"').add(b'%').add(b',').add(b';').add(b'\\');

/// The tags of one header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Tags {
    /// `*`
    Any,
    List(Vec<Tag>),
}

/// One tag of a header, without its quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tag {
    is_weak: bool,
    text: String,
}

/// The conditions that a request makes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Conditions {
    if_match: Option<Tags>,
    if_none_match: Option<Tags>,
}

/// What must hold for a write to happen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Precondition {
    #[default]
    None,
    /// The row is there, and its version (SQL under the root's alias) is one of these; any when there is no list.
    Matches { version: String, versions: Option<Vec<String>> },
    /// The row is not there yet.
    Absent,
}

impl Conditions {
    pub(crate) fn of(headers: &HeaderMap) -> Result<Self, ApiError> {
        Ok(Self { if_match: tags(headers, &header::IF_MATCH)?, if_none_match: tags(headers, &header::IF_NONE_MATCH)? })
    }

    /// What they mean for a write of the rows that `query` chooses.
    pub(crate) fn of_write(&self, method: &Method, query: &Query, role: &str) -> Result<Precondition, ApiError> {
        match (&self.if_match, &self.if_none_match) {
            (None, None) => Ok(Precondition::None),
            (None, Some(Tags::Any)) if *method == Method::PUT => Ok(Precondition::Absent),
            (_, Some(_)) => Err(ApiError::bad_request("HOWDAH400", "If-None-Match does not fit this write")
                .with_hint("A write takes If-None-Match: * on PUT, to create a row only where there is none")),
            (Some(_), None) if *method == Method::POST || !query.is_by_key() => {
                Err(ApiError::bad_request("HOWDAH400", "If-Match is for a write to one row")
                    .with_hint("Choose the row by equality on its whole primary key, as in ?id=eq.1"))
            }
            (Some(tags), None) => {
                let Some(version) = query.relation.version_of(ROOT, role) else {
                    let message = format!("The rows of '{}' have no version to match", query.relation.name.name);
                    return Err(ApiError::bad_request("HOWDAH400", message)
                        .with_hint("Name a column that changes with every update in the comment: @version column"));
                };
                let versions = match tags {
                    Tags::Any => None,
                    Tags::List(tags) => Some(tags.iter().filter(|tag| !tag.is_weak).map(Tag::version).collect()),
                };
                Ok(Precondition::Matches { version, versions })
            }
        }
    }
}

impl Precondition {
    /// 428 for a write that may undo what its client has not seen.
    pub(crate) fn must_stand(&self, options: &ApiOptions, relation: &Relation) -> Result<(), ApiError> {
        if *self != Self::None || !options.require_if_match.contains(&relation.name) {
            return Ok(());
        }
        let message = format!("Changes to '{}' must say which version they are of", relation.name.name);
        Err(ApiError::new(StatusCode::PRECONDITION_REQUIRED, "HOWDAH428", message)
            .with_hint("GET the row by its key, and send the ETag of that answer as If-Match"))
    }
}

/// 412.
pub(crate) fn failed() -> ApiError {
    ApiError::new(
        StatusCode::PRECONDITION_FAILED,
        "HOWDAH412",
        "The row is not as the request expects it; nothing changed",
    )
    .with_details("It has changed since it was read, or is not there, or, for If-None-Match: *, is there already")
    .with_hint("GET the row again, and repeat the change with its new ETag")
}

impl Tag {
    fn version(&self) -> String {
        version_of(&self.text)
    }
}

/// What `If-Match` compares of a tag.
fn version_of(tag: &str) -> String {
    let version = tag.split(';').next().unwrap_or_default();
    percent_decode_str(version).decode_utf8_lossy().into_owned()
}

/// Reads `*`, or `"a", W/"b"`.
fn tags(headers: &HeaderMap, name: &HeaderName) -> Result<Option<Tags>, ApiError> {
    let mut list = Vec::new();
    let mut is_there = false;
    for value in headers.get_all(name) {
        is_there = true;
        let wrong = || {
            ApiError::bad_request("HOWDAH400", format!("The header {name} is neither * nor a list of tags"))
                .with_hint("Send the ETag of an earlier answer as it came, with its double quotes")
        };
        let mut rest = value.to_str().map_err(|_| wrong())?.trim();
        if rest == "*" {
            return Ok(Some(Tags::Any));
        }
        while !rest.is_empty() {
            let (is_weak, quoted) = rest.strip_prefix("W/").map_or((false, rest), |quoted| (true, quoted));
            let (text, after) = quoted.strip_prefix('"').and_then(|text| text.split_once('"')).ok_or_else(wrong)?;
            list.push(Tag { is_weak, text: text.to_owned() });
            let after = after.trim_start();
            rest = match after.strip_prefix(',') {
                Some(next) => next.trim_start(),
                None if after.is_empty() => after,
                None => return Err(wrong()),
            };
        }
    }
    Ok(is_there.then_some(Tags::List(list)))
}

/// What the answer's tag is made of besides the version; `None` when the answer has none: several rows, or more than what
/// the row itself holds.
pub(crate) fn representation(request: &Request<'_>, query: &Query, media: &Media) -> Option<String> {
    if !(query.is_by_key() || media.is_object()) || matches!(media, Media::Plan(_)) || !query.shows_own_columns() {
        return None;
    }
    let role = &request.caller.principal.role;
    let mut hash = Sha256::new();
    let mut add = |part: &str| {
        hash.update(part.as_bytes());
        hash.update([0]);
    };
    let zone = request.prefer.time_zone.as_deref().unwrap_or_default();
    [&query.relation.sql_name, role.as_ref(), &media.name(), zone].into_iter().for_each(&mut add);
    for item in &query.select {
        match item {
            SelectItem::All => query.relation.readable_by(role).for_each(|column| add(&column.name)),
            SelectItem::Item(_) | SelectItem::Embed(_) => add(&format!("{item:?}")),
        }
    }
    let [a, b, c, d, ..] = hash.finalize().0;
    Some(format!("{:08x}", u32::from_be_bytes([a, b, c, d])))
}

/// Puts the tag of a row on its answer.
pub(crate) fn set(response: &mut Response, version: &[u8], representation: &str) {
    let version = String::from_utf8_lossy(version);
    let tag = format!("\"{};{representation}\"", utf8_percent_encode(&version, &ESCAPED));
    if let Ok(tag) = HeaderValue::try_from(tag) {
        response.headers_mut().insert(header::ETAG, tag);
        let vary = HeaderValue::from_static("Accept, Accept-Profile, Authorization, Prefer");
        response.headers_mut().append(header::VARY, vary);
    }
}

/// The answer to a read under its conditions: itself, 304, or 412.
pub(crate) fn of_read(conditions: &Conditions, response: Response) -> Result<Response, ApiError> {
    let Some(current) = response.headers().get(header::ETAG).and_then(|tag| tag.to_str().ok()) else {
        return Ok(response);
    };
    let current = current.trim_matches('"');
    let is_ok = response.status().is_success();
    match conditions {
        Conditions { if_match: Some(Tags::List(tags)), .. }
            if is_ok && !tags.iter().any(|tag| !tag.is_weak && tag.version() == version_of(current)) =>
        {
            Err(failed())
        }
        Conditions { if_none_match: Some(tags), .. } if is_ok => {
            let is_known = match tags {
                Tags::Any => true,
                Tags::List(tags) => tags.iter().any(|tag| tag.text == current),
            };
            Ok(if is_known { not_modified(&response) } else { response })
        }
        _ => Ok(response),
    }
}

fn not_modified(response: &Response) -> Response {
    let mut answer = StatusCode::NOT_MODIFIED.into_response();
    for name in [header::ETAG, header::VARY, header::CACHE_CONTROL, header::CONTENT_LOCATION, header::EXPIRES] {
        for value in response.headers().get_all(&name) {
            answer.headers_mut().append(name.clone(), value.clone());
        }
    }
    answer
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(header: &str, expected: Option<&[(bool, &str)]>) {
        let mut headers = HeaderMap::new();
        headers.insert(header::IF_MATCH, header.parse().unwrap());
        let found = tags(&headers, &header::IF_MATCH).ok().flatten();
        let expected = expected.map(|tags| {
            Tags::List(tags.iter().map(|(is_weak, text)| Tag { is_weak: *is_weak, text: (*text).to_owned() }).collect())
        });
        assert_eq!(found, expected, "{header}");
    }

    #[test]
    fn lists_of_tags() {
        check("\"a\"", Some(&[(false, "a")]));
        check("\"a;1\" ,  W/\"b,c\",", Some(&[(false, "a;1"), (true, "b,c")]));
        check("\"\"", Some(&[(false, "")]));
        check("a", None);
        check("\"a\" \"b\"", None);
        check("\"a", None);
        let mut headers = HeaderMap::new();
        assert_eq!(tags(&headers, &header::IF_MATCH).unwrap(), None);
        headers.insert(header::IF_MATCH, "*".parse().unwrap());
        assert_eq!(tags(&headers, &header::IF_MATCH).unwrap(), Some(Tags::Any));
    }

    proptest! {
        #[test]
        fn any_version_comes_back(version in ".*") {
            let mut response = StatusCode::OK.into_response();
            set(&mut response, version.as_bytes(), "0a0b0c0d");
            let mut headers = HeaderMap::new();
            headers.insert(header::IF_MATCH, response.headers()[header::ETAG].clone());
            let Some(Tags::List(tags)) = tags(&headers, &header::IF_MATCH).unwrap() else { panic!("no list") };
            prop_assert_eq!(tags.len(), 1);
            prop_assert_eq!(tags[0].version(), version);
        }
    }
}
