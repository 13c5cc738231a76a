//! The API's state and its routes.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use arc_swap::{ArcSwap, ArcSwapOption};
use axum::Router;
use axum::extract::{Path, Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use howdah_http::{ApiError, Caller, Gate, Principal};
use howdah_pg::{PgError, Target};
use howdah_schema::Catalog;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};

use crate::exposed::{Exposed, Relation};
use crate::options::ApiOptions;
use crate::request::{not_yet, params};
use crate::routing::History;
use crate::{read, write};

/// Between two reloads that requests for unknown names may cause.
const RELOAD_PAUSE: Duration = Duration::from_secs(2);

/// The catalog could not be read anew; the old one stays in use.
#[derive(Debug, thiserror::Error)]
#[error("the schema could not be read: {0}")]
pub struct ReloadError(#[from] PgError);

impl ReloadError {
    /// Stable.
    pub fn code(&self) -> &'static str {
        "api-reload"
    }
}

struct Inner {
    gate: Gate,
    /// Where the catalog is read from.
    target: ArcSwap<Target>,
    options: ApiOptions,
    /// `None` until the database has answered for the first time.
    exposed: ArcSwapOption<Exposed>,
    history: History,
    reloaded: Mutex<Option<Instant>>,
}

/// The data API. Cheap to clone.
#[derive(Clone)]
pub struct Api {
    inner: Arc<Inner>,
}

impl std::fmt::Debug for Api {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Api").field("options", &self.inner.options).finish_non_exhaustive()
    }
}

impl Api {
    /// An API that knows no schema yet: [`Api::reload`] reads it.
    pub fn new(gate: Gate, target: Target, options: ApiOptions) -> Self {
        let inner = Inner {
            gate,
            target: ArcSwap::from_pointee(target),
            options,
            exposed: ArcSwapOption::empty(),
            history: History::default(),
            reloaded: Mutex::new(None),
        };
        Self { inner: Arc::new(inner) }
    }

    /// Reads the schema anew and serves it from then on. Requests under way keep what they began with.
    ///
    /// # Errors
    /// The database could not be read; what was served stays.
    pub async fn reload(&self) -> Result<(), ReloadError> {
        *self.inner.reloaded.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        let client = self.inner.target.load_full().client().await?;
        let catalog = howdah_pg::introspect(&client, &howdah_pg::IntrospectOptions::default()).await?;
        self.serve(&catalog);
        Ok(())
    }

    /// Reads the schema from another address from now on: the same database has moved.
    pub fn move_to(&self, target: Target) {
        self.inner.target.store(Arc::new(target));
    }

    /// Whether there is a schema to serve.
    pub fn is_loaded(&self) -> bool {
        self.inner.exposed.load().is_some()
    }

    fn serve(&self, catalog: &Catalog) {
        let exposed = Exposed::new(catalog, &self.inner.options.schemas);
        tracing::info!(relations = exposed.relation_count(), schemas = ?self.inner.options.schemas, "schema loaded");
        self.inner.exposed.store(Some(Arc::new(exposed)));
        self.inner.gate.set_has_schema();
    }

    pub(crate) fn gate(&self) -> &Gate {
        &self.inner.gate
    }

    pub(crate) fn options(&self) -> &ApiOptions {
        &self.inner.options
    }

    pub(crate) fn history(&self) -> &History {
        &self.inner.history
    }

    /// The relation that a request names. A name that is not known may be new: the schema is then read once more, but
    /// not more often than every two seconds, whoever asks.
    async fn relation(&self, headers: &HeaderMap, method: &Method, table: &str) -> Result<Arc<Relation>, ApiError> {
        let found = self.look_up(headers, method, table);
        if !matches!(&found, Err(error) if error.status == StatusCode::NOT_FOUND) || !self.may_reload() {
            return found;
        }
        if let Err(error) = self.reload().await {
            tracing::warn!(%error, "schema not reloaded");
        }
        self.look_up(headers, method, table)
    }

    fn look_up(&self, headers: &HeaderMap, method: &Method, table: &str) -> Result<Arc<Relation>, ApiError> {
        let exposed = self.inner.exposed.load();
        let Some(exposed) = exposed.as_ref() else {
            return Err(ApiError::unavailable(
                "PGRST002",
                "Could not query the database for the schema cache. Retrying.",
            ));
        };
        let name = if matches!(*method, Method::GET | Method::HEAD) { "accept-profile" } else { "content-profile" };
        let profile = headers.get(name).and_then(|value| value.to_str().ok());
        exposed.relation(exposed.schema(profile)?, table)
    }

    fn may_reload(&self) -> bool {
        let last = *self.inner.reloaded.lock().unwrap_or_else(PoisonError::into_inner);
        last.is_none_or(|last| last.elapsed() > RELOAD_PAUSE)
    }
}

/// The routes below the API's base path.
pub fn router(api: Api) -> Router {
    let base = api.options().base_path.trim_end_matches('/').to_owned();
    Router::new()
        .route(&format!("{base}/{{table}}"), any(table))
        .route(&format!("{base}/rpc/{{function}}"), any(function))
        .with_state(api)
}

async fn function() -> ApiError {
    not_yet("Calling functions (/rpc)")
}

async fn table(State(api): State<Api>, Path(table): Path<String>, request: Request) -> Response {
    match dispatch(&api, &table, request).await {
        Ok(response) => response,
        Err(error) => error.into_response(),
    }
}

async fn dispatch(api: &Api, table: &str, request: Request) -> Result<Response, ApiError> {
    let (parts, body) = request.into_parts();
    let principal = Principal::from_headers(&parts.headers, api.gate())?;
    let caller = Caller::new(&principal, &parts);
    let relation = match parts.method {
        Method::GET | Method::HEAD | Method::POST | Method::PATCH | Method::DELETE => {
            api.relation(&parts.headers, &parts.method, table).await?
        }
        Method::PUT => return Err(not_yet("PUT (single-row upsert)")),
        Method::OPTIONS => return Ok((StatusCode::NO_CONTENT, [(header::ALLOW, ALLOW)]).into_response()),
        _ => {
            let message = format!("Method {} is not allowed here", parts.method);
            let error = ApiError::new(StatusCode::METHOD_NOT_ALLOWED, "PGRST117", message);
            return Err(error.with_header(header::ALLOW, ALLOW));
        }
    };
    let params = params::parse(parts.uri.query().unwrap_or_default())?;
    match parts.method {
        Method::GET | Method::HEAD => read::read(api, &caller, relation, &params).await,
        _ => write::write(api, &caller, relation, &params, body).await,
    }
}

const ALLOW: HeaderValue = HeaderValue::from_static("OPTIONS,GET,HEAD,POST,PATCH,DELETE");
