//! Opening connections.

use super::stream::Transport;
use super::{ChannelBinding, Endpoint, PgStream, Target, TlsMode, channel, tls};
use crate::{PgError, ServerError};
use rustls::pki_types::ServerName;
use std::future::{Future, Ready, ready};
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UnixStream};
use tokio::sync::mpsc;
use tokio_postgres::config::{self, SslMode, SslNegotiation};
use tokio_postgres::tls::TlsConnect;
use tokio_postgres::{AsyncMessage, CancelToken, Client, Connection, Notification};

/// The oldest PostgreSQL that Howdah works with.
const OLDEST_SERVER: u32 = 14;

/// An SSLRequest message: its length, and the code in place of a protocol version.
const SSL_REQUEST: [u8; 8] = [0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f];

impl Target {
    /// Opens a stream to the first endpoint that answers, with TLS negotiated; startup and login are the caller's.
    ///
    /// # Errors
    /// That of the last endpoint: unreachable, timed out, or TLS that did not come about.
    pub async fn open_stream(&self) -> Result<PgStream, PgError> {
        self.first_answer(|endpoint| self.open_stream_to(endpoint)).await
    }

    /// As [`Target::open_stream`], to one endpoint. No time limit of its own.
    ///
    /// # Errors
    /// Unreachable, or TLS that did not come about.
    pub async fn open_stream_to(&self, endpoint: &Endpoint) -> Result<PgStream, PgError> {
        let (host, port) = match endpoint {
            Endpoint::Unix { dir, port } => {
                let stream = UnixStream::connect(dir.join(format!(".s.PGSQL.{port}")))
                    .await
                    .map_err(|source| PgError::Unreachable { endpoint: endpoint.clone(), source })?;
                return Ok(PgStream { transport: Transport::Unix(stream), channel_binding: None });
            }
            Endpoint::Tcp { host, port } => (host.as_str(), *port),
        };
        let mut stream = open_tcp(endpoint, host, port).await?;
        let mut plain = PgStream { transport: Transport::Tcp(stream), channel_binding: None };
        if self.tls == TlsMode::Disable {
            return Ok(plain);
        }
        // One byte and no more: what follows it in the clear must never be taken for part of the encrypted stream.
        let mut answer = [0];
        let asked = async {
            plain.write_all(&SSL_REQUEST).await?;
            plain.flush().await?;
            plain.read_exact(&mut answer).await
        };
        asked.await.map_err(|source| PgError::Unreachable { endpoint: endpoint.clone(), source })?;
        if answer != *b"S" {
            return match (answer, self.tls) {
                ([b'N'], TlsMode::Prefer) => Ok(plain),
                ([b'N'], _) => Err(PgError::TlsRefused { endpoint: endpoint.clone() }),
                _ => Err(PgError::TlsHandshake {
                    endpoint: endpoint.clone(),
                    source: io::Error::other("the answer to the TLS request is none of PostgreSQL's"),
                }),
            };
        }
        let Transport::Tcp(tcp) = plain.transport else { return Err(PgError::Closed) };
        stream = tcp;
        self.handshake(endpoint, host, stream).await
    }

