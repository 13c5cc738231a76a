//! API keys on the data API: what scopes let them do, as whom, and how they end.

use std::time::Duration;

use howdah_api::ApiOptions;
use howdah_http::{GateOptions, NewApiKey, Rate, RateLimits};
use howdah_pg::lane::LaneOptions;
use howdah_testkit::{Sql, TestDb};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::server::{ADA, Answer, BEN, Server, personal};

const LIBRARY: &str = "
create table public.authors (id integer primary key, name text);
create table public.books (
  id integer primary key, author_id integer constraint fk_books_author references public.authors (id), title text);
create table public.tags (id integer primary key, name text);
create table public.book_tags (
  book_id integer constraint fk_book_tags_book references public.books (id),
  tag_id integer constraint fk_book_tags_tag references public.tags (id),
  primary key (book_id, tag_id));
create function public.add_up(a integer, b integer) returns integer language sql as 'select a + b';
create function public.all_books() returns setof public.books language sql stable as 'select * from public.books';
grant select, insert, update, delete on public.authors, public.books, public.tags, public.book_tags
  to authenticated, service_role;
grant select on public.authors to anon;
grant execute on function public.add_up(integer, integer), public.all_books() to authenticated;
insert into public.authors values (1, 'Ada');
insert into public.books values (1, 1, 'Notes');
insert into public.tags values (1, 'engines');
insert into public.book_tags values (1, 1);
";

async fn library() -> TestDb {
    let db = TestDb::template("shared").await;
    db.load([Sql::text("library.sql", LIBRARY)]).await;
    let people = format!("insert into auth.users (id, email) values ('{ADA}', 'ada@example.com')");
    db.client_superuser().await.batch_execute(&people).await.unwrap();
    db
}

/// A key of Ada's with these scopes, and with what else `columns` and `values` say of its row.
async fn key_with(db: &TestDb, scopes: &[&str], columns: &str, values: &str) -> String {
    let new = NewApiKey::random();
    let insert = format!(
        "insert into auth.api_keys (user_id, name, prefix, key_hash, scopes{columns})
         values ('{ADA}', 'test', '{}', '\\x{}', $1{values})",
        new.prefix(),
        new.digest()
    );
    let scopes: Vec<String> = scopes.iter().map(|scope| (*scope).to_owned()).collect();
    db.client_superuser().await.execute(&insert, &[&scopes]).await.unwrap();
    new.secret().expose().to_owned()
}

async fn key(db: &TestDb, scopes: &[&str]) -> String {
    key_with(db, scopes, "", "").await
}

async fn change(db: &TestDb, set: &str) {
    let update = format!("update auth.api_keys set {set}");
    db.client_superuser().await.batch_execute(&update).await.unwrap();
}

impl Answer {
    fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }
}

