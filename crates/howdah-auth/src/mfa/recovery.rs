//! `/auth/v1/factors/recovery-codes`: codes that stand in once each for a lost authenticator app.
//!
//! An account has one set of ten or none. They are shown when they are made and never again; the database has their
//! SHA-256. Making, replacing and removing them takes a session that has shown a factor, and with the last factor they go:
//! they are never the only one.

use axum::extract::{Request, State};
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Json, Router};
use http::request::Parts;
use rand::Rng;
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{elevate, guesses, require_second_factor};
use crate::Accounts;
use crate::audit::{Action, Event};
use crate::body::read_json;
use crate::database::{Database, Query};
use crate::error::{AuthError, ErrorCode};
use crate::session::{self, Method};
use crate::signed_in::SignedIn;
use crate::token::Digest;
use crate::user::User;

const MAKE: &str = include_str!("sql/make_recovery_codes.sql");
const COUNT: &str = "select count(*) as total, count(*) filter (where consumed_at is null) as remaining
from auth.recovery_codes where user_id = $1::uuid";
const SPEND: &str = "update auth.recovery_codes set consumed_at = now()
where user_id = $1::uuid and code_hash = $2::bytea and consumed_at is null returning id";
const REMOVE: &str = "delete from auth.recovery_codes where user_id = $1::uuid returning id";
const CODES: usize = 10;
/// Of 5 random bits each, so 130 in all.
const CHARACTERS: usize = 26;
const FACTOR_TYPE: &str = "recovery_code";

#[derive(Debug, Deserialize)]
struct Shown {
    #[serde(default)]
    code: String,
}

pub(super) fn routes() -> Router<Accounts> {
    Router::new()
        .route("/auth/v1/factors/recovery-codes", get(status).post(generate).delete(remove))
        .route("/auth/v1/factors/recovery-codes/regenerate", post(regenerate))
        .route("/auth/v1/factors/recovery-codes/verify", post(verify))
}

/// The caller, their account and the database that knows them.
async fn caller(accounts: &Accounts, parts: &Parts) -> Result<(SignedIn, Database, User), AuthError> {
    let who = SignedIn::from_parts(parts, accounts)?;
    let database = who.database(accounts, parts);
    let user = who.user(&database).await?;
    Ok((who, database, user))
}

async fn status(State(accounts): State<Accounts>, request: Request) -> Result<Json<Value>, AuthError> {
    let (parts, _) = request.into_parts();
    let (_, database, user) = caller(&accounts, &parts).await?;
    let row = database.read_one(Query::new(COUNT).bind(&user.id)).await?.ok_or_else(AuthError::internal)?;
    if row.integer("total") == 0 {
        return Err(no_codes());
    }
    let (total, remaining) = (row.integer("total"), row.integer("remaining"));
    Ok(Json(json!({ "id": id_of(&user), "type": FACTOR_TYPE, "total": total, "remaining": remaining })))
}

async fn generate(State(accounts): State<Accounts>, request: Request) -> Result<Json<Value>, AuthError> {
    make(&accounts, &request.into_parts().0, false).await
}

async fn regenerate(State(accounts): State<Accounts>, request: Request) -> Result<Json<Value>, AuthError> {
    make(&accounts, &request.into_parts().0, true).await
}

async fn make(accounts: &Accounts, parts: &Parts, replaces: bool) -> Result<Json<Value>, AuthError> {
    let (who, database, user) = caller(accounts, parts).await?;
    if user.verified_factors == 0 {
        let message = "Recovery codes stand in for another factor: verify one first";
        return Err(AuthError::new(ErrorCode::MfaRecoveryCodesSoleFactor, message));
    }
    require_second_factor(&database, &who).await?;
    let codes: Vec<String> = (0..CODES).map(|_| new_code()).collect();
    let digests: Value = codes.iter().map(|code| Digest::of(code).hex()).collect();
    let mut transaction = elevate::begin(&database, &user.id).await?;
    let query = Query::new(MAKE).bind(&user.id).bind(digests).bind(replaces);
    let row = transaction.run_one(query).await?.ok_or_else(AuthError::internal)?;
    if row.is("is_made") {
        let event = Event::new(Action::FactorEnrolled).user(&user.id).session(&who.session_id);
        if let Some(query) = accounts.trail.query(&database, &event.detail("factor_type", FACTOR_TYPE)).await {
            transaction.run(query).await?;
        }
    }
    transaction.commit().await?;
    match (row.is("is_made"), row.is("had_some")) {
        (true, _) => {
            let id = id_of(&user);
            let name = "Recovery codes";
            Ok(Json(json!({ "id": id, "type": FACTOR_TYPE, "friendly_name": name, "total": CODES, "codes": codes })))
        }
        (false, true) => {
            let message = "The account has recovery codes already: POST …/recovery-codes/regenerate replaces them";
            Err(AuthError::new(ErrorCode::MfaVerifiedFactorExists, message))
        }
        (false, false) => Err(no_codes()),
    }
}

