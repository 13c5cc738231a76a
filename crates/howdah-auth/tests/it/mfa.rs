//! Second factors, and whoever would like to do without. What an application does with them is in `tests/clients/mfa.mjs`.

use howdah_auth::AuthOptions;
use howdah_http::unix_now;
use ring::hmac;
use serde_json::{Value, json};

use crate::support::{Answer, PASSWORD, Person, Server, open, shared, sql};

/// An authenticator app.
struct App {
    id: String,
    secret: String,
}

impl App {
    /// The code of now.
    fn code(&self) -> String {
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        let bits = self.secret.chars().flat_map(|letter| {
            let value = alphabet.find(letter).unwrap();
            (0..5).rev().map(move |bit| value >> bit & 1 == 1)
        });
        let bits: Vec<bool> = bits.collect();
        let key: Vec<u8> =
            bits.chunks_exact(8).map(|byte| byte.iter().fold(0, |byte, bit| byte << 1 | u8::from(*bit))).collect();
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &key);
        let tag = hmac::sign(&key, &(unix_now() / 30).to_be_bytes());
        let at = usize::from(tag.as_ref()[19] & 15);
        let number = u32::from_be_bytes(tag.as_ref()[at..at + 4].try_into().unwrap()) & 0x7fff_ffff;
        format!("{:06}", number % 1_000_000)
    }

    /// None of the three codes that count at the moment, nor of the next minutes.
    fn wrong_code(&self) -> &'static str {
        "no one"
    }
}

impl Server {
    async fn enroll(&self, person: &Person, name: &str) -> App {
        let body = json!({ "factor_type": "totp", "friendly_name": name });
        let factor = self.post_as("/auth/v1/factors", &person.access, &body).await.ok();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        App { id: text(&factor["id"]), secret: text(&factor["totp"]["secret"]) }
    }

    async fn challenge(&self, person: &Person, app: &App) -> String {
        let path = format!("/auth/v1/factors/{}/challenge", app.id);
        let challenge = self.post_as(&path, &person.access, &json!({})).await.ok();
        challenge["id"].as_str().unwrap().to_owned()
    }

    async fn verify(&self, person: &Person, app: &App, code: &str) -> Answer {
        let body = json!({ "challenge_id": self.challenge(person, app).await, "code": code });
        self.post_as(&format!("/auth/v1/factors/{}/verify", app.id), &person.access, &body).await
    }

    /// Somebody with an authenticator app, in a session that has shown it.
    async fn protected(&self, email: &str) -> (Person, App) {
        let person = self.person(email).await;
        let app = self.enroll(&person, "phone").await;
        (Person::of(&self.verify(&person, &app, &app.code()).await.ok()), app)
    }

    async fn another_session(&self, email: &str) -> Person {
        Person::of(&self.sign_in(email, PASSWORD).await.ok())
    }
}

/// Lets codes that were used be used again, so that tests need not wait for the next one.
async fn forget_used_codes(db: &howdah_testkit::TestDb) {
    sql(db, "update auth.mfa_factors set last_used_step = null").await;
}

