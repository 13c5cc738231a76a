//! `ETag`, `If-Match`, `If-None-Match`, and tables that insist on them.

use howdah_api::ApiOptions;
use howdah_pg::lane::LaneOptions;
use howdah_schema::QualifiedName;
use howdah_testkit::{Sql, TestDb};
use reqwest::Method;
use serde_json::{Value, json};

use crate::server::{ADA, Answer, Server};

const SCHEMA: &str = "
create table plain (id integer primary key, name text);
create table counted (id integer primary key, name text, row_version text not null default '1');
comment on table counted is '@version row_version';
create table strict (id integer primary key, name text);
create table partial (id integer primary key, name text, hidden text);
create table soft (id integer primary key, name text, deleted_at timestamptz);
create view seen with (security_invoker = true) as select id, name from plain;
create view seen_counted with (security_invoker = true) as select * from counted;
comment on view seen_counted is '@version row_version';
create function shout(plain) returns text language sql stable as 'select upper($1.name)';
create function bump() returns trigger language plpgsql as
  $$ begin new.row_version := old.row_version || ' \"%;,'; return new; end $$;
create trigger bump before update on counted for each row execute function bump();
do $$ begin
  if not exists (select from pg_roles where rolname = 'authenticated') then create role authenticated; end if;
  if not exists (select from pg_roles where rolname = 'howdah_login') then create role howdah_login noinherit; end if;
end $$;
grant authenticated to howdah_login;
grant usage on schema public to authenticated;
grant select, insert, update, delete on plain, counted, strict, soft, seen, seen_counted to authenticated;
grant select (id, name), update (name) on partial to authenticated;
insert into plain values (1, 'a'), (2, 'b');
insert into counted values (1, 'a'), (2, 'b');
insert into strict values (1, 'a');
insert into partial values (1, 'a', 'x');
insert into soft values (1, 'a');
";

struct World {
    server: Server,
    token: String,
    db: TestDb,
}

async fn world() -> World {
    let db = TestDb::from_sql("conditional", [Sql::text("conditional.sql", SCHEMA)]).await;
    let options =
        ApiOptions { require_if_match: vec![QualifiedName::new("public", "strict")], ..ApiOptions::default() };
    let server = Server::start(&db.login_url(), LaneOptions::default(), options).await;
    let token = server.token(ADA);
    World { server, token, db }
}

impl World {
    async fn send(&self, method: Method, path: &str, headers: &[(&str, &str)], body: Value) -> Answer {
        let mut request = self.server.request(method, path, Some(&self.token));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.server.send(if body.is_null() { request } else { request.json(&body) }).await
    }

    async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.send(Method::GET, path, headers, Value::Null).await
    }

    async fn tag(&self, path: &str) -> String {
        let answer = self.get(path, &[]).await;
        answer.header("etag").unwrap_or_else(|| panic!("{path}: no ETag: {} {}", answer.status, answer.text)).to_owned()
    }

    async fn names(&self, table: &str) -> Value {
        self.get(&format!("{table}?select=name&order=id"), &[]).await.json()
    }
}

#[track_caller]
fn refused(answer: &Answer, status: u16, code: &str) {
    assert_eq!((answer.status.as_u16(), answer.json()["code"].as_str()), (status, Some(code)), "{}", answer.text);
}

const OBJECT: (&str, &str) = ("accept", "application/vnd.pgrst.object+json");

