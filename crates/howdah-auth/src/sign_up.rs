//! `POST /auth/v1/signup`: an account with address and password, or an anonymous one with neither.
//!
//! Where addresses are proven by mail, the answer is the same whether or not the address has an account already: the same
//! fields, the same work (the password is hashed in any case, and compared once), and what differs goes by mail to the owner of
//! the address. Until then nobody knows who of several that sign up is the owner: see `contest`.
//! Where they are not, signing up signs in, and there is nothing alike that could be answered.

use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use http::HeaderMap;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::audit::{Action, Event};
use crate::body::{UrlQuery, read_json};
use crate::database::{Database, Query};
use crate::error::{AuthError, ErrorCode};
use crate::mailer::{Notice, Occasion};
use crate::pkce::{Challenge, CodeChallenge};
use crate::session::{self, Method, NO_STORE};
use crate::throttle::{self, Limit};
use crate::user::User;
use crate::{Accounts, contest, email, password_rules};

const CREATE: &str = include_str!("sql/create_account.sql");
const NOW: &str = "select to_json(now()) #>> '{}' as now, gen_random_uuid() as id";
/// In bytes of JSON: it travels in every access token, and a header has its limits.
const LARGEST_METADATA: usize = 4096;
const HOUR: Duration = Duration::from_secs(3600);

#[derive(Debug, Deserialize)]
pub(crate) struct Redirect {
    pub(crate) redirect_to: Option<String>,
}

#[derive(Debug, Deserialize)]
struct SignUp {
    #[serde(default)]
    email: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    data: Option<Map<String, Value>>,
    #[serde(flatten)]
    challenge: Challenge,
}

pub(crate) fn routes() -> Router<Accounts> {
    Router::new().route("/auth/v1/signup", post(sign_up))
}

async fn sign_up(
    State(accounts): State<Accounts>,
    UrlQuery(redirect): UrlQuery<Redirect>,
    request: Request,
) -> Result<Response, AuthError> {
    let (parts, body) = request.into_parts();
    let wanted: SignUp = read_json(&parts, body, &accounts).await?;
    let database = Database::new(&accounts.gate.pool, &parts);
    if !accounts.options.signup {
        return Err(AuthError::new(ErrorCode::SignupDisabled, "Signups not allowed for this instance"));
    }
    let data = Value::Object(wanted.data.unwrap_or_default());
    check_metadata(&data)?;
    let is_anonymous = wanted.email.is_empty() && wanted.password.is_empty();
    if is_anonymous && !accounts.options.anonymous_sign_in {
        return Err(AuthError::new(ErrorCode::AnonymousProviderDisabled, "Anonymous sign-ins are disabled"));
    }
    if is_anonymous {
        count(&accounts, &database).await?;
        return anonymous(&accounts, &database, &parts.headers, &data).await;
    }
    let address = email::normalised(&wanted.email)?;
    let challenge = wanted.challenge.checked()?;
    password_rules::check(&wanted.password, Some(&address), accounts.options.password_min_length)?;
    if accounts.options.confirm_email && accounts.mailer.is_none() {
        let message =
            "Addresses are to be proven by mail here, and no mail can be sent: set auth.confirm_email = false";
        return Err(AuthError::new(ErrorCode::EmailProviderDisabled, message));
    }
    count(&accounts, &database).await?;
    if accounts.options.confirm_email {
        let redirect_to = accounts.options.redirect(redirect.redirect_to.as_deref());
        return to_be_confirmed(&accounts, &database, &address, wanted.password, data, (redirect_to, challenge)).await;
    }
    let hash = accounts.hash(wanted.password).await?;
    at_once(&accounts, &database, &parts.headers, &address, &hash, &data).await
}

/// One network signs up so often, and no more.
async fn count(accounts: &Accounts, database: &Database) -> Result<(), AuthError> {
    let limit = Limit { name: "sign_up", tries: accounts.options.requests_per_address, per: HOUR };
    let allowance = limit.of(&throttle::network(database.address()));
    throttle::take(accounts, database, ErrorCode::OverRequestRateLimit, &allowance).await
}

