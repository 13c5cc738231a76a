//! Pages by cursor: their union is the whole, whatever the order, and whatever is written meanwhile.

use std::collections::BTreeSet;

use howdah_testkit::{Sql, TestDb};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use reqwest::Method;
use serde_json::{Value, json};

use crate::server::{ADA, Answer, Server};

const SCHEMA: &str = r#"
create type mood as enum ('glad', 'sad');
create table rooms (id integer primary key, label text);
create table things (
  a integer, b text collate "C", c numeric(9,2), at timestamptz, mood mood, data jsonb, must integer not null,
  room_id integer references rooms, code char(3), ratio double precision,
  key_one integer, "key, two" text, primary key (key_one, "key, two")
);
create table keyless (a integer);
create table odd (id integer primary key, cursor text);
create view shown with (security_invoker = true) as select key_one, "key, two", a, b from things;
create view joined with (security_invoker = true) as
  select t.key_one, t."key, two", r.label from things t join rooms r on r.id >= t.room_id;
create function all_things() returns setof things language sql stable as 'select * from things';
create function twice(things) returns integer language sql immutable as 'select $1.a * 2';
do $$ begin
  if not exists (select from pg_roles where rolname = 'authenticated') then create role authenticated; end if;
  if not exists (select from pg_roles where rolname = 'howdah_login') then create role howdah_login noinherit; end if;
end $$;
grant authenticated to howdah_login;
grant usage on schema public to authenticated;
grant select, insert, update, delete on all tables in schema public to authenticated;
insert into rooms values (1, 'x'), (2, null), (3, 'a');
insert into things select
  nullif(n % 4, 0), nullif(chr(97 + n % 3), 'a'), case when n % 5 > 0 then (n % 5) * 1.5 end,
  case n % 7 when 0 then null when 1 then 'infinity' else timestamptz '2026-01-01 12:00:00.123456+02' + n % 3 * interval '1 h' end,
  (array['glad', 'sad', null])[n % 3 + 1]::mood, case when n % 3 > 0 then jsonb_build_object('n', n % 2, 't', 'x' || n % 4) end,
  n % 6, nullif(n % 4, 0), (array['a', 'ab', null])[n % 3 + 1], (array['NaN', '-0', '1e300', '0.1', null])[n % 5 + 1]::float8,
  n % 10, 'k' || n / 10
from generate_series(0, 59) n;
"#;

async fn world() -> (TestDb, Server, String) {
    let db = TestDb::from_sql("cursor", [Sql::text("cursor.sql", SCHEMA)]).await;
    let server = Server::over(&db).await;
    let token = server.token(ADA);
    (db, server, token)
}

/// All pages of a path, with something done between any two.
async fn pages(server: &Server, token: &str, path: &str, mut between: impl AsyncFnMut(usize)) -> Vec<Vec<Value>> {
    let mut pages = Vec::new();
    let mut cursor = String::new();
    loop {
        let answer = server.get(&format!("{path}&cursor={cursor}"), Some(token)).await;
        assert_eq!(answer.status.as_u16(), 200, "{path}: {}", answer.text);
        pages.push(answer.json().as_array().unwrap().clone());
        match answer.header("next-cursor") {
            Some(next) => cursor = next.to_owned(),
            None => return pages,
        }
        assert!(pages.len() < 200, "{path} does not end");
        between(pages.len()).await;
    }
}

const TERMS: [&str; 13] =
    ["a", "b", "c", "at", "mood", "data->n", "data->>t", "must", "rooms(label)", "code", "ratio", "twice", "key_one"];

fn order() -> impl Strategy<Value = String> {
    let term = (
        prop::sample::select(&TERMS[..]),
        prop::sample::select(&["", ".asc", ".desc"][..]),
        prop::sample::select(&["", ".nullsfirst", ".nullslast"][..]),
    );
    prop::collection::vec(term.prop_map(|(name, way, nulls)| format!("{name}{way}{nulls}")), 0..4)
        .prop_map(|terms| terms.join(","))
}

