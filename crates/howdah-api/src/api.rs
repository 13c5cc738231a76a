//! The API's state and its routes.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use arc_swap::{ArcSwap, ArcSwapOption};
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use howdah_http::{ApiError, App, Caller, Gate, Principal};
use howdah_pg::{PgError, Target};
use howdah_schema::Catalog;
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use percent_encoding::percent_decode_str;

use crate::describe::Description;
use crate::executor::Executor;
use crate::exposed::{Exposed, Relation, Surroundings};
use crate::options::ApiOptions;
use crate::request::media::Media;
use crate::request::parameters::Parameters;
use crate::request::prefer::Prefer;
use crate::request::{params, prefer};
use crate::resolve::Resolver;
use crate::routing::History;
use crate::write::encode_component;
use crate::{answer, batch, call, describe, read, scope, surroundings, write};

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
        let started = Instant::now();
        *self.inner.reloaded.lock().unwrap_or_else(PoisonError::into_inner) = Some(started);
        let metrics = self.inner.gate.metrics();
        match self.read().await {
            Ok((catalog, around)) => {
                metrics.schema_loaded(started.elapsed());
                self.serve(catalog, around);
                Ok(())
            }
            Err(error) => {
                metrics.schema_not_loaded();
                Err(error.into())
            }
        }
    }

    async fn read(&self) -> Result<(Catalog, Surroundings), PgError> {
        let client = self.inner.target.load_full().client().await?;
        let catalog = howdah_pg::introspect(&client, &howdah_pg::IntrospectOptions::default()).await?;
        let around = surroundings::read(&client, &catalog, &self.inner.options).await?;
        Ok((catalog, around))
    }

    /// The schema that is served at this moment; none before it has been read.
    pub fn catalog(&self) -> Option<Arc<Catalog>> {
        self.inner.exposed.load().as_ref().map(|exposed| exposed.catalog_shared())
    }

    /// Reads the schema from another address from now on: the same database has moved.
    pub fn move_to(&self, target: Target) {
        self.inner.target.store(Arc::new(target));
    }

    /// Whether there is a schema to serve.
    pub fn is_loaded(&self) -> bool {
        self.inner.exposed.load().is_some()
    }

    fn serve(&self, catalog: Catalog, around: Surroundings) {
        let exposed = Exposed::new(Arc::new(catalog), &self.inner.options, around);
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

    /// The caller of a request; the database gets to know of it what something in it may ask for. What it says of the
    /// caller's role holds.
    pub(crate) fn caller<'a>(&self, principal: &'a Principal, parts: &'a Parts) -> Caller<'a> {
        let caller = Caller::new(principal, parts);
        match self.inner.exposed.load().as_ref() {
            None => caller,
            Some(exposed) => {
                Caller { asked: exposed.asked(), role_settings: exposed.role_settings(&principal.role), ..caller }
            }
        }
    }

    /// What is exposed at this moment.
    pub(crate) fn exposed(&self) -> Result<Arc<Exposed>, ApiError> {
        self.inner.exposed.load_full().ok_or_else(|| {
            ApiError::unavailable("PGRST002", "Could not query the database for the schema cache. Retrying.")
        })
    }

    /// Whether a request for a name that is not known may have the schema read anew: not more often than every two
    /// seconds, whoever asks.
    fn may_reload(&self) -> bool {
        let last = *self.inner.reloaded.lock().unwrap_or_else(PoisonError::into_inner);
        last.is_none_or(|last| last.elapsed() > RELOAD_PAUSE)
    }

    /// What is exposed after another look at the schema; what was exposed before, where that cannot be had.
    async fn reloaded(&self) -> Result<Arc<Exposed>, ApiError> {
        if let Err(error) = self.reload().await {
            tracing::warn!(%error, "schema not reloaded");
        }
        self.exposed()
    }

    /// Looks a name up. One that is not known may be new: the schema is then read once more.
    async fn find<T>(&self, look_up: impl Fn(&Exposed) -> Result<T, ApiError>) -> Result<(Arc<Exposed>, T), ApiError> {
        let exposed = self.exposed()?;
        match look_up(&exposed) {
            Err(error) if error.status == StatusCode::NOT_FOUND && self.may_reload() => {
                let exposed = self.reloaded().await?;
                let found = look_up(&exposed)?;
                Ok((exposed, found))
            }
            found => found.map(|found| (exposed, found)),
        }
    }
}

