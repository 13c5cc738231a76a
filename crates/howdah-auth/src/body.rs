//! Request bodies of `/auth/v1`.

use axum::body::Body;
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
