//! What stands before every handler: whose request it is by address, cross-origin rules, rate limits, and the headers
//! that every answer has. Answers are counted here, too.
//!
//! One function for all of it, and no layer of axum's: see [`crate::App`]. Each concern has a file.

mod cors;
mod limits;
mod proxies;

use std::sync::Arc;
use std::time::Instant;

use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use http::header::{self, HeaderName, HeaderValue, ORIGIN};

use cors::Cors;
pub use cors::{AllowedOrigins, CorsOptions, OriginError};
use limits::{Limits, Standings};
pub use limits::{Rate, RateLimits};
pub use proxies::{ProxyError, TrustedProxies};

use crate::error::{Verbosity, shorten};
use crate::metrics::Place;
use crate::observe::observe;
use crate::server::ClientAddress;
use crate::timing::Timing;
use crate::{App, Gate, api_key, caller};

/// Health is asked for by machines that must not be told to come back later.
const UNLIMITED: [&str; 2] = ["/healthz", "/readyz"];

/// Puts everything that this crate does for each request before `app`: see [`crate::GateOptions`]. Each gets an id, too, and a line in the log.
pub fn guarded(app: impl Into<App>, gate: &Gate) -> App {
    let before = Arc::new((Guard::new(gate.clone()), app.into()));
    App::new(move |request| {
        let before = Arc::clone(&before);
        async move {
            let (guard, app) = &*before;
            observe(request, |request| stand(guard, app, request)).await
        }
    })
}

struct Guard {
    gate: Gate,
    cors: Cors,
    limits: Limits,
}

impl Guard {
    fn new(gate: Gate) -> Self {
        let options = &gate.options;
        let cors = Cors::new(&options.cors, options.trace_header.as_ref());
        let limits = Limits::new(&options.limits);
        Self { cors, limits, gate }
    }

    /// Waits until it is known what has ended, where that is late and the request has a token that may have.
    async fn catch_up(&self, headers: &HeaderMap) {
        let Ok(Some(token)) = caller::token(headers) else { return };
        if self.gate.tokens.verify(token).is_ok_and(|claims| claims.session.is_some()) {
            self.gate.revoked.catch_up().await;
        }
    }

    /// Counts a request. Whether it is within all limits that it is under.
    fn admits<'a>(&'a self, request: &Request, standings: &mut Standings<'a>) -> bool {
        if UNLIMITED.contains(&request.uri().path()) {
            return true;
        }
        let address = request.extensions().get::<ClientAddress>().map(|client| client.0);
        if !self.limits.take_address(standings, address) {
            return false;
        }
        // A token is looked at only after its bearer's address has passed: verifying one is work. What is wrong with
        // it, the handler says.
        if !self.limits.has_per_token() {
            return true;
        }
        let Ok(Some(token)) = caller::token(request.headers()) else { return true };
        if self.gate.options.api_keys && api_key::is_meant(token) {
            return self.gate.keys.subject(token).is_none_or(|subject| self.limits.take_token(standings, &subject));
        }
        match self.gate.tokens.verify(token) {
            Ok(claims) => self.limits.take_token(standings, claims.subject.as_deref().unwrap_or(token)),
            Err(_) => true,
        }
    }
}

async fn stand(guard: &Guard, app: &App, mut request: Request) -> Response {
    let came = Instant::now();
    let method = Place::of(request.method());
    let options = &guard.gate.options;
    let peer = request.extensions().get::<ClientAddress>().map(|client| client.0);
    let client = options.trusted_proxies.client(peer, request.headers());
    if let Some(client) = client.filter(|_| client != peer) {
        request.extensions_mut().insert(ClientAddress(client));
    }
    let origin = request.headers().get(ORIGIN).cloned();
    let trace = options.trace_header.as_ref().and_then(|name| Some((name, request.headers().get(name)?.clone())));
    let timing = if options.server_timing { Timing::new() } else { Timing::off() };
    let mut standings = Standings::default();

    let mut response = if let Some(preflight) = guard.cors.preflight(&request) {
        preflight
    } else if guard.admits(&request, &mut standings) {
        timing.attach(request.extensions_mut());
        if !guard.gate.revoked.is_current() {
            // In a box, because it is rare and would make what waits for every answer larger.
            Box::pin(guard.catch_up(request.headers())).await;
        }
        app.answer(request).await
    } else {
        standings.refusal().into_response()
    };

    if options.error_verbosity == Verbosity::Minimal {
        response = shorten(response);
    }
    let headers = response.headers_mut();
    guard.cors.write(origin.as_ref(), headers);
    standings.write(headers);
    timing.write(headers);
    if let Some((name, value)) = trace {
        headers.insert(name, value);
    }
    // A browser that guesses at the type of what it is given may run as a page what was stored as data.
    headers.entry(header::X_CONTENT_TYPE_OPTIONS).or_insert(NOSNIFF);
    guard.gate.metrics().answered(method, response.status(), came.elapsed());
    response
}

const NOSNIFF: HeaderValue = HeaderValue::from_static("nosniff");

/// A header's name for [`crate::GateOptions::trace_header`]. `server-trace-header`
///
/// # Errors
/// It is no name of a header, or one that the server sets itself.
pub fn trace_header(name: &str) -> Result<HeaderName, TraceHeaderError> {
    /// Echoing these would say something about the answer that is not so.
    const RESERVED: [HeaderName; 8] = [
        header::AUTHORIZATION,
        header::CONNECTION,
        header::CONTENT_ENCODING,
        header::CONTENT_LENGTH,
        header::CONTENT_TYPE,
        header::COOKIE,
        header::TRANSFER_ENCODING,
        header::UPGRADE,
    ];
    let parsed = HeaderName::try_from(name).ok().filter(|name| !RESERVED.contains(name));
    parsed.ok_or_else(|| TraceHeaderError(name.to_owned()))
}

/// The name cannot be a trace header's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" cannot be the trace header: give the name of a header of your own, such as X-Trace-Id")]
pub struct TraceHeaderError(String);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trace_headers_are_names_that_mean_nothing_else() {
        for (name, is_one) in [
            ("X-Request-Id", true),
            ("traceparent", true),
            ("Content-Length", false),
            ("authorization", false),
            ("a b", false),
            ("", false),
        ] {
            assert_eq!(trace_header(name).is_ok(), is_one, "{name}");
        }
    }
}
