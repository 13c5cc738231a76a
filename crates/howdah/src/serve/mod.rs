//! The server: connects the pool, the API and the health endpoints, and keeps them going.
//!
//! It starts whether or not the database is there: until it is, requests get 503, and the settings it holds and the
//! schema are read as soon as they can be. Other settings make another [`stack`] beside the one that serves, which takes
//! over once it has read the schema. Deliberately not here: which database and which secrets (the commands say that), and
//! starting PostgreSQL.

mod descriptors;
mod front;
mod in_database;
mod keys;
mod log;
mod mail;
mod sealing;
mod settings;
mod stack;

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use howdah_api::ReloadError;
use howdah_http::server::{self, Limits, Listener};
use howdah_http::{App, Metrics};
use howdah_pg::watch::{self, Change, WatchOptions};
use howdah_pg::{Ident, PgError, Target};
use howdah_privacy::audit::Sealer;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use crate::config::postgrest::InDatabase;
use crate::failure::Failure;
use front::Front;
use stack::Stack;

pub(crate) use keys::Keys;
pub(crate) use log::{LogFormat, start as start_log};
pub(crate) use settings::{SealerSettings, Secrets, Settings, Surface, log_level};
pub(crate) use stack::hasher;

/// Ports looked at when the wanted one is taken.
const PORTS_TRIED: u16 = 100;
/// Between two attempts to read the schema of a database that is away.
const LOAD_PAUSE: Duration = Duration::from_millis(500);
/// Between two looks at the project's signing keys: one small file.
const KEYS_PAUSE: Duration = Duration::from_secs(1);
/// How long mails that are on their way may take at the end.
const MAIL_PATIENCE: Duration = Duration::from_secs(5);
/// How long a new stack may take to connect before it takes over all the same.
const CONNECT_PATIENCE: Duration = Duration::from_secs(5);

/// Reads all settings anew, those of the database over the others.
pub(crate) type Reread = Box<dyn Fn(&[InDatabase]) -> Result<Settings, Failure> + Send + Sync>;

/// A server that runs. Dropping it leaves the server running until the runtime ends; see [`RunningServer::shutdown`].
pub(crate) struct RunningServer {
    /// Where it listens: `http://address:port`, or `unix:/path`.
    pub(crate) url: String,
    /// Tokens for clients.
    pub(crate) keys: Keys,
    inside: Arc<Inside>,
    stop: CancellationToken,
    serving: JoinHandle<bool>,
    /// The port for administrators.
    admin: Option<JoinHandle<bool>>,
    /// Follows what changes in the database.
    watching: JoinHandle<()>,
    /// Follows the project's signing keys.
    following_keys: Option<AbortOnDropHandle<()>>,
    /// Seals the audit trail; `/metrics` tells how it stands.
    sealer: Option<Sealer>,
    /// Until it has ended and been looked at.
    loading: Option<JoinHandle<Result<(), Failure>>>,
}

struct Inside {
    /// What answers the requests that come now.
    stack: ArcSwap<Stack>,
    /// What all stacks count.
    metrics: Arc<Metrics>,
    /// Where the database is; it may move.
    target: tokio::sync::watch::Sender<Target>,
    reread: Option<Reread>,
    /// Held while settings are read, so that two reloads cannot overtake each other.
    reading: tokio::sync::Mutex<()>,
}

/// Starts serving. Returns once the port is bound; the database may still be away.
///
/// With `reread`, the settings in the database are heeded where the settings say so, and [`RunningServer::reconfigure`]
/// reads all of them anew.
///
/// # Errors
/// The port is taken or may not be used; a secret is too short.
pub(crate) async fn start(settings: Settings, reread: Option<Reread>) -> Result<RunningServer, Failure> {
    let mut settings = settings;
    descriptors::take_all();
    let (listener, front) = listen(&settings).await?;
    let url = front.to_string();
    settings.own_url = Some(url.clone());
    let admin = match settings.admin {
        Some(admin) => Some(bind(admin, 1).await?),
        None => None,
    };
    let sealer = settings.sealer.clone();
    let metrics = Arc::<Metrics>::default();
    let stack = Stack::new(settings, Arc::clone(&metrics))?;
    let keys = Keys::new(stack.tokens.clone());
    let inside = Arc::new(Inside {
        metrics: Arc::clone(&metrics),
        target: tokio::sync::watch::Sender::new(stack.settings.target.clone()),
        stack: ArcSwap::from_pointee(stack),
        reread,
        reading: tokio::sync::Mutex::default(),
    });
    let stop = CancellationToken::new();
    let routes = app(Arc::clone(&inside), |stack| &stack.routes);
    let counted = Arc::clone(&metrics);
    let serving = tokio::spawn(server::serve_counted(listener, routes, Limits::default(), stop.clone(), counted));
    let admin = admin.map(|listener| {
        let routes = front::reachable(front, app(Arc::clone(&inside), |stack| &stack.admin_routes));
        tokio::spawn(server::serve(listener, routes, Limits::default(), stop.clone()))
    });
    let watching = tokio::spawn(follow(Arc::clone(&inside)));
    let has_keys = inside.stack.load().settings.secrets.signing.is_some();
    let following_keys = has_keys.then(|| AbortOnDropHandle::new(tokio::spawn(follow_keys(Arc::clone(&inside)))));
    let loading = Some(tokio::spawn(load(Arc::clone(&inside))));
    let sealer = sealer.map(|SealerSettings { target, key, options }| Sealer::start(target, key, options));
    if let Some(sealer) = &sealer {
        let status = sealer.status();
        metrics.sealing_from(move || sealing::now(&status));
    }
    Ok(RunningServer { url, keys, inside, stop, serving, admin, watching, following_keys, sealer, loading })
}

