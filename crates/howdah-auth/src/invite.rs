//! `POST /auth/v1/invite`: an account for somebody who has not asked for one, and a mail that lets them take it over.
//!
//! It takes the service key. Following the link of the mail proves the address and signs in; a password comes after that.

use axum::extract::{Request, State};
use axum::routing::post;
use axum::{Json, Router};
use http::request::Parts;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::audit::Action;
use crate::body::{UrlQuery, read_json};
use crate::database::Database;
use crate::error::{AuthError, ErrorCode};
use crate::mailer::{Notice, Occasion};
use crate::sign_up::{Redirect, check_metadata};
use crate::signed_in::require_service_role;
use crate::user::User;
use crate::{Accounts, by_mail, email};

#[derive(Debug, Deserialize)]
struct Invitation {
    #[serde(default)]
    email: String,
    data: Option<Map<String, Value>>,
}

pub(crate) fn routes() -> Router<Accounts> {
    Router::new().route("/auth/v1/invite", post(handle))
}

async fn handle(
    State(accounts): State<Accounts>,
    UrlQuery(redirect): UrlQuery<Redirect>,
    request: Request,
) -> Result<Json<Value>, AuthError> {
    let (parts, body) = request.into_parts();
    require_service_role(&parts, &accounts)?;
    let wanted: Invitation = read_json(&parts, body, &accounts).await?;
    let data = Value::Object(wanted.data.unwrap_or_default());
    let user = invite(&accounts, &parts, &wanted.email, data, redirect.redirect_to.as_deref()).await?;
    Ok(Json(user.to_json()))
}

/// Makes an account for `address` on behalf of an administrator and sends its owner an invitation. `parts` are those of
/// the administrator's request: whoever calls this has checked that they may. An address that has an account which nobody
/// has used yet is invited once more.
///
/// # Errors
/// 422 `email_exists` for an address whose account is in use, 400 for what is no address, 422 where no mail can be sent.
pub(crate) async fn invite(
    accounts: &Accounts,
    parts: &Parts,
    address: &str,
    data: Value,
    redirect_to: Option<&str>,
) -> Result<User, AuthError> {
    by_mail::require_mail(accounts)?;
    let address = email::normalised(address)?;
    check_metadata(&data)?;
    let database = Database::new(&accounts.gate.pool, parts);
    by_mail::create(accounts, &database, &address, &data, Action::Invited).await?;
    let row = database.read_one(User::by_email(&address)).await?.ok_or_else(AuthError::internal)?;
    let user = User::from_row(&row);
    if user.email_confirmed_at.is_some() {
        let message = "A user with this email address has already been registered";
        return Err(AuthError::new(ErrorCode::EmailExists, message));
    }
    let redirect_to = accounts.options.redirect(redirect_to);
    let (occasion, user_id) = (Occasion::Invite, user.id.clone());
    accounts.post(Notice { occasion, user_id, to: address, redirect_to, code_challenge: None });
    Ok(user)
}
