//! Who a request to `/auth/v1` comes from: a person in a session, or a server with the service key.

use bytes::Bytes;
use howdah_http::{JwtError, Principal, unix_now};
use http::header;
use http::request::Parts;
use serde_json::Value;
use uuid::Uuid;

use crate::Accounts;
use crate::database::{Database, Query};
use crate::error::{AuthError, ErrorCode};
use crate::user::User;

/// The account of a token whose session lives: `$1` account, `$2` session, `$3` epoch.
const OF_SESSION: &str = concat!(
    include_str!("sql/account.sql"),
    "and u.id = $1::uuid and u.token_epoch = $3::integer and u.is_active and exists (
       select from auth.sessions as s
       where s.id = $2::uuid and s.user_id = u.id
         and s.revoked_at is null and s.not_after > now() and s.idle_until > now())"
);

/// The database role of trusted server code: what the service key stands for.
pub(crate) const SERVICE_ROLE: &str = "service_role";
/// Of what a key calls itself, in characters.
const LONGEST_NAME: usize = 100;

/// Whoever shows an access token that this server has issued.
#[derive(Debug, Clone)]
pub(crate) struct SignedIn {
    pub(crate) user_id: String,
    pub(crate) session_id: String,
    /// All claims of the token.
    pub(crate) claims: Value,
    epoch: i64,
    json: Bytes,
}

impl SignedIn {
    /// Reads the bearer token.
    ///
    /// # Errors
    /// 401 where there is none, 403 for one that does not verify or is not of a session.
    pub(crate) fn from_parts(parts: &Parts, accounts: &Accounts) -> Result<Self, AuthError> {
        let principal = principal(parts, accounts)?;
        if principal.is_anonymous {
            return Err(AuthError::new(ErrorCode::NoAuthorization, "This endpoint requires a Bearer token"));
        }
        let claims: Value = serde_json::from_slice(&principal.claims).unwrap_or_default();
        let text = |name: &str| claims[name].as_str().filter(|text| !text.is_empty()).map(str::to_owned);
        let (Some(user_id), Some(session_id), Some(epoch)) =
            (text("sub"), text("session_id"), claims["epoch"].as_i64())
        else {
            return Err(AuthError::new(ErrorCode::BadJwt, "This token belongs to no session: sign in first"));
        };
        if claims["iss"] != *accounts.options.issuer {
            return Err(AuthError::new(ErrorCode::BadJwt, "This token was issued by somebody else"));
        }
        Ok(Self { user_id, session_id, epoch, json: principal.claims, claims })
    }

    /// The database, told whose request it is.
    pub(crate) fn database(&self, accounts: &Accounts, parts: &Parts) -> Database {
        Database::with_claims(&accounts.gate.pool, parts, self.json.clone())
    }

    /// The account, as it is now; asks the database, so that it holds even in the instant before the gate has heard that
    /// the session has ended.
    ///
    /// # Errors
    /// 403 `session_not_found` when session or account has ended.
    pub(crate) async fn user(&self, database: &Database) -> Result<User, AuthError> {
        let query = Query::new(OF_SESSION).bind(&self.user_id).bind(&self.session_id).bind(self.epoch);
        let row = database.read_one(query).await?;
        row.as_ref().map(User::from_row).ok_or_else(session_not_found)
    }

    /// Whether the person has shown who they are so lately that they need not be asked again.
    pub(crate) fn is_recent(&self, accounts: &Accounts) -> bool {
        let moments = self.claims["amr"].as_array().into_iter().flatten();
        let latest = moments.filter_map(|entry| entry["timestamp"].as_u64()).max();
        let oldest = unix_now().saturating_sub(accounts.options.reauthentication.as_secs());
        latest.is_some_and(|latest| latest >= oldest)
    }

    /// Whether a second factor was shown in this session.
    pub(crate) fn has_second_factor(&self) -> bool {
        self.claims["aal"] == "aal2"
    }
}

/// Lets trusted server code pass, and nobody else: neither an API key, whose scopes name tables and not this, nor a page in
/// a browser, where everybody could read the key. What browsers add to each request is looked at; no script can take it
/// away.
///
/// # Errors
/// 401 without a token, 403 `not_admin` with any other.
pub(crate) fn require_service_role(parts: &Parts, accounts: &Accounts) -> Result<Principal, AuthError> {
    let principal = principal(parts, accounts)?;
    if principal.is_anonymous {
        return Err(AuthError::new(ErrorCode::NoAuthorization, "This endpoint requires a Bearer token"));
    }
    if *principal.role != *SERVICE_ROLE {
        return Err(AuthError::new(ErrorCode::NotAdmin, "User not allowed"));
    }
    let claims: Value = serde_json::from_slice(&principal.claims).unwrap_or_default();
    if !claims["api_key_id"].is_null() {
        let message = "An API key is for tables: this takes the service key itself";
        return Err(AuthError::new(ErrorCode::NotAdmin, message));
    }
    if parts.headers.contains_key(header::ORIGIN) || parts.headers.contains_key("sec-fetch-site") {
        let message = "The service key does not belong into a page: everybody who opens it can read the key. Make a new \
                       one, and call this from a server";
        return Err(AuthError::new(ErrorCode::NotAdmin, message));
    }
    Ok(principal)
}

/// What the service key calls itself, `sub` or its role, for the audit trail; and its claims for the database.
pub(crate) fn service_name(principal: &Principal) -> (String, Bytes) {
    let mut claims: Value = serde_json::from_slice(&principal.claims).unwrap_or_default();
    let subject = claims["sub"].as_str().map(str::to_owned);
    // A key may be of somebody who is no account; `auth.uid()` must not stumble over that.
    if subject.as_ref().is_some_and(|subject| Uuid::try_parse(subject).is_err())
        && let Some(claims) = claims.as_object_mut()
    {
        claims.remove("sub");
    }
    let by = subject.as_deref().unwrap_or(&principal.role).chars().take(LONGEST_NAME).collect();
    (by, Bytes::from(claims.to_string()))
}

fn session_not_found() -> AuthError {
    AuthError::new(ErrorCode::SessionNotFound, "Session from session_id claim in JWT does not exist")
}

fn principal(parts: &Parts, accounts: &Accounts) -> Result<Principal, AuthError> {
    Principal::from_parts(parts, &accounts.gate).map_err(|error| {
        if error.status.is_server_error() {
            return AuthError::from(error);
        }
        if error.message == JwtError::SessionEnded.to_string() {
            return session_not_found();
        }
        AuthError::new(ErrorCode::BadJwt, format!("invalid JWT: {}", error.message))
    })
}
