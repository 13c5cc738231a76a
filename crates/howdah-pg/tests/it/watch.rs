//! Changes are noticed, whichever way; what is no change is not reported.
//!
//! That nothing was reported is shown by a marker, a change of the configuration: had there been anything of the schema
//! before it, that would come first. Roles belong to the whole cluster, so each test has one of its own.

use std::time::Duration;

use howdah_cluster::{ClusterOptions, Silent};
use howdah_pg::{Change, Target, Watch, WatchOptions, install_ddl_notify, watch};
use howdah_testkit::TestCluster;
use tokio_postgres::Client;

const NEVER: Duration = Duration::from_secs(24 * 3600);
const OFTEN: Duration = Duration::from_millis(20);

const SCHEMA: &str = "
create role reader; create role writer; create role plain login password 'plain'; grant create on schema public to plain;
create table author (id int primary key, name text);
create table book (id int primary key, author_id int, title text default '', isbn text);
create view shelf as select id, title from book;
create materialized view pile as select id from book;
create type mood as enum ('fine');
create domain short as text check (length(value) < 5);
create function twice(n int) returns int language sql as 'select n * 2';
create function on_insert() returns trigger language plpgsql as 'begin return new; end';
create table log (at date) partition by range (at);
create table log_1 partition of log for values from ('2020-01-01') to ('2021-01-01');
";

/// Each is something that the API, its documentation or its clients show.
const CHANGES: [&str; 37] = [
    "create table pen (id int)",
    "alter table pen add column ink text",
    "alter table pen rename ink to colour",
    "alter table pen alter colour set default 'blue'",
    "alter table pen alter colour type varchar(10)",
    "alter table pen alter colour set not null",
    "alter table pen rename to pencil",
    "drop table pencil",
    "alter table book add constraint fk foreign key (author_id) references author",
    "alter table book add unique (isbn)",
    "alter table book drop constraint fk",
    "create unique index by_title on book (title)",
    "drop index by_title",
    "comment on table book is 'what is read'",
    "comment on column book.title is 'its name'",
    "comment on schema public is 'ours'",
    "comment on function twice(int) is 'two times'",
    "grant select on book to reader",
    "grant update (title) on book to writer",
    "revoke select on book from reader",
    "alter table book enable row level security",
    "create policy own on book to reader using (true)",
    "create or replace view shelf as select id, title, isbn from book",
    "alter view shelf set (security_barrier)",
    "create trigger write instead of insert on shelf for each row execute function on_insert()",
    "create function half(n int) returns int language sql as 'select n / 2'",
    "create or replace function half(n int) returns int language sql immutable as 'select n / 2'",
    "grant execute on function half(int) to reader",
    "drop function half(int)",
    "alter type mood add value 'well'",
    "alter domain short add check (value <> '')",
    "create schema other; grant usage on schema other to reader",
    "alter table author set schema other",
    "alter table log detach partition log_1",
    "create type pair as (a int, b int)",
    "alter type pair add attribute c int",
    "drop schema other cascade",
];

/// These leave the schema as it is.
const NO_CHANGES: [&str; 9] = [
    "insert into book (id) values (1)",
    "truncate book",
    "vacuum full book",
    "analyze book",
    "refresh materialized view pile",
    "reindex table book",
    "create temp table scrap (id serial primary key, note text default 'x' check (note <> ''))",
    "alter table scrap add column more int",
    "drop table scrap",
];

async fn cluster(options: ClusterOptions) -> (TestCluster, Target) {
    let start = move || if options.settings.is_empty() { TestCluster::start() } else { TestCluster::with(options) };
    let cluster = tokio::task::spawn_blocking(start).await.unwrap();
    let target = Target::parse(&cluster.superuser_socket_url("postgres")).unwrap();
    (cluster, target)
}

/// A database with [`SCHEMA`], and a client of its superuser.
async fn database() -> (TestCluster, Target, Client) {
    let (cluster, target) = cluster(ClusterOptions::throwaway()).await;
    let client = target.client().await.unwrap();
    client.batch_execute(SCHEMA).await.unwrap();
    (cluster, target, client)
}

async fn start(target: &Target, poll: Duration) -> Watch {
    let options = WatchOptions { poll, settle: Duration::from_millis(10), ..WatchOptions::default() };
    let mut watch = watch(target.clone(), options);
    assert_eq!(watch.next().await, Change::Schema, "the first connection reports");
    watch
}

