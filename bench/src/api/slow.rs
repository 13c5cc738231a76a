//! A reader that takes one byte a second of a large answer.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde::Serialize;

use crate::http::Body;
use crate::stop;

/// 105 MB: more than sockets hold, and more than the server may.
const TARGET: &str = "/rest/v1/ledger?order=id.asc";
/// So many rows of it.
pub(crate) const ROWS: u64 = 100_000;
/// Small, so that the server cannot leave the answer to the kernel.
const RECEIVE_BUFFER: usize = 4 * 1024;

/// How one such answer ended.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Slow {
    pub(crate) seconds: f64,
    /// Of the body.
    pub(crate) bytes: usize,
    /// All of it came.
    pub(crate) whole: bool,
    /// What came is not the beginning of the right answer, or the answer ended as if it were whole.
    pub(crate) wrong: Option<String>,
}

/// The whole answer, read at once: what a slow reader must get the beginning of.
///
/// # Errors
/// It does not come, or is not 200.
pub(crate) fn whole(address: SocketAddr, token: &str) -> io::Result<Vec<u8>> {
    let (mut stream, mut body) = ask(address, token)?;
    let mut found = Vec::new();
    let mut buffer = vec![0; 64 * 1024];
    while !body.is_whole() {
        let read = stream.read(&mut buffer)?;
        if read == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        body.take(&buffer[..read], &mut found)?;
    }
    if body.status() == 200 { Ok(found) } else { Err(io::Error::other(String::from_utf8_lossy(&found).into_owned())) }
}

/// Reads slowly until it is over, or until the server lets go; then takes what is left.
pub(crate) fn read(address: SocketAddr, token: &str, right: &[u8], is_over: &AtomicBool) -> Slow {
    let begun = Instant::now();
    let mut found = Vec::new();
    let ended = read_into(address, token, is_over, &mut found);
    let is_beginning = right.starts_with(&found);
    let wrong = match &ended {
        // 503 while PostgreSQL is away.
        Ok((503 | 504, _)) => None,
        Ok((200, true)) if found.len() != right.len() => Some("it ended as if it were whole".to_owned()),
        Ok((200, _)) | Err(_) if !is_beginning => Some("it is another answer".to_owned()),
        Ok((200, _)) | Err(_) => None,
        Ok((status, _)) => Some(format!("{status}: {}", String::from_utf8_lossy(&found))),
    };
    let whole = matches!(ended, Ok((200, true)));
    Slow { seconds: begun.elapsed().as_secs_f64(), bytes: found.len(), whole, wrong }
}

/// The status, and whether the answer came to its end.
fn read_into(address: SocketAddr, token: &str, is_over: &AtomicBool, found: &mut Vec<u8>) -> io::Result<(u16, bool)> {
    let (mut stream, mut body) = ask(address, token)?;
    let mut buffer = vec![0; 64 * 1024];
    while !body.is_whole() {
        let is_slow = body.has_begun() && !is_over.load(Ordering::Relaxed) && !stop::is_asked();
        let most = if is_slow { 1 } else { buffer.len() };
        let read = stream.read(&mut buffer[..most])?;
        if read == 0 {
            return Ok((body.status(), false));
        }
        body.take(&buffer[..read], found)?;
        if is_slow {
            std::thread::sleep(Duration::from_secs(1));
        }
    }
    Ok((body.status(), true))
}

fn ask(address: SocketAddr, token: &str) -> io::Result<(TcpStream, Body)> {
    let socket = tokio::net::TcpSocket::new_v4()?;
    socket.set_recv_buffer_size(u32::try_from(RECEIVE_BUFFER).unwrap_or(u32::MAX))?;
    // The buffer's size must be set before the connection is made; connecting to this machine does not wait.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut stream = runtime.block_on(socket.connect(address))?.into_std()?;
    drop(runtime);
    stream.set_nonblocking(false)?;
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    write!(stream, "GET {TARGET} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n\r\n")?;
    Ok((stream, Body::default()))
}