    async fn handshake(&self, endpoint: &Endpoint, host: &str, stream: TcpStream) -> Result<PgStream, PgError> {
        let name = ServerName::try_from(host.to_owned()).map_err(|error| PgError::TlsCertificate {
            endpoint: endpoint.clone(),
            reason: format!("`{host}` is no name that a certificate can be for ({error})"),
        })?;
        let config = Arc::new(tls::config(self, endpoint)?);
        let stream =
            tokio_rustls::TlsConnector::from(config).connect(name, stream).await.map_err(|source| {
                match source.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
                    Some(rustls::Error::InvalidCertificate(reason)) => {
                        PgError::TlsCertificate { endpoint: endpoint.clone(), reason: reason.to_string() }
                    }
                    _ => PgError::TlsHandshake { endpoint: endpoint.clone(), source },
                }
            })?;
        let certificate = stream.get_ref().1.peer_certificates().and_then(|chain| chain.first());
        let channel_binding = certificate.and_then(|certificate| channel::server_end_point(certificate));
        Ok(PgStream { transport: Transport::Tls(Box::new(stream)), channel_binding })
    }

    /// Connects and logs in. The connection runs in a task of its own and ends when the client is dropped; notices of
    /// the server go to tracing.
    ///
    /// # Errors
    /// Every way in which PostgreSQL can be out of reach or refuse a login; see [`PgError`].
    pub async fn client(&self) -> Result<Client, PgError> {
        let (client, connection) = self.first_answer(|endpoint| self.log_in(endpoint)).await?;
        tokio::spawn(run(connection, None));
        Ok(client)
    }

    /// As [`Target::client`], with the notifications that come to it. Their end is the end of the connection.
    ///
    /// # Errors
    /// As [`Target::client`].
    pub async fn listener(&self) -> Result<(Client, mpsc::UnboundedReceiver<Notification>), PgError> {
        let (client, connection) = self.first_answer(|endpoint| self.log_in(endpoint)).await?;
        let (sender, notifications) = mpsc::unbounded_channel();
        tokio::spawn(run(connection, Some(sender)));
        Ok((client, notifications))
    }

    /// Asks the server to stop what the client of `token` is doing. Returns once the request is delivered; whether
    /// there was still something to stop is not known.
    ///
    /// # Errors
    /// The server cannot be reached.
    pub async fn cancel(&self, token: &CancelToken) -> Result<(), PgError> {
        let stream = self.open_stream().await?;
        Ok(token.cancel_query_raw(stream, Negotiated).await?)
    }

    async fn log_in(&self, endpoint: &Endpoint) -> Result<(Client, Connection<PgStream, PgStream>), PgError> {
        let stream = self.open_stream_to(endpoint).await?;
        let mut config = tokio_postgres::Config::new();
        config
            .user(&self.user)
            .dbname(&self.dbname)
            .application_name(&self.application_name)
            // TLS is already there, or is not to be: the driver gets the stream as it is, and with it the binding.
            .ssl_mode(SslMode::Require)
            .ssl_negotiation(SslNegotiation::Direct)
            .channel_binding(match self.channel_binding {
                ChannelBinding::Disable => config::ChannelBinding::Disable,
                ChannelBinding::Prefer => config::ChannelBinding::Prefer,
                ChannelBinding::Require => config::ChannelBinding::Require,
            });
        if let Some(password) = &self.password {
            config.password(password.expose());
        }
        if let Some(options) = &self.options {
            config.options(options);
        }
        let (client, connection) =
            config.connect_raw(stream, Negotiated).await.map_err(|error| self.login_error(error))?;
        let version = connection.parameter("server_version").unwrap_or_default();
        if let Some(major) = major_version(version).filter(|&major| major < OLDEST_SERVER) {
            tracing::debug!(major, "server too old");
            return Err(PgError::ServerTooOld { found: version.to_owned(), needed: OLDEST_SERVER });
        }
        let on = |name| connection.parameter(name) == Some("on");
        if !self.session_attrs.accepts(on("in_hot_standby"), on("default_transaction_read_only")) {
            return Err(PgError::NotReady {
                target: self.redacted(),
                message: format!("{endpoint} is not {}", self.session_attrs.as_str()),
            });
        }
        Ok((client, connection))
    }

    async fn first_answer<'a, T, F>(&'a self, open: impl Fn(&'a Endpoint) -> F) -> Result<T, PgError>
    where
        F: Future<Output = Result<T, PgError>>,
    {
        let mut last = PgError::Url { reason: "it names no host".to_owned() };
        for endpoint in &self.endpoints {
            last = match tokio::time::timeout(self.connect_timeout, open(endpoint)).await {
                Ok(Ok(opened)) => return Ok(opened),
                Ok(Err(error)) if error.is_transient() || matches!(error, PgError::HostNotFound { .. }) => error,
                // A wrong password is wrong on every host of the list; asking them all would only hide it.
                Ok(Err(error)) => return Err(error),
                Err(_) => PgError::ConnectTimeout { endpoint: endpoint.clone(), after: self.connect_timeout },
            };
        }
        Err(last)
    }

    /// Puts a refused login into words. The same SQLSTATE stands for several causes, told apart by the message.
    fn login_error(&self, error: tokio_postgres::Error) -> PgError {
        let target = self.redacted();
        let Some(db) = error.as_db_error() else {
            // The driver has no error kind for this one.
            let cause = std::error::Error::source(&error).map(ToString::to_string);
            return if cause.as_deref() == Some("password missing") {
                PgError::PasswordMissing { target }
            } else {
                error.into()
            };
        };
        let ServerError { sqlstate, message, .. } = ServerError::from(db);
        let user = self.user.clone();
        match sqlstate.as_str() {
            "28P01" => PgError::WrongPassword { user, target },
            "28000" if message.contains("pg_hba.conf") || message.contains("authentication failed") => {
                PgError::HostRefused { target, message }
            }
            "28000" => PgError::NoSuchRole { user, target, message },
            "3D000" => PgError::NoSuchDatabase { dbname: self.dbname.clone(), target },
            "42501" => PgError::ConnectDenied { user, dbname: self.dbname.clone(), message },
            "53300" => PgError::TooManyConnections { target, message },
            "57P03" => PgError::NotReady { target, message },
            _ => error.into(),
        }
    }
}

