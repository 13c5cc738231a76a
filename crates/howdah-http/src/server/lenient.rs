//! Request lines as people type them.
//!
//! `curl "$URL/rest/v1/people?select=data->>name"` sends the angle brackets as they are, and PostgREST's documentation is
//! full of such lines. RFC 3986 wants them as `%3E`, and hyper refuses them before any of our code runs. So the first line
//! of a request is looked at as it comes from the client, and what no URL may hold is encoded there. Nothing else is
//! touched: the line is known by where it stands, at the beginning of a connection or after an answer, and by its form.
//!
//! A request that was sent before the answer to the one before it (HTTP pipelining) may be read together with that one, and
//! then has to be correct by itself.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};

use bytes::{Buf, BytesMut};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// A longer line is passed on as it is: hyper has a limit of its own.
const LONGEST: usize = 64 * 1024;

/// A stream whose request lines are corrected.
pub(super) struct Lenient<S> {
    stream: S,
    /// What comes next is a request line.
    is_at_line: Arc<AtomicBool>,
    /// Read and not yet looked at, for want of the rest of the line.
    line: BytesMut,
    /// Looked at and not yet passed on.
    ready: BytesMut,
}

impl<S> Lenient<S> {
    /// A connection that has just been opened. Whoever answers a request sets the second to true.
    pub(super) fn new(stream: S) -> (Self, Arc<AtomicBool>) {
        let is_at_line = Arc::new(AtomicBool::new(true));
        let (line, ready) = (BytesMut::new(), BytesMut::new());
        (Self { stream, is_at_line: Arc::clone(&is_at_line), line, ready }, is_at_line)
    }
}

impl<S: AsyncRead + Unpin> Lenient<S> {
    /// Reads until there is a line; whether anything came at all.
    fn poll_line(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<bool>> {
        loop {
            let has_line = self.line.contains(&b'\n') || self.line.len() >= LONGEST;
            if has_line || !may_be_request(&self.line) {
                return Poll::Ready(Ok(true));
            }
            let mut space = [0; 4096];
            let mut space = ReadBuf::new(&mut space);
            ready!(Pin::new(&mut self.stream).poll_read(cx, &mut space))?;
            if space.filled().is_empty() {
                return Poll::Ready(Ok(!self.line.is_empty()));
            }
            self.line.extend_from_slice(space.filled());
        }
    }
}

/// Whether the bytes may be, or become, a request line. What is left of a body that nobody has read is not held up.
fn may_be_request(bytes: &[u8]) -> bool {
    const METHODS: [&[u8]; 7] = [b"GET ", b"POST ", b"PATCH ", b"DELETE ", b"PUT ", b"HEAD ", b"OPTIONS "];
    METHODS.iter().any(|method| {
        let common = method.len().min(bytes.len());
        method[..common] == bytes[..common]
    })
}

/// The bytes with the target of their first line encoded, if that is a request line.
fn corrected(bytes: BytesMut) -> BytesMut {
    let end = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len());
    let line = &bytes[..end];
    let Some(start) = line.iter().position(|byte| *byte == b' ').map(|space| space + 1) else { return bytes };
    let Some(target) = line.windows(8).rposition(|window| window == b" HTTP/1.") else { return bytes };
    if target <= start || !line[start..target].iter().any(is_foreign) {
        return bytes;
    }
    let mut corrected = BytesMut::with_capacity(bytes.len() + 64);
    corrected.extend_from_slice(&bytes[..start]);
    for byte in &bytes[start..target] {
        if is_foreign(byte) {
            corrected.extend_from_slice(format!("%{byte:02X}").as_bytes());
        } else {
            corrected.extend_from_slice(&[*byte]);
        }
    }
    corrected.extend_from_slice(&bytes[target..]);
    corrected
}

/// What people type and URLs may not hold.
fn is_foreign(byte: &u8) -> bool {
    matches!(byte, b'"' | b'<' | b'>' | b'`' | 0x80..)
}

impl<S: AsyncRead + Unpin> AsyncRead for Lenient<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.ready.is_empty() {
            if !this.is_at_line.load(Ordering::Acquire) {
                return Pin::new(&mut this.stream).poll_read(cx, buf);
            }
            if !ready!(this.poll_line(cx))? {
                return Poll::Ready(Ok(()));
            }
            this.is_at_line.store(false, Ordering::Release);
            this.ready = corrected(std::mem::take(&mut this.line));
        }
        let length = this.ready.len().min(buf.remaining());
        buf.put_slice(&this.ready[..length]);
        this.ready.advance(length);
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Lenient<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write(cx, buf)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(sent: &str, read: &str) {
        assert_eq!(corrected(BytesMut::from(sent)), read.as_bytes(), "{sent}");
    }

    #[test]
    fn only_the_target_is_corrected() {
        check("GET /a?select=b->>c HTTP/1.1\r\nx: <y>\r\n\r\n", "GET /a?select=b-%3E%3Ec HTTP/1.1\r\nx: <y>\r\n\r\n");
        check("GET /a?x=\"b\" HTTP/1.0\r\n\r\n", "GET /a?x=%22b%22 HTTP/1.0\r\n\r\n");
        check("GET /größe HTTP/1.1\r\n", "GET /gr%C3%B6%C3%9Fe HTTP/1.1\r\n");
        check("GET /a?b=c HTTP/1.1\r\n\r\n", "GET /a?b=c HTTP/1.1\r\n\r\n");
        check("{\"a\": \"<b>\"}\n", "{\"a\": \"<b>\"}\n");
        check("POST <a>\r\n", "POST <a>\r\n");
        check(" HTTP/1.1\r\n", " HTTP/1.1\r\n");
        check("", "");
    }
}
