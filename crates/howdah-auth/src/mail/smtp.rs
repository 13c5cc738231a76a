//! SMTP: encrypted, or to this very machine.
//!
//! `smtps://` is TLS from the first byte (port 465), `smtp://` is STARTTLS (port 587), and a server that offers none is not
//! spoken to: whoever sits in between could have left it out. Exceptions are this machine itself, and servers for which
//! somebody has said so ([`SmtpOptions::allow_plain`]); with those, TLS is used where it is offered.

use std::error::Error;
use std::io;
use std::net::IpAddr;
use std::time::Duration;

use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::PoolConfig;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use percent_encoding::percent_decode_str;
use url::Url;
use uuid::Uuid;

use super::address;
use super::mailbox::MailboxError;
use super::message::Message;

/// One attempt, all of it.
const PATIENCE: Duration = Duration::from_secs(30);

/// Beside the server's URL, which is a secret.
#[derive(Debug, Clone, Default)]
pub struct SmtpOptions {
    /// Who mails come from, as `name@host`. `auth.mail_from`
    pub from: String,
    /// Whether mails, and with them their tokens, may travel unencrypted. `auth.mail_allow_plain`
    pub allow_plain: bool,
    /// Certificates to trust beside those of the system, as PEM. `auth.mail_ca_file`
    pub roots: Option<Vec<u8>>,
}

/// The settings of SMTP do not work. Says nothing of the password.
#[derive(Debug, thiserror::Error)]
pub enum SmtpError {
    /// No URL, or one of another kind.
    #[error("HOWDAH_SMTP_URL must look like smtps://user:password@host:465 or smtp://user:password@host:587")]
    Url,
    /// Not an address.
    #[error("auth.mail_from must be an address such as noreply@example.org, without a name")]
    From,
    /// No certificate in PEM.
    #[error("auth.mail_ca_file holds no certificate in PEM")]
    Roots,
    /// TLS cannot be set up.
    #[error("TLS to the mail server cannot be set up")]
    Tls,
}

/// A mail could not be delivered.
pub(super) struct Undelivered {
    /// Whether it may work later.
    pub(super) may_pass: bool,
    /// For the log: without what a server said.
    pub(super) reason: String,
}

impl From<MailboxError> for Undelivered {
    fn from(error: MailboxError) -> Self {
        Self { may_pass: false, reason: error.to_string() }
    }
}

impl From<lettre::transport::smtp::Error> for Undelivered {
    fn from(error: lettre::transport::smtp::Error) -> Self {
        let reason = match error.status() {
            Some(code) => format!("the server answered {code}"),
            None if error.is_timeout() => "the server did not answer in time".to_owned(),
            None if error.is_tls() || is_of_tls(&error) => {
                "TLS to the server failed: a certificate that nobody here vouches for? auth.mail_ca_file names others to trust"
                    .to_owned()
            }
            None if error.is_client() => "the server does not offer what is needed (TLS, authentication)".to_owned(),
            None => "the server cannot be reached".to_owned(),
        };
        Self { may_pass: !error.is_permanent(), reason }
    }
}

/// Whether a connection failed at its TLS, which counts as not reaching the server elsewhere: tokio-rustls says it by errors of
/// this kind.
fn is_of_tls(error: &dyn Error) -> bool {
    let mut cause = error.source();
    while let Some(error) = cause {
        if error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::InvalidData) {
            return true;
        }
        cause = error.source();
    }
    false
}

/// A server that takes mails. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Address,
}

impl Smtp {
    /// For the server at `url`: `smtp://` or `smtps://`, with user name and password in percent-encoding. Does not
    /// connect yet.
    ///
    /// # Errors
    /// See [`SmtpError`].
    pub fn new(url: &str, options: &SmtpOptions) -> Result<Self, SmtpError> {
        let url = Url::parse(url).map_err(|_| SmtpError::Url)?;
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or(SmtpError::Url)?;
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let from = address::checked(&options.from).map_err(|_| SmtpError::From)?;
        let mut tls = TlsParameters::builder(host.to_owned());
        if let Some(roots) = &options.roots {
            tls = tls.add_root_certificate(Certificate::from_pem(roots).map_err(|_| SmtpError::Roots)?);
        }
        let tls = tls.build_rustls().map_err(|_| SmtpError::Tls)?;
        let (tls, port) = match url.scheme() {
            "smtps" => (Tls::Wrapper(tls), 465),
            "smtp" if options.allow_plain || is_here(host) => (Tls::Opportunistic(tls), 587),
            "smtp" => (Tls::Required(tls), 587),
            _ => return Err(SmtpError::Url),
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(host)
            .port(url.port().unwrap_or(port))
            .tls(tls)
            .timeout(Some(PATIENCE))
            .pool_config(PoolConfig::new().max_size(4))
            .hello_name(ClientId::Domain(from.domain().to_owned()));
        if !url.username().is_empty() {
            let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
            let password = decoded(url.password().unwrap_or_default());
            builder = builder.credentials(Credentials::new(decoded(url.username()), password));
        }
        Ok(Self { transport: builder.build(), from })
    }

    /// Hands a message over.
    pub(super) async fn send(&self, message: &Message, name: &str) -> Result<(), Undelivered> {
        let refused = || Undelivered { may_pass: false, reason: "it cannot be put into the form of a mail".to_owned() };
        let to = address::checked(&message.to).map_err(|_| refused())?;
        let mail = lettre::Message::builder()
            .from(Mailbox::new(Some(name.to_owned()), self.from.clone()))
            .to(Mailbox::new(None, to))
            .subject(message.subject.as_str())
            .message_id(Some(format!("<{}@{}>", Uuid::new_v4(), self.from.domain())))
            .date_now()
            // No automatic answers, please (RFC 3834).
            .raw_header(HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned()))
            .multipart(MultiPart::alternative_plain_html(message.text.clone(), message.html.clone()))
            .map_err(|_| refused())?;
        self.transport.send(mail).await.map(|_| ()).map_err(Undelivered::from)
    }
}

fn is_here(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(url: &str, from: &str, expected: Result<(), &str>) {
        let options = SmtpOptions { from: from.to_owned(), ..SmtpOptions::default() };
        let made = Smtp::new(url, &options).map(|_| ()).map_err(|error| format!("{error:?}"));
        assert_eq!(
            made.as_ref().map_err(String::as_str),
            expected.as_ref().map_err(|e| *e).map(|_| &()),
            "{url} {from}"
        );
    }

    #[tokio::test]
    async fn urls_and_senders() {
        check("smtps://user:p%40ss@mail.test:465", "noreply@example.org", Ok(()));
        check("smtp://mail.test", "noreply@example.org", Ok(()));
        check("smtp://[::1]:2525", "noreply@example.org", Ok(()));
        check("https://mail.test", "noreply@example.org", Err("Url"));
        check("mail.test:25", "noreply@example.org", Err("Url"));
        check("smtp://", "noreply@example.org", Err("Url"));
        check("smtp://mail.test", "Howdah <noreply@example.org>", Err("From"));
        check("smtp://mail.test", "noreply@example.org\r\nBcc: x@y", Err("From"));
        check("smtp://mail.test", "", Err("From"));
    }

    #[test]
    fn only_this_machine_is_here() {
        for (host, expected) in [
            ("localhost", true),
            ("127.0.0.1", true),
            ("::1", true),
            ("localhost.evil.test", false),
            ("10.0.0.1", false),
        ] {
            assert_eq!(is_here(host), expected, "{host}");
        }
    }
}