fn refusal(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

#[tokio::test]
async fn the_session_goes_on_with_a_second_factor() {
    let db = shared().await;
    let server = Server::start(&db, open()).await;
    let before = server.person("ada@example.org").await;
    let app = server.enroll(&before, "phone").await;
    let answer = server.verify(&before, &app, &app.code()).await;
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let after = Person::of(&answer.ok());
    assert_eq!(after.session(), before.session());
    let claims = after.claims();
    assert_eq!((&claims["aal"], &claims["amr"][1]["method"]), (&json!("aal2"), &json!("totp")));
    // Refreshing keeps it, and the token from before is that of a second tab.
    let refreshed = Person::of(&server.refresh(&after.refresh).await.ok());
    assert_eq!(refreshed.claims()["aal"], "aal2");
    let sessions = server.get("/auth/v1/sessions", &after.access).await.ok();
    assert_eq!((sessions.as_array().unwrap().len(), &sessions[0]["aal"]), (1, &json!("aal2")));
    sql(&db, "update auth.refresh_tokens set consumed_at = consumed_at - interval '1 minute'").await;
    assert_eq!(server.refresh(&before.refresh).await.refusal().1, "refresh_token_already_used");

    let recorded =
        sql(&db, "select action from audit.audit_events where action like 'auth.factor%' order by created_at, id")
            .await;
    assert_eq!(recorded, ["auth.factor_enrolled", "auth.factor_verified"]);
}

/// Requirement 8, and `@encrypt` of the schema: whoever reads the database has no codes.
// ASVS 11.3
#[tokio::test]
async fn requirement_8_secrets_are_sealed_to_their_place() {
    let db = shared().await;
    let server = Server::start(&db, open()).await;
    let (ada, app) = server.protected("ada@example.org").await;
    let (ben, of_ben) = server.protected("ben@example.org").await;
    let stored = sql(&db, "select secret from auth.mfa_factors").await;
    assert!(stored.iter().all(|secret| secret.starts_with("hwd:AQEA")), "{stored:?}");
    let traces = format!(
        "select count(*) from audit.audit_events as e where e::text like '%{}%' or e::text like '%hwd:%'",
        app.secret
    );
    assert_eq!(sql(&db, &traces).await, ["0"]);
    // Whoever can write to the database, but does not know the pepper, cannot make Ada's factor take their own codes.
    sql(&db, &format!("update auth.mfa_factors set last_used_step = null, secret = (select secret from auth.mfa_factors where id = '{}') where id = '{}'", of_ben.id, app.id)).await;
    assert_eq!(server.verify(&ada, &app, &of_ben.code()).await.refusal(), refusal(500, "unexpected_failure"));
    forget_used_codes(&db).await;
    server.verify(&ben, &of_ben, &of_ben.code()).await.ok();
}

/// Of many at once, too, and across sessions.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_code_works_once() {
    let db = shared().await;
    let server = Server::start(&db, AuthOptions { failures_per_account: 0, ..open() }).await;
    let (ada, app) = server.protected("ada@example.org").await;
    forget_used_codes(&db).await;
    let code = app.code();
    let answers = futures_util::future::join_all((0..8).map(|_| server.verify(&ada, &app, &code))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status.is_success()).count(), 1);
    for answer in answers.iter().filter(|answer| !answer.status.is_success()) {
        assert_eq!(answer.refusal(), refusal(422, "mfa_verification_failed"));
    }
    let elsewhere = server.another_session("ada@example.org").await;
    assert_eq!(server.verify(&elsewhere, &app, &code).await.refusal(), refusal(422, "mfa_verification_failed"));
    // Nor does an earlier one after a later one.
    sql(&db, "update auth.mfa_factors set last_used_step = last_used_step + 2").await;
    assert_eq!(server.verify(&elsewhere, &app, &app.code()).await.refusal(), refusal(422, "mfa_verification_failed"));
    assert_eq!(elsewhere.claims()["aal"], "aal1");
}

