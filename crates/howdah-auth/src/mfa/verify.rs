//! `POST /auth/v1/factors/{id}/challenge` and `…/verify`: shows the second factor, which makes the session `aal2`.
//!
//! The first code that is right confirms the factor. Each code works once, and the tries of an account are counted before
//! they are made.

use axum::extract::{Path, Request, State};
use axum::response::Response;
use axum::routing::post;
use axum::{Json, Router};
use howdah_http::unix_now;
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::enroll::place;
use super::{challenge, elevate, factor_not_found, guesses, require_second_factor, totp};
use crate::Accounts;
use crate::audit::{Action, Event};
use crate::body::read_json;
use crate::database::{Database, Query, Row};
use crate::error::{AuthError, ErrorCode};
use crate::session::{self, Method};
use crate::signed_in::SignedIn;

const FACTOR: &str = "select secret, confirmed_at is not null as is_confirmed from auth.mfa_factors
where id = $1::uuid and user_id = $2::uuid and factor_type = 'totp'";
const USE_CODE: &str = include_str!("sql/use_code.sql");
/// Those that were set up and never used: whoever set them up may have had the password alone.
const FORGET_OTHERS: &str =
    "delete from auth.mfa_factors where user_id = $1::uuid and factor_type = 'totp' and confirmed_at is null";

#[derive(Debug, Deserialize)]
struct Answer {
    #[serde(default)]
    challenge_id: String,
    #[serde(default)]
    code: String,
}

pub(super) fn routes() -> Router<Accounts> {
    Router::new()
        .route("/auth/v1/factors/{id}/challenge", post(begin))
        .route("/auth/v1/factors/{id}/verify", post(verify))
}

async fn begin(
    State(accounts): State<Accounts>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Json<Value>, AuthError> {
    let (parts, _) = request.into_parts();
    let who = SignedIn::from_parts(&parts, &accounts)?;
    let database = who.database(&accounts, &parts);
    who.user(&database).await?;
    let id = id.parse().map_err(|_| factor_not_found())?;
    factor(&database, &who, id).await?;
    let ends_at = u32::try_from(unix_now() + challenge::SECONDS).unwrap_or(u32::MAX);
    let challenge = accounts.second_factors.challenges.id(id, &who.session_id, ends_at);
    Ok(Json(json!({ "id": challenge, "type": "totp", "expires_at": ends_at })))
}

async fn verify(
    State(accounts): State<Accounts>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, AuthError> {
    let (parts, body) = request.into_parts();
    let answer: Answer = read_json(&parts, body, &accounts).await?;
    let who = SignedIn::from_parts(&parts, &accounts)?;
    let database = who.database(&accounts, &parts);
    let user = who.user(&database).await?;
    let id: Uuid = id.parse().map_err(|_| factor_not_found())?;
    let factor = factor(&database, &who, id).await?;
    accounts.second_factors.challenges.check(&answer.challenge_id, id, &who.session_id, unix_now())?;
    // One more factor is added by whoever has shown one of those that are there.
    if user.verified_factors > 0 && !factor.is("is_confirmed") {
        require_second_factor(&database, &who).await?;
    }
    let guesses = guesses::count(&accounts, &database, guesses::TOTP, &user.id).await?;

    let id = id.to_string();
    let secret =
        accounts.second_factors.sealer.open(&place(&id, &user.id), &factor.text("secret")).map_err(|error| {
            tracing::error!(factor_id = id, %error, "a factor cannot be checked");
            AuthError::internal()
        })?;
    let event = |action| Event::new(action).user(&user.id).session(&who.session_id).detail("factor_id", id.as_str());
    let refused = || AuthError::new(ErrorCode::MfaVerificationFailed, "Invalid TOTP code entered");
    let Some(step) = totp::matching_step(&secret, &answer.code, unix_now()) else {
        accounts.trail.denied(&database, &event(Action::FactorRefused).detail("reason", "wrong_code")).await;
        return Err(refused());
    };
    let mut transaction = elevate::begin(&database, &user.id).await?;
    let accept = Query::new(USE_CODE).bind(&id).bind(&user.id).bind(step);
    let Some(accepted) = transaction.run_one(accept).await? else {
        transaction.commit().await?;
        accounts.trail.denied(&database, &event(Action::FactorRefused).detail("reason", "used_code")).await;
        return Err(refused());
    };
    let is_first = accepted.is("is_first");
    if is_first {
        transaction.run(Query::new(FORGET_OTHERS).bind(&user.id)).await?;
    }
    let event = event(Action::FactorVerified).detail("is_first", is_first);
    let method = Method::Totp;
    let shown = elevate::commit(&accounts, &database, transaction, &who, method, &guesses, &event).await?;
    let (session, refresh_token) = shown;
    let user = who.user(&database).await?;
    session::answer(&accounts, &parts.headers, &user, &session, &refresh_token)
}

/// The caller's authenticator app with this id.
async fn factor(database: &Database, who: &SignedIn, id: Uuid) -> Result<Row, AuthError> {
    let query = Query::new(FACTOR).bind(id.to_string()).bind(&who.user_id);
    database.read_one(query).await?.ok_or_else(factor_not_found)
}
