//! What is refused, and that a refusal leaves nothing behind.

use crate::common::{hash, one, plan, seed, seeded};
use howdah_data::calendar::Day;
use howdah_data::demo::{self, MOST_ROWS, Plan};
use howdah_testkit::TestDb;

/// Seeds after some SQL and expects this code, and no account made.
async fn check(prepare: &str, asked: Plan, code: &str, words: &[&str]) {
    let db = TestDb::template("personal").await;
    db.client_superuser().await.batch_execute(prepare).await.unwrap();
    let mut client = db.client_owner().await;
    let error = seed(&mut client, &asked).await.expect_err("it should be refused");
    assert_eq!(error.code(), code, "{error}");
    for word in words {
        assert!(error.to_string().contains(word), "{word:?} is not in {error}");
    }
    // The session is still good, and nothing is half done.
    let accounts: i64 =
        one(&db.client_superuser().await, "select count(*) from auth.users where metadata ? 'demo'", &[]).await;
    assert_eq!(accounts, 0);
    assert_eq!(one::<String>(&client, "select current_user::text", &[]).await, "howdah_owner");
}

#[tokio::test]
async fn an_unknown_schema_is_told() {
    let db = TestDb::empty().await;
    let error = seed(&mut db.client_owner().await, &plan(1, 10)).await.unwrap_err();
    assert_eq!(error.code(), "demo-unknown-schema");
    assert!(error.to_string().contains("personal"), "{error}");
}

#[tokio::test]
async fn an_address_that_is_taken_is_told() {
    let ada = "insert into auth.users (email) values ('Ada@Example.com')";
    check(ada, plan(1, 10), "demo-email-taken", &["Ada@Example.com"]).await;
}

#[tokio::test]
async fn a_refused_row_names_its_table_and_undoes_all() {
    let strict = "alter table public.health_records add constraint chk_strict check (record_type <> 'vital_sign')";
    check(strict, plan(1, 10), "demo-refused", &["public.health_records", "chk_strict", "23514"]).await;
}

#[tokio::test]
async fn too_many_rows_are_told() {
    check("", plan(1, MOST_ROWS + 1), "demo-too-many-rows", &["10000000"]).await;
}

#[tokio::test]
async fn two_plans_do_not_mix() {
    let db = TestDb::template("personal").await;
    let mut client = db.client_owner().await;
    let first = plan(1, 50);
    seeded(&mut client, &first).await;
    let others = [plan(2, 50), plan(1, 60), Plan { anchor: Day::from_ymd(2026, 7, 1), ..first }];
    for other in others {
        let error = seed(&mut client, &other).await.unwrap_err();
        assert_eq!(error.code(), "demo-other-plan");
        assert!(error.to_string().contains("seed 1, 50 rows, up to 2026-06-30"), "{error}");
    }
}

#[tokio::test]
async fn a_role_without_the_right_is_told() {
    let db = TestDb::template("personal").await;
    // Roles belong to the whole cluster, which other tests share: the name is this database's.
    let stranger = format!("stranger_of_{}", db.name());
    let superuser = db.client_superuser().await;
    superuser.batch_execute(&format!("create role {stranger} login password 'x'")).await.unwrap();
    let url = format!("postgres://{stranger}:x@127.0.0.1:{}/{}?sslmode=disable", db.port(), db.name());
    let (mut client, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await.unwrap();
    let connection = tokio::spawn(connection);
    let error = seed(&mut client, &plan(1, 10)).await.unwrap_err();
    assert_eq!(error.code(), "demo-not-permitted", "{error}");
    assert!(error.to_string().contains("owner of the schema"), "{error}");
    drop(client);
    connection.await.unwrap().unwrap();
    superuser.batch_execute(&format!("drop role {stranger}")).await.unwrap();
}

/// The login of a server owns nothing; it may seed because it may become the two roles.
#[tokio::test]
async fn the_login_of_the_server_may_seed() {
    let db = TestDb::template("personal").await;
    seeded(&mut db.client_login().await, &plan(1, 10)).await;
}

#[tokio::test]
async fn a_changed_schema_is_filled_as_far_as_it_goes() {
    let db = TestDb::template("personal").await;
    let superuser = db.client_superuser().await;
    superuser
        .batch_execute("alter table public.bookmarks drop column folder cascade; drop table public.shares cascade; alter table public.notes add column mood text not null default 'calm'")
        .await
        .unwrap();
    let report = seed(&mut db.client_owner().await, &plan(1, 100)).await.unwrap();
    assert_eq!(report.left_out, ["public.bookmarks.folder", "public.shares"]);
    assert!(one::<i64>(&superuser, "select count(*) from public.bookmarks", &[]).await >= 4);
}

/// The caller hashes, once for each person who has no account yet.
#[tokio::test]
async fn passwords_are_hashed_by_the_caller() {
    let db = TestDb::template("personal").await;
    let mut client = db.client_owner().await;
    let calls = std::sync::Mutex::new(Vec::new());
    let counting = |password: &str| {
        calls.lock().unwrap().push(password.to_owned());
        hash(password)
    };
    for _ in 0..2 {
        demo::seed(&mut client, &plan(1, 10), &counting, &()).await.unwrap();
    }
    let passwords: Vec<&str> = demo::people().iter().map(|person| person.password).collect();
    assert_eq!(*calls.lock().unwrap(), passwords);
    let superuser = db.client_superuser().await;
    for person in demo::people() {
        let sql = "select password_hash from auth.users where id = $1 and email = $2";
        let stored: String = one(&superuser, sql, &[&person.user_id(1), &person.email]).await;
        assert_eq!(stored, hash(person.password));
    }
}
