//! Request bodies, bounded in size and time.

use axum::body::Body;
use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};

use crate::{ApiError, Gate};

/// Reads the whole body.
///
/// # Errors
/// 413 when it is larger than the limit (before reading it, where its length is announced), 408 when it comes too
/// slowly, 400 when it breaks off.
pub async fn read_body(headers: &HeaderMap, body: Body, gate: &Gate) -> Result<Bytes, ApiError> {
    let limit = gate.options.max_body;
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > limit as u64) {
        return Err(too_large(limit));
    }
    match tokio::time::timeout(gate.options.body_timeout, Limited::new(body, limit).collect()).await {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(too_large(limit)),
        Ok(Err(_)) => Err(ApiError::bad_request("HOWDAH400", "The request body broke off before its end")),
        Err(_) => {
            let message =
                format!("The request body took longer than {} s to arrive", gate.options.body_timeout.as_secs());
            Err(ApiError::new(StatusCode::REQUEST_TIMEOUT, "HOWDAH408", message))
        }
    }
}

fn too_large(limit: usize) -> ApiError {
    ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "HOWDAH413", format!("The request body is larger than {limit} bytes"))
        .with_hint("Send fewer rows at a time, or raise server.max_body in howdah.toml")
}
