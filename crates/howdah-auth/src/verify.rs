//! `GET` and `POST /auth/v1/verify`: using what came by mail.
//!
//! `POST` takes the token of a link, or a code and the address that it went to, and answers with a session. `GET` is what
//! links lead to: it answers by sending the browser on to the application, with the session in the fragment of the URL,
//! which no server gets to see, or with a code to exchange (see `pkce`). It never sends anybody to where the settings do
//! not allow, whatever the link says, and asking for the headers alone (`HEAD`, as scanners of mails do) uses nothing up.
//!
//! All that follows from a token happens in the transaction that uses it up.

use std::time::Duration;

use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use http::request::Parts;
use http::{HeaderValue, Method as HttpMethod, StatusCode, header};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde_json::json;

use crate::audit::{Action, Event};
use crate::body::{UrlQuery, read_json};
use crate::database::{Database, Query, Transaction};
use crate::error::{AuthError, ErrorCode};
use crate::mailer::{Notice, Occasion};
use crate::one_time::{self, Purpose, Shown, Used};
use crate::session::{self, Method, Opening, Session};
use crate::throttle::{self, Limit};
use crate::token::Token;
use crate::user::User;
use crate::{Accounts, email};

const PROVE: &str = include_str!("sql/prove_address.sql");
/// The other half of a change of address is enough from now on. $1 account, $2 new address.
const HALVE: &str = "update auth.one_time_tokens set is_half = false
where user_id = $1::uuid and purpose in ('email_change', 'email_change_current') and lower(sent_to) = lower($2::text)
  and consumed_at is null and expires_at > now() returning id";
const CHANGE_EMAIL: &str = "update auth.users set email = $2::text, email_confirmed_at = now(), is_anonymous = false
where id = $1::uuid and not exists (
  select from auth.users as other
  where lower(other.email) = lower($2::text) and other.deleted_at is null and other.id <> $1::uuid) returning id";
/// How long an authorization code is good for: the browser is on its way with it.
const AUTHORIZATION_CODE: Duration = Duration::from_secs(300);
/// The time in which tries of codes come back.
const WINDOW: Duration = Duration::from_secs(15 * 60);
const DAY: Duration = Duration::from_secs(24 * 3600);
/// Codes that all networks together may try for one address in a day, out of a million. Links are not counted.
const CODES_PER_DAY: u32 = 50;

const HALF_DONE: &str = "Confirmation link accepted. Please proceed to confirm link sent to the other email";

/// What a request shows, in the body or in the URL.
#[derive(Deserialize)]
struct Asked {
    #[serde(default, rename = "type")]
    kind: String,
    #[serde(default)]
    token_hash: String,
    #[serde(default)]
    token: String,
    #[serde(default)]
    email: String,
    redirect_to: Option<String>,
}

/// What has come of it.
enum Outcome {
    SignedIn {
        user: Box<User>,
        session: Session,
        refresh_token: Token,
    },
    /// One of the two addresses has agreed to the change.
    HalfDone,
    /// For the application to exchange.
    Code(Token),
}

pub(crate) fn routes() -> Router<Accounts> {
    Router::new().route("/auth/v1/verify", get(follow).post(verify))
}

async fn verify(State(accounts): State<Accounts>, request: Request) -> Result<Response, AuthError> {
    let (parts, body) = request.into_parts();
    let asked: Asked = read_json(&parts, body, &accounts).await?;
    let database = Database::new(&accounts.gate.pool, &parts);
    match done(&accounts, &database, &asked, false).await? {
        Outcome::SignedIn { user, session, refresh_token } => {
            session::answer(&accounts, &parts.headers, &user, &session, &refresh_token)
        }
        Outcome::HalfDone => Ok(Json(json!({ "code": 200, "msg": HALF_DONE })).into_response()),
        Outcome::Code(_) => Err(AuthError::internal()),
    }
}

