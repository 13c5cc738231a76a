//! A large answer, read as fast as it comes, and held against what it must be, byte by byte.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use serde::Serialize;

use super::database::user_id;
use crate::http::Body;
use crate::stop;

const TARGET: &str = "/rest/v1/ledger?order=id.asc";
/// Nothing for this long is the end.
const PATIENCE: Duration = Duration::from_secs(30);

/// How rows are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Format {
    Json,
    NdJson,
}

impl Format {
    pub(crate) const ALL: [Self; 2] = [Self::Json, Self::NdJson];

    pub(crate) fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::NdJson => "application/x-ndjson",
        }
    }
}

/// What came.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Export {
    pub(crate) bytes: u64,
    pub(crate) seconds: f64,
}

/// Reads all rows of the ledger.
///
/// # Errors
/// It is not 200, breaks off, or any byte is another than it must be.
pub(crate) fn read(address: SocketAddr, token: &str, format: Format, rows: u64) -> anyhow::Result<Export> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let accept = format.media_type();
    write!(
        stream,
        "GET {TARGET} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\nAccept: {accept}\r\n\r\n"
    )?;
    let begun = Instant::now();
    let mut right = Right::new(format, rows);
    let (mut body, mut bytes) = (Body::default(), 0);
    let (mut buffer, mut piece) = (vec![0; 256 * 1024], Vec::new());
    while !body.is_whole() {
        stop::check()?;
        let read = match stream.read(&mut buffer) {
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                bail!("nothing more came within {PATIENCE:?} after {bytes} bytes")
            }
            read => read?,
        };
        if read == 0 {
            bail!("the export broke off after {bytes} bytes");
        }
        piece.clear();
        body.take(&buffer[..read], &mut piece)?;
        if body.has_begun() && body.status() != 200 {
            bail!("the export is answered with {}: {}", body.status(), String::from_utf8_lossy(&piece));
        }
        right.check(&piece).with_context(|| format!("in the {} bytes after {bytes}", piece.len()))?;
        bytes += piece.len() as u64;
    }
    right.end()?;
    Ok(Export { bytes, seconds: begun.elapsed().as_secs_f64() })
}

/// The right answer, a row at a time.
#[derive(Debug)]
struct Right {
    format: Format,
    rows: u64,
    next: u64,
    owner: String,
    /// Text that has not come yet.
    pending: Vec<u8>,
    /// How much of it has.
    at: usize,
}

impl Right {
    fn new(format: Format, rows: u64) -> Self {
        let begin = if format == Format::Json { b"[".to_vec() } else { Vec::new() };
        Self { format, rows, next: 0, owner: user_id(0), pending: begin, at: 0 }
    }

    fn check(&mut self, bytes: &[u8]) -> anyhow::Result<()> {
        let mut rest = bytes;
        while !rest.is_empty() {
            if self.at == self.pending.len() {
                self.refill();
            }
            let right = &self.pending[self.at..];
            let now = right.len().min(rest.len());
            if now == 0 || right[..now] != rest[..now] {
                let found: String = String::from_utf8_lossy(rest).chars().take(100).collect();
                bail!("near row {} of {} something else came: {found}", self.next, self.rows);
            }
            self.at += now;
            rest = &rest[now..];
        }
        Ok(())
    }

    /// Nothing may be missing.
    fn end(&mut self) -> anyhow::Result<()> {
        if self.at == self.pending.len() {
            self.refill();
        }
        if self.at < self.pending.len() {
            bail!("the export ended after row {} of {} as if it were whole", self.next.saturating_sub(1), self.rows);
        }
        Ok(())
    }

    /// The next row, or the end.
    fn refill(&mut self) {
        self.pending.clear();
        self.at = 0;
        let (id, is_json) = (self.next, self.format == Format::Json);
        self.next += 1;
        if id > self.rows || (id == self.rows && !is_json) {
            return;
        }
        if id == self.rows {
            self.pending.push(b']');
            return;
        }
        if is_json && id > 0 {
            self.pending.push(b',');
        }
        let note = format!("{id:032}").repeat(30);
        let row =
            format!("{{\"id\":{id},\"owner_id\":\"{}\",\"amount\":{},\"note\":\"{note}\"}}", self.owner, id % 1000);
        self.pending.extend_from_slice(row.as_bytes());
        if !is_json {
            self.pending.push(b'\n');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Format, Right};

    fn text(format: Format, rows: u64) -> Vec<u8> {
        let mut right = Right::new(format, rows);
        let mut all = right.pending.clone();
        loop {
            right.refill();
            if right.pending.is_empty() {
                return all;
            }
            all.extend_from_slice(&right.pending);
        }
    }

    fn check(format: Format, rows: u64, bytes: &[u8]) -> anyhow::Result<()> {
        let mut right = Right::new(format, rows);
        bytes.chunks(7).try_for_each(|piece| right.check(piece))?;
        right.end()
    }

    #[test]
    fn every_byte_counts() {
        for format in Format::ALL {
            let good = text(format, 3);
            check(format, 3, &good).unwrap();
            assert!(check(format, 4, &good).is_err());
            assert!(check(format, 2, &good).is_err());
            assert!(check(format, 3, &good[..good.len() - 1]).is_err());
            for at in [0, 40, good.len() - 5] {
                let mut bad = good.clone();
                bad[at] ^= 1;
                assert!(check(format, 3, &bad).is_err(), "{format:?} at {at}");
            }
        }
        let rows: serde_json::Value = serde_json::from_slice(&text(Format::Json, 3)).unwrap();
        assert_eq!(rows[2]["id"], 2);
    }
}
