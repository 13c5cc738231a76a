//! An SMTP server that keeps what it is given: as much of RFC 5321, STARTTLS and AUTH PLAIN as a client needs.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use howdah_auth::mail::{Smtp, SmtpOptions};
use rustls::pki_types::PrivateKeyDer;
use serde::Serialize;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_util::task::AbortOnDropHandle;

use crate::support::until;

pub(crate) const USER: &str = "howdah";
pub(crate) const SMTP_PASSWORD: &str = "p@ss:word";

/// What the server does about TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tls {
    /// From the first byte.
    Implicit,
    /// STARTTLS.
    Offered,
    None,
}

/// A mail as it arrived.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Received {
    pub(crate) from: String,
    pub(crate) to: Vec<String>,
    /// As it was sent, headers and all.
    pub(crate) data: String,
    pub(crate) subject: String,
    /// The plain part.
    pub(crate) text: String,
    pub(crate) link: Option<String>,
    pub(crate) code: Option<String>,
    /// Whether it came encrypted.
    pub(crate) is_encrypted: bool,
    /// The user that the client has logged in as.
    pub(crate) user: Option<String>,
}

pub(crate) struct Receiver {
    pub(crate) address: SocketAddr,
    pub(crate) inbox: Arc<Mutex<Vec<Received>>>,
    /// Mails that were offered, taken or not.
    pub(crate) offered: Arc<AtomicUsize>,
    certificate: String,
    _accepting: AbortOnDropHandle<()>,
}

#[derive(Clone)]
struct Inside {
    tls: Tls,
    acceptor: TlsAcceptor,
    inbox: Arc<Mutex<Vec<Received>>>,
    offered: Arc<AtomicUsize>,
    /// How the first mails are answered, before the others are taken.
    answers: Arc<Mutex<Vec<&'static str>>>,
}

impl Receiver {
    pub(crate) async fn start(tls: Tls) -> Self {
        Self::answering(tls, &[]).await
    }

    /// The first mails get these answers in their order, such as `451 later`.
    pub(crate) async fn answering(tls: Tls, answers: &[&'static str]) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned(), "127.0.0.1".to_owned()]).unwrap();
        let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
        let config = rustls::ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)
            .unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let inside = Inside {
            tls,
            acceptor: TlsAcceptor::from(Arc::new(config)),
            inbox: Arc::default(),
            offered: Arc::default(),
            answers: Arc::new(Mutex::new(answers.iter().rev().copied().collect())),
        };
        let address = listener.local_addr().unwrap();
        let (inbox, offered) = (Arc::clone(&inside.inbox), Arc::clone(&inside.offered));
        let accepting = AbortOnDropHandle::new(tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(inside.clone().connection(stream));
            }
        }));
        Self { address, inbox, offered, certificate: made.cert.pem(), _accepting: accepting }
    }

    pub(crate) fn options(&self) -> SmtpOptions {
        SmtpOptions {
            from: "noreply@example.org".to_owned(),
            allow_plain: false,
            roots: Some(self.certificate.clone().into_bytes()),
        }
    }

    /// A client that logs in and trusts the certificate.
    pub(crate) fn smtp(&self, scheme: &str) -> Smtp {
        Smtp::new(&self.url(scheme), &self.options()).unwrap()
    }

    pub(crate) fn url(&self, scheme: &str) -> String {
        format!("{scheme}://{USER}:p%40ss%3Aword@localhost:{}", self.address.port())
    }

    /// The mails, once there are so many.
    pub(crate) async fn wait(&self, count: usize) -> Vec<Received> {
        until("mails arrive", async || self.inbox.lock().unwrap().len() >= count).await;
        self.inbox.lock().unwrap().clone()
    }
}

impl Inside {
    async fn connection(self, stream: TcpStream) {
        if self.tls == Tls::Implicit {
            if let Ok(stream) = self.acceptor.accept(stream).await {
                self.talk(BufReader::new(stream), true, true).await;
            }
        } else if let Some(stream) = self.talk(BufReader::new(stream), false, true).await
            && let Ok(stream) = self.acceptor.accept(stream).await
        {
            self.talk(BufReader::new(stream), true, false).await;
        }
    }