#[tokio::test]
async fn single_rows_have_a_tag() {
    let world = world().await;
    for path in ["plain?id=eq.1", "counted?id=eq.1", "soft?id=eq.1", "plain?select=n:name,id::text&id=eq.1"] {
        let tag = world.tag(path).await;
        assert!(tag.starts_with('"') && tag.ends_with('"'), "{path}: {tag} is weak");
        assert_eq!(world.tag(path).await, tag, "{path}");
        let answer = world.get(path, &[]).await;
        assert_eq!(answer.json().as_array().unwrap().len(), 1, "{path}");
        assert!(answer.header("vary").unwrap().contains("Accept"), "{path}");
        assert!(!answer.text.contains("xmin") && !answer.text.contains("howdah_version"), "{}", answer.text);
        let head = world.send(Method::HEAD, path, &[], Value::Null).await;
        assert_eq!(head.header("etag"), Some(tag.as_str()), "{path}");
    }
    // The only row, however it was chosen, when one object is asked for.
    let object = world.get("counted?name=eq.a", &[OBJECT]).await;
    assert!(object.header("etag").unwrap().starts_with("\"1;"), "{:?}", object.headers);
    assert_eq!(object.json()["name"], "a");
    // Of a view where its comment names a version.
    assert!(world.tag("seen_counted?id=eq.1").await.starts_with("\"1;"));
    // Other representations of the same version.
    let tags = [
        world.tag("plain?id=eq.1").await,
        world.tag("plain?id=eq.1&select=id").await,
        world.get("plain?id=eq.1", &[OBJECT]).await.header("etag").unwrap().to_owned(),
        world.get("plain?id=eq.1", &[("accept", "text/csv")]).await.header("etag").unwrap().to_owned(),
    ];
    let versions: Vec<_> = tags.iter().map(|tag| tag.split(';').next().unwrap()).collect();
    assert!(versions.iter().all(|version| *version == versions[0]), "{tags:?}");
    for (at, tag) in tags.iter().enumerate() {
        assert!(!tags[..at].contains(tag), "{tags:?}");
    }
    for path in [
        "plain",
        "plain?name=eq.a",
        "plain?id=gt.1",
        "seen?id=eq.1",
        "plain?id=eq.9",
        "partial?id=eq.1&select=id",
        "plain?id=eq.1&select=shout",
        "plain?id=eq.1&select=id.max()",
    ] {
        let answer = world.get(path, &[]).await;
        assert_eq!((answer.status.as_u16(), answer.header("etag")), (200, None), "{path}: {}", answer.text);
    }
}

#[tokio::test]
async fn what_is_known_is_not_sent_again() {
    let world = world().await;
    let path = "counted?id=eq.1";
    let tag = world.tag(path).await;
    for header in [tag.clone(), format!("W/{tag}"), format!("\"x\", {tag}"), "*".to_owned()] {
        let answer = world.get(path, &[("if-none-match", &header)]).await;
        assert_eq!((answer.status.as_u16(), answer.text.as_str()), (304, ""), "{header}");
        assert_eq!(answer.header("etag"), Some(tag.as_str()), "{header}");
        assert!(answer.header("content-type").is_none() && answer.header("content-range").is_none());
    }
    let answer = world.get(path, &[("if-none-match", "\"other\"")]).await;
    assert_eq!(answer.status.as_u16(), 200);
    assert_eq!(world.get(path, &[("accept", "text/csv"), ("if-none-match", &tag)]).await.status.as_u16(), 200);
    world.send(Method::PATCH, path, &[], json!({ "name": "c" })).await;
    let answer = world.get(path, &[("if-none-match", &tag)]).await;
    assert_eq!((answer.status.as_u16(), answer.json()[0]["name"].as_str()), (200, Some("c")));
    assert_ne!(answer.header("etag"), Some(tag.as_str()));
    refused(&world.get(path, &[("if-match", &tag)]).await, 412, "HOWDAH412");
    let now = world.tag(path).await;
    assert_eq!(world.get(path, &[("if-match", &now)]).await.status.as_u16(), 200);
    // Without a tag there is nothing to compare.
    assert_eq!(world.get("counted", &[("if-none-match", "*")]).await.status.as_u16(), 200);
}

