//! The API's description: made once, and never of what the caller may do no more.

use howdah_api::ApiOptions;
use howdah_pg::lane::LaneOptions;
use reqwest::Method;

use crate::server::{ADA, Answer, Server, kinds};

/// Descriptions that have been made so far.
async fn made(server: &Server) -> u64 {
    let text = server.metrics().await;
    let line = text.lines().find_map(|line| line.strip_prefix("howdah_description_cache_misses_total "));
    line.unwrap_or_else(|| panic!("{text}")).parse().unwrap()
}

fn tag(answer: &Answer) -> String {
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.text);
    answer.header("etag").unwrap().to_owned()
}

async fn asked(server: &Server, path: &str, token: &str, header: (&str, &str)) -> Answer {
    server.send(server.request(Method::GET, path, Some(token)).header(header.0, header.1)).await
}

#[tokio::test]
async fn it_is_made_once_and_need_not_be_sent_again() {
    let db = kinds().await;
    let server = Server::over(&db).await;
    let token = server.token(ADA);
    for (path, number) in [("openapi.json", 1), ("", 2)] {
        let first = server.get(path, Some(&token)).await;
        let again = server.get(path, Some(&token)).await;
        assert_eq!((tag(&first), &first.text), (tag(&again), &again.text));
        let known = asked(&server, path, &token, ("if-none-match", &tag(&first))).await;
        assert_eq!((known.status.as_u16(), known.text.as_str()), (304, ""));
        assert_eq!(known.header("etag"), first.header("etag"));
        let head = server.send(server.request(Method::HEAD, path, Some(&token))).await;
        assert_eq!((tag(&head), head.text.as_str()), (tag(&first), ""));
        // The same as another media type is another representation, and no other document.
        let json = asked(&server, path, &token, ("accept", "application/json")).await;
        assert_eq!(json.header("content-type"), Some("application/json; charset=utf-8"));
        assert_eq!(json.text, first.text);
        assert_ne!(tag(&json), tag(&first));
        assert_eq!(made(&server).await, number, "{path}");
    }
    // Somebody else may do less, so it is another.
    let theirs = server.get("openapi.json", None).await;
    assert_ne!(tag(&theirs), tag(&server.get("openapi.json", Some(&token)).await));
    assert_eq!(made(&server).await, 3);
}

#[tokio::test]
async fn grants_show_at_once_and_a_new_schema_when_it_has_been_read() {
    let db = kinds().await;
    let owner = db.client_owner().await;
    let server = Server::over(&db).await;
    let token = server.token(ADA);
    let deletes = |answer: &Answer| answer.json()["paths"]["/kinds"]["delete"].is_object();
    let before = server.get("openapi.json", Some(&token)).await;
    assert!(deletes(&before));
    // Nobody here notices it: the schema is read once.
    owner.batch_execute("revoke delete on kinds from authenticated").await.unwrap();
    let revoked = asked(&server, "openapi.json", &token, ("if-none-match", &tag(&before))).await;
    assert!(!deletes(&revoked), "{}", revoked.text);
    assert_eq!(made(&server).await, 2);
    owner.batch_execute("grant delete on kinds to authenticated").await.unwrap();
    assert_eq!(tag(&server.get("openapi.json", Some(&token)).await), tag(&before));
    assert_eq!(made(&server).await, 2, "it was kept");

    owner.batch_execute("alter table kinds add column later text").await.unwrap();
    server.api.reload().await.unwrap();
    let after = server.get("openapi.json", Some(&token)).await;
    assert!(after.text.contains("\"later\"") && !before.text.contains("\"later\""));
    assert_ne!(tag(&after), tag(&before));
    // Read anew without a change it is made anew, and is the same to whoever has it.
    server.api.reload().await.unwrap();
    let known = asked(&server, "openapi.json", &token, ("if-none-match", &tag(&after))).await;
    assert_eq!(known.status.as_u16(), 304);
}

#[tokio::test]
async fn a_request_that_is_refused_gets_none_though_it_is_there() {
    let db = kinds().await;
    let owner = db.client_owner().await;
    let check = "create table closed (at timestamptz);
        grant select on closed to anon;
        create function check_request() returns void language plpgsql as $$ begin
          if exists (select from closed) then raise sqlstate 'PT403' using message = 'closed'; end if; end $$";
    owner.batch_execute(check).await.unwrap();
    let options = ApiOptions { pre_request: Some("public.check_request".parse().unwrap()), ..ApiOptions::default() };
    let server = Server::start(&db.login_url(), LaneOptions::default(), options).await;
    assert_eq!(server.get("openapi.json", None).await.status.as_u16(), 200);
    owner.batch_execute("insert into closed values (now())").await.unwrap();
    let refused = server.get("openapi.json", None).await;
    assert_eq!((refused.status.as_u16(), refused.json()["message"].as_str()), (403, Some("closed")));
    assert_eq!(made(&server).await, 1);
}
