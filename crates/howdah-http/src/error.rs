//! Errors as clients see them: PostgREST's body `{code, message, details, hint}` with a status.
//!
//! What PostgreSQL says about the caller's own request (a violated constraint, a malformed value) is passed on, because
//! it is what the client needs; what it says about the server is logged under the request's id and not passed on.

use axum::response::{IntoResponse, Response};
use howdah_pg::lane::{DatabaseError, LaneError};
use http::StatusCode;
use http::header::{self, HeaderValue};
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
    pub details: Option<Value>,
    /// What to do about it.
    pub hint: Option<Box<str>>,
    headers: Vec<(header::HeaderName, HeaderValue)>,
}

/// Asked of a client that meets a database that is away. Short, because reconnecting is tried at least once a second.
const RETRY_AFTER_SECONDS: HeaderValue = HeaderValue::from_static("1");

impl ApiError {
    /// An error without details or hint.
    pub fn new(status: StatusCode, code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { status, code: code.into(), message: message.into(), details: None, hint: None, headers: Vec::new() }
    }

    /// 400 with a code.
    pub fn bad_request(code: &str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, message)
    }

    /// 401 with the challenge that HTTP asks for.
    pub fn unauthorized(code: &str, message: impl Into<String>) -> Self {
        let challenge = HeaderValue::from_static("Bearer");
        Self::new(StatusCode::UNAUTHORIZED, code, message).with_header(header::WWW_AUTHENTICATE, challenge)
    }

    /// Adds details.
    #[must_use]
    pub fn with_details(mut self, details: impl Into<String>) -> Self {
        self.details = Some(Value::String(details.into()));
        self
    }

    /// Adds details that are more than a text.
    #[must_use]
    pub fn with_json_details(mut self, details: Value) -> Self {
        self.details = Some(details);
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
        let status = status_of(&error.code, anonymous);
        if status.is_server_error() {
            tracing::error!(sqlstate = error.code, message = error.message, "PostgreSQL failed");
        }
        let mut api = Self::new(status, error.code.as_str(), error.message.as_str());
        api.details = error.detail.as_deref().map(Value::from);
        api.hint = error.hint.as_deref().map(Box::from);
        match status {
            StatusCode::UNAUTHORIZED => api.with_header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")),
            StatusCode::SERVICE_UNAVAILABLE => api.with_header(header::RETRY_AFTER, RETRY_AFTER_SECONDS),
            StatusCode::INTERNAL_SERVER_ERROR if error.code.starts_with("XX") => {
                // An internal error of the server may name files and memory: the log has it.
                api.message = "PostgreSQL met an internal error; see the server's log.".into();
                api.details = None;
                api.hint = None;
                api
            }
            _ => api,
        }
    }
}

/// The status for a SQLSTATE, as PostgREST maps it (its reference, "Errors").
fn status_of(sqlstate: &str, anonymous: bool) -> StatusCode {
    if let Some(custom) = sqlstate.strip_prefix("PT") {
        return custom
            .parse()
            .ok()
            .and_then(|status| StatusCode::from_u16(status).ok())
            .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    }
    match sqlstate {
        // 23001 is what PostgreSQL 18 says where a RESTRICT stands in the way; before, it said 23503.
        "23001" | "23503" | "23505" => StatusCode::CONFLICT,
        "25006" => StatusCode::METHOD_NOT_ALLOWED,
        "42501" if anonymous => StatusCode::UNAUTHORIZED,
        "42501" => StatusCode::FORBIDDEN,
        "42P01" | "42883" => StatusCode::NOT_FOUND,
        "42P17" => StatusCode::INTERNAL_SERVER_ERROR,
        "P0001" => StatusCode::BAD_REQUEST,
        // Somebody else holds the row or the table: the same request will pass a moment later.
        "55P03" => StatusCode::SERVICE_UNAVAILABLE,
        _ => match sqlstate.get(..2) {
            Some("08" | "53") => StatusCode::SERVICE_UNAVAILABLE,
            Some(
                "09" | "25" | "2D" | "38" | "39" | "3B" | "40" | "54" | "55" | "57" | "58" | "F0" | "HV" | "P0" | "XX",
            ) => StatusCode::INTERNAL_SERVER_ERROR,
            Some("0L" | "0P" | "28") => StatusCode::FORBIDDEN,
            _ => StatusCode::BAD_REQUEST,
        },
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let body = json!({
            "code": self.code, "message": self.message, "details": self.details, "hint": self.hint,
        });
        let mut response = (self.status, axum::Json(body)).into_response();
        response.headers_mut().extend(self.headers);
        if let Ok(value) = HeaderValue::try_from(format!("howdah; error={}", self.code)) {
            response.headers_mut().insert("proxy-status", value);
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_follow_the_contract() {
        for (sqlstate, anonymous, status) in [
            ("23505", false, 409),
            ("23503", false, 409),
            ("23001", false, 409),
            ("23514", false, 400),
            ("23502", false, 400),
            ("42501", true, 401),
            ("42501", false, 403),
            ("42P01", false, 404),
            ("25006", false, 405),
            ("08006", false, 503),
            ("53300", false, 503),
            ("PT418", false, 418),
            ("PTxyz", false, 500),
            ("22P02", false, 400),
            ("57014", false, 500),
            ("", false, 400),
        ] {
            assert_eq!(status_of(sqlstate, anonymous).as_u16(), status, "{sqlstate}");
        }
    }
}