/// Asks with the key until the answer is of that status; a test that never sees it fails.
async fn until(server: &Server, path: &str, key: &str, status: u16) -> Answer {
    for _ in 0..400 {
        let answer = server.get(path, Some(key)).await;
        if answer.status == status {
            return answer;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("{path} never became {status}");
}

// ASVS api-keys
#[tokio::test]
async fn scopes_decide_what_a_key_may_do() {
    let db = library().await;
    let server = Server::over(&db).await;
    let representation = "return=representation";
    let merge = "resolution=merge-duplicates";
    let book = |id: i32| json!({ "id": id, "author_id": 1, "title": "x" });
    // What is asked, with which preference and body; what lacks, or nothing.
    let check =
        async |scopes: &[&str], method: Method, path: &str, prefer: &str, body: Value, missing: Option<&str>| {
            let key = key(&db, scopes).await;
            let answer = server.write(method.clone(), path, &key, prefer, &body).await;
            let what = format!("{scopes:?} {method} {path} {prefer}: {} {}", answer.status, answer.text);
            match missing {
                None => assert!(answer.status.is_success(), "{what}"),
                Some(missing) => {
                    assert_eq!(
                        (answer.status, answer.code()),
                        (StatusCode::FORBIDDEN, "HOWDAH_KEY_SCOPE".into()),
                        "{what}"
                    );
                    assert_eq!(answer.json()["details"]["missing_scope"], missing, "{what}");
                    assert!(answer.json()["message"].as_str().unwrap().contains(missing), "{what}");
                }
            }
        };
    let (get, post, patch, put, delete) = (Method::GET, Method::POST, Method::PATCH, Method::PUT, Method::DELETE);
    let nothing = Value::Null;

    check(&["books:read"], get.clone(), "books", "", nothing.clone(), None).await;
    check(&["books:read"], Method::HEAD, "books", "", nothing.clone(), None).await;
    check(&["*:read"], get.clone(), "books", "", nothing.clone(), None).await;
    check(&["authors:*"], get.clone(), "books", "", nothing.clone(), Some("books:read")).await;
    check(&["books:write"], get.clone(), "books", "", nothing.clone(), Some("books:read")).await;
    check(&["rpc/*:call"], get.clone(), "books", "", nothing.clone(), Some("books:read")).await;

    check(&["books:read"], post.clone(), "books", "", book(2), Some("books:insert")).await;
    check(&["books:write"], post.clone(), "books", "", book(2), None).await;
    check(&["books:insert"], post.clone(), "books", "", book(3), None).await;
    check(&["books:insert"], post.clone(), "books", representation, book(4), Some("books:read")).await;
    check(&["books:insert", "books:read"], post.clone(), "books", representation, book(4), None).await;
    check(&["books:insert"], post.clone(), "books", merge, book(4), Some("books:update")).await;
    check(&["books:write"], post.clone(), "books", merge, book(4), None).await;
    check(&["books:insert"], post.clone(), "books", "resolution=ignore-duplicates", book(4), None).await;

    let titled = json!({ "title": "y" });
    check(&["books:insert"], patch.clone(), "books?id=eq.2", "", titled.clone(), Some("books:update")).await;
    check(&["books:update"], patch.clone(), "books?id=eq.2", "", titled.clone(), None).await;
    check(&["books:write"], patch.clone(), "books?id=eq.2", representation, titled.clone(), Some("books:read")).await;
    check(&["books:update"], put.clone(), "books?id=eq.2", "", book(2), Some("books:insert")).await;
    check(&["books:write"], put.clone(), "books?id=eq.2", "", book(2), None).await;
    check(&["books:update"], delete.clone(), "books?id=eq.2", "", nothing.clone(), Some("books:delete")).await;
    check(&["books:delete"], delete.clone(), "books?id=eq.2", "", nothing.clone(), None).await;

    // Embedding reads, however deep and for whatever reason.
    let nested = "authors?select=name,books(title,tags(name))";
    check(&["authors:read"], get.clone(), nested, "", nothing.clone(), Some("books:read")).await;
    check(&["authors:read", "books:read"], get.clone(), nested, "", nothing.clone(), Some("tags:read")).await;
    let three = ["authors:read", "books:read", "tags:read"];
    check(&three, get.clone(), nested, "", nothing.clone(), Some("book_tags:read")).await;
    check(&["*:read"], get.clone(), nested, "", nothing.clone(), None).await;
    let filtered = "books?select=title,authors!inner()&authors.name=eq.Ada";
    check(&["books:read"], get.clone(), filtered, "", nothing.clone(), Some("authors:read")).await;
    let spread = "books?select=title,...authors(name)";
    check(&["books:read"], get.clone(), spread, "", nothing.clone(), Some("authors:read")).await;
    let written = "books?select=title,authors(name)";
    let both = ["books:write", "books:read"];
    check(&both, post.clone(), written, representation, book(9), Some("authors:read")).await;

    let sum = json!({ "a": 1, "b": 2 });
    check(&["*:*"], post.clone(), "rpc/add_up", "", sum.clone(), Some("rpc/add_up:call")).await;
    check(&["rpc/add_up:call"], post.clone(), "rpc/add_up", "", sum.clone(), None).await;
    check(&["rpc/*:*"], get.clone(), "rpc/add_up?a=1&b=2", "", nothing.clone(), None).await;
    check(&["rpc/all_books:call"], get.clone(), "rpc/all_books", "", nothing.clone(), None).await;
    let embedded = "rpc/all_books?select=title,authors(name)";
    check(&["rpc/all_books:call"], get.clone(), embedded, "", nothing.clone(), Some("authors:read")).await;

    // A batch is its operations, and nothing of it has happened.
    let batch = json!({ "operations": [
        { "id": "a", "method": "POST", "path": "books", "body": book(77) },
        { "id": "b", "method": "GET", "path": "authors" },
    ] });
    check(&["books:insert"], post.clone(), "batch", "", batch, Some("authors:read")).await;
    let reader = key(&db, &["*:read"]).await;
    assert_eq!(server.rows("books?id=eq.77", &reader).await, json!([]));
    // No scopes, nothing: also not what the database would let everybody read.
    let none = key(&db, &[]).await;
    assert_eq!(server.get("authors", Some(&none)).await.status, StatusCode::FORBIDDEN);
    assert_eq!(server.get("authors", None).await.status, StatusCode::OK);
    let unreadable = key(&db, &["everything"]).await;
    assert_eq!(server.get("authors", Some(&unreadable)).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_key_acts_as_its_owner_in_its_role() {
    let db = personal().await;
    let server = Server::over(&db).await;
    for (person, title) in [(ADA, "hers"), (BEN, "his")] {
        let note = json!({ "user_id": person, "title": title });
        let made = server.write(Method::POST, "notes", &server.token(person), "return=minimal", &note).await;
        assert!(made.status.is_success(), "{}", made.text);
    }
    let everything = key(&db, &["*:*", "rpc/*:*"]).await;
    assert_eq!(server.rows("notes?select=title", &everything).await, json!([{ "title": "hers" }]));
    let stolen = json!({ "user_id": BEN, "title": "planted" });
    let planted = server.write(Method::POST, "notes", &everything, "return=minimal", &stolen).await;
    assert_eq!((planted.status, planted.code()), (StatusCode::FORBIDDEN, "42501".to_owned()));
    // Supabase's clients send it in apikey, some in both headers.
    let only = server.request(Method::GET, "notes?select=title", None).header("apikey", &everything);
    assert_eq!(server.send(only).await.json(), json!([{ "title": "hers" }]));
    let both =
        server.request(Method::GET, "notes?select=title", Some(&server.token(BEN))).header("apikey", &everything);
    assert_eq!(
        server.send(both).await.json(),
        json!([{ "title": "his" }]),
        "who signed in counts, not the key beside it"
    );

    let service = key_with(&db, &["notes:read"], ", role", ", 'service_role'").await;
    assert_eq!(server.rows("notes?select=title&order=title", &service).await.as_array().unwrap().len(), 2);
    assert_eq!(server.get("tasks", Some(&service)).await.code(), "HOWDAH_KEY_SCOPE");
    let anon = key_with(&db, &["notes:read"], ", role", ", 'anon'").await;
    let answer = server.get("notes", Some(&anon)).await;
    assert_eq!((answer.status, answer.code()), (StatusCode::FORBIDDEN, "42501".to_owned()), "{}", answer.text);
    // A role that the table does not know cannot be put there; one that the gate refuses is refused.
    let gate = GateOptions { refused_roles: vec!["service_role".into()], ..GateOptions::default() };
    let strict = Server::start_behind(&db.login_url(), LaneOptions::default(), ApiOptions::default(), gate).await;
    assert_eq!(strict.get("notes", Some(&service)).await.code(), "PGRST303");
}

// ASVS api-keys
#[tokio::test]
async fn keys_that_are_no_good_are_refused() {
    let db = library().await;
    let server = Server::over(&db).await;
    let all = ["*:*"];
    let past = ", now() - interval '1 hour'";
    let made = ", created_at";
    let check = async |key: &str, code: &str| {
        // Twice: the second answer comes from memory.
        for _ in 0..2 {
            let answer = server.get("books", Some(key)).await;
            assert_eq!((answer.status, answer.code()), (StatusCode::UNAUTHORIZED, code.to_owned()), "{}", answer.text);
            assert!(answer.header("www-authenticate").unwrap().starts_with("Bearer error="));
            assert!(!answer.text.contains(&key[4..]), "the answer repeats the key");
        }
    };
    let good = key(&db, &all).await;
    assert_eq!(server.get("books", Some(&good)).await.status, StatusCode::OK);
    check(&key_with(&db, &all, ", revoked_at", ", now()").await, "HOWDAH_KEY_REVOKED").await;
    let expired = format!("{past}, now() - interval '2 hours'");
    check(&key_with(&db, &all, &format!(", expires_at{made}"), &expired).await, "HOWDAH_KEY_EXPIRED").await;
    check(&key_with(&db, &all, ", grace_until", past).await, "HOWDAH_KEY_REPLACED").await;
    let in_grace = key_with(&db, &all, ", grace_until", ", now() + interval '1 hour'").await;
    assert_eq!(server.get("books", Some(&in_grace)).await.status, StatusCode::OK);

    // Wrong checks, cut off, made up.
    let mut mistyped = good.clone();
    let last = if mistyped.pop() == Some('a') { 'b' } else { 'a' };
    mistyped.push(last);
    check(&mistyped, "HOWDAH_KEY_MISTYPED").await;
    check(&good[..good.len() - 1], "HOWDAH_KEY_MALFORMED").await;
    check("hdk_x", "HOWDAH_KEY_MALFORMED").await;
    check(NewApiKey::random().secret().expose(), "HOWDAH_KEY_UNKNOWN").await;
    // The prefix of a key that is there, with a digest that is not that of this one.
    let other = NewApiKey::random();
    change(&db, &format!("key_hash = '\\x{}' where prefix = '{}'", other.digest(), &good[..16])).await;
    let refused = until(&server, "books", &good, 401).await;
    assert_eq!(refused.code(), "HOWDAH_KEY_UNKNOWN");

    let closed = key(&db, &all).await;
    assert_eq!(server.get("books", Some(&closed)).await.status, StatusCode::OK);
    let close = "update auth.users set is_active = false";
    db.client_superuser().await.batch_execute(close).await.unwrap();
    assert_eq!(until(&server, "books", &closed, 401).await.code(), "HOWDAH_KEY_CLOSED");
}

#[tokio::test]
async fn a_revoked_key_is_refused_by_every_server_and_stays_good_until_then() {
    let db = library().await;
    let (one, other) = (Server::over(&db).await, Server::over(&db).await);
    let key = key(&db, &["*:read"]).await;
    for server in [&one, &other] {
        for _ in 0..20 {
            assert_eq!(server.get("books", Some(&key)).await.status, StatusCode::OK);
        }
    }
    // By somebody who is neither, and tells nobody.
    change(&db, "revoked_at = now()").await;
    let (first, second) = tokio::join!(until(&one, "books", &key, 401), until(&other, "books", &key, 401));
    assert_eq!((first.code(), second.code()), ("HOWDAH_KEY_REVOKED".into(), "HOWDAH_KEY_REVOKED".into()));
    // And back, should that have been by mistake.
    change(&db, "revoked_at = null").await;
    until(&one, "books", &key, 200).await;
    until(&other, "books", &key, 200).await;
}

// ASVS api-keys
#[tokio::test]
async fn a_key_in_use_ends_when_its_time_is_over() {
    let db = library().await;
    let server = Server::over(&db).await;
    let key = key_with(&db, &["*:read"], ", expires_at", ", now() + interval '1.5 seconds'").await;
    until(&server, "books", &key, 200).await;
    assert_eq!(until(&server, "books", &key, 401).await.code(), "HOWDAH_KEY_EXPIRED");
}

#[tokio::test]
async fn when_a_key_was_used_is_noted_once_for_many_requests() {
    let db = library().await;
    let server = Server::over(&db).await;
    let (used, unused) = (key(&db, &["*:read"]).await, key(&db, &["*:read"]).await);
    let state = async |key: &str| {
        let sql = "select last_used_at is not null, row_version from auth.api_keys where prefix = $1";
        let row = db.client_superuser().await.query_one(sql, &[&&key[..16]]).await.unwrap();
        (row.get::<_, bool>(0), row.get::<_, i64>(1))
    };
    let mut requests = 0;
    while !state(&used).await.0 {
        assert_eq!(server.get("books", Some(&used)).await.status, StatusCode::OK);
        requests += 1;
        assert!(requests < 2000, "the use was never noted");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(requests > 1);
    assert_eq!(state(&used).await, (true, 2), "written more than once");
    assert_eq!(state(&unused).await, (false, 1));
}

#[tokio::test]
async fn where_keys_are_off_they_are_nothing() {
    let db = library().await;
    let key = key(&db, &["*:*"]).await;
    let gate = GateOptions { api_keys: false, ..GateOptions::default() };
    let server = Server::start_behind(&db.login_url(), LaneOptions::default(), ApiOptions::default(), gate).await;
    let answer = server.get("books", Some(&key)).await;
    assert_eq!((answer.status, answer.code()), (StatusCode::UNAUTHORIZED, "PGRST301".to_owned()));

    // And over a database that has no table for them.
    let bare = crate::server::kinds().await;
    let server = Server::over(&bare).await;
    let answer = server.get("kinds", Some(&key)).await;
    assert_eq!((answer.status, answer.code()), (StatusCode::UNAUTHORIZED, "HOWDAH_KEY_NONE".to_owned()));
}

#[tokio::test]
async fn keys_of_one_account_share_its_limit() {
    let db = library().await;
    let rate = Rate { requests: 1, per: Duration::from_secs(1000), burst: 5 };
    let limits = RateLimits { per_token: Some(rate), ..RateLimits::default() };
    let gate = GateOptions { limits, ..GateOptions::default() };
    let server = Server::start_behind(&db.login_url(), LaneOptions::default(), ApiOptions::default(), gate).await;
    let (one, other) = (key(&db, &["*:read"]).await, key(&db, &["*:read"]).await);
    for _ in 0..3 {
        server.get("books", Some(&one)).await;
        server.get("books", Some(&other)).await;
    }
    until(&server, "books", &one, 429).await;
    until(&server, "books", &other, 429).await;
}
