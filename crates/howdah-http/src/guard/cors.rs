//! Cross-origin requests: which web pages' scripts may read answers.
//!
//! Of our own and not tower-http's layer: that one takes every OPTIONS for a preflight and answers it, while
//! PostgREST's clients ask with a plain OPTIONS what a table allows; it has no way to allow fixed headers beside those
//! that were asked for; and it builds its headers anew for each request.

use std::str::FromStr;
use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use http::header::{
    self, ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS,
    ACCESS_CONTROL_REQUEST_METHOD, HeaderMap, HeaderName, HeaderValue,
};
use http::{Method, Request};

/// The origins whose pages may use the API. `server-cors-allowed-origins`
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum AllowedOrigins {
    /// All, without cookies: who may do what is decided by the token that a page has to have. PostgREST's default.
    #[default]
    Any,
    /// These, such as `https://example.com`, with cookies.
    Only(Vec<HeaderValue>),
    /// No other than the server's own.
    Own,
}

/// The text is no list of origins.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is no origin: give scheme and host, and the port if it is not the usual (https://example.com)")]
pub struct OriginError(String);

impl FromStr for AllowedOrigins {
    type Err = OriginError;

    /// Origins with commas in between; nothing, or `*`, for any.
    fn from_str(text: &str) -> Result<Self, OriginError> {
        let parts: Vec<_> = text.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
        if parts.is_empty() || parts == ["*"] {
            return Ok(Self::Any);
        }
        let origin = |part: &str| {
            let is_origin = part.split_once("://").is_some_and(|(scheme, host)| {
                !scheme.is_empty() && !host.is_empty() && !host.contains(['/', '?', '#', '*', ' '])
            });
            HeaderValue::from_str(part).ok().filter(|_| is_origin).ok_or_else(|| OriginError(part.to_owned()))
        };
        parts.into_iter().map(origin).collect::<Result<_, _>>().map(Self::Only)
    }
}

/// What pages of other origins may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CorsOptions {
    /// Whose pages.
    pub origins: AllowedOrigins,
    /// How long a browser may remember a preflight's answer. PostgREST's is a day.
    pub max_age: Duration,
}

impl Default for CorsOptions {
    fn default() -> Self {
        Self { origins: AllowedOrigins::default(), max_age: Duration::from_secs(24 * 60 * 60) }
    }
}

const METHODS: HeaderValue = HeaderValue::from_static("GET, POST, PATCH, PUT, DELETE, OPTIONS, HEAD");
/// Headers that requests may always have. Those that a browser asks for stand between them, as in PostgREST.
const FIRST_ALLOWED: &str = "Authorization";
const LAST_ALLOWED: &str = "Accept, Accept-Language, Content-Language";
/// What scripts may read of an answer beyond what they always may; those of PostgREST first.
const EXPOSED: &str = "Content-Encoding, Content-Location, Content-Range, Content-Type, Date, Location, Server, \
    Transfer-Encoding, Range-Unit, Preference-Applied, ETag, Next-Cursor, Proxy-Status, RateLimit, RateLimit-Policy, \
    Retry-After, Server-Timing, X-Request-Id";

/// [`CorsOptions`], with the headers made.
pub(super) struct Cors {
    origins: AllowedOrigins,
    max_age: HeaderValue,
    exposed: HeaderValue,
}

impl Cors {
    /// `trace_header` is exposed with the others.
    pub(super) fn new(options: &CorsOptions, trace_header: Option<&HeaderName>) -> Self {
        let exposed = match trace_header {
            Some(name) => HeaderValue::try_from(format!("{EXPOSED}, {name}")),
            None => Ok(HeaderValue::from_static(EXPOSED)),
        };
        Self {
            origins: options.origins.clone(),
            max_age: HeaderValue::from(options.max_age.as_secs()),
            // A header's name is always a valid value.
            exposed: exposed.unwrap_or(HeaderValue::from_static(EXPOSED)),
        }
    }

    /// The answer to a browser that asks before it sends the request itself; `None` for any other request.
    pub(super) fn preflight(&self, request: &Request<Body>) -> Option<Response> {
        let headers = request.headers();
        let is_preflight = *request.method() == Method::OPTIONS
            && headers.contains_key(header::ORIGIN)
            && headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD)
            && self.origins != AllowedOrigins::Own;
        if !is_preflight {
            return None;
        }
        let mut response = Response::new(Body::empty());
        if self.allows(headers.get(header::ORIGIN)) {
            let headers = response.headers_mut();
            headers.insert(ACCESS_CONTROL_ALLOW_METHODS, METHODS);
            headers
                .insert(ACCESS_CONTROL_ALLOW_HEADERS, allowed(request.headers().get(ACCESS_CONTROL_REQUEST_HEADERS)));
            headers.insert(ACCESS_CONTROL_MAX_AGE, self.max_age.clone());
        }
        Some(response)
    }

    /// Says on an answer who may read it.
    pub(super) fn write(&self, origin: Option<&HeaderValue>, headers: &mut HeaderMap) {
        match &self.origins {
            AllowedOrigins::Own => return,
            AllowedOrigins::Any => {
                headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
            }
            AllowedOrigins::Only(_) => {
                // On every answer: a cache that gave this one to another origin would be wrong.
                headers.append(header::VARY, HeaderValue::from_static("Origin"));
                let Some(origin) = origin.filter(|origin| self.allows(Some(origin))) else { return };
                headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
                headers.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
            }
        }
        if origin.is_some() {
            headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, self.exposed.clone());
        }
    }

    fn allows(&self, origin: Option<&HeaderValue>) -> bool {
        match &self.origins {
            AllowedOrigins::Any => true,
            AllowedOrigins::Own => false,
            AllowedOrigins::Only(allowed) => origin.is_some_and(|origin| allowed.contains(origin)),
        }
    }
}

