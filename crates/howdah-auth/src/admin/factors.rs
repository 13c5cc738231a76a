//! `GET /auth/v1/admin/users/{id}/factors` and `DELETE …/factors/{factor_id}`: for whoever has lost their second factor.

use axum::extract::{Path, Request, State};
use axum::routing::{delete, get};
use axum::{Json, Router};
use serde_json::Value;
use uuid::Uuid;

use super::{Administrator, end_sessions};
use crate::Accounts;
use crate::audit::Action;
use crate::error::AuthError;
use crate::mfa::{self, factor_not_found};

pub(super) fn routes() -> Router<Accounts> {
    Router::new()
        .route("/auth/v1/admin/users/{id}/factors", get(list))
        .route("/auth/v1/admin/users/{id}/factors/{factor}", delete(remove))
}

async fn list(
    State(accounts): State<Accounts>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Json<Value>, AuthError> {
    let administrator = Administrator::of(&request.into_parts().0, &accounts).await?;
    Ok(Json(administrator.user(&id).await?.to_json()["factors"].take()))
}

/// Whoever was signed in with it is not any more: what they have shown counts for nothing now.
async fn remove(
    State(accounts): State<Accounts>,
    Path((id, factor)): Path<(String, String)>,
    request: Request,
) -> Result<Json<Value>, AuthError> {
    let administrator = Administrator::of(&request.into_parts().0, &accounts).await?;
    let user = administrator.user(&id).await?;
    let factor: Uuid = factor.parse().map_err(|_| factor_not_found())?;
    let factor = factor.to_string();
    let mut factors = user.to_json()["factors"].take();
    let found = factors.as_array_mut().and_then(|factors| factors.iter_mut().find(|found| found["id"] == *factor));
    let found = found.map(Value::take).ok_or_else(factor_not_found)?;

    let mut transaction = mfa::begin(&administrator.database, &user.id).await?;
    let removed = transaction.run_one(mfa::remove(&factor, &user.id, true)).await?.ok_or_else(factor_not_found)?;
    if removed.is("was_confirmed") {
        transaction.run(end_sessions(&user.id, "admin")).await?;
    }
    let event = administrator.event(Action::FactorRemoved, &user.id).detail("factor_id", factor.as_str());
    if let Some(query) = administrator.record(&accounts, &event.detail("was_last", removed.is("was_last"))).await {
        transaction.run(query).await?;
    }
    transaction.commit().await?;
    Ok(Json(found))
}
