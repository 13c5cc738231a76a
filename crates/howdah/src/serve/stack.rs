//! What answers requests under one set of settings: pool, gate, API and routes. It never changes; other settings are
//! another stack.

use axum::{Router, middleware};
use howdah_api::Api;
use howdah_http::accounts::{self, PasswordHasher};
use howdah_http::{ApiError, Gate, Tokens};
use howdah_pg::Secret;
use howdah_pg::lane::LanePool;
use http::StatusCode;

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
}

impl Stack {
    /// Connects to nothing yet, and knows no schema until its API has read it.
    ///
    /// # Errors
    /// The secret is too short, or no key.
    pub(super) fn new(settings: Settings) -> Result<Self, Failure> {
        let unknown = || Secret::new(format!("{:032x}{:032x}", rand::random::<u128>(), rand::random::<u128>()));
        let secret = settings.secrets.jwt.clone().unwrap_or_else(unknown);
        let tokens = Tokens::new(secret.expose().as_bytes(), None).map_err(|error| {
            Failure::usage("jwt-secret", error.to_string()).hint("set HOWDAH_JWT_SECRET to a longer one")
        })?;
        let pool = LanePool::start(settings.target.clone(), settings.lanes.clone());
        let gate = Gate::new(pool.clone(), tokens.clone(), settings.gate.clone());
        let api = Api::new(gate.clone(), settings.target.clone(), settings.api.clone());
        let routes = routes(&settings, &gate, &api);
        Ok(Self { settings, tokens, pool, api, routes })
    }
}

/// Half of the cores at the most are ever busy with passwords.
pub(crate) fn hasher(pepper: &Secret) -> PasswordHasher {
    let threads = std::thread::available_parallelism().map_or(1, usize::from).div_ceil(2);
    PasswordHasher::new(pepper.expose().as_bytes(), threads)
}

fn routes(settings: &Settings, gate: &Gate, api: &Api) -> Router {
    let mut routes = howdah_api::router(api.clone());
    if settings.surface == Surface::Howdah {
        routes = routes.merge(howdah_http::health_router(gate.clone()));
        if let Some(pepper) = &settings.secrets.pepper {
            routes = routes.merge(accounts::router(gate.clone(), hasher(pepper)));
        }
        let base_path = settings.api.base_path.clone();
        routes = routes.fallback(move |uri: http::Uri| async move { nothing_here(&uri, &base_path) });
    }
    routes.layer(middleware::from_fn(howdah_http::observe))
}

fn nothing_here(uri: &http::Uri, base_path: &str) -> ApiError {
    ApiError::new(StatusCode::NOT_FOUND, "HOWDAH404", format!("There is nothing at {}", uri.path())).with_hint(format!(
        "Tables are at {base_path}/<table>, sign-in at /auth/v1/token, health at /healthz and /readyz"
    ))
}
