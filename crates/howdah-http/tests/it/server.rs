//! A server of a test's own, with handlers that ask the database who it takes the caller for and let it fail.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use bytes::Bytes;
use futures_util::stream;
use howdah_http::server::{self, Limits, Listener};
use howdah_http::{
    ApiError, App, Caller, Gate, GateOptions, KeySet, MetricNames, Phase, Principal, SESSION_DEFAULTS, Timing,
    TokenOptions, Tokens, Trash,
};
use howdah_pg::Target;
use howdah_pg::lane::{Answer, Flight, LaneOptions, LanePool, Route, Statement, Step};
use howdah_testkit::TestDb;
use reqwest::{Client, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use tokio_util::sync::{CancellationToken, DropGuard};

pub(crate) const SECRET: &[u8] = b"a secret of at least thirty-two bytes";

const ROLES: &str = "
do $$ begin
  if not exists (select from pg_roles where rolname = 'anon') then create role anon; end if;
  if not exists (select from pg_roles where rolname = 'authenticated') then create role authenticated; end if;
  if not exists (select from pg_roles where rolname = 'howdah_login') then create role howdah_login noinherit; end if;
end $$;
grant anon, authenticated to howdah_login;
create table hidden (id integer);
";

pub(crate) async fn database() -> TestDb {
    TestDb::from_sql("http", [howdah_testkit::Sql::text("http.sql", ROLES)]).await
}

/// What makes a server.
pub(crate) struct Settings {
    pub(crate) tokens: Tokens,
    pub(crate) options: GateOptions,
    pub(crate) limits: Limits,
    /// Exclusive sessions.
    pub(crate) sessions: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            tokens: Tokens::with(KeySet::from_secret(SECRET).unwrap(), TokenOptions::default()),
            options: GateOptions::default(),
            limits: Limits::default(),
            sessions: 2,
        }
    }
}

impl Settings {
    pub(crate) fn with(change: impl FnOnce(&mut GateOptions)) -> Self {
        let mut settings = Self::default();
        change(&mut settings.options);
        settings
    }
}

/// It stops when this is dropped.
pub(crate) struct Server {
    pub(crate) address: std::net::SocketAddr,
    pub(crate) gate: Gate,
    pub(crate) client: Client,
    _stop: DropGuard,
}

pub(crate) struct Received {
    pub(crate) status: StatusCode,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) text: String,
}

impl Received {
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// Status and code of an error.
    pub(crate) fn error(&self) -> (u16, String) {
        (self.status.as_u16(), self.json()["code"].as_str().unwrap_or_default().to_owned())
    }
}

impl Server {
    pub(crate) async fn start(db: &TestDb, settings: Settings) -> Self {
        let (gate, app) = app(db, &settings);
        let listener = server::bind_from(IpAddr::from([127, 0, 0, 1]), 0, 1).await.unwrap();
        let address = listener.local_addr().unwrap();
        let stop = serve(listener, app, settings.limits);
        Self { address, gate, client: client(), _stop: stop }
    }

    pub(crate) fn get(&self, path: &str) -> RequestBuilder {
        self.client.get(format!("http://{}{path}", self.address))
    }

    /// Lets the database run `sql` as the caller.
    pub(crate) fn run(&self, sql: &str) -> RequestBuilder {
        self.client.post(format!("http://{}/run", self.address)).body(sql.to_owned())
    }
}

pub(crate) async fn send(request: RequestBuilder) -> Received {
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    Received { status, headers, text: response.text().await.unwrap() }
}

pub(crate) fn client() -> Client {
    // reqwest wants a TLS provider even for plain HTTP; it is fine if another test was first.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::new()
}

pub(crate) fn serve(listener: impl Into<Listener>, app: App, limits: Limits) -> DropGuard {
    let stop = CancellationToken::new();
    tokio::spawn(server::serve(listener.into(), app, limits, stop.clone()));
    stop.drop_guard()
}