/// One request, with what holds for all of it.
pub(crate) struct Request<'a> {
    pub(crate) api: &'a Api,
    /// The schema as it was when the request began.
    pub(crate) exposed: Arc<Exposed>,
    /// The schema that its names are of.
    pub(crate) schema: String,
    pub(crate) caller: &'a Caller<'a>,
    pub(crate) prefer: Prefer,
    pub(crate) executor: Executor<'a>,
}

impl Request<'_> {
    /// Reads a query string; where it names answers of earlier operations, their values are filled in.
    pub(crate) fn parameters(&self, pairs: &[(String, String)]) -> Result<Parameters, ApiError> {
        let mut parameters = Parameters::read(pairs)?;
        if let Executor::Shared(shared) = &self.executor {
            shared.references.fill(&mut parameters)?;
        }
        Ok(parameters)
    }

    /// The arguments of a call, with values of earlier operations filled in.
    pub(crate) fn values(&self, mut arguments: Vec<(String, Vec<String>)>) -> Vec<(String, Vec<String>)> {
        if let Executor::Shared(shared) = &self.executor {
            arguments.iter_mut().flat_map(|(_, values)| values).for_each(|value| shared.references.fill_text(value));
        }
        arguments
    }

    pub(crate) fn options(&self) -> &ApiOptions {
        self.api.options()
    }

    /// What looks names up for this request, with so many rows of one level at the most.
    pub(crate) fn resolver(&self, max_rows: Option<u64>) -> Resolver<'_> {
        Resolver {
            exposed: &self.exposed,
            options: self.options(),
            schema: &self.schema,
            scopes: self.caller.principal.scopes.as_deref(),
            max_rows,
        }
    }

    /// The first media type that the client accepts and that is available.
    pub(crate) fn media(&self, available: impl Fn(&Media) -> bool) -> Result<Media, ApiError> {
        Media::wanted(self.caller.headers, available)
    }
}

/// What a path names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Resource {
    Relation(String),
    Function(String),
    Description(Description),
}

/// What is asked, by a request or by an operation of a batch.
pub(crate) struct Asked<'a> {
    pub(crate) resource: Resource,
    pub(crate) caller: &'a Caller<'a>,
    /// The query string.
    pub(crate) pairs: &'a [(String, String)],
    pub(crate) body: Body,
    pub(crate) executor: Executor<'a>,
}

/// Answers what is below the API's base path, and hands everything else on to `others`: a router of axum's would cost each
/// request a clone and some allocations. With the base path `/` that is everything; whoever shares paths with it asks the
/// others first.
pub fn app(api: Api, others: App) -> App {
    App::choosing(move |request| {
        let base = api.options().base_path.trim_end_matches('/');
        match request.uri().path().strip_prefix(base).and_then(Below::at) {
            None => others.answer(request),
            Some(target) => {
                let api = api.clone();
                Box::pin(async move {
                    match target {
                        Below::One(resource) => answer(&api, resource, request).await,
                        Below::Batch => operations(&api, request).await,
                        Below::Nothing => nowhere().into_response(),
                    }
                })
            }
        }
    })
}

/// What stands at a path below the base.
#[derive(Debug, PartialEq, Eq)]
enum Below {
    One(Resource),
    Batch,
    Nothing,
}

impl Below {
    /// At a path without the base. `None` where that was none, but the beginning of a longer name.
    fn at(path: &str) -> Option<Self> {
        let named = |resource: fn(String) -> Resource, encoded: &str| {
            let name = percent_decode_str(encoded).decode_utf8();
            name.map_or(Self::Nothing, |name| Self::One(resource(name.into_owned())))
        };
        if path.is_empty() {
            return Some(Self::One(Resource::Description(Description::Swagger)));
        }
        let path = path.strip_prefix('/')?;
        Some(match (path, path.split_once('/')) {
            ("", _) => Self::One(Resource::Description(Description::Swagger)),
            ("openapi.json", _) => Self::One(Resource::Description(Description::OpenApi)),
            (BATCH, _) => Self::Batch,
            (table, None) => named(Resource::Relation, table),
            (_, Some(("rpc", function))) if !function.is_empty() && !function.contains('/') => {
                named(Resource::Function, function)
            }
            (_, Some(_)) => Self::Nothing,
        })
    }
}

