//! Lanes and exclusive sessions: nothing of one flight reaches another, nothing runs as the login role, nothing waits
//! for long behind something slow.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use howdah_pg::Target;
use howdah_pg::lane::{
    Answer, Exclusive, Flight, Lane, LaneError, LaneOptions, LanePool, Reply, Route, Statement, Step,
};
use howdah_testkit::{Sql, TestDb};

const SCHEMA: &str = "
create table notes (id integer primary key, owner text not null default current_setting('request.claims', true), body text);
create sequence attempts;
do $$ begin
  if not exists (select from pg_roles where rolname = 'authenticated') then create role authenticated; end if;
  if not exists (select from pg_roles where rolname = 'howdah_login') then create role howdah_login noinherit; end if;
end $$;
grant authenticated to howdah_login;
grant usage on schema public to authenticated;
grant select, insert on notes to authenticated;
grant usage on sequence attempts to authenticated;
alter table notes enable row level security;
create policy own on notes to authenticated using (owner = (select current_setting('request.claims', true)));
insert into notes (id, owner) select n, 'user' || n from generate_series(1, 50) n;
";

const BECOME: &str = "select set_config('role', $1, true), set_config('request.claims', $2, true)";
pub(crate) const WHO: &str = "select current_user, coalesce(current_setting('request.claims', true), ''), (select count(*) from pg_locks where locktype = 'advisory')";

pub(crate) async fn database() -> TestDb {
    TestDb::from_sql("lane", [Sql::text("lane.sql", SCHEMA)]).await
}

pub(crate) fn target(db: &TestDb) -> Target {
    Target::parse(&db.login_url()).unwrap()
}

pub(crate) fn step(role: &str, sql: &str, params: &[&str]) -> Step {
    let params = params.iter().map(|text| Some(Bytes::copy_from_slice(text.as_bytes()))).collect();
    Step { statement: Statement::new(role, sql), params }
}

pub(crate) fn become_user(user: &str) -> Step {
    step("", BECOME, &["authenticated", user])
}

pub(crate) fn texts(reply: &Reply) -> Vec<Vec<String>> {
    let rows = reply.rows(reply.last().unwrap());
    rows.map(|row| row.map(|value| String::from_utf8(value.unwrap_or(b"NULL").to_vec()).unwrap()).collect()).collect()
}

/// Both ways to hold a connection.
pub(crate) enum Held {
    Shared(Lane),
    Alone(Box<Exclusive>),
}

impl Held {
    pub(crate) async fn both(db: &TestDb) -> [Self; 2] {
        let target = target(db);
        let lane = Lane::open(&target, &[]).await.unwrap();
        let exclusive = Exclusive::open(Arc::new(target), &[]).await.unwrap();
        [Self::Shared(lane), Self::Alone(Box::new(exclusive))]
    }

    pub(crate) async fn run(&mut self, flight: Flight) -> Result<Reply, LaneError> {
        match self {
            Self::Shared(lane) => lane.run(Arc::new(flight)).await,
            Self::Alone(exclusive) => exclusive.run(&flight).await,
        }
    }
}

pub(crate) async fn count(db: &TestDb) -> i64 {
    db.client_superuser().await.query_one("select count(*) from notes", &[]).await.unwrap().get(0)
}

