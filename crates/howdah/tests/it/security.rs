//! Security requirements of the program as a whole: what it logs, what it begins with, and that it outlives slow clients.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use howdah_testkit::TestDb;
use serde_json::{Value, json};

use crate::serve::{SCHEMA, command, served, wait};
use crate::sessions::ask;
use crate::support::{PATIENCE, Project, folder, howdah, run};

const PASSWORD: &str = "a password of some length";

/// Requirement 9 (16.2.5): a server that logs all it can, of a session in which all goes on that people do, logs no secrets
/// and nothing of people.
// ASVS 16.2.5
#[test]
fn requirement_9_the_whole_log_of_a_busy_session_holds_nothing_of_anybody() {
    let project = Project::init("personal");
    let mut dev = project.dev_logging(&["--no-seed"], "debug");
    // What must not be found.
    let mut secrets: Vec<String> = [
        PASSWORD,
        "ada@example.org",
        "lovelace@example.org",
        "wrong password",
        "a new password of some length",
        "Countess",
        "zoe@example.org",
        "Zoe Secretly",
        "private thoughts",
        "hunter2 is no date",
        "nobody@example.org",
    ]
    .map(str::to_owned)
    .to_vec();
    let auth = |method: &str, path: &str, body: &Value, token: Option<&str>| {
        let (status, text) = ask(&format!("{}/auth/v1/{path}", dev.url), method, body, token);
        (status, serde_json::from_str::<Value>(&text).unwrap_or_default())
    };
    let rest = |method: &str, path: &str, body: &Value, token: &str| {
        ask(&format!("{}/rest/v1/{path}", dev.url), method, body, Some(token)).0
    };
    let letter = |number: u64| {
        let url = format!("{}/dev/mail/{number}", dev.url);
        let mut found = Value::Null;
        wait(|| {
            let (status, text) = ask(&url, "GET", &Value::Null, None);
            found = serde_json::from_str(&text).unwrap_or_default();
            status == 200
        });
        let text = |name: &str| found[name].as_str().unwrap_or_default().to_owned();
        let token = text("link").split_once("token=").map(|(_, rest)| rest.split('&').next().unwrap().to_owned());
        (text("code"), token.unwrap_or_default())
    };
    let credentials =
        json!({ "email": "ada@example.org", "password": PASSWORD, "data": { "display_name": "Countess" } });
    assert_eq!(auth("POST", "signup", &credentials, None).0, 200);
    let (code, token) = letter(1);
    let wrong = json!({ "type": "signup", "email": "ada@example.org", "token": "000000x" });
    assert_eq!(auth("POST", "verify", &wrong, None).0, 403);
    let link = format!("verify?token={token}&type=signup&redirect_to=http://localhost:3000/");
    assert_eq!(ask(&format!("{}/auth/v1/{link}", dev.url), "GET", &Value::Null, None).0, 303);
    secrets.extend([code, token]);
    let sign_in = |password: &str| {
        auth("POST", "token?grant_type=password", &json!({ "email": "ada@example.org", "password": password }), None)
    };
    assert_eq!(sign_in("wrong password").0, 400);
    let (_, session) = sign_in(PASSWORD);
    let text = |value: &Value| value.as_str().unwrap_or_else(|| panic!("{session}")).to_owned();
    let (access, refresh) = (text(&session["access_token"]), text(&session["refresh_token"]));
    secrets.extend([access.rsplit('.').next().unwrap().to_owned(), refresh.clone()]);
    let (status, refreshed) =
        auth("POST", "token?grant_type=refresh_token", &json!({ "refresh_token": refresh }), None);
    assert_eq!(status, 200, "{refreshed}");
    secrets.extend(["access_token", "refresh_token"].map(|name| text(&refreshed[name])));
    assert_eq!(auth("POST", "recover", &json!({ "email": "nobody@example.org" }), None).0, 200);
    let (status, factor) =
        auth("POST", "factors", &json!({ "factor_type": "totp", "friendly_name": "phone" }), Some(&access));
    assert_eq!(status, 200, "{factor}");
    secrets.push(text(&factor["totp"]["secret"]));
    let body = json!({ "name": "backup", "scopes": ["notes:read"] });
    let (status, key) = auth("POST", "keys", &body, Some(&access));
    assert_eq!(status, 201, "{key}");
    let key = text(&key["key"]);
    secrets.push(key.rsplit('_').next().unwrap().to_owned());
    let new = json!({ "password": "a new password of some length", "current_password": PASSWORD });
    assert_eq!(auth("PUT", "user", &new, Some(&access)).0, 200);
    assert_eq!(auth("PUT", "user", &json!({ "email": "lovelace@example.org" }), Some(&access)).0, 200);
    // Rows with what is private, good ones and ones that PostgreSQL refuses with their values in its words.
    let id = session["user"]["id"].clone();
    let note = json!({ "user_id": id, "title": "private thoughts" });
    rest("POST", "notes", &note, &access);
    assert_eq!(rest("GET", "notes?title=eq.private%20thoughts", &Value::Null, &access), 200);
    assert_eq!(rest("GET", "notes?title=eq.private%20thoughts", &Value::Null, &key), 200);
    rest("POST", "contacts", &json!({ "user_id": id, "display_name": "Zoe Secretly" }), &access);
    assert!(rest("GET", "notes?created_at=eq.hunter2%20is%20no%20date", &Value::Null, &access) >= 400);
    assert!(
        rest("POST", "contacts", &json!({ "user_id": "zoe@example.org", "display_name": "Zoe Secretly" }), &access)
            >= 400
    );
    assert!(rest("POST", "notes", &json!({ "nothing": "private thoughts" }), &access) >= 400);
    assert_eq!(auth("POST", "logout?scope=global", &Value::Null, Some(&access)).0, 204);
    assert!(rest("GET", "notes", &Value::Null, &access) == 401 || rest("GET", "notes", &Value::Null, &access) == 200);
    dev.process.terminate();
    dev.process.wait_exit(PATIENCE);
    let log = dev.process.output();
    for expected in ["DEBUG", "auth.signed_in", "auth.sign_in_refused", "auth.key_created", "/rest/v1/notes"] {
        assert!(log.contains(expected), "{expected} is not in the log: {log}");
    }
    for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
        // Six digits stand in a log for other reasons too: a code is looked for as a word of its own that is no number of
        // microseconds.
        let line = log.lines().find(|line| match secret.len() {
            6 => line.contains(&format!("\"{secret}\"")) || line.contains(&format!(" {secret} ")),
            _ => line.contains(secret.as_str()),
        });
        assert!(line.is_none(), "{secret} stands in the log: {}", line.unwrap_or_default());
    }
}

