//! `POST /auth/v1/token?grant_type=password`.

use axum::Router;
use axum::extract::{Query, Request, State};
use axum::response::Response;
use axum::routing::post;
use serde::Deserialize;

use crate::Accounts;
use crate::audit::{Action, Event};
use crate::body::read_json;
use crate::database::Database;
use crate::error::{AuthError, ErrorCode};
use crate::session::{self, Method};
use crate::user::User;

/// Longer passwords are refused before they are hashed: nobody types them, and hashing is not free. In bytes.
pub(crate) const LONGEST_PASSWORD: usize = 1024;

#[derive(Debug, Deserialize)]
struct Grant {
    #[serde(default)]
    grant_type: String,
}

#[derive(Debug, Deserialize)]
struct Credentials {
    email: String,
    password: String,
}

pub(crate) fn routes() -> Router<Accounts> {
    Router::new().route("/auth/v1/token", post(token))
}

async fn token(
    State(accounts): State<Accounts>,
    Query(grant): Query<Grant>,
    request: Request,
) -> Result<Response, AuthError> {
    let (parts, body) = request.into_parts();
    if grant.grant_type != "password" {
        let message = format!("grant_type \"{}\" is not supported; use grant_type=password", grant.grant_type);
        return Err(AuthError::new(ErrorCode::UnsupportedGrantType, message));
    }
    let credentials: Credentials = read_json(&parts, body, &accounts).await?;
    let database = Database::new(&accounts.gate.pool, &parts);
    let user = verified(&accounts, &database, credentials).await?;
    let event = Event::new(Action::SignedIn).user(&user.id);
    let event = accounts.trail.query(&database, &event).await;
    let (session, refresh_token) = session::open(&accounts, &database, &user.id, Method::Password, event).await?;
    session::answer(&accounts, &parts.headers, &user, &session, &refresh_token)
}

/// The account of these credentials.
async fn verified(accounts: &Accounts, database: &Database, credentials: Credentials) -> Result<User, AuthError> {
    if credentials.password.len() > LONGEST_PASSWORD {
        return Err(AuthError::invalid_credentials());
    }
    let user = database.read_one(User::by_email(&credentials.email)).await?.map(|row| User::from_row(&row));
    let stored = user.as_ref().and_then(|user| user.password_hash.clone());
    let matches = accounts.hasher.verify(credentials.password, stored).await.map_err(|error| {
        tracing::error!(%error, "a password could not be checked");
        AuthError::internal()
    })?;
    match user {
        Some(user) if matches && user.may_sign_in => Ok(user),
        user => {
            let mut event = Event::new(Action::SignInRefused).detail("known_account", user.is_some());
            if let Some(user) = &user {
                event = event.user(&user.id);
            }
            accounts.trail.denied(database, &event).await;
            Err(AuthError::invalid_credentials())
        }
    }
}
