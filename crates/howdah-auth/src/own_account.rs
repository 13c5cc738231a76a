//! `GET` and `PUT /auth/v1/user`: the account of whoever asks.
//!
//! What can be changed are address, password and `data` (user metadata), by name and nothing else: whatever else a body
//! says of roles, `app_metadata` or confirmation is not read. Changing address or password takes a sign-in of a few minutes
//! ago or the password once more, and the second factor where the account has one; a new password ends all other sessions.

use std::time::Duration;

use axum::extract::{Request, State};
use axum::routing::get;
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::audit::{Action, Event};
use crate::body::{UrlQuery, read_json};
use crate::database::{Database, Query};
use crate::error::{AuthError, ErrorCode};
use crate::mailer::{Notice, Occasion};
use crate::pkce::Challenge;
use crate::sign_out::{self, Scope};
use crate::sign_up::{Redirect, check_metadata};
use crate::signed_in::SignedIn;
use crate::throttle::{self, Limit};
use crate::user::User;
use crate::{Accounts, by_mail, email, password_rules};

const SET_METADATA: &str = "update auth.users set metadata = (metadata || $2::jsonb) - $3::text[] where id = $1::uuid";
const SET_PASSWORD: &str =
    "update auth.users set password_hash = $2::text, password_changed_at = now() where id = $1::uuid";
/// What was sent by mail for whoever has lost the old password is of no use any more.
const SPEND_TOKENS: &str = "update auth.one_time_tokens set consumed_at = now()
where user_id = $1::uuid and purpose <> 'email_verification' and consumed_at is null";
const SET_EMAIL: &str = "update auth.users set email = $2::text, email_confirmed_at = now(), is_anonymous = false
where id = $1::uuid";
/// The time in which as many wrong passwords come back as the settings allow.
const WINDOW: Duration = Duration::from_secs(15 * 60);

#[derive(Debug, Deserialize)]
struct Change {
    email: Option<String>,
    password: Option<String>,
    current_password: Option<String>,
    nonce: Option<String>,
    data: Option<Map<String, Value>>,
    #[serde(flatten)]
    challenge: Challenge,
}

pub(crate) fn routes() -> Router<Accounts> {
    Router::new().route("/auth/v1/user", get(read).put(change))
}

async fn read(State(accounts): State<Accounts>, request: Request) -> Result<Json<Value>, AuthError> {
    let (parts, _) = request.into_parts();
    let who = SignedIn::from_parts(&parts, &accounts)?;
    Ok(Json(who.user(&who.database(&accounts, &parts)).await?.to_json()))
}

async fn change(
    State(accounts): State<Accounts>,
    UrlQuery(redirect): UrlQuery<Redirect>,
    request: Request,
) -> Result<Json<Value>, AuthError> {
    let (parts, body) = request.into_parts();
    let change: Change = read_json(&parts, body, &accounts).await?;
    let who = SignedIn::from_parts(&parts, &accounts)?;
    let database = who.database(&accounts, &parts);
    let user = who.user(&database).await?;

    let address = change.email.as_deref().map(email::normalised).transpose()?;
    let address = address.filter(|address| user.email.as_ref() != Some(address));
    if change.password.is_some() || address.is_some() {
        prove(&accounts, &database, &who, &user, change.current_password, change.nonce).await?;
    }
    let mut queries = Vec::new();
    if let Some(data) = &change.data {
        queries.push(set_metadata(&user, data)?);
    }
    let mut mail = None;
    let challenge = change.challenge.checked()?;
    if let Some(address) = &address {
        match by_mail(&accounts, &user, address, redirect.redirect_to.as_deref())? {
            // An account of one's own is no leave to have mails sent to whomever one likes.
            Some(notice) => {
                by_mail::count(&accounts, &database, address).await?;
                mail = Some(Notice { code_challenge: challenge, ..notice });
            }
            None => queries.extend(set_email(&accounts, &database, &user, address).await),
        }
    }
    if let Some(password) = change.password {
        let address = address.as_deref().or(user.email.as_deref());
        queries.extend(set_password(&accounts, &database, &who, &user, password, address).await?);
    }
    apply(&database, queries).await?;
    if let Some(notice) = mail {
        accounts.post(notice);
    }
    Ok(Json(who.user(&database).await?.to_json()))
}