async fn remove(State(accounts): State<Accounts>, request: Request) -> Result<Json<Value>, AuthError> {
    let (parts, _) = request.into_parts();
    let (who, database, user) = caller(&accounts, &parts).await?;
    require_second_factor(&database, &who).await?;
    let event = Event::new(Action::FactorRemoved).user(&user.id).session(&who.session_id);
    let mut transaction = elevate::begin(&database, &user.id).await?;
    if transaction.run(Query::new(REMOVE).bind(&user.id)).await?.is_empty() {
        transaction.commit().await?;
        return Err(no_codes());
    }
    if let Some(query) = accounts.trail.query(&database, &event.detail("factor_type", FACTOR_TYPE)).await {
        transaction.run(query).await?;
    }
    transaction.commit().await?;
    Ok(Json(json!({ "id": id_of(&user) })))
}

async fn verify(State(accounts): State<Accounts>, request: Request) -> Result<Response, AuthError> {
    let (parts, body) = request.into_parts();
    let shown: Shown = read_json(&parts, body, &accounts).await?;
    let (who, database, user) = caller(&accounts, &parts).await?;
    let guesses = guesses::count(&accounts, &database, guesses::RECOVERY_CODE, &user.id).await?;
    let event = |action| Event::new(action).user(&user.id).session(&who.session_id);
    let mut transaction = elevate::begin(&database, &user.id).await?;
    let spend = Query::new(SPEND).bind(&user.id).bind(Digest::of(&canonical(&shown.code)));
    if transaction.run(spend).await?.is_empty() {
        transaction.commit().await?;
        let refused = event(Action::FactorRefused).detail("factor_type", FACTOR_TYPE);
        accounts.trail.denied(&database, &refused).await;
        return Err(AuthError::new(ErrorCode::MfaVerificationFailed, "Invalid recovery code entered"));
    }
    let (method, event) = (Method::RecoveryCode, event(Action::RecoveryCodeUsed));
    let shown = elevate::commit(&accounts, &database, transaction, &who, method, &guesses, &event).await?;
    let (session, refresh_token) = shown;
    let user = who.user(&database).await?;
    session::answer(&accounts, &parts.headers, &user, &session, &refresh_token)
}

fn no_codes() -> AuthError {
    AuthError::new(ErrorCode::MfaFactorNotFound, "The account has no recovery codes")
}

/// A set is no row of its own; what clients call its factor has the same id as long as the account has.
fn id_of(user: &User) -> Uuid {
    let account = user.id.parse().unwrap_or(Uuid::nil());
    Uuid::new_v5(&account, FACTOR_TYPE.as_bytes())
}

/// Letters and digits of which none looks like another.
fn new_code() -> String {
    const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let mut random = [0; CHARACTERS];
    rand::rng().fill_bytes(&mut random);
    random.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect()
}

/// As it was shown, however somebody typed it.
fn canonical(typed: &str) -> String {
    typed.chars().filter(|c| !c.is_whitespace() && *c != '-').flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Requirement 3: at least 128 random bits.
    #[test]
    fn codes_are_random_and_long_enough() {
        let codes: BTreeSet<_> = (0..1000).map(|_| new_code()).collect();
        assert_eq!(codes.len(), 1000);
        let letters: BTreeSet<char> = codes.iter().flat_map(|code| code.chars()).collect();
        assert_eq!(letters.len(), 32, "5 bits a character");
        for code in codes {
            assert!(code.len() * 5 >= 128, "{code}");
            assert_eq!(canonical(&code), code);
        }
    }

    #[test]
    fn codes_are_read_as_people_type_them() {
        assert_eq!(canonical(" K4M9-X7QP 2ab8\n"), "k4m9x7qp2ab8");
    }
}
