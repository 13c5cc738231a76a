//! As much HTTP/1.1 as the benchmarks need: a response's head, and single requests.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use crate::child::Guarded;
use crate::stop;

/// A response's first lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) status: u16,
    /// Where the body begins.
    pub(crate) body: usize,
    /// Where it ends.
    pub(crate) end: usize,
}

/// Reads a head; `None` while it is not whole.
///
/// # Errors
/// What this reader does not do, such as chunks, and what is no HTTP.
pub(crate) fn head(bytes: &[u8]) -> Result<Option<Head>, &'static str> {
    // The load generator shares the processor with what it measures: this is where its time went.
    let Some(end) = memchr::memmem::find(bytes, b"\r\n\r\n") else { return Ok(None) };
    let mut lines = bytes[..end].split(|byte| *byte == b'\n');
    let first = lines.next().unwrap_or_default();
    let status =
        first.strip_prefix(b"HTTP/1.1 ").and_then(|rest| number(rest.get(..3)?)).ok_or("no HTTP/1.1 status")?;
    let mut length = None;
    for line in lines {
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { continue };
        let (name, value) = (&line[..colon], line[colon + 1..].trim_ascii());
        if name.eq_ignore_ascii_case(b"content-length") {
            length = number(value);
        } else if name.eq_ignore_ascii_case(b"transfer-encoding") {
            return Err("a chunked response");
        }
    }
    let length = match (length, status) {
        (Some(length), _) => length,
        (None, 204 | 304) => 0,
        (None, _) => return Err("no Content-Length"),
    };
    let body = end + 4;
    Ok(Some(Head { status: u16::try_from(status).unwrap_or(0), body, end: body + length }))
}

fn number(digits: &[u8]) -> Option<usize> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

/// One request on a connection of its own: status and body. Without a body in the request it is a GET.
pub(crate) fn request(
    address: SocketAddr,
    path: &str,
    token: Option<&str>,
    json: Option<&str>,
) -> anyhow::Result<(u16, String)> {
    request_within(Duration::from_secs(30), address, path, token, json)
}

/// Where passwords are given for tokens.
pub(crate) const SIGN_IN: &str = "/auth/v1/token?grant_type=password";

/// The access token of whoever `email` and `password` of `login` belong to.
pub(crate) fn sign_in(address: SocketAddr, login: &serde_json::Value) -> anyhow::Result<String> {
    let (status, body) = request(address, SIGN_IN, None, Some(&login.to_string()))?;
    let answer: serde_json::Value = serde_json::from_str(&body).unwrap_or_default();
    match answer.get("access_token").and_then(serde_json::Value::as_str) {
        Some(token) if status == 200 => Ok(token.to_owned()),
        _ => bail!("{SIGN_IN} answers {status}: {body}"),
    }
}

/// [`request`] with so much patience.
pub(crate) fn request_within(
    patience: Duration,
    address: SocketAddr,
    path: &str,
    token: Option<&str>,
    json: Option<&str>,
) -> anyhow::Result<(u16, String)> {
    let mut stream = TcpStream::connect_timeout(&address, patience)?;
    stream.set_read_timeout(Some(patience))?;
    let method = if json.is_some() { "POST" } else { "GET" };
    let token = token.map(|token| format!("Authorization: Bearer {token}\r\n")).unwrap_or_default();
    let json = json.unwrap_or_default();
    let length = json.len();
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\n{token}Content-Type: application/json\r\n\
         Content-Length: {length}\r\nConnection: close\r\n\r\n{json}"
    )?;
    answer(&mut stream)
}

/// Reads the answer to a request that has been sent: status and body.
///
/// # Errors
/// As of [`head`], and it ends early.
pub(crate) fn answer(stream: &mut TcpStream) -> anyhow::Result<(u16, String)> {
    let mut bytes = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        let read = stream.read(&mut chunk)?;
        bytes.extend_from_slice(&chunk[..read]);
        match head(&bytes).map_err(anyhow::Error::msg)? {
            Some(head) if bytes.len() >= head.end => {
                return Ok((head.status, String::from_utf8_lossy(&bytes[head.body..head.end]).into_owned()));
            }
            _ if read == 0 => bail!("the response ended early"),
            _ => {}
        }
    }
}

/// An answer as it comes in, of any length: with a length, in chunks, or until the connection ends.
#[derive(Debug, Default)]
pub(crate) struct Body {
    /// Bytes that are not understood yet: an unfinished head, or the line above a chunk.
    kept: Vec<u8>,
    status: u16,
    state: State,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum State {
    #[default]
    Head,
    /// So much is left of a body with a length.
    Length(usize),
    /// The line with the next chunk's length comes.
    ChunkHead,
    /// So much is left of a chunk, the line break behind it included.
    Chunk(usize),
    /// So much is left of the empty line behind the last chunk; trailers are not understood here.
    End(usize),
    Whole,
}

impl Body {
    /// 0 while the head is not whole.
    pub(crate) fn status(&self) -> u16 {
        self.status
    }

    /// The head is over.
    pub(crate) fn has_begun(&self) -> bool {
        self.state != State::Head
    }

    pub(crate) fn is_whole(&self) -> bool {
        self.state == State::Whole
    }

