//! Keys for clients, in the form Supabase's clients expect: long-lived tokens that name a role.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use howdah_http::Tokens;
use serde_json::json;

use crate::failure::Failure;

const YEAR: Duration = Duration::from_secs(365 * 24 * 3600);
/// Ten years: such a key is put into an application and ends with the secret that signed it.
const LIFETIME: Duration = Duration::from_secs(10 * YEAR.as_secs());

/// Makes keys.
#[derive(Debug, Clone)]
pub(crate) struct Keys {
    tokens: Tokens,
}

impl Keys {
    pub(crate) fn new(tokens: Tokens) -> Self {
        Self { tokens }
    }

    /// A key for `role`.
    ///
    /// # Errors
    /// None of the server's keys can sign.
    pub(crate) fn key(&self, role: &str) -> Result<String, Failure> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
        // Dated back to the beginning of a year: every start of the server prints the same key.
        let issued_at = now.as_secs() / YEAR.as_secs() * YEAR.as_secs();
        let mut claims = json!({
            "iss": self.tokens.issuer(), "role": role, "iat": issued_at, "exp": issued_at + LIFETIME.as_secs(),
        });
        if let Some(audience) = self.tokens.audience() {
            claims["aud"] = json!(audience);
        }
        self.tokens.sign(&claims).map_err(|error| Failure::new(error.code(), error.to_string()))
    }
}