#[tokio::test]
async fn a_write_under_a_condition_happens_whole_or_not_at_all() {
    let world = world().await;
    let back = ("prefer", "return=representation");
    for table in ["plain", "counted", "seen_counted"] {
        let path = format!("{table}?id=eq.1");
        let first = world.tag(&path).await;
        let patched = world.send(Method::PATCH, &path, &[back, ("if-match", &first)], json!({ "name": "b1" })).await;
        assert_eq!(patched.status.as_u16(), 200, "{table}: {}", patched.text);
        let second = patched.header("etag").unwrap().to_owned();
        assert_eq!(world.tag(&path).await, second, "{table}");
        assert_ne!(first, second, "{table}");
        assert!(!patched.text.contains("howdah"), "{}", patched.text);
        for stale in [first.as_str(), "\"nonsense\"", "\"\"", "W/\"1\"", &format!("W/{second}")] {
            let answer = world.send(Method::PATCH, &path, &[("if-match", stale)], json!({ "name": "lost" })).await;
            refused(&answer, 412, "HOWDAH412");
            refused(&world.send(Method::DELETE, &path, &[("if-match", stale)], Value::Null).await, 412, "HOWDAH412");
            let put = json!({ "id": 1, "name": "lost" });
            refused(&world.send(Method::PUT, &path, &[("if-match", stale)], put).await, 412, "HOWDAH412");
        }
        assert_eq!(world.get(&path, &[]).await.json()[0]["name"], "b1", "{table}");
        // A list, and the version alone.
        let list = format!("\"x\", {second}");
        let answer = world.send(Method::PATCH, &path, &[("if-match", &list)], json!({ "name": "b2" })).await;
        assert_eq!(answer.status.as_u16(), 204, "{table}: {}", answer.text);
        let version = format!("{}\"", world.tag(&path).await.split(';').next().unwrap());
        let answer = world.send(Method::PATCH, &path, &[("if-match", &version)], json!({ "name": "b3" })).await;
        assert_eq!(answer.status.as_u16(), 204, "{table}: {version} {}", answer.text);
        // PUT.
        let tag = world.tag(&path).await;
        let put = world.send(Method::PUT, &path, &[back, ("if-match", &tag)], json!({ "id": 1, "name": "b4" })).await;
        assert_eq!((put.status.as_u16(), put.json()[0]["name"].as_str()), (200, Some("b4")), "{table}: {}", put.text);
        let other = world.tag(&path).await;
        let moved = world.send(Method::PUT, &path, &[("if-match", &other)], json!({ "id": 7, "name": "x" })).await;
        refused(&moved, 412, "HOWDAH412");
        let absent = format!("{table}?id=eq.7");
        let created = world.send(Method::PUT, &absent, &[("if-match", "*")], json!({ "id": 7, "name": "x" })).await;
        refused(&created, 412, "HOWDAH412");
        assert_eq!(world.get(&absent, &[]).await.json(), json!([]), "{table}");
        // DELETE.
        refused(&world.send(Method::DELETE, &absent, &[("if-match", "*")], Value::Null).await, 412, "HOWDAH412");
        let gone = world.send(Method::DELETE, &path, &[("if-match", &other)], Value::Null).await;
        assert_eq!(gone.status.as_u16(), 204, "{table}: {}", gone.text);
        assert_eq!(world.names(table).await, json!([{ "name": "b" }]), "{table}");
        world.send(Method::POST, table, &[], json!({ "id": 1, "name": "a" })).await;
    }
    let tag = world.tag("soft?id=eq.1").await;
    world.send(Method::PATCH, "soft?id=eq.1", &[], json!({ "name": "b" })).await;
    refused(&world.send(Method::DELETE, "soft?id=eq.1", &[("if-match", &tag)], Value::Null).await, 412, "HOWDAH412");
    let tag = world.tag("soft?id=eq.1").await;
    let marked = world.send(Method::DELETE, "soft?id=eq.1", &[("if-match", &tag)], Value::Null).await;
    assert_eq!((marked.status.as_u16(), world.names("soft").await), (204, json!([])));
}

