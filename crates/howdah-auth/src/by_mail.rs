//! `POST /auth/v1/recover`, `/otp`, `/magiclink` and `/resend`, and `GET /auth/v1/reauthenticate`: asking for a mail.
//!
//! Whether an address has an account is for its owner to know. So the answer is given before anybody has looked: a request
//! is checked for its form and counted, which needs the address alone, and all else happens after the answer.

use std::time::Duration;

use axum::extract::{Request, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::audit::{Action, Event};
use crate::body::{UrlQuery, read_json};
use crate::database::{Database, Query};
use crate::error::{AuthError, ErrorCode};
use crate::mailer::{Notice, Occasion};
use crate::one_time::{self, Purpose, Shown};
use crate::pkce::{Challenge, CodeChallenge};
use crate::sign_up::{Redirect, check_metadata};
use crate::signed_in::SignedIn;
use crate::throttle::{self, Limit};
use crate::user::User;
use crate::{Accounts, email};

const CREATE: &str = include_str!("sql/create_account.sql");
/// The address that an account is about to change to. $1 account.
const PENDING_EMAIL: &str = "select sent_to from auth.one_time_tokens
where user_id = $1::uuid and purpose = 'email_change' and consumed_at is null and expires_at > now() limit 1";
const HOUR: Duration = Duration::from_secs(3600);

#[derive(Debug, Deserialize)]
struct Asked {
    #[serde(default)]
    email: String,
    #[serde(default)]
    phone: String,
    #[serde(default, rename = "type")]
    kind: String,
    #[serde(default = "yes")]
    create_user: bool,
    data: Option<Map<String, Value>>,
    #[serde(flatten)]
    challenge: Challenge,
}

fn yes() -> bool {
    true
}

/// A request that has been checked and counted.
struct Wish {
    address: String,
    redirect_to: String,
    challenge: Option<CodeChallenge>,
    create_user: bool,
    data: Value,
    kind: String,
    database: Database,
}

pub(crate) fn routes() -> Router<Accounts> {
    Router::new()
        .route("/auth/v1/recover", post(recover))
        .route("/auth/v1/otp", post(otp))
        .route("/auth/v1/magiclink", post(otp))
        .route("/auth/v1/resend", post(resend))
        .route("/auth/v1/reauthenticate", get(reauthenticate))
}

async fn recover(
    State(accounts): State<Accounts>,
    UrlQuery(redirect): UrlQuery<Redirect>,
    request: Request,
) -> Result<Json<Value>, AuthError> {
    let wish = wish(&accounts, redirect, request).await?;
    afterwards(async move {
        let user = known(&wish).await?;
        let event = Event::new(Action::RecoveryAsked).detail("known_account", user.is_some());
        accounts.trail.denied(&wish.database, &event).await;
        if let Some(user) = user {
            let to = wish.address.clone();
            send(&accounts, &wish, Occasion::Recovery, user.id, to);
        }
        Ok(())
    });
    Ok(Json(json!({})))
}

async fn otp(
    State(accounts): State<Accounts>,
    UrlQuery(redirect): UrlQuery<Redirect>,
    request: Request,
) -> Result<Json<Value>, AuthError> {
    let wish = wish(&accounts, redirect, request).await?;
    afterwards(async move {
        let id = match known(&wish).await? {
            Some(user) => Some(user.id),
            None if wish.create_user && accounts.options.signup => created(&accounts, &wish).await?,
            None => None,
        };
        if let Some(id) = id {
            let to = wish.address.clone();
            send(&accounts, &wish, Occasion::MagicLink, id, to);
        }
        Ok(())
    });
    Ok(Json(json!({})))
}

async fn resend(
    State(accounts): State<Accounts>,
    UrlQuery(redirect): UrlQuery<Redirect>,
    request: Request,
) -> Result<Json<Value>, AuthError> {
    let wish = wish(&accounts, redirect, request).await?;
    if !matches!(wish.kind.as_str(), "signup" | "email_change") {
        return Err(AuthError::invalid("type must be signup or email_change"));
    }
    afterwards(async move {
        let Some(user) = known(&wish).await? else { return Ok(()) };
        if wish.kind == "signup" {
            if user.email_confirmed_at.is_none() {
                let to = wish.address.clone();
                send(&accounts, &wish, Occasion::ConfirmSignup, user.id, to);
            }
        } else if let Some(row) = wish.database.read_one(Query::new(PENDING_EMAIL).bind(&user.id)).await? {
            send(&accounts, &wish, Occasion::EmailChange, user.id, row.text("sent_to"));
        }
        Ok(())
    });
    Ok(Json(json!({})))
}

/// Sends whoever has signed in a code, to go with a change that needs more than a session.
async fn reauthenticate(State(accounts): State<Accounts>, request: Request) -> Result<Json<Value>, AuthError> {
    let (parts, _) = request.into_parts();
    let who = SignedIn::from_parts(&parts, &accounts)?;
    let database = who.database(&accounts, &parts);
    let user = who.user(&database).await?;
    require_mail(&accounts)?;
    let Some(to) = user.email else {
        return Err(AuthError::invalid("Reauthentication requires the user to have an email address"));
    };
    count(&accounts, &database, &to).await?;
    let redirect_to = accounts.options.redirect(None);
    let occasion = Occasion::Reauthentication;
    accounts.post(Notice { occasion, user_id: user.id, to, redirect_to, code_challenge: None });
    Ok(Json(json!({})))
}

/// Whether `nonce` is the code that [`reauthenticate`] has sent to the account; it is used up then.
///
/// # Errors
/// 422 `reauthentication_not_valid` when it is not.
pub(crate) async fn check_nonce(
    accounts: &Accounts,
    database: &Database,
    address: &str,
    nonce: &str,
) -> Result<(), AuthError> {
    let shown = Shown::Code { email: address, code: nonce.trim() };
    match one_time::use_up(accounts, database, shown, &[Purpose::Reauthentication]).await? {
        Some((transaction, _)) => transaction.commit().await,
        None => Err(AuthError::new(ErrorCode::ReauthenticationNotValid, "Nonce has expired or is invalid")),
    }
}

/// # Errors
/// 422 where no mail can be sent.
pub(crate) fn require_mail(accounts: &Accounts) -> Result<(), AuthError> {
    if accounts.mailer.is_some() {
        return Ok(());
    }
    Err(AuthError::new(ErrorCode::EmailProviderDisabled, "This server sends no mail: see docs/auth-mail.md"))
}

/// Reads, checks and counts a request. What it finds depends on the request alone.
async fn wish(accounts: &Accounts, redirect: Redirect, request: Request) -> Result<Wish, AuthError> {
    let (parts, body) = request.into_parts();
    let asked: Asked = read_json(&parts, body, accounts).await?;
    require_mail(accounts)?;
    if !asked.phone.is_empty() {
        return Err(AuthError::invalid("Signing in by phone is not supported; send an email"));
    }
    let address = email::normalised(&asked.email)?;
    let data = Value::Object(asked.data.unwrap_or_default());
    check_metadata(&data)?;
    let challenge = asked.challenge.checked()?;
    let database = Database::new(&accounts.gate.pool, &parts);
    count(accounts, &database, &address).await?;
    let redirect_to = accounts.options.redirect(redirect.redirect_to.as_deref());
    Ok(Wish { address, redirect_to, challenge, create_user: asked.create_user, data, kind: asked.kind, database })
}

/// One network asks so often, and one address is written to so often.
pub(crate) async fn count(accounts: &Accounts, database: &Database, address: &str) -> Result<(), AuthError> {
    let options = &accounts.options;
    let network = Limit { name: "mails_network", tries: options.requests_per_address, per: HOUR };
    let network = network.of(&throttle::network(database.address()));
    throttle::take(accounts, database, ErrorCode::OverRequestRateLimit, &network).await?;
    if options.mail_interval.is_zero() {
        return Ok(());
    }
    let same = Limit { name: "mails_address", tries: 1, per: options.mail_interval }.of(address);
    throttle::take(accounts, database, ErrorCode::OverEmailSendRateLimit, &same).await
}

/// Does what nobody waits for.
fn afterwards(work: impl Future<Output = Result<(), AuthError>> + Send + 'static) {
    tokio::spawn(async move {
        if let Err(error) = work.await {
            tracing::error!(code = error.code(), "a mail that was asked for is not sent");
        }
    });
}

/// The account with the address, if it may sign in.
async fn known(wish: &Wish) -> Result<Option<User>, AuthError> {
    let row = wish.database.read_one(User::by_email(&wish.address)).await?;
    Ok(row.as_ref().map(User::from_row).filter(|user| user.may_sign_in))
}

/// Makes an account without a password; `None` if somebody was faster.
async fn created(accounts: &Accounts, wish: &Wish) -> Result<Option<String>, AuthError> {
    create(accounts, &wish.database, &wish.address, &wish.data, Action::SignedUp).await
}

/// Makes an account without a password and records it as `action`; `None` where the address has one.
pub(crate) async fn create(
    accounts: &Accounts,
    database: &Database,
    address: &str,
    data: &Value,
    action: Action,
) -> Result<Option<String>, AuthError> {
    let query = Query::new(CREATE).bind(address).bind(None::<&str>).bind(data).bind(false);
    let Some(row) = database.write_one(query).await? else { return Ok(None) };
    let id = row.text("id");
    accounts.trail.denied(database, &Event::new(action).user(&id)).await;
    Ok(Some(id))
}

fn send(accounts: &Accounts, wish: &Wish, occasion: Occasion, user_id: String, to: String) {
    let (redirect_to, code_challenge) = (wish.redirect_to.clone(), wish.challenge.clone());
    accounts.post(Notice { occasion, user_id, to, redirect_to, code_challenge });
}
