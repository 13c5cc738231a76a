//! Rows in bulk: `COPY … FROM STDIN`.

use crate::{Ident, PgError, QualifiedName};
use bytes::Bytes;
use futures_util::{SinkExt, Stream, StreamExt};
use std::fmt::Write as _;
use std::pin::pin;
use std::time::Duration;
use tokio_postgres::Client;

/// Where rows go and how they are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopyInto<'a> {
    /// The table.
    pub table: &'a QualifiedName,
    /// Its columns in the order of the data; all of them if empty.
    pub columns: &'a [&'a str],
    /// How the data is written.
    pub format: CopyFormat,
}

/// PostgreSQL's formats of COPY data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CopyFormat {
    /// Fields parted by tabs; see [`write_text_row`].
    #[default]
    Text,
    /// Fields parted by commas; an empty field without quotes is null.
    Csv {
        /// The first line is none of the data.
        header: bool,
    },
    /// PostgreSQL's own.
    Binary,
}

/// Why rows could not be copied. None of them are then in the table.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// The data's source failed.
    #[error("cannot read the rows: {0}")]
    Source(#[source] std::io::Error),
    /// The server or the way there. The server's `context` names the line and the column.
    #[error(transparent)]
    Pg(#[from] PgError),
}

impl CopyError {
    /// Stable code of the error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Source(_) => "copy-source",
            Self::Pg(error) => error.code(),
        }
    }
}

impl CopyInto<'_> {
    /// The statement.
    pub fn sql(&self) -> String {
        let mut sql = format!("COPY {}", self.table);
        for (index, column) in self.columns.iter().enumerate() {
            sql.push_str(if index == 0 { " (" } else { ", " });
            let _ = write!(sql, "{}", Ident::new(*column));
        }
        if !self.columns.is_empty() {
            sql.push(')');
        }
        sql.push_str(match self.format {
            CopyFormat::Text => " FROM STDIN",
            CopyFormat::Csv { header: false } => " FROM STDIN (FORMAT csv)",
            CopyFormat::Csv { header: true } => " FROM STDIN (FORMAT csv, HEADER)",
            CopyFormat::Binary => " FROM STDIN (FORMAT binary)",
        });
        sql
    }
}

/// Copies what `chunks` yields, cut anywhere, into a table; returns the number of rows. At most a few chunks are in memory
/// at once: the source is asked for more only as fast as the server takes it. Chunks of some 64 KiB are good.
///
/// # Errors
/// The source's or the server's. When this future is dropped before its end, the server undoes the copy. When the server
/// refuses the statement itself (no such column, no right to write), the error is right, but the connection is closed: see
/// `refused` in the source. Nothing else may use the client meanwhile.
pub async fn copy_in<S>(client: &Client, into: &CopyInto<'_>, chunks: S) -> Result<u64, CopyError>
where
    S: Stream<Item = std::io::Result<Bytes>>,
{
    let sink = match client.copy_in::<_, Bytes>(&into.sql()).await {
        Ok(sink) => sink,
        Err(error) => return Err(refused(client, error).await.into()),
    };
    let mut sink = pin!(sink);
    let mut chunks = pin!(chunks);
    while let Some(chunk) = chunks.next().await {
        // Dropping the sink without finishing tells the server to undo it.
        let chunk = chunk.map_err(CopyError::Source)?;
        if sink.send(chunk).await.is_err() {
            // The server ends a COPY at the first bad row; only finishing brings its reason.
            break;
        }
    }
    Ok(sink.finish().await.map_err(PgError::from)?)
}

/// Waits for the connection to close after the server refused a COPY statement.
///
/// tokio-postgres (0.7.18) then sends a Sync too many, and the answer to it is taken for that to the next request, so that
/// requests and answers are out of step. Met while no request is under way, the surplus answer closes the connection: that
/// is waited for, because an answer to somebody else's question is worse than none.
async fn refused(client: &Client, error: tokio_postgres::Error) -> PgError {
    if error.as_db_error().is_some() {
        for _ in 0..1000 {
            if client.is_closed() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
    error.into()
}

/// Adds a row in the text format: fields parted by tabs, `\N` for null, and a backslash before what would be misread.
pub fn write_text_row<'a>(row: impl IntoIterator<Item = Option<&'a str>>, out: &mut Vec<u8>) {
    for (index, field) in row.into_iter().enumerate() {
        if index > 0 {
            out.push(b'\t');
        }
        let Some(field) = field else {
            out.extend_from_slice(b"\\N");
            continue;
        };
        for byte in field.bytes() {
            match byte {
                b'\\' => out.extend_from_slice(b"\\\\"),
                b'\t' => out.extend_from_slice(b"\\t"),
                b'\n' => out.extend_from_slice(b"\\n"),
                b'\r' => out.extend_from_slice(b"\\r"),
                byte => out.push(byte),
            }
        }
    }
    out.push(b'\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements() {
        let table = QualifiedName::new("public", "order");
        let into = CopyInto { table: &table, columns: &["id", "select"], format: CopyFormat::Text };
        assert_eq!(into.sql(), "COPY public.\"order\" (id, \"select\") FROM STDIN");
        let into = CopyInto { columns: &[], format: CopyFormat::Csv { header: true }, ..into };
        assert_eq!(into.sql(), "COPY public.\"order\" FROM STDIN (FORMAT csv, HEADER)");
    }
}
