//! Media types that the schema makes: GeoJSON by PostGIS, domains over aggregates and functions, bytes.

use std::io::Write as _;

use howdah_testkit::{Sql, TestDb};
use reqwest::Method;
use serde_json::json;

use crate::server::{ADA, Answer, Server, kinds};

const ROLES: &str = "
do $$ begin
  if not exists (select from pg_roles where rolname = 'authenticated') then create role authenticated; end if;
  if not exists (select from pg_roles where rolname = 'howdah_login') then create role howdah_login noinherit; end if;
end $$;
grant authenticated to howdah_login;
grant usage on schema public to authenticated;
grant select, insert, update, delete on all tables in schema public to authenticated;
";

const SCHEMA: &str = r#"
create domain "application/x-lines" as bytea;
create domain "text/csv" as text;
create domain "text/html" as text;
create domain "*/*" as bytea;
create table lines (id integer primary key, t text);
create table others (id integer primary key, name text);
create table blobs (id integer primary key, data bytea);
create function add_line(state bytea, next lines) returns "application/x-lines" language sql immutable as
  $$ select (state || '\xff'::bytea || convert_to(next.id || coalesce(next.t, ''), 'UTF8'))::"application/x-lines" $$;
create aggregate lines_of(lines) (initcond = '', stype = "application/x-lines", sfunc = add_line);
create function add_bom(state text, next anyelement) returns text language sql immutable as
  $$ select state || E'\n' || (to_jsonb(next)->>'id') $$;
create function end_bom(state text) returns "text/csv" language sql immutable as $$ select ('BOM' || state)::"text/csv" $$;
create aggregate bom_csv(anyelement) (initcond = '', stype = text, sfunc = add_bom, finalfunc = end_bom);
create function some_lines() returns setof lines language sql stable as 'select * from lines where id > 1';
create function page() returns "text/html" language sql stable as $$ select '<p>é</p>'::"text/html" $$;
create function file() returns "*/*" language sql stable as $$ select '\x00ff10'::bytea::"*/*" $$;
create function raw() returns bytea language sql stable as $$ select '\x00ff10'::bytea $$;
create function raw_escaped() returns bytea language sql stable set bytea_output = 'escape' as $$ select '\x00ff10'::bytea $$;
create function nothing() returns bytea language sql stable as 'select null::bytea';
insert into lines values (1, 'a'), (2, 'b'), (3, null);
insert into others values (1, 'x');
"#;

async fn get(server: &Server, path: &str, accept: &str) -> Answer {
    server.send(server.request(Method::GET, path, Some(&server.token(ADA))).header("accept", accept)).await
}

async fn bytes(server: &Server, path: &str, accept: &str) -> (u16, String, Vec<u8>) {
    let request = server.request(Method::GET, path, Some(&server.token(ADA))).header("accept", accept);
    let response = request.send().await.unwrap();
    let content_type = response.headers()["content-type"].to_str().unwrap().to_owned();
    (response.status().as_u16(), content_type, response.bytes().await.unwrap().to_vec())
}

