//! `DELETE /auth/v1/factors/{id}`: removes a factor. One that protects the account takes a session that has shown one.

use axum::extract::{Path, Request, State};
use axum::routing::delete;
use axum::{Json, Router};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{elevate, factor_not_found, require_second_factor};
use crate::Accounts;
use crate::audit::{Action, Event};
use crate::database::Query;
use crate::error::AuthError;
use crate::signed_in::SignedIn;

const IS_CONFIRMED: &str = "select confirmed_at is not null as is_confirmed from auth.mfa_factors
where id = $1::uuid and user_id = $2::uuid";
const REMOVE: &str = include_str!("sql/remove_factor.sql");

pub(super) fn routes() -> Router<Accounts> {
    Router::new().route("/auth/v1/factors/{id}", delete(unenroll))
}

/// The statement that removes a factor of an account; see its file for what it returns. `may_be_confirmed` says whether one
/// that protects the account may go.
pub(crate) fn remove(factor: &str, user: &str, may_be_confirmed: bool) -> Query {
    Query::new(REMOVE).bind(factor).bind(user).bind(may_be_confirmed)
}

async fn unenroll(
    State(accounts): State<Accounts>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Json<Value>, AuthError> {
    let (parts, _) = request.into_parts();
    let who = SignedIn::from_parts(&parts, &accounts)?;
    let database = who.database(&accounts, &parts);
    let user = who.user(&database).await?;
    let id: Uuid = id.parse().map_err(|_| factor_not_found())?;
    let id = id.to_string();
    let found = database.read_one(Query::new(IS_CONFIRMED).bind(&id).bind(&user.id)).await?;
    let is_confirmed = found.ok_or_else(factor_not_found)?.is("is_confirmed");
    if is_confirmed {
        require_second_factor(&database, &who).await?;
    }
    let mut transaction = elevate::begin(&database, &user.id).await?;
    let removed = transaction.run_one(remove(&id, &user.id, is_confirmed)).await?.ok_or_else(factor_not_found)?;
    let event = Event::new(Action::FactorRemoved).user(&user.id).session(&who.session_id);
    let event = event.detail("factor_id", id.as_str()).detail("was_last", removed.is("was_last"));
    if let Some(query) = accounts.trail.query(&database, &event).await {
        transaction.run(query).await?;
    }
    transaction.commit().await?;
    Ok(Json(json!({ "id": id })))
}
