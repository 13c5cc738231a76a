//! What comes by mail and what it does: confirming, recovering, codes, changes of address, invitations. Mails go into a
//! local mailbox here; over SMTP they go in `mail_smtp`.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use futures_util::future::join_all;
use howdah_auth::AuthOptions;
use howdah_auth::mail::{Letter, MailOptions, Mailbox, Post, Transport, mailbox_router};
use howdah_http::GateOptions;
use howdah_testkit::TestDb;
use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{Answer, PASSWORD, Person, Server, shared, sql, until};

/// A server whose mails leave by `transport`.
pub(crate) async fn posting(db: &TestDb, options: AuthOptions, transport: Transport) -> Server {
    posting_with(db, options, transport, MailOptions::default()).await
}

pub(crate) async fn posting_with(db: &TestDb, options: AuthOptions, transport: Transport, mail: MailOptions) -> Server {
    let login_url = db.login_url();
    Server::start_posting(&login_url, options, GateOptions::default(), |accounts| {
        let routes = match &transport {
            Transport::Mailbox(mailbox) => mailbox_router(mailbox.clone()),
            Transport::Smtp(_) => Router::new(),
        };
        (Some(Arc::new(Post::new(accounts, transport, mail))), routes)
    })
    .await
}

/// A server with a local mailbox.
pub(crate) struct Place {
    pub(crate) db: TestDb,
    pub(crate) server: Server,
    mailbox: Mailbox,
    _folder: TempDir,
}

impl Place {
    pub(crate) async fn new() -> Self {
        Self::with(AuthOptions { mail_interval: Duration::ZERO, ..AuthOptions::default() }).await
    }

    /// With these settings.
    pub(crate) async fn with(options: AuthOptions) -> Self {
        let db = shared().await;
        let folder = tempfile::tempdir().unwrap();
        let mailbox = Mailbox::new(folder.path());
        let server = posting(&db, options, Transport::Mailbox(mailbox.clone())).await;
        Self { db, server, mailbox, _folder: folder }
    }

    /// The mail of that number, once it is there.
    pub(crate) async fn letter(&self, number: u64) -> Letter {
        until("a mail arrives", async || self.mailbox.letter(number).is_some()).await;
        self.mailbox.letter(number).unwrap()
    }

    /// All mails by now.
    pub(crate) fn letters(&self) -> Vec<Letter> {
        self.mailbox.letters().unwrap()
    }

    /// The number that the next mail will have.
    pub(crate) fn next(&self) -> u64 {
        self.letters().len() as u64 + 1
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.server.post(&format!("/auth/v1/{path}"), &body).await
    }

    /// An account whose address is proven, without tokens.
    pub(crate) async fn confirmed(&self, email: &str) {
        let number = self.next();
        self.server.sign_up(email, PASSWORD).await.ok();
        let letter = self.letter(number).await;
        let body = json!({ "type": "signup", "token_hash": token(&letter) });
        self.post("verify", body).await.ok();
    }
}

/// The token of a mail's link.
#[track_caller]
pub(crate) fn token(letter: &Letter) -> String {
    let link = letter.link.as_ref().unwrap_or_else(|| panic!("no link in {}", letter.text));
    let (_, rest) = link.split_once("?token=").unwrap();
    rest.split('&').next().unwrap().to_owned()
}

#[track_caller]
pub(crate) fn code(letter: &Letter) -> &str {
    letter.code.as_deref().unwrap_or_else(|| panic!("no code in {}", letter.text))
}