/// The socket or port of the settings.
async fn listen(settings: &Settings) -> Result<(Listener, Front), Failure> {
    if let Some((path, mode)) = &settings.unix_socket {
        let socket = server::bind_unix(path, *mode).map_err(|error| {
            Failure::new("socket-not-usable", format!("cannot listen on the socket {}", path.display())).cause(error)
        })?;
        return Ok((socket.into(), Front::Socket(path.clone())));
    }
    let tries = if settings.next_free_port { PORTS_TRIED } else { 1 };
    let listener = bind(SocketAddr::new(settings.bind, settings.port), tries).await?;
    let address = listener.local_addr().map_err(|error| Failure::new("port-not-usable", error.to_string()))?;
    Ok((listener.into(), Front::Port(address)))
}

async fn bind(address: SocketAddr, tries: u16) -> Result<TcpListener, Failure> {
    let bound = server::bind_from(address.ip(), address.port(), tries).await;
    bound.map_err(|error| cannot_listen(address, &error))
}

/// Hands each request to the stack of its moment.
fn app(inside: Arc<Inside>, routes: fn(&Stack) -> &App) -> App {
    App::choosing(move |request| routes(&inside.stack.load()).answer(request))
}

/// Reads the settings in the database and the schema, trying until the database is there.
async fn load(inside: Arc<Inside>) -> Result<(), Failure> {
    loop {
        match inside.read().await {
            Ok(()) => break,
            Err(Unread::Away(error)) => {
                tracing::warn!(%error, "waiting for the database");
                tokio::time::sleep(LOAD_PAUSE).await;
            }
            Err(Unread::Wrong(failure)) => return Err(failure),
        }
    }
    let stack = inside.stack.load_full();
    if let Some(role) = &stack.settings.anonymous_role
        && let Err(error) = check_role(&stack.settings.target, role).await
    {
        tracing::warn!(%error, "the anonymous role could not be looked up");
    }
    Ok(())
}

/// Reads anew what the database says has changed, wherever the database is.
async fn follow(inside: Arc<Inside>) {
    let Some(channel) = inside.stack.load().settings.channel.clone() else { return };
    let options = WatchOptions { channel, ..WatchOptions::default() };
    let mut target = inside.target.subscribe();
    let mut watch = watch::watch(target.borrow_and_update().clone(), options.clone());
    loop {
        let change = tokio::select! {
            change = watch.next() => change,
            // The sender is kept beside what this reads, so an error cannot come.
            _ = target.changed() => {
                watch = watch::watch(target.borrow_and_update().clone(), options.clone());
                continue;
            }
        };
        let read = match change {
            Change::Schema => inside.reload().await.map_err(|error| error.to_string()),
            Change::Config => inside.reread().await.map_err(|unread| unread.to_string()),
        };
        match read {
            Ok(()) => tracing::info!(?change, "read anew, because it changed"),
            Err(error) => tracing::error!(?change, error, "not read anew: what was served is served on"),
        }
    }
}

/// Takes over the signing keys when they are rotated, and when the time of one has come or is over.
async fn follow_keys(inside: Arc<Inside>) {
    let mut was_wrong = false;
    loop {
        tokio::time::sleep(KEYS_PAUSE).await;
        let followed = inside.stack.load().follow_keys();
        if let (Err(failure), false) = (&followed, was_wrong) {
            tracing::error!(error = %failure, code = %failure.code, "signing keys not read: those of before hold on");
        }
        was_wrong = followed.is_err();
    }
}

/// Why settings or schema could not be read.
enum Unread {
    /// The database did not answer; it may later.
    Away(String),
    /// A setting is wrong.
    Wrong(Failure),
}

impl fmt::Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Away(error) => f.write_str(error),
            Self::Wrong(failure) => failure.fmt(f),
        }
    }
}

impl Inside {
    async fn reload(&self) -> Result<(), ReloadError> {
        let stack = self.stack.load_full();
        stack.pool.renew();
        stack.api.reload().await
    }

