//! `/auth/v1`: so far one endpoint, `POST /auth/v1/token?grant_type=password`, in the form of Supabase Auth.
//!
//! It opens a session in `auth.sessions` and answers an access token whose claims feed row-level security. There is no
//! refresh token yet, and the answer has none: a client signs in again when the hour is over.

mod password;
mod sign_in;

use axum::Router;
use axum::routing::post;

pub use password::{PasswordError, PasswordHasher};

use howdah_http::Gate;

/// What the endpoints share.
#[derive(Debug, Clone)]
pub(crate) struct Accounts {
    gate: Gate,
    hasher: PasswordHasher,
}

/// The endpoints, for a database that has the `auth` schema.
pub fn router(gate: Gate, hasher: PasswordHasher) -> Router {
    Router::new().route("/auth/v1/token", post(sign_in::token)).with_state(Accounts { gate, hasher })
}
