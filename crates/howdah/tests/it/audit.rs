//! `howdah audit`, and what of the other commands is in the trail.

use std::time::Duration;

use howdah_testkit::{TestDb, TestProcess, free_port};
use nix::sys::signal::Signal;

use crate::support::{Project, Ran, folder, howdah, run};

/// A key that is nobody's secret, and its public half.
const KEY: &str = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
const PUBLIC: &str = "ed25519:d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";

fn audit(db: &TestDb, arguments: &[&str]) -> Ran {
    let folder = folder();
    let mut command = howdah(folder.path());
    command.arg("audit").args(arguments).env("DATABASE_URL", db.login_url());
    run(&mut command)
}

fn execute(db: &TestDb, sql: &str) -> i64 {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    runtime.block_on(async { db.client_superuser().await.query_one(sql, &[]).await.unwrap().get(0) })
}

/// A server that seals that database.
fn serve(db: &TestDb) -> TestProcess {
    serve_with(db, &[])
}

fn serve_with(db: &TestDb, settings: &[(&str, &str)]) -> TestProcess {
    let mut command = howdah(&std::env::temp_dir());
    command.args(["serve", "--port", "0"]).env("DATABASE_URL", db.login_url());
    command.env("HOWDAH_JWT_SECRET", "a secret of at least thirty-two bytes").env("HOWDAH_AUDIT_KEY", KEY);
    command.env("HOWDAH_AUDIT_SEALER_URL", db.url_as("howdah_sealer")).envs(settings.iter().copied());
    let process = TestProcess::spawn(command);
    process.wait_for("the URL", Duration::from_secs(20), |output| output.contains("http://127.0.0.1:"));
    process
}

fn until_sealed(db: &TestDb, events: i64) {
    let waits = format!("select count(*) from audit.seals having count(*) >= {events}");
    let tries = (0..800).any(|_| {
        std::thread::sleep(Duration::from_millis(25));
        execute(db, &format!("select coalesce(({waits}), 0)")) > 0
    });
    assert!(tries, "not sealed within twenty seconds");
}

const WRITE: &str = "select count(audit.record_event('test.event', 'thing', n::text)) from generate_series(1, 20) as n";

#[test]
fn a_server_seals_and_anybody_verifies() {
    let db = TestDb::template_blocking("shared");
    execute(&db, WRITE);
    let server = serve(&db);
    until_sealed(&db, 20);
    // Killed as it is; the next one goes on.
    server.signal(Signal::SIGKILL);
    execute(&db, WRITE);
    let server = serve(&db);
    until_sealed(&db, 40);
    drop(server);

    let status = audit(&db, &["status", "--json"]).ok();
    let trail = &status.json()["data"]["trail"];
    assert_eq!((&trail["sequence_number"], &trail["unsealed"]), (&40.into(), &0.into()), "{trail}");
    assert_eq!(trail["checkpoint_key"], PUBLIC);
    let anchor = folder();
    let anchor = anchor.path().join("anchor.json");
    std::fs::write(&anchor, &status.stdout).unwrap();
    let anchor = anchor.to_str().unwrap();

    audit(&db, &["verify"]).failed(2, "audit-key-missing", &["--trust"]);
    let clean = audit(&db, &["verify", "--trust", PUBLIC, "--expect", anchor, "--json"]).ok().json();
    assert_eq!((&clean["data"]["clean"], &clean["data"]["report"]["events"]), (&true.into(), &40.into()), "{clean}");
    assert!(audit(&db, &["verify", "--without-signatures"]).ok().stderr.contains("signatures were not checked"));
    audit(&db, &["verify", "--trust", PUBLIC, "--expect", "nonsense"]).failed(2, "audit-checkpoint", &["nonsense"]);

    let exported = audit(&db, &["export", "--table", "thing", "--quiet"]).ok();
    assert_eq!(exported.stdout.lines().count(), 40);
    let tail = audit(&db, &["tail", "--last", "3", "--no-follow", "--json"]).ok();
    let last: serde_json::Value = serde_json::from_str(tail.stdout.lines().last().unwrap()).unwrap();
    assert_eq!((tail.stdout.lines().count(), &last["resource_id"]), (3, &"20".into()));

    audit(&db, &["verify", "--trust", PUBLIC, "--expect", "nothing.json"]).failed(
        2,
        "audit-checkpoint",
        &["nothing.json"],
    );
    audit(&db, &["export", "--from", "whenever"]).failed(2, "audit-export-time", &["2026-01-01"]);
    let tamper = "do $$ begin
        set local session_replication_role = replica;
        update audit.audit_events set resource_id = 'other' where id = 7;
        delete from audit.checkpoints where sequence_number > 30;
        delete from audit.seals where sequence_number > 30;
        delete from audit.audit_events where id > 30;
      end $$";
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    runtime.block_on(async { db.client_superuser().await.batch_execute(tamper).await.unwrap() });
    let broken = audit(&db, &["verify", "--trust", PUBLIC]);
    assert_eq!(broken.code, 3, "{broken:#?}");
    assert!(broken.stdout.starts_with("event-changed\t7\t7\t"), "{broken:#?}");
    let cut = audit(&db, &["verify", "--trust", PUBLIC, "--expect", anchor]);
    assert!(cut.code == 3 && cut.stdout.starts_with("tail-missing\t40\t"), "{cut:#?}");
}

