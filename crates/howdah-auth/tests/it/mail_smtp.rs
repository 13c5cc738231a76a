//! Mails over SMTP, to a receiver that is one.

use std::sync::atomic::Ordering;
use std::time::Duration;

use howdah_auth::AuthOptions;
use howdah_auth::mail::{MailOptions, Smtp, SmtpOptions, Transport};
use serde_json::json;

use crate::mail::{posting, posting_with};
use crate::receiver::{Receiver, Tls, USER, header};
use crate::support::{PASSWORD, shared, until};

fn quickly() -> MailOptions {
    MailOptions { pauses: vec![Duration::from_millis(20); 3], ..MailOptions::default() }
}

/// STARTTLS and TLS from the first byte; what arrives is a mail.
#[tokio::test]
async fn mails_travel_encrypted_and_are_whole() {
    for (tls, scheme) in [(Tls::Offered, "smtp"), (Tls::Implicit, "smtps")] {
        let db = shared().await;
        let receiver = Receiver::start(tls).await;
        let transport = Transport::Smtp(receiver.smtp(scheme));
        let mail = MailOptions { name: "Müller & Söhne".to_owned(), ..quickly() };
        let external_url = Some("https://auth.example.org".to_owned());
        let server = posting_with(&db, AuthOptions { external_url, ..AuthOptions::default() }, transport, mail).await;
        server.sign_up("ada@example.org", PASSWORD).await.ok();
        let mails = receiver.wait(1).await;
        let mail = &mails[0];
        assert!(mail.is_encrypted, "{tls:?}");
        assert_eq!(mail.user.as_deref(), Some(USER));
        assert_eq!(
            (mail.from.as_str(), mail.to.as_slice()),
            ("noreply@example.org", &["ada@example.org".to_owned()][..])
        );
        let named = |name: &str| header(&mail.data, name).unwrap_or_else(|| panic!("{name} in {}", mail.data));
        assert_eq!(named("To"), "ada@example.org");
        assert!(named("From").ends_with("<noreply@example.org>"), "{}", named("From"));
        assert_eq!(named("Auto-Submitted"), "auto-generated");
        assert!(named("Message-ID").ends_with("@example.org>"), "{}", named("Message-ID"));
        assert!(named("Subject").starts_with("=?utf-8?"), "{}", named("Subject"));
        assert!(named("Content-Type").starts_with("multipart/alternative"));
        assert!(mail.data.contains("text/html"), "{}", mail.data);
        assert!(mail.text.contains("Müller & Söhne"), "{}", mail.text);
        let link = mail.link.as_ref().unwrap();
        assert!(link.starts_with("https://auth.example.org/auth/v1/verify?token="), "{link}");
        let body = json!({ "type": "signup", "email": "ada@example.org", "token": mail.code });
        server.post("/auth/v1/verify", &body).await.ok();
    }
}

/// A certificate that nobody vouches for, and a server elsewhere that offers no TLS, get no mail.
// ASVS 12.3
#[tokio::test]
async fn without_trust_nothing_is_sent() {
    let untrusted = Receiver::start(Tls::Offered).await;
    let plain = Receiver::start(Tls::None).await;
    let other = Receiver::start(Tls::Implicit).await;
    let options = SmtpOptions { roots: None, ..untrusted.options() };
    // By this name the receiver is not on this machine, as far as anybody can see.
    let elsewhere = format!("smtp://0.0.0.0:{}", plain.address.port());
    for (receiver, smtp) in [
        (&untrusted, Smtp::new(&untrusted.url("smtp"), &options).unwrap()),
        (&other, Smtp::new(&other.url("smtps"), &options).unwrap()),
        (&plain, Smtp::new(&elsewhere, &plain.options()).unwrap()),
    ] {
        let db = shared().await;
        let mail = MailOptions { pauses: Vec::new(), ..quickly() };
        let server = posting_with(&db, AuthOptions::default(), Transport::Smtp(smtp), mail).await;
        server.sign_up("ada@example.org", PASSWORD).await.ok();
        let written = "select count(*) from auth.one_time_tokens";
        until("the mail is written", async || crate::support::sql(&db, written).await == ["1"]).await;
        tokio::time::sleep(Duration::from_millis(200)).await;
        assert_eq!(receiver.offered.load(Ordering::Relaxed), 0);
    }
    let allowed = SmtpOptions { allow_plain: true, ..plain.options() };
    let db = shared().await;
    let transport = Transport::Smtp(Smtp::new(&elsewhere, &allowed).unwrap());
    let server = posting(&db, AuthOptions::default(), transport).await;
    server.sign_up("ada@example.org", PASSWORD).await.ok();
    assert!(!plain.wait(1).await[0].is_encrypted);
}

#[tokio::test]
async fn what_may_pass_is_tried_again_and_what_does_not_is_given_up() {
    let receiver =
        Receiver::answering(Tls::Offered, &["451 4.7.1 later", "421 busy", "550 5.1.1 no such <ada@example.org>"])
            .await;
    let db = shared().await;
    let server = posting_with(&db, AuthOptions::default(), Transport::Smtp(receiver.smtp("smtp")), quickly()).await;
    // Twice put off, then refused for good.
    server.sign_up("ada@example.org", PASSWORD).await.ok();
    until("three tries", async || receiver.offered.load(Ordering::Relaxed) == 3).await;
    server.sign_up("ben@example.org", PASSWORD).await.ok();
    let mails = receiver.wait(1).await;
    assert_eq!((mails.len(), mails[0].to[0].as_str()), (1, "ben@example.org"));
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(receiver.offered.load(Ordering::Relaxed), 4);
}

/// A mail server that hangs holds nobody up: the answer is there before any mail is.
#[tokio::test]
async fn nobody_waits_for_a_mail() {
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("smtp://localhost:{}", silent.local_addr().unwrap().port());
    let options = SmtpOptions { from: "noreply@example.org".to_owned(), ..SmtpOptions::default() };
    let db = shared().await;
    let server = posting(&db, AuthOptions::default(), Transport::Smtp(Smtp::new(&url, &options).unwrap())).await;
    for n in 0..20 {
        server.post("/auth/v1/otp", &json!({ "email": format!("a{n}@example.org") })).await.ok();
    }
    server.sign_up("ada@example.org", PASSWORD).await.ok();
    drop(silent);
}
