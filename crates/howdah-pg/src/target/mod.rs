//! Where PostgreSQL is and how to get in: a connection URL, read once, as a value.
//!
//! What a URL may say is what libpq's URLs say, as far as it makes sense here; a parameter that is not supported is
//! refused by name rather than ignored, because an ignored `sslrootcert` is a hole.

mod channel;
mod connect;
mod parse;
mod stream;
mod tls;

pub use stream::PgStream;

use crate::Secret;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

/// A place to connect to, and as whom. Made by [`Target::parse`]; the fields may be changed afterwards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Tried in this order; the next one only when one cannot be reached or is not ready.
    pub endpoints: Vec<Endpoint>,
    /// The role to log in as.
    pub user: String,
    /// Its password, if the URL or `PGPASSWORD` has one.
    pub password: Option<Secret>,
    /// The database.
    pub dbname: String,
    /// How much TLS. Unix sockets never use it.
    pub tls: TlsMode,
    /// Authorities to trust; `None` means `~/.postgresql/root.crt` if it is there, else those of the system.
    pub root_cert: Option<RootCert>,
    /// This side's certificate and its key (PEM files), for servers that ask for one.
    pub client_cert: Option<ClientCert>,
    /// Whether SCRAM must be bound to the TLS channel.
    pub channel_binding: ChannelBinding,
    /// What stands in `pg_stat_activity`.
    pub application_name: String,
    /// Limit for one endpoint: name resolution, TCP, TLS and login together.
    pub connect_timeout: Duration,
    /// Command-line options for the server process, such as `-c statement_timeout=5s`.
    pub options: Option<String>,
    /// Which of several servers will do.
    pub session_attrs: SessionAttrs,
}

/// One server address. Prints as `host:port`, or as the socket's path.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Endpoint {
    /// A host name or IP address.
    Tcp {
        /// IPv6 without brackets.
        host: String,
        /// 5432 by default.
        port: u16,
    },
    /// A Unix socket `<dir>/.s.PGSQL.<port>`.
    Unix {
        /// The folder that holds the socket.
        dir: PathBuf,
        /// Part of the socket's file name.
        port: u16,
    },
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp { host, port } if host.contains(':') => write!(f, "[{host}]:{port}"),
            Self::Tcp { host, port } => write!(f, "{host}:{port}"),
            Self::Unix { dir, port } => write!(f, "{}/.s.PGSQL.{port}", dir.display()),
        }
    }
}

/// libpq's `sslmode`. Its `allow` is read as `prefer`, which is never weaker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TlsMode {
    /// Never.
    Disable,
    /// If the server offers it; no certificate is checked. Guards against listening only by chance.
    #[default]
    Prefer,
    /// Always, but no certificate is checked, unless `sslrootcert` is given: then as [`TlsMode::VerifyCa`] (libpq does so too).
    Require,
    /// The certificate must come from a trusted authority, for whatever host.
    VerifyCa,
    /// The certificate must come from a trusted authority and be for this host.
    VerifyFull,
}

impl TlsMode {
    /// As written in a URL.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Disable => "disable",
            Self::Prefer => "prefer",
            Self::Require => "require",
            Self::VerifyCa => "verify-ca",
            Self::VerifyFull => "verify-full",
        }
    }
}

/// `sslrootcert`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RootCert {
    /// `system`: the operating system's store. Needs, and implies, [`TlsMode::VerifyFull`].
    System,
    /// A PEM file.
    File(PathBuf),
}

/// `sslcert` and `sslkey`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientCert {
    /// PEM, the leaf first.
    pub cert: PathBuf,
    /// PEM, not encrypted.
    pub key: PathBuf,
}

/// libpq's `channel_binding`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ChannelBinding {
    /// Not used.
    Disable,
    /// Used where the server offers it.
    #[default]
    Prefer,
    /// Login fails without it.
    Require,
}

/// libpq's `target_session_attrs`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SessionAttrs {
    /// Whichever answers.
    #[default]
    Any,
    /// One that takes writes by default.
    ReadWrite,
    /// One that does not.
    ReadOnly,
    /// Not in recovery.
    Primary,
    /// In recovery.
    Standby,
}

