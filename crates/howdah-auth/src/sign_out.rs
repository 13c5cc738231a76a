//! `POST /auth/v1/logout?scope=global|local|others`: ends sessions, and with them their access tokens, everywhere and at
//! once.

use axum::Router;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use http::StatusCode;
use serde::Deserialize;

use crate::audit::{Action, Event};
use crate::body::UrlQuery;
use crate::database::Query;
use crate::error::AuthError;
use crate::signed_in::SignedIn;
use crate::{Accounts, cookies};

/// $1 account, $2 session, $3 scope, $4 reason.
const END: &str = "update auth.sessions set revoked_at = now(), revoke_reason = $4::text
where user_id = $1::uuid and revoked_at is null
  and case $3::text when 'local' then id = $2::uuid when 'others' then id <> $2::uuid else true end";

/// Which sessions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Scope {
    /// All of the account.
    #[default]
    Global,
    /// The one that asks.
    Local,
    /// All but the one that asks.
    Others,
}

impl Scope {
    fn as_str(self) -> &'static str {
        match self {
            Self::Global => "global",
            Self::Local => "local",
            Self::Others => "others",
        }
    }
}

#[derive(Debug, Deserialize)]
struct Wanted {
    #[serde(default)]
    scope: Scope,
}

pub(crate) fn routes() -> Router<Accounts> {
    Router::new().route("/auth/v1/logout", post(sign_out))
}

/// The statement that ends sessions of whoever asks. `reason` is one of `auth.sessions.revoke_reason`.
pub(crate) fn end(who: &SignedIn, scope: Scope, reason: &str) -> Query {
    Query::new(END).bind(&who.user_id).bind(&who.session_id).bind(scope.as_str()).bind(reason)
}

async fn sign_out(
    State(accounts): State<Accounts>,
    UrlQuery(wanted): UrlQuery<Wanted>,
    request: Request,
) -> Result<Response, AuthError> {
    let (parts, _) = request.into_parts();
    let who = SignedIn::from_parts(&parts, &accounts)?;
    let database = who.database(&accounts, &parts);
    let event = Event::new(Action::SignedOut).user(&who.user_id).session(&who.session_id);
    let event = event.detail("scope", wanted.scope.as_str());
    let recorded = accounts.trail.query(&database, &event).await;
    let queries = std::iter::once(end(&who, wanted.scope, "logout")).chain(recorded);
    database.write_all(queries.collect()).await?;
    let mut response = StatusCode::NO_CONTENT.into_response();
    if wanted.scope != Scope::Others {
        cookies::clear(&accounts, response.headers_mut());
    }
    Ok(response)
}
