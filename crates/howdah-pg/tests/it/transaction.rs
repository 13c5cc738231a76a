//! Transactions of several flights, and flights that leave nothing: what is answered, what remains, and in which state the
//! connection is afterwards.

use std::time::Duration;

use crate::lane::{Held, WHO, become_user, count, database, step, target, texts};
use howdah_pg::lane::{Answer, Flight, LaneError, LaneOptions, LanePool, Reply, Route};
use howdah_testkit::TestDb;

const INSERT: &str = "insert into notes (id, body) values ($1, 'x') returning id, owner";
const DEFERRED: &str = "
create table pair (id integer primary key, other integer references pair deferrable initially deferred);
grant select, insert on pair to authenticated";

/// One session, so that whatever a transaction leaves on it shows.
async fn pool(db: &TestDb) -> LanePool {
    let pool = LanePool::start(target(db), LaneOptions { exclusive: 1, ..LaneOptions::default() });
    pool.ready(Duration::from_secs(10)).await.unwrap();
    pool
}

fn insert(id: u32) -> Flight {
    Flight::write(vec![step("authenticated", INSERT, &[&id.to_string()])])
}

fn insert_as(user: &str, id: u32) -> Flight {
    Flight::write(vec![become_user(user), step("authenticated", INSERT, &[&id.to_string()])])
}

fn sqlstate(error: &LaneError) -> &str {
    error.database().map_or(error.code(), |error| &error.code)
}

/// The session is in the pool, belongs to nobody and is in no transaction: two flights of their own get two times.
async fn assert_clean(pool: &LanePool, what: &str) {
    let ask = || Flight::read(vec![step("", WHO, &[]), step("", "select now()", &[])]);
    assert_eq!(pool.status().exclusive_busy, 0, "{what}");
    assert_eq!(pool.status().exclusive_idle, 1, "{what}: the session was to be kept");
    let first = pool.run(ask(), Route::Exclusive).await.unwrap();
    let second = pool.run(ask(), Route::Exclusive).await.unwrap();
    let who: Vec<_> = first.rows(&first.steps()[0]).next().unwrap().map(|value| value.unwrap().to_vec()).collect();
    assert_eq!(who[..2], [b"howdah_login".to_vec(), b"".to_vec()], "{what}");
    assert_ne!(texts(&first), texts(&second), "{what}: still in one transaction");
}