#[tokio::test]
async fn an_address_is_confirmed_before_its_account_is_used() {
    let place = Place::new().await;
    let answer = place.server.sign_up("ada@example.org", PASSWORD).await.ok();
    assert_eq!(answer["access_token"], Value::Null);
    assert_eq!(place.server.sign_in("ada@example.org", PASSWORD).await.refusal().1, "email_not_confirmed");
    let letter = place.letter(1).await;
    assert_eq!((letter.to.as_str(), letter.subject.as_str()), ("ada@example.org", "Howdah: Confirm your address"));
    let body = json!({ "type": "signup", "email": "ada@example.org", "token": code(&letter) });
    let session = place.post("verify", body.clone()).await.ok();
    assert_eq!(session["user"]["email"], "ada@example.org");
    assert!(session["user"]["email_confirmed_at"].is_string(), "{session}");
    assert_eq!(Person::of(&session).claims()["amr"][0]["method"], "otp");
    // Neither the code nor the link of the same mail works once more.
    assert_eq!(place.post("verify", body).await.refusal(), (403, "otp_expired".to_owned()));
    let body = json!({ "type": "signup", "token_hash": token(&letter) });
    assert_eq!(place.post("verify", body).await.refusal(), (403, "otp_expired".to_owned()));
    place.server.sign_in("ada@example.org", PASSWORD).await.ok();
    let events = sql(&place.db, "select action from audit.audit_events where action like 'auth.%' order by id").await;
    for event in ["auth.signed_up", "auth.mail_sent", "auth.email_confirmed", "auth.one_time_token_refused"] {
        assert!(events.contains(&event.to_owned()), "{event} in {events:?}");
    }
}

/// Requirement 3: nothing of a token can be read in the database.
// ASVS 7.2.3 11.5.1
#[tokio::test]
async fn requirement_3_tokens_are_kept_as_digests() {
    let place = Place::new().await;
    place.server.sign_up("ada@example.org", PASSWORD).await.ok();
    let letter = place.letter(1).await;
    assert!(token(&letter).len() >= 43, "256 bits in base64url");
    let row = sql(&place.db, "select row_to_json(t)::text from auth.one_time_tokens as t").await;
    assert_eq!(row.len(), 1);
    assert!(!row[0].contains(&token(&letter)) && !row[0].contains(code(&letter)), "{row:?}");
    // The code is a million possibilities: its digest takes more than the row to be made.
    let guessed = format!(
        "select count(*) from auth.one_time_tokens as t where t.code_hash in (
           sha256('{0}'), sha256((t.id || ':{0}')::bytea), sha256(('one-time code:' || t.id || ':{0}')::bytea))",
        code(&letter)
    );
    assert_eq!(sql(&place.db, &guessed).await, ["0"]);
}

#[tokio::test]
async fn a_lost_password_is_replaced() {
    let place = Place::new().await;
    place.confirmed("ada@example.org").await;
    let before = Person::of(&place.server.sign_in("ada@example.org", PASSWORD).await.ok());
    assert_eq!(place.post("recover", json!({ "email": "Ada@example.org" })).await.ok(), json!({}));
    let letter = place.letter(2).await;
    let body = json!({ "type": "recovery", "email": "ada@example.org", "token": code(&letter) });
    let session = Person::of(&place.post("verify", body.clone()).await.ok());
    assert_eq!(session.claims()["amr"][0]["method"], "recovery");
    let new = json!({ "password": "quite another password" });
    place.server.put("/auth/v1/user", &session.access, &new).await.ok();
    assert_eq!(place.server.sign_in("ada@example.org", PASSWORD).await.refusal().1, "invalid_credentials");
    place.server.sign_in("ada@example.org", "quite another password").await.ok();
    place.server.refuses(&before.access).await;
    let letter = place.letter(3).await;
    assert_eq!((letter.subject.as_str(), letter.link), ("Howdah: Your password was changed", None));
}

/// Whoever signed up with somebody else's address before them does not keep a way in.
#[tokio::test]
async fn a_password_from_before_the_proof_goes() {
    let place = Place::new().await;
    for (path, kind) in [("recover", "recovery"), ("otp", "email")] {
        let email = format!("{path}@example.org");
        let number = place.next();
        place.server.sign_up(&email, PASSWORD).await.ok();
        place.letter(number).await;
        place.post(path, json!({ "email": email })).await.ok();
        let letter = place.letter(number + 1).await;
        place.post("verify", json!({ "type": kind, "email": email, "token": code(&letter) })).await.ok();
        assert_eq!(place.server.sign_in(&email, PASSWORD).await.refusal().1, "invalid_credentials", "{path}");
    }
}