/// Requirement 8 (13.2.3): no default credentials. What a project begins with is random, and a secret that is too short to be
/// one is refused.
// ASVS 13.2.3
#[test]
fn requirement_8_no_two_projects_begin_with_the_same_secrets() {
    let folder = folder();
    let mut keys = Vec::new();
    for name in ["one", "two"] {
        run(howdah(folder.path()).args(["init", name, "--template", "empty"])).ok();
        let shown = run(howdah(&folder.path().join(name)).args(["keys", "show", "--json"])).ok().json();
        keys.push(shown["data"]["anon"].as_str().unwrap_or_else(|| panic!("{shown}")).to_owned());
    }
    assert_ne!(keys[0].rsplit('.').next(), keys[1].rsplit('.').next(), "the same secret has signed both");
    let db = TestDb::from_sql_blocking("secrets", [howdah_testkit::Sql::text("serve.sql", SCHEMA)]);
    for secret in ["hunter2", "changeme", "super-secret-jwt-token"] {
        let ran = run(command(&db.login_url()).env("HOWDAH_JWT_SECRET", secret));
        assert_ne!(ran.code, 0, "{secret}: {}", ran.stderr);
        assert!(!ran.stderr.contains(secret), "{}", ran.stderr);
    }
}

/// Attack: slowloris, on the program as it is started: more half requests than the thousand descriptors that many systems
/// start a process with, and others are served. How long the slow ones stay is tested with short limits in `howdah-http`.
#[test]
fn slowloris_keeps_nobody_out() {
    let db = TestDb::from_sql_blocking("slowloris", [howdah_testkit::Sql::text("serve.sql", SCHEMA)]);
    let mut limited = std::process::Command::new("sh");
    let program = command(&db.login_url());
    limited.args(["-c", "ulimit -S -n 256; exec \"$0\" \"$@\""]).arg(program.get_program()).args(program.get_args());
    limited.envs(program.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let served = served(limited);
    let address = served.url.strip_prefix("http://").unwrap().to_owned();
    let mut slow: Vec<TcpStream> = (0..600)
        .map(|n| {
            let mut stream = TcpStream::connect(&address).unwrap();
            let begun = if n % 2 == 0 {
                "GET /rest/v1/things HTTP/1.1\r\nhost: x\r\nx-slow: "
            } else {
                "POST /rest/v1/things HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100000\r\n\r\n["
            };
            stream.write_all(begun.as_bytes()).unwrap();
            stream
        })
        .collect();
    for _ in 0..5 {
        for stream in &mut slow {
            stream.write_all(b" ").unwrap();
        }
        let began = Instant::now();
        assert_eq!(served.get("things?id=eq.1").status, 200);
        assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    }
    // All of them are connected still: nobody was served by shutting others out.
    slow[0].set_read_timeout(Some(Duration::from_millis(50))).unwrap();
    assert!(slow[0].read(&mut [0; 1]).is_err());
}
