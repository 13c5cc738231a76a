//! What answers requests under one set of settings: pool, gate, API and routes. It never changes; other settings are
//! another stack.

use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use howdah_api::Api;
use howdah_auth::mail::{Mailbox, Post};
use howdah_auth::{Accounts, AuthOptions, PasswordHasher};
use howdah_http::{ApiError, App, Following, Gate, KeySet, MetricNames, Metrics, Revoked, Tokens};
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
    /// What the keys of `tokens` were made of.
    trusted: Mutex<Option<Secret>>,
    pub(super) pool: LanePool,
    pub(super) api: Api,
    pub(super) routes: App,
    /// What stands on the port for administrators.
    pub(super) admin_routes: App,
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
    /// Connects to nothing yet, and knows no schema until its API has read it. What it does is added to what `metrics` say.
    ///
    /// # Errors
    /// The secret is too short, or no key.
    pub(super) fn new(settings: Settings, metrics: Arc<Metrics>) -> Result<Self, Failure> {
        let jwt = settings.secrets.jwt_now()?;
        let keys = key_set(jwt.as_ref(), &settings)?;
        let tokens = Tokens::counted(keys, settings.tokens.clone(), metrics.tokens());
        let pool = LanePool::counted(settings.target.clone(), settings.lanes.clone(), metrics.pool());
        let gate = Gate::counted(pool.clone(), tokens.clone(), settings.gate.clone(), metrics);
        let api = Api::new(gate.clone(), settings.target.clone(), settings.api.clone());
        let revoked = gate.revoked.clone();
        let following = (settings.surface == Surface::Howdah).then(|| revoked.follow(settings.target.clone()));
        let (routes, post) = routes(&settings, &gate, &api)?;
        let admin_routes = admin_routes(&settings, gate, &api);
        let renewal = settings.pool_lifetime.map(|age| {
            let pool = pool.clone();
            AbortOnDropHandle::new(tokio::spawn(async move {
                loop {
                    tokio::time::sleep(age).await;
                    pool.renew();
                }
            }))
        });
        let trusted = Mutex::new(jwt);
        Ok(Self {
            settings,
            tokens,
            trusted,
            pool,
            api,
            routes,
            admin_routes,
            revoked,
            following,
            post,
            _renewal: renewal,
        })
    }

    /// Trusts and signs with the keys of this moment, where they have been rotated.
    ///
    /// # Errors
    /// They cannot be read, or used; those of before stay.
    pub(super) fn follow_keys(&self) -> Result<(), Failure> {
        let now = self.settings.secrets.jwt_now()?;
        let mut trusted = self.trusted.lock().unwrap_or_else(PoisonError::into_inner);
        if *trusted != now {
            self.tokens.replace_keys(key_set(now.as_ref(), &self.settings)?);
            *trusted = now;
            tracing::info!("signing keys read anew, because they were rotated");
        }
        Ok(())
    }
}

fn key_set(jwt: Option<&Secret>, settings: &Settings) -> Result<KeySet, Failure> {
    let Some(secret) = jwt else { return Ok(KeySet::none()) };
    KeySet::parse(secret.expose(), settings.secret_is_base64).map_err(|error| {
        Failure::usage("jwt-secret", format!("the JWT secret cannot be used: {error}"))
            .hint("it is a text of at least 32 bytes, a JSON Web Key, or a set of them")
    })
}

/// Half of the cores at the most are ever busy with passwords.
pub(crate) fn hasher(pepper: &Secret) -> PasswordHasher {
    let threads = std::thread::available_parallelism().map_or(1, usize::from).div_ceil(2);
    PasswordHasher::new(pepper.expose().as_bytes(), threads)
}

fn routes(settings: &Settings, gate: &Gate, api: &Api) -> Result<(App, Option<Post>), Failure> {
    let mut post = None;
    let mut with_cookies = None;
    let mut routes = Router::new();
    if settings.surface == Surface::Howdah {
        routes = howdah_http::health_router(gate.clone());
        routes = routes.merge(howdah_http::jwks_router(gate.clone()));
        if let Some(pepper) = &settings.secrets.pepper {
            let own_url = settings.own_url.clone().filter(|url| url.starts_with("http"));
            let options = AuthOptions { own_url, ..settings.auth.clone() };
            let accounts = Accounts::new(gate.clone(), hasher(pepper), options);
            let mut accounts = accounts.with_schemas(&settings.api.schemas);
            post = mail::post(settings, &accounts)?;
            if let Some(post) = &post {
                accounts = accounts.with_mailer(Arc::new(post.clone()));
            }
            routes = routes.merge(howdah_auth::router(accounts.clone()));
            with_cookies = Some(accounts);
        }
        if let Some(folder) = &settings.mailbox {
            routes = routes.merge(howdah_auth::mail::mailbox_router(Mailbox::new(folder)));
        }
        let base_path = settings.api.base_path.clone();
        routes = routes.fallback(move |uri: http::Uri| async move { nothing_here(&uri, &base_path) });
    }
    let mut app = if settings.surface == Surface::Howdah && settings.api.base_path.is_empty() {
        // The API has every path that nothing else has.
        let tables = howdah_api::app(api.clone(), Router::new().into());
        routes.fallback(move |request: Request| tables.answer(request)).into()
    } else {
        howdah_api::app(api.clone(), routes.into())
    };
    if let Some(accounts) = &with_cookies {
        app = howdah_auth::with_cookies(app, accounts);
    }
    let app = howdah_http::guarded(app, gate);
    let app = match settings.surface {
        Surface::Howdah => app,
        Surface::Postgrest => without_api_key(app),
    };
    Ok((app, post))
}

/// `/live`, `/ready`, `/metrics` and `/schema_cache`, as PostgREST has them.
fn admin_routes(settings: &Settings, gate: Gate, api: &Api) -> App {
    let names = match settings.surface {
        Surface::Howdah => MetricNames::Howdah,
        Surface::Postgrest => MetricNames::Postgrest,
    };
    let api = api.clone();
    let schema = get(|| async move { schema(&api) });
    Router::new().route("/schema_cache", schema).merge(howdah_http::admin_router(gate, names)).into()
}

/// The schema that is served, as Howdah reads it.
fn schema(api: &Api) -> Response {
    match api.catalog() {
        Some(catalog) => Json(&*catalog).into_response(),
        None => ApiError::unavailable("HOWDAH503", "The schema has not been read yet.").into_response(),
    }
}

/// A token in `apikey` is Howdah's extra, and would make somebody of whom PostgREST takes for nobody.
fn without_api_key(app: App) -> App {
    App::choosing(move |mut request| {
        request.headers_mut().remove("apikey");
        app.answer(request)
    })
}

fn nothing_here(uri: &http::Uri, base_path: &str) -> ApiError {
    ApiError::new(StatusCode::NOT_FOUND, "HOWDAH404", format!("There is nothing at {}", uri.path()))
        .with_hint(format!("Tables are at {base_path}/<table>, accounts at /auth/v1, health at /healthz and /readyz"))
}
