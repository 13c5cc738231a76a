//! Request ids and one log line a request.

use std::future::Future;
use std::time::Instant;

use axum::extract::Request;
use axum::response::Response;
use http::HeaderValue;
use tracing::Instrument;

/// A client's own id is taken over when it is short and plain: it goes into headers, logs and the audit trail.
const LONGEST: usize = 128;

/// The id of a request: the client's `X-Request-Id`, or one that is made for it. Found in the request's extensions.
#[derive(Debug, Clone)]
pub struct RequestId(HeaderValue);

impl RequestId {
    /// As text.
    pub fn as_str(&self) -> &str {
        self.0.to_str().unwrap_or_default()
    }

    fn of(request: &Request) -> Self {
        let given = request.headers().get("x-request-id").filter(|id| {
            let bytes = id.as_bytes();
            !bytes.is_empty()
                && bytes.len() <= LONGEST
                && bytes.iter().all(|b| b.is_ascii_alphanumeric() || b"-_.:/".contains(b))
        });
        Self(given.cloned().unwrap_or_else(fresh))
    }
}

fn fresh() -> HeaderValue {
    let id = format!("{:032x}", rand::random::<u128>());
    // Hexadecimal digits are always a valid header value.
    HeaderValue::try_from(id).unwrap_or(HeaderValue::from_static("-"))
}

/// Gives a request its id before it is answered, echoes it, and logs method, path, status and time. Queries are left out of
/// the log: filters hold personal data.
pub(crate) async fn observe<F: Future<Output = Response>>(
    mut request: Request,
    answer: impl FnOnce(Request) -> F,
) -> Response {
    let id = RequestId::of(&request);
    request.extensions_mut().insert(id.clone());
    if !tracing::enabled!(tracing::Level::INFO) {
        let mut response = answer(request).await;
        response.headers_mut().insert("x-request-id", id.0);
        return response;
    }
    let started = Instant::now();
    let span = tracing::info_span!("request", id = id.as_str());
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let mut response = answer(request).instrument(span.clone()).await;
    let status = response.status().as_u16();
    let elapsed_us = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
    span.in_scope(|| tracing::info!(target: "howdah::access", %method, path, status, elapsed_us));
    response.headers_mut().insert("x-request-id", id.0);
    response
}
