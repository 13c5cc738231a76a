//! What every handler needs: the database, the tokens, the limits.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use howdah_pg::lane::LanePool;

use crate::{Principal, Tokens};

/// Limits and roles of the HTTP side.
#[derive(Debug, Clone)]
pub struct GateOptions {
    /// The role of requests without a token.
    pub anonymous_role: Arc<str>,
    /// Roles that the server's login may take on but a token may not: its own, and those of its inner workings.
    pub refused_roles: Vec<Arc<str>>,
    /// The largest request body, in bytes.
    pub max_body: usize,
    /// How long a client may take to send a body.
    pub body_timeout: Duration,
}

impl Default for GateOptions {
    fn default() -> Self {
        Self {
            anonymous_role: "anon".into(),
            refused_roles: ["howdah_login", "howdah_auth", "howdah_sealer", "howdah_owner"].map(Arc::from).to_vec(),
            max_body: 10 * 1024 * 1024,
            body_timeout: Duration::from_secs(30),
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
    /// Limits and roles.
    pub options: Arc<GateOptions>,
    anonymous: Principal,
    has_schema: Arc<AtomicBool>,
}

impl Gate {
    /// A gate before `pool`.
    pub fn new(pool: LanePool, tokens: Tokens, options: GateOptions) -> Self {
        let claims = serde_json::json!({ "role": *options.anonymous_role }).to_string();
        let anonymous =
            Principal { role: Arc::clone(&options.anonymous_role), claims: Bytes::from(claims), is_anonymous: true };
        Self { pool, tokens, options: Arc::new(options), anonymous, has_schema: Arc::default() }
    }

    /// Says that there is a schema to serve: from then on `/readyz` may answer that this process is ready.
    pub fn set_has_schema(&self) {
        self.has_schema.store(true, Ordering::Release);
    }

    pub(crate) fn has_schema(&self) -> bool {
        self.has_schema.load(Ordering::Acquire)
    }

    pub(crate) fn anonymous(&self) -> Principal {
        self.anonymous.clone()
    }

    /// `none` would give the login role its own identity back, so it is refused with the others.
    pub(crate) fn is_refused_role(&self, role: &str) -> bool {
        role.is_empty() || role == "none" || self.options.refused_roles.iter().any(|refused| **refused == *role)
    }
}
