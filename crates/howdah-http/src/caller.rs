//! Who asks, and the settings that make a database session theirs for the length of one flight.

use std::net::IpAddr;
use std::sync::{Arc, LazyLock};

use bytes::Bytes;
use howdah_pg::Literal;
use howdah_pg::lane::{Statement, Step};
use http::request::Parts;
use http::{HeaderMap, Method, header};

use crate::server::ClientAddress;
use crate::{ApiError, Gate, JwtError, Phase, RequestId, RoleSettings, Timing};

/// Settings that a session begins with, so that a flight need only send what differs: setting one costs PostgreSQL about
/// a microsecond, and these are the usual case. A setting that was once local to a transaction reads as an empty string
/// afterwards, not as missing, so a policy that parses `request.cookies` as JSON needs this default too.
pub const SESSION_DEFAULTS: [(&str, &str); 3] =
    [("request.method", "GET"), ("request.cookies", "{}"), ("howdah.trash", "")];

/// What every flight sets. Should one fail, PostgreSQL runs nothing of what follows.
const ALWAYS: [&str; 2] = ["role", "request.jwt.claims"];
/// What a flight sets only when it differs from the session's default, or when something in the database may ask for it.
/// Index and bit of [`BECOME_CALLER`] go together.
const SOMETIMES: [&str; 8] = [
    "transaction_read_only",
    "howdah.trash",
    "request.method",
    "request.cookies",
    "request.path",
    "request.headers",
    "request.id",
    "request.ip",
];

/// How many choices of [`SOMETIMES`] there are.
pub(crate) const CHOICES: usize = 1 << SOMETIMES.len();

/// The first statement of a flight, one for each choice of [`SOMETIMES`]. All settings are local to the transaction.
static BECOME_CALLER: LazyLock<Vec<Statement>> =
    LazyLock::new(|| (0..CHOICES).map(|choice| Statement::new("", become_caller(&[], choice, false))).collect());

/// What sets the role's own settings, and then a choice of the caller's. `anew`: in a transaction that is the caller's
/// already, so that its role is laid down first.
pub(crate) fn become_caller(own: &[String], choice: usize, anew: bool) -> String {
    let chosen = SOMETIMES.iter().enumerate().filter(|(bit, _)| choice & (1 << bit) != 0).map(|(_, name)| *name);
    let names = own.iter().map(String::as_str).chain(ALWAYS).chain(chosen).enumerate();
    let set = names.map(|(at, name)| format!("set_config({}, ${}, true)", Literal::text(name), at + 1));
    let lay_down = anew.then(|| "set_config('role', 'none', true)".to_owned());
    let calls: Vec<_> = lay_down.into_iter().chain(set).collect();
    // num_nulls evaluates all of them in order, and answers one number instead of sending every value back.
    format!("select num_nulls({})", calls.join(", "))
}

/// The circumstances of a request that functions and policies of a database may ask for. What nothing asks for need not be
/// set for every request: that is a tenth of what a quick one costs PostgreSQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "they are settings, each asked for or not")]
pub struct Asked {
    /// `request.method`
    pub method: bool,
    /// `request.cookies`
    pub cookies: bool,
    /// `request.path`
    pub path: bool,
    /// `request.headers`
    pub headers: bool,
    /// `request.id`
    pub id: bool,
    /// `request.ip`
    pub ip: bool,
}

impl Default for Asked {
    fn default() -> Self {
        Self::ALL
    }
}

impl Asked {
    /// Anything may be asked for.
    pub const ALL: Self = Self { method: true, cookies: true, path: true, headers: true, id: true, ip: true };
    /// Nothing is.
    pub const NONE: Self = Self { method: false, cookies: false, path: false, headers: false, id: false, ip: false };

    /// With what SQL, the source of a function or any text that holds either may ask for. A name that is put together at run
    /// time may be any.
    #[must_use]
    pub fn and_by(self, text: &str) -> Self {
        let is_open = |at: usize| !text[at + "request.".len()..].starts_with(|c: char| c.is_ascii_alphabetic());
        if text.match_indices("request.").any(|(at, _)| is_open(at)) || has_computed_setting(text) {
            return Self::ALL;
        }
        let names = |name: &str| text.contains(name);
        Self {
            method: self.method || names("request.method"),
            cookies: self.cookies || names("request.cookie"),
            path: self.path || names("request.path"),
            headers: self.headers || names("request.header"),
            id: self.id || names("request.id"),
            ip: self.ip || names("request.ip"),
        }
    }
}

