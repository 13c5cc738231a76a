//! Bodies and queries of requests to `/auth/v1`.

use axum::body::Body;
use axum::extract::{FromRequestParts, Query};
use http::request::Parts;
use serde::de::DeserializeOwned;

use crate::Accounts;
use crate::error::{AuthError, ErrorCode};

/// Reads a JSON body; nothing at all is an empty object, which is what Supabase's clients mean by it.
///
/// # Errors
/// 400 for what is no such JSON, 413 and 408 as everywhere.
pub(crate) async fn read_json<T: DeserializeOwned>(
    parts: &Parts,
    body: Body,
    accounts: &Accounts,
) -> Result<T, AuthError> {
    let body = howdah_http::read_body(&parts.headers, body, &accounts.gate).await?;
    let body: &[u8] = if body.trim_ascii().is_empty() { b"{}" } else { &body };
    // Structs are read from arrays as well, whose items would then be fields by their order.
    if body.trim_ascii().starts_with(b"[") {
        return Err(AuthError::invalid("The body must be a JSON object"));
    }
    serde_json::from_slice(body).map_err(|error| {
        // Where, and not what: the text may hold a password.
        let place = format!("line {}, column {}", error.line(), error.column());
        let (code, what) = match error.classify() {
            serde_json::error::Category::Data => (ErrorCode::ValidationFailed, "The body has a field of another kind"),
            _ => (ErrorCode::BadJson, "The body is no valid JSON"),
        };
        AuthError::new(code, format!("{what} ({place})"))
    })
}

/// The query of a URL, as [`axum::extract::Query`] reads it; what is wrong with it is said in the form of all errors here.
#[derive(Debug)]
pub(crate) struct UrlQuery<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for UrlQuery<T> {
    type Rejection = AuthError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, AuthError> {
        let query = Query::from_request_parts(parts, state).await;
        // Without what stands there: it may be a token.
        let message = "The query of the URL has a parameter twice, or one that cannot be read";
        query.map(|Query(query)| Self(query)).map_err(|_| AuthError::invalid(message))
    }
}
