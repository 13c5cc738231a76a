//! What a flight says of its own transaction: how long its statements may take, and how far it is kept apart from others.

use std::time::Duration;

use howdah_pg::lane::{Answer, Flight, Isolation, LaneError, LaneOptions, LanePool, Route, Step, TimeLimit};
use howdah_testkit::TestDb;

use crate::lane::{Held, become_user, database, step, target, texts};

/// The lane cuts off after this, sessions never.
const LANE_LIMIT: Duration = Duration::from_millis(300);

/// All of them take longer than two seconds, the first ones do not.
const SLOW_ROWS: &str = "select n, repeat('x', 1000), pg_sleep(0.005) from generate_series(1, 500) n";

async fn pool(db: &TestDb) -> LanePool {
    let options =
        LaneOptions { lane_statement_timeout: LANE_LIMIT, statement_timeout: Duration::ZERO, ..LaneOptions::default() };
    let pool = LanePool::start(target(db), options);
    pool.ready(Duration::from_secs(10)).await.unwrap();
    pool
}

/// A flight that sets a limit of so many milliseconds, and says so to whoever runs it.
fn limited(milliseconds: u64, statements: Vec<Step>) -> Flight {
    let value = milliseconds.to_string();
    let set = step(
        "",
        "select set_config('role', $1, true), set_config('statement_timeout', $2, true)",
        &["authenticated", &value],
    );
    let limit = TimeLimit { step: 0, param: 1, limit: Duration::from_millis(milliseconds) };
    Flight::read(std::iter::once(set).chain(statements).collect()).limited(Some(limit))
}

/// Counts how often it is sent, which no rollback takes back, and takes so many seconds.
fn counted(seconds: &str) -> Vec<Step> {
    vec![
        step("authenticated", "select nextval('attempts')", &[]),
        step("authenticated", "select pg_sleep($1::double precision)", &[seconds]),
        step("authenticated", "select current_user", &[]),
    ]
}

async fn attempts(db: &TestDb) -> i64 {
    let sql = "select case when is_called then last_value else 0 end from attempts";
    db.client_superuser().await.query_one(sql, &[]).await.unwrap().get(0)
}

fn is_cut_off(error: &LaneError) -> bool {
    error.database().is_some_and(|error| error.code == "57014")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_of_its_own_holds_on_the_lane_and_beside_it() {
    let db = database().await;
    let pool = pool(&db).await;
    // Shorter than the lane's: what was cut off is not tried elsewhere.
    for (route, sent) in [(Route::Shared, 1), (Route::Exclusive, 2)] {
        let error = pool.run(limited(100, counted("60")), route).await.unwrap_err();
        assert!(is_cut_off(&error), "{error}");
        assert_eq!(attempts(&db).await, sent);
    }
    // Longer, or none: the lane is not held for it, and it has its time on a session.
    for (limit, sent) in [(60_000, 4), (0, 6)] {
        let reply = pool.run(limited(limit, counted("0.6")), Route::Shared).await.unwrap();
        assert_eq!((texts(&reply), attempts(&db).await), (vec![vec!["authenticated".to_owned()]], sent), "{limit}");
    }
    // Nothing of it is left on the connections, and without one of its own the lane's holds.
    let limit = || Flight::read(vec![step("", "select current_setting('statement_timeout')", &[])]);
    assert_eq!(texts(&pool.run(limit(), Route::Shared).await.unwrap()), [["300ms"]]);
    assert_eq!(texts(&pool.run(limit(), Route::Exclusive).await.unwrap()), [["0"]]);
    assert!(pool.status().up);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_of_its_own_holds_until_rows_begin_to_come() {
    let db = database().await;
    let pool = pool(&db).await;
    let Err(error) = pool.stream(limited(100, counted("60")), 1024).await else { panic!("it was not cut off") };
    assert!(is_cut_off(&error), "{error}");
    let flight = limited(2_000, vec![step("authenticated", SLOW_ROWS, &[])]);
    let Answer::Stream(mut stream) = pool.stream(flight, 1024).await.unwrap() else { panic!("it does not stream") };
    let mut rows = 0;
    while stream.next(|here| rows += here.count()).await.unwrap() {}
    assert_eq!(rows, 500);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_pool_has_no_limit_that_of_the_login_role_holds() {
    let db = database().await;
    let limit = format!("alter role howdah_login in database {} set statement_timeout = '2s'", db.name());
    db.client_superuser().await.batch_execute(&limit).await.unwrap();
    let pool = pool(&db).await;
    let flight = |sql: &str| Flight::read(vec![become_user("user1"), step("authenticated", sql, &[])]);
    let error = pool.run(flight("select pg_sleep(60)"), Route::Exclusive).await.unwrap_err();
    assert!(is_cut_off(&error), "{error}");
    let Err(error) = pool.stream(flight("select pg_sleep(60)"), 1024).await else { panic!("it was not cut off") };
    assert!(is_cut_off(&error), "{error}");
    let Answer::Stream(mut stream) = pool.stream(flight(SLOW_ROWS), 1024).await.unwrap() else { panic!("no stream") };
    let mut rows = 0;
    while stream.next(|here| rows += here.count()).await.unwrap() {}
    assert_eq!(rows, 500);
}

#[tokio::test]
async fn a_flight_is_of_the_level_it_says_and_the_next_one_is_not() {
    const LEVEL: &str = "select current_setting('transaction_isolation'), current_user";
    let db = database().await;
    let levels = [
        (Some(Isolation::Serializable), "serializable"),
        (None, "read committed"),
        (Some(Isolation::RepeatableRead), "repeatable read"),
        (Some(Isolation::ReadCommitted), "read committed"),
    ];
    let flight = |isolation| {
        let steps = vec![become_user("user1"), step("authenticated", LEVEL, &[])];
        Flight::read(steps).isolated(isolation)
    };
    for mut held in Held::both(&db).await {
        // Twice: the second time, everything is prepared.
        for (isolation, name) in levels.into_iter().chain(levels) {
            assert_eq!(texts(&held.run(flight(isolation)).await.unwrap()), [[name, "authenticated"]]);
        }
        // After an error, too.
        let wrong = vec![become_user("user1"), step("authenticated", "select 1 / 0", &[])];
        held.run(Flight::write(wrong).isolated(Some(Isolation::Serializable))).await.unwrap_err();
        assert_eq!(texts(&held.run(flight(None)).await.unwrap()), [["read committed", "authenticated"]]);
    }
    let pool = pool(&db).await;
    for (isolation, name) in levels {
        // A limit that is lifted for a stream comes before the caller's steps, but not before the level.
        let whole = LaneOptions { statement_timeout: Duration::from_secs(60), ..LaneOptions::default() };
        let hurried = LanePool::start(target(&db), whole);
        for pool in [&pool, &hurried] {
            let Answer::Whole(reply) = pool.stream(flight(isolation), 1 << 20).await.unwrap() else {
                panic!("a stream")
            };
            assert_eq!(texts(&reply), [[name, "authenticated"]]);
        }
        let mut transaction = pool.transaction().await.unwrap();
        assert_eq!(texts(&transaction.run(flight(isolation)).await.unwrap()), [[name, "authenticated"]]);
        assert_eq!(texts(&transaction.run(flight(None)).await.unwrap()), [[name, "authenticated"]]);
        transaction.commit().await.unwrap();
    }
}
