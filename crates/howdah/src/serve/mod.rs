//! The server: connects the pool, the API and the health endpoints, and keeps them going.
//!
//! It starts whether or not the database is there: until it is, requests get 503, and the schema is read as soon as it
//! can be. Deliberately not here: which database and which secrets (the commands say that), and starting PostgreSQL.

mod keys;
mod log;

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use axum::Router;
use howdah_api::{Api, ApiOptions, ReloadError};
use howdah_http::accounts::{self, PasswordHasher};
use howdah_http::server::{self, Limits};
use howdah_http::{ApiError, Gate, GateOptions, Tokens};
use howdah_pg::lane::{LaneOptions, LanePool};
use howdah_pg::{Ident, PgError, Secret, Target};
use http::StatusCode;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::config::Config;
use crate::failure::Failure;

pub(crate) use keys::Keys;
pub(crate) use log::{LogFormat, start as start_log};

/// Ports looked at when the wanted one is taken.
const PORTS_TRIED: u16 = 100;
/// Between two attempts to read the schema of a database that is away.
const LOAD_PAUSE: Duration = Duration::from_millis(500);

/// The server's secrets; none of them ever stands in `howdah.toml`.
#[derive(Debug, Clone)]
pub(crate) struct Secrets {
    /// Signs and verifies bearer tokens (HS256).
    pub(crate) jwt: Secret,
    /// Mixed into passwords before they are hashed; without it, `/auth/v1` is off.
    pub(crate) pepper: Option<Secret>,
}

/// What a server needs to know.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub(crate) target: Target,
    pub(crate) secrets: Secrets,
    pub(crate) bind: IpAddr,
    pub(crate) port: u16,
    /// Take the next free port when that one is taken.
    pub(crate) next_free_port: bool,
    pub(crate) schemas: Vec<String>,
    pub(crate) anonymous_role: String,
    pub(crate) max_body: usize,
    pub(crate) max_rows: u64,
    pub(crate) pool_size: usize,
    pub(crate) request_timeout: Duration,
}

impl Settings {
    /// Settings from `howdah.toml`, the environment and the defaults.
    pub(crate) fn new(target: Target, secrets: Secrets, config: &Config) -> Self {
        Self {
            target,
            secrets,
            bind: config.bind(),
            port: config.number("server.port", 8080),
            next_free_port: false,
            schemas: config.api_schemas(),
            anonymous_role: config.anonymous_role().to_owned(),
            max_body: config.number("server.max_body_bytes", 10 * 1024 * 1024),
            max_rows: config.number("server.max_rows", 1000),
            pool_size: config.number("server.pool_size", 10),
            request_timeout: Duration::from_secs(config.number("server.request_timeout_seconds", 30)),
        }
    }
}

/// A server that runs. Dropping it leaves the server running until the runtime ends; see [`RunningServer::shutdown`].
#[derive(Debug)]
pub(crate) struct RunningServer {
    /// Where it listens.
    pub(crate) addr: SocketAddr,
    /// Tokens for clients.
    pub(crate) keys: Keys,
    api: Api,
    pool: LanePool,
    stop: CancellationToken,
    serving: JoinHandle<bool>,
    loading: JoinHandle<()>,
}

/// Starts serving. Returns once the port is bound; the database may still be away.
///
/// # Errors
/// The port is taken or may not be used; a secret is too short.
pub(crate) async fn start(settings: Settings) -> Result<RunningServer, Failure> {
    let tokens = Tokens::new(settings.secrets.jwt.expose().as_bytes(), None).map_err(|error| {
        Failure::usage("jwt-secret", error.to_string()).hint("set HOWDAH_JWT_SECRET to a longer one")
    })?;
    let tries = if settings.next_free_port { PORTS_TRIED } else { 1 };
    let listener = server::bind_from(settings.bind, settings.port, tries)
        .await
        .map_err(|error| cannot_listen(settings.bind, settings.port, &error))?;
    let addr = listener.local_addr().map_err(|error| cannot_listen(settings.bind, settings.port, &error))?;

    let statement_timeout = settings.request_timeout;
    let session_settings = howdah_http::SESSION_DEFAULTS.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let lanes = LaneOptions {
        exclusive: settings.pool_size,
        statement_timeout,
        session_settings: session_settings.to_vec(),
        ..LaneOptions::default()
    };
    let pool = LanePool::start(settings.target.clone(), lanes);
    let mut options = GateOptions { anonymous_role: Some(settings.anonymous_role.as_str().into()), ..GateOptions::default() };
    options.max_body = settings.max_body;
    options.refused_roles.push(settings.target.user.as_str().into());
    let gate = Gate::new(pool.clone(), tokens.clone(), options);
    let api_options =
        ApiOptions { schemas: settings.schemas.clone(), max_rows: Some(settings.max_rows), ..ApiOptions::default() };
    let api = Api::new(gate.clone(), settings.target.clone(), api_options);

    let app = app(&gate, &api, settings.secrets.pepper.as_ref().map(hasher));
    let stop = CancellationToken::new();
    let serving = tokio::spawn(serve(listener, app, stop.clone()));
    let loading = tokio::spawn(load(api.clone(), settings.target, settings.anonymous_role));
    let keys = Keys::new(tokens);
    Ok(RunningServer { addr, keys, api, pool, stop, serving, loading })
}

