//! `howdah keys`, `/auth/v1/keys` and the signing keys, over one project that two servers serve.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use howdah_testkit::{TestProcess, npm};
use serde_json::{Value, json};

use super::support::{Dev, PATIENCE, Project, Ran, clean, howdah, run};

/// `howdah dev` with its demo people, and `howdah serve` beside it over the same database.
///
/// The project goes last: nothing may run in it when its cluster is taken away.
struct World {
    serve: TestProcess,
    dev: Dev,
    project: Project,
    /// Of both servers.
    urls: [String; 2],
}

struct Answer {
    status: u16,
    head: String,
    body: Value,
}

const EMAIL: &str = "ada@example.com";

impl World {
    fn new() -> Self {
        let project = Project::init("personal");
        let dev = project.dev(&["--port", "0"]);
        let mut command = howdah(&project.root);
        command.args(["serve", "--port", "0"]);
        let serve = TestProcess::spawn(command);
        let is_url = |line: &str| line.contains("http://127.0.0.1:") && !line.contains('{');
        let second = serve.wait_for("the URL", PATIENCE, is_url).trim().to_owned();
        serve.wait_for_http(&format!("{second}/readyz"), PATIENCE);
        let urls = [dev.url.clone(), second];
        Self { serve, dev, project, urls }
    }

    fn keys(&self, arguments: &[&str]) -> Ran {
        self.project.run([&["keys"], arguments].concat())
    }

    /// A session's access token, from the second server.
    fn sign_in(&self, email: &str) -> String {
        let people = howdah_data::demo::people();
        let person = people.iter().find(|person| person.email == email).unwrap();
        let body = json!({ "email": email, "password": person.password });
        let answer = http("POST", &format!("{}/auth/v1/token?grant_type=password", self.urls[1]), None, &body);
        answer.body["access_token"].as_str().unwrap_or_else(|| panic!("{}", answer.body)).to_owned()
    }

    fn auth(&self, method: &str, path: &str, token: &str, body: &Value) -> Answer {
        http(method, &format!("{}/auth/v1/{path}", self.urls[0]), Some(token), body)
    }

    /// Until each server answers a read of the path with that status.
    #[track_caller]
    fn until_both(&self, path: &str, credential: &str, status: u16) {
        for url in &self.urls {
            until(url, path, credential, status);
        }
    }

    fn user_id(&self, email: &str) -> String {
        self.project.sql(&format!("select id from auth.users where email = '{email}'"))
    }

    /// Everything that either server has said.
    fn logs(&self) -> String {
        self.dev.process.output() + &self.serve.output()
    }
}

/// One after the other, because a project and its servers take far longer to begin than any of this.
// ASVS api-keys
#[test]
fn one_project_two_servers_and_their_keys() {
    let world = World::new();
    keys_from_the_command_line(&world);
    keys_over_http_and_what_they_cannot_be_made_to_do(&world);
    the_examples_of_the_docs_run(&world);
    signing_keys_are_rotated_with_overlap(&world);
}