impl SessionAttrs {
    /// As written in a URL.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::ReadWrite => "read-write",
            Self::ReadOnly => "read-only",
            Self::Primary => "primary",
            Self::Standby => "standby",
        }
    }

    /// Whether a server that reports these two parameters (`in_hot_standby`, `default_transaction_read_only`; PostgreSQL
    /// 14 and later do at login) will do.
    pub fn accepts(self, in_hot_standby: bool, default_read_only: bool) -> bool {
        match self {
            Self::Any => true,
            Self::ReadWrite => !in_hot_standby && !default_read_only,
            Self::ReadOnly => in_hot_standby || default_read_only,
            Self::Primary => !in_hot_standby,
            Self::Standby => in_hot_standby,
        }
    }
}

impl Target {
    /// The same server, another database.
    #[must_use]
    pub fn with_database(&self, name: impl Into<String>) -> Self {
        Self { dbname: name.into(), ..self.clone() }
    }

    /// The same server and database, another role.
    #[must_use]
    pub fn with_user(&self, user: impl Into<String>, password: Option<Secret>) -> Self {
        Self { user: user.into(), password, ..self.clone() }
    }

    /// The URL without the password, for messages and logs.
    pub fn redacted(&self) -> String {
        self.render(false)
    }

    /// The URL with the password, for a child process that takes one. It reads back as the same target.
    pub fn to_url(&self) -> Secret {
        Secret::new(self.render(true))
    }

    fn render(&self, with_password: bool) -> String {
        let encode = |text: &str| utf8_percent_encode(text, URL_PART).to_string();
        let mut url = format!("postgres://{}", encode(&self.user));
        match &self.password {
            Some(password) if with_password => url += &format!(":{}", encode(password.expose())),
            _ => {}
        }
        url += "@";
        let hosts: Vec<String> = self
            .endpoints
            .iter()
            .map(|endpoint| match endpoint {
                Endpoint::Tcp { .. } => endpoint.to_string(),
                Endpoint::Unix { dir, port } => format!("{}:{port}", encode(&dir.to_string_lossy())),
            })
            .collect();
        url += &format!("{}/{}", hosts.join(","), encode(&self.dbname));

        let defaults = Self::defaults();
        let mut parameters: Vec<(&str, String)> = Vec::new();
        if self.tls != defaults.tls {
            parameters.push(("sslmode", self.tls.as_str().to_owned()));
        }
        match &self.root_cert {
            Some(RootCert::System) => parameters.push(("sslrootcert", "system".to_owned())),
            Some(RootCert::File(path)) => parameters.push(("sslrootcert", path.to_string_lossy().into_owned())),
            None => {}
        }
        if let Some(ClientCert { cert, key }) = &self.client_cert {
            parameters.push(("sslcert", cert.to_string_lossy().into_owned()));
            parameters.push(("sslkey", key.to_string_lossy().into_owned()));
        }
        match self.channel_binding {
            ChannelBinding::Disable => parameters.push(("channel_binding", "disable".to_owned())),
            ChannelBinding::Prefer => {}
            ChannelBinding::Require => parameters.push(("channel_binding", "require".to_owned())),
        }
        if self.application_name != defaults.application_name {
            parameters.push(("application_name", self.application_name.clone()));
        }
        if self.connect_timeout != defaults.connect_timeout {
            parameters.push(("connect_timeout", self.connect_timeout.as_secs_f64().ceil().to_string()));
        }
        if let Some(options) = &self.options {
            parameters.push(("options", options.clone()));
        }
        if self.session_attrs != defaults.session_attrs {
            parameters.push(("target_session_attrs", self.session_attrs.as_str().to_owned()));
        }
        for (index, (name, value)) in parameters.iter().enumerate() {
            url += &format!("{}{name}={}", if index == 0 { '?' } else { '&' }, encode(value));
        }
        url
    }

    fn defaults() -> Self {
        Self {
            endpoints: Vec::new(),
            user: String::new(),
            password: None,
            dbname: String::new(),
            tls: TlsMode::default(),
            root_cert: None,
            client_cert: None,
            channel_binding: ChannelBinding::default(),
            application_name: "howdah".to_owned(),
            connect_timeout: Duration::from_secs(10),
            options: None,
            session_attrs: SessionAttrs::default(),
        }
    }
}

/// Everything but what RFC 3986 calls unreserved.
const URL_PART: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

#[cfg(test)]
mod tests;
