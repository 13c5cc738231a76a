//! What can go wrong on a lane, told apart by what the caller may do about it.

use std::sync::Arc;

use postgres_protocol::message::backend::{ErrorField, ErrorResponseBody};
use tokio_postgres::fallible_iterator::FallibleIterator;

use crate::PgError;

/// An error of a flight.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum LaneError {
    /// PostgreSQL refused the flight; none of it has taken effect.
    #[error("{0}")]
    Database(Arc<DatabaseError>),
    /// No connection can be had at the moment; nothing was sent. Trying again later is safe.
    #[error("the database cannot be reached: {0}")]
    Down(Arc<str>),
    /// The connection broke after the flight was sent. A read may be repeated; a write may or may not have happened.
    #[error("the connection to the database was lost while it worked: {0}")]
    Lost(Arc<str>),
    /// The shared lane is held up by somebody else's statement, and this read has not had its turn. Running it on another
    /// connection is safe; [`super::LanePool`] does.
    #[error("the connection is held up by another request")]
    HeldUp,
    /// All connections stayed busy for as long as the caller was ready to wait; nothing was sent.
    #[error("no database connection came free within {0:?}")]
    Busy(std::time::Duration),
    /// The server sent what the protocol does not allow here.
    #[error("the database answered in an unexpected way: {0}")]
    Protocol(Arc<str>),
}

impl LaneError {
    /// The stable code of the error, for logs and for callers that branch.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Database(_) => "lane-database",
            Self::Down(_) => "lane-down",
            Self::Lost(_) => "lane-lost",
            Self::HeldUp => "lane-held-up",
            Self::Busy(_) => "lane-busy",
            Self::Protocol(_) => "lane-protocol",
        }
    }

    /// The server's own error, where it is one.
    pub fn database(&self) -> Option<&DatabaseError> {
        match self {
            Self::Database(error) => Some(error),
            _ => None,
        }
    }

    /// Whether the server says that the prepared statement no longer fits the schema, so that preparing it anew helps.
    pub fn is_stale_statement(&self) -> bool {
        // 0A000 "cached plan must not change result type", 26000 "prepared statement does not exist".
        self.database().is_some_and(|e| e.code == "26000" || (e.code == "0A000" && e.message.contains("cached plan")))
    }

    /// Whether the server ended the connection on purpose (restart, `pg_terminate_backend`) or is not ready for one.
    pub(super) fn is_shutdown(&self) -> bool {
        self.database().is_some_and(|e| matches!(e.code.as_str(), "57P01" | "57P02" | "57P03" | "57P05"))
    }

    /// As PostgreSQL says it when `statement_timeout` ends a statement.
    pub(super) fn timed_out() -> Self {
        Self::Database(Arc::new(DatabaseError {
            severity: "ERROR".into(),
            code: "57014".into(),
            message: "canceling statement due to statement timeout".into(),
            ..DatabaseError::default()
        }))
    }

    pub(super) fn lost(error: &impl std::fmt::Display) -> Self {
        Self::Lost(error.to_string().into())
    }

    pub(super) fn protocol(message: &str) -> Self {
        Self::Protocol(message.into())
    }
}

impl From<PgError> for LaneError {
    fn from(error: PgError) -> Self {
        Self::Down(error.to_string().into())
    }
}

/// The fields of PostgreSQL's ErrorResponse that Howdah uses. `code` is the SQLSTATE.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are PostgreSQL's own, documented with its protocol's error fields")]
pub struct DatabaseError {
    pub severity: String,
    pub code: String,
    pub message: String,
    pub detail: Option<String>,
    pub hint: Option<String>,
    pub schema: Option<String>,
    pub table: Option<String>,
    pub column: Option<String>,
    pub data_type: Option<String>,
    pub constraint: Option<String>,
}

impl std::fmt::Display for DatabaseError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({})", self.message, self.code)
    }
}

impl DatabaseError {
    pub(super) fn from_body(body: &ErrorResponseBody) -> Self {
        let mut error = Self::default();
        let mut fields = body.fields();
        // A broken field list ends the walk: what was read up to there is still the best description there is.
        while let Ok(Some(field)) = fields.next() {
            let text = |f: &ErrorField<'_>| String::from_utf8_lossy(f.value_bytes()).into_owned();
            match field.type_() {
                b'S' if error.severity.is_empty() => error.severity = text(&field),
                b'V' => error.severity = text(&field),
                b'C' => error.code = text(&field),
                b'M' => error.message = text(&field),
                b'D' => error.detail = Some(text(&field)),
                b'H' => error.hint = Some(text(&field)),
                b's' => error.schema = Some(text(&field)),
                b't' => error.table = Some(text(&field)),
                b'c' => error.column = Some(text(&field)),
                b'd' => error.data_type = Some(text(&field)),
                b'n' => error.constraint = Some(text(&field)),
                _ => {}
            }
        }
        error
    }
}
