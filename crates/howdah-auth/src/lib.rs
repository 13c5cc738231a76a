//! `/auth/v1`: accounts and sessions in the form of Supabase Auth, for a database that has the `auth` schema.
//!
//! Foundation: [`database`](self) runs statements as the role `howdah_auth`, `user` is the account as it is read,
//! `session` opens sessions and issues tokens, `signed_in` says whose request it is, `audit` records what happens, `mailer`
//! is what sends mails, `token` makes secrets, `settings` is what an operator decides, `error` what a client is told.
//!
//! An endpoint is a module with `routes()`; [`router`] merges them.

mod admin;
mod audit;
mod body;
mod by_mail;
mod contest;
mod cookies;
mod database;
mod email;
mod error;
mod info;
mod invite;
pub mod keys;
pub mod mail;
mod mailer;
mod mfa;
mod one_time;
mod own_account;
mod own_sessions;
mod password;
mod password_rules;
mod pkce;
mod refresh;
mod session;
mod settings;
mod sign_in;
mod sign_out;
mod sign_up;
mod signed_in;
mod throttle;
mod token;
mod user;
mod verify;

use std::sync::Arc;

use axum::Router;
use axum::middleware::map_response;
use axum::response::Response;
use howdah_http::Gate;
use http::{HeaderValue, header};

pub use cookies::layer as with_cookies;
pub use error::{AuthError, ErrorCode};
pub use mailer::{MailError, Mailer, Notice, Occasion, Posted};
pub use password::{PasswordError, PasswordHasher};
pub use pkce::CodeChallenge;
pub use settings::{AuthOptions, LONGEST_ACCESS_TOKEN};

use audit::Trail;
use mfa::SecondFactors;

/// What the endpoints share. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Accounts {
    pub(crate) gate: Gate,
    pub(crate) hasher: PasswordHasher,
    pub(crate) options: Arc<AuthOptions>,
    pub(crate) mailer: Option<Arc<dyn Mailer>>,
    pub(crate) trail: Trail,
    /// The schemas that are served: what scopes of keys may name.
    pub(crate) schemas: Arc<[String]>,
    pub(crate) second_factors: SecondFactors,
}

impl Accounts {
    /// Accounts behind `gate`, without mail.
    pub fn new(gate: Gate, hasher: PasswordHasher, options: AuthOptions) -> Self {
        let second_factors = SecondFactors::new(hasher.pepper());
        let (options, trail, schemas) = (Arc::new(options), Trail::default(), Arc::new(["public".to_owned()]));
        Self { gate, hasher, options, mailer: None, trail, schemas, second_factors }
    }

    /// The same, where these schemas are served, of which the first is the default one.
    #[must_use]
    pub fn with_schemas(mut self, schemas: &[String]) -> Self {
        self.schemas = schemas.into();
        self
    }

    /// The same with mail.
    #[must_use]
    pub fn with_mailer(mut self, mailer: Arc<dyn Mailer>) -> Self {
        self.mailer = Some(mailer);
        self
    }

    /// The stored form of a new password.
    pub(crate) async fn hash(&self, password: String) -> Result<String, AuthError> {
        self.hasher.hash_in_turn(password).await.map_err(|error| {
            tracing::error!(%error, "a password could not be hashed");
            AuthError::internal()
        })
    }

    /// Whether it is the password behind `stored`; takes as long where there is none.
    pub(crate) async fn verify(&self, password: String, stored: Option<String>) -> Result<bool, AuthError> {
        self.hasher.verify(password, stored).await.map_err(|error| {
            tracing::error!(%error, "a password could not be checked");
            AuthError::internal()
        })
    }

    /// Has a mail sent, without making anybody wait for it. Nothing is sent where there is no mailer: whoever depends on
    /// it looks before.
    pub(crate) fn post(&self, notice: Notice) {
        let Some(mailer) = self.mailer.clone() else { return };
        tokio::spawn(async move {
            let occasion = notice.occasion;
            if let Err(error) = mailer.post(notice).await {
                tracing::error!(?occasion, %error, "a mail could not be sent");
            }
        });
    }
}

/// The endpoints, for a database that has the `auth` schema.
pub fn router(accounts: Accounts) -> Router {
    Router::new()
        .merge(sign_up::routes())
        .merge(sign_in::routes())
        .merge(sign_out::routes())
        .merge(own_account::routes())
        .merge(own_sessions::routes())
        .merge(info::routes())
        .merge(keys::routes())
        .merge(mfa::routes())
        .merge(admin::routes())
        .merge(by_mail::routes())
        .merge(invite::routes())
        .merge(verify::routes())
        .with_state(accounts)
        .layer(map_response(never_stored))
}

/// All of it is about somebody: nothing on the way may keep a copy, and no page may put it into a frame.
async fn never_stored(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"),
    );
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    response
}
