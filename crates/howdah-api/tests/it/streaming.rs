//! Answers too large to hold.

use std::time::Duration;

use howdah_api::ApiOptions;
use howdah_pg::lane::LaneOptions;

use crate::server::{ADA, Server, kinds};

#[tokio::test]
async fn a_large_answer_comes_whole_and_the_session_goes_on() {
    let db = kinds().await;
    let owner = db.client_owner().await;
    let fill =
        "insert into kinds (small, name) select n % 1000, repeat('x', 1000) || n from generate_series(1, 5000) n";
    owner.batch_execute(fill).await.unwrap();
    let lanes = LaneOptions { exclusive: 1, ..LaneOptions::default() };
    let server = Server::start(&db.login_url(), lanes, ApiOptions::default()).await;
    let token = server.token(ADA);
    for _ in 0..3 {
        let answer = server.get("kinds?select=id,name&order=id", Some(&token)).await;
        assert_eq!(answer.header("content-range"), Some("0-*/*"));
        let rows = answer.json();
        let rows = rows.as_array().unwrap();
        assert_eq!(rows.len(), 5000);
        assert!(rows.iter().enumerate().all(|(at, row)| row["id"] == at + 1));
    }
}

#[tokio::test]
async fn a_client_that_goes_away_frees_its_session() {
    let db = kinds().await;
    let owner = db.client_owner().await;
    let fill = "insert into kinds (name) select repeat('x', 1000) from generate_series(1, 10000) n";
    owner.batch_execute(fill).await.unwrap();
    let lanes = LaneOptions { exclusive: 1, ..LaneOptions::default() };
    let server = Server::start(&db.login_url(), lanes, ApiOptions::default()).await;
    let token = server.token(ADA);
    for _ in 0..3 {
        let mut response = server.request(reqwest::Method::GET, "kinds", Some(&token)).send().await.unwrap();
        assert!(response.chunk().await.unwrap().is_some());
        drop(response);
    }
    // The only session must come free for this one.
    let answer = server.get("kinds?select=id&limit=2&order=id", Some(&token)).await;
    assert_eq!(answer.json().as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn an_error_in_the_middle_breaks_the_answer_off() {
    let db = kinds().await;
    let owner = db.client_owner().await;
    owner
        .batch_execute(
            "insert into kinds (small, name) select 1, repeat('x', 1000) from generate_series(1, 5000) n;
             insert into kinds (small) values (0);
             create view failing with (security_invoker = true) as select id, name, 1 / small as part from kinds;
             grant select on failing to authenticated;",
        )
        .await
        .unwrap();
    let server = Server::over(&db).await;
    let sent = server.request(reqwest::Method::GET, "failing", Some(&server.token(ADA))).send().await;
    // The connection may break before the client has read the head of the answer.
    if let Ok(response) = sent {
        assert_eq!(response.status().as_u16(), 200);
        assert!(response.text().await.is_err(), "a broken answer must not look whole");
    }
}

/// Twenty rows, each of which takes its time and fills what PostgreSQL sends at once.
const SLOW: &str = "
create view slow as
  select g.i, repeat('x', 9000) as pad from generate_series(1, 20) g (i) cross join lateral (select pg_sleep(0.1), g.i) s;
create view late as select 1 as i from pg_sleep(10);
grant select on slow, late to authenticated;
";

#[tokio::test]
async fn the_limit_of_a_statement_holds_until_its_rows_come() {
    let db = kinds().await;
    db.client_owner().await.batch_execute(SLOW).await.unwrap();
    let lanes = LaneOptions { statement_timeout: Duration::from_secs(1), ..LaneOptions::default() };
    let options = ApiOptions { stream_above: 1024, ..ApiOptions::default() };
    let server = Server::start(&db.login_url(), lanes, options).await;
    let token = server.token(ADA);
    // Two seconds of rows, of which the first comes at once.
    assert_eq!(server.rows("slow?select=i,pad", &token).await.as_array().unwrap().len(), 20);
    let answer = server.get("late", Some(&token)).await;
    assert_eq!(answer.json()["code"], "57014", "{}", answer.text);
}