/// Half of the cores at the most are ever busy with passwords.
pub(crate) fn hasher(pepper: &Secret) -> PasswordHasher {
    let threads = std::thread::available_parallelism().map_or(1, usize::from).div_ceil(2);
    PasswordHasher::new(pepper.expose().as_bytes(), threads)
}

fn app(gate: &Gate, api: &Api, hasher: Option<PasswordHasher>) -> Router {
    let mut app = Router::new().merge(howdah_api::router(api.clone())).merge(howdah_http::health_router(gate.clone()));
    if let Some(hasher) = hasher {
        app = app.merge(accounts::router(gate.clone(), hasher));
    }
    howdah_http::guarded(app.fallback(nothing_here), gate)
}

async fn nothing_here(uri: http::Uri) -> ApiError {
    ApiError::new(StatusCode::NOT_FOUND, "HOWDAH404", format!("There is nothing at {}", uri.path()))
        .with_hint("Tables are at /rest/v1/<table>, sign-in at /auth/v1/token, health at /healthz and /readyz")
}

async fn serve(listener: TcpListener, app: Router, stop: CancellationToken) -> bool {
    server::serve(listener, app, Limits::default(), stop).await
}

/// Reads the schema, trying until the database is there.
async fn load(api: Api, target: Target, anonymous_role: String) {
    while let Err(error) = api.reload().await {
        tracing::warn!(%error, "waiting for the database");
        tokio::time::sleep(LOAD_PAUSE).await;
    }
    if let Err(error) = check_role(&target, &anonymous_role).await {
        tracing::warn!(%error, "the anonymous role could not be looked up");
    }
}

/// `missing`, `not granted` or `fine`: what the login may do with the role `$1`.
const ROLE_STATE: &str = "select case when to_regrole(quote_ident($1)) is null then 'missing'
     when pg_has_role(current_user, $1, 'member') then 'fine' else 'not granted' end";

/// Says what to do when requests without a token cannot be served: their answers only say that the role is not there.
async fn check_role(target: &Target, role: &str) -> Result<(), PgError> {
    let state: String = target.client().await?.query_one(ROLE_STATE, &[&role]).await?.get(0);
    let (role, login) = (Ident::new(role), Ident::new(target.user.as_str()));
    match state.as_str() {
        "missing" => tracing::warn!(
            "the database has no role {role} for requests without a token: \
             CREATE ROLE {role} NOLOGIN; GRANT {role} TO {login}; or name another with api.anonymous_role"
        ),
        "not granted" => {
            tracing::warn!(
                "the login {login} may not act as {role} for requests without a token: GRANT {role} TO {login}"
            );
        }
        _ => {}
    }
    Ok(())
}

impl RunningServer {
    /// Waits until the database answers and the schema is read, for `limit` at the most.
    ///
    /// # Errors
    /// It took longer.
    pub(crate) async fn ready(&self, limit: Duration) -> Result<(), Failure> {
        let wait = async {
            while !self.api.is_loaded() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            self.pool.ready(limit).await
        };
        match tokio::time::timeout(limit, wait).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(Failure::new("server-not-ready", "the server does not get ready").cause(error)),
            Err(_) => Err(Failure::new("server-not-ready", "the server does not get ready")
                .hint("see what the database says with `howdah db logs`")),
        }
    }

    /// Serves the schema as it is now, over fresh connections.
    ///
    /// # Errors
    /// The database could not be read; the old schema is served on.
    pub(crate) async fn reload(&self) -> Result<(), ReloadError> {
        self.pool.renew();
        self.api.reload().await
    }

    /// Goes on at another address: the same database has moved, such as to another port after a restart.
    pub(crate) fn move_to(&self, target: Target) {
        self.api.move_to(target.clone());
        self.pool.move_to(target);
    }

    /// Accepts nothing more, lets requests under way finish, closes. Returns whether all of them finished in time.
    pub(crate) async fn shutdown(self) -> bool {
        self.loading.abort();
        self.stop.cancel();
        self.serving.await.unwrap_or(false)
    }
}

fn cannot_listen(bind: IpAddr, port: u16, error: &std::io::Error) -> Failure {
    let failure =
        Failure::new("port-not-usable", format!("cannot listen on {}", SocketAddr::new(bind, port))).cause(error);
    match error.kind() {
        std::io::ErrorKind::AddrInUse => {
            failure.hint("another program uses it: stop that one, or choose another with --port")
        }
        std::io::ErrorKind::PermissionDenied => {
            failure.hint("ports below 1024 are for the administrator: choose another with --port")
        }
        std::io::ErrorKind::AddrNotAvailable => {
            failure.hint("this machine has no such address: choose another with --bind")
        }
        _ => failure,
    }
}