    /// For the first time: the settings that the stack was made of are those of the file and the environment.
    async fn read(&self) -> Result<(), Unread> {
        let _reading = self.reading.lock().await;
        let first = self.stack.load_full();
        let found = self.in_database(&first.settings).await?;
        match &self.reread {
            Some(reread) if !found.is_empty() => self.replace(reread(&found).map_err(Unread::Wrong)?).await,
            _ => first.api.reload().await.map_err(|error| Unread::Away(error.to_string())),
        }
    }

    async fn reread(&self) -> Result<(), Unread> {
        let _reading = self.reading.lock().await;
        let Some(reread) = &self.reread else { return Ok(()) };
        let settings = reread(&[]).map_err(Unread::Wrong)?;
        let found = self.in_database(&settings).await?;
        let settings = if found.is_empty() { settings } else { reread(&found).map_err(Unread::Wrong)? };
        self.replace(settings).await
    }

    async fn in_database(&self, settings: &Settings) -> Result<Vec<InDatabase>, Unread> {
        if !settings.in_database || self.reread.is_none() {
            return Ok(Vec::new());
        }
        // Which database it is, is not read anew.
        let target = self.stack.load().settings.target.clone();
        let found = in_database::read(&target, settings.pre_config.as_ref()).await;
        found.map_err(|error| Unread::Away(error.to_string()))
    }

    /// Makes a stack of the settings and lets it take over once it knows the schema and is connected.
    async fn replace(&self, mut settings: Settings) -> Result<(), Unread> {
        let old = self.stack.load_full();
        settings.keep_what_needs_a_restart(&old.settings);
        let new = Stack::new(settings, Arc::clone(&self.metrics)).map_err(Unread::Wrong)?;
        new.api.reload().await.map_err(|error| Unread::Away(error.to_string()))?;
        if let Err(error) = new.pool.ready(CONNECT_PATIENCE).await {
            tracing::warn!(%error, "the new settings hold before the database answers");
        }
        self.stack.store(Arc::new(new));
        Ok(())
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
            let is_ready = |stack: &Stack| stack.api.is_loaded() && stack.revoked.is_current();
            while !is_ready(&self.inside.stack.load()) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            let pool = self.inside.stack.load().pool.clone();
            pool.ready(limit).await
        };
        match tokio::time::timeout(limit, wait).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(Failure::new("server-not-ready", "the server does not get ready").cause(error)),
            Err(_) => Err(Failure::new("server-not-ready", "the server does not get ready")
                .hint("see what the database says with `howdah db logs`")),
        }
    }

    /// Waits for what keeps it from ever serving: a wrong setting in the database.
    pub(crate) async fn failed(&mut self) -> Failure {
        if let Some(loading) = &mut self.loading {
            let loaded = loading.await;
            self.loading = None;
            if let Ok(Err(failure)) = loaded {
                return failure;
            }
        }
        // Nothing of the kind can come any more.
        std::future::pending().await
    }

    /// Serves the schema as it is now, over fresh connections.
    ///
    /// # Errors
    /// The database could not be read; the old schema is served on.
    pub(crate) async fn reload(&self) -> Result<(), ReloadError> {
        self.inside.reload().await
    }

    /// Reads all settings anew, and the schema with them.
    ///
    /// # Errors
    /// A setting is wrong or the database is away; what was served is served on.
    pub(crate) async fn reconfigure(&self) -> Result<(), Failure> {
        self.inside.reread().await.map_err(|unread| match unread {
            Unread::Wrong(failure) => failure,
            Unread::Away(error) => {
                Failure::new("settings-not-read", "the settings in the database could not be read").cause(error)
            }
        })
    }

    /// Goes on at another address: the same database has moved, such as to another port after a restart.
    pub(crate) fn move_to(&self, target: Target) {
        let stack = self.inside.stack.load_full();
        stack.api.move_to(target.clone());
        if let Some(following) = &stack.following {
            following.move_to(target.clone());
        }
        stack.pool.move_to(target.clone());
        self.inside.target.send_replace(target);
    }

    /// [`RunningServer::move_to`] for the sealer of the audit trail.
    pub(crate) fn move_sealer_to(&self, target: Target) {
        if let Some(sealer) = &self.sealer {
            sealer.move_to(target);
        }
    }

    /// Accepts nothing more, lets requests under way finish, closes. Returns whether all of them finished in time.
    pub(crate) async fn shutdown(self) -> bool {
        if let Some(loading) = self.loading {
            loading.abort();
        }
        drop(self.following_keys);
        self.watching.abort();
        self.stop.cancel();
        if let Some(admin) = self.admin {
            // Whoever asks for its health does not mind being cut off.
            admin.abort();
        }
        let drained = self.serving.await.unwrap_or(false);
        if let Some(post) = &self.inside.stack.load().post
            && !post.drained(MAIL_PATIENCE).await
        {
            tracing::warn!("some mails were not sent: whoever waits for one has to ask again");
        }
        drained
    }
}

fn cannot_listen(address: SocketAddr, error: &std::io::Error) -> Failure {
    let failure = Failure::new("port-not-usable", format!("cannot listen on {address}")).cause(error);
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