async fn operations(api: &Api, request: axum::extract::Request) -> Response {
    // A table of that name was there before the batches, and clients know it.
    let profile = profile(request.method(), request.headers());
    let has_table =
        |exposed: Arc<Exposed>| exposed.schema(profile).is_ok_and(|schema| exposed.relation(schema, BATCH).is_ok());
    if api.exposed().is_ok_and(has_table) {
        return answer(api, Resource::Relation(BATCH.to_owned()), request).await;
    }
    batch::batch(api, request).await
}

/// The name of the resource that takes batches.
const BATCH: &str = "batch";

/// The schema that a request names.
fn profile<'a>(method: &Method, headers: &'a HeaderMap) -> Option<&'a str> {
    let reads = matches!(*method, Method::GET | Method::HEAD);
    headers.get(if reads { "accept-profile" } else { "content-profile" }).and_then(|value| value.to_str().ok())
}

fn nowhere() -> ApiError {
    ApiError::new(StatusCode::NOT_FOUND, "PGRST125", "Invalid path specified in request URL")
}

async fn answer(api: &Api, resource: Resource, request: axum::extract::Request) -> Response {
    dispatch(api, resource, request).await.unwrap_or_else(IntoResponse::into_response)
}

async fn dispatch(api: &Api, resource: Resource, request: axum::extract::Request) -> Result<Response, ApiError> {
    let (parts, body) = request.into_parts();
    let principal = Principal::of_request(&parts, api.gate()).await?;
    let caller = api.caller(&principal, &parts);
    let pairs = &params::parse(parts.uri.query().unwrap_or_default())?;
    let executor = Executor::Alone(&api.gate().pool);
    respond(api, Asked { resource, caller: &caller, pairs, body, executor }).await
}

/// Answers what is asked, wherever it came from.
pub(crate) async fn respond(api: &Api, asked: Asked<'_>) -> Result<Response, ApiError> {
    let Asked { resource, caller, pairs, body, executor } = asked;
    let reads = matches!(*caller.method, Method::GET | Method::HEAD);
    let profile = profile(caller.method, caller.headers);
    let begin = |exposed: Arc<Exposed>| -> Result<Request<'_>, ApiError> {
        let schema = exposed.schema(profile)?.to_owned();
        let prefer = prefer::prefer(caller.headers, &exposed, api.options())?;
        if executor.is_shared() && prefer.names_end() {
            return Err(batch::ends_alone());
        }
        Ok(Request { api, exposed, schema, caller, prefer, executor })
    };
    let (mut response, schema) = match resource {
        Resource::Relation(name) => {
            let look_up = |exposed: &Exposed| exposed.relation(exposed.schema(profile)?, &name);
            let (exposed, relation) = api.find(look_up).await?;
            let request = begin(exposed)?;
            match relation_response(&request, relation, pairs, body).await {
                // A column or the table may have come or gone since the schema was read.
                Err(error) if reads && is_of_a_name(&error) && !request.executor.is_shared() && api.may_reload() => {
                    let exposed = api.reloaded().await?;
                    let relation = look_up(&exposed)?;
                    let request = begin(exposed)?;
                    let response = relation_response(&request, relation, pairs, Body::empty()).await?;
                    (response, request.schema)
                }
                answered => (answered?, request.schema),
            }
        }
        Resource::Function(name) => {
            let look_up = |exposed: &Exposed| call::known(exposed, exposed.schema(profile)?, &name);
            let exposed = match api.find(look_up).await {
                Ok((exposed, ())) => exposed,
                // What it was to be called with is part of the answer, so it is read first.
                Err(error) if error.status == StatusCode::NOT_FOUND => api.exposed()?,
                Err(error) => return Err(error),
            };
            let request = begin(exposed)?;
            (call::call(&request, &name, pairs, body).await?, request.schema)
        }
        Resource::Description(which) => {
            let mut request = begin(api.exposed()?)?;
            if let (Some(function), Description::Swagger) = (&api.options().root_spec, which) {
                request.schema.clone_from(&function.schema);
            }
            (describe::describe(&request, which, pairs, body).await?, request.schema)
        }
    };
    if profile.is_some() || api.options().schemas.len() > 1 {
        answer::set(&mut response, CONTENT_PROFILE, &schema);
    }
    Ok(response)
}