#[tokio::test]
async fn whichever_message_breaks_nothing_runs_as_the_login_role() {
    let db = database().await;
    let insert = || step("authenticated", "insert into notes (id, body) values ($1, $2)", &["100", "leaked"]);
    let read = || step("authenticated", "select id, owner from notes", &[]);
    // Each breaks one message of the flight: the Parse of the settings, their Bind, their Execute, then those of the
    // statement.
    type Broken = (&'static str, fn(Step) -> Vec<Step>);
    let broken: [Broken; 9] = [
        ("parse of the settings", |main| vec![step("", "select set_config('role', ", &[]), main]),
        ("bind of the settings: too few values", |main| vec![step("", BECOME, &["authenticated"]), main]),
        ("bind of the settings: not UTF-8", |main| {
            let mut become_user = become_user("user1");
            become_user.params[1] = Some(Bytes::from_static(b"\xff\xfe"));
            vec![become_user, main]
        }),
        ("execute of the settings: no such role", |main| vec![step("", BECOME, &["nobody_at_all", "user1"]), main]),
        ("execute of the settings: a role that is not ours", |main| {
            vec![step("", BECOME, &["howdah_admin", "user1"]), main]
        }),
        ("parse of the statement", |main| vec![become_user("user1"), main, step("authenticated", "selec", &[])]),
        ("bind of the statement", |main| {
            vec![become_user("user1"), main, step("authenticated", "select $1::integer", &["x"])]
        }),
        ("execute of the statement", |main| {
            vec![become_user("user1"), main, step("authenticated", "select 1 / 0", &[])]
        }),
        ("a second role change that fails", |main| {
            vec![become_user("user1"), step("", BECOME, &["howdah_owner", "x"]), main]
        }),
    ];
    for mut held in Held::both(&db).await {
        for (what, flight) in &broken {
            for main in [insert(), read()] {
                // Twice: the second time, what could be prepared is.
                for _ in 0..2 {
                    let error = held.run(Flight::write(flight(main.clone()))).await.unwrap_err();
                    assert!(error.database().is_some(), "{what}: {error}");
                    let after = held.run(Flight::read(vec![step("", WHO, &[])])).await.unwrap();
                    assert_eq!(texts(&after)[0][..2], ["howdah_login", ""], "{what}");
                }
            }
        }
    }
    assert_eq!(count(&db).await, 50);
    // And unbroken, the same steps do work, as the role and no other.
    for (id, mut held) in ["100", "101"].into_iter().zip(Held::both(&db).await) {
        let insert = step("authenticated", "insert into notes (id, body) values ($1, $2) returning owner", &[id, "x"]);
        let reply = held.run(Flight::write(vec![become_user("user7"), insert])).await.unwrap();
        assert_eq!(texts(&reply), [["user7"]]);
        let error = held.run(Flight::read(vec![read()])).await.unwrap_err();
        assert_eq!(error.database().unwrap().code, "42501", "the login role itself may read nothing");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn flights_on_one_lane_never_mix() {
    let db = database().await;
    let lane = Lane::open(&target(&db), &[]).await.unwrap();
    let flights = (0..2000_u32).map(|n| {
        let lane = lane.clone();
        tokio::spawn(async move {
            let user = format!("user{}", n % 50 + 1);
            let steps = match n % 7 {
                3 => vec![step("", BECOME, &["no_such_role", &user]), step("authenticated", "select 1", &[])],
                5 => vec![become_user(&user), step("authenticated", "select id / 0 from notes", &[])],
                _ => vec![
                    become_user(&user),
                    step("authenticated", "select owner, current_user, $1 from notes", &[&user]),
                ],
            };
            (n, user, lane.run(Arc::new(Flight::read(steps))).await)
        })
    });
    let flights: Vec<_> = flights.collect();
    for flight in flights {
        let (n, user, reply) = flight.await.unwrap();
        match (n % 7, reply) {
            (3, Err(error)) => assert_eq!(error.database().unwrap().code, "22023"),
            (5, Err(error)) => assert_eq!(error.database().unwrap().code, "22012"),
            (_, Ok(reply)) => assert_eq!(texts(&reply), [[user.as_str(), "authenticated", user.as_str()]]),
            (_, Err(error)) => panic!("{n}: {error}"),
        }
    }
    assert_eq!(lane.flights(), 2000);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_read_on_the_shared_lane_delays_nobody_for_long_and_still_answers() {
    let db = database().await;
    let options = LaneOptions {
        lane_budget: Duration::from_millis(100),
        lane_statement_timeout: Duration::from_millis(1000),
        lanes: 1,
        ..LaneOptions::default()
    };
    let pool = LanePool::start(target(&db), options);
    pool.ready(Duration::from_secs(10)).await.unwrap();
    let slow = Flight::read(vec![become_user("user1"), step("authenticated", "select pg_sleep(1.5), 'slow'", &[])]);
    let slow = tokio::spawn({
        let pool = pool.clone();
        async move { pool.run(slow, Route::Shared).await }
    });
    tokio::time::sleep(Duration::from_millis(200)).await;
    for _ in 0..20 {
        let quick = Flight::read(vec![become_user("user2"), step("authenticated", "select owner from notes", &[])]);
        assert_eq!(texts(&pool.run(quick, Route::Shared).await.unwrap()), [["user2"]]);
    }
    assert!(!slow.is_finished(), "the quick ones waited for the slow one");
    assert_eq!(texts(&slow.await.unwrap().unwrap()), [["", "slow"]]);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_waits_behind_a_slow_read_is_answered_elsewhere() {
    let db = database().await;
    // The slow one would hold the lane for a minute; nothing but another lane can answer those behind it before.
    let options = LaneOptions { lane_statement_timeout: Duration::from_secs(60), lanes: 1, ..LaneOptions::default() };
    let pool = LanePool::start(target(&db), options);
    pool.ready(Duration::from_secs(10)).await.unwrap();
    let run = |step| {
        let pool = pool.clone();
        tokio::spawn(async move { pool.run(Flight::read(vec![become_user("user2"), step]), Route::Shared).await })
    };
    let slow = run(step("authenticated", "select pg_sleep(60)", &[]));
    // On the same lane, behind it: they are sent before anybody can know that it is slow.
    let quick: Vec<_> = (0..50).map(|_| run(step("authenticated", "select owner from notes", &[]))).collect();
    for quick in quick {
        assert_eq!(texts(&quick.await.unwrap().unwrap()), [["user2"]]);
    }
    assert!(!slow.is_finished(), "they waited for the slow one");
    assert!(pool.counters().lanes_held_up() > 0);
    slow.abort();
}

/// Waits until both of two lanes have served.
async fn both_lanes(pool: &LanePool) {
    let pid = || pool.run(Flight::read(vec![step("", "select pg_backend_pid(), pg_sleep(0.01)", &[])]), Route::Shared);
    let mut pids = std::collections::BTreeSet::new();
    while pids.len() < 2 {
        let (one, other, third) = tokio::join!(pid(), pid(), pid());
        pids.extend([one, other, third].map(|reply| texts(&reply.unwrap())));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_lane_serves_where_the_first_has_a_queue() {
    let db = database().await;
    let hour = Duration::from_secs(3600);
    // No lane is ever replaced here, and no read moves.
    let options = LaneOptions { lanes: 2, lane_budget: hour, lane_statement_timeout: hour, ..LaneOptions::default() };
    let pool = LanePool::start(target(&db), options);
    pool.ready(Duration::from_secs(10)).await.unwrap();
    let run = |sql: &str| {
        let (pool, step) = (pool.clone(), step("authenticated", sql, &[]));
        tokio::spawn(async move { pool.run(Flight::read(vec![become_user("user1"), step]), Route::Shared).await })
    };
    let pid = async || texts(&run("select pg_backend_pid()").await.unwrap().unwrap());
    both_lanes(&pool).await;
    let first = pid().await;
    for _ in 0..20 {
        assert_eq!(pid().await, first, "one after the other needs one lane");
    }
    let slow = run("select pg_sleep(600)");
    let observer = db.client_superuser().await;
    let sleeping = "select 1 from pg_stat_activity where state = 'active' and query = 'select pg_sleep(600)'";
    while observer.query(sleeping, &[]).await.unwrap().is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let other = pid().await;
    assert_ne!(other, first);
    for _ in 0..20 {
        assert_eq!(pid().await, other);
    }
    assert!(!slow.is_finished());
    slow.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn several_lanes_each_serve_and_the_pool_leaves_the_server_room() {
    let mut options = howdah_cluster::ClusterOptions::throwaway();
    options.settings.insert("max_connections".to_owned(), "15".to_owned());
    let cluster = tokio::task::spawn_blocking(move || howdah_testkit::TestCluster::with(options)).await.unwrap();
    let target = Target::parse(&cluster.superuser_socket_url("postgres")).unwrap();
    let pool = LanePool::start(target, LaneOptions { lanes: 2, exclusive: 50, ..LaneOptions::default() });
    pool.ready(Duration::from_secs(10)).await.unwrap();
    both_lanes(&pool).await;
    // 15, of which 3 are the superuser's; half of the rest, without the lanes.
    while pool.status().exclusive_max != 4 || pool.status().exclusive_busy > 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let mut sessions = Vec::new();
    for _ in 0..4 {
        sessions.push(pool.transaction().await.unwrap());
    }
    assert_eq!(pool.status().exclusive_busy, 4);
    let fifth = tokio::time::timeout(Duration::from_millis(100), pool.transaction()).await;
    assert!(fifth.is_err(), "there are four");
}

#[tokio::test]
async fn a_write_whose_connection_breaks_is_not_repeated() {
    let db = database().await;
    let pool = LanePool::start(target(&db), LaneOptions::default());
    pool.ready(Duration::from_secs(10)).await.unwrap();
    // The sequence counts attempts: it does not roll back.
    let steps = vec![
        become_user("user1"),
        step("authenticated", "insert into notes (id, body) values (100, nextval('attempts')::text)", &[]),
        step("authenticated", "select pg_sleep(60)", &[]),
    ];
    let writing = tokio::spawn({
        let pool = pool.clone();
        async move { pool.run(Flight::write(steps), Route::Exclusive).await }
    });
    let admin = db.client_superuser().await;
    let terminate = "select pg_terminate_backend(pid) from pg_stat_activity
                     where datname = current_database() and query = 'select pg_sleep(60)' and state = 'active'";
    while admin.query(terminate, &[]).await.unwrap().is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let error = writing.await.unwrap().unwrap_err();
    assert!(matches!(error, LaneError::Lost(_)), "{error}");
    let attempts = "select last_value from attempts";
    let attempts: i64 = db.client_superuser().await.query_one(attempts, &[]).await.unwrap().get(0);
    assert_eq!((attempts, count(&db).await), (1, 50));
    let next = Flight::read(vec![become_user("user1"), step("authenticated", "select owner from notes", &[])]);
    assert_eq!(texts(&pool.run(next, Route::Exclusive).await.unwrap()), [["user1"]]);
}

#[tokio::test]
async fn a_session_that_lies_idle_is_closed() {
    let db = database().await;
    let options = LaneOptions { idle_check: Duration::from_millis(200), ..LaneOptions::default() };
    let pool = LanePool::start(target(&db), options);
    pool.ready(Duration::from_secs(10)).await.unwrap();
    let reply = pool.run(Flight::read(vec![step("", "select pg_backend_pid()", &[])]), Route::Exclusive).await.unwrap();
    let process = texts(&reply)[0][0].clone();
    let admin = db.client_superuser().await;
    let is_there = format!("select exists (select from pg_stat_activity where pid = {process})");
    let gone = async {
        while admin.query_one(&is_there, &[]).await.unwrap().get(0) {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), gone).await.expect("the session stays");
    assert_eq!(pool.status().exclusive_idle, 0);
}

#[tokio::test]
async fn more_statements_than_a_connection_keeps() {
    let db = database().await;
    for mut held in Held::both(&db).await {
        for round in 0..2 {
            for n in 0..600 {
                let sql = format!("select {n}, $1::integer");
                if round == 0 && n % 100 == 0 {
                    // A value that is refused must not cost the statement, nor leave it behind on the server.
                    let refused = held.run(Flight::read(vec![step("", &sql, &["x"])])).await.unwrap_err();
                    assert_eq!(refused.database().unwrap().code, "22P02");
                }
                let reply = held.run(Flight::read(vec![step("", &sql, &["7"])])).await.unwrap();
                assert_eq!(texts(&reply), [[n.to_string(), "7".to_owned()]]);
            }
        }
        let kept =
            held.run(Flight::read(vec![step("", "select count(*) from pg_prepared_statements", &[])])).await.unwrap();
        let kept: u32 = texts(&kept)[0][0].parse().unwrap();
        assert!((500..=513).contains(&kept), "{kept} statements are kept");
    }
}

#[tokio::test]
async fn large_answers_stream_and_small_ones_do_not() {
    let db = database().await;
    let pool = LanePool::start(target(&db), LaneOptions { exclusive: 1, ..LaneOptions::default() });
    let rows = |n: u32| {
        let sql = format!("select n, repeat('x', 100) from generate_series(1, {n}) n");
        Flight::read(vec![
            become_user("user1"),
            step("authenticated", "select 42", &[]),
            step("authenticated", &sql, &[]),
        ])
    };
    match pool.stream(rows(10), 64 * 1024).await.unwrap() {
        Answer::Whole(reply) => assert_eq!(reply.last().unwrap().row_count, 10),
        Answer::Stream(_) => panic!("ten rows need no stream"),
    }
    for _ in 0..3 {
        let Answer::Stream(mut stream) = pool.stream(rows(50_000), 64 * 1024).await.unwrap() else {
            panic!("five megabytes must stream")
        };
        let before: Vec<Vec<u8>> = stream
            .before()
            .flat_map(|(_, rows)| rows.flatten().flatten().map(<[u8]>::to_vec).collect::<Vec<_>>())
            .collect();
        assert_eq!(before.last().unwrap(), b"42");
        let mut expected = 1_u32;
        let mut most = 0;
        while stream
            .next(|rows| {
                let mut here = 0;
                for row in rows {
                    let id = row.clone().next().unwrap().unwrap().to_vec();
                    assert_eq!(String::from_utf8(id).unwrap(), expected.to_string());
                    expected += 1;
                    here += 1;
                }
                most = most.max(here);
            })
            .await
            .unwrap()
        {}
        assert_eq!(expected, 50_001);
        assert!(most < 5_000, "a chunk held {most} rows");
    }
}

#[tokio::test]
async fn refused_logins_say_why() {
    let db = database().await;
    let mut wrong = target(&db);
    wrong.password = Some(howdah_pg::Secret::new("wrong"));
    let error = Lane::open(&wrong, &[]).await.unwrap_err();
    assert!(error.to_string().contains("password authentication failed"), "{error}");
    wrong.password = None;
    let error = Lane::open(&wrong, &[]).await.unwrap_err();
    assert!(error.to_string().contains("DATABASE_URL"), "{error}");
    let mut nowhere = target(&db);
    nowhere.dbname = "no_such_database".into();
    assert!(Lane::open(&nowhere, &[]).await.unwrap_err().to_string().contains("does not exist"));

    let pool =
        LanePool::start(wrong, LaneOptions { outage_grace: Duration::from_millis(10), ..LaneOptions::default() });
    let error = pool.run(Flight::read(vec![step("", "select 1", &[])]), Route::Shared).await.unwrap_err();
    assert!(matches!(error, LaneError::Down(_)), "{error}");
    assert!(!pool.status().up);
}

#[tokio::test]
async fn the_query_has_a_header() {
    const ROOM: &str = include_str!("../../src/lane/sql/room.sql");
    database().await.client_login().await.prepare(ROOM).await.unwrap();
    for part in ["-- ", "\n-- Parameters: none", "\n-- Columns: ", "\n-- Needs PostgreSQL 14"] {
        assert!(ROOM.contains(part), "no `{part}`");
    }
}

#[tokio::test]
async fn what_pools_do_is_counted_across_them() {
    let db = database().await;
    let acquire_timeout = Duration::from_millis(20);
    let options = || LaneOptions { lanes: 1, exclusive: 1, acquire_timeout, ..LaneOptions::default() };
    let first = LanePool::start(target(&db), options());
    let counters = Arc::clone(first.counters());
    first.ready(Duration::from_secs(30)).await.unwrap();
    let flight = || Flight::read(vec![become_user("user1"), step("authenticated", "select 1", &[])]);
    first.run(flight(), Route::Shared).await.unwrap();
    let held = first.transaction().await.unwrap();
    let error = first.run(flight(), Route::Exclusive).await.unwrap_err();
    assert!(matches!(error, LaneError::Busy(_)), "{error}");
    drop(held);
    let second = LanePool::counted(target(&db), options(), counters);
    drop(first);
    second.ready(Duration::from_secs(30)).await.unwrap();
    second.run(flight(), Route::Exclusive).await.unwrap();
    let counters = second.counters();
    assert_eq!((counters.lane_flights(), counters.sessions_taken()), (1, 2));
    assert_eq!((counters.timeouts(), counters.waiting(), counters.lanes_held_up()), (1, 0, 0));
    let status = second.status();
    assert_eq!((status.lanes, status.lanes_up, status.lane_flights), (1, 1, 0));
}
