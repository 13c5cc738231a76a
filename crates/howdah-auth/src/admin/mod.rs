//! `/auth/v1/admin`: accounts as trusted server code sees them, in the form of Supabase Auth.
//!
//! All of it takes the service key ([`require_service_role`]) and is recorded in the audit trail: who did it, as far as the
//! token says, to which account, and which fields it was about; never what they hold. Whoever is refused is recorded too.

mod account;
mod attributes;
mod audit;
mod create;
mod factors;
mod link;
mod list;

use axum::Router;
use bytes::Bytes;
use http::request::Parts;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::Accounts;
use crate::audit::{Action, Event};
use crate::database::{Database, Query};
use crate::error::{AuthError, ErrorCode};
use crate::signed_in::{SERVICE_ROLE, SignedIn, require_service_role, service_name};
use crate::user::User;

/// $1 account, $2 reason, one of `auth.sessions.revoke_reason`.
const END_SESSIONS: &str = "update auth.sessions set revoked_at = now(), revoke_reason = $2::text
where user_id = $1::uuid and revoked_at is null returning id";

pub(crate) fn routes() -> Router<Accounts> {
    Router::new()
        .merge(list::routes())
        .merge(create::routes())
        .merge(account::routes())
        .merge(factors::routes())
        .merge(link::routes())
        .merge(audit::routes())
}

/// Whoever shows the service key.
#[derive(Debug)]
struct Administrator {
    /// It is told who they are, as far as the token says.
    database: Database,
    /// `sub` of the token, or its role where it is nobody's.
    by: String,
    claims: Bytes,
}

impl Administrator {
    /// # Errors
    /// 401 without a token, 403 `not_admin` with any other.
    async fn of(parts: &Parts, accounts: &Accounts) -> Result<Self, AuthError> {
        let principal = match require_service_role(parts, accounts) {
            Ok(principal) => principal,
            Err(error) => {
                record_refusal(parts, accounts, &error).await;
                return Err(error);
            }
        };
        let (by, claims) = service_name(&principal);
        Ok(Self { database: Database::with_claims(&accounts.gate.pool, parts, claims.clone()), by, claims })
    }

    /// What they did to an account.
    fn event(&self, action: Action, user_id: &str) -> Event {
        Event::new(action).user(user_id).by_caller().detail("by", self.by.as_str())
    }

    /// The database as trusted server code sees it.
    fn as_service_role(&self, accounts: &Accounts, parts: &Parts) -> Database {
        Database::with_role(SERVICE_ROLE, &accounts.gate.pool, parts, self.claims.clone())
    }

    /// The open account of a person with this id.
    ///
    /// # Errors
    /// 404 where there is none.
    async fn user(&self, id: &str) -> Result<User, AuthError> {
        let not_found = || AuthError::new(ErrorCode::UserNotFound, "User not found");
        let id: Uuid = id.parse().map_err(|_| not_found())?;
        let row = self.database.read_one(User::by_id(&id.to_string())).await?;
        row.as_ref().map(User::from_row).ok_or_else(not_found)
    }

    /// The statement that records what they did. It finds the account by its row, so it comes after one that makes the
    /// account and before one that deletes it.
    async fn record(&self, accounts: &Accounts, event: &Event) -> Option<Query> {
        accounts.trail.query(&self.database, event).await
    }

    /// All of it or nothing.
    ///
    /// # Errors
    /// 422 `email_exists` and 409 `conflict` for what other rows do not allow.
    async fn write(&self, queries: impl IntoIterator<Item = Query>) -> Result<(), AuthError> {
        self.database.try_write_all(queries.into_iter().collect()).await.map_err(|error| {
            let refused = error.database().map(|refused| (refused.code.as_str(), refused.constraint.as_deref()));
            match refused {
                Some(("23505", Some("users_pkey"))) => {
                    AuthError::new(ErrorCode::Conflict, "There is, or was, an account with this id")
                }
                Some(("23505", _)) => {
                    let message = "A user with this email address has already been registered";
                    AuthError::new(ErrorCode::EmailExists, message)
                }
                Some(("23503", _)) => {
                    let message = "Rows of other tables hold this account: delete those first, or close it with \
                                   should_soft_delete";
                    AuthError::new(ErrorCode::Conflict, message)
                }
                _ => AuthError::from(&error),
            }
        })?;
        Ok(())
    }
}

/// Only of those whose token is good: others are nobody, and could fill the trail.
async fn record_refusal(parts: &Parts, accounts: &Accounts, error: &AuthError) {
    if error.code() != ErrorCode::NotAdmin.as_str() {
        return;
    }
    let mut event = Event::new(Action::AdminRefused).detail("path", parts.uri.path());
    let database = match SignedIn::from_parts(parts, accounts) {
        Ok(who) => {
            event = event.user(&who.user_id).session(&who.session_id);
            who.database(accounts, parts)
        }
        Err(_) => Database::new(&accounts.gate.pool, parts),
    };
    accounts.trail.denied(&database, &event).await;
}

/// Ends all sessions of an account.
fn end_sessions(user_id: &str, reason: &str) -> Query {
    Query::new(END_SESSIONS).bind(user_id).bind(reason)
}

/// The account as administrators see it: in Supabase's form, and beside it what that has no names for.
fn shown(user: &User) -> Value {
    let mut shown = user.to_json();
    shown["account_role"] = json!(user.account_role);
    shown["may_sign_in"] = json!(user.may_sign_in);
    shown
}