/// Whether what failed is a name: of a column, or of a table that the statement looked for.
fn is_of_a_name(error: &ApiError) -> bool {
    matches!(error.code.as_str(), "42703" | "42P01")
}

async fn relation_response(
    request: &Request<'_>,
    relation: Arc<Relation>,
    pairs: &[(String, String)],
    body: Body,
) -> Result<Response, ApiError> {
    scope::allow(request, &relation)?;
    match *request.caller.method {
        Method::GET | Method::HEAD => {
            let location = location(request, &relation, pairs);
            let mut response = read::read(request, relation, request.parameters(pairs)?).await?;
            if !response.headers().contains_key(header::CONTENT_LOCATION) {
                answer::set(&mut response, header::CONTENT_LOCATION, &location);
            }
            Ok(response)
        }
        Method::POST | Method::PATCH | Method::PUT | Method::DELETE => {
            write::write(request, relation, request.parameters(pairs)?, body).await
        }
        Method::OPTIONS => Ok(allowed(&allow_on(&relation))),
        _ => Err(not_allowed(request.caller.method, &allow_on(&relation))),
    }
}

/// What was read, in one form for all requests that mean the same: the query sorted by its names.
fn location(request: &Request<'_>, relation: &Relation, pairs: &[(String, String)]) -> String {
    let mut sorted: Vec<&(String, String)> = pairs.iter().collect();
    sorted.sort_by(|(a, _), (b, _)| a.cmp(b));
    let base = request.options().base_path.trim_end_matches('/');
    let mut location = [base, "/"].concat();
    location.extend(encode_component(&relation.name.name));
    for (at, (name, value)) in sorted.into_iter().enumerate() {
        location.push(if at == 0 { '?' } else { '&' });
        location.extend(encode_component(name));
        location.push('=');
        location.extend(encode_component(value));
    }
    location
}

/// The answer to OPTIONS.
pub(crate) fn allowed(allow: &str) -> Response {
    (StatusCode::OK, [(header::ALLOW, allow)]).into_response()
}

/// 405.
pub(crate) fn not_allowed(method: &Method, allow: &str) -> ApiError {
    let error = ApiError::new(StatusCode::METHOD_NOT_ALLOWED, "PGRST117", format!("Unsupported HTTP method: {method}"));
    match HeaderValue::try_from(allow) {
        Ok(allow) => error.with_header(header::ALLOW, allow),
        Err(_) => error,
    }
}

fn allow_on(relation: &Relation) -> String {
    let writes = relation.writes;
    let has_key = !relation.primary_key.is_empty();
    let methods = [
        (true, "OPTIONS,GET,HEAD"),
        (writes.insert, "POST"),
        (writes.insert && writes.update && has_key, "PUT"),
        (writes.update, "PATCH"),
        (writes.delete, "DELETE"),
    ];
    let allowed: Vec<_> = methods.into_iter().filter(|(is_allowed, _)| *is_allowed).map(|(_, names)| names).collect();
    allowed.join(",")
}

const CONTENT_PROFILE: HeaderName = HeaderName::from_static("content-profile");

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, expected: Option<&Below>) {
        assert_eq!(Below::at(path).as_ref(), expected, "{path}");
    }

    #[test]
    fn what_stands_at_a_path() {
        let relation = |name: &str| Below::One(Resource::Relation(name.into()));
        let function = |name: &str| Below::One(Resource::Function(name.into()));
        for root in ["", "/"] {
            check(root, Some(&Below::One(Resource::Description(Description::Swagger))));
        }
        check("/openapi.json", Some(&Below::One(Resource::Description(Description::OpenApi))));
        check("/batch", Some(&Below::Batch));
        check("/tasks", Some(&relation("tasks")));
        check("/my%20tasks", Some(&relation("my tasks")));
        check("/a%2Fb", Some(&relation("a/b")));
        check("/rpc", Some(&relation("rpc")));
        check("/rpc/f", Some(&function("f")));
        check("/rpc/%C3%A4", Some(&function("ä")));
        check("/rpc/f/g", Some(&Below::Nothing));
        check("/tasks/1", Some(&Below::Nothing));
        for nothing in ["/tasks/", "/rpc/", "//", "/%ff"] {
            check(nothing, Some(&Below::Nothing));
        }
        check("x", None);
    }
}