/// Whether `current_setting` is called with anything but a literal.
fn has_computed_setting(text: &str) -> bool {
    const CALL: &str = "current_setting";
    text.match_indices(CALL).any(|(at, _)| {
        let rest = text[at + CALL.len()..].trim_start_matches(['"', ' ', '\n', '\t', '\r']);
        match rest.strip_prefix('(') {
            Some(rest) => !rest.trim_start().starts_with('\'') && !rest.trim_start().starts_with("E'"),
            // An escaped line break or quote: the text is JSON.
            None => rest.starts_with('\\'),
        }
    })
}

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
    /// 401 for a token that does not verify and where there is none and one is required, 403 for one whose role may not
    /// be used over HTTP, 500 where there is one and the server has no key to check it with.
    pub fn from_headers(headers: &HeaderMap, gate: &Gate) -> Result<Self, ApiError> {
        let anonymous =
            || gate.anonymous().ok_or_else(|| ApiError::unauthorized("PGRST302", "Anonymous access is disabled"));
        let Some(token) = token(headers)? else { return anonymous().cloned() };
        let claims = gate.tokens.verify(token)?;
        let (role, json) = match &claims.role {
            Some(role) => (Arc::clone(role), claims.json.clone()),
            None => {
                let role = Arc::clone(&anonymous()?.role);
                let json = claims.json_with_role(&role);
                (role, json)
            }
        };
        if gate.is_refused_role(&role) {
            return Err(ApiError::new(
                http::StatusCode::FORBIDDEN,
                "PGRST303",
                format!("The role \"{role}\" of this token may not be used over HTTP"),
            ));
        }
        Ok(Self { is_anonymous: gate.options.anonymous_role.as_ref() == Some(&role), role, claims: json })
    }

    /// [`Principal::from_headers`], timed as [`Phase::Jwt`] where the request is.
    ///
    /// # Errors
    /// As [`Principal::from_headers`].
    pub fn from_parts(parts: &Parts, gate: &Gate) -> Result<Self, ApiError> {
        Timing::of(&parts.extensions).time(Phase::Jwt, || Self::from_headers(&parts.headers, gate))
    }
}

/// The token that a request shows.
///
/// # Errors
/// 401 for credentials of another kind, and for what cannot be a token.
pub(crate) fn token(headers: &HeaderMap) -> Result<Option<&str>, ApiError> {
    let unreadable = |_| ApiError::unauthorized("PGRST301", "The token holds characters that no token has");
    if let Some(value) = headers.get(header::AUTHORIZATION) {
        let value = value.to_str().map_err(unreadable)?;
        let (scheme, token) = value.split_once(' ').unwrap_or((value, ""));
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(ApiError::unauthorized(
                "PGRST301",
                format!("Authorization must be \"Bearer <token>\", not \"{scheme} …\""),
            ));
        }
        let token = token.trim();
        if token.is_empty() {
            return Err(JwtError::Empty.into());
        }
        return Ok(Some(token));
    }
    match headers.get("apikey") {
        Some(value) => Ok(Some(value.to_str().map_err(unreadable)?.trim()).filter(|token| !token.is_empty())),
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
    /// What of it the database gets to know.
    pub asked: Asked,
    /// What else holds for requests of the principal's role.
    pub role_settings: Option<Arc<RoleSettings>>,
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
            asked: Asked::ALL,
            role_settings: None,
        }
    }
}

