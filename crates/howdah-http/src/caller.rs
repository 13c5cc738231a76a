//! Who asks, and the settings that make a database session theirs for the length of one flight.

use std::net::IpAddr;
use std::sync::{Arc, LazyLock};

use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, Method, header};
use howdah_pg::lane::{Statement, Step};
use serde_json::{Map, Value};

use crate::server::ClientAddress;
use crate::{ApiError, Gate, RequestId};

/// The first statement of every flight. All settings are local to the flight's transaction. `role` comes first: should
/// it fail, PostgreSQL runs nothing of what follows.
const BECOME_CALLER: &str = "select set_config('role', $1, true), set_config('request.jwt.claims', $2, true), \
     set_config('request.method', $3, true), set_config('request.path', $4, true), \
     set_config('request.headers', $5, true), set_config('request.cookies', $6, true), \
     set_config('request.id', $7, true), set_config('request.ip', $8, true), \
     set_config('howdah.trash', $9, true), set_config('transaction_read_only', $10, true)";

static BECOME_CALLER_STATEMENT: LazyLock<Statement> = LazyLock::new(|| Statement::new("", BECOME_CALLER));

/// Headers that are credentials: policies see the verified claims, not the token they came in.
const CREDENTIALS: [header::HeaderName; 3] =
    [header::AUTHORIZATION, header::COOKIE, header::HeaderName::from_static("apikey")];

/// A verified identity.
#[derive(Debug, Clone)]
pub struct Principal {
    /// The database role that requests run as.
    pub role: Arc<str>,
    /// The token's claims as JSON; only the role where there is no token.
    pub claims: Bytes,
    /// No token was shown.
    pub is_anonymous: bool,
}

impl Principal {
    /// Reads the bearer token, or the `apikey` header where there is none (Supabase's clients send both).
    ///
    /// # Errors
    /// 401 for a token that does not verify, 403 for one whose role may not be used over HTTP.
    pub fn from_headers(headers: &HeaderMap, gate: &Gate) -> Result<Self, ApiError> {
        let Some(token) = token(headers)? else { return Ok(gate.anonymous()) };
        let claims = gate.tokens.verify(token)?;
        let role = claims.role.clone().unwrap_or_else(|| Arc::clone(&gate.options.anonymous_role));
        if gate.is_refused_role(&role) {
            return Err(ApiError::new(
                http::StatusCode::FORBIDDEN,
                "PGRST303",
                format!("The role \"{role}\" of this token may not be used over HTTP"),
            ));
        }
        Ok(Self { is_anonymous: role == gate.options.anonymous_role, role, claims: claims.json.clone() })
    }
}

fn token(headers: &HeaderMap) -> Result<Option<&str>, ApiError> {
    let text = |value: &'_ header::HeaderValue| -> Result<(), ApiError> {
        value.to_str().map(drop).map_err(|_| ApiError::unauthorized("PGRST301", "The token holds characters that no token has"))
    };
    if let Some(value) = headers.get(header::AUTHORIZATION) {
        text(value)?;
        let value = value.to_str().unwrap_or_default();
        let (scheme, token) = value.split_once(' ').unwrap_or((value, ""));
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(ApiError::unauthorized(
                "PGRST301",
                format!("Authorization must be \"Bearer <token>\", not \"{scheme} …\""),
            ));
        }
        let token = token.trim();
        if token.is_empty() {
            return Err(ApiError::unauthorized("PGRST301", "Empty JWT is sent in Authorization header"));
        }
        return Ok(Some(token));
    }
    match headers.get("apikey") {
        Some(value) => {
            text(value)?;
            Ok(value.to_str().ok().map(str::trim).filter(|token| !token.is_empty()))
        }
        None => Ok(None),
    }
}

/// Which rows of a table with soft deletion the row-level security policies let through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trash {
    /// Live rows.
    Hidden,
    /// Deleted rows too; the statement itself then says which it wants.
    Visible,
}

/// One request's identity and circumstances, as the database gets to know them.
#[derive(Debug)]
pub struct Caller<'a> {
    /// Who.
    pub principal: &'a Principal,
    /// The HTTP method.
    pub method: &'a Method,
    /// The path without its query.
    pub path: &'a str,
    /// The request's headers.
    pub headers: &'a HeaderMap,
    /// The request's id.
    pub request_id: &'a str,
    /// The other end of the connection.
    pub address: Option<IpAddr>,
}

impl<'a> Caller<'a> {
    /// The caller of a request whose identity has been verified.
    pub fn new(principal: &'a Principal, parts: &'a Parts) -> Self {
        Self {
            principal,
            method: &parts.method,
            path: parts.uri.path(),
            headers: &parts.headers,
            request_id: parts.extensions.get::<RequestId>().map(RequestId::as_str).unwrap_or_default(),
            address: parts.extensions.get::<ClientAddress>().map(|client| client.0),
        }
    }
}

impl Caller<'_> {
    /// The step that every flight begins with.
    pub fn step(&self, trash: Trash, read_only: bool) -> Step {
        let text = |s: &str| Some(Bytes::copy_from_slice(s.as_bytes()));
        let params = vec![
            text(&self.principal.role),
            Some(self.principal.claims.clone()),
            text(self.method.as_str()),
            text(self.path),
            Some(self.headers_json()),
            Some(self.cookies_json()),
            text(self.request_id),
            Some(self.address.map(|address| Bytes::from(address.to_string())).unwrap_or_default()),
            Some(Bytes::from_static(match trash {
                Trash::Hidden => b"",
                Trash::Visible => b"with",
            })),
            Some(Bytes::from_static(if read_only { b"on" } else { b"off" })),
        ];
        Step { statement: BECOME_CALLER_STATEMENT.clone(), params }
    }

    fn headers_json(&self) -> Bytes {
        let mut object = Map::new();
        for (name, value) in self.headers {
            if !CREDENTIALS.contains(name)
                && let Ok(value) = value.to_str()
            {
                object.insert(name.as_str().to_owned(), Value::String(value.to_owned()));
            }
        }
        to_json(&object)
    }

    fn cookies_json(&self) -> Bytes {
        let Some(cookies) = self.headers.get(header::COOKIE).and_then(|value| value.to_str().ok()) else {
            return Bytes::from_static(b"{}");
        };
        let object = cookies
            .split(';')
            .filter_map(|cookie| cookie.trim().split_once('='))
            .map(|(name, value)| (name.to_owned(), Value::String(value.to_owned())))
            .collect();
        to_json(&object)
    }
}

fn to_json(object: &Map<String, Value>) -> Bytes {
    // A map of strings always serialises.
    serde_json::to_vec(object).unwrap_or_else(|_| b"{}".to_vec()).into()
}
