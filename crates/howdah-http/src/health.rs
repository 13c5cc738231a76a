//! `/healthz`: this process answers. `/readyz`: the database answers too, its schema has been read, and which sessions have
//! ended is known.
//!
//! PostgREST has the same at `/live` and `/ready` of a port of its own, which can be kept from the world; `/metrics` is
//! only there.

use std::time::Duration;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use http::header;
use serde_json::json;

use crate::{ApiError, Gate, MetricNames};

/// A load balancer asks every few seconds and does not wait long.
const PATIENCE: Duration = Duration::from_secs(2);

/// The two endpoints.
pub fn router(gate: Gate) -> Router {
    Router::new().route("/healthz", get(healthy)).route("/readyz", get(ready)).with_state(gate)
}

/// What stands on the port for administrators: `/live`, `/ready`, and `/metrics` under these names. `admin-server-port`
pub fn admin_router(gate: Gate, names: MetricNames) -> Router {
    let metrics = move |State(gate): State<Gate>| async move {
        ([(header::CONTENT_TYPE, names.content_type())], names.write(&gate))
    };
    Router::new()
        .route("/live", get(healthy))
        .route("/ready", get(ready))
        .route("/metrics", get(metrics))
        .with_state(gate)
}

async fn healthy() -> Response {
    Json(json!({ "status": "ok" })).into_response()
}

async fn ready(State(gate): State<Gate>) -> Response {
    if !gate.has_schema() {
        return ApiError::unavailable("HOWDAH503", "The schema has not been read yet.").into_response();
    }
    if !gate.revoked.is_current() {
        return ApiError::unavailable("HOWDAH503", "Which sessions have ended is not known at the moment.")
            .into_response();
    }
    match gate.pool.ping(PATIENCE).await {
        Ok(()) => {
            let status = gate.pool.status();
            let sessions = json!({
                "busy": status.exclusive_busy, "idle": status.exclusive_idle, "max": status.exclusive_max,
            });
            Json(json!({ "status": "ready", "database": "up", "sessions": sessions })).into_response()
        }
        Err(error) => {
            tracing::warn!(%error, "not ready");
            ApiError::unavailable("HOWDAH503", "The database does not answer.").into_response()
        }
    }
}
