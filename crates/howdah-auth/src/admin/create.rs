//! `POST /auth/v1/admin/users`: makes an account. No mail is sent; `POST /auth/v1/invite` is for that.

use axum::extract::{Request, State};
use axum::routing::post;
use axum::{Json, Router};
use serde_json::Value;
use uuid::Uuid;

use super::attributes::Attributes;
use super::{Administrator, shown};
use crate::Accounts;
use crate::audit::Action;
use crate::body::read_json;
use crate::database::Query;
use crate::error::AuthError;

pub(super) const CREATE: &str = include_str!("sql/create_account.sql");

pub(super) fn routes() -> Router<Accounts> {
    Router::new().route("/auth/v1/admin/users", post(create))
}

async fn create(State(accounts): State<Accounts>, request: Request) -> Result<Json<Value>, AuthError> {
    let (parts, body) = request.into_parts();
    let administrator = Administrator::of(&parts, &accounts).await?;
    let attributes: Attributes = read_json(&parts, body, &accounts).await?;
    let id = match &attributes.id {
        Some(id) => id.parse().map_err(|_| AuthError::invalid("id must be a UUID"))?,
        None => Uuid::new_v4(),
    };
    let id = id.to_string();
    let change = attributes.check(&accounts, None).await?;
    if change.email.is_none() {
        return Err(AuthError::invalid("Cannot create a user without an email"));
    }
    let query = Query::new(CREATE)
        .bind(&id)
        .bind(change.email.as_deref())
        .bind(change.password_hash.as_deref())
        .bind(change.is_confirmed.unwrap_or(false))
        .bind(change.user_metadata.as_ref())
        .bind(change.app_metadata.as_ref())
        .bind(change.account_role.as_deref())
        .bind(change.is_active)
        .bind(change.ban_seconds());
    let event = administrator.event(Action::AdminCreated, &id).detail("fields", change.fields());
    let recorded = administrator.record(&accounts, &event).await;
    administrator.write(std::iter::once(query).chain(recorded)).await?;
    Ok(Json(shown(&administrator.user(&id).await?)))
}
