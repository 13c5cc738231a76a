//! The claims of a token, and whether they hold: times, audience, issuer, role.

use std::sync::Arc;

use bytes::Bytes;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::{JwtError, OwnTokens, TokenOptions};

/// Clocks of issuer and verifier may differ by this many seconds.
pub(super) const LEEWAY: u64 = 30;

/// The claims of a token whose signature is good.
#[derive(Debug, Clone, Default)]
pub struct Claims {
    /// As JSON text, for `request.jwt.claims`. Its `role` is [`Claims::role`], wherever the token has it.
    pub json: Bytes,
    /// The role, if the token has a string for it.
    pub role: Option<Arc<str>>,
    /// `sub`, if it is a string.
    pub subject: Option<Arc<str>>,
    /// The session, if this server has issued the token for one.
    pub(crate) session: Option<OfSession>,
    /// Whole seconds since 1970, of `exp`, `nbf` and `iat`.
    pub(super) expires: Option<u64>,
    pub(super) not_before: Option<u64>,
    pub(super) issued: Option<u64>,
}

/// What a token says of its session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct OfSession {
    pub(crate) session: Uuid,
    pub(crate) account: Uuid,
    /// The account's epoch when it was issued.
    pub(crate) epoch: i64,
}

impl OfSession {
    /// Of a token in our own name: all of RFC 9068's claims and ours, or it is none.
    fn read(claims: &Map<String, Value>, own: &OwnTokens) -> Result<Option<Self>, JwtError> {
        if claims.get("iss").and_then(Value::as_str) != Some(&own.issuer) {
            return Ok(None);
        }
        for required in ["exp", "nbf", "iat", "role"] {
            if claims.get(required).is_none_or(Value::is_null) {
                return Err(JwtError::MissingClaim(required));
            }
        }
        check_audience(claims.get("aud"), Some(&own.audience), true)?;
        let id = |name| claims.get(name).and_then(Value::as_str).and_then(|id| id.parse().ok());
        let epoch = claims.get("epoch").and_then(Value::as_i64);
        Ok(Some(Self {
            session: id("session_id").ok_or(JwtError::MissingClaim("session_id"))?,
            account: id("sub").ok_or(JwtError::MissingClaim("sub"))?,
            epoch: epoch.ok_or(JwtError::MissingClaim("epoch"))?,
        }))
    }
}

impl Claims {
    /// Reads a token's payload and checks all that does not depend on the time.
    pub(super) fn read(payload: &[u8], options: &TokenOptions) -> Result<Self, JwtError> {
        let mut claims: Map<String, Value> = serde_json::from_slice(payload).map_err(|_| JwtError::Claims)?;
        let expires = seconds(&claims, "exp")?;
        if options.require_exp && expires.is_none() {
            return Err(JwtError::MissingClaim("exp"));
        }
        let (not_before, issued) = (seconds(&claims, "nbf")?, seconds(&claims, "iat")?);
        check_audience(claims.get("aud"), options.audience.as_deref(), options.require_audience)?;
        if let Some(issuer) = &options.issuer {
            match claims.get("iss") {
                None | Some(Value::Null) => return Err(JwtError::MissingClaim("iss")),
                Some(Value::String(named)) if named == issuer => {}
                Some(_) => return Err(JwtError::WrongIssuer),
            }
        }
        let session = match &options.own {
            Some(own) => OfSession::read(&claims, own)?,
            None => None,
        };
        let role: Option<Arc<str>> = match session {
            // Ours say it in the usual place, wherever others do.
            Some(_) => claims.get("role").and_then(Value::as_str).map(Arc::from),
            None => options.role_path.role(&claims).map(Arc::from),
        };
        match &role {
            Some(role) => claims.insert("role".to_owned(), Value::from(&**role)),
            None => claims.remove("role"),
        };
        let subject = claims.get("sub").and_then(Value::as_str).map(Arc::from);
        let json = serde_json::to_vec(&claims).map_err(|_| JwtError::Claims)?;
        Ok(Self { json: json.into(), role, subject, session, expires, not_before, issued })
    }

    /// Checks the times against `now`, in seconds since 1970.
    pub(super) fn check_times(&self, now: u64) -> Result<(), JwtError> {
        if self.expires.is_some_and(|expires| expires.saturating_add(LEEWAY) < now) {
            return Err(JwtError::Expired);
        }
        let comes_later = |time: u64| time > now.saturating_add(LEEWAY);
        if self.not_before.is_some_and(comes_later) {
            return Err(JwtError::NotYetValid);
        }
        if self.issued.is_some_and(comes_later) {
            return Err(JwtError::IssuedInFuture);
        }
        Ok(())
    }

    /// The claims with the role that a token without one gets.
    pub(crate) fn json_with_role(&self, role: &str) -> Bytes {
        if self.role.is_some() {
            return self.json.clone();
        }
        // The object has no role of its own, see `read`.
        let rest = self.json.strip_prefix(b"{").unwrap_or(b"}");
        let mut json = format!("{{\"role\":{}", Value::from(role)).into_bytes();
        if rest != b"}" {
            json.push(b',');
        }
        json.extend_from_slice(rest);
        json.into()
    }
}

/// A date may have a fraction (RFC 7519, 2); what is kept is its whole seconds. `null` is as good as nothing.
fn seconds(claims: &Map<String, Value>, name: &'static str) -> Result<Option<u64>, JwtError> {
    match claims.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => value.as_f64().map(|seconds| Some(seconds as u64)).ok_or(JwtError::NotNumber(name)),
    }
}

/// A token without an audience is for all of them, as in PostgREST, unless one is required. Where none is configured, any will
/// do that is one.
fn check_audience(claim: Option<&Value>, audience: Option<&str>, required: bool) -> Result<(), JwtError> {
    let is_meant = |named: &str| audience.is_none_or(|audience| audience == named);
    let is_there = match claim {
        None | Some(Value::Null) => {
            return if required && audience.is_some() { Err(JwtError::MissingClaim("aud")) } else { Ok(()) };
        }
        Some(Value::String(one)) => is_meant(one),
        Some(Value::Array(many)) if many.is_empty() => return check_audience(None, audience, required),
        Some(Value::Array(many)) if many.iter().all(Value::is_string) => {
            many.iter().filter_map(Value::as_str).any(is_meant)
        }
        Some(_) => return Err(JwtError::AudienceType),
    };
    if is_there { Ok(()) } else { Err(JwtError::WrongAudience) }
}