/// No session of the login role is in a transaction any more.
async fn nobody_left(db: &TestDb) {
    let admin = db.client_superuser().await;
    let left = "select count(*) from pg_stat_activity
                where datname = current_database() and usename = 'howdah_login' and xact_start is not null";
    while admin.query_one(left, &[]).await.unwrap().get::<_, i64>(0) > 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn flights_commit_together_under_the_first_ones_settings() {
    let db = database().await;
    let pool = pool(&db).await;
    let mut transaction = pool.transaction().await.unwrap();
    let reply = transaction.run(insert_as("user7", 100)).await.unwrap();
    assert_eq!((reply.steps().len(), texts(&reply)), (2, vec![vec!["100".to_owned(), "user7".to_owned()]]));
    let reply = transaction.run(insert(101)).await.unwrap();
    assert_eq!((reply.steps().len(), texts(&reply)), (1, vec![vec!["101".to_owned(), "user7".to_owned()]]));
    let seen = Flight::read(vec![step("authenticated", "select count(*), current_user from notes", &[])]);
    assert_eq!(texts(&transaction.run(seen).await.unwrap()), [["3", "authenticated"]]);
    assert_eq!(count(&db).await, 50);
    transaction.commit().await.unwrap();
    assert_eq!(count(&db).await, 52);
    assert_clean(&pool, "after a commit").await;

    let mut transaction = pool.transaction().await.unwrap();
    transaction.run(insert_as("user7", 102)).await.unwrap();
    transaction.rollback().await.unwrap();
    assert_clean(&pool, "after a rollback").await;
    pool.transaction().await.unwrap().commit().await.unwrap();
    pool.transaction().await.unwrap().rollback().await.unwrap();
    assert_clean(&pool, "after transactions of nothing").await;
    assert_eq!(count(&db).await, 52);
}

#[tokio::test]
async fn an_error_undoes_what_came_before_and_stops_what_comes_after() {
    let db = database().await;
    let pool = pool(&db).await;
    type Broken = (&'static str, fn() -> Flight);
    let broken: [Broken; 4] = [
        ("a duplicate key", || insert(1)),
        ("a syntax error", || Flight::write(vec![step("authenticated", "selec", &[])])),
        ("a value that is none", || Flight::write(vec![step("authenticated", INSERT, &["x"])])),
        ("an error after a write", || {
            Flight::write(vec![step("authenticated", INSERT, &["102"]), step("authenticated", "select 1 / 0", &[])])
        }),
    ];
    for (what, broken) in broken {
        for is_committed in [true, false] {
            let mut transaction = pool.transaction().await.unwrap();
            transaction.run(insert_as("user1", 100)).await.unwrap();
            transaction.run(insert(101)).await.unwrap();
            let error = transaction.run(broken()).await.unwrap_err();
            assert!(error.database().is_some(), "{what}: {error}");
            assert_eq!(sqlstate(&transaction.run(insert(103)).await.unwrap_err()), "lane-protocol", "{what}");
            if is_committed {
                assert_eq!(sqlstate(&transaction.commit().await.unwrap_err()), "lane-protocol", "{what}");
            } else {
                transaction.rollback().await.unwrap();
            }
            assert_clean(&pool, what).await;
        }
    }
    assert_eq!(count(&db).await, 50);
}

#[tokio::test]
async fn nothing_runs_without_the_settings() {
    let db = database().await;
    db.client_owner().await.batch_execute("grant insert on notes to howdah_login").await.unwrap();
    let pool = pool(&db).await;
    for role in ["nobody_at_all", "howdah_admin"] {
        let mut transaction = pool.transaction().await.unwrap();
        let set = step("", "select set_config('role', $1, true)", &[role]);
        let insert_bare = || step("", "insert into notes (id, owner) values (100, 'x')", &[]);
        transaction.run(Flight::write(vec![set, insert_bare()])).await.unwrap_err();
        let error = transaction.run(Flight::write(vec![insert_bare()])).await.unwrap_err();
        assert_eq!(sqlstate(&error), "lane-protocol");
        transaction.commit().await.unwrap_err();
        assert_clean(&pool, role).await;
    }
    assert_eq!(count(&db).await, 50);
}

#[tokio::test]
async fn a_transaction_that_is_dropped_is_undone() {
    let db = database().await;
    let pool = pool(&db).await;
    let mut transaction = pool.transaction().await.unwrap();
    transaction.run(insert_as("user1", 100)).await.unwrap();
    drop(transaction);
    nobody_left(&db).await;
    assert_eq!(pool.status().exclusive_busy, 0);

    // In the middle of a flight, too: the server stops working on it.
    let mut transaction = pool.transaction().await.unwrap();
    transaction.run(insert_as("user1", 100)).await.unwrap();
    let sleep = Flight::write(vec![step("authenticated", "select pg_sleep(600)", &[])]);
    let given_up = tokio::time::timeout(Duration::from_millis(100), transaction.run(sleep)).await;
    assert!(given_up.is_err());
    assert_eq!(sqlstate(&transaction.run(insert(101)).await.unwrap_err()), "lane-protocol");
    assert_eq!(sqlstate(&transaction.commit().await.unwrap_err()), "lane-protocol");
    nobody_left(&db).await;
    assert_eq!(count(&db).await, 50);
    let reply = pool.run(insert_as("user1", 100), Route::Exclusive).await.unwrap();
    assert_eq!(texts(&reply), [["100", "user1"]]);
}

#[tokio::test]
async fn a_commit_that_is_refused_keeps_nothing() {
    let db = database().await;
    db.client_owner().await.batch_execute(DEFERRED).await.unwrap();
    let pool = pool(&db).await;
    let pair = |id: &str, other: &str| {
        Flight::write(vec![
            become_user("user1"),
            step("authenticated", "insert into pair values ($1::int, $2::int)", &[id, other]),
        ])
    };
    let mut transaction = pool.transaction().await.unwrap();
    transaction.run(pair("1", "2")).await.unwrap();
    assert_eq!(sqlstate(&transaction.commit().await.unwrap_err()), "23503");
    assert_clean(&pool, "a refused commit").await;
    let mut transaction = pool.transaction().await.unwrap();
    transaction.run(pair("1", "2")).await.unwrap();
    transaction.run(pair("2", "1")).await.unwrap();
    transaction.commit().await.unwrap();
    let pairs = db.client_owner().await.query_one("select count(*) from pair", &[]).await.unwrap();
    assert_eq!(pairs.get::<_, i64>(0), 2);
}

#[tokio::test]
async fn rows_arrive_in_many_flights() {
    let db = database().await;
    let pool = pool(&db).await;
    let mut transaction = pool.transaction().await.unwrap();
    transaction.run(Flight::write(vec![become_user("user1")])).await.unwrap();
    let sql = "insert into notes (id, body) select (r ->> 'id')::int, r ->> 'body' from json_array_elements($1) r";
    for batch in 0..100_u32 {
        let rows: Vec<_> =
            (0..200).map(|n| format!(r#"{{"id": {}, "body": "row {n}"}}"#, 1000 + batch * 200 + n)).collect();
        let rows = format!("[{}]", rows.join(","));
        let reply = transaction.run(Flight::write(vec![step("authenticated", sql, &[&rows])])).await.unwrap();
        assert_eq!(reply.last().unwrap().affected(), 200);
    }
    assert_eq!(count(&db).await, 50);
    transaction.commit().await.unwrap();
    assert_eq!(count(&db).await, 20_050);
    assert_clean(&pool, "after many flights").await;
}

#[tokio::test]
async fn a_statement_that_the_schema_left_behind_is_prepared_anew_where_a_transaction_begins() {
    let db = database().await;
    let pool = pool(&db).await;
    let owner = db.client_owner().await;
    let all = || Flight::read(vec![become_user("user1"), step("authenticated", "select * from notes", &[])]);
    for columns in 3..6 {
        let mut transaction = pool.transaction().await.unwrap();
        assert_eq!(texts(&transaction.run(all()).await.unwrap())[0].len(), columns);
        transaction.commit().await.unwrap();
        owner.batch_execute(&format!("alter table notes add column c{columns} int")).await.unwrap();
    }
}

#[tokio::test]
async fn who_ends_a_transaction_or_begins_one_inside_a_flight_loses_the_session() {
    let db = database().await;
    let pool = pool(&db).await;
    let mut transaction = pool.transaction().await.unwrap();
    let steps = vec![become_user("user1"), step("", "rollback", &[])];
    assert_eq!(sqlstate(&transaction.run(Flight::write(steps)).await.unwrap_err()), "lane-protocol");
    transaction.rollback().await.unwrap();

    let begin =
        || Flight::write(vec![step("", "begin", &[]), become_user("user1"), step("authenticated", INSERT, &["100"])]);
    for mut held in Held::both(&db).await {
        held.run(begin()).await.unwrap_err();
        let after = held.run(Flight::read(vec![step("", WHO, &[])])).await;
        assert!(after.is_err(), "the connection was to be closed");
    }
    pool.run(begin(), Route::Exclusive).await.unwrap_err();
    nobody_left(&db).await;
    assert_eq!(count(&db).await, 50);
}

#[tokio::test]
async fn a_flight_rolled_back_answers_and_leaves_nothing() {
    let db = database().await;
    db.client_owner().await.batch_execute(DEFERRED).await.unwrap();
    let pair =
        |id: &str, other: &str| step("authenticated", "insert into pair values ($1::int, $2::int)", &[id, other]);
    let who = || Flight::read(vec![step("", WHO, &[])]);
    for mut held in Held::both(&db).await {
        // Twice: the second time, everything is prepared.
        for _ in 0..2 {
            let reply = held.run(insert_as("user7", 100).rolled_back()).await.unwrap();
            let answer: &Reply = &reply;
            assert_eq!((answer.steps().len(), texts(answer)), (2, vec![vec!["100".to_owned(), "user7".to_owned()]]));
            assert_eq!(texts(&held.run(who()).await.unwrap())[0][..2], ["howdah_login", ""]);

            let deferred = Flight::write(vec![become_user("user1"), pair("1", "2")]).rolled_back();
            assert_eq!(sqlstate(&held.run(deferred).await.unwrap_err()), "23503", "a deferred constraint speaks");
            let deferred = Flight::write(vec![become_user("user1"), pair("1", "2"), pair("2", "1")]).rolled_back();
            assert_eq!(held.run(deferred).await.unwrap().last().unwrap().tag, "INSERT 0 1");

            let middle =
                vec![become_user("user1"), pair("5", "5"), step("authenticated", INSERT, &["1"]), pair("6", "6")];
            assert_eq!(sqlstate(&held.run(Flight::write(middle).rolled_back()).await.unwrap_err()), "23505");
            let settings = vec![step("", "select set_config('role', 'nobody_at_all', true)", &[]), pair("5", "5")];
            assert_eq!(sqlstate(&held.run(Flight::write(settings).rolled_back()).await.unwrap_err()), "22023");
            assert_eq!(texts(&held.run(who()).await.unwrap())[0][..2], ["howdah_login", ""]);
        }
    }
    let owner = db.client_owner().await;
    assert_eq!(owner.query_one("select count(*) from pair", &[]).await.unwrap().get::<_, i64>(0), 0);
    assert_eq!(count(&db).await, 50);

    let pool = pool(&db).await;
    pool.run(insert_as("user1", 100).rolled_back(), Route::Exclusive).await.unwrap();
    assert_clean(&pool, "after a flight rolled back").await;
    // A large answer is held: were it streamed, an error of a constraint would come too late.
    let many = "select n, repeat('x', 100) from generate_series(1, 20000) n";
    let many = Flight::write(vec![become_user("user1"), step("authenticated", many, &[])]).rolled_back();
    let Answer::Whole(reply) = pool.stream(many, 64 * 1024).await.unwrap() else { panic!("it streamed") };
    assert_eq!(reply.last().unwrap().row_count, 20_000);
    assert_clean(&pool, "after a large one").await;
    // And what is not rolled back stays.
    pool.run(insert_as("user1", 100), Route::Exclusive).await.unwrap();
    assert_eq!(count(&db).await, 51);
}
