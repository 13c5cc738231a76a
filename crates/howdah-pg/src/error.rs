//! What can go wrong on the way to PostgreSQL and in it, in words that say what to do.

use crate::target::Endpoint;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;
use tokio_postgres::error::{DbError, ErrorPosition};

/// A failure to reach PostgreSQL, or its refusal of something. Messages name the target without its password.
#[derive(Debug, thiserror::Error)]
pub enum PgError {
    /// The connection URL cannot be read.
    #[error("the database URL cannot be used: {reason}. Write it as postgres://user:password@host:5432/database")]
    Url {
        /// What is wrong with it; never holds the URL itself, which may hold a password.
        reason: String,
    },
    /// No such host.
    #[error("cannot find the host of {endpoint}: {source}. Check the name in the database URL")]
    HostNotFound {
        /// Where to.
        endpoint: Endpoint,
        /// The resolver's answer.
        source: std::io::Error,
    },
    /// Nothing listens, or no way there.
    #[error(
        "cannot reach PostgreSQL at {endpoint}: {source}. Check that it runs, listens there, and that no firewall is between"
    )]
    Unreachable {
        /// Where to.
        endpoint: Endpoint,
        /// The system's answer.
        source: std::io::Error,
    },
    /// No answer within the target's `connect_timeout`.
    #[error("PostgreSQL at {endpoint} did not answer within {seconds:.1} s. Check the address, or raise connect_timeout in the database URL", seconds = .after.as_secs_f64())]
    ConnectTimeout {
        /// Where to.
        endpoint: Endpoint,
        /// How long was waited.
        after: Duration,
    },
    /// The server does not speak TLS and the mode demands it.
    #[error(
        "the server at {endpoint} does not offer TLS, and sslmode demands it. Turn on `ssl` in its postgresql.conf, or, on a network you trust, use sslmode=disable"
    )]
    TlsRefused {
        /// Where to.
        endpoint: Endpoint,
    },
    /// The certificate is not one to trust, or is for another host.
    #[error(
        "the certificate of {endpoint} is not accepted: {reason}. Give its authority with sslrootcert=FILE and connect by a host name that stands in it"
    )]
    TlsCertificate {
        /// Where to.
        endpoint: Endpoint,
        /// What the check found.
        reason: String,
    },
    /// The handshake broke for another reason.
    #[error(
        "the TLS handshake with {endpoint} failed: {source}. Check that it is PostgreSQL and speaks TLS 1.2 or later"
    )]
    TlsHandshake {
        /// Where to.
        endpoint: Endpoint,
        /// What broke.
        source: std::io::Error,
    },
    /// A certificate or key file of this side, or the system's store, cannot be used.
    #[error("cannot use {what} `{path}`: {reason}")]
    TlsFile {
        /// Which setting names it.
        what: &'static str,
        /// Where it is.
        path: PathBuf,
        /// Why not.
        reason: String,
    },
    /// The server asks for a password and there is none.
    #[error("{target} asks for a password. Put it into the database URL or into PGPASSWORD")]
    PasswordMissing {
        /// Redacted URL.
        target: String,
    },
    /// 28P01.
    #[error(
        "PostgreSQL refused the password of `{user}` for {target}. Check the user and the password (a password with @ : / % or # must be percent-encoded in a URL)"
    )]
    WrongPassword {
        /// The role.
        user: String,
        /// Redacted URL.
        target: String,
    },
    /// 28000: the role is not there or may not log in.
    #[error(
        "PostgreSQL does not let `{user}` in at {target}: {message}. Create the role with LOGIN, or use another user"
    )]
    NoSuchRole {
        /// The role.
        user: String,
        /// Redacted URL.
        target: String,
        /// The server's words.
        message: String,
    },
    /// 28000 from pg_hba.conf.
    #[error(
        "pg_hba.conf of {target} refuses this connection: {message}. Add a line for this user, database and address there, or change sslmode"
    )]
    HostRefused {
        /// Redacted URL.
        target: String,
        /// The server's words.
        message: String,
    },
    /// 3D000.
    #[error(
        "there is no database `{dbname}` at {target}. Create it with `createdb {dbname}`, or correct the database URL"
    )]
    NoSuchDatabase {
        /// The name.
        dbname: String,
        /// Redacted URL.
        target: String,
    },
    /// 42501 while connecting.
    #[error("`{user}` may not connect to `{dbname}`: {message}. GRANT CONNECT ON DATABASE to it")]
    ConnectDenied {
        /// The role.
        user: String,
        /// The name.
        dbname: String,
        /// The server's words.
        message: String,
    },
    /// 53300.
    #[error(
        "{target} has no connection free: {message}. Close idle ones, raise max_connections, or put a pooler between"
    )]
    TooManyConnections {
        /// Redacted URL.
        target: String,
        /// The server's words.
        message: String,
    },
    /// 57P03.
    #[error("PostgreSQL at {target} is not ready: {message}. Try again in a moment")]
    NotReady {
        /// Redacted URL.
        target: String,
        /// The server's words.
        message: String,
    },
    /// Older than what Howdah works with.
    #[error("PostgreSQL {found} is too old: Howdah needs {needed} or later")]
    ServerTooOld {
        /// As the server says it.
        found: String,
        /// Major version.
        needed: u32,
    },
    /// The server ended the connection, or the network did.
    #[error(
        "the connection to PostgreSQL was closed. See the server's log for the reason; what was under way in a transaction is undone"
    )]
    Closed,
    /// The server refused a statement.
    #[error(transparent)]
    Server(Box<ServerError>),
    /// The driver could not use what the server sent, or was used wrongly.
    #[error("talking to PostgreSQL failed: {0}")]
    Protocol(#[source] tokio_postgres::Error),
    /// The catalog holds something that cannot be decoded.
    #[error("cannot read {what} from the server's catalog: {reason}")]
    Catalog {
        /// Which object.
        what: String,
        /// Why not.
        reason: String,
    },
}

