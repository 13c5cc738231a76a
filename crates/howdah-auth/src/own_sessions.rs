//! `GET /auth/v1/sessions` and `DELETE /auth/v1/sessions/{id}`: people see where they are signed in, and end what they do
//! not know (security requirement 5). Howdah's own; Supabase Auth has no such endpoint.

use axum::extract::{Path, Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get};
use axum::{Json, Router};
use http::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::audit::{Action, Event};
use crate::database::Query;
use crate::error::{AuthError, ErrorCode};
use crate::signed_in::SignedIn;
use crate::{Accounts, cookies};

const LIST: &str = include_str!("sql/own_sessions.sql");
const END: &str = "update auth.sessions set revoked_at = now(), revoke_reason = 'logout'
where id = $1::uuid and user_id = $2::uuid and revoked_at is null returning id";

pub(crate) fn routes() -> Router<Accounts> {
    Router::new().route("/auth/v1/sessions", get(list)).route("/auth/v1/sessions/{id}", delete(end))
}

async fn list(State(accounts): State<Accounts>, request: Request) -> Result<Json<Value>, AuthError> {
    let (parts, _) = request.into_parts();
    let who = SignedIn::from_parts(&parts, &accounts)?;
    let database = who.database(&accounts, &parts);
    who.user(&database).await?;
    let row = database.read_one(Query::new(LIST).bind(&who.user_id)).await?;
    let mut sessions = row.map(|row| row.json("sessions")).unwrap_or_else(|| json!([]));
    for session in sessions.as_array_mut().into_iter().flatten() {
        let is_current = session["id"] == *who.session_id;
        session["is_current"] = json!(is_current);
    }
    Ok(Json(sessions))
}

async fn end(
    State(accounts): State<Accounts>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, AuthError> {
    let (parts, _) = request.into_parts();
    let who = SignedIn::from_parts(&parts, &accounts)?;
    let database = who.database(&accounts, &parts);
    who.user(&database).await?;
    let not_found = || {
        // Somebody else's is answered like one that never was.
        let mut error = AuthError::new(ErrorCode::SessionNotFound, "You have no such session");
        error.status = StatusCode::NOT_FOUND;
        error
    };
    let id: Uuid = id.parse().map_err(|_| not_found())?;
    let id = id.to_string();
    let query = Query::new(END).bind(&id).bind(&who.user_id);
    if database.write_one(query).await?.is_none() {
        return Err(not_found());
    }
    accounts.trail.denied(&database, &Event::new(Action::SessionEnded).user(&who.user_id).session(&id)).await;
    let mut response = StatusCode::NO_CONTENT.into_response();
    if id == who.session_id {
        cookies::clear(&accounts, response.headers_mut());
    }
    Ok(response)
}