impl Caller<'_> {
    /// The step that every flight begins with.
    pub fn step(&self, trash: Trash, read_only: bool) -> Step {
        self.step_of(self.sometimes(trash, read_only), false)
    }

    /// The step that takes a transaction over from an earlier caller of the same principal: whatever that one has set is
    /// set anew.
    pub fn step_after_others(&self, trash: Trash, read_only: bool) -> Step {
        let usual = ["off", "", "GET", "{}"];
        let mut settings = self.sometimes(trash, read_only);
        for (setting, usual) in settings.iter_mut().zip(usual) {
            setting.get_or_insert(Bytes::from_static(usual.as_bytes()));
        }
        self.step_of(settings, true)
    }

    /// The values of [`SOMETIMES`], `None` where the session's default will do or nothing asks.
    fn sometimes(&self, trash: Trash, read_only: bool) -> [Option<Bytes>; SOMETIMES.len()] {
        let asked = self.asked;
        let text = |s: &str| Bytes::copy_from_slice(s.as_bytes());
        [
            read_only.then(|| Bytes::from_static(b"on")),
            (trash == Trash::Visible).then(|| Bytes::from_static(b"with")),
            (asked.method && *self.method != Method::GET).then(|| text(self.method.as_str())),
            if asked.cookies { self.cookies_json() } else { None },
            asked.path.then(|| text(self.path)),
            asked.headers.then(|| self.headers_json()),
            asked.id.then(|| text(self.request_id)),
            asked.ip.then(|| self.address.map(|address| Bytes::from(address.to_string())).unwrap_or_default()),
        ]
    }

    fn step_of(&self, sometimes: [Option<Bytes>; SOMETIMES.len()], anew: bool) -> Step {
        let own = self.role_settings.as_deref();
        let values = own.map_or(&[][..], RoleSettings::values);
        let mut params = Vec::with_capacity(values.len() + ALWAYS.len() + SOMETIMES.len());
        params.extend(values.iter().cloned().map(Some));
        params.push(Some(Bytes::copy_from_slice(self.principal.role.as_bytes())));
        params.push(Some(self.principal.claims.clone()));
        let mut choice = 0;
        for (bit, value) in sometimes.into_iter().enumerate() {
            if value.is_some() {
                choice |= 1 << bit;
                params.push(value);
            }
        }
        let statement = match own {
            None => BECOME_CALLER[choice].clone(),
            Some(own) if anew => Statement::new("", become_caller(own.names(), choice, true)),
            Some(own) => own.statement(choice),
        };
        Step { statement, params }
    }

    fn headers_json(&self) -> Bytes {
        let readable = self.headers.iter().filter(|(name, _)| !CREDENTIALS.contains(name));
        object(readable.filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?))))
    }

    /// `None` when the request has no cookies.
    fn cookies_json(&self) -> Option<Bytes> {
        let cookies = self.headers.get(header::COOKIE)?.to_str().ok()?;
        Some(object(cookies.split(';').filter_map(|cookie| cookie.trim().split_once('='))))
    }
}

/// A JSON object of strings, written without building it first: this runs once a request.
fn object<'a>(members: impl Iterator<Item = (&'a str, &'a str)>) -> Bytes {
    let mut json = Vec::with_capacity(256);
    for (name, value) in members {
        json.extend_from_slice(if json.is_empty() { b"{" } else { b"," });
        // Writing a string to a Vec cannot fail.
        let _ = serde_json::to_writer(&mut json, name);
        json.push(b':');
        let _ = serde_json::to_writer(&mut json, value);
    }
    json.extend_from_slice(if json.is_empty() { b"{}" } else { b"}" });
    json.into()
}

#[cfg(test)]
mod tests {
    use super::Asked;

    fn check(text: &str, expected: Asked) {
        assert_eq!(Asked::NONE.and_by(text), expected, "{text}");
    }

    #[test]
    fn what_a_text_asks_for() {
        let headers = Asked { headers: true, ..Asked::NONE };
        check("select nullif(current_setting('request.jwt.claims', true), '')::json", Asked::NONE);
        check("current_setting('request.headers', true)::json ->> 'user-agent'", headers);
        check("current_setting ( 'request.ip', true)", Asked { ip: true, ..Asked::NONE });
        check("current_setting('request.header.x', true)", headers);
        // A name that is put together may be any; so may one that comes from elsewhere.
        check("current_setting('request.' || name, true)", Asked::ALL);
        check("current_setting(name, true)", Asked::ALL);
        check("pg_catalog.current_setting(\n  $1)", Asked::ALL);
        check("select name from pg_settings where name like 'request.%'", Asked::ALL);
    }
}