impl PgError {
    /// Stable code of the error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Url { .. } => "pg-url-invalid",
            Self::HostNotFound { .. } => "pg-host-not-found",
            Self::Unreachable { .. } => "pg-unreachable",
            Self::ConnectTimeout { .. } => "pg-connect-timeout",
            Self::TlsRefused { .. } => "pg-tls-refused",
            Self::TlsCertificate { .. } => "pg-tls-certificate",
            Self::TlsHandshake { .. } => "pg-tls-handshake",
            Self::TlsFile { .. } => "pg-tls-file",
            Self::PasswordMissing { .. } => "pg-password-missing",
            Self::WrongPassword { .. } => "pg-password-wrong",
            Self::NoSuchRole { .. } => "pg-role-refused",
            Self::HostRefused { .. } => "pg-hba-refused",
            Self::NoSuchDatabase { .. } => "pg-database-missing",
            Self::ConnectDenied { .. } => "pg-connect-denied",
            Self::TooManyConnections { .. } => "pg-too-many-connections",
            Self::NotReady { .. } => "pg-not-ready",
            Self::ServerTooOld { .. } => "pg-server-too-old",
            Self::Closed => "pg-connection-closed",
            Self::Server(_) => "pg-server-error",
            Self::Protocol(_) => "pg-protocol",
            Self::Catalog { .. } => "pg-catalog",
        }
    }

    /// Whether the same call may well succeed a little later: the server is away, starting, full, or undid a
    /// transaction because of another one (deadlock, serialization).
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Unreachable { .. }
            | Self::ConnectTimeout { .. }
            | Self::TooManyConnections { .. }
            | Self::NotReady { .. }
            | Self::Closed => true,
            Self::Server(error) => error.ends_session() || matches!(error.sqlstate.as_str(), "40001" | "40P01"),
            _ => false,
        }
    }

    /// The server's own error, when that is what it is.
    pub fn server(&self) -> Option<&ServerError> {
        match self {
            Self::Server(error) => Some(error),
            _ => None,
        }
    }
}

impl From<tokio_postgres::Error> for PgError {
    fn from(error: tokio_postgres::Error) -> Self {
        if let Some(db) = error.as_db_error() {
            return Self::Server(Box::new(ServerError::from(db)));
        }
        // A broken pipe or a reset is how a cut connection looks to the driver.
        let broken = std::error::Error::source(&error).is_some_and(<dyn std::error::Error>::is::<std::io::Error>);
        if error.is_closed() || broken { Self::Closed } else { Self::Protocol(error) }
    }
}

/// What the server said when it refused a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerError {
    /// Five characters, such as `23505`.
    pub sqlstate: String,
    /// The primary message.
    pub message: String,
    /// More about it.
    pub detail: Option<String>,
    /// What the server advises.
    pub hint: Option<String>,
    /// Where it happened: the call stack of functions, innermost first.
    pub context: Option<String>,
    /// 1-based character (not byte) in the statement text that was sent.
    pub position: Option<u32>,
    /// When the error is inside SQL that the server ran itself (a function's body): that text and the 1-based character.
    pub internal: Option<(String, u32)>,
    /// The constraint that was violated.
    pub constraint: Option<String>,
    /// The table it is about, as schema and name.
    pub table: Option<(String, String)>,
    /// The column it is about.
    pub column: Option<String>,
}

impl ServerError {
    /// Whether it is about the session rather than the statement: it was ended (by an administrator, a crash, a time
    /// limit) or cannot be used.
    pub fn ends_session(&self) -> bool {
        self.sqlstate.starts_with("08")
            || matches!(self.sqlstate.as_str(), "57P01" | "57P02" | "57P03" | "57P05" | "25P03")
    }
}

impl fmt::Display for ServerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PostgreSQL refused it: {} ({})", self.message, self.sqlstate)?;
        for part in [&self.detail, &self.hint].into_iter().flatten() {
            write!(f, ". {part}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ServerError {}

impl From<&DbError> for ServerError {
    fn from(db: &DbError) -> Self {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        let (position, internal) = match db.position() {
            Some(ErrorPosition::Original(at)) => (Some(*at), None),
            Some(ErrorPosition::Internal { position, query }) => (None, Some((query.clone(), *position))),
            None => (None, None),
        };
        Self {
            sqlstate: db.code().code().to_owned(),
            message: db.message().to_owned(),
            detail: owned(db.detail()),
            hint: owned(db.hint()),
            context: owned(db.where_()),
            position,
            internal,
            constraint: owned(db.constraint()),
            table: owned(db.schema()).zip(owned(db.table())),
            column: owned(db.column()),
        }
    }
}