/// The pages together are exactly what the same order gives in one piece, row for row.
#[tokio::test(flavor = "multi_thread")]
async fn pages_are_the_whole_in_every_order() {
    let (_db, server, token) = world().await;
    let runtime = tokio::runtime::Handle::current();
    let cases = (order(), 4_u64..25, prop::sample::select(&["", "&a=gt.1", "&or=(b.is.null,must.lt.3)"][..]));
    let mut runner = TestRunner::new(Config { cases: 40, failure_persistence: None, ..Config::default() });
    let outcome = tokio::task::block_in_place(|| {
        runner.run(&cases, |(order, limit, filter)| {
            runtime.block_on(async {
                let by = if order.is_empty() { String::new() } else { format!("&order={order}") };
                let path = format!("things?select=*,rooms(label){filter}{by}&limit={limit}");
                let pages = pages(&server, &token, &path, async |_| {}).await;
                let (last, full) = pages.split_last().unwrap();
                prop_assert!(full.iter().all(|page| page.len() as u64 == limit));
                prop_assert!(!last.is_empty() || full.is_empty(), "an empty last page");
                let separator = if order.is_empty() { "&order=" } else { "," };
                let descends = order.rsplit(',').next().is_some_and(|last| last.contains(".desc"));
                let ties = if descends { "key_one.desc,\"key, two\".desc" } else { "key_one,\"key, two\"" };
                let whole =
                    server.rows(&format!("things?select=*,rooms(label){filter}{by}{separator}{ties}"), &token).await;
                prop_assert_eq!(Value::Array(pages.concat()), whole, "{}", path);
                Ok(())
            })
        })
    });
    outcome.unwrap();
}

