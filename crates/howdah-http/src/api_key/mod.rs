//! API keys: credentials of programs, stored as digests in `auth.api_keys`, each with a role and with scopes.
//!
//! A key is looked up by its prefix and compared by its SHA-256. What was looked up is kept, but believed for less than a
//! second ([`known`]): a key that is revoked, by whatever process, is refused within a second by every one, and no channel
//! of notifications is needed for it. When a key was used is written in batches, about once a minute.
//!
//! Keys are for the data API ([`crate::Principal::of_request`]). Everything else takes tokens, so that a key can neither
//! make keys nor change the account that it belongs to.

mod form;
mod known;
mod scope;

pub use form::NewApiKey;
pub use known::ApiKeys;
pub use scope::{Operation, ScopeError, Scopes, Served};

use http::header::{self, HeaderValue};

use crate::ApiError;
use form::{ApiKey, FormError};

/// Whether a credential is an API key, or is meant to be one.
pub(crate) fn is_meant(credential: &str) -> bool {
    ApiKey::is_meant(credential)
}

/// Why a key is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum KeyRefusal {
    #[error(transparent)]
    Form(#[from] FormError),
    /// Also for a key whose prefix is known and whose secret is another: who asks need not know which.
    #[error("There is no such API key")]
    Unknown,
    #[error("This API key was revoked")]
    Revoked,
    #[error("This API key has expired")]
    Expired,
    #[error("This API key was replaced, and the time to change over has passed: use the one that replaced it")]
    Replaced,
    #[error("The account that this API key belongs to is closed or switched off")]
    Closed,
    #[error("API keys are for the data API: sign in, and use the access token here")]
    NotHere,
    #[error("This database has no API keys: it lacks the table auth.api_keys or the role howdah_auth")]
    NoKeys,
}

impl KeyRefusal {
    /// Stable.
    fn code(self) -> &'static str {
        match self {
            Self::Form(FormError::Form) => "HOWDAH_KEY_MALFORMED",
            Self::Form(FormError::Check) => "HOWDAH_KEY_MISTYPED",
            Self::Unknown => "HOWDAH_KEY_UNKNOWN",
            Self::Revoked => "HOWDAH_KEY_REVOKED",
            Self::Expired => "HOWDAH_KEY_EXPIRED",
            Self::Replaced => "HOWDAH_KEY_REPLACED",
            Self::Closed => "HOWDAH_KEY_CLOSED",
            Self::NotHere => "HOWDAH_KEY_NOT_HERE",
            Self::NoKeys => "HOWDAH_KEY_NONE",
        }
    }
}

impl From<KeyRefusal> for ApiError {
    fn from(refusal: KeyRefusal) -> Self {
        tracing::info!(code = refusal.code(), "API key refused");
        let message = refusal.to_string();
        // The messages are plain ASCII without quotes; were one not, the bare challenge would do.
        let challenge = format!("Bearer error=\"invalid_token\", error_description=\"{message}\"");
        let challenge = HeaderValue::try_from(challenge).unwrap_or(HeaderValue::from_static("Bearer"));
        Self::new(http::StatusCode::UNAUTHORIZED, refusal.code(), message)
            .with_header(header::WWW_AUTHENTICATE, challenge)
    }
}
