//! Errors that a database function makes up whole: `raise sqlstate 'PGRST'`, with the body as JSON in its message and
//! status and headers as JSON in its detail.

use std::collections::BTreeMap;

use howdah_pg::lane::DatabaseError;
use http::StatusCode;
use http::header::{self, HeaderName, HeaderValue};
use hyper::ext::ReasonPhrase;
use serde::Deserialize;

use super::{ApiError, sqlstate};

pub(super) const SQLSTATE: &str = "PGRST";

/// Headers about the connection or the length of the body: a function that set them would break the answer in two.
const FRAMING: [HeaderName; 6] = [
    header::CONNECTION,
    header::CONTENT_LENGTH,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];

const MESSAGE_HINT: &str =
    "MESSAGE must be a JSON object with obligatory keys: 'code', 'message' and optional keys: 'details', 'hint'.";
const DETAIL_HINT: &str =
    "DETAIL must be a JSON object with obligatory keys: 'status', 'headers' and optional key: 'status_text'.";

#[derive(Deserialize)]
struct Message {
    code: String,
    message: String,
    details: Option<String>,
    hint: Option<String>,
}

#[derive(Deserialize)]
struct Detail {
    status: u16,
    status_text: Option<String>,
    headers: BTreeMap<String, String>,
}

/// The error that was made up, or PGRST121 where it is malformed.
pub(super) fn error(error: &DatabaseError) -> ApiError {
    let Ok(message) = serde_json::from_str::<Message>(&error.message) else {
        return malformed(format!("Invalid JSON value for MESSAGE: '{}'", error.message), MESSAGE_HINT);
    };
    let Some(text) = &error.detail else {
        return malformed("DETAIL is missing in the RAISE statement".into(), DETAIL_HINT);
    };
    let made_up = serde_json::from_str(text).ok().and_then(|detail| make_up(message, detail));
    made_up.unwrap_or_else(|| malformed(format!("Invalid JSON value for DETAIL: '{text}'"), DETAIL_HINT))
}

/// `None` where the status or a header is none.
fn make_up(message: Message, detail: Detail) -> Option<ApiError> {
    let mut api = ApiError::new(sqlstate::final_status(detail.status)?, message.code, message.message);
    api.details = message.details.map(|details| Box::new(details.into()));
    api.hint = message.hint.map(String::into_boxed_str);
    for (name, value) in detail.headers {
        let name = HeaderName::try_from(name).ok().filter(|name| !FRAMING.contains(name))?;
        api.headers.push((name, HeaderValue::try_from(value).ok()?));
    }
    if let Some(text) = detail.status_text {
        api.reason = Some(Box::new(ReasonPhrase::try_from(text.into_bytes()).ok()?));
    }
    Some(api)
}

fn malformed(details: String, hint: &str) -> ApiError {
    tracing::error!(details, "a function raised a malformed PGRST error");
    let message = "Could not parse JSON in the \"RAISE SQLSTATE 'PGRST'\" error";
    ApiError::new(StatusCode::INTERNAL_SERVER_ERROR, "PGRST121", message).with_details(details).with_hint(hint)
}
