//! What answers requests under one set of settings: pool, gate, API and routes. It never changes; other settings are
//! another stack.

use std::sync::Arc;

use axum::extract::Request;
use axum::{Router, middleware};
use howdah_api::Api;
use howdah_auth::mail::{Mailbox, Post};
use howdah_auth::{Accounts, PasswordHasher};
use howdah_http::{ApiError, Following, Gate, KeySet, Revoked, Tokens};
use howdah_pg::Secret;
use howdah_pg::lane::LanePool;
use http::StatusCode;
use tokio_util::task::AbortOnDropHandle;

use super::mail;
use super::settings::{Settings, Surface};
use crate::failure::Failure;

/// One server's inside.
#[derive(Debug)]
pub(super) struct Stack {
    pub(super) settings: Settings,
    pub(super) tokens: Tokens,
    pub(super) pool: LanePool,
    pub(super) api: Api,
    pub(super) routes: Router,
    /// What stands on the port for administrators.
    pub(super) admin_routes: Router,
    /// Whose sessions have ended.
    pub(super) revoked: Revoked,
    /// Keeps that up to date; none where there are no accounts.
    pub(super) following: Option<Following>,
    /// Sends mails; none where there are no accounts, or no mail can be sent.
    pub(super) post: Option<Post>,
    /// Keeps connections from growing old.
    _renewal: Option<AbortOnDropHandle<()>>,
}

impl Stack {
    /// Connects to nothing yet, and knows no schema until its API has read it.
    ///
    /// # Errors
    /// The secret is too short, or no key.
    pub(super) fn new(settings: Settings) -> Result<Self, Failure> {
        let keys = match &settings.secrets.jwt {
            Some(secret) => KeySet::parse(secret.expose(), settings.secret_is_base64).map_err(|error| {
                Failure::usage("jwt-secret", format!("the JWT secret cannot be used: {error}"))
                    .hint("it is a text of at least 32 bytes, a JSON Web Key, or a set of them")
            })?,
            None => KeySet::none(),
        };
        let tokens = Tokens::with(keys, settings.tokens.clone());
        let pool = LanePool::start(settings.target.clone(), settings.lanes.clone());
        let gate = Gate::new(pool.clone(), tokens.clone(), settings.gate.clone());
        let api = Api::new(gate.clone(), settings.target.clone(), settings.api.clone());
        let revoked = gate.revoked.clone();
        let following = (settings.surface == Surface::Howdah).then(|| revoked.follow(settings.target.clone()));
        let (routes, post) = routes(&settings, &gate, &api)?;
        let admin_routes = howdah_http::admin_router(gate);
        let renewal = settings.pool_lifetime.map(|age| {
            let pool = pool.clone();
            AbortOnDropHandle::new(tokio::spawn(async move {
                loop {
                    tokio::time::sleep(age).await;
                    pool.renew();
                }
            }))
        });
        Ok(Self { settings, tokens, pool, api, routes, admin_routes, revoked, following, post, _renewal: renewal })
    }
}

/// Half of the cores at the most are ever busy with passwords.
pub(crate) fn hasher(pepper: &Secret) -> PasswordHasher {
    let threads = std::thread::available_parallelism().map_or(1, usize::from).div_ceil(2);
    PasswordHasher::new(pepper.expose().as_bytes(), threads)
}

fn routes(settings: &Settings, gate: &Gate, api: &Api) -> Result<(Router, Option<Post>), Failure> {
    let mut post = None;
    let mut routes = howdah_api::router(api.clone());
    if settings.surface == Surface::Howdah {
        routes = routes.merge(howdah_http::health_router(gate.clone()));
        if let Some(pepper) = &settings.secrets.pepper {
            let mut accounts = Accounts::new(gate.clone(), hasher(pepper), settings.auth.clone());
            post = mail::post(settings, &accounts)?;
            if let Some(post) = &post {
                accounts = accounts.with_mailer(Arc::new(post.clone()));
            }
            routes = howdah_auth::with_cookies(routes.merge(howdah_auth::router(accounts.clone())), &accounts);
        }
        if let Some(folder) = &settings.mailbox {
            routes = routes.merge(howdah_auth::mail::mailbox_router(Mailbox::new(folder)));
        }
        let base_path = settings.api.base_path.clone();
        routes = routes.fallback(move |uri: http::Uri| async move { nothing_here(&uri, &base_path) });
    }
    let routes = howdah_http::guarded(routes, gate);
    let routes = match settings.surface {
        Surface::Howdah => routes,
        Surface::Postgrest => routes.layer(middleware::map_request(without_api_key)),
    };
    Ok((routes, post))
}

/// A token in `apikey` is Howdah's extra, and would make somebody of whom PostgREST takes for nobody.
async fn without_api_key(mut request: Request) -> Request {
    request.headers_mut().remove("apikey");
    request
}

fn nothing_here(uri: &http::Uri, base_path: &str) -> ApiError {
    ApiError::new(StatusCode::NOT_FOUND, "HOWDAH404", format!("There is nothing at {}", uri.path()))
        .with_hint(format!("Tables are at {base_path}/<table>, accounts at /auth/v1, health at /healthz and /readyz"))
}