    /// Takes what was read, and puts what is of the body into `out`.
    ///
    /// # Errors
    /// It is no HTTP.
    pub(crate) fn take(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> std::io::Result<()> {
        let no_http = |what: &str| std::io::Error::other(format!("the response is no HTTP: {what}"));
        let mut rest = bytes;
        while !rest.is_empty() {
            match self.state {
                State::Head | State::ChunkHead => {
                    let end: &[u8] = if self.state == State::Head { b"\r\n\r\n" } else { b"\r\n" };
                    self.kept.push(rest[0]);
                    rest = &rest[1..];
                    if !self.kept.ends_with(end) {
                        continue;
                    }
                    let kept = std::mem::take(&mut self.kept);
                    let text = String::from_utf8_lossy(&kept);
                    if self.state == State::Head {
                        self.status = (text.get(9..12).and_then(|status| status.parse().ok()))
                            .ok_or_else(|| no_http(text.lines().next().unwrap_or_default()))?;
                        self.state = body_of(&text).ok_or_else(|| no_http("no length"))?;
                    } else {
                        let size = usize::from_str_radix(text.trim_end(), 16).map_err(|_| no_http(text.trim_end()))?;
                        self.state = if size == 0 { State::End(2) } else { State::Chunk(size + 2) };
                    }
                }
                State::Length(left) => {
                    let now = left.min(rest.len());
                    out.extend_from_slice(&rest[..now]);
                    rest = &rest[now..];
                    self.state = if now == left { State::Whole } else { State::Length(left - now) };
                }
                State::Chunk(left) => {
                    let now = left.min(rest.len());
                    let of_body = now.min(left.saturating_sub(2));
                    out.extend_from_slice(&rest[..of_body]);
                    rest = &rest[now..];
                    self.state = if now == left { State::ChunkHead } else { State::Chunk(left - now) };
                }
                State::End(left) => {
                    let now = left.min(rest.len());
                    rest = &rest[now..];
                    self.state = if now == left { State::Whole } else { State::End(left - now) };
                }
                State::Whole => return Err(no_http("more than one response")),
            }
        }
        Ok(())
    }
}

/// What a head says about the body.
fn body_of(head: &str) -> Option<State> {
    let field = |name: &str| {
        let fields = head.lines().filter_map(|line| line.split_once(':'));
        fields.into_iter().find(|(field, _)| field.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    };
    match field("content-length") {
        Some("0") => Some(State::Whole),
        Some(length) => length.parse().ok().map(State::Length),
        None => field("transfer-encoding").filter(|how| how.eq_ignore_ascii_case("chunked")).map(|_| State::ChunkHead),
    }
}

/// Asks for `path` until it answers 200, and returns the body.
///
/// # Errors
/// It does not within `patience`, the server has ended, or it is time to stop.
pub(crate) fn wait_for(
    server: &mut Guarded,
    address: SocketAddr,
    path: &str,
    token: Option<&str>,
    patience: Duration,
) -> anyhow::Result<String> {
    let deadline = Instant::now() + patience;
    loop {
        stop::check()?;
        let answer = request(address, path, token, None);
        if let Ok((200, body)) = answer {
            return Ok(body);
        }
        if let Some(status) = server.ended()? {
            bail!("the server ended with {status}");
        }
        if Instant::now() > deadline {
            return Err(match answer {
                Ok((status, body)) => anyhow::anyhow!("{path} answers {status}: {body}"),
                Err(error) => error.context(format!("{path} does not answer")),
            });
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// The socket address in a URL like `http://127.0.0.1:8080`.
pub(crate) fn address(url: &str) -> anyhow::Result<SocketAddr> {
    let text = url.strip_prefix("http://").unwrap_or(url);
    text.trim_end_matches('/').parse().with_context(|| format!("{url} is no address"))
}

#[cfg(test)]
mod tests {
    use super::{Body, Head, address, head};

    #[test]
    fn bodies_come_in_any_pieces() {
        let check = |text: &str, expect: Option<&str>| {
            for size in [1, 2, 7, 1000] {
                let (mut body, mut out) = (Body::default(), Vec::new());
                for piece in text.as_bytes().chunks(size) {
                    body.take(piece, &mut out).unwrap();
                }
                let whole = body.is_whole().then(|| String::from_utf8(out).unwrap());
                assert_eq!((body.status(), whole.as_deref()), (200, expect), "{text:?} by {size}");
            }
        };
        check("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", Some("hello"));
        check("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello", None);
        let chunks = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\nA\r\nlo, world!\r\n0\r\n\r\n";
        check(chunks, Some("hello, world!"));
        check(&chunks[..chunks.len() - 4], None);
        assert!(Body::default().take(b"garbage\r\n\r\n", &mut Vec::new()).is_err());
    }

    #[test]
    fn heads() {
        let text = b"HTTP/1.1 200 OK\r\nX: y\r\ncontent-length:  5\r\n\r\nhello";
        assert_eq!(head(text), Ok(Some(Head { status: 200, body: text.len() - 5, end: text.len() })));
        assert_eq!(head(&text[..20]), Ok(None));
        assert!(head(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n").is_err());
        assert!(head(b"HTTP/1.1 200 OK\r\n\r\n").is_err());
        assert_eq!(head(b"HTTP/1.1 204 No Content\r\nA: b\r\n\r\n").unwrap().unwrap().status, 204);
        assert!(head(b"garbage\r\n\r\n").is_err());
    }

    #[test]
    fn addresses() {
        assert_eq!(address("http://127.0.0.1:8080").unwrap().port(), 8080);
        assert!(address("http://localhost").is_err());
    }
}
