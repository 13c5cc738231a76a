//! Sessions: opening one, and the access token, refresh token and answer that a client gets.
//!
//! An access token names its session and carries the account's epoch, so that ending either ends the token at once; the
//! gate sees to that. A refresh token is random, kept as a digest, and good once.

use axum::response::{IntoResponse, Response};
use howdah_http::unix_now;
use http::{HeaderMap, HeaderValue, header};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::audit::{Action, Event};
use crate::database::{Database, Query, Row};
use crate::error::AuthError;
use crate::token::Token;
use crate::user::User;
use crate::{Accounts, cookies};

const OPEN: &str = include_str!("sql/open_session.sql");

/// The database role of whoever has signed in.
pub(crate) const SIGNED_IN_ROLE: &str = "authenticated";

/// How somebody showed who they are: a method of RFC 8176, or Supabase's name where that has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Method {
    Password,
    /// A code or a link by mail.
    Otp,
    Totp,
    /// One of the codes that stand in for a lost second factor.
    RecoveryCode,
    Recovery,
    Invite,
    EmailChange,
    Anonymous,
}

impl Method {
    /// As it stands in `amr`.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Otp => "otp",
            Self::Totp => "totp",
            Self::RecoveryCode => "mfa/recovery_code",
            Self::Recovery => "recovery",
            Self::Invite => "invite",
            Self::EmailChange => "email_change",
            Self::Anonymous => "anonymous",
        }
    }

    /// One entry of `amr`, for now.
    pub(crate) fn entry(self) -> Value {
        json!({ "method": self.as_str(), "timestamp": unix_now() })
    }
}

/// A session that lives, as its access tokens describe it.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    pub(crate) id: String,
    /// `auth.users.token_epoch`.
    pub(crate) epoch: i64,
    /// When it ends at the latest, in seconds since 1970: no access token outlives it.
    pub(crate) ends_at: u64,
    /// A second factor was shown: `aal2`.
    pub(crate) has_second_factor: bool,
    /// How the person signed in: a JSON array of `{method, timestamp}`.
    pub(crate) amr: Value,
}

/// A session that is about to be opened.
#[derive(Debug)]
pub(crate) struct Opening {
    /// Opens it; see `sql/open_session.sql`. No row: the account was closed meanwhile.
    pub(crate) query: Query,
    /// What it will be called.
    pub(crate) session_id: String,
    amr: Value,
    refresh_token: Token,
}

impl Opening {
    /// For the account `user_id`, which has signed in by `method`.
    pub(crate) fn new(accounts: &Accounts, database: &Database, user_id: &str, method: Method) -> Self {
        let (refresh_token, amr) = (Token::random(), json!([method.entry()]));
        let session_id = Uuid::new_v4().to_string();
        let options = &accounts.options;
        let query = Query::new(OPEN)
            .bind(user_id)
            .bind(database.user_agent())
            .bind(database.address())
            .bind(refresh_token.digest())
            .bind(&amr)
            .bind(options.session.as_secs())
            .bind(options.session_idle.as_secs())
            .bind(false)
            .bind(&session_id);
        Self { query, session_id, amr, refresh_token }
    }

    /// The session, from the row that the query returned.
    pub(crate) fn opened(self, row: &Row) -> (Session, Token) {
        let session = Session {
            id: row.text("session_id"),
            epoch: row.integer("token_epoch"),
            ends_at: row.integer("ends_at").unsigned_abs(),
            has_second_factor: false,
            amr: self.amr,
        };
        (session, self.refresh_token)
    }
}

/// Opens a session for the account `user_id`, in a transaction of its own that records `action`.
pub(crate) async fn open(
    accounts: &Accounts,
    database: &Database,
    user_id: &str,
    method: Method,
    action: Action,
) -> Result<(Session, Token), AuthError> {
    let opening = Opening::new(accounts, database, user_id, method);
    let event = Event::new(action).user(user_id).session(&opening.session_id).detail("method", method.as_str());
    let recorded = accounts.trail.query(database, &event).await;
    let queries = std::iter::once(opening.query.clone()).chain(recorded);
    let rows = database.write_all(queries.collect()).await?;
    let row = rows.first().and_then(|rows| rows.first()).ok_or_else(AuthError::invalid_credentials)?;
    Ok(opening.opened(row))
}

/// A signed access token, and when it ends in seconds since 1970.
pub(crate) fn access_token(accounts: &Accounts, user: &User, session: &Session) -> Result<(String, u64), AuthError> {
    let options = &accounts.options;
    let issued_at = unix_now();
    let expires_at = (issued_at + options.access_token.as_secs()).min(session.ends_at);
    let claims = json!({
        "iss": options.issuer,
        "aud": options.audience,
        "sub": user.id,
        "role": SIGNED_IN_ROLE,
        "email": user.email.as_deref().unwrap_or_default(),
        "phone": "",
        "session_id": session.id,
        "aal": if session.has_second_factor { "aal2" } else { "aal1" },
        "amr": session.amr,
        "app_metadata": user.app_metadata(),
        "user_metadata": user.user_metadata,
        "is_anonymous": user.is_anonymous,
        "epoch": session.epoch,
        "iat": issued_at,
        "nbf": issued_at,
        "exp": expires_at,
    });
    let token = accounts.gate.tokens.sign(&claims).map_err(|error| {
        tracing::error!(code = error.code(), %error, "no token could be made");
        AuthError::internal()
    })?;
    Ok((token, expires_at))
}

/// What a client gets that has signed in or refreshed: the body of Supabase Auth's token endpoint.
pub(crate) fn token_body(
    accounts: &Accounts,
    user: &User,
    session: &Session,
    refresh_token: &Token,
) -> Result<Value, AuthError> {
    let (access_token, expires_at) = access_token(accounts, user, session)?;
    Ok(json!({
        "access_token": access_token,
        "token_type": "bearer",
        "expires_in": expires_at.saturating_sub(unix_now()),
        "expires_at": expires_at,
        "refresh_token": refresh_token.expose(),
        "user": user.to_json(),
    }))
}

/// [`token_body`] as a response: never stored on the way. `headers` are the request's.
pub(crate) fn answer(
    accounts: &Accounts,
    headers: &HeaderMap,
    user: &User,
    session: &Session,
    refresh_token: &Token,
) -> Result<Response, AuthError> {
    let mut body = token_body(accounts, user, session, refresh_token)?;
    let mut cookies = HeaderMap::new();
    cookies::set(accounts, headers, &mut body, &mut cookies);
    let mut response = (NO_STORE, axum::Json(body)).into_response();
    response.headers_mut().extend(cookies);
    Ok(response)
}

/// For answers that hold a secret or a person's data.
pub(crate) const NO_STORE: [(http::HeaderName, HeaderValue); 1] =
    [(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