/// Waits for the one change that `sql` is.
async fn check(watch: &mut Watch, client: &Client, sql: &str, expect: Change) {
    client.batch_execute(sql).await.unwrap();
    assert_eq!(watch.next().await, expect, "{sql}");
}

async fn nothing_so_far(watch: &mut Watch, client: &Client, what: &str) {
    client.batch_execute("notify pgrst, 'reload config'").await.unwrap();
    assert_eq!(watch.next().await, Change::Config, "{what}");
}

#[tokio::test(flavor = "multi_thread")]
async fn event_triggers_tell() {
    let (_cluster, target, client) = database().await;
    install_ddl_notify(&client).await.unwrap();
    install_ddl_notify(&client).await.unwrap();
    let mut watch = start(&target, NEVER).await;
    for sql in CHANGES {
        check(&mut watch, &client, sql, Change::Schema).await;
    }
    for sql in NO_CHANGES {
        client.batch_execute(sql).await.unwrap();
        nothing_so_far(&mut watch, &client, sql).await;
    }
    // Somebody without any right to what is Howdah's; and what is rolled back was none.
    let plain = target.with_user("plain", Some(howdah_pg::Secret::new("plain"))).client().await.unwrap();
    check(&mut watch, &plain, "create table theirs (id int)", Change::Schema).await;
    client.batch_execute("begin; create table gone (id int); rollback").await.unwrap();
    nothing_so_far(&mut watch, &client, "what was rolled back").await;
    check(&mut watch, &client, "set session_replication_role = replica; drop table theirs", Change::Schema).await;

    let error = install_ddl_notify(&plain).await.unwrap_err();
    assert_eq!(error.server().unwrap().sqlstate, "42501");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_event_triggers_looking_finds_every_change() {
    let (_cluster, target, client) = database().await;
    let mut watch = start(&target, OFTEN).await;
    for sql in CHANGES {
        check(&mut watch, &client, sql, Change::Schema).await;
    }
    for (number, sql) in NO_CHANGES.into_iter().enumerate() {
        client.batch_execute(sql).await.unwrap();
        // Seen by looking, as the schema would be.
        let marker = format!("alter database postgres set app.marker = '{number}'");
        check(&mut watch, &client, &marker, Change::Config).await;
    }
    // As soon as they are there, the triggers take over; without them it looks again.
    check_kept(&mut watch, &client).await;
}

async fn check_kept(watch: &mut Watch, client: &Client) {
    install_ddl_notify(client).await.unwrap();
    assert_eq!(watch.next().await, Change::Schema, "a function more");
    check(watch, client, "create table told (id int)", Change::Schema).await;
    check(watch, client, "drop event trigger howdah_sql_drop; drop table told", Change::Schema).await;
    check(watch, client, "create table seen (id int)", Change::Schema).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn roles_and_settings_are_looked_at_whoever_tells_of_the_rest() {
    let (_cluster, target, client) = database().await;
    install_ddl_notify(&client).await.unwrap();
    let mut watch = start(&target, OFTEN).await;
    for (sql, expect) in [
        ("create role guest", Change::Schema),
        ("grant reader to guest", Change::Schema),
        ("revoke reader from guest", Change::Schema),
        ("alter role guest bypassrls", Change::Schema),
        ("alter role reader set statement_timeout = '3s'", Change::Config),
        ("alter database postgres set pgrst.db_schemas = 'public'", Change::Config),
        ("drop role guest", Change::Schema),
    ] {
        check(&mut watch, &client, sql, expect).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn reloads_can_be_asked_for() {
    let (_cluster, target, client) = database().await;
    let mut watch = start(&target, NEVER).await;
    check(&mut watch, &client, "notify pgrst, 'reload schema'", Change::Schema).await;
    check(&mut watch, &client, "notify pgrst, 'reload config'", Change::Config).await;
    check(&mut watch, &client, "notify pgrst", Change::Schema).await;
    assert_eq!(watch.next().await, Change::Config);
    client.batch_execute("notify pgrst, 'reload everything'; notify other, 'reload schema'").await.unwrap();
    nothing_so_far(&mut watch, &client, "what is not understood").await;

    let options = WatchOptions { channel: r#"My "own""#.to_owned(), poll: NEVER, ..WatchOptions::default() };
    let mut other = howdah_pg::watch(target, options);
    assert_eq!(other.next().await, Change::Schema);
    check(
        &mut other,
        &client,
        r#"notify pgrst, 'reload config'; notify "My ""own""", 'reload schema'"#,
        Change::Schema,
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_migration_of_many_statements_is_few_changes() {
    let (_cluster, target, client) = database().await;
    install_ddl_notify(&client).await.unwrap();
    let options = WatchOptions {
        poll: NEVER,
        settle: Duration::from_secs(1),
        at_most: Duration::from_secs(600),
        ..WatchOptions::default()
    };
    let mut watch = watch(target, options);
    assert_eq!(watch.next().await, Change::Schema);
    for number in 0..500 {
        client.batch_execute(&format!("create table t{number} (id int)")).await.unwrap();
    }
    client.batch_execute("notify pgrst, 'reload config'").await.unwrap();
    let mut reloads = 0;
    while watch.next().await == Change::Schema {
        reloads += 1;
    }
    assert!((1..10).contains(&reloads), "{reloads} reloads");
}

/// The process of the connection that watches, once there is one that is none of `not`.
async fn watcher(client: &Client, not: &[i32]) -> i32 {
    const FIND: &str = "select pid from pg_stat_activity where query like '%hash_record_extended%' and state = 'idle'
        and pid <> pg_backend_pid() and pid <> all ($1)";
    loop {
        if let Some(row) = client.query_opt(FIND, &[&not]).await.unwrap() {
            return row.get(0);
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_goes_on_after_a_lost_connection_and_a_restart() {
    for is_told in [true, false] {
        let (cluster, target, client) = database().await;
        if is_told {
            install_ddl_notify(&client).await.unwrap();
        }
        let mut watch = start(&target, if is_told { NEVER } else { OFTEN }).await;
        let first = watcher(&client, &[]).await;
        const KILL: &str = "select pg_terminate_backend($1)";
        // While nobody is connected: the fingerprint of the next connection tells.
        client.execute(KILL, &[&first]).await.unwrap();
        check(&mut watch, &client, "create table meanwhile (id int)", Change::Schema).await;
        // Nothing happened: nothing is reported.
        let second = watcher(&client, &[first]).await;
        client.execute(KILL, &[&second]).await.unwrap();
        let third = watcher(&client, &[first, second]).await;
        nothing_so_far(&mut watch, &client, "a lost connection alone").await;
        check(&mut watch, &client, "create table afterwards (id int)", Change::Schema).await;
        assert_ne!(third, second);

        let cluster = tokio::task::spawn_blocking(move || {
            cluster.stop().unwrap();
            cluster.start(&Silent).unwrap();
            cluster
        });
        let _cluster = cluster.await.unwrap();
        let client = target.client().await.unwrap();
        check(&mut watch, &client, "create table restarted (id int)", Change::Schema).await;
        watcher(&client, &[]).await;
        check(&mut watch, &client, "drop table restarted", Change::Schema).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn prepared_transactions_still_work() {
    let mut options = ClusterOptions::throwaway();
    options.settings.insert("max_prepared_transactions".to_owned(), "2".to_owned());
    let (_cluster, target) = cluster(options).await;
    let client = target.client().await.unwrap();
    client.batch_execute(SCHEMA).await.unwrap();
    install_ddl_notify(&client).await.unwrap();
    let mut watch = start(&target, OFTEN).await;
    client.batch_execute("begin; create table two (id int); prepare transaction 'two'").await.unwrap();
    check(&mut watch, &client, "commit prepared 'two'", Change::Schema).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn installing_at_once_from_many_sides() {
    let (_cluster, target, client) = database().await;
    let install = || async {
        let client = target.client().await.unwrap();
        install_ddl_notify(&client).await
    };
    let results = futures_util::future::join_all((0..6).map(|_| install())).await;
    assert!(results.iter().all(Result::is_ok), "{results:?}");
    let triggers = "select count(*) from pg_event_trigger where evtenabled = 'A'";
    assert_eq!(client.query_one(triggers, &[]).await.unwrap().get::<_, i64>(0), 2);
    // They are none of the schema.
    assert!(crate::support::catalog(&client).await.event_triggers.is_empty());
}

#[tokio::test]
async fn the_queries_have_headers() {
    const FINGERPRINT: &str = include_str!("../../src/watch/sql/fingerprint.sql");
    const NOTIFY: &str = include_str!("../../src/watch/sql/ddl_notify.sql");
    let db = howdah_testkit::TestDb::empty().await;
    db.client_login().await.prepare(FINGERPRINT).await.unwrap();
    for sql in [FINGERPRINT, NOTIFY] {
        for part in ["-- ", "\n-- Parameters: ", "\n-- Columns: ", "\n-- Needs PostgreSQL 14"] {
            assert!(sql.contains(part), "no `{part}`");
        }
    }
}
