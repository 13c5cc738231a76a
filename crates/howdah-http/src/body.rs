//! Request bodies, bounded in size and time.

use std::time::Duration;

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use http::{HeaderMap, StatusCode, header};
use http_body_util::BodyExt;

use crate::{ApiError, Gate};

/// Reads the whole body.
///
/// # Errors
/// 413 when it is larger than the limit (before reading it, where its length is announced), 408 when it comes too
/// slowly, 400 when it breaks off.
pub async fn read_body(headers: &HeaderMap, body: Body, gate: &Gate) -> Result<Bytes, ApiError> {
    let limit = gate.options.max_body;
    let mut reader = BodyReader::new(body, gate);
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > limit as u64) {
        return Err(too_large(limit));
    }
    let mut buffer = BytesMut::new();
    let is_whole = reader.fill(&mut buffer, limit.saturating_add(1)).await?;
    if is_whole { Ok(buffer.freeze()) } else { Err(too_large(limit)) }
}

/// A body that is taken in pieces, each of them bounded in time. Nothing is read ahead of what is asked for, so that a
/// client sends no faster than its body is worked on.
///
/// What is left of the body when this is dropped is read and thrown away, for as long as a body may take: a connection that
/// closes with unread bytes is reset, and a reset may cost the client the error that it was sent.
#[derive(Debug)]
pub struct BodyReader {
    body: Body,
    patience: Duration,
    has_ended: bool,
}

impl BodyReader {
    /// Reads `body` with the gate's patience.
    pub fn new(body: Body, gate: &Gate) -> Self {
        Self { body, patience: gate.options.body_timeout, has_ended: false }
    }

    /// Reads on until `buffer` holds at least `size` bytes or the body ends; `true` at its end.
    ///
    /// # Errors
    /// 408 when that takes longer than a whole body may, 400 when the body breaks off.
    pub async fn fill(&mut self, buffer: &mut BytesMut, size: usize) -> Result<bool, ApiError> {
        let patience = self.patience;
        let filled = tokio::time::timeout(patience, async {
            while buffer.len() < size && !self.has_ended {
                match self.body.frame().await {
                    // Trailers are nobody's.
                    Some(Ok(frame)) => buffer.extend_from_slice(&frame.into_data().unwrap_or_default()),
                    None => self.has_ended = true,
                    Some(Err(_)) => {
                        self.has_ended = true;
                        return Err(broken_off());
                    }
                }
            }
            Ok(self.has_ended)
        });
        filled.await.unwrap_or_else(|_| {
            let message = format!("The request body took longer than {} s to arrive", patience.as_secs());
            Err(ApiError::new(StatusCode::REQUEST_TIMEOUT, "HOWDAH408", message))
        })
    }
}

impl Drop for BodyReader {
    fn drop(&mut self) {
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        if self.has_ended {
            return;
        }
        let (mut body, patience) = (std::mem::take(&mut self.body), self.patience);
        runtime.spawn(tokio::time::timeout(patience, async move { while let Some(Ok(_)) = body.frame().await {} }));
    }
}

fn broken_off() -> ApiError {
    ApiError::bad_request("HOWDAH400", "The request body broke off before its end")
}

fn too_large(limit: usize) -> ApiError {
    ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "HOWDAH413", format!("The request body is larger than {limit} bytes"))
        .with_hint("Send fewer rows at a time, or raise server.max_body in howdah.toml")
}
