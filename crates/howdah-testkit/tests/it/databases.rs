use std::time::{Duration, Instant};

use howdah_testkit::{Sql, TestCluster, TestDb};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_postgres::Client;

async fn text(client: &Client, sql: &str) -> String {
    client.query_one(sql, &[]).await.unwrap().get(0)
}

async fn exists(client: &Client, name: &str) -> bool {
    client.query_one("select exists (select from pg_database where datname = $1)", &[&name]).await.unwrap().get(0)
}

#[tokio::test]
async fn an_empty_database_belongs_to_an_owner_who_is_no_superuser() {
    let db = TestDb::empty().await;
    let client = db.client_owner().await;
    assert_eq!(text(&client, "select current_user::text").await, "howdah_owner");
    assert_eq!(text(&client, "select current_database()::text").await, db.name());
    let sql =
        "select concat(rolsuper, rolcreaterole, rolcreatedb, rolbypassrls) from pg_roles where rolname = current_user";
    assert_eq!(text(&client, sql).await, "fttf");
    client.batch_execute("create schema app; create table app.t (a int)").await.unwrap();
    assert_eq!(text(&db.client_superuser().await, "select current_user::text").await, "howdah_admin");
    let login = db.client_login().await;
    assert!(login.batch_execute("select * from app.t").await.is_err(), "howdah_login has no grants of its own");
}

#[tokio::test]
async fn a_template_is_loaded_once_and_copied() {
    let pieces = || [Sql::text("one", "create table public.t (a int); insert into public.t values (1)")];
    let one = TestDb::from_sql("counted", pieces()).await;
    let two = TestDb::from_sql("counted", pieces()).await;
    assert_ne!(one.name(), two.name());
    one.client_owner().await.batch_execute("insert into public.t values (2)").await.unwrap();
    let count = "select count(*)::text from public.t";
    assert_eq!(text(&one.client_owner().await, count).await, "2");
    assert_eq!(text(&two.client_owner().await, count).await, "1");
    let templates = "select count(*)::text from pg_database where datname like 'tpl_counted_%'";
    assert_eq!(text(&one.client_superuser().await, templates).await, "1");
}

#[tokio::test]
async fn dropped_with_its_value_also_while_in_use_and_without_a_runtime() {
    let watcher = TestDb::empty().await;
    let client = watcher.client_superuser().await;
    let db = TestDb::empty().await;
    let name = db.name().to_owned();
    let _in_use = db.client_owner().await;
    assert!(exists(&client, &name).await);
    drop(db);
    assert!(!exists(&client, &name).await, "dropped inside a runtime");

    let name = std::thread::spawn(|| {
        let db = TestDb::from_sql_blocking("sync", [("t", "create table public.t ()")]);
        db.name().to_owned()
    });
    let name = name.join().unwrap();
    assert!(!exists(&client, &name).await, "dropped on a thread without one");

    let name = std::sync::Mutex::new(String::new());
    let failing = std::panic::catch_unwind(|| {
        let db = TestDb::empty_blocking();
        *name.lock().unwrap() = db.name().to_owned();
        panic!("as a failing test does");
    });
    assert!(failing.is_err());
    assert!(
        !exists(&client, &name.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner)).await,
        "dropped by a failing test"
    );
}

/// A login that has come half way: the server has asked for the proof of the password.
async fn half_logged_in(db: &TestDb) -> TcpStream {
    let mut stream = TcpStream::connect(("127.0.0.1", db.port())).await.unwrap();
    let parameters = format!("user\0howdah_owner\0database\0{}\0\0", db.name());
    let mut message = (8 + parameters.len() as u32).to_be_bytes().to_vec();
    message.extend(196_608_u32.to_be_bytes());
    message.extend(parameters.as_bytes());
    stream.write_all(&message).await.unwrap();
    assert_eq!(stream.read_u8().await.unwrap(), b'R');
    stream
}

