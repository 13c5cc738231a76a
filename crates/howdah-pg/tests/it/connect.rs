//! Getting in, and the reasons why not.

use crate::support::owner;
use howdah_pg::target::SessionAttrs;
use howdah_pg::{Backoff, Endpoint, PgError, Secret, Target, TlsMode, retry};
use howdah_testkit::{TestDb, free_port};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// A server that answers an SSLRequest with `N`, and the startup message with these bytes; then hangs up.
async fn fake_server(answer: Vec<u8>) -> Endpoint {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            while let Ok(length) = stream.read_u32().await {
                let mut body = vec![0; length as usize - 4];
                if stream.read_exact(&mut body).await.is_err() {
                    break;
                }
                if length == 8 {
                    stream.write_all(b"N").await.unwrap();
                } else {
                    stream.write_all(&answer).await.unwrap();
                    break;
                }
            }
        }
    });
    Endpoint::Tcp { host: "127.0.0.1".to_owned(), port }
}

fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    let mut message = vec![kind];
    message.extend((body.len() as u32 + 4).to_be_bytes());
    message.extend(body);
    message
}

fn refusal(sqlstate: &str, text: &str) -> Vec<u8> {
    message(b'E', format!("SFATAL\0VFATAL\0C{sqlstate}\0M{text}\0\0").as_bytes())
}

/// A login that succeeds at a server with these parameters.
fn welcome(parameters: &[(&str, &str)]) -> Vec<u8> {
    let mut answer = message(b'R', &[0; 4]);
    for (name, value) in parameters {
        answer.extend(message(b'S', format!("{name}\0{value}\0").as_bytes()));
    }
    answer.extend(message(b'K', &[0; 8]));
    answer.extend(message(b'Z', b"I"));
    answer
}

fn target(endpoint: Endpoint) -> Target {
    Target { endpoints: vec![endpoint], ..Target::parse_with("postgres://u@h/db", &|_| None).unwrap() }
}

/// The error's code, and that its message has what is needed and no password.
#[track_caller]
fn check(result: Result<impl Sized, PgError>, code: &str, parts: &[&str]) {
    let error = result.map(drop).unwrap_err();
    assert_eq!(error.code(), code, "{error}");
    for part in parts {
        assert!(error.to_string().contains(part), "{error}");
    }
    assert!(!error.to_string().contains("hunter2"), "{error}");
}

#[tokio::test]
async fn logs_in_over_tcp_and_unix_socket() {
    let db = TestDb::empty().await;
    let tcp = owner(&db);
    let unix = Target {
        endpoints: vec![Endpoint::Unix { dir: db.socket_dir().to_owned(), port: db.port() }],
        application_name: "unix".to_owned(),
        options: Some("-c work_mem=7MB".to_owned()),
        ..tcp.clone()
    };
    for target in [&tcp, &unix] {
        let client = target.client().await.unwrap();
        let row = client
            .query_one(
                "select current_setting('application_name'), current_setting('work_mem'), current_database()",
                &[],
            )
            .await
            .unwrap();
        assert_eq!(row.get::<_, &str>(0), target.application_name);
        assert_eq!(row.get::<_, &str>(2), db.name());
        if target == &unix {
            assert_eq!(row.get::<_, &str>(1), "7MB");
        }
    }
    assert!(!unix.open_stream().await.unwrap().is_tls());
}