/// Requirement 7: somebody else's factor is one that never was.
// ASVS 8.2
#[tokio::test]
async fn requirement_7_factors_of_others_do_not_exist() {
    let db = shared().await;
    let server = Server::start(&db, open()).await;
    let (ada, app) = server.protected("ada@example.org").await;
    let (ben, of_ben) = server.protected("ben@example.org").await;
    forget_used_codes(&db).await;
    let of_ada = server.challenge(&ada, &app).await;
    let own = server.challenge(&ben, &of_ben).await;
    let not_found = refusal(404, "mfa_factor_not_found");
    let verify = async |factor: &str, challenge: &str, code: &str| {
        let body = json!({ "challenge_id": challenge, "code": code });
        server.post_as(&format!("/auth/v1/factors/{factor}/verify"), &ben.access, &body).await.refusal()
    };
    // Even with a code that is right.
    for (factor, challenge) in [(&app.id, &of_ada), (&app.id, &own), (&of_ben.id, &of_ada)] {
        for code in [app.code(), of_ben.code()] {
            assert_eq!(verify(factor, challenge, &code).await, not_found);
        }
    }
    for factor in [app.id.as_str(), "a0000000-0000-4000-8000-000000000001", "nonsense", "%27%20or%20true%20--"] {
        let path = format!("/auth/v1/factors/{factor}");
        assert_eq!(server.post_as(&format!("{path}/challenge"), &ben.access, &json!({})).await.refusal(), not_found);
        assert_eq!(server.delete(&path, &ben.access).await.refusal(), not_found, "{factor}");
    }
    assert_eq!(sql(&db, "select count(*) from auth.mfa_factors").await, ["2"]);
    // A challenge is for one session.
    let elsewhere = server.another_session("ben@example.org").await;
    let body = json!({ "challenge_id": own, "code": of_ben.code() });
    let path = format!("/auth/v1/factors/{}/verify", of_ben.id);
    assert_eq!(server.post_as(&path, &elsewhere.access, &body).await.refusal(), not_found);
    server.post_as(&path, &ben.access, &body).await.ok();
    let anonymous = server.post(&path, &body).await;
    assert_eq!(anonymous.refusal(), refusal(401, "no_authorization"));
}

/// Requirement 2: by the account, so that a new session or another network gives no new tries.
// ASVS 6.3.1
#[tokio::test]
async fn requirement_2_guessing_codes_is_throttled() {
    let db = shared().await;
    let server = Server::start(&db, AuthOptions { failures_per_account: 3, ..open() }).await;
    let (ada, app) = server.protected("ada@example.org").await;
    let codes = server.post_as("/auth/v1/factors/recovery-codes", &ada.access, &json!({})).await.ok()["codes"].clone();
    forget_used_codes(&db).await;
    let thief = server.another_session("ada@example.org").await;
    for _ in 0..3 {
        assert_eq!(
            server.verify(&thief, &app, app.wrong_code()).await.refusal(),
            refusal(422, "mfa_verification_failed")
        );
    }
    let too_often = refusal(429, "over_request_rate_limit");
    assert_eq!(server.verify(&thief, &app, &app.code()).await.refusal(), too_often);
    let again = server.another_session("ada@example.org").await;
    assert_eq!(server.verify(&again, &app, &app.code()).await.refusal(), too_often);
    // Waiting gives a few tries back, and on one day only so many.
    for _ in 0..4 {
        sql(&db, "update auth.throttles set full_at = full_at - interval '15 minutes'").await;
        for _ in 0..3 {
            server.verify(&again, &app, app.wrong_code()).await.refusal();
        }
    }
    sql(&db, "update auth.throttles set full_at = full_at - interval '15 minutes'").await;
    assert_eq!(server.verify(&again, &app, &app.code()).await.refusal(), too_often);

    // The owner has something better, which is counted apart.
    let verify = async |code: &Value| {
        server.post_as("/auth/v1/factors/recovery-codes/verify", &again.access, &json!({ "code": code })).await
    };
    for _ in 0..2 {
        assert_eq!(verify(&json!("wrong")).await.refusal(), refusal(422, "mfa_verification_failed"));
    }
    verify(&codes[0]).await.ok();
    assert_eq!(verify(&json!("wrong")).await.refusal(), refusal(422, "mfa_verification_failed"));
    assert_eq!(verify(&codes[1]).await.refusal(), refusal(429, "mfa_recovery_codes_locked"));
}