#[tokio::test]
async fn aggregates_and_functions_make_media_types() {
    let db = TestDb::from_sql("media", [Sql::text("media.sql", &format!("{SCHEMA}{ROLES}"))]).await;
    let server = Server::over(&db).await;
    let lines = "application/x-lines";
    let check = async |path: &str, accept: &str, content_type: &str, body: &[u8]| {
        let found = bytes(&server, path, accept).await;
        let text = String::from_utf8_lossy(&found.2).into_owned();
        assert_eq!(found, (200, content_type.to_owned(), body.to_vec()), "{path}: {text}");
    };
    check("lines?order=id", lines, lines, b"\xff1a\xff2b\xff3").await;
    check("lines?order=id.desc&limit=2", lines, lines, b"\xff3\xff2b").await;
    check("lines?id=gt.9", lines, lines, b"").await;
    check("rpc/some_lines", lines, lines, b"\xff2b\xff3").await;
    // One over any rows replaces what is built in, of what is selected.
    check("lines?order=id", "text/csv", "text/csv; charset=utf-8", b"BOM\n1\n2\n3").await;
    check("others?select=id:name", "text/csv", "text/csv; charset=utf-8", b"BOM\nx").await;
    check("rpc/page", "text/html", "text/html", "<p>é</p>".as_bytes()).await;
    check("rpc/page", "*/*", "text/html", "<p>é</p>".as_bytes()).await;
    check("rpc/file", "image/png", "application/octet-stream", b"\x00\xff\x10").await;
    check("rpc/file", "*/*", "application/octet-stream", b"\x00\xff\x10").await;
    check("rpc/raw", "application/octet-stream", "application/octet-stream", b"\x00\xff\x10").await;
    check("rpc/raw_escaped", "application/octet-stream", "application/octet-stream", b"\x00\xff\x10").await;
    check("rpc/nothing", "application/octet-stream", "application/octet-stream", b"").await;
    assert_eq!(get(&server, "rpc/raw", "application/json").await.json(), json!("\\x00ff10"));

    let counted = server
        .request(Method::GET, "lines?limit=2", Some(&server.token(ADA)))
        .header("accept", lines)
        .header("prefer", "count=exact");
    let counted = counted.send().await.unwrap();
    assert_eq!((counted.status().as_u16(), counted.headers()["content-range"].to_str().unwrap()), (206, "0-1/3"));
    for (path, accept, status, code) in [
        ("others", lines, 406, "PGRST107"),
        ("lines?select=id", lines, 406, "PGRST107"),
        ("lines?cursor=", lines, 400, "HOWDAH400"),
        ("lines", "application/geo+json", 406, "PGRST107"),
        ("lines", "text/html", 406, "PGRST107"),
        ("rpc/page", lines, 406, "PGRST107"),
    ] {
        let answer = get(&server, path, accept).await;
        assert_eq!((answer.status.as_u16(), answer.json()["code"].as_str()), (status, Some(code)), "{path} {accept}");
    }
    // A body of bytes goes in as it came.
    let posted = server
        .request(Method::POST, "rpc/raw", Some(&server.token(ADA)))
        .header("content-type", "application/octet-stream")
        .body(vec![0_u8, 255]);
    assert_eq!(server.send(posted).await.json()["code"], "PGRST202");
}

#[tokio::test]
async fn geojson_by_postgis() {
    let without = kinds().await;
    let server = Server::over(&without).await;
    let refused = get(&server, "kinds", "application/geo+json").await;
    assert_eq!((refused.status.as_u16(), refused.json()["code"].as_str()), (406, Some("PGRST107")));

    let admin = without.client_superuser().await;
    let available = "select count(*) from pg_available_extensions where name = 'postgis'";
    if admin.query_one(available, &[]).await.unwrap().get::<_, i64>(0) == 0 {
        // Not a pass in disguise: what needs no PostGIS has been tested above.
        let said =
            std::io::stderr().write_all(b"SKIPPED: geojson_by_postgis, this PostgreSQL has no extension postgis\n");
        said.unwrap();
        return;
    }
    let db = TestDb::empty().await;
    let admin = db.client_superuser().await;
    let schema = "create schema gis; create extension postgis schema gis; grant usage on schema gis to public;
        create table shops (id integer primary key, name text, shape gis.geometry(Point, 4326));
        create table shapeless (id integer primary key);
        insert into shops values (1, 'Corner', gis.st_point(1.5, 2, 4326)), (2, 'Far', gis.st_point(9, 9, 4326)), (3, null, null);";
    admin.batch_execute(&format!("{schema}{ROLES}")).await.unwrap();
    let server = Server::over(&db).await;
    let geo = "application/geo+json";
    let answer = get(&server, "shops?select=id,name,shape&order=id&limit=1", geo).await;
    assert_eq!(answer.header("content-type"), Some("application/geo+json; charset=utf-8"));
    let point = json!({ "type": "Feature", "geometry": { "type": "Point", "coordinates": [1.5, 2] },
        "properties": { "id": 1, "name": "Corner" } });
    assert_eq!(answer.json(), json!({ "type": "FeatureCollection", "features": [point] }), "{}", answer.text);
    assert_eq!(answer.header("content-range"), Some("0-0/*"));
    let all = get(&server, "shops?order=id", geo).await.json();
    assert_eq!(all["features"].as_array().unwrap().len(), 3);
    let none = get(&server, "shops?id=gt.9", geo).await;
    assert_eq!(none.json(), json!({ "type": "FeatureCollection", "features": [] }));
    let shapeless = get(&server, "shapeless", geo).await;
    assert_eq!(shapeless.status.as_u16(), 200, "{}", shapeless.text);
}