#[track_caller]
fn until(url: &str, path: &str, credential: &str, status: u16) -> Answer {
    let patience = Instant::now() + PATIENCE;
    loop {
        let answer = http("GET", &format!("{url}{path}"), Some(credential), &Value::Null);
        if answer.status == status {
            return answer;
        }
        assert!(Instant::now() < patience, "{url}{path} is {}, not {status}: {}", answer.status, answer.body);
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Through curl, which everybody has.
fn http(method: &str, url: &str, credential: Option<&str>, body: &Value) -> Answer {
    let mut command = Command::new("curl");
    clean(&mut command);
    command.args(["-sS", "-i", "-X", method, url, "-H", "content-type: application/json"]);
    if let Some(credential) = credential {
        command.args(["-H", &format!("authorization: Bearer {credential}")]);
    }
    if !body.is_null() {
        command.args(["-d", &body.to_string()]);
    }
    let output = command.stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let status = head.split_whitespace().nth(1).unwrap().parse().unwrap();
    Answer { status, head: head.to_lowercase(), body: serde_json::from_str(body).unwrap_or(Value::Null) }
}

fn kid(token: &str) -> Option<String> {
    header(token)["kid"].as_str().map(str::to_owned)
}

/// The header of a token, decoded by somebody else than us.
fn header(token: &str) -> Value {
    let head = token.split('.').next().unwrap();
    let script = "import base64,sys; h=sys.argv[1]; print(base64.urlsafe_b64decode(h + '=' * (-len(h) % 4)).decode())";
    let output = Command::new("python3").args(["-c", script, head]).output().unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}

const NOTES: &str = "/rest/v1/notes?select=id&limit=1";
const TASKS: &str = "/rest/v1/tasks?select=id&limit=1";

fn keys_from_the_command_line(world: &World) {
    let none = world.keys(&["list"]).ok();
    assert!(none.stdout.is_empty() && none.stderr.contains("howdah keys create"), "{none:#?}");

    let made = world.keys(&["create", "reader", "--owner", EMAIL, "--scope", "notes:read"]).ok();
    let key = made.stdout.trim().to_owned();
    assert!(key.starts_with("hdk_") && !made.stderr.contains(&key), "{made:#?}");
    let prefix = &key[..16];
    world.until_both(NOTES, &key, 200);
    world.until_both(TASKS, &key, 403);

    // What is stored is no key.
    let stored = world.project.sql("select k::text from auth.api_keys as k");
    assert!(stored.contains(prefix) && !stored.contains(&key[16..]), "{stored}");
    let listed = world.keys(&["list", "--json"]).ok();
    let found = &listed.json()["data"]["keys"][0];
    assert_eq!((found["prefix"].as_str(), found["state"].as_str()), (Some(prefix), Some("good")));
    assert!(!listed.stdout.contains(&key[16..]));
    assert_eq!(world.keys(&["list", "--owner", EMAIL]).ok().stdout.lines().count(), 1);
    assert_eq!(world.keys(&["list", "--owner", "ben@example.org"]).ok().stdout, "");

    // What would be done, and nothing of it is.
    let plan =
        world.keys(&["create", "other", "--owner", EMAIL, "--scope", "*:read", "--dry-run", "--json"]).ok().json();
    assert_eq!((&plan["data"]["dry_run"], &plan["data"]["expires_in"]), (&json!(true), &json!(31_536_000)), "{plan}");
    assert!(plan["data"].get("key").is_none(), "{plan}");
    world.keys(&["create", "x", "--owner", EMAIL, "--scope", "note:read", "--dry-run"]).failed(2, "scope-unknown", &[]);
    let plan = world.keys(&["rotate", prefix, "--grace", "2h", "--dry-run", "--json"]).ok().json();
    assert_eq!((&plan["data"]["replaces"]["prefix"], &plan["data"]["grace_seconds"]), (&json!(prefix), &json!(7200)));
    let plan = world.keys(&["revoke", prefix, "--dry-run"]).ok();
    assert!(plan.stderr.contains("(reader) is good") && plan.stdout.is_empty(), "{plan:#?}");
    world.keys(&["revoke", "hdk_000000000000", "--dry-run"]).failed(1, "key-unknown", &["howdah keys list"]);
    world.keys(&["rotate", "--signing", "--algorithm", "es256", "--dry-run"]).ok();
    assert!(!world.project.root.join(".howdah/secrets/jwt_keys").exists(), "a look at it rotates no signing key");
    let after = world.keys(&["list", "--json"]).ok().json();
    let after = after["data"]["keys"].as_array().unwrap();
    assert_eq!((after.len(), &after[0]["id"], &after[0]["state"]), (1, &found["id"], &json!("good")));

    // Rotated with grace: both work. Without: the new one.
    let rotated = world.keys(&["rotate", prefix, "--json"]).ok().json();
    let second = rotated["data"]["key"].as_str().unwrap().to_owned();
    assert_eq!(rotated["data"]["rotated_from_id"], found["id"]);
    assert_eq!(rotated["data"]["scopes"], json!(["notes:read"]));
    world.until_both(NOTES, &second, 200);
    world.until_both(NOTES, &key, 200);
    world.keys(&["rotate", prefix]).failed(1, "key-not-to-rotate", &["howdah keys list"]);
    let third = world.keys(&["rotate", &second[..16], "--grace", "0s"]).ok().stdout.trim().to_owned();
    world.until_both(NOTES, &third, 200);
    world.until_both(NOTES, &second, 401);

    // A whole key will do to revoke it: that is what one finds in a log.
    world.keys(&["revoke", &third]).failed(5, "confirmation-required", &["--yes"]);
    world.until_both(NOTES, &third, 200);
    let revoked = world.keys(&["revoke", &third, "--yes", "--json"]).ok();
    assert_eq!(revoked.json()["data"]["key"]["state"], "revoked");
    world.until_both(NOTES, &third, 401);
    world.keys(&["revoke", &third[..16], "--yes"]).ok();

    for (arguments, exit, code, said) in [
        (&["--owner", EMAIL, "--scope", "note:read"][..], 2, "scope-unknown", "did you mean \"notes:read\"?"),
        (&["--owner", EMAIL, "--scope", "notes:raed"], 2, "scope-malformed", "did you mean \"read\"?"),
        (&["--owner", "nobody@example.com", "--scope", "*:read"], 2, "key-owner-unknown", "nobody@example.com"),
        (&["--owner", EMAIL, "--scope", "*:read", "--expires", "0s"], 2, "key-life", "for ever"),
    ] {
        world.keys(&[&["create", "x"], arguments].concat()).failed(exit, code, &[said]);
    }
    world.keys(&["revoke", "hdk_nothing", "--yes"]).failed(2, "key-id", &["16 characters"]);
    world.keys(&["revoke", "hdk_000000000000", "--yes"]).failed(1, "key-unknown", &["howdah keys list"]);

    let logs = world.logs();
    assert!(logs.contains("API key refused"), "{logs}");
    for secret in [&key, &second, &third] {
        assert!(!logs.contains(&secret[16..]), "a key is in the log");
    }
}

/// The examples of docs/keys.md, one after the other, as somebody would paste them.
fn the_examples_of_the_docs_run(world: &World) {
    let page = include_str!("../../../../docs/keys.md");
    // A secret is not published, whatever it signs.
    let before = http("GET", &format!("{}/.well-known/jwks.json", world.urls[0]), None, &Value::Null);
    assert_eq!(before.body, json!({ "keys": [] }));
    let blocks: Vec<&str> = page.split("```sh\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert!(blocks.len() >= 5, "{blocks:?}");
    let mut bash = Command::new("bash");
    clean(&mut bash);
    let ours = Path::new(env!("CARGO_BIN_EXE_howdah")).parent().unwrap();
    let path = std::env::join_paths(
        std::iter::once(ours.to_path_buf()).chain(std::env::split_paths(&std::env::var_os("PATH").unwrap())),
    );
    bash.current_dir(&world.project.root).env("PATH", path.unwrap()).env("URL", &world.urls[0]);
    let ran = run(bash.args(["-euxo", "pipefail", "-c", &blocks.concat()])).ok();
    // Reporting sees names as initials.
    let (_, masked) = ran.stdout.split_once(r#""display_name":""#).unwrap();
    let shown: Vec<&str> = masked.split('"').next().unwrap().split(' ').collect();
    assert!(shown.iter().all(|initial| initial.chars().count() == 2 && initial.ends_with('.')), "{shown:?}");
    assert!(ran.stdout.contains(r#""name":"phone""#) && ran.stdout.contains(r#""kty":"EC""#), "{ran:#?}");
}

fn keys_over_http_and_what_they_cannot_be_made_to_do(world: &World) {
    let (ada, ben) = (world.sign_in(EMAIL), world.sign_in("ben@example.org"));
    let service = world.dev.secret();
    let wanted = json!({ "name": "app", "scopes": ["notes:*", "notes:*"] });

    let made = world.auth("POST", "keys", &ada, &wanted);
    assert_eq!(made.status, 201, "{}", made.body);
    assert!(made.head.contains("cache-control: no-store"), "{}", made.head);
    assert_eq!(made.body["scopes"], json!(["notes:*"]));
    assert_eq!(made.body["user_id"], world.user_id(EMAIL));
    let (key, id) = (made.body["key"].as_str().unwrap().to_owned(), made.body["id"].as_str().unwrap().to_owned());
    world.until_both(NOTES, &key, 200);
    // The newest first, and never the key itself.
    let listed = world.auth("GET", "keys", &ada, &Value::Null);
    assert_eq!(listed.body[0]["id"], id);
    assert!(listed.body.as_array().unwrap().iter().all(|listed| listed.get("key").is_none()));
    assert_eq!(world.auth("GET", "keys", &ben, &Value::Null).body, json!([]));

    // Nobody above themselves, and nobody for others.
    let (ada_id, ben_id) = (world.user_id(EMAIL), world.user_id("ben@example.org"));
    let with = |name: &str, value: Value| {
        let mut wanted = wanted.clone();
        wanted[name] = value;
        wanted
    };
    let code = |answer: &Answer| answer.body["error_code"].as_str().unwrap_or_default().to_owned();
    for (token, body, status, expected) in [
        (&ada, with("role", json!("service_role")), 403, "not_admin"),
        (&ada, with("user_id", json!(ben_id)), 403, "not_admin"),
        (&ada, with("role", json!("howdah_auth")), 400, "validation_failed"),
        (&ada, with("role", json!("postgres")), 400, "validation_failed"),
        (&ada, with("scopes", json!([])), 400, "scope-number"),
        (&ada, with("scopes", json!(["note:read"])), 400, "scope-unknown"),
        (&ada, with("scopes", json!(["auth.users:read"])), 400, "scope-unknown"),
        (&ada, with("name", json!("")), 400, "key-name"),
        (&ada, with("expires_in", json!("soon")), 400, "validation_failed"),
        (&ada, with("admin", json!(true)), 400, "validation_failed"),
        // A key makes no keys, not even one of the service role.
        (&key, wanted.clone(), 403, "bad_jwt"),
        (&service, wanted.clone(), 400, "validation_failed"),
    ] {
        let answer = world.auth("POST", "keys", token, &body);
        assert_eq!((answer.status, code(&answer).as_str()), (status, expected), "{body}: {}", answer.body);
    }
    for method in ["POST", "GET"] {
        assert_eq!(http(method, &format!("{}/auth/v1/keys", world.urls[0]), None, &json!({})).status, 401);
    }

    // Another's key is no key of mine.
    for (method, path) in [("DELETE", format!("keys/{id}")), ("POST", format!("keys/{id}/rotate"))] {
        assert_eq!(world.auth(method, &path, &ben, &json!({})).status, 404, "{method} {path}");
    }
    assert_eq!(world.auth("GET", &format!("keys?user_id={ada_id}"), &ben, &Value::Null).status, 403);
    world.until_both(NOTES, &key, 200);

    // The service role makes keys for all, above their owners too; these do not get at such a key.
    let above =
        json!({ "name": "job", "scopes": ["*:*"], "role": "service_role", "user_id": ada_id, "expires_in": "never" });
    let above = world.auth("POST", "keys", &service, &above);
    assert_eq!((above.status, &above.body["expires_at"]), (201, &Value::Null), "{}", above.body);
    let above_id = above.body["id"].as_str().unwrap();
    let stolen = world.auth("POST", &format!("keys/{above_id}/rotate"), &ada, &json!({}));
    assert_eq!((stolen.status, stolen.body.get("key")), (404, None), "{}", stolen.body);
    assert_eq!(world.auth("POST", "keys", above.body["key"].as_str().unwrap(), &wanted).status, 403);
    assert_eq!(world.auth("GET", "keys", &service, &Value::Null).body[0]["id"], above_id);
    let of_ben = world.auth("GET", &format!("keys?user_id={ben_id}"), &service, &Value::Null);
    assert_eq!(of_ben.body, json!([]));

    let rotated = world.auth("POST", &format!("keys/{id}/rotate"), &ada, &json!({ "grace_seconds": 3600 }));
    assert_eq!((rotated.status, &rotated.body["rotated_from_id"]), (201, &json!(id)), "{}", rotated.body);
    let second = rotated.body["key"].as_str().unwrap().to_owned();
    world.until_both(NOTES, &second, 200);
    world.until_both(NOTES, &key, 200);
    assert_eq!(world.auth("DELETE", &format!("keys/{id}"), &ada, &Value::Null).body["state"], "revoked");
    // Revoked at one server, refused at both.
    world.until_both(NOTES, &key, 401);
    world.until_both(NOTES, &second, 200);

    let logs = world.logs();
    for secret in [&key, &second] {
        assert!(!logs.contains(&secret[16..]), "a key is in the log");
    }
    // A key in a query string opens nothing and is not logged.
    let in_url = http("GET", &format!("{}{NOTES}&apikey={second}", world.urls[1]), None, &Value::Null);
    assert!(in_url.status >= 400, "{}", in_url.body);
    assert!(!world.logs().contains(&second[16..]), "a key is in the log");
}

fn signing_keys_are_rotated_with_overlap(world: &World) {
    let jwks = |url: &str| http("GET", &format!("{url}/.well-known/jwks.json"), None, &Value::Null);
    let old = world.sign_in(EMAIL);
    assert_eq!(kid(&old), None);
    let service = world.dev.secret();
    assert_eq!(world.keys(&["show", "service_role"]).ok().stdout.trim(), service);

    world.keys(&["rotate", "--signing"]).failed(5, "confirmation-required", &["--yes"]);
    let rotate = |more: &[&str]| world.keys(&[&["rotate", "--signing", "--yes", "--json"], more].concat()).ok().json();
    // Published before it signs.
    let first = rotate(&["--algorithm", "es256", "--after", "1h"]);
    let first = first["data"]["kid"].as_str().unwrap().to_owned();
    let publishes = |kid: &str, is_there: bool| {
        for url in &world.urls {
            let patience = Instant::now() + PATIENCE;
            loop {
                let answer = jwks(url);
                assert!(answer.head.contains("cache-control: public, max-age="), "{}", answer.head);
                let keys = answer.body["keys"].as_array().unwrap().clone();
                for key in &keys {
                    assert!(key.get("d").is_none() && key.get("k").is_none() && key["kty"] != "oct", "{key}");
                }
                if keys.iter().any(|key| key["kid"] == kid) == is_there {
                    break;
                }
                assert!(Instant::now() < patience, "{kid}: {}", answer.body);
                std::thread::sleep(Duration::from_millis(100));
            }
            let beside = http("GET", &format!("{url}/auth/v1/.well-known/jwks.json"), None, &Value::Null);
            assert_eq!(beside.body, jwks(url).body);
        }
    };
    publishes(&first, true);
    assert_eq!(kid(&world.sign_in(EMAIL)), None, "it signs before its time");

    // One that signs at once, while the one before it verifies.
    let second = rotate(&["--algorithm", "es256", "--after", "0s", "--overlap", "1h"]);
    let second = second["data"]["kid"].as_str().unwrap().to_owned();
    publishes(&second, true);
    let new = world.sign_in(EMAIL);
    assert_eq!((kid(&new).as_deref(), header(&new)["alg"].as_str()), (Some(second.as_str()), Some("ES256")));
    world.until_both(NOTES, &new, 200);
    world.until_both(NOTES, &old, 200);
    world.until_both(NOTES, &service, 200);
    let shown = world.keys(&["show", "--json"]).ok().json();
    let pair = |role: &str| shown["data"][role].as_str().unwrap().to_owned();
    assert_eq!(kid(&pair("service_role")).as_deref(), Some(second.as_str()));
    world.until_both(NOTES, &pair("service_role"), 200);
    // anon may not read notes: known, and refused by the database.
    world.until_both(NOTES, &pair("anon"), 401);

    // Somebody who has nothing but what is published can verify the token, and cannot make one.
    let published = jwks(&world.urls[0]).body.to_string();
    let beside = howdah_http::KeySet::parse(&published, false).unwrap();
    let beside = howdah_http::Tokens::with(beside, howdah_http::TokenOptions::default());
    assert!(beside.verify(&new).is_ok() && beside.sign(&json!({})).is_err());

    // Supabase's client, with the pair of the new key and with an API key.
    let key = world.keys(&["create", "js", "--owner", EMAIL, "--scope", "notes:read"]).ok().stdout;
    let people = howdah_data::demo::people();
    let ada = people.iter().find(|person| person.email == EMAIL).unwrap();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let beside = npm(&folder.join("../howdah-api/tests/clients")).join("keys.mjs");
    std::fs::copy(folder.join("tests/keys_client/keys.mjs"), &beside).unwrap();
    let mut node = Command::new("node");
    node.arg(beside).env("HOWDAH_URL", &world.urls[1]).env("HOWDAH_KEY", key.trim());
    node.env("HOWDAH_ANON", pair("anon")).env("HOWDAH_SERVICE", pair("service_role"));
    node.env("HOWDAH_EMAIL", EMAIL).env("HOWDAH_PASSWORD", ada.password);
    run(&mut node).ok();

    // The old ones have leaked: over at once, everywhere. The file is nobody else's to read.
    let third = rotate(&["--after", "0s", "--overlap", "0s"]);
    let third = third["data"]["kid"].as_str().unwrap().to_owned();
    publishes(&second, false);
    publishes(&third, false);
    world.until_both(NOTES, &new, 401);
    world.until_both(NOTES, &old, 401);
    world.until_both(NOTES, &service, 401);
    assert_eq!(kid(&world.sign_in(EMAIL)).as_deref(), Some(third.as_str()));
    let ring = world.project.root.join(".howdah/secrets/jwt_keys");
    assert_eq!(std::fs::metadata(&ring).unwrap().permissions().mode() & 0o777, 0o600);
    let logs = world.logs();
    let ring: Value = serde_json::from_str(&std::fs::read_to_string(&ring).unwrap()).unwrap();
    let secret = ring["keys"][0]["jwk"]["k"].as_str().unwrap();
    assert!(!logs.contains(secret), "a signing key is in the log");

    // What the environment says goes before the project.
    let mut elsewhere = howdah(&world.project.root);
    elsewhere.args(["keys", "rotate", "--signing", "--yes"]).env("HOWDAH_JWT_SECRET", "x".repeat(32));
    run(&mut elsewhere).failed(2, "signing-key-elsewhere", &["HOWDAH_JWT_SECRET"]);
    let public = jwks(&world.urls[0]).body;
    assert_eq!(public, json!({ "keys": [] }));
}