#[tokio::test]
async fn codes_sign_in_and_make_accounts() {
    let place = Place::new().await;
    let asked = json!({ "email": "ada@example.org", "create_user": true, "data": { "display_name": "Ada" } });
    place.post("otp", asked).await.ok();
    let letter = place.letter(1).await;
    assert_eq!(letter.subject, "Howdah: Sign in");
    let body = json!({ "type": "email", "email": " ADA@example.org", "token": code(&letter) });
    let session = place.post("verify", body).await.ok();
    assert_eq!(session["user"]["user_metadata"]["display_name"], "Ada");
    // A second time it is the same account, by the older path.
    place.post("magiclink", json!({ "email": "ada@example.org" })).await.ok();
    let letter = place.letter(2).await;
    let again = place.post("verify", json!({ "type": "magiclink", "token_hash": token(&letter) })).await.ok();
    assert_eq!(again["user"]["id"], session["user"]["id"]);
    assert_eq!(sql(&place.db, "select password_hash is null from auth.users").await, ["t"]);
}

/// Requirement 2 (6.3.8): an answer that does not depend on the account, given before anybody has looked for it.
// ASVS 6.3.8
#[tokio::test]
async fn requirement_2_nobody_learns_whose_address_is_known() {
    let place = Place::new().await;
    place.confirmed("ada@example.org").await;
    for (path, more) in [
        ("recover", json!({})),
        ("otp", json!({ "create_user": false })),
        ("magiclink", json!({ "create_user": false })),
        ("resend", json!({ "type": "signup" })),
        ("resend", json!({ "type": "email_change" })),
        ("verify", json!({ "type": "email", "token": "123456" })),
        ("verify", json!({ "type": "recovery", "token": "123456" })),
    ] {
        let mut answers = Vec::new();
        for email in ["ada@example.org", "nobody@example.org"] {
            let mut body = more.clone();
            body["email"] = json!(email);
            let answer = place.post(path, body).await;
            let mut headers: Vec<_> = answer.headers.keys().map(|name| name.as_str().to_owned()).collect();
            headers.sort();
            answers.push((answer.status, answer.text.clone(), headers));
        }
        assert_eq!(answers[0], answers[1], "{path} {more}");
    }
    // The last that is sent for ada: after it, all that could have been sent for nobody has been.
    place.post("recover", json!({ "email": "ada@example.org" })).await.ok();
    until("mails", async || {
        place.letters().iter().filter(|letter| letter.subject.contains("new password")).count() == 2
    })
    .await;
    assert!(place.letters().iter().all(|letter| letter.to == "ada@example.org"));
    assert_eq!(sql(&place.db, "select count(*) from auth.users").await, ["1"]);
}

/// Requirement 2 (6.3.1): guessing ends a code after five tries, and takes nothing from its owner.
// ASVS 6.3.1
#[tokio::test]
async fn requirement_2_wrong_codes_end_a_code_and_not_the_link() {
    let place = Place::new().await;
    place.post("otp", json!({ "email": "ada@example.org" })).await.ok();
    let letter = place.letter(1).await;
    let right = code(&letter);
    let wrong = if right == "000000" { "000001" } else { "000000" };
    let tried = |code: &str| json!({ "type": "email", "email": "ada@example.org", "token": code });
    for _ in 0..5 {
        assert_eq!(place.post("verify", tried(wrong)).await.refusal(), (403, "otp_expired".to_owned()));
    }
    assert_eq!(place.post("verify", tried(right)).await.refusal(), (403, "otp_expired".to_owned()));
    assert_eq!(sql(&place.db, "select failed_count from auth.one_time_tokens").await, ["5"]);
    place.post("verify", json!({ "type": "email", "token_hash": token(&letter) })).await.ok();

    // New codes do not give new tries without end: ten from one network in a quarter of an hour.
    place.post("otp", json!({ "email": "ada@example.org" })).await.ok();
    place.letter(2).await;
    let mut said = Vec::new();
    for _ in 0..6 {
        said.push(place.post("verify", tried(wrong)).await.refusal().1);
    }
    assert_eq!(said.last().map(String::as_str), Some("over_request_rate_limit"), "{said:?}");
}

