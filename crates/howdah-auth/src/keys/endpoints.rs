//! `/auth/v1/keys`.

use std::time::Duration;

use axum::extract::{Path, Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use axum::{Json, Router};
use howdah_http::{ApiError, Principal, Scopes};
use http::request::Parts;
use http::{HeaderValue, StatusCode, header};
use serde::{Deserialize, Serialize};

use super::store::{KeyError, KeyId, KeyRole, KeyStore, NewKey};
use crate::Accounts;
use crate::audit::{Action, Event};
use crate::body::{UrlQuery, read_json};
use crate::database::Database;
use crate::error::{AuthError, ErrorCode};
use crate::signed_in::{SignedIn, require_service_role, service_name};

/// How long a key is good if nobody says.
const LIFE: u64 = 365 * 24 * 3600;
/// How long a rotated key works on if nobody says.
const GRACE: u64 = 24 * 3600;
/// And at the most.
const LONGEST_GRACE: u64 = 30 * 24 * 3600;

pub(crate) fn routes() -> Router<Accounts> {
    Router::new()
        .route("/auth/v1/keys", get(list).post(create))
        .route("/auth/v1/keys/{id}", delete(revoke))
        .route("/auth/v1/keys/{id}/rotate", post(rotate))
}

/// Who deals with keys.
struct Asking {
    store: KeyStore,
    database: Database,
    /// The account whose keys alone they get at; `None` for the service role.
    user_id: Option<String>,
}

impl Asking {
    /// A person in a session, who has shown their second factor if they have one; or the service role.
    async fn read(accounts: &Accounts, parts: &Parts) -> Result<Self, AuthError> {
        let is_service = Principal::from_parts(parts, &accounts.gate).is_ok_and(|who| &*who.role == "service_role");
        if is_service {
            let principal = require_service_role(parts, accounts)?;
            let (by, claims) = service_name(&principal);
            let database = Database::with_claims(&accounts.gate.pool, parts, claims);
            let store = KeyStore::of_request(database.clone(), accounts.trail.clone(), by);
            return Ok(Self { store, database, user_id: None });
        }
        let signed_in = SignedIn::from_parts(parts, accounts)?;
        let database = signed_in.database(accounts, parts);
        let user = signed_in.user(&database).await?;
        if user.verified_factors > 0 && !signed_in.has_second_factor() {
            let message = "Keys are dealt with in a session that has shown the second factor";
            return Err(AuthError::new(ErrorCode::InsufficientAal, message));
        }
        let store = KeyStore::of_request(database.clone(), accounts.trail.clone(), user.id.clone());
        Ok(Self { store, database, user_id: Some(user.id) })
    }
}

impl From<KeyError> for AuthError {
    fn from(error: KeyError) -> Self {
        let status = match &error {
            KeyError::Database(_) => StatusCode::INTERNAL_SERVER_ERROR,
            KeyError::NoId | KeyError::Unknown | KeyError::NotToRotate => StatusCode::NOT_FOUND,
            KeyError::NoOwner => StatusCode::CONFLICT,
            _ => StatusCode::BAD_REQUEST,
        };
        match error {
            KeyError::Database(error) => error,
            other => ApiError::new(status, other.code(), other.to_string()).into(),
        }
    }
}

#[derive(Debug, Deserialize)]
struct Whose {
    user_id: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    #[serde(default)]
    name: String,
    #[serde(default)]
    scopes: Vec<String>,
    role: Option<String>,
    /// Seconds, or `never`.
    expires_in: Option<Life>,
    user_id: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Life {
    Seconds(u64),
    Word(String),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rotation {
    #[serde(default = "usual_grace")]
    grace_seconds: u64,
}

fn usual_grace() -> u64 {
    GRACE
}

async fn list(
    State(accounts): State<Accounts>,
    UrlQuery(whose): UrlQuery<Whose>,
    request: Request,
) -> Result<Response, AuthError> {
    let (parts, _) = request.into_parts();
    let asking = Asking::read(&accounts, &parts).await?;
    let wanted = whose.user_id.as_deref().map(uuid).transpose()?;
    let keys = match (&asking.user_id, wanted) {
        (Some(own), Some(wanted)) if *own != wanted => return Err(not_theirs()),
        (Some(own), _) => asking.store.list(Some(own)).await?,
        (None, wanted) => asking.store.list(wanted.as_deref()).await?,
    };
    Ok(answer(StatusCode::OK, &keys))
}

async fn create(State(accounts): State<Accounts>, request: Request) -> Result<Response, AuthError> {
    let (parts, body) = request.into_parts();
    let asking = Asking::read(&accounts, &parts).await?;
    let wanted: Wanted = read_json(&parts, body, &accounts).await?;
    let role = match &wanted.role {
        None => KeyRole::Authenticated,
        Some(name) => KeyRole::of_name(name).ok_or_else(|| {
            AuthError::invalid("role is one of anon, authenticated, service_role and howdah_readonly")
        })?,
    };
    let for_whom = wanted.user_id.as_deref().map(uuid).transpose()?;
    let user_id = match (&asking.user_id, for_whom) {
        (Some(own), Some(other)) if *own != other => return Err(not_theirs()),
        (Some(own), _) if role.is_above_accounts() => {
            let event = Event::new(Action::KeyRefused).user(own).detail("role", role.name());
            accounts.trail.denied(&asking.database, &event).await;
            let message = "A key cannot have a role above that of its owner: keys of service_role and \
                           howdah_readonly are made by the service role or at the command line";
            return Err(AuthError::new(ErrorCode::NotAdmin, message));
        }
        (Some(own), _) => own.clone(),
        (None, Some(other)) => other,
        (None, None) => return Err(AuthError::invalid("user_id is missing: the account that the key acts for")),
    };
    let life = match wanted.expires_in {
        None => Some(LIFE),
        Some(Life::Seconds(seconds)) => Some(seconds),
        Some(Life::Word(word)) if word == "never" => None,
        Some(Life::Word(_)) => return Err(AuthError::invalid("expires_in is a number of seconds, or \"never\"")),
    };
    let scopes = Scopes::parse(&wanted.scopes).map_err(KeyError::from)?;
    scopes.check(&asking.store.served(&accounts.schemas).await?).map_err(KeyError::from)?;
    let new = NewKey { user_id, name: wanted.name, scopes, role, life: life.map(Duration::from_secs) };
    let made = asking.store.create(&new).await?;
    Ok(answer(StatusCode::CREATED, &made))
}

async fn rotate(
    State(accounts): State<Accounts>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, AuthError> {
    let (parts, body) = request.into_parts();
    let asking = Asking::read(&accounts, &parts).await?;
    let rotation: Rotation = read_json(&parts, body, &accounts).await?;
    if rotation.grace_seconds > LONGEST_GRACE {
        return Err(AuthError::invalid(format!("grace_seconds is {LONGEST_GRACE} at the most")));
    }
    let id = KeyId::parse(&id)?;
    let grace = Duration::from_secs(rotation.grace_seconds);
    let made = asking.store.rotate(&id, asking.user_id.as_deref(), grace).await?;
    let key = &made.key;
    if let Some(old) = &key.rotated_from_id
        && let Some(prefix) = asking.store.prefix(old).await?
    {
        accounts.gate.keys.forget(&prefix);
    }
    Ok(answer(StatusCode::CREATED, &made))
}

async fn revoke(
    State(accounts): State<Accounts>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, AuthError> {
    let (parts, _) = request.into_parts();
    let asking = Asking::read(&accounts, &parts).await?;
    let key = asking.store.revoke(&KeyId::parse(&id)?, asking.user_id.as_deref()).await?;
    accounts.gate.keys.forget(&key.prefix);
    Ok(answer(StatusCode::OK, &key))
}

fn answer(status: StatusCode, body: &impl Serialize) -> Response {
    let no_store = [(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    (status, no_store, Json(body)).into_response()
}

fn uuid(text: &str) -> Result<String, AuthError> {
    match KeyId::parse(text) {
        Ok(KeyId::Id(id)) => Ok(id),
        _ => Err(AuthError::invalid("user_id is the id of an account, a UUID")),
    }
}

/// Also for accounts that are not there.
fn not_theirs() -> AuthError {
    AuthError::new(ErrorCode::NotAdmin, "Only the service role deals with the keys of others")
}
