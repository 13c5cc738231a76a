//! `GET`, `PUT` and `DELETE /auth/v1/admin/users/{id}`, and `POST …/logout`: one account.
//!
//! Switching an account off, banning it, closing it and giving it another role ends its sessions; triggers of the database
//! see to that, whoever does it. A new password does as well. Deleting takes the row and all that goes with it; closing
//! (`should_soft_delete`) leaves both, and frees the address.

use axum::extract::{Path, Request, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::attributes::Attributes;
use super::{Administrator, end_sessions, shown};
use crate::Accounts;
use crate::audit::Action;
use crate::body::read_json;
use crate::database::Query;
use crate::error::AuthError;

pub(super) const CHANGE: &str = include_str!("sql/change_account.sql");
const DELETE: &str = "delete from auth.users where id = $1::uuid";
const CLOSE: &str = "update auth.users set deleted_at = now() where id = $1::uuid and deleted_at is null";
/// What was sent by mail before address or password became another one.
const SPEND_TOKENS: &str =
    "update auth.one_time_tokens set consumed_at = now() where user_id = $1::uuid and consumed_at is null";

#[derive(Debug, Deserialize)]
struct Deletion {
    #[serde(default)]
    should_soft_delete: bool,
}

pub(super) fn routes() -> Router<Accounts> {
    Router::new()
        .route("/auth/v1/admin/users/{id}", get(read).put(change).delete(delete))
        .route("/auth/v1/admin/users/{id}/logout", post(log_out))
}

async fn read(
    State(accounts): State<Accounts>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Json<Value>, AuthError> {
    let administrator = Administrator::of(&request.into_parts().0, &accounts).await?;
    Ok(Json(shown(&administrator.user(&id).await?)))
}

async fn change(
    State(accounts): State<Accounts>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Json<Value>, AuthError> {
    let (parts, body) = request.into_parts();
    let administrator = Administrator::of(&parts, &accounts).await?;
    let attributes: Attributes = read_json(&parts, body, &accounts).await?;
    let user = administrator.user(&id).await?;
    let change = attributes.check(&accounts, Some(&user)).await?;
    let event = administrator.event(Action::AdminChanged, &user.id).detail("fields", change.fields());
    let mut queries = vec![
        Query::new(CHANGE)
            .bind(&user.id)
            .bind(change.email.as_deref())
            .bind(change.is_confirmed)
            .bind(change.password_hash.as_deref())
            .bind(change.user_metadata.as_ref())
            .bind(change.app_metadata.as_ref())
            .bind(change.account_role.as_deref())
            .bind(change.is_active)
            .bind(change.ban_seconds()),
    ];
    if change.email.is_some() || change.password_hash.is_some() {
        queries.push(Query::new(SPEND_TOKENS).bind(&user.id));
    }
    if change.password_hash.is_some() {
        queries.push(end_sessions(&user.id, "password_change"));
    }
    queries.extend(administrator.record(&accounts, &event).await);
    administrator.write(queries).await?;
    Ok(Json(shown(&administrator.user(&id).await?)))
}

async fn delete(
    State(accounts): State<Accounts>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Json<Value>, AuthError> {
    let (parts, body) = request.into_parts();
    let administrator = Administrator::of(&parts, &accounts).await?;
    let deletion: Deletion = read_json(&parts, body, &accounts).await?;
    let user = administrator.user(&id).await?;
    let event = administrator.event(Action::AdminDeleted, &user.id).detail("is_soft", deletion.should_soft_delete);
    let statement = if deletion.should_soft_delete { CLOSE } else { DELETE };
    let recorded = administrator.record(&accounts, &event).await;
    administrator.write(recorded.into_iter().chain([Query::new(statement).bind(&user.id)])).await?;
    Ok(Json(json!({})))
}

async fn log_out(
    State(accounts): State<Accounts>,
    Path(id): Path<String>,
    request: Request,
) -> Result<StatusCode, AuthError> {
    let administrator = Administrator::of(&request.into_parts().0, &accounts).await?;
    let user = administrator.user(&id).await?;
    let event = administrator.event(Action::AdminEndedSessions, &user.id);
    let recorded = administrator.record(&accounts, &event).await;
    administrator.write([end_sessions(&user.id, "admin")].into_iter().chain(recorded)).await?;
    Ok(StatusCode::NO_CONTENT)
}