async fn follow(
    State(accounts): State<Accounts>,
    UrlQuery(asked): UrlQuery<Asked>,
    request: Request,
) -> Result<Response, AuthError> {
    let (parts, _) = request.into_parts();
    if parts.method == HttpMethod::HEAD {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let to = accounts.options.redirect(asked.redirect_to.as_deref());
    match followed(&accounts, &parts, &asked).await {
        Ok(place) => sent_on(&to, &place),
        Err(error) if error.status.is_server_error() => Err(error),
        Err(error) => {
            let encoded = utf8_percent_encode(error.message(), NON_ALPHANUMERIC);
            let place = format!("#error=access_denied&error_code={}&error_description={encoded}", error.code());
            sent_on(&to, &place)
        }
    }
}

/// What is added to the URL that the browser is sent to.
async fn followed(accounts: &Accounts, parts: &Parts, asked: &Asked) -> Result<String, AuthError> {
    let database = Database::new(&accounts.gate.pool, parts);
    Ok(match done(accounts, &database, asked, true).await? {
        Outcome::SignedIn { user, session, refresh_token } => {
            let body = session::token_body(accounts, &user, &session, &refresh_token)?;
            let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
            format!(
                "#access_token={}&expires_at={}&expires_in={}&refresh_token={}&token_type=bearer&type={}",
                text("access_token"),
                body["expires_at"],
                body["expires_in"],
                text("refresh_token"),
                utf8_percent_encode(&asked.kind, NON_ALPHANUMERIC),
            )
        }
        Outcome::HalfDone => format!("#message={}", utf8_percent_encode(HALF_DONE, NON_ALPHANUMERIC)),
        Outcome::Code(code) => format!("?code={}", code.expose()),
    })
}

/// `place` is a fragment or a query.
fn sent_on(to: &str, place: &str) -> Result<Response, AuthError> {
    let to = to.split('#').next().unwrap_or_default();
    let url = match place.strip_prefix('?') {
        Some(query) if to.contains('?') => format!("{to}&{query}"),
        _ => format!("{to}{place}"),
    };
    let url = HeaderValue::try_from(url).map_err(|_| AuthError::invalid("redirect_to is no URL"))?;
    Ok((StatusCode::SEE_OTHER, [(header::LOCATION, url)]).into_response())
}

fn not_good(shown: Shown<'_>) -> AuthError {
    AuthError::new(
        ErrorCode::OtpExpired,
        match shown {
            Shown::Token(_) => "Email link is invalid or has expired",
            Shown::Code { .. } => "Token has expired or is invalid",
        },
    )
}

/// Uses up what is shown and does what it stands for. `is_link`: a browser follows it.
async fn done(accounts: &Accounts, database: &Database, asked: &Asked, is_link: bool) -> Result<Outcome, AuthError> {
    let Some(purposes) = Purpose::of_type(&asked.kind) else {
        let message = "type must be one of signup, email, magiclink, recovery, invite, email_change";
        return Err(AuthError::invalid(message));
    };
    let address = email::normalised(&asked.email);
    let token = if asked.token_hash.is_empty() { &asked.token } else { &asked.token_hash };
    let shown = match &address {
        _ if token.is_empty() => return Err(AuthError::invalid("Verify requires a token or a token_hash")),
        // A link says no address, and a token_hash needs none.
        _ if is_link || !asked.token_hash.is_empty() => Shown::Token(token),
        Ok(address) => Shown::Code { email: address, code: token.trim() },
        Err(_) => {
            return Err(AuthError::invalid("Verify requires the token_hash, or the token and the email it went to"));
        }
    };
    if let Shown::Code { email, .. } = shown {
        count(accounts, database, email).await?;
    }
    let used = one_time::use_up(accounts, database, shown, purposes).await?;
    let (mut transaction, used) = used.ok_or_else(|| not_good(shown))?;
    if used.purpose == Purpose::EmailChange || used.purpose == Purpose::EmailChangeCurrent {
        if used.is_half {
            // Without the other half, this one alone is worth nothing.
            let other = transaction.run_one(Query::new(HALVE).bind(&used.user_id).bind(&used.sent_to)).await?;
            other.ok_or_else(|| not_good(shown))?;
            transaction.commit().await?;
            return Ok(Outcome::HalfDone);
        }
        let changed = transaction.run_one(Query::new(CHANGE_EMAIL).bind(&used.user_id).bind(&used.sent_to)).await?;
        if changed.is_none() {
            let message = "A user with this email address has already been registered";
            return Err(AuthError::new(ErrorCode::EmailExists, message));
        }
    }
    let lost_password = match used.purpose {
        Purpose::EmailChange | Purpose::EmailChangeCurrent => false,
        purpose => {
            let query = Query::new(PROVE).bind(&used.user_id).bind(purpose == Purpose::EmailVerification);
            transaction.run_one(query).await?.is_some_and(|row| row.is("lost_password"))
        }
    };
    let outcome = if is_link && used.code_challenge.is_some() {
        with_code(accounts, database, transaction, &used).await?
    } else {
        signed_in(accounts, database, transaction, &used).await?
    };
    if lost_password {
        let (occasion, redirect_to) = (Occasion::PasswordContested, accounts.options.redirect(None));
        accounts.post(Notice { occasion, user_id: used.user_id, to: used.sent_to, redirect_to, code_challenge: None });
    }
    Ok(outcome)
}

/// Codes are few: how many may be tried for one address is counted, from one network and from all of them.
async fn count(accounts: &Accounts, database: &Database, email: &str) -> Result<(), AuthError> {
    let options = &accounts.options;
    let network = throttle::network(database.address());
    let here = Limit { name: "code_network", tries: options.failures_per_account, per: WINDOW };
    let everywhere = Limit { name: "code_address", tries: CODES_PER_DAY, per: DAY };
    let allowances = here.of(&format!("{email}|{network}")).into_iter().chain(everywhere.of(email));
    let allowances: Vec<_> = allowances.collect();
    throttle::take(accounts, database, ErrorCode::OverRequestRateLimit, &allowances).await
}

fn what_happened(purpose: Purpose) -> (Method, Action) {
    match purpose {
        Purpose::EmailVerification => (Method::Otp, Action::EmailConfirmed),
        Purpose::PasswordReset => (Method::Recovery, Action::SignedIn),
        Purpose::Invitation => (Method::Invite, Action::EmailConfirmed),
        Purpose::EmailChange | Purpose::EmailChangeCurrent => (Method::EmailChange, Action::EmailChanged),
        Purpose::MagicLink | Purpose::Reauthentication | Purpose::AuthorizationCode => (Method::Otp, Action::SignedIn),
    }
}

async fn signed_in(
    accounts: &Accounts,
    database: &Database,
    mut transaction: Transaction,
    used: &Used,
) -> Result<Outcome, AuthError> {
    let (method, action) = what_happened(used.purpose);
    let opening = Opening::new(accounts, database, &used.user_id, method);
    let event = Event::new(action).user(&used.user_id).session(&opening.session_id).detail("method", method.as_str());
    let row = transaction.run_one(opening.query.clone()).await?.ok_or_else(AuthError::invalid_credentials)?;
    if let Some(recorded) = accounts.trail.query(database, &event).await {
        transaction.run(recorded).await?;
    }
    transaction.commit().await?;
    let (session, refresh_token) = opening.opened(&row);
    let user = database.read_one(User::by_id(&used.user_id)).await?.ok_or_else(AuthError::internal)?;
    Ok(Outcome::SignedIn { user: Box::new(User::from_row(&user)), session, refresh_token })
}

async fn with_code(
    accounts: &Accounts,
    database: &Database,
    mut transaction: Transaction,
    used: &Used,
) -> Result<Outcome, AuthError> {
    let code = Token::random();
    let seconds = AUTHORIZATION_CODE.as_secs();
    transaction.run(one_time::issue_authorization_code(&code, used, seconds)).await?;
    // That somebody has signed in is recorded when the code is exchanged.
    let (_, action) = what_happened(used.purpose);
    if action != Action::SignedIn
        && let Some(recorded) = accounts.trail.query(database, &Event::new(action).user(&used.user_id)).await
    {
        transaction.run(recorded).await?;
    }
    transaction.commit().await?;
    Ok(Outcome::Code(code))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(to: &str, place: &str, expected: &str) {
        let response = sent_on(to, place).unwrap();
        assert_eq!(response.headers()[header::LOCATION], expected);
    }

    #[test]
    fn where_browsers_are_sent() {
        check("https://app.test", "#a=1", "https://app.test#a=1");
        check("https://app.test/x?y=1#z", "#a=1", "https://app.test/x?y=1#a=1");
        check("https://app.test/x", "?code=c", "https://app.test/x?code=c");
        check("https://app.test/x?y=1#z", "?code=c", "https://app.test/x?y=1&code=c");
        assert!(sent_on("https://app.test/\r\nSet-Cookie: x", "#a").is_err());
    }
}