/// Rows that stay are met once each; rows that come or go meanwhile, once at the most.
#[tokio::test(flavor = "multi_thread")]
async fn pages_are_stable_under_writes() {
    let (db, server, token) = world().await;
    let owner = db.client_owner().await;
    for order in ["a.desc,b", "at.nullsfirst", "must", "c.desc.nullslast,mood"] {
        let key = |row: &Value| (row["key_one"].as_i64().unwrap(), row["key, two"].as_str().unwrap().to_owned());
        let path = format!("things?select=key_one,\"key, two\"&order={order}&limit=7");
        let before: BTreeSet<_> = server
            .rows("things?select=key_one,\"key, two\"&\"key, two\"=like.k*", &token)
            .await
            .as_array()
            .unwrap()
            .iter()
            .map(key)
            .collect();
        let pages = pages(&server, &token, &path, async |page| {
            // A few go, a few come, at both ends of every order.
            let change = format!(
                "insert into things (a, b, c, at, must, key_one, \"key, two\") select nullif(n, 0), chr(97 + n), n, '2026-01-01', n, n, 'new{page}'
                   from generate_series(0, 5) n;
                 delete from things where key_one = {page} and \"key, two\" = 'k5'"
            );
            owner.batch_execute(&change).await.unwrap();
        })
        .await;
        let met: Vec<_> = pages.concat().iter().map(key).collect();
        let distinct: BTreeSet<_> = met.iter().cloned().collect();
        assert_eq!(met.len(), distinct.len(), "{order}: a row came twice");
        let stayed: BTreeSet<_> = before.iter().filter(|(_, two)| two != "k5").cloned().collect();
        assert!(stayed.is_subset(&distinct), "{order}: {:?} is missing", stayed.difference(&distinct));
        let again = "delete from things where \"key, two\" like 'new%';
            insert into things (must, key_one, \"key, two\") select 3, n, 'k5' from generate_series(0, 9) n on conflict do nothing";
        owner.batch_execute(again).await.unwrap();
    }
}

async fn first(server: &Server, token: &str, path: &str) -> Answer {
    let answer = server.get(path, Some(token)).await;
    assert_eq!(answer.status.as_u16(), 200, "{path}: {}", answer.text);
    answer
}

#[tokio::test]
async fn a_cursor_is_bound_to_its_request() {
    let (_db, server, token) = world().await;
    let cursor = |answer: &Answer| answer.header("next-cursor").unwrap().to_owned();
    let path = "things?select=a&order=a&must=gt.1&limit=5";
    let next = cursor(&first(&server, &token, &format!("{path}&cursor=")).await);
    assert!(next.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')), "{next}");
    // Other columns and another size are the same rows in the same order.
    first(&server, &token, &format!("things?select=b,c&order=a&must=gt.1&limit=2&cursor={next}")).await;
    first(&server, &token, &format!("things?select=b&order=a&must=gt.1&cursor={next}")).await;
    for (path, says) in [
        (format!("things?order=b&must=gt.1&cursor={next}"), "does not belong"),
        (format!("things?order=a.desc&must=gt.1&cursor={next}"), "does not belong"),
        (format!("things?order=a&must=gt.2&cursor={next}"), "does not belong"),
        (format!("things?order=a&cursor={next}"), "does not belong"),
        (format!("shown?order=a&cursor={next}"), "does not belong"),
        (format!("things?order=a&must=gt.1&cursor={}", &next[1..]), "does not belong"),
        ("things?order=a&cursor=nonsense".to_owned(), "does not belong"),
        ("things?order=a&cursor=WyJ4IixbXV0".to_owned(), "does not belong"),
        ("things?order=a&cursor=&offset=3".to_owned(), "offset"),
        ("things?cursor=&limit=0".to_owned(), "at least one"),
        ("things?select=count()&cursor=".to_owned(), "aggregates"),
        ("keyless?cursor=".to_owned(), "no key"),
        ("joined?cursor=".to_owned(), "no key"),
        ("rpc/all_things?cursor=".to_owned(), "table or view"),
    ] {
        let answer = server.get(&path, Some(&token)).await;
        let json = answer.json();
        assert_eq!((answer.status.as_u16(), json["code"].as_str()), (400, Some("HOWDAH400")), "{path}: {json}");
        assert!(json["message"].as_str().unwrap().contains(says), "{path}: {json}");
    }
    let write = server.write(Method::PATCH, "things?key_one=eq.1&cursor=", &token, "", &json!({ "a": 1 })).await;
    assert_eq!((write.status.as_u16(), write.json()["code"].as_str()), (400, Some("HOWDAH400")));
}

#[tokio::test]
async fn what_goes_with_a_page() {
    let (_db, server, token) = world().await;
    let check = async |path: &str, headers: &[(&str, &str)]| {
        let mut request = server.request(Method::GET, path, Some(&token));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        server.send(request).await
    };
    let page = check("things?select=a&limit=7&cursor=", &[("prefer", "count=exact")]).await;
    assert_eq!((page.status.as_u16(), page.header("content-range")), (206, Some("*/60")), "{}", page.text);
    let next = page.header("next-cursor").unwrap().to_owned();
    let page = check(&format!("things?select=a&limit=7&cursor={next}"), &[("prefer", "count=exact")]).await;
    assert_eq!((page.status.as_u16(), page.header("content-range")), (206, Some("*/60")), "{}", page.text);
    let csv = check("things?select=must&order=must&limit=2&cursor=", &[("accept", "text/csv")]).await;
    assert_eq!(csv.text, "must\n0\n0");
    let lines = check("things?select=must&limit=2&cursor=", &[("accept", "application/x-ndjson")]).await;
    assert_eq!(lines.text.lines().count(), 2);
    let object = check("things?select=must&limit=1&cursor=", &[("accept", "application/vnd.pgrst.object+json")]).await;
    assert_eq!((object.status.as_u16(), object.header("next-cursor").is_some()), (200, true), "{}", object.text);
    let range = check("things?select=must&cursor=", &[("range", "0-3")]).await;
    assert_eq!((range.json().as_array().unwrap().len(), range.header("next-cursor").is_some()), (4, true));
    let all = check("things?select=must&limit=60&cursor=", &[]).await;
    assert_eq!((all.json().as_array().unwrap().len(), all.header("next-cursor")), (60, None));
    assert_eq!(check("things?must=eq.99&limit=5&cursor=", &[]).await.json(), json!([]));
    let pages = pages(&server, &token, "shown?select=a,b&order=b.desc&limit=8", async |_| {}).await;
    assert_eq!(pages.concat().len(), 60);
    // A column of that name can still be filtered on.
    server
        .write(Method::POST, "odd", &token, "", &json!([{ "id": 1, "cursor": "x" }, { "id": 2, "cursor": null }]))
        .await;
    assert_eq!(server.rows("odd?select=id&cursor=eq.x", &token).await, json!([{ "id": 1 }]));
    assert_eq!(server.rows("odd?select=id&cursor=not.is.null", &token).await, json!([{ "id": 1 }]));
}