/// Whoever has the password alone gets no further by it.
#[tokio::test]
async fn the_password_alone_does_not_touch_factors() {
    let db = shared().await;
    let server = Server::start(&db, open()).await;
    let ada = server.person("ada@example.org").await;
    // Set up by somebody with the password, before there was a second factor, and left for later.
    let thief = server.another_session("ada@example.org").await;
    let left = server.enroll(&thief, "left for later").await;
    let app = server.enroll(&ada, "phone").await;
    let ada = Person::of(&server.verify(&ada, &app, &app.code()).await.ok());
    server.refuses(&thief.access).await;
    let thief = server.another_session("ada@example.org").await;
    let path = format!("/auth/v1/factors/{}/challenge", left.id);
    assert_eq!(server.post_as(&path, &thief.access, &json!({})).await.refusal().1, "mfa_factor_not_found");

    let insufficient = refusal(403, "insufficient_aal");
    let enroll = json!({ "factor_type": "totp", "friendly_name": "mine" });
    assert_eq!(server.post_as("/auth/v1/factors", &thief.access, &enroll).await.refusal(), insufficient);
    assert_eq!(server.delete(&format!("/auth/v1/factors/{}", app.id), &thief.access).await.refusal(), insufficient);
    let codes = "/auth/v1/factors/recovery-codes";
    assert_eq!(server.post_as(codes, &thief.access, &json!({})).await.refusal(), insufficient);
    assert_eq!(server.delete(codes, &thief.access).await.refusal(), insufficient);
    // One that the owner is about to add is confirmed by whoever has shown one that is there.
    let second = server.enroll(&ada, "tablet").await;
    assert_eq!(server.verify(&thief, &second, &second.code()).await.refusal(), insufficient);
    server.verify(&ada, &second, &second.code()).await.ok();

    // A token that says aal2 is not enough once the last factor is gone.
    for app in [&app, &second] {
        server.delete(&format!("/auth/v1/factors/{}", app.id), &ada.access).await.ok();
    }
    assert_eq!(ada.claims()["aal"], "aal2");
    let again = server.enroll(&ada, "phone").await;
    let elsewhere = server.another_session("ada@example.org").await;
    server.verify(&elsewhere, &again, &again.code()).await.ok();
    server.refuses(&ada.access).await;
}

#[tokio::test]
async fn an_account_has_so_many_factors_and_each_name_once() {
    let db = shared().await;
    let server = Server::start(&db, open()).await;
    let ada = server.person("ada@example.org").await;
    let enroll = async |body: Value| server.post_as("/auth/v1/factors", &ada.access, &body).await;
    for (body, expected) in [
        (json!({}), "validation_failed"),
        (json!({ "factor_type": "phone", "phone": "+1" }), "validation_failed"),
        (json!({ "factor_type": "webauthn" }), "validation_failed"),
        (json!({ "factor_type": "totp", "friendly_name": "x".repeat(101) }), "validation_failed"),
        (json!({ "factor_type": "totp", "friendly_name": "a\u{0}b" }), "validation_failed"),
        (json!({ "factor_type": "totp", "friendly_name": 7 }), "validation_failed"),
        (json!({ "factor_type": "totp", "issuer": "x\ny" }), "validation_failed"),
    ] {
        assert_eq!(enroll(body.clone()).await.refusal(), refusal(400, expected), "{body}");
    }
    let named = json!({ "factor_type": "totp", "friendly_name": " phone " });
    assert_eq!(enroll(named.clone()).await.ok()["friendly_name"], "phone");
    assert_eq!(enroll(named).await.refusal(), refusal(422, "mfa_factor_name_conflict"));
    for _ in 0..9 {
        enroll(json!({ "factor_type": "totp" })).await.ok();
    }
    let one_more = json!({ "factor_type": "totp" });
    assert_eq!(enroll(one_more.clone()).await.refusal(), refusal(422, "too_many_enrolled_mfa_factors"));
    // Those that were never used are forgotten.
    sql(&db, "update auth.mfa_factors set created_at = created_at - interval '2 hours'").await;
    enroll(one_more).await.ok();
    assert_eq!(sql(&db, "select count(*) from auth.mfa_factors").await, ["1"]);
}