/// Refuses what would make tokens too large, and what PostgreSQL's jsonb cannot hold.
pub(crate) fn check_metadata(data: &Value) -> Result<(), AuthError> {
    if has_zero(data) {
        return Err(AuthError::invalid("data may not hold the character U+0000"));
    }
    if data.to_string().len() > LARGEST_METADATA {
        let message = format!("data may have {LARGEST_METADATA} bytes at the most: it travels in every token");
        return Err(AuthError::invalid(message));
    }
    Ok(())
}

fn has_zero(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(has_zero),
        Value::Object(members) => members.iter().any(|(name, value)| name.contains('\0') || has_zero(value)),
        _ => false,
    }
}

fn create(address: Option<&str>, hash: Option<&str>, data: &Value, is_confirmed: bool) -> Query {
    Query::new(CREATE).bind(address).bind(hash).bind(data).bind(is_confirmed)
}

async fn anonymous(
    accounts: &Accounts,
    database: &Database,
    headers: &HeaderMap,
    data: &Value,
) -> Result<Response, AuthError> {
    let row = database.write_one(create(None, None, data, false)).await?.ok_or_else(AuthError::internal)?;
    signed_in(accounts, database, headers, &row.text("id"), Method::Anonymous).await
}

/// Without a proof: the account can be used now.
async fn at_once(
    accounts: &Accounts,
    database: &Database,
    headers: &HeaderMap,
    address: &str,
    hash: &str,
    data: &Value,
) -> Result<Response, AuthError> {
    let Some(row) = database.write_one(create(Some(address), Some(hash), data, true)).await? else {
        accounts.trail.denied(database, &Event::new(Action::SignedUpAgain)).await;
        return Err(AuthError::new(ErrorCode::UserAlreadyExists, "User already registered"));
    };
    signed_in(accounts, database, headers, &row.text("id"), Method::Password).await
}

async fn signed_in(
    accounts: &Accounts,
    database: &Database,
    headers: &HeaderMap,
    user_id: &str,
    method: Method,
) -> Result<Response, AuthError> {
    let opened = session::open(accounts, database, user_id, method, Action::SignedUp).await?;
    let (session, refresh_token) = opened;
    let user = database.read_one(User::by_id(user_id)).await?.ok_or_else(AuthError::internal)?;
    session::answer(accounts, headers, &User::from_row(&user), &session, &refresh_token)
}

/// With a proof: the account waits for it, and the answer says nothing that depends on whether there was one before.
async fn to_be_confirmed(
    accounts: &Accounts,
    database: &Database,
    address: &str,
    password: String,
    data: Value,
    (redirect_to, code_challenge): (String, Option<CodeChallenge>),
) -> Result<Response, AuthError> {
    let hash = accounts.hash(password.clone()).await?;
    let queries = vec![create(Some(address), Some(&hash), &data, false), Query::new(NOW)];
    let rows = database.write_all(queries).await?;
    let [created, now] = rows.as_slice() else { return Err(AuthError::internal()) };
    let now = now.first().ok_or_else(AuthError::internal)?;
    let known = contest::settle(accounts, database, address, &password, !created.is_empty()).await?;
    let (id, owner, occasion) = match created.first() {
        Some(row) => (row.text("id"), row.text("id"), Some(Occasion::ConfirmSignup)),
        None => {
            let owner = known.as_ref().map(|user| user.id.clone()).unwrap_or_default();
            // Whoever signs up again before the proof has perhaps not got it. Or they are somebody else: see `contest`.
            let occasion = known.map(|user| match user.email_confirmed_at {
                Some(_) => Occasion::AlreadySignedUp,
                None => Occasion::ConfirmSignup,
            });
            (now.text("id"), owner, occasion)
        }
    };
    let action = if created.is_empty() { Action::SignedUpAgain } else { Action::SignedUp };
    let mut event = Event::new(action);
    if !owner.is_empty() {
        event = event.user(&owner);
    }
    accounts.trail.denied(database, &event).await;
    if let Some(occasion) = occasion {
        accounts.post(Notice { occasion, user_id: owner, to: address.to_owned(), redirect_to, code_challenge });
    }
    let user = User::unconfirmed(id, address.to_owned(), data, &now.text("now"));
    Ok((NO_STORE, axum::Json(user.to_json())).into_response())
}
