//! `POST /auth/v1/token?grant_type=refresh_token`: a new access token, and a new refresh token in the place of the old.
//!
//! A refresh token is good once: one statement uses it up and makes its child, so of two requests at once one is first.
//! The other is most likely a second tab, which is why the parent of a token that is still good gets another child within
//! a few seconds. Anything older that comes back is a copy: the session ends, for whoever has which.

use axum::response::Response;
use http::HeaderMap;
use serde_json::json;

use crate::Accounts;
use crate::audit::{Action, Event};
use crate::database::{Database, Query, Row};
use crate::error::{AuthError, ErrorCode};
use crate::session::{self, Session};
use crate::token::{Digest, Token};
use crate::user::User;

const ROTATE: &str = include_str!("sql/rotate.sql");
const ROTATE_AGAIN: &str = include_str!("sql/rotate_again.sql");
const END_REUSED: &str = include_str!("sql/end_reused.sql");

/// Exchanges `old`.
pub(crate) async fn refresh(
    accounts: &Accounts,
    database: &Database,
    headers: &HeaderMap,
    old: &str,
) -> Result<Response, AuthError> {
    let (old, new) = (Digest::of(old), Token::random());
    let options = &accounts.options;
    let rotate = Query::new(ROTATE).bind(old).bind(new.digest()).bind(options.session_idle.as_secs());
    let mut rotated = database.write_one(rotate).await?;
    if rotated.is_none() {
        let again = Query::new(ROTATE_AGAIN).bind(old).bind(new.digest()).bind(options.refresh_grace.as_secs());
        rotated = database.write_one(again).await?;
    }
    let Some(row) = rotated else { return Err(refused(accounts, database, old).await?) };
    let user_id = row.text("user_id");
    let user = database.read_one(User::by_id(&user_id)).await?.ok_or_else(session_is_over)?;
    let user = User::from_row(&user);
    let session = session_of(&row, &user);
    let event = Event::new(Action::Refreshed).user(&user.id).session(&session.id);
    event.log();
    session::answer(accounts, headers, &user, &session, &new)
}

fn session_of(row: &Row, user: &User) -> Session {
    Session {
        id: row.text("session_id"),
        epoch: user.token_epoch,
        ends_at: row.integer("ends_at").unsigned_abs(),
        has_second_factor: row.is("has_second_factor"),
        amr: row.json("amr"),
    }
}

/// Why it was not good; ends the session of one that was used before.
async fn refused(accounts: &Accounts, database: &Database, token: Digest) -> Result<AuthError, AuthError> {
    let Some(row) = database.write_one(Query::new(END_REUSED).bind(token)).await? else {
        accounts.trail.denied(database, &Event::new(Action::RefreshRefused).detail("known_token", json!(false))).await;
        return Ok(AuthError::new(ErrorCode::RefreshTokenNotFound, "Invalid Refresh Token: Refresh Token Not Found"));
    };
    let (user_id, session_id) = (row.text("user_id"), row.text("session_id"));
    let of = |action| Event::new(action).user(&user_id).session(&session_id);
    if row.is("is_reused") {
        tracing::warn!(session_id, "a refresh token came back after it was used: its session has been ended");
        accounts.trail.denied(database, &of(Action::RefreshReused)).await;
        return Ok(AuthError::new(ErrorCode::RefreshTokenAlreadyUsed, "Invalid Refresh Token: Already Used"));
    }
    accounts.trail.denied(database, &of(Action::RefreshRefused)).await;
    Ok(session_is_over())
}

fn session_is_over() -> AuthError {
    AuthError::new(ErrorCode::SessionExpired, "Invalid Refresh Token: Session Expired")
}
