//! What every handler needs: the database, the tokens, the limits.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use howdah_pg::lane::LanePool;

use http::HeaderName;

use crate::{ApiKeys, CorsOptions, Metrics, Principal, RateLimits, Revoked, Tokens, TrustedProxies, Verbosity};

/// Limits and roles of the HTTP side.
#[derive(Debug, Clone)]
pub struct GateOptions {
    /// The role of requests without a token, or with one that names no role; `None` refuses them. `db-anon-role`
    pub anonymous_role: Option<Arc<str>>,
    /// Roles that the server's login may take on but a token may not: its own, and those of its inner workings.
    pub refused_roles: Vec<Arc<str>>,
    /// The largest request body, in bytes.
    pub max_body: usize,
    /// How long a client may take to send a body.
    pub body_timeout: Duration,
    /// How much of an error clients are shown. `client-error-verbosity`
    pub error_verbosity: Verbosity,
    /// What pages of other origins may do. `server-cors-allowed-origins`
    pub cors: CorsOptions,
    /// How many requests a caller may make. PostgREST has no limits.
    pub limits: RateLimits,
    /// Proxies that say truly whom they pass on. PostgREST takes everybody's word in its logs.
    pub trusted_proxies: TrustedProxies,
    /// A header of requests that answers repeat; see [`crate::trace_header`]. `server-trace-header`
    pub trace_header: Option<HeaderName>,
    /// Whether answers say how long each phase took, in `Server-Timing`. `server-timing-enabled`
    pub server_timing: bool,
    /// Whether API keys are taken. PostgREST has none.
    pub api_keys: bool,
}

impl Default for GateOptions {
    fn default() -> Self {
        Self {
            anonymous_role: Some("anon".into()),
            refused_roles: ["howdah_login", "howdah_auth", "howdah_sealer", "howdah_owner"].map(Arc::from).to_vec(),
            max_body: 10 * 1024 * 1024,
            body_timeout: Duration::from_secs(30),
            error_verbosity: Verbosity::default(),
            cors: CorsOptions::default(),
            limits: RateLimits::default(),
            trusted_proxies: TrustedProxies::default(),
            trace_header: None,
            server_timing: false,
            api_keys: true,
        }
    }
}

/// Shared by all handlers. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Gate {
    /// Connections to the database.
    pub pool: LanePool,
    /// Signs and verifies bearer tokens.
    pub tokens: Tokens,
    /// Tokens that are worthless before they expire. Nothing is, until somebody follows what ends sessions.
    pub revoked: Revoked,
    /// API keys that are in use.
    pub keys: ApiKeys,
    /// Limits and roles.
    pub options: Arc<GateOptions>,
    anonymous: Option<Principal>,
    has_schema: Arc<AtomicBool>,
    metrics: Arc<Metrics>,
}

impl Gate {
    /// A gate before `pool`.
    pub fn new(pool: LanePool, tokens: Tokens, options: GateOptions) -> Self {
        let metrics = Metrics::of(pool.counters(), tokens.counters());
        Self::counted(pool, tokens, options, Arc::new(metrics))
    }

    /// As [`Gate::new`]; what passes it is added to what `metrics` say already. Pool and tokens were made with their
    /// counters.
    pub fn counted(pool: LanePool, tokens: Tokens, options: GateOptions, metrics: Arc<Metrics>) -> Self {
        let anonymous = options.anonymous_role.as_ref().map(|role| {
            let claims = serde_json::json!({ "role": **role }).to_string();
            Principal { role: Arc::clone(role), claims: Bytes::from(claims), is_anonymous: true, scopes: None }
        });
        let keys = ApiKeys::new(pool.clone());
        Self {
            pool,
            tokens,
            keys,
            revoked: Revoked::default(),
            options: Arc::new(options),
            anonymous,
            has_schema: Arc::default(),
            metrics,
        }
    }

    /// What is counted of the requests, for the port for administrators.
    pub fn metrics(&self) -> &Arc<Metrics> {
        &self.metrics
    }

    /// Says that there is a schema to serve: from then on `/readyz` may answer that this process is ready.
    pub fn set_has_schema(&self) {
        self.has_schema.store(true, Ordering::Release);
    }

    pub(crate) fn has_schema(&self) -> bool {
        self.has_schema.load(Ordering::Acquire)
    }

    /// Who shows no token, where that is allowed.
    pub(crate) fn anonymous(&self) -> Option<&Principal> {
        self.anonymous.as_ref()
    }

    /// `none` would give the login role its own identity back, so it is refused with the others.
    pub(crate) fn is_refused_role(&self, role: &str) -> bool {
        role.is_empty() || role == "none" || self.options.refused_roles.iter().any(|refused| **refused == *role)
    }
}
