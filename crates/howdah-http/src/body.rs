//! Request bodies, bounded in size and time.

use std::time::Duration;

use axum::body::Body;
use bytes::{Bytes, BytesMut};
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
        Ok(Err(_)) => Err(broken_off()),
        Err(_) => {
            let message =
                format!("The request body took longer than {} s to arrive", gate.options.body_timeout.as_secs());
            Err(ApiError::new(StatusCode::REQUEST_TIMEOUT, "HOWDAH408", message))
        }
    }
}

/// A body that is taken in pieces, each of them bounded in time. Nothing is read ahead of what is asked for, so that a
/// client sends no faster than its body is worked on.
#[derive(Debug)]
pub struct BodyReader {
    body: Body,
    patience: Duration,
}

impl BodyReader {
    /// Reads `body` with the gate's patience.
    pub fn new(body: Body, gate: &Gate) -> Self {
        Self { body, patience: gate.options.body_timeout }
    }

    /// Reads on until `buffer` holds at least `size` bytes or the body ends; `true` at its end.
    ///
    /// # Errors
    /// 408 when that takes longer than a whole body may, 400 when the body breaks off.
    pub async fn fill(&mut self, buffer: &mut BytesMut, size: usize) -> Result<bool, ApiError> {
        let patience = self.patience;
        let filled = tokio::time::timeout(patience, async {
            while buffer.len() < size {
                match self.body.frame().await {
                    None => return Ok(true),
                    Some(Err(_)) => return Err(broken_off()),
                    // Trailers are nobody's.
                    Some(Ok(frame)) => buffer.extend_from_slice(&frame.into_data().unwrap_or_default()),
                }
            }
            Ok(false)
        });
        filled.await.unwrap_or_else(|_| {
            let message =
                format!("The next {size} bytes of the body took longer than {} s to arrive", patience.as_secs());
            Err(ApiError::new(StatusCode::REQUEST_TIMEOUT, "HOWDAH408", message)
                .with_hint("Nothing was changed; send the body again over a faster connection, or in smaller parts"))
        })
    }
}

fn broken_off() -> ApiError {
    ApiError::bad_request("HOWDAH400", "The request body broke off before its end")
}

fn too_large(limit: usize) -> ApiError {
    ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "HOWDAH413", format!("The request body is larger than {limit} bytes"))
        .with_hint("Send fewer rows at a time, or raise server.max_body in howdah.toml")
}
