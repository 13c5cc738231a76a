//! `/.well-known/jwks.json`: the public keys that tokens of this server can be verified with (RFC 7517, 5).

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{HeaderValue, header};

use crate::Gate;

/// Verifiers look again after so long at the latest. A new key is published before it signs for longer than this.
const CACHE: HeaderValue = HeaderValue::from_static("public, max-age=300");
const JSON: HeaderValue = HeaderValue::from_static("application/jwk-set+json");

/// The set at its two places: where everybody looks, and where Supabase Auth has it.
pub fn jwks_router(gate: Gate) -> Router {
    Router::new()
        .route("/.well-known/jwks.json", get(published))
        .route("/auth/v1/.well-known/jwks.json", get(published))
        .with_state(gate)
}

async fn published(State(gate): State<Gate>) -> Response {
    let headers = [(header::CONTENT_TYPE, JSON), (header::CACHE_CONTROL, CACHE)];
    (headers, gate.tokens.published().to_string()).into_response()
}