/// Whoever holds a session need not be the person: a change that would lock the person out takes more.
async fn prove(
    accounts: &Accounts,
    database: &Database,
    who: &SignedIn,
    user: &User,
    current_password: Option<String>,
    nonce: Option<String>,
) -> Result<(), AuthError> {
    if user.verified_factors > 0 && !who.has_second_factor() {
        let message = "AAL2 session is required to update email or password when MFA is enabled.";
        return Err(AuthError::new(ErrorCode::InsufficientAal, message));
    }
    // Whoever has not said who they are has nothing else to show.
    if user.is_anonymous || who.is_recent(accounts) {
        return Ok(());
    }
    if current_password.is_none() && nonce.is_none() {
        let message = "Sign in again, send current_password, or the nonce of a mail from /reauthenticate";
        return Err(AuthError::new(ErrorCode::ReauthenticationNeeded, message));
    }
    let limit = Limit { name: "reauthenticate", tries: accounts.options.failures_per_account, per: WINDOW };
    let allowance = limit.of(&user.id);
    throttle::take(accounts, database, ErrorCode::OverRequestRateLimit, &allowance).await?;
    let Some(password) = current_password else {
        let address = user.email.as_deref().unwrap_or_default();
        return by_mail::check_nonce(accounts, database, address, &nonce.unwrap_or_default()).await;
    };
    let is_possible = password.len() <= password_rules::LONGEST_PASSWORD;
    let stored = user.password_hash.clone().filter(|_| is_possible);
    if !accounts.verify(password, stored).await? {
        let event = Event::new(Action::ChangeRefused).user(&user.id).session(&who.session_id);
        accounts.trail.denied(database, &event).await;
        return Err(AuthError::invalid_credentials());
    }
    if let Some(allowance) = &allowance {
        database.write(throttle::give_back(allowance)).await?;
    }
    Ok(())
}

/// Merges member by member; one that is null goes.
fn set_metadata(user: &User, data: &Map<String, Value>) -> Result<Query, AuthError> {
    let (gone, kept): (Map<_, _>, Map<_, _>) = data.clone().into_iter().partition(|(_, value)| value.is_null());
    let mut merged = user.user_metadata.as_object().cloned().unwrap_or_default();
    merged.retain(|name, _| !gone.contains_key(name));
    merged.extend(kept.clone());
    check_metadata(&Value::Object(merged))?;
    let named = gone.keys().filter(|name| !name.contains('\0'));
    let gone: Vec<String> =
        named.map(|name| format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\""))).collect();
    Ok(Query::new(SET_METADATA).bind(&user.id).bind(Value::Object(kept)).bind(format!("{{{}}}", gone.join(","))))
}

/// The mail that proves a new address, where addresses are proven.
fn by_mail(
    accounts: &Accounts,
    user: &User,
    address: &str,
    redirect_to: Option<&str>,
) -> Result<Option<Notice>, AuthError> {
    if !accounts.options.confirm_email {
        return Ok(None);
    }
    if accounts.mailer.is_none() {
        let message =
            "Addresses are to be proven by mail here, and no mail can be sent: set auth.confirm_email = false";
        return Err(AuthError::new(ErrorCode::EmailProviderDisabled, message));
    }
    Ok(Some(Notice {
        occasion: Occasion::EmailChange,
        user_id: user.id.clone(),
        to: address.to_owned(),
        redirect_to: accounts.options.redirect(redirect_to),
        code_challenge: None,
    }))
}

/// Without a proof: the address is the new one now.
async fn set_email(accounts: &Accounts, database: &Database, user: &User, address: &str) -> Vec<Query> {
    let event = accounts.trail.query(database, &Event::new(Action::EmailChanged).user(&user.id)).await;
    std::iter::once(Query::new(SET_EMAIL).bind(&user.id).bind(address)).chain(event).collect()
}

async fn set_password(
    accounts: &Accounts,
    database: &Database,
    who: &SignedIn,
    user: &User,
    password: String,
    address: Option<&str>,
) -> Result<Vec<Query>, AuthError> {
    if address.is_none() {
        return Err(AuthError::invalid("An anonymous account needs an address before it can have a password"));
    }
    password_rules::check(&password, address, accounts.options.password_min_length)?;
    if user.password_hash.is_some() && accounts.verify(password.clone(), user.password_hash.clone()).await? {
        let message = "New password should be different from the old password.";
        return Err(AuthError::new(ErrorCode::SamePassword, message));
    }
    let hash = accounts.hash(password).await?;
    let event = Event::new(Action::PasswordChanged).user(&user.id).session(&who.session_id);
    let mut queries = vec![
        Query::new(SET_PASSWORD).bind(&user.id).bind(hash),
        sign_out::end(who, Scope::Others, "password_change"),
        Query::new(SPEND_TOKENS).bind(&user.id),
    ];
    queries.extend(accounts.trail.query(database, &event).await);
    if let Some(to) = user.email.clone() {
        let redirect_to = accounts.options.redirect(None);
        let (occasion, user_id) = (Occasion::PasswordChanged, user.id.clone());
        accounts.post(Notice { occasion, user_id, to, redirect_to, code_challenge: None });
    }
    Ok(queries)
}

/// All of it or nothing.
async fn apply(database: &Database, queries: Vec<Query>) -> Result<(), AuthError> {
    if queries.is_empty() {
        return Ok(());
    }
    database.try_write_all(queries).await.map_err(|error| {
        if error.database().is_some_and(|refused| refused.code == "23505") {
            let message = "A user with this email address has already been registered";
            return AuthError::new(ErrorCode::EmailExists, message);
        }
        AuthError::from(&error)
    })?;
    Ok(())
}
