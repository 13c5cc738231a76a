//! `POST /auth/v1/token?grant_type=password`.

use axum::body::Body;
use axum::extract::{Query, Request, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use howdah_http::{ApiError, Caller, Principal, Trash, read_body, unix_now};
use howdah_pg::lane::{Flight, LaneError, Reply, Route, Statement, Step};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::Accounts;

const FIND_ACCOUNT: &str = include_str!("sql/find_account.sql");
const OPEN_SESSION: &str = include_str!("sql/open_session.sql");

/// The role that may read and write `auth.*`.
const AUTH_ROLE: &str = "howdah_auth";
/// How long an access token is good for.
const ACCESS_SECONDS: u64 = 3600;
/// Longer passwords are refused before they are hashed: nobody types them, and hashing is not free.
const LONGEST_PASSWORD: usize = 1024;

#[derive(Debug, Deserialize)]
pub(super) struct Grant {
    #[serde(default)]
    grant_type: String,
}

#[derive(Debug, Deserialize)]
struct Credentials {
    email: String,
    password: String,
}

struct Account {
    id: String,
    email: String,
    password_hash: Option<String>,
    is_active: bool,
    created_at: String,
    updated_at: String,
}

pub(super) async fn token(
    State(accounts): State<Accounts>,
    Query(grant): Query<Grant>,
    request: Request,
) -> Result<Response, AuthError> {
    let (parts, body) = request.into_parts();
    if grant.grant_type != "password" {
        let message = format!("grant_type \"{}\" is not supported; use grant_type=password", grant.grant_type);
        return Err(AuthError::new(StatusCode::BAD_REQUEST, "unsupported_grant_type", message));
    }
    let credentials = credentials(&parts.headers, body, &accounts).await?;
    let principal = system_principal();
    let caller = Caller::new(&principal, &parts);

    let account = find_account(&accounts, &caller, &credentials.email).await?;
    let stored = account.as_ref().and_then(|account| account.password_hash.clone());
    let matches = accounts.hasher.verify(credentials.password, stored).await.map_err(|error| {
        tracing::error!(%error, "a password could not be checked");
        AuthError::internal()
    })?;
    let account = match account {
        Some(account) if matches && account.is_active => account,
        account => {
            // One answer for a wrong password, an unknown address and a closed account: nothing to enumerate.
            let known = account.is_some();
            tracing::info!(target: "howdah::auth", event = "sign_in_refused", known_account = known);
            return Err(AuthError::invalid_credentials());
        }
    };
    let session_id = open_session(&accounts, &caller, &account).await?;
    tracing::info!(target: "howdah::auth", event = "signed_in", user_id = account.id, session_id);
    answer(&accounts, &account, &session_id)
}

async fn credentials(headers: &HeaderMap, body: Body, accounts: &Accounts) -> Result<Credentials, AuthError> {
    let body = read_body(headers, body, &accounts.gate).await?;
    let credentials: Credentials = serde_json::from_slice(&body).map_err(|error| {
        let message = format!("The body must be {{\"email\": …, \"password\": …}}: {error}");
        AuthError::new(StatusCode::BAD_REQUEST, "bad_json", message)
    })?;
    if credentials.password.len() > LONGEST_PASSWORD {
        return Err(AuthError::invalid_credentials());
    }
    Ok(credentials)
}

fn system_principal() -> Principal {
    Principal { role: AUTH_ROLE.into(), claims: Bytes::from_static(br#"{"role":"howdah_auth"}"#), is_anonymous: false }
}

async fn find_account(accounts: &Accounts, caller: &Caller<'_>, email: &str) -> Result<Option<Account>, AuthError> {
    let flight = Flight::read(vec![caller.step(Trash::Hidden, true), step(FIND_ACCOUNT, vec![Some(email)])]);
    let reply = accounts.gate.pool.run(flight, Route::Shared).await.map_err(|error| database(&error))?;
    let Some(columns) = first_row(&reply) else { return Ok(None) };
    let [id, email, password_hash, _role, is_active, created_at, updated_at] = columns.as_slice() else {
        return Err(AuthError::internal());
    };
    Ok(Some(Account {
        id: id.clone().unwrap_or_default(),
        email: email.clone().unwrap_or_default(),
        password_hash: password_hash.clone(),
        is_active: is_active.as_deref() == Some("t"),
        created_at: created_at.clone().unwrap_or_default(),
        updated_at: updated_at.clone().unwrap_or_default(),
    }))
}

async fn open_session(accounts: &Accounts, caller: &Caller<'_>, account: &Account) -> Result<String, AuthError> {
    let agent = caller.headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    let address = caller.address.map(|address| address.to_string());
    let params = vec![Some(account.id.as_str()), agent, address.as_deref()];
    let steps = vec![caller.step(Trash::Hidden, false), step(OPEN_SESSION, params)];
    let reply =
        accounts.gate.pool.run(Flight::write(steps), Route::Exclusive).await.map_err(|error| database(&error))?;
    let session = first_row(&reply).and_then(|columns| columns.into_iter().next().flatten());
    session.ok_or_else(AuthError::invalid_credentials)
}

fn answer(accounts: &Accounts, account: &Account, session_id: &str) -> Result<Response, AuthError> {
    let issued_at = unix_now();
    let expires_at = issued_at + ACCESS_SECONDS;
    let claims = json!({
        "iss": "howdah",
        "aud": "authenticated",
        "sub": account.id,
        "role": "authenticated",
        "email": account.email,
        "session_id": session_id,
        "iat": issued_at,
        "exp": expires_at,
    });
    let access_token = accounts.gate.tokens.sign(&claims).map_err(|error| {
        tracing::error!(code = error.code(), %error, "no token could be made");
        AuthError::internal()
    })?;
    let body = json!({
        "access_token": access_token,
        "token_type": "bearer",
        "expires_in": ACCESS_SECONDS,
        "expires_at": expires_at,
        "user": {
            "id": account.id,
            "aud": "authenticated",
            "role": "authenticated",
            "email": account.email,
            "created_at": account.created_at,
            "updated_at": account.updated_at,
        },
    });
    let no_store = [(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    Ok((no_store, axum::Json(body)).into_response())
}

fn step(sql: &'static str, params: Vec<Option<&str>>) -> Step {
    let params = params.into_iter().map(|p| p.map(|text| Bytes::copy_from_slice(text.as_bytes()))).collect();
    Step { statement: Statement::new(AUTH_ROLE, sql), params }
}

fn first_row(reply: &Reply) -> Option<Vec<Option<String>>> {
    let row = reply.rows(reply.last()?).next()?;
    Some(row.map(|column| column.map(|bytes| String::from_utf8_lossy(bytes).into_owned())).collect())
}

fn database(error: &LaneError) -> AuthError {
    // No such role, schema or table: the database is not one with accounts.
    if error.database().is_some_and(|e| matches!(e.code.as_str(), "22023" | "42501" | "3F000" | "42P01")) {
        let message = "This database has no accounts: it lacks the schema auth or the role howdah_auth";
        return AuthError::new(StatusCode::NOT_FOUND, "accounts_off", message);
    }
    AuthError::from(ApiError::from_lane(error, false))
}

/// An error in the form that Supabase's clients read: `{code, error_code, msg}`.
#[derive(Debug)]
pub(super) struct AuthError {
    status: StatusCode,
    error_code: String,
    message: String,
    inner: Option<Box<ApiError>>,
}

impl AuthError {
    fn new(status: StatusCode, error_code: &str, message: impl Into<String>) -> Self {
        Self { status, error_code: error_code.to_owned(), message: message.into(), inner: None }
    }

    fn invalid_credentials() -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_credentials", "Invalid login credentials")
    }

    fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "unexpected_failure", "An unexpected error; see the server's log.")
    }
}

impl From<ApiError> for AuthError {
    fn from(error: ApiError) -> Self {
        if error.status.is_server_error() && error.status != StatusCode::SERVICE_UNAVAILABLE {
            // What went wrong inside is in the log.
            return Self::internal();
        }
        Self {
            status: error.status,
            error_code: error.code.clone(),
            message: error.message.clone(),
            inner: Some(Box::new(error)),
        }
    }
}

impl IntoResponse for AuthError {
    fn into_response(self) -> Response {
        let body: Value = json!({ "code": self.status.as_u16(), "error_code": self.error_code, "msg": self.message });
        let mut response = (self.status, axum::Json(body)).into_response();
        if let Some(inner) = self.inner {
            // Retry-After and the like.
            for (name, value) in inner.into_response().headers() {
                if name != header::CONTENT_LENGTH && name != header::CONTENT_TYPE {
                    response.headers_mut().insert(name, value.clone());
                }
            }
        }
        response
    }
}
