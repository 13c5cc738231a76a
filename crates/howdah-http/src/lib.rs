//! What every HTTP surface of Howdah shares: who asks, how errors look, how long things may take, how the server
//! starts and drains.
//!
//! The feature crates (`howdah-api`, `howdah-auth` and those to come) build routers on [`Gate`]; the binary puts them together
//! to one [`App`] and hands it to [`server::serve`].

mod api_key;
mod app;
mod body;
mod caller;
mod error;
mod gate;
mod guard;
mod health;
mod jwt;
mod metrics;
mod observe;
mod revoked;
mod role_settings;
pub mod server;
mod timing;

pub use api_key::{ApiKeys, NewApiKey, Operation, ScopeError, Scopes, Served};
pub use app::{Answering, App};
pub use body::{BodyReader, read_body};
pub use caller::{Asked, Caller, Principal, SESSION_DEFAULTS, Trash};
pub use error::{ApiError, Verbosity};
pub use gate::{Gate, GateOptions};
pub use guard::{
    AllowedOrigins, CorsOptions, OriginError, ProxyError, Rate, RateLimits, TraceHeaderError, TrustedProxies, guarded,
    trace_header,
};
pub use health::{admin_router, router as health_router};
pub use jwt::{
    Claims, JwtError, KeyAlgorithm, KeyError, KeySet, OwnTokens, RolePath, TokenCounters, TokenOptions, Tokens,
    jwk_of_secret, jwks_router, new_key, thumbprint, unix_now,
};
pub use metrics::{MetricNames, Metrics, Sealing, Waiting};
pub use observe::RequestId;
pub use revoked::{Following, Revoked};
pub use role_settings::{RoleSettings, is_settable};
pub use timing::{Phase, Running, Timing};