#[tokio::test]
async fn a_token_works_once_however_many_show_it() {
    let place = Place::new().await;
    place.post("otp", json!({ "email": "ada@example.org" })).await.ok();
    let letter = place.letter(1).await;
    let body = json!({ "type": "email", "token_hash": token(&letter) });
    let answers = join_all((0..16).map(|_| place.post("verify", body.clone()))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    for answer in answers.iter().filter(|answer| answer.status != 200) {
        assert_eq!(answer.refusal(), (403, "otp_expired".to_owned()));
    }
    assert_eq!(sql(&place.db, "select count(*) from auth.sessions").await, ["1"]);
}

#[tokio::test]
async fn tokens_end_by_time_by_a_newer_one_and_with_the_account() {
    let place = Place::new().await;
    let over = "update auth.one_time_tokens set created_at = now() - interval '2 hours', expires_at = now() - interval '1 second'";
    let banned = "update auth.users set banned_until = now() + interval '1 day'";
    let elsewhere = "update auth.users set email = 'other@example.org' where email like 'case%'";
    for (email, change) in [
        ("case1@example.org", Some(over)),
        ("case2@example.org", None),
        ("case3@example.org", Some(elsewhere)),
        ("case4@example.org", Some(banned)),
    ] {
        let number = place.next();
        place.post("otp", json!({ "email": email })).await.ok();
        let letter = place.letter(number).await;
        match change {
            Some(change) => drop(sql(&place.db, change).await),
            // A newer mail.
            None => {
                let number = place.next();
                place.post("otp", json!({ "email": email })).await.ok();
                place.letter(number).await;
            }
        }
        for body in [
            json!({ "type": "email", "token_hash": token(&letter) }),
            json!({ "type": "email", "email": email, "token": code(&letter) }),
        ] {
            assert_eq!(place.post("verify", body).await.refusal(), (403, "otp_expired".to_owned()), "{email}");
        }
        sql(&place.db, "delete from auth.users").await;
    }
}

#[tokio::test]
async fn a_token_is_good_for_its_purpose_only() {
    let place = Place::new().await;
    place.confirmed("ada@example.org").await;
    place.post("recover", json!({ "email": "ada@example.org" })).await.ok();
    let letter = place.letter(2).await;
    for kind in ["signup", "email", "magiclink", "invite", "email_change"] {
        let body = json!({ "type": kind, "token_hash": token(&letter) });
        assert_eq!(place.post("verify", body).await.refusal(), (403, "otp_expired".to_owned()), "{kind}");
    }
    for (kind, body) in [
        ("reauthentication", json!({ "token_hash": token(&letter) })),
        ("authorization_code", json!({ "token_hash": token(&letter) })),
        ("", json!({ "token_hash": token(&letter) })),
        ("recovery", json!({})),
        // A code without its address.
        ("recovery", json!({ "token": code(&letter) })),
    ] {
        let mut body = body;
        body["type"] = json!(kind);
        assert_eq!(place.post("verify", body).await.refusal(), (400, "validation_failed".to_owned()), "{kind}");
    }
    place.post("verify", json!({ "type": "recovery", "token_hash": token(&letter) })).await.ok();
}

/// Requirement 5 (7.5.1): a change of address takes the consent of both addresses.
// ASVS 7.5.1
#[tokio::test]
async fn an_address_changes_when_both_have_agreed() {
    let place = Place::new().await;
    place.confirmed("ada@example.org").await;
    let person = Person::of(&place.server.sign_in("ada@example.org", PASSWORD).await.ok());
    let asked = json!({ "email": "lovelace@example.org" });
    let user = place.server.put("/auth/v1/user", &person.access, &asked).await.ok();
    assert_eq!(user["email"], "ada@example.org");
    let (old, new) = (place.letter(2).await, place.letter(3).await);
    assert_eq!((old.to.as_str(), new.to.as_str()), ("ada@example.org", "lovelace@example.org"));
    let user = place.server.get("/auth/v1/user", &person.access).await.ok();
    assert_eq!((&user["email"], &user["new_email"]), (&json!("ada@example.org"), &json!("lovelace@example.org")));
    let by_code = json!({ "type": "email_change", "email": "lovelace@example.org", "token": code(&new) });
    let half = place.post("verify", by_code.clone()).await.ok();
    assert!(half["msg"].as_str().unwrap().contains("other email"), "{half}");
    assert_eq!(place.post("verify", by_code).await.refusal().1, "otp_expired");
    assert_eq!(place.server.get("/auth/v1/user", &person.access).await.ok()["email"], "ada@example.org");
    let whole = place.post("verify", json!({ "type": "email_change", "token_hash": token(&old) })).await.ok();
    assert_eq!(whole["user"]["email"], "lovelace@example.org");
    assert_eq!(place.server.sign_in("ada@example.org", PASSWORD).await.refusal().1, "invalid_credentials");
    place.server.sign_in("lovelace@example.org", PASSWORD).await.ok();

    // Both at the same moment: one is first, the other completes it.
    let person = Person::of(&whole);
    place.server.put("/auth/v1/user", &person.access, &json!({ "email": "ada@example.org" })).await.ok();
    let (old, new) = (place.letter(4).await, place.letter(5).await);
    let bodies = [&old, &new].map(|letter| json!({ "type": "email_change", "token_hash": token(letter) }));
    for answer in join_all(bodies.map(|body| place.post("verify", body))).await {
        answer.ok();
    }
    assert_eq!(sql(&place.db, "select email from auth.users").await, ["ada@example.org"]);
}

#[tokio::test]
async fn an_address_that_is_taken_meanwhile_is_not_taken_away() {
    let place = Place::new().await;
    place.confirmed("ada@example.org").await;
    place.confirmed("ben@example.org").await;
    let person = Person::of(&place.server.sign_in("ada@example.org", PASSWORD).await.ok());
    place.server.put("/auth/v1/user", &person.access, &json!({ "email": "ben@example.org" })).await.ok();
    let (old, new) = (place.letter(3).await, place.letter(4).await);
    place.post("verify", json!({ "type": "email_change", "token_hash": token(&old) })).await.ok();
    let body = json!({ "type": "email_change", "token_hash": token(&new) });
    assert_eq!(place.post("verify", body).await.refusal(), (422, "email_exists".to_owned()));
    place.server.sign_in("ben@example.org", PASSWORD).await.ok();
}

/// Requirement 5 (7.5.1): a session alone does not change the password once it is not fresh; a code by mail does.
// ASVS 7.5.1
#[tokio::test]
async fn requirement_5_a_nonce_stands_in_for_the_password() {
    let options =
        AuthOptions { reauthentication: Duration::ZERO, mail_interval: Duration::ZERO, ..AuthOptions::default() };
    let place = Place::with(options).await;
    place.confirmed("ada@example.org").await;
    let person = Person::of(&place.server.sign_in("ada@example.org", PASSWORD).await.ok());
    tokio::time::sleep(Duration::from_millis(1100)).await;
    let change = |nonce: Option<&str>| json!({ "password": "quite another password", "nonce": nonce });
    let put = async |body: &Value| place.server.put("/auth/v1/user", &person.access, body).await;
    assert_eq!(put(&change(None)).await.refusal(), (422, "reauthentication_needed".to_owned()));
    let answer = place.server.get("/auth/v1/reauthenticate", &person.access).await;
    assert_eq!(answer.ok(), json!({}));
    let letter = place.letter(2).await;
    assert_eq!(letter.link, None);
    let wrong = if code(&letter) == "000000" { "000001" } else { "000000" };
    assert_eq!(put(&change(Some(wrong))).await.refusal(), (422, "reauthentication_not_valid".to_owned()));
    put(&change(Some(code(&letter)))).await.ok();
    let again = json!({ "password": "and another password", "nonce": code(&letter) });
    assert_eq!(put(&again).await.refusal(), (422, "reauthentication_not_valid".to_owned()));
    place.server.sign_in("ada@example.org", "quite another password").await.ok();
}

#[tokio::test]
async fn mails_are_sent_again_but_not_at_once() {
    // So long that nothing comes back while this runs.
    let options = AuthOptions { mail_interval: Duration::from_secs(3600), ..AuthOptions::default() };
    let place = Place::with(options).await;
    place.server.sign_up("ada@example.org", PASSWORD).await.ok();
    place.letter(1).await;
    let asked = json!({ "type": "signup", "email": "ada@example.org" });
    place.post("resend", asked.clone()).await.ok();
    let letter = place.letter(2).await;
    let answer = place.post("resend", asked).await;
    assert_eq!(answer.refusal(), (429, "over_email_send_rate_limit".to_owned()));
    assert!(answer.header("retry-after").is_some());
    // Whether there is an account makes no difference.
    let nobody = json!({ "email": "nobody@example.org", "create_user": false });
    place.post("otp", nobody.clone()).await.ok();
    assert_eq!(place.post("otp", nobody).await.refusal().1, "over_email_send_rate_limit");
    place.post("verify", json!({ "type": "signup", "token_hash": token(&letter) })).await.ok();
    // Signing up over and over does not fill a mailbox either.
    for _ in 0..8 {
        place.server.sign_up("ben@example.org", PASSWORD).await.ok();
    }
    place.post("otp", json!({ "email": "last@example.org" })).await.ok();
    until("the last mail", async || place.letters().iter().any(|letter| letter.to == "last@example.org")).await;
    let to_ben = place.letters().iter().filter(|letter| letter.to == "ben@example.org").count();
    assert!((1..=5).contains(&to_ben), "{to_ben}");
}

/// Whoever has an account does not get to write to the whole world through changes of address.
#[tokio::test]
async fn changes_of_address_are_counted_as_mails() {
    let options = AuthOptions { requests_per_address: 3, mail_interval: Duration::ZERO, ..AuthOptions::default() };
    let place = Place::with(options).await;
    place.confirmed("ada@example.org").await;
    let person = Person::of(&place.server.sign_in("ada@example.org", PASSWORD).await.ok());
    let mut said = Vec::new();
    for n in 0..5 {
        let body = json!({ "email": format!("victim{n}@example.org") });
        said.push(place.server.put("/auth/v1/user", &person.access, &body).await.status.as_u16());
    }
    assert_eq!(said, [200, 200, 200, 429, 429]);
}

#[tokio::test]
async fn administrators_invite() {
    let place = Place::new().await;
    let token_for = |role: &str| {
        place.server.gate.tokens.sign(&json!({ "role": role, "iss": "howdah", "exp": 4_000_000_000_u64 })).unwrap()
    };
    let body = json!({ "email": "ada@example.org", "data": { "team": "engines" } });
    let invite = async |role: &str| {
        let request = place.server.request(Method::POST, "/auth/v1/invite", Some(&token_for(role))).json(&body);
        place.server.send(request).await
    };
    assert_eq!(invite("authenticated").await.refusal(), (403, "not_admin".to_owned()));
    let user = invite("service_role").await.ok();
    assert_eq!((&user["email"], &user["user_metadata"]["team"]), (&json!("ada@example.org"), &json!("engines")));
    let letter = place.letter(1).await;
    assert_eq!(letter.subject, "Howdah: You are invited");
    // Once more, as long as nobody has accepted.
    invite("service_role").await.ok();
    let letter = place.letter(2).await;
    let session = place.post("verify", json!({ "type": "invite", "token_hash": token(&letter) })).await.ok();
    assert_eq!(session["user"]["id"], user["id"]);
    assert_eq!(Person::of(&session).claims()["amr"][0]["method"], "invite");
    assert_eq!(invite("service_role").await.refusal(), (422, "email_exists".to_owned()));
}

/// Addresses that would be more than an address are refused where they come in.
#[tokio::test]
async fn header_injection_is_refused_everywhere() {
    let place = Place::new().await;
    for email in [
        "ada@example.org\r\nBcc: all@example.org",
        "ada@example.org\nSubject: hello",
        "ada@example.org\r\n\r\nhello",
        "Ada <ada@example.org>",
        "ada@example.org, ben@example.org",
        "=?utf-8?q?ada=0d=0aBcc:_all=40example.org?=@example.org",
        "\"ada\\r\\nBcc: x\"@example.org",
        "ada@example.org\u{0}",
    ] {
        for (path, more) in [
            ("signup", json!({ "password": PASSWORD })),
            ("recover", json!({})),
            ("otp", json!({})),
            ("magiclink", json!({})),
            ("resend", json!({ "type": "signup" })),
            ("verify", json!({ "type": "email", "token": "123456" })),
        ] {
            let mut body = more;
            body["email"] = json!(email);
            assert_eq!(
                place.post(path, body).await.refusal(),
                (400, "validation_failed".to_owned()),
                "{path} {email:?}"
            );
        }
    }
    assert!(place.letters().is_empty());
}
