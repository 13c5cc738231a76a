//! `howdah serve` over any database.

use std::net::TcpListener;
use std::process::Command;
use std::time::Duration;

use howdah_testkit::{HttpAnswer, Sql, TestDb, TestProcess, http_get};
use nix::sys::signal::Signal;

use crate::support::howdah;

pub(crate) const SCHEMA: &str = "
create table things (id integer primary key, name text);
insert into things values (1, 'one');
create view slow as select id, pg_sleep(1.5)::text as slept from things;
do $$ begin
  if not exists (select from pg_roles where rolname = 'anon') then create role anon; end if;
  if not exists (select from pg_roles where rolname = 'howdah_login') then create role howdah_login noinherit; end if;
end $$;
grant anon to howdah_login;
grant select on things, slow to anon;
";

/// A server of its own process.
pub(crate) struct Served {
    pub(crate) process: TestProcess,
    pub(crate) url: String,
}

pub(crate) fn command(database: &str) -> Command {
    on_port("0", database)
}

fn on_port(port: &str, database: &str) -> Command {
    let mut command = howdah(&std::env::temp_dir());
    command.args(["serve", "--port", port]).env("DATABASE_URL", database);
    command.env("HOWDAH_JWT_SECRET", "a secret of at least thirty-two bytes");
    command
}

fn serve(db: &TestDb) -> Served {
    served(command(&db.login_url()))
}

/// A server that was started like this, once it is ready.
pub(crate) fn served(command: Command) -> Served {
    let process = TestProcess::spawn(command);
    let output = process.wait_for("the URL", Duration::from_secs(20), |output| output.contains("http://127.0.0.1:"));
    let start = output.find("http://127.0.0.1:").unwrap();
    let url = output[start..].lines().next().unwrap().trim().to_owned();
    process.wait_for_http(&format!("{url}/readyz"), Duration::from_secs(20));
    Served { process, url }
}

impl Served {
    pub(crate) fn get(&self, path: &str) -> HttpAnswer {
        http_get(&format!("{}/rest/v1/{path}", self.url)).unwrap()
    }
}

pub(crate) fn wait(mut until: impl FnMut() -> bool) {
    let tries = (0..400).any(|_| {
        std::thread::sleep(Duration::from_millis(25));
        until()
    });
    assert!(tries, "it did not come about within ten seconds");
}

#[test]
fn rows_come_and_the_log_is_structured() {
    let db = TestDb::from_sql_blocking("serve", [Sql::text("serve.sql", SCHEMA)]);
    let served = serve(&db);
    let answer = served.get("things?id=eq.1");
    assert_eq!((answer.status, answer.body.as_str()), (200, r#"[{"id":1,"name":"one"}]"#));
    assert_eq!(http_get(&format!("{}/healthz", served.url)).unwrap().status, 200);
    let lost = http_get(&format!("{}/nothing", served.url)).unwrap();
    assert!(lost.status == 404 && lost.body.contains("/rest/v1/"), "{}", lost.body);
    // No pepper, no accounts: said at the start, and so at the endpoint.
    assert!(served.process.stderr().contains("/auth/v1 is off"), "{}", served.process.stderr());
    assert_eq!(http_get(&format!("{}/auth/v1/token", served.url)).unwrap().status, 404);
    let line = served.process.stderr().lines().find(|line| line.contains("/rest/v1/things")).unwrap().to_owned();
    let line: serde_json::Value = serde_json::from_str(&line).unwrap();
    assert!(line["status"] == 200 && line["path"] == "/rest/v1/things" && line["span"]["id"].is_string(), "{line}");
    assert!(!served.process.stderr().contains("eq.1"), "a query string holds personal data");
}

#[test]
fn a_hangup_reads_the_schema_anew() {
    let db = TestDb::from_sql_blocking("serve", [Sql::text("serve.sql", SCHEMA)]);
    let served = serve(&db);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let alter = "alter table things add column color text; update things set color = 'red'";
        db.client_owner().await.batch_execute(alter).await.unwrap();
    });
    assert!(!served.get("things").body.contains("color"));
    served.process.signal(Signal::SIGHUP);
    wait(|| served.get("things").body.contains(r#""color":"red""#));
}

#[test]
fn it_finishes_what_is_under_way_and_then_stops() {
    let db = TestDb::from_sql_blocking("serve", [Sql::text("serve.sql", SCHEMA)]);
    let mut served = serve(&db);
    let url = format!("{}/rest/v1/slow", served.url);
    let slow = std::thread::spawn(move || http_get(&url).unwrap());
    // Once PostgreSQL works on it, the request is under way.
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let admin = db.client_superuser().await;
        let working = "select from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'";
        while admin.query_opt(working, &[]).await.unwrap().is_none() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    });
    served.process.signal(Signal::SIGTERM);
    let answer = slow.join().unwrap();
    assert_eq!((answer.status, answer.body.as_str()), (200, r#"[{"id":1,"slept":""}]"#));
    assert!(served.process.wait_exit(Duration::from_secs(15)).success(), "{}", served.process.output());
    assert!(http_get(&format!("{}/healthz", served.url)).is_err());
}

#[test]
fn what_it_cannot_serve_it_says() {
    let db = TestDb::from_sql_blocking("serve", [Sql::text("serve.sql", SCHEMA)]);
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let on_a_taken_port = on_port(&port, &db.login_url());
    let mut with_a_short_secret = command(&db.login_url());
    with_a_short_secret.env("HOWDAH_JWT_SECRET", "short");
    let mut without_a_database = command("");
    without_a_database.env_remove("DATABASE_URL");
    for (mut command, exit, code) in [
        (on_a_taken_port, 1, "port-not-usable"),
        (with_a_short_secret, 2, "jwt-secret"),
        (without_a_database, 2, "database-not-named"),
        (on_port("0", "mysql://x"), 2, "pg-url-invalid"),
    ] {
        let output = command.output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(exit), "{code}: {stderr}");
        assert!(stderr.contains(&format!("error[{code}]")), "{code}: {stderr}");
    }
}

#[test]
fn a_database_that_is_away_is_waited_for_and_roles_that_lack_are_named() {
    let free = howdah_testkit::free_port();
    let away = TestProcess::spawn(command(&format!("postgres://x:y@127.0.0.1:{free}/db")));
    let output = away.wait_for("the URL", Duration::from_secs(20), |output| output.contains("http://127.0.0.1:"));
    let url = output[output.find("http://127.0.0.1:").unwrap()..].lines().next().unwrap().trim().to_owned();
    let answer = http_get(&format!("{url}/rest/v1/things")).unwrap();
    assert_eq!(answer.status, 503);
    assert!(answer.head.to_lowercase().contains("retry-after: 1"), "{}", answer.head);
    assert_eq!(http_get(&format!("{url}/readyz")).unwrap().status, 503);
    assert_eq!(http_get(&format!("{url}/healthz")).unwrap().status, 200);

    let db = TestDb::from_sql_blocking("serve", [Sql::text("serve.sql", SCHEMA)]);
    let mut nameless = command(&db.login_url());
    nameless.env("HOWDAH_API_ANONYMOUS_ROLE", "nobody_yet");
    let nameless = TestProcess::spawn(nameless);
    nameless
        .wait_for("the remedy", Duration::from_secs(20), |output| output.contains("CREATE ROLE nobody_yet NOLOGIN"));
}
