//! Accounts as `howdah serve` has them: several processes over one database.

use std::process::Command;
use std::time::Duration;

use howdah_testkit::TestDb;
use serde_json::{Value, json};

use crate::serve::{Served, command, served, wait};

fn accounts(db: &TestDb) -> Served {
    let mut command = command(&db.login_url());
    command.env("HOWDAH_PASSWORD_PEPPER", "a pepper of some length").env("HOWDAH_AUTH_CONFIRM_EMAIL", "false");
    served(command)
}

/// Status and body of a request with a JSON body and a token, where there are any.
pub(crate) fn ask(url: &str, method: &str, body: &Value, token: Option<&str>) -> (u16, String) {
    let mut curl = Command::new("curl");
    curl.args(["-sS", "-X", method, url, "-w", "\n%{http_code}", "-H", "content-type: application/json"]);
    if !body.is_null() {
        curl.args(["-d", &body.to_string()]);
    }
    if let Some(token) = token {
        curl.args(["-H", &format!("authorization: Bearer {token}")]);
    }
    let said = String::from_utf8(curl.output().unwrap().stdout).unwrap();
    let (body, status) = said.rsplit_once('\n').unwrap();
    (status.parse().unwrap(), body.to_owned())
}

fn sign_in(served: &Served, path: &str) -> (String, String) {
    let credentials = json!({ "email": "ada@example.org", "password": "a password of some length" });
    let (status, body) = ask(&format!("{}/auth/v1/{path}", served.url), "POST", &credentials, None);
    assert_eq!(status, 200, "{body}");
    let body: Value = serde_json::from_str(&body).unwrap();
    let text = |name: &str| body[name].as_str().unwrap().to_owned();
    (text("access_token"), text("refresh_token"))
}

/// Requirement 4 (7.4): what one process ends, another refuses, in its data API.
// ASVS 7.4
#[test]
fn requirement_4_ending_a_session_holds_on_every_process() {
    let db = TestDb::template_blocking("personal");
    let (one, other) = (accounts(&db), accounts(&db));
    let (first, _) = sign_in(&one, "signup");
    let (second, _) = sign_in(&other, "token?grant_type=password");
    let status = |served: &Served, token: &str| {
        ask(&format!("{}/rest/v1/notes?select=id", served.url), "GET", &Value::Null, Some(token)).0
    };
    for served in [&one, &other] {
        assert_eq!((status(served, &first), status(served, &second)), (200, 200));
    }
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let kill = "select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and query ~ 'revocations' and pid <> pg_backend_pid()";
    // The connections that tell are gone at the moment when there is something to tell.
    let killed = runtime.block_on(async { db.client_superuser().await.query(kill, &[]).await.unwrap().len() });
    assert!(killed >= 2, "both processes follow: {killed}");
    assert_eq!(ask(&format!("{}/auth/v1/logout?scope=local", one.url), "POST", &Value::Null, Some(&first)).0, 204);
    for served in [&one, &other] {
        wait(|| status(served, &first) == 401);
        wait(|| status(served, &second) == 200);
    }
    let output = [one.process.output(), other.process.output()].concat();
    assert!(output.contains("auth.signed_up") && output.contains("auth.signed_out"), "{output}");
    // Requirement 9 (16.2.5): no secrets and no addresses of people in logs.
    for secret in [first.as_str(), "a password of some length", "ada@example.org"] {
        assert!(!output.contains(secret), "{output}");
    }
}

/// A process that starts after a session has ended knows of it.
#[test]
fn a_process_that_starts_later_knows_what_has_ended() {
    let db = TestDb::template_blocking("personal");
    let one = accounts(&db);
    let (token, refresh) = sign_in(&one, "signup");
    assert_eq!(ask(&format!("{}/auth/v1/logout", one.url), "POST", &Value::Null, Some(&token)).0, 204);
    let mut later = accounts(&db);
    assert_eq!(ask(&format!("{}/auth/v1/user", later.url), "GET", &Value::Null, Some(&token)).0, 403);
    assert_eq!(ask(&format!("{}/rest/v1/notes", later.url), "GET", &Value::Null, Some(&token)).0, 401);
    let body = json!({ "refresh_token": refresh });
    let (status, body) = ask(&format!("{}/auth/v1/token?grant_type=refresh_token", later.url), "POST", &body, None);
    assert!(status == 400 && body.contains("session_expired"), "{status} {body}");
    later.process.terminate();
    assert!(later.process.wait_exit(Duration::from_secs(15)).success(), "{}", later.process.output());
}
