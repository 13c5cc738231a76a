//! As much HTTP as waiting for a server to be ready takes.

use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::Duration;

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpAnswer {
    /// 200, 404, …
    pub status: u16,
    /// The lines before the empty one.
    pub head: String,
    /// The rest, if it is text.
    pub body: String,
}

/// Asks with HTTP/1.0 (so that nothing comes in chunks) and reads to the end. `url` is `http://host:port/path`.
///
/// # Errors
/// Nobody listens there, or what they say is not HTTP.
pub fn http_get(url: &str) -> io::Result<HttpAnswer> {
    let invalid = |what: &str| io::Error::new(io::ErrorKind::InvalidData, format!("{what}: {url}"));
    let rest = url.strip_prefix("http://").ok_or_else(|| invalid("not an http:// URL"))?;
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let address = host.to_socket_addrs()?.next().ok_or_else(|| invalid("no address"))?;
    let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(2))?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    // In one piece: a server that answers after the first would otherwise reset the connection.
    stream.write_all(format!("GET /{path} HTTP/1.0\r\nhost: {host}\r\n\r\n").as_bytes())?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes);
    let (head, body) = text.split_once("\r\n\r\n").ok_or_else(|| invalid("no HTTP answer"))?;
    let status = head.split_whitespace().nth(1).and_then(|status| status.parse().ok());
    let status = status.ok_or_else(|| invalid("no HTTP status"))?;
    Ok(HttpAnswer { status, head: head.to_owned(), body: body.to_owned() })
}