async fn open_tcp(endpoint: &Endpoint, host: &str, port: u16) -> Result<TcpStream, PgError> {
    let unreachable = |source| PgError::Unreachable { endpoint: endpoint.clone(), source };
    let addresses: Vec<_> = tokio::net::lookup_host((host, port))
        .await
        .map_err(|source| PgError::HostNotFound { endpoint: endpoint.clone(), source })?
        .collect();
    let mut last = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
    for address in addresses {
        match TcpStream::connect(address).await {
            Ok(stream) => {
                // Messages are small and answered one by one: waiting to fill a packet costs up to 40 ms each.
                stream.set_nodelay(true).map_err(unreachable)?;
                // A dead peer is noticed in about a minute and a half, not in the system's two hours.
                let keepalive = socket2::TcpKeepalive::new()
                    .with_time(Duration::from_secs(60))
                    .with_interval(Duration::from_secs(10));
                socket2::SockRef::from(&stream).set_tcp_keepalive(&keepalive).map_err(unreachable)?;
                return Ok(stream);
            }
            Err(error) => last = error,
        }
    }
    Err(unreachable(last))
}

/// Drives a connection until its client is gone.
async fn run(
    mut connection: Connection<PgStream, PgStream>,
    notifications: Option<mpsc::UnboundedSender<Notification>>,
) {
    loop {
        match std::future::poll_fn(|cx| connection.poll_message(cx)).await {
            Some(Ok(AsyncMessage::Notice(notice))) => log_notice(&notice),
            Some(Ok(AsyncMessage::Notification(notification))) => {
                if let Some(notifications) = &notifications {
                    // Nobody listens any more: the client is gone too, and with it, next, this connection.
                    let _ = notifications.send(notification);
                }
            }
            Some(Ok(_)) => {}
            Some(Err(error)) => {
                // Whoever waits for an answer gets the error too; without anyone waiting it is only worth a line.
                tracing::debug!(%error, "PostgreSQL connection ended");
                return;
            }
            None => return,
        }
    }
}

fn log_notice(notice: &tokio_postgres::error::DbError) {
    let sqlstate = notice.code().code();
    let message = notice.message();
    match notice.severity() {
        "WARNING" => tracing::warn!(target: "howdah_pg::notice", sqlstate, message, "PostgreSQL warns"),
        "DEBUG" => tracing::trace!(target: "howdah_pg::notice", sqlstate, message, "PostgreSQL notes"),
        _ => tracing::debug!(target: "howdah_pg::notice", sqlstate, message, "PostgreSQL notes"),
    }
}

fn major_version(text: &str) -> Option<u32> {
    text.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

/// Hands the driver a stream on which TLS is settled.
struct Negotiated;

impl TlsConnect<PgStream> for Negotiated {
    type Stream = PgStream;
    type Error = std::convert::Infallible;
    type Future = Ready<Result<PgStream, Self::Error>>;

    fn connect(self, stream: PgStream) -> Self::Future {
        ready(Ok(stream))
    }
}