    /// Until the end, or until the client wants TLS: then the stream comes back.
    async fn talk<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        mut stream: BufReader<S>,
        is_encrypted: bool,
        greets: bool,
    ) -> Option<S> {
        if greets {
            stream.write_all(b"220 receiver.test ESMTP\r\n").await.ok()?;
        }
        let (mut from, mut to, mut user) = (String::new(), Vec::new(), None);
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line).await.ok()? == 0 {
                return None;
            }
            let line = line.trim_end();
            let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
            let answer = match verb.to_ascii_uppercase().as_str() {
                "EHLO" => {
                    let tls = if self.tls == Tls::Offered && !is_encrypted { "250-STARTTLS\r\n" } else { "" };
                    format!("250-receiver.test\r\n{tls}250-8BITMIME\r\n250 AUTH PLAIN\r\n")
                }
                "STARTTLS" => {
                    stream.write_all(b"220 go ahead\r\n").await.ok()?;
                    return Some(stream.into_inner());
                }
                "AUTH" => {
                    user = plain(rest);
                    if user.is_some() { "235 welcome\r\n" } else { "535 who?\r\n" }.to_owned()
                }
                "MAIL" => {
                    from = bracketed(rest);
                    "250 fine\r\n".to_owned()
                }
                "RCPT" => {
                    to.push(bracketed(rest));
                    "250 fine\r\n".to_owned()
                }
                "DATA" => {
                    stream.write_all(b"354 go on\r\n").await.ok()?;
                    let data = data(&mut stream).await?;
                    self.offered.fetch_add(1, Ordering::Relaxed);
                    let answer = self.answers.lock().unwrap().pop();
                    if answer.is_none() {
                        let mail = received(&from, std::mem::take(&mut to), data, is_encrypted, user.clone());
                        self.inbox.lock().unwrap().push(mail);
                    }
                    to.clear();
                    format!("{}\r\n", answer.unwrap_or("250 taken"))
                }
                "QUIT" => {
                    let _ = stream.write_all(b"221 bye\r\n").await;
                    return None;
                }
                "RSET" | "NOOP" => "250 fine\r\n".to_owned(),
                _ => "500 what?\r\n".to_owned(),
            };
            stream.write_all(answer.as_bytes()).await.ok()?;
        }
    }
}

fn bracketed(argument: &str) -> String {
    argument.split_once('<').and_then(|(_, rest)| rest.split_once('>')).map_or("", |(address, _)| address).to_owned()
}

/// The user of AUTH PLAIN with the right password.
fn plain(argument: &str) -> Option<String> {
    use base64::Engine;
    let decoded = base64::engine::general_purpose::STANDARD.decode(argument.strip_prefix("PLAIN ")?).ok()?;
    let decoded = String::from_utf8(decoded).ok()?;
    let mut parts = decoded.split('\0').skip(1);
    let (user, password) = (parts.next()?, parts.next()?);
    (user == USER && password == SMTP_PASSWORD).then(|| user.to_owned())
}

async fn data<S: AsyncRead + Unpin>(stream: &mut BufReader<S>) -> Option<String> {
    let mut data = String::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        if line == ".\r\n" {
            return Some(data);
        }
        data.push_str(line.strip_prefix('.').unwrap_or(&line));
    }
}

fn received(from: &str, to: Vec<String>, data: String, is_encrypted: bool, user: Option<String>) -> Received {
    let text = plain_part(&data);
    let link = text.lines().find(|line| line.contains("/auth/v1/verify?")).map(str::to_owned);
    let code = text.split_once("ode: ").map(|(_, rest)| rest[..6].to_owned());
    let subject = header(&data, "Subject").unwrap_or_default();
    Received { from: from.to_owned(), to, data, subject, text, link, code, is_encrypted, user }
}

/// A header of the mail, unfolded.
pub(crate) fn header(data: &str, name: &str) -> Option<String> {
    let (headers, _) = data.split_once("\r\n\r\n")?;
    let headers = headers.replace("\r\n ", " ").replace("\r\n\t", " ");
    headers.lines().find_map(|line| {
        let (found, value) = line.split_once(':')?;
        found.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
    })
}

fn plain_part(data: &str) -> String {
    let boundary = data.split_once("boundary=\"").and_then(|(_, rest)| rest.split_once('"')).unwrap().0;
    let part = data.split(&format!("--{boundary}")).find(|part| part.contains("text/plain")).unwrap();
    let (headers, body) = part.split_once("\r\n\r\n").unwrap();
    if headers.to_lowercase().contains("quoted-printable") { unquoted(body) } else { body.to_owned() }
}

fn unquoted(text: &str) -> String {
    let text = text.replace("=\r\n", "");
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, others @ ..] = rest {
        rest = others;
        match (first, others) {
            (b'=', [high, low, after @ ..]) => {
                bytes.push(u8::from_str_radix(std::str::from_utf8(&[*high, *low]).unwrap(), 16).unwrap());
                rest = after;
            }
            _ => bytes.push(*first),
        }
    }
    String::from_utf8(bytes).unwrap()
}