/// Drops a database in a task while a login of another task stands half way, and says how long that took.
async fn dropped_beside_a_login() -> Duration {
    let (other, db) = (TestDb::empty().await, TestDb::empty().await);
    let (begun, half_way) = tokio::sync::oneshot::channel();
    let login = tokio::spawn(async move {
        let stream = half_logged_in(&other).await;
        begun.send(()).unwrap();
        tokio::time::sleep(Duration::from_millis(50)).await;
        drop(stream);
        other
    });
    let dropping = tokio::spawn(async move {
        half_way.await.unwrap();
        let begun = Instant::now();
        drop(db);
        begun.elapsed()
    });
    let took = dropping.await.unwrap();
    login.await.unwrap();
    took
}

#[test]
fn the_end_of_a_database_stops_nobody_who_is_logging_in() {
    let limit = Duration::from_secs(20); // a login that stands still is ended after 60
    let one_worker = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let took = one_worker.block_on(dropped_beside_a_login());
    assert!(took < limit, "on a worker: {took:?}");
    let one_thread = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let took = one_thread.block_on(dropped_beside_a_login());
    assert!(took < limit, "on the only thread: {took:?}");
}

#[tokio::test]
async fn sessions_begin_as_the_role_asked_for() {
    let db = TestDb::empty().await;
    db.load([(
        "roles",
        "do $$ begin create role testkit_role nologin; exception when duplicate_object then null; end $$",
    )])
    .await;
    let client = db.client_as("testkit_role").await;
    assert_eq!(text(&client, "select current_user::text").await, "testkit_role");
    assert!(client.batch_execute("create role nobody_allowed_this").await.is_err());
}

#[tokio::test]
async fn sql_that_fails_is_pointed_at() {
    let made = tokio::spawn(async {
        TestDb::from_sql("broken", [("schema/01.sql", "create table public.a ();\n\ncreate tabel public.b ();\n")])
            .await
    });
    let panic = made.await.unwrap_err().into_panic();
    let message = panic.downcast_ref::<String>().unwrap();
    assert!(message.contains("schema/01.sql:3: `create tabel public.b ();`"), "{message}");
    assert!(message.contains("42601"), "{message}");
}

/// The real schema where it stands in the tree; prints what a database costs.
#[tokio::test]
async fn the_schemas_of_the_workspace_load() {
    let version = text(&TestDb::empty().await.client_owner().await, "show server_version_num").await;
    let name = if version.as_str() < "150000" { "shared" } else { "personal" }; // the latter is for 15 and later
    let begun = Instant::now();
    let first = TestDb::template(name).await;
    let loaded = begun.elapsed();
    let client = first.client_owner().await;
    let tables = "select count(*)::text from pg_tables where schemaname !~ '^(pg_|information_schema)'";
    let tables = text(&client, tables).await;
    let size = text(&client, "select pg_size_pretty(pg_database_size(current_database()))").await;
    let mut took = Vec::new();
    for _ in 0..10 {
        let begun = Instant::now();
        let db = TestDb::template(name).await;
        let made = begun.elapsed();
        let begun = Instant::now();
        drop(db);
        took.push((made.as_millis(), begun.elapsed().as_millis()));
    }
    println!("{tables} tables, {size}: template and first copy {loaded:?}; then (create, drop) ms {took:?}");
    assert_eq!(text(&first.client_as("authenticated").await, "select current_user::text").await, "authenticated");
}

#[test]
fn many_at_once() {
    let threads: Vec<_> = (0..8)
        .map(|n| {
            std::thread::spawn(move || {
                let runtime = tokio::runtime::Runtime::new().unwrap();
                runtime.block_on(async {
                    for _ in 0..3 {
                        let sql = format!("create table public.t as select {} as a", n % 2);
                        let db = TestDb::from_sql("many", [("t", sql.as_str())]).await;
                        let got = text(&db.client_owner().await, "select a::text from public.t").await;
                        assert_eq!(got, (n % 2).to_string());
                    }
                });
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
}

#[test]
fn a_cluster_of_its_own_is_gone_with_its_value() {
    let cluster = TestCluster::start();
    let data = cluster.data_dir();
    let other = TestDb::empty_blocking();
    assert_ne!(cluster.port(), other.port());
    assert!(data.exists());
    drop(cluster);
    assert!(!data.exists());
}