/// What waits while a transaction holds sealing back, and how long it has been waiting.
#[test]
fn the_lag_of_sealing_is_a_metric() {
    let db = TestDb::template_blocking("shared");
    let port = free_port();
    let _server = serve_with(&db, &[("HOWDAH_SERVER_ADMIN_PORT", &port.to_string())]);
    execute(&db, WRITE);
    until_sealed(&db, 20);
    let (db, admin) = (&db, &format!("http://127.0.0.1:{port}"));
    let scraped = || crate::metrics::scrape(admin, "text/plain; version=0.0.4; charset=utf-8");
    let waits = |sample: &str| scraped().value(&format!("howdah_audit_{sample}"));
    let until = |what: &str, expected: f64| {
        let shown = (0..300).any(|_| {
            std::thread::sleep(Duration::from_millis(50));
            waits(what) == expected
        });
        assert!(shown, "{what} does not become {expected}");
    };
    until("sealed_total", 20.0);
    until("unsealed_events", 0.0);
    assert_eq!((waits("sealer_up"), waits("oldest_unsealed_seconds")), (1.0, 0.0));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let holding = runtime.block_on(async {
        let client = db.client_superuser().await;
        client.batch_execute("begin; select pg_current_xact_id()").await.unwrap();
        client
    });
    execute(db, "select count(audit.record_event('test.event', 'thing', n::text)) from generate_series(1, 3) as n");
    // Somebody looks every ten seconds.
    until("unsealed_events", 3.0);
    let before = waits("oldest_unsealed_seconds");
    std::thread::sleep(Duration::from_millis(300));
    let after = waits("oldest_unsealed_seconds");
    assert!(before > 0.0 && after >= before + 0.3, "{before} {after}");
    runtime.block_on(async { holding.batch_execute("rollback").await.unwrap() });
    until("sealed_total", 23.0);
    until("unsealed_events", 0.0);
    assert_eq!(waits("oldest_unsealed_seconds"), 0.0);
}

#[test]
fn a_database_without_a_trail_says_so() {
    let db = TestDb::empty_blocking();
    let folder = folder();
    let mut command = howdah(folder.path());
    command.args(["audit", "status"]).env("DATABASE_URL", db.owner_url());
    run(&mut command).failed(1, "audit-no-trail", &["audit.seals", "migrations"]);
}

#[test]
fn a_project_seals_its_own_trail_and_records_its_administration() {
    let project = Project::init("commerce");
    let dev = project.dev(&["--no-seed"]);
    project.run(["seed", "demo", "--rows", "200"]).ok();
    let sealed =
        || project.sql("select count(*) > 0 and count(*) = (select count(*) from audit.audit_events) from audit.seals");
    let tries = (0..800).any(|_| {
        std::thread::sleep(Duration::from_millis(25));
        sealed() == "t"
    });
    assert!(tries, "not sealed within twenty seconds");
    project.run(["audit", "verify"]).ok();
    assert_eq!(
        project.sql(
            "select string_agg(format('%s by %s', after ->> 'stage', actor_role), ', ' order by id)
             from audit.audit_events where action = 'admin.seed_demo'"
        ),
        "begun by howdah_owner, ended by howdah_owner"
    );
    assert!(project.run(["audit", "prune", "--days", "365"]).ok().stderr.contains("No month is older"));
    project.run(["audit", "prune"]).failed(2, "audit-no-retention", &["audit.retention_days"]);
    drop(dev);
    project.run(["migrate", "down", "1", "--yes", "--allow-lossy"]);
    project.run(["migrate", "up"]).ok();
    let up = "select after ->> 'succeeded' from audit.audit_events where action = 'admin.migrate_up' order by id desc limit 1";
    assert_eq!(project.sql(up), "true");
}
