//! From an open stream to a session that is ready for flights: startup and authentication.

use bytes::BytesMut;
use postgres_protocol::authentication;
use postgres_protocol::authentication::sasl::{self, ChannelBinding, ScramSha256};
use postgres_protocol::message::backend::Message;
use postgres_protocol::message::frontend;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_postgres::fallible_iterator::FallibleIterator;

use super::LaneError;
use super::connection::Connection;
use super::error::DatabaseError;
use crate::target::ChannelBinding as Binding;
use crate::{Endpoint, PgStream, Target};

/// What identifies a session when its running statement is to be cancelled.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct CancelKey {
    pub(super) process_id: i32,
    pub(super) secret_key: i32,
}

struct Handshake<'a> {
    stream: PgStream,
    buf: BytesMut,
    target: &'a Target,
    is_standby: bool,
    is_read_only: bool,
}

/// Opens a session on the first endpoint of `target` that will do. `settings` are server settings for the life of the
/// session, such as `statement_timeout`; they are sent with the startup message, so no statement can run without them.
pub(super) async fn open(target: &Target, settings: &[(&str, String)]) -> Result<Connection, LaneError> {
    let mut last = LaneError::Down("the target names no server".into());
    for endpoint in &target.endpoints {
        match open_on(target, endpoint, settings).await {
            Ok(connection) => return Ok(connection),
            Err(error) => last = error,
        }
    }
    Err(last)
}

async fn open_on(target: &Target, endpoint: &Endpoint, settings: &[(&str, String)]) -> Result<Connection, LaneError> {
    let stream = target.open_stream_to(endpoint).await?;
    let mut handshake =
        Handshake { stream, buf: BytesMut::with_capacity(4096), target, is_standby: false, is_read_only: false };
    handshake.startup(settings).await?;
    handshake.authenticate().await?;
    let cancel = handshake.ready().await?;
    let suits = target.session_attrs.accepts(handshake.is_standby, handshake.is_read_only);
    if !suits {
        return Err(LaneError::Down(format!("{endpoint} is not the kind of server that was asked for").into()));
    }
    Ok(Connection::new(handshake.stream, endpoint.clone(), handshake.buf, cancel))
}