#[tokio::test]
async fn a_dropped_client_ends_its_session() {
    let db = TestDb::empty().await;
    let client = owner(&db).client().await.unwrap();
    let pid: i32 = client.query_one("select pg_backend_pid()", &[]).await.unwrap().get(0);
    drop(client);
    let watcher = db.client_superuser().await;
    let started = Instant::now();
    while !watcher.query("select from pg_stat_activity where pid = $1", &[&pid]).await.unwrap().is_empty() {
        assert!(started.elapsed() < Duration::from_secs(5));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn refused_logins() {
    let db = TestDb::empty().await;
    let good = owner(&db);
    let admin = db.client_superuser().await;
    let password = Some(Secret::new("hunter2"));
    check(
        good.with_user("howdah_owner", password.clone()).client().await,
        "pg-password-wrong",
        &["`howdah_owner`", "percent-encoded"],
    );
    check(good.with_user("nobody_here", password.clone()).client().await, "pg-password-wrong", &["`nobody_here`"]);
    check(good.with_user("howdah_owner", None).client().await, "pg-password-missing", &["PGPASSWORD"]);
    check(good.with_database("nothing_there").client().await, "pg-database-missing", &["`nothing_there`", "createdb"]);

    let role = format!("{}_role", db.name());
    admin.batch_execute(&format!("create role {role} password 'hunter2'")).await.unwrap();
    check(good.with_user(role.as_str(), password.clone()).client().await, "pg-role-refused", &[&role, "LOGIN"]);
    admin.batch_execute(&format!("alter role {role} login connection limit 0")).await.unwrap();
    check(
        good.with_user(role.as_str(), password.clone()).client().await,
        "pg-too-many-connections",
        &["too many connections"],
    );
    admin
        .batch_execute(&format!(
            "alter role {role} connection limit 5; revoke connect on database {} from public",
            db.name()
        ))
        .await
        .unwrap();
    check(good.with_user(role.as_str(), password).client().await, "pg-connect-denied", &[&role, "GRANT CONNECT"]);
    admin.batch_execute(&format!("drop role {role}")).await.unwrap();
}

#[tokio::test]
async fn servers_that_are_not_there() {
    let port = free_port();
    check(
        target(Endpoint::Tcp { host: "127.0.0.1".into(), port }).client().await,
        "pg-unreachable",
        &["127.0.0.1", "firewall"],
    );
    check(
        target(Endpoint::Unix { dir: "/nowhere".into(), port }).client().await,
        "pg-unreachable",
        &["/nowhere/.s.PGSQL"],
    );
    check(
        target(Endpoint::Tcp { host: "no-such-host.invalid".into(), port }).client().await,
        "pg-host-not-found",
        &["no-such-host.invalid"],
    );

    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = Endpoint::Tcp { host: "127.0.0.1".into(), port: silent.local_addr().unwrap().port() };
    let impatient = Target { connect_timeout: Duration::from_millis(100), ..target(endpoint) };
    check(impatient.client().await, "pg-connect-timeout", &["0.1 s", "connect_timeout"]);
    check(impatient.open_stream().await, "pg-connect-timeout", &[]);
}

#[tokio::test]
async fn servers_that_are_not_ready_or_not_fit() {
    let starting = target(fake_server(refusal("57P03", "the database system is starting up")).await);
    check(starting.client().await, "pg-not-ready", &["starting up"]);
    assert!(starting.client().await.err().unwrap().is_transient());
    let full = target(fake_server(refusal("53300", "sorry, too many clients already")).await);
    check(full.client().await, "pg-too-many-connections", &["max_connections"]);
    let refused = target(fake_server(refusal("28000", "no pg_hba.conf entry for host \"1.2.3.4\"")).await);
    check(refused.client().await, "pg-hba-refused", &["1.2.3.4", "pg_hba.conf"]);
    let old = target(fake_server(welcome(&[("server_version", "12.9 (Debian)")])).await);
    check(old.client().await, "pg-server-too-old", &["12.9", "14"]);
    let odd = target(fake_server(b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec()).await);
    assert!(odd.client().await.is_err());
    let without_tls = Target { tls: TlsMode::Require, ..target(fake_server(Vec::new()).await) };
    check(without_tls.client().await, "pg-tls-refused", &["sslmode=disable"]);
    // Preferred only: goes on without.
    let welcoming = target(fake_server(welcome(&[("server_version", "15.4")])).await);
    assert!(welcoming.client().await.is_ok());
}

#[tokio::test]
async fn of_several_hosts_the_first_that_will_do() {
    let db = TestDb::empty().await;
    let good = owner(&db);
    let dead = Endpoint::Tcp { host: "127.0.0.1".into(), port: free_port() };
    let starting = fake_server(refusal("57P03", "the database system is starting up")).await;
    let standby = fake_server(welcome(&[("server_version", "15.4"), ("in_hot_standby", "on")])).await;
    let endpoints = vec![dead, starting, standby.clone(), good.endpoints[0].clone()];
    let target = Target { endpoints, session_attrs: SessionAttrs::ReadWrite, ..good.clone() };
    let client = target.client().await.unwrap();
    assert_eq!(client.query_one("select current_database()", &[]).await.unwrap().get::<_, &str>(0), db.name());
    let only_standby = Target { endpoints: vec![standby], session_attrs: SessionAttrs::Primary, ..good.clone() };
    check(only_standby.client().await, "pg-not-ready", &["is not primary"]);
    // A refusal that every host would repeat is not hidden by the next host's answer.
    let wrong = Target {
        endpoints: vec![good.endpoints[0].clone(), Endpoint::Tcp { host: "127.0.0.1".into(), port: 1 }],
        ..good.with_user("howdah_owner", Some("hunter2".into()))
    };
    check(wrong.client().await, "pg-password-wrong", &[]);
}

#[tokio::test]
async fn retry_waits_for_a_server_that_starts() {
    let port = free_port();
    let target = target(Endpoint::Tcp { host: "127.0.0.1".into(), port });
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(150)).await;
        let listener = TcpListener::bind(("127.0.0.1", port)).await.unwrap();
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = [0; 8];
        stream.read_exact(&mut request).await.unwrap();
        stream.write_all(b"N").await.unwrap();
        let length = stream.read_u32().await.unwrap();
        stream.read_exact(&mut vec![0; length as usize - 4]).await.unwrap();
        stream.write_all(&welcome(&[("server_version", "15.4")])).await.unwrap();
        tokio::time::sleep(Duration::from_secs(5)).await;
    });
    retry(&Backoff::default(), async || target.client().await).await.unwrap();
}

#[tokio::test]
async fn a_query_can_be_cancelled() {
    let db = TestDb::empty().await;
    let target = owner(&db);
    let client = target.client().await.unwrap();
    let token = client.cancel_token();
    let cancel = async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        target.cancel(&token).await.unwrap();
    };
    let (result, ()) = tokio::join!(client.batch_execute("select pg_sleep(10)"), cancel);
    assert_eq!(PgError::from(result.unwrap_err()).server().unwrap().sqlstate, "57014");
}

#[tokio::test]
async fn a_terminated_session_is_a_passing_error() {
    let db = TestDb::empty().await;
    let client = owner(&db).client().await.unwrap();
    let error = PgError::from(client.batch_execute("select pg_terminate_backend(pg_backend_pid())").await.unwrap_err());
    assert!(error.is_transient(), "{error:?}");
    tokio::time::sleep(Duration::from_millis(50)).await;
    let error = PgError::from(client.batch_execute("select 1").await.unwrap_err());
    assert_eq!(error.code(), "pg-connection-closed");
}
