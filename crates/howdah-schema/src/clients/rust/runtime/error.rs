//! Why a call failed.

use std::fmt;
use tokio_postgres::error::SqlState;

/// What the functions of a client return.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a value could not be read or written.
pub type Failure = Box<dyn std::error::Error + Sync + Send>;

/// Why a call failed.
#[derive(Debug)]
pub enum Error {
    /// PostgreSQL refused it, the connection broke, or a value has no form in Rust.
    Database(tokio_postgres::Error),
    /// No row has this key, or none that the role may see.
    NotFound,
    /// The row has another version by now: somebody changed it. Nothing was written; read it again.
    Stale,
    /// The row is there as expected, and this role may not change it.
    Refused,
}

impl Error {
    /// PostgreSQL's code for what it refused, such as `23505` for a duplicate.
    pub fn sql_state(&self) -> Option<&SqlState> {
        match self {
            Self::Database(error) => error.code(),
            _ => None,
        }
    }

    /// The constraint that refused a value.
    pub fn constraint(&self) -> Option<&str> {
        match self {
            Self::Database(error) => error.as_db_error().and_then(|error| error.constraint()),
            _ => None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // The error itself only says "db error"; what the server said is behind it.
            Self::Database(error) => match error.as_db_error() {
                Some(said) => said.fmt(f),
                None => error.fmt(f),
            },
            Self::NotFound => f.write_str("there is no such row, or none that this role may see"),
            Self::Stale => f.write_str("the row was changed since it was read: read it again"),
            Self::Refused => f.write_str("this role may not change the row"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Database(error) => Some(error),
            _ => None,
        }
    }
}

impl From<tokio_postgres::Error> for Error {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Database(error)
    }
}
