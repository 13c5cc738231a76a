//! Errors as clients see them: PostgREST's body `{code, message, details, hint}` with a status.
//!
//! What PostgreSQL says about the caller's own request (a violated constraint, a malformed value) is passed on, because
//! it is what the client needs; what it says about the server is logged under the request's id and not passed on.

mod raise;
mod sqlstate;

use axum::response::{IntoResponse, Response};
use howdah_pg::lane::{DatabaseError, LaneError};
use http::StatusCode;
use http::header::{self, HeaderValue};
use hyper::ext::ReasonPhrase;
use serde_json::{Value, json};

/// An error on its way to the client.
#[derive(Debug, Clone)]
pub struct ApiError {
    /// The HTTP status.
    pub status: StatusCode,
    /// Stable: a `PGRST…` code where PostgREST has one, a SQLSTATE where PostgreSQL refused, else `HOWDAH…`.
    pub code: String,
    /// What is wrong.
    pub message: String,
    /// More about it, if there is more.
    pub details: Option<Box<Value>>,
    /// What to do about it.
    pub hint: Option<Box<str>>,
    headers: Vec<(header::HeaderName, HeaderValue)>,
    /// What stands beside the status where it is not the usual.
    reason: Option<Box<ReasonPhrase>>,
}

/// How much of an error clients are shown. `client-error-verbosity`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Verbosity {
    /// Code, message, details and hint.
    #[default]
    Verbose,
    /// Code and message.
    Minimal,
}

/// Asked of a client that meets a database that is away. Short, because reconnecting is tried at least once a second.
const RETRY_AFTER_SECONDS: HeaderValue = HeaderValue::from_static("1");
const BEARER: HeaderValue = HeaderValue::from_static("Bearer");

impl ApiError {
    /// An error without details or hint.
    pub fn new(status: StatusCode, code: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            status,
            code: code.into(),
            message: message.into(),
            details: None,
            hint: None,
            headers: Vec::new(),
            reason: None,
        }
    }

    /// 400 with a code.
    pub fn bad_request(code: &str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, message)
    }

    /// 401 with the challenge that HTTP asks for.
    pub fn unauthorized(code: &str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, code, message).with_header(header::WWW_AUTHENTICATE, BEARER)
    }

    /// Adds details.
    #[must_use]
    pub fn with_details(mut self, details: impl Into<String>) -> Self {
        self.details = Some(Box::new(Value::String(details.into())));
        self
    }

    /// Adds details that are more than a text.
    #[must_use]
    pub fn with_json_details(mut self, details: Value) -> Self {
        self.details = Some(Box::new(details));
        self
    }

    /// Adds a hint.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into().into_boxed_str());
        self
    }

    /// Adds a hint where there is one to give.
    #[must_use]
    pub fn with_hint_if(mut self, hint: Option<String>) -> Self {
        self.hint = hint.map(String::into_boxed_str).or(self.hint);
        self
    }

    /// Adds a response header.
    #[must_use]
    pub fn with_header(mut self, name: header::HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// The error for a flight that failed. `anonymous` is whether the caller showed no token: what such a caller may
    /// not do, it may do after logging in, so it gets 401 rather than 403.
    pub fn from_lane(error: &LaneError, anonymous: bool) -> Self {
        match error {
            LaneError::Database(error) => Self::from_database(error, anonymous),
            LaneError::Down(reason) => {
                tracing::warn!(%reason, "request refused: the database is away");
                Self::unavailable("PGRST000", "The database is not reachable at the moment. Nothing was changed.")
            }
            LaneError::Lost(reason) => {
                tracing::warn!(%reason, "connection lost in the middle of a request");
                Self::unavailable(
                    "PGRST001",
                    "The connection to the database was lost while it worked on this request. \
                     A write may or may not have taken effect: read before you repeat it.",
                )
            }
            LaneError::Busy(waited) => {
                let message = format!("No database connection came free within {} s.", waited.as_secs());
                Self::new(StatusCode::GATEWAY_TIMEOUT, "PGRST003", message)
                    .with_header(header::RETRY_AFTER, RETRY_AFTER_SECONDS)
            }
            other => {
                tracing::error!(error = %other, "the database answered in an unexpected way");
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, "PGRSTX00", "An unexpected error; see the server's log.")
            }
        }
    }

    /// 503 with Retry-After.
    pub fn unavailable(code: &str, message: &str) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, code, message).with_header(header::RETRY_AFTER, RETRY_AFTER_SECONDS)
    }

    fn from_database(error: &DatabaseError, anonymous: bool) -> Self {
        if error.code == raise::SQLSTATE {
            return raise::error(error);
        }
        let status = sqlstate::status(&error.code, &error.message, anonymous);
        if status.is_server_error() {
            tracing::error!(sqlstate = error.code, message = error.message, "PostgreSQL failed");
        }
        let mut api = Self::new(status, error.code.as_str(), error.message.as_str());
        api.details = error.detail.as_deref().map(|detail| Box::new(Value::from(detail)));
        api.hint = error.hint.as_deref().map(Box::from);
        if let Some(stand_in) = sqlstate::stand_in(&error.code) {
            // Such an error may name files, memory or other hosts: the log has it.
            api.message = stand_in.into();
            api.details = None;
            api.hint = None;
        }
        match status {
            StatusCode::UNAUTHORIZED => api.with_header(header::WWW_AUTHENTICATE, BEARER),
            StatusCode::SERVICE_UNAVAILABLE => api.with_header(header::RETRY_AFTER, RETRY_AFTER_SECONDS),
            _ => api,
        }
    }
}

/// What a terse answer is made of. Found in the extensions of every error's response, because whoever makes the error
/// does not know how much of it may be shown.
#[derive(Debug, Clone)]
struct Essence {
    code: String,
    message: String,
}

const JSON: HeaderValue = HeaderValue::from_static("application/json; charset=utf-8");

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let body = json!({
            "code": self.code, "message": self.message, "details": self.details, "hint": self.hint,
        });
        let mut response = (self.status, [(header::CONTENT_TYPE, JSON)], body.to_string()).into_response();
        response.headers_mut().extend(self.headers);
        if let Ok(value) = HeaderValue::try_from(proxy_status(&self.code)) {
            response.headers_mut().insert("proxy-status", value);
        }
        if let Some(reason) = self.reason {
            response.extensions_mut().insert(*reason);
        }
        response.extensions_mut().insert(Essence { code: self.code, message: self.message });
        response
    }
}

/// RFC 9209, word for word as in PostgREST, whose protocol this is: clients look for it. The code is bare; one that a function
/// made up may need quotes.
fn proxy_status(code: &str) -> String {
    let is_plain = !code.is_empty() && code.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-./:".contains(&b));
    if is_plain {
        return format!("PostgREST; error={code}");
    }
    let quotable = code.chars().filter(|c| c.is_ascii_graphic() || *c == ' ');
    let quoted: String =
        quotable.flat_map(|c| matches!(c, '"' | '\\').then_some('\\').into_iter().chain([c])).collect();
    format!("PostgREST; error=\"{quoted}\"")
}

/// Takes details and hint out of an error's response; other responses stay as they are.
pub(crate) fn shorten(mut response: Response) -> Response {
    if let Some(Essence { code, message }) = response.extensions_mut().remove::<Essence>() {
        *response.body_mut() = json!({ "code": code, "message": message }).to_string().into();
        response.headers_mut().remove(header::CONTENT_LENGTH);
    }
    response
}

#[cfg(test)]
mod tests;