#[tokio::test]
async fn conditions_that_make_no_sense_are_refused() {
    let world = world().await;
    let name = || json!({ "name": "x" });
    for (method, path, header, body) in [
        (Method::PATCH, "plain?name=eq.a", ("if-match", "\"1\""), name()),
        (Method::PATCH, "plain", ("if-match", "*"), name()),
        (Method::POST, "plain", ("if-match", "\"1\""), json!({ "id": 5 })),
        (Method::PATCH, "plain?id=eq.1", ("if-match", "1"), name()),
        (Method::PATCH, "plain?id=eq.1", ("if-none-match", "\"1\""), name()),
        (Method::PATCH, "seen?id=eq.1", ("if-match", "\"1\""), name()),
        (Method::PATCH, "partial?id=eq.1", ("if-match", "\"1\""), name()),
    ] {
        refused(&world.send(method, path, &[header], body).await, 400, "HOWDAH400");
    }
    assert_eq!(world.names("plain").await, json!([{ "name": "a" }, { "name": "b" }]));
    // If-None-Match: * creates.
    let row = json!({ "id": 1, "name": "x" });
    let there = world.send(Method::PUT, "plain?id=eq.1", &[("if-none-match", "*")], row).await;
    refused(&there, 412, "HOWDAH412");
    let row = json!({ "id": 5, "name": "e" });
    let created = world.send(Method::PUT, "plain?id=eq.5", &[("if-none-match", "*")], row).await;
    assert_eq!(created.status.as_u16(), 201, "{}", created.text);
}

#[tokio::test]
async fn a_table_may_insist() {
    let world = world().await;
    let merge = ("prefer", "resolution=merge-duplicates");
    for answer in [
        world.send(Method::PATCH, "strict?id=eq.1", &[], json!({ "name": "x" })).await,
        world.send(Method::PATCH, "strict", &[], json!({ "name": "x" })).await,
        world.send(Method::PUT, "strict?id=eq.1", &[], json!({ "id": 1, "name": "x" })).await,
        world.send(Method::DELETE, "strict?id=eq.1", &[], Value::Null).await,
        world.send(Method::POST, "strict", &[merge], json!({ "id": 1, "name": "x" })).await,
    ] {
        refused(&answer, 428, "HOWDAH428");
    }
    assert_eq!(world.names("strict").await, json!([{ "name": "a" }]));
    let tag = world.tag("strict?id=eq.1").await;
    let patched = world.send(Method::PATCH, "strict?id=eq.1", &[("if-match", &tag)], json!({ "name": "b" })).await;
    assert_eq!(patched.status.as_u16(), 204, "{}", patched.text);
    let added = world.send(Method::POST, "strict", &[], json!({ "id": 2, "name": "c" })).await;
    assert_eq!(added.status.as_u16(), 201);
}

/// Of writers that have all seen the same version one wins, whatever their number.
#[tokio::test(flavor = "multi_thread")]
async fn one_of_many_wins() {
    let world = world().await;
    for (table, rounds) in [("plain", 10), ("counted", 10)] {
        let path = format!("{table}?id=eq.2");
        for round in 0..rounds {
            let tag = world.tag(&path).await;
            let headers = [("if-match", tag.as_str())];
            let writers =
                (0..8).map(|n| world.send(Method::PATCH, &path, &headers, json!({ "name": format!("{round}-{n}") })));
            let answers = futures_util::future::join_all(writers).await;
            let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status.as_u16()).collect();
            statuses.sort_unstable();
            assert_eq!(statuses, [204, 412, 412, 412, 412, 412, 412, 412], "{table}");
        }
    }
    // And one that waits for a lock sees what was committed meanwhile.
    let tag = world.tag("plain?id=eq.1").await;
    let mut owner = world.db.client_owner().await;
    let other = owner.transaction().await.unwrap();
    other.execute("update plain set name = 'theirs' where id = 1", &[]).await.unwrap();
    let headers = [("if-match", tag.as_str())];
    let mut waiting = std::pin::pin!(world.send(Method::PATCH, "plain?id=eq.1", &headers, json!({ "name": "mine" })));
    let observer = world.db.client_superuser().await;
    loop {
        let waits =
            "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()";
        tokio::select! {
            answer = &mut waiting => panic!("it did not wait: {}", answer.status),
            row = observer.query_one(waits, &[]) => if row.unwrap().get::<_, i64>(0) > 0 { break },
        }
    }
    other.commit().await.unwrap();
    refused(&waiting.await, 412, "HOWDAH412");
    assert_eq!(world.get("plain?id=eq.1", &[]).await.json()[0]["name"], "theirs");
}
