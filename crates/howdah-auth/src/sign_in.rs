//! `POST /auth/v1/token`: signing in with a password, refreshing, or exchanging what a link has left
//! (see `pkce`).
//!
//! Wrong passwords are counted three ways, and a right one is not counted: for one account from one network, from one
//! network whichever the accounts, and for one account from all networks it has never signed in from. So a stranger who
//! guesses slows down themselves, and whoever has many networks slows down strangers; the owner, from where they have
//! signed in before, gets through. An address without an account is counted, checked (against a decoy) and answered in the
//! same way.

use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::response::Response;
use axum::routing::post;
use serde::Deserialize;

use crate::audit::{Action, Event};
use crate::body::{UrlQuery, read_json};
use crate::database::{Database, Query};
use crate::error::{AuthError, ErrorCode};
use crate::password_rules::LONGEST_PASSWORD;
use crate::session::{self, Method};
use crate::throttle::{self, Allowance, Limit};
use crate::user::User;
use crate::{Accounts, PasswordHasher, cookies, pkce, refresh};

const IS_FAMILIAR: &str = include_str!("sql/is_familiar.sql");
const UPGRADE: &str = "update auth.users set password_hash = $2::text where id = $1::uuid and password_hash = $3::text";
/// The time in which as many failures come back as the settings allow.
const WINDOW: Duration = Duration::from_secs(15 * 60);
/// All networks together may fail so many times as often for one account as one of them.
const NETWORKS: u32 = 10;

#[derive(Debug, Deserialize)]
struct Grant {
    #[serde(default)]
    grant_type: String,
}

/// What any of the grants brings.
#[derive(Debug, Deserialize)]
struct Shown {
    #[serde(default)]
    email: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    refresh_token: String,
}

pub(crate) fn routes() -> Router<Accounts> {
    Router::new().route("/auth/v1/token", post(token))
}

async fn token(
    State(accounts): State<Accounts>,
    UrlQuery(grant): UrlQuery<Grant>,
    request: Request,
) -> Result<Response, AuthError> {
    let (parts, body) = request.into_parts();
    let database = Database::new(&accounts.gate.pool, &parts);
    match grant.grant_type.as_str() {
        "password" => {
            let shown: Shown = read_json(&parts, body, &accounts).await?;
            if shown.email.is_empty() {
                return Err(AuthError::invalid("missing email"));
            }
            let user = verified(&accounts, &database, shown).await?;
            let opened = session::open(&accounts, &database, &user.id, Method::Password, Action::SignedIn).await?;
            let (session, refresh_token) = opened;
            session::answer(&accounts, &parts.headers, &user, &session, &refresh_token)
        }
        "refresh_token" => {
            let shown: Shown = read_json(&parts, body, &accounts).await?;
            let token = match shown.refresh_token {
                token if !token.is_empty() => token,
                _ => cookies::refresh_token(&accounts, &parts)?,
            };
            refresh::refresh(&accounts, &database, &parts.headers, &token).await
        }
        "pkce" => {
            let shown: pkce::Exchange = read_json(&parts, body, &accounts).await?;
            pkce::exchange(&accounts, &database, &parts.headers, shown).await
        }
        other => {
            let message =
                format!("grant_type \"{other}\" is not supported; use grant_type=password, refresh_token or pkce");
            Err(AuthError::new(ErrorCode::UnsupportedGrantType, message))
        }
    }
}

/// The account of these credentials.
async fn verified(accounts: &Accounts, database: &Database, shown: Shown) -> Result<User, AuthError> {
    // No address has a zero, and PostgreSQL takes none.
    let address = shown.email.trim().to_lowercase().replace('\0', "");
    let user = database.read_one(User::by_email(&address)).await?.map(|row| User::from_row(&row));
    let allowances = allowances(accounts, database, &address, user.as_ref()).await?;
    throttle::take(accounts, database, ErrorCode::OverRequestRateLimit, &allowances).await?;
    // Whatever is too long to be anybody's is nobody's, and not worth hashing.
    let is_possible = shown.password.len() <= LONGEST_PASSWORD;
    let stored = user.as_ref().filter(|_| is_possible).and_then(|user| user.password_hash.clone());
    let password = if is_possible { shown.password } else { String::new() };
    let matches = accounts.verify(password.clone(), stored.clone()).await?;
    let user = match user {
        Some(user) if matches && user.may_sign_in => user,
        user => {
            // One answer for a wrong password, an unknown address and a closed account: nothing to enumerate.
            let mut event = Event::new(Action::SignInRefused).detail("known_account", user.is_some());
            if let Some(user) = &user {
                event = event.user(&user.id);
            }
            accounts.trail.denied(database, &event).await;
            return Err(AuthError::invalid_credentials());
        }
    };
    let mut queries: Vec<_> = allowances.iter().map(throttle::give_back).collect();
    if let Some(stored) = stored.filter(|stored| PasswordHasher::is_outdated(stored)) {
        let hash = accounts.hash(password).await?;
        queries.push(Query::new(UPGRADE).bind(&user.id).bind(hash).bind(&stored));
    }
    if !queries.is_empty() {
        database.write_all(queries).await?;
    }
    if accounts.options.confirm_email && user.email_confirmed_at.is_none() {
        return Err(AuthError::new(ErrorCode::EmailNotConfirmed, "Email not confirmed"));
    }
    Ok(user)
}

/// What a try is counted against.
async fn allowances(
    accounts: &Accounts,
    database: &Database,
    address: &str,
    user: Option<&User>,
) -> Result<Vec<Allowance>, AuthError> {
    let options = &accounts.options;
    let network = throttle::network(database.address());
    let familiar = Query::new(IS_FAMILIAR).bind(user.map(|user| user.id.as_str())).bind(database.address());
    let is_familiar = database.read_one(familiar).await?.is_some_and(|row| row.is("is_familiar"));
    let limit = |name, tries| Limit { name, tries, per: WINDOW };
    let here = limit("sign_in_account_network", options.failures_per_account).of(&format!("{address}|{network}"));
    let network = limit("sign_in_network", options.failures_per_address).of(&network);
    let everywhere = limit("sign_in_account", options.failures_per_account.saturating_mul(NETWORKS)).of(address);
    Ok(here.into_iter().chain(network).chain(everywhere.filter(|_| !is_familiar)).collect())
}