/// The headers that were asked for, if they are any, and those that are always allowed.
fn allowed(requested: Option<&HeaderValue>) -> HeaderValue {
    let names = requested.and_then(|value| value.to_str().ok()).unwrap_or_default();
    let names = names.split(',').map(str::trim).filter(|name| HeaderName::from_str(name).is_ok());
    let list = std::iter::once(FIRST_ALLOWED).chain(names).chain([LAST_ALLOWED]).collect::<Vec<_>>().join(", ");
    // Names of headers and commas.
    HeaderValue::try_from(list).unwrap_or(HeaderValue::from_static(FIRST_ALLOWED))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cors(origins: &str) -> Cors {
        let origins = if origins == "own" { AllowedOrigins::Own } else { origins.parse().unwrap() };
        Cors::new(&CorsOptions { origins, ..CorsOptions::default() }, Some(&HeaderName::from_static("x-trace")))
    }

    /// The `access-control-` headers and `vary` of the answer to a request with these headers.
    fn check(origins: &str, method: Method, given: &[(&str, &str)], expected: Option<&[&str]>) {
        let mut request = Request::builder().method(method);
        for (name, value) in given {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::empty()).unwrap();
        let cors = cors(origins);
        let preflight = cors.preflight(&request);
        assert_eq!(preflight.is_some(), expected.is_some(), "{given:?}");
        let mut headers = preflight.map(|response| response.headers().clone()).unwrap_or_default();
        cors.write(request.headers().get(header::ORIGIN), &mut headers);
        let mut found: Vec<_> =
            headers.iter().map(|(name, value)| format!("{name}: {}", value.to_str().unwrap())).collect();
        found.sort();
        if let Some(expected) = expected {
            assert_eq!(found, expected, "{origins} {given:?}");
        }
    }

    const PAGE: (&str, &str) = ("origin", "https://example.com");
    const WANTS: (&str, &str) = ("access-control-request-method", "POST");

    #[test]
    fn preflights_are_answered() {
        let all = [
            "access-control-allow-headers: Authorization, foo, x-bar, Accept, Accept-Language, Content-Language",
            "access-control-allow-methods: GET, POST, PATCH, PUT, DELETE, OPTIONS, HEAD",
            "access-control-allow-origin: *",
            &format!("access-control-expose-headers: {EXPOSED}, x-trace"),
            "access-control-max-age: 86400",
        ];
        let headers = ("access-control-request-headers", "foo, b a d,x-bar,");
        check("", Method::OPTIONS, &[PAGE, WANTS, headers], Some(&all));
        let listed = [
            "access-control-allow-credentials: true",
            "access-control-allow-headers: Authorization, Accept, Accept-Language, Content-Language",
            all[1],
            "access-control-allow-origin: https://example.com",
            all[3],
            all[4],
            "vary: Origin",
        ];
        check("https://a.example, https://example.com", Method::OPTIONS, &[PAGE, WANTS], Some(&listed));
        check("https://a.example", Method::OPTIONS, &[PAGE, WANTS], Some(&["vary: Origin"]));
        check("https://example.com:8443", Method::OPTIONS, &[PAGE, WANTS], Some(&["vary: Origin"]));
        // The plain question what a table allows, and requests that are no question.
        check("", Method::OPTIONS, &[PAGE], None);
        check("", Method::OPTIONS, &[WANTS], None);
        check("", Method::GET, &[PAGE, WANTS], None);
        check("own", Method::OPTIONS, &[PAGE, WANTS], None);
    }

    fn check_answer(origins: &str, origin: Option<&'static str>, expected: &[(&str, &str)]) {
        let mut headers = HeaderMap::new();
        cors(origins).write(origin.map(HeaderValue::from_static).as_ref(), &mut headers);
        let exposed = headers.remove(ACCESS_CONTROL_EXPOSE_HEADERS).is_some();
        assert_eq!(exposed, origin.is_some() && headers.contains_key(ACCESS_CONTROL_ALLOW_ORIGIN));
        let mut found: Vec<_> = headers.iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap())).collect();
        found.sort_unstable();
        assert_eq!(found, expected, "{origins} {origin:?}");
    }

    #[test]
    fn answers_say_who_may_read_them() {
        let any = [("access-control-allow-origin", "*")];
        check_answer("", None, &any);
        check_answer("*", Some("https://example.com"), &any);
        check_answer("https://example.com", None, &[("vary", "Origin")]);
        check_answer("https://example.com", Some("https://evil.example"), &[("vary", "Origin")]);
        check_answer("https://example.com", Some("https://example.com.evil.example"), &[("vary", "Origin")]);
        check_answer("https://example.com", Some("null"), &[("vary", "Origin")]);
        let listed = [
            ("access-control-allow-credentials", "true"),
            ("access-control-allow-origin", "https://example.com"),
            ("vary", "Origin"),
        ];
        check_answer("https://example.com", Some("https://example.com"), &listed);
        check_answer("own", Some("https://example.com"), &[]);
    }

    #[test]
    fn what_is_no_origin_is_refused() {
        for text in ["example.com", "https://", "https://example.com/", "https://*.example.com", "*, https://a.b"] {
            assert!(text.parse::<AllowedOrigins>().is_err(), "{text}");
        }
    }
}