pub(crate) fn app(db: &TestDb, settings: &Settings) -> (Gate, App) {
    let session_settings = SESSION_DEFAULTS.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    let lanes = LaneOptions { session_settings, exclusive: settings.sessions, ..LaneOptions::default() };
    let pool = LanePool::start(Target::parse(&db.login_url()).unwrap(), lanes);
    let gate = Gate::new(pool, settings.tokens.clone(), settings.options.clone());
    gate.set_has_schema();
    let handlers = Router::new()
        .route("/who", get(who).options(allow))
        .route("/run", post(run))
        .route("/rows", get(rows))
        .with_state(gate.clone());
    let app = handlers.merge(howdah_http::health_router(gate.clone()));
    let app = howdah_http::guarded(app.merge(howdah_http::admin_router(gate.clone(), MetricNames::Howdah)), &gate);
    (gate, app)
}

const WHO: &str =
    "select json_build_object('role', current_user, 'claims', current_setting('request.jwt.claims')::json,
    'ip', current_setting('request.ip'))";

async fn allow() -> &'static str {
    "GET,OPTIONS"
}

/// What the database knows of the caller.
async fn who(State(gate): State<Gate>, request: Request) -> Result<Response, ApiError> {
    let (parts, _) = request.into_parts();
    let timing = Timing::of(&parts.extensions);
    let principal = Principal::from_parts(&parts, &gate)?;
    let caller = Caller::new(&principal, &parts);
    let steps = timing.time(Phase::Plan, || vec![caller.step(Trash::Hidden, true), step(&principal.role, WHO)]);
    let running = timing.start(Phase::Transaction);
    let reply = gate.pool.run(Flight::read(steps), Route::Shared).await;
    drop(running);
    let reply = reply.map_err(|error| ApiError::from_lane(&error, principal.is_anonymous))?;
    let mut row = reply.rows(reply.last().unwrap()).next().unwrap();
    let json: Value = serde_json::from_slice(row.next().unwrap().unwrap()).unwrap();
    Ok(axum::Json(json).into_response())
}

/// Runs the body as SQL.
async fn run(State(gate): State<Gate>, request: Request) -> Result<Response, ApiError> {
    let (parts, body) = request.into_parts();
    let principal = Principal::from_parts(&parts, &gate)?;
    let caller = Caller::new(&principal, &parts);
    let sql = howdah_http::read_body(&parts.headers, body, &gate).await?;
    let read_only = parts.headers.contains_key("read-only");
    let steps = vec![caller.step(Trash::Hidden, read_only), step(&principal.role, std::str::from_utf8(&sql).unwrap())];
    match gate.pool.run(Flight::write(steps), Route::Exclusive).await {
        Ok(_) => Ok(axum::Json(json!("done")).into_response()),
        Err(error) => Err(ApiError::from_lane(&error, principal.is_anonymous)),
    }
}

/// Far more rows than any buffer holds, from a session that is held until the last has been taken.
async fn rows(State(gate): State<Gate>) -> Response {
    let sql = "select repeat('x', 1000) from generate_series(1, 50000)";
    let answer = gate.pool.stream(Flight::read(vec![step("anon", sql)]), 64 * 1024).await.unwrap();
    let Answer::Stream(rows) = answer else { panic!("the answer came whole") };
    let chunks = stream::unfold(rows, |mut rows| async move {
        let mut chunk = Vec::new();
        let more = rows.next(|rows| rows.flatten().flatten().for_each(|column| chunk.extend_from_slice(column))).await;
        matches!(more, Ok(true)).then(|| (Ok::<_, std::io::Error>(Bytes::from(chunk)), rows))
    });
    Body::from_stream(chunks).into_response()
}

fn step(role: &str, sql: &str) -> Step {
    Step { statement: Statement::new(Arc::<str>::from(role), sql), params: vec![] }
}

/// Claims that are good for a minute.
pub(crate) fn claims(role: &str) -> Value {
    json!({ "sub": "ada", "role": role, "exp": now() + 60 })
}

pub(crate) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO).as_secs()
}