impl Handshake<'_> {
    async fn startup(&mut self, settings: &[(&str, String)]) -> Result<(), LaneError> {
        let mut parameters = vec![
            ("user", self.target.user.as_str()),
            ("database", self.target.dbname.as_str()),
            ("application_name", self.target.application_name.as_str()),
            ("client_encoding", "UTF8"),
            // The JSON encoder reads these two forms; no role or database default may change them.
            ("DateStyle", "ISO"),
            ("IntervalStyle", "postgres"),
        ];
        if let Some(options) = &self.target.options {
            parameters.push(("options", options));
        }
        parameters.extend(settings.iter().map(|(name, value)| (*name, value.as_str())));
        let mut out = BytesMut::new();
        frontend::startup_message(parameters, &mut out).map_err(|e| LaneError::protocol(&e.to_string()))?;
        self.send(&out).await
    }

    async fn authenticate(&mut self) -> Result<(), LaneError> {
        loop {
            match self.message().await? {
                Message::AuthenticationOk => return Ok(()),
                Message::AuthenticationCleartextPassword => {
                    let password = self.password()?.to_owned();
                    self.send_password(password.as_bytes()).await?;
                }
                Message::AuthenticationMd5Password(body) => {
                    let hash =
                        authentication::md5_hash(self.target.user.as_bytes(), self.password()?.as_bytes(), body.salt());
                    self.send_password(hash.as_bytes()).await?;
                }
                Message::AuthenticationSasl(body) => {
                    let offered: Vec<String> = body
                        .mechanisms()
                        .map(|mechanism| Ok(mechanism.to_owned()))
                        .collect()
                        .map_err(|e| LaneError::protocol(&e.to_string()))?;
                    let offers = |mechanism| offered.iter().any(|offer| offer == mechanism);
                    self.scram(offers(sasl::SCRAM_SHA_256), offers(sasl::SCRAM_SHA_256_PLUS)).await?;
                }
                _ => return Err(LaneError::protocol("an authentication method that Howdah does not speak")),
            }
        }
    }

    async fn scram(&mut self, plain: bool, plus: bool) -> Result<(), LaneError> {
        let io = |e: std::io::Error| LaneError::protocol(&e.to_string());
        let hash = self.stream.channel_binding().filter(|_| self.target.channel_binding != Binding::Disable);
        let (mechanism, binding) = match hash {
            Some(hash) if plus => (sasl::SCRAM_SHA_256_PLUS, ChannelBinding::tls_server_end_point(hash.to_vec())),
            _ if self.target.channel_binding == Binding::Require => {
                let reason = "channel_binding=require, and the server does not offer it on this connection";
                return Err(LaneError::Down(reason.into()));
            }
            // We could and the server does not: saying so lets it notice an attacker who took the offer away.
            Some(_) if plain => (sasl::SCRAM_SHA_256, ChannelBinding::unrequested()),
            None if plain => (sasl::SCRAM_SHA_256, ChannelBinding::unsupported()),
            _ => return Err(LaneError::protocol("no way to authenticate that both sides know")),
        };
        let mut scram = ScramSha256::new(self.password()?.as_bytes(), binding);
        let mut out = BytesMut::new();
        frontend::sasl_initial_response(mechanism, scram.message(), &mut out).map_err(io)?;
        self.send(&out).await?;
        let Message::AuthenticationSaslContinue(body) = self.message().await? else {
            return Err(LaneError::protocol("SCRAM broken off after the first message"));
        };
        scram.update(body.data()).map_err(io)?;
        out.clear();
        frontend::sasl_response(scram.message(), &mut out).map_err(io)?;
        self.send(&out).await?;
        let Message::AuthenticationSaslFinal(body) = self.message().await? else {
            return Err(LaneError::protocol("SCRAM broken off before the server proved itself"));
        };
        scram.finish(body.data()).map_err(io)
    }

    async fn ready(&mut self) -> Result<CancelKey, LaneError> {
        let mut cancel = CancelKey::default();
        loop {
            match self.message().await? {
                Message::BackendKeyData(body) => {
                    cancel = CancelKey { process_id: body.process_id(), secret_key: body.secret_key() };
                }
                Message::ParameterStatus(body) => {
                    let is_on = body.value().is_ok_and(|value| value == "on");
                    match body.name() {
                        Ok("in_hot_standby") => self.is_standby = is_on,
                        Ok("default_transaction_read_only") => self.is_read_only = is_on,
                        _ => {}
                    }
                }
                Message::ReadyForQuery(_) => return Ok(cancel),
                _ => {}
            }
        }
    }

    fn password(&self) -> Result<&str, LaneError> {
        self.target.password.as_ref().map(crate::Secret::expose).ok_or_else(|| {
            LaneError::Down("the database asks for a password and none is given: put it into DATABASE_URL".into())
        })
    }

    async fn send_password(&mut self, password: &[u8]) -> Result<(), LaneError> {
        let mut out = BytesMut::new();
        frontend::password_message(password, &mut out).map_err(|e| LaneError::protocol(&e.to_string()))?;
        self.send(&out).await
    }

    async fn send(&mut self, out: &[u8]) -> Result<(), LaneError> {
        self.stream.write_all(out).await.map_err(|e| LaneError::Down(e.to_string().into()))?;
        self.stream.flush().await.map_err(|e| LaneError::Down(e.to_string().into()))
    }

    /// The next message; an ErrorResponse is the error.
    async fn message(&mut self) -> Result<Message, LaneError> {
        loop {
            match Message::parse(&mut self.buf).map_err(|e| LaneError::protocol(&e.to_string()))? {
                Some(Message::ErrorResponse(body)) => {
                    let error = DatabaseError::from_body(&body);
                    return Err(LaneError::Down(format!("{error}").into()));
                }
                Some(Message::NoticeResponse(_)) => {}
                Some(message) => return Ok(message),
                None => {
                    let read = self.stream.read_buf(&mut self.buf).await;
                    match read {
                        Ok(0) => return Err(LaneError::Down("the server closed the connection at login".into())),
                        Ok(_) => {}
                        Err(error) => return Err(LaneError::Down(error.to_string().into())),
                    }
                }
            }
        }
    }
}
