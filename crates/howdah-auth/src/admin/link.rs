//! `POST /auth/v1/admin/generate_link`: what a mail would have held, for a server that writes its mails itself.
//!
//! Nothing is sent. The link and the code are those of the same kind that a mail brings, with the same lifetime, and end
//! earlier ones; whoever uses them has to be the owner of the address, which is for that server to see to.

use axum::extract::{Request, State};
use axum::routing::post;
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{Administrator, account, create, shown};
use crate::audit::Action;
use crate::body::{UrlQuery, read_json};
use crate::database::Query;
use crate::error::{AuthError, ErrorCode};
use crate::mail;
use crate::one_time::{Issue, Purpose};
use crate::sign_up::{Redirect, check_metadata};
use crate::user::User;
use crate::{Accounts, email, password_rules};

#[derive(Debug, Deserialize)]
struct Wanted {
    #[serde(default, rename = "type")]
    kind: String,
    #[serde(default)]
    email: String,
    #[serde(default)]
    new_email: String,
    #[serde(default)]
    password: String,
    data: Option<Map<String, Value>>,
    redirect_to: Option<String>,
}

/// What is to be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Signup,
    Invite,
    MagicLink,
    Recovery,
    EmailChangeCurrent,
    EmailChangeNew,
}

impl Kind {
    const ALL: [(&'static str, Self); 6] = [
        ("signup", Self::Signup),
        ("invite", Self::Invite),
        ("magiclink", Self::MagicLink),
        ("recovery", Self::Recovery),
        ("email_change_current", Self::EmailChangeCurrent),
        ("email_change_new", Self::EmailChangeNew),
    ];

    fn of_name(name: &str) -> Result<Self, AuthError> {
        Self::ALL.into_iter().find(|(known, _)| *known == name).map(|(_, kind)| kind).ok_or_else(|| {
            let names: Vec<_> = Self::ALL.iter().map(|(name, _)| *name).collect();
            AuthError::invalid(format!("type must be one of {}", names.join(", ")))
        })
    }

    fn name(self) -> &'static str {
        Self::ALL.into_iter().find(|(_, kind)| *kind == self).map_or("", |(name, _)| name)
    }

    fn purpose(self) -> Purpose {
        match self {
            Self::Signup => Purpose::EmailVerification,
            Self::Invite => Purpose::Invitation,
            Self::MagicLink => Purpose::MagicLink,
            Self::Recovery => Purpose::PasswordReset,
            Self::EmailChangeCurrent => Purpose::EmailChangeCurrent,
            Self::EmailChangeNew => Purpose::EmailChange,
        }
    }
}

pub(super) fn routes() -> Router<Accounts> {
    Router::new().route("/auth/v1/admin/generate_link", post(generate))
}

async fn generate(
    State(accounts): State<Accounts>,
    UrlQuery(redirect): UrlQuery<Redirect>,
    request: Request,
) -> Result<Json<Value>, AuthError> {
    let (parts, body) = request.into_parts();
    let administrator = Administrator::of(&parts, &accounts).await?;
    let wanted: Wanted = read_json(&parts, body, &accounts).await?;
    let address = email::normalised(&wanted.email)?;
    let known = administrator.database.read_one(User::by_email(&address)).await?.map(|row| User::from_row(&row));
    let kind = match Kind::of_name(&wanted.kind)? {
        // As in Supabase Auth: a link for somebody who has no account yet is their sign-up.
        Kind::MagicLink if known.is_none() => Kind::Signup,
        kind => kind,
    };
    let redirect_to = redirect.redirect_to.or(wanted.redirect_to.clone());
    let redirect_to = accounts.options.redirect(redirect_to.as_deref());
    let mut queries = Vec::new();
    let user_id = match &known {
        Some(user) => user.id.clone(),
        None => Uuid::new_v4().to_string(),
    };
    if matches!(kind, Kind::Signup | Kind::Invite | Kind::MagicLink) {
        queries.extend(account_of(&accounts, kind, known.as_ref(), &user_id, &address, &wanted).await?);
    }
    let known_or_made = known.as_ref().map(|user| user.email_confirmed_at.is_some());
    let (about, is_half) = match (kind, known_or_made) {
        (Kind::EmailChangeCurrent | Kind::EmailChangeNew | Kind::Recovery, None) => {
            return Err(AuthError::new(ErrorCode::UserNotFound, "User with this email not found"));
        }
        (Kind::EmailChangeCurrent | Kind::EmailChangeNew, Some(is_proven)) => {
            let both = accounts.options.both_addresses && is_proven;
            if kind == Kind::EmailChangeCurrent && !both {
                let message = "This change takes the consent of the new address alone (auth.mail_both_addresses): \
                               generate email_change_new";
                return Err(AuthError::invalid(message));
            }
            (free_address(&administrator, &wanted.new_email).await?, both)
        }
        _ => (address, false),
    };
    let issue = Issue::new(&accounts, &user_id, kind.purpose(), &about, None, is_half);
    let event = administrator.event(Action::AdminMadeLink, &user_id).detail("type", kind.name());
    queries.extend(administrator.record(&accounts, &event).await);
    queries.push(issue.query.clone());
    administrator.write(queries).await?;
    let token = issue.token.expose();
    let mut answer = shown(&administrator.user(&user_id).await?);
    let base = accounts.options.base_url();
    answer["action_link"] = json!(mail::link(base, token, kind.purpose().type_of_link(), &redirect_to));
    answer["email_otp"] = json!(issue.code.expose());
    answer["hashed_token"] = json!(token);
    answer["redirect_to"] = json!(redirect_to);
    answer["verification_type"] = json!(kind.name());
    Ok(Json(answer))
}

/// Makes the account that a link is for, or gives the one that nobody has used yet what is said of it.
async fn account_of(
    accounts: &Accounts,
    kind: Kind,
    known: Option<&User>,
    user_id: &str,
    address: &str,
    wanted: &Wanted,
) -> Result<Option<Query>, AuthError> {
    if kind == Kind::MagicLink {
        return Ok(None);
    }
    if known.is_some_and(|user| user.email_confirmed_at.is_some()) {
        let message = "A user with this email address has already been registered";
        return Err(AuthError::new(ErrorCode::EmailExists, message));
    }
    let data = Value::Object(wanted.data.clone().unwrap_or_default());
    check_metadata(&data)?;
    // A sign-up that was asked for as a magic link has no password.
    let hash = if kind == Kind::Signup && wanted.kind == kind.name() {
        if wanted.password.is_empty() {
            return Err(AuthError::invalid("Signup requires a valid password"));
        }
        password_rules::check(&wanted.password, Some(address), accounts.options.password_min_length)?;
        Some(accounts.hash(wanted.password.clone()).await?)
    } else {
        None
    };
    let none = None::<&str>;
    Ok(Some(match known {
        None => Query::new(create::CREATE)
            .bind(user_id)
            .bind(address)
            .bind(hash)
            .bind(false)
            .bind(&data)
            .bind(none)
            .bind(none)
            .bind(none)
            .bind(none),
        Some(_) => Query::new(account::CHANGE)
            .bind(user_id)
            .bind(none)
            .bind(none)
            .bind(hash)
            .bind(&data)
            .bind(none)
            .bind(none)
            .bind(none)
            .bind(none),
    }))
}

/// An address that an account may change to.
async fn free_address(administrator: &Administrator, wanted: &str) -> Result<String, AuthError> {
    if wanted.is_empty() {
        return Err(AuthError::invalid("A change of address takes new_email"));
    }
    let address = email::normalised(wanted)?;
    if administrator.database.read_one(User::by_email(&address)).await?.is_some() {
        let message = "A user with this email address has already been registered";
        return Err(AuthError::new(ErrorCode::EmailExists, message));
    }
    Ok(address)
}
