//! What is written is held against validators of others, against a real PostgreSQL's rows and grants, and against snapshots.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use howdah_pg::IntrospectOptions;
use howdah_schema::Catalog;
use howdah_testkit::{Sql, TestDb, npm};
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use super::{PRIVILEGES_SQL, Privileges, openapi, swagger};
use crate::options::ApiOptions;

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/openapi");

async fn fixture(name: &str) -> TestDb {
    TestDb::from_sql(&format!("openapi-{name}"), [Path::new(FIXTURES).join(format!("{name}.sql"))]).await
}

async fn catalog(db: &TestDb) -> Catalog {
    howdah_pg::introspect(&db.client_owner().await, &IntrospectOptions::default()).await.unwrap()
}

async fn privileges(db: &TestDb, role: &str, schemas: &[&str]) -> Privileges {
    let row = db.client_as(role).await.query_one(PRIVILEGES_SQL, &[&schemas]).await.unwrap();
    Privileges::read(row.get("privileges")).unwrap()
}

/// What a script of `FIXTURES` prints for an input.
fn node(script: &str, input: &mut Value) -> String {
    input["modules"] = json!(npm(Path::new(FIXTURES)));
    let mut node = Command::new("node")
        .arg(Path::new(FIXTURES).join(script))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    node.stdin.take().unwrap().write_all(input.to_string().as_bytes()).unwrap();
    let output = node.wait_with_output().unwrap();
    assert!(output.status.success(), "{script}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Both documents of a schema.
fn documents(catalog: &Catalog, options: &ApiOptions, schema: &str, privileges: &Privileges) -> [Value; 2] {
    [openapi, swagger].map(|write| write(catalog, options, schema, privileges))
}

/// Fails unless two validators, and `check`, find nothing against any of them.
#[track_caller]
fn assert_valid(documents: &[&[Value; 2]]) {
    let documents: Vec<&Value> = documents.iter().copied().flatten().collect();
    documents.iter().for_each(|document| check(document));
    let printed = node("validate.mjs", &mut json!({ "documents": documents }));
    assert_eq!(printed.lines().count(), documents.len(), "{printed}");
}

/// What validators leave out for one version or the other: references lead somewhere, names are unique.
fn check(document: &Value) {
    let mut ids = BTreeSet::new();
    each(document, &mut |value| {
        if let Some(reference) = value["$ref"].as_str() {
            resolve(document, reference);
        }
    });
    for (path, item) in document["paths"].as_object().unwrap() {
        assert!(path.is_ascii() && !path.contains(['{', ' ', '?', '#']), "{path}");
        for (method, operation) in item.as_object().unwrap() {
            let mut names = BTreeSet::new();
            for parameter in operation["parameters"].as_array().into_iter().flatten() {
                let parameter = parameter["$ref"].as_str().map_or(parameter, |to| resolve(document, to));
                let name = (parameter["in"].to_string(), parameter["name"].to_string());
                assert!(names.insert(name.clone()), "{method} {path} has {name:?} twice");
            }
            if let Some(id) = operation["operationId"].as_str() {
                assert!(ids.insert(id), "{id} is there twice");
            }
        }
    }
}

fn resolve<'a>(document: &'a Value, reference: &str) -> &'a Value {
    let pointer = percent_decode_str(reference.strip_prefix('#').unwrap()).decode_utf8().unwrap();
    document.pointer(&pointer).unwrap_or_else(|| panic!("{reference} leads nowhere"))
}

fn each<'a>(value: &'a Value, visit: &mut impl FnMut(&'a Value)) {
    visit(value);
    match value {
        Value::Array(items) => items.iter().for_each(|item| each(item, visit)),
        Value::Object(map) => map.values().for_each(|item| each(item, visit)),
        _ => {}
    }
}

/// `GET POST` and so on, by path.
fn operations(document: &Value) -> BTreeMap<String, String> {
    let paths = document["paths"].as_object().unwrap().iter();
    let methods = |item: &Value| item.as_object().unwrap().keys().map(String::as_str).collect::<Vec<_>>().join(" ");
    paths.map(|(path, item)| (path.clone(), methods(item))).collect()
}

fn of_paths(document: &Value, paths: &[&str]) -> String {
    let operations = operations(document);
    let lines = paths.iter().map(|path| format!("{path}: {}", operations.get(*path).map_or("-", String::as_str)));
    lines.collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn validators_take_the_personal_schema() {
    let db = TestDb::template("personal").await;
    let catalog = catalog(&db).await;
    let options = ApiOptions::default();
    let all = documents(&catalog, &options, "public", &Privileges::Unlimited);
    let tables = catalog.tables.values().filter(|t| t.name.schema == "public" && t.partition_of.is_none()).count();
    let views = catalog.views.keys().filter(|name| name.schema == "public").count();
    let relations = all[0]["paths"].as_object().unwrap().keys().filter(|path| path.matches('/').count() == 1);
    assert_eq!(relations.count(), tables + views + 3, "with the root, openapi.json and batch");
    let held = [privileges(&db, "anon", &["public"]).await, privileges(&db, "authenticated", &["public"]).await];
    let [anon, user] = held.map(|held| documents(&catalog, &options, "public", &held));
    assert_valid(&[&all, &anon, &user]);
}

#[tokio::test]
async fn validators_take_odd_names_and_shapes() {
    let catalog = catalog(&fixture("odd").await).await;
    let options = ApiOptions { schemas: vec!["public".into(), "odd \"schema\" 😀".into()], ..ApiOptions::default() };
    let other = &options.schemas[1];
    let first = documents(&catalog, &options, "public", &Privileges::Unlimited);
    let second = documents(&catalog, &options, other, &Privileges::Unlimited);
    assert_valid(&[&first, &second]);
    let [open, old] = first;
    // What an instance of each schema is keyed by must be told apart.
    let keys: Vec<&str> = open["components"]["schemas"].as_object().unwrap().keys().map(String::as_str).collect();
    for key in ["api.error", "api.2Eerror", "api", "api.insert", "tasks.insert", "tasks.2Einsert", "type.insert"] {
        assert!(keys.contains(&key), "{key} is not among {keys:?}");
    }
    insta::assert_snapshot!(of_paths(&open, &[
        "/nothing", "/batch", "/openapi.json", "/parted", "/parted_default", "/kept", "/joined", "/renamed", "/rpc",
        "/odd%20%22table%22%20%F0%9F%98%80%20%7Bid%7D%2F~%25%3F",
        "/rpc/odd%20%22function%22%20%F0%9F%98%80%20%7Bx%7D",
        "/rpc/overloaded", "/rpc/whole_text", "/rpc/reserved", "/rpc/not_named", "/rpc/triggered", "/rpc/proceed",
        "/rpc/computed", "/rpc/nothing_back",
    ]), @r"
    /nothing: get head delete
    /batch: get head post patch delete
    /openapi.json: get head post patch delete
    /parted: get head post patch put delete
    /parted_default: -
    /kept: get head
    /joined: get head delete
    /renamed: get head post patch put delete
    /rpc: get head post patch delete
    /odd%20%22table%22%20%F0%9F%98%80%20%7Bid%7D%2F~%25%3F: get head post patch put delete
    /rpc/odd%20%22function%22%20%F0%9F%98%80%20%7Bx%7D: get post
    /rpc/overloaded: get post
    /rpc/whole_text: post
    /rpc/reserved: post
    /rpc/not_named: -
    /rpc/triggered: -
    /rpc/proceed: -
    /rpc/computed: get post
    /rpc/nothing_back: post
    ");
    insta::assert_snapshot!(of_paths(&old, &["/kept", "/joined", "/renamed", "/rpc/overloaded", "/rpc/many"]), @r"
    /kept: get
    /joined: get delete
    /renamed: get post delete patch
    /rpc/overloaded: get post
    /rpc/many: get post
    ");
    let [open, _] = second;
    assert_eq!(open["info"]["title"], "Odd \"things\" 😀");
    assert_eq!(open["components"]["parameters"]["api.accept-profile"]["required"], true);
    assert_eq!(open["components"]["parameters"]["api.accept-profile"]["schema"]["const"], *other.as_str());
}

#[test]
fn validators_take_an_empty_schema() {
    let options = ApiOptions { openapi_security: false, base_path: String::new(), ..ApiOptions::default() };
    let both = documents(&Catalog::default(), &options, "public", &Privileges::Unlimited);
    assert_valid(&[&both]);
    let [open, old] = both;
    assert_eq!(open["servers"], json!([{ "url": "/" }]));
    assert_eq!(open.get("security"), None);
    assert_eq!(old["basePath"], "/");
    assert_eq!(old.get("securityDefinitions"), None);
}

/// The address that clients see, without what is no part of it.
#[test]
fn the_server_is_where_the_options_say() {
    let of = |address: &str| {
        let options = ApiOptions { openapi_server: Some(address.into()), ..ApiOptions::default() };
        let [open, old] =
            [openapi, swagger].map(|w| w(&Catalog::default(), &options, "public", &Privileges::Unlimited));
        format!("{} | {} {} {}", open["servers"][0]["url"], old["schemes"], old["host"], old["basePath"])
            .replace('"', "")
    };
    assert_eq!(of("https://api.example.com/data/"), "https://api.example.com/data | [https] api.example.com /data");
    assert_eq!(of("http://ada:word@localhost:3000"), "http://localhost:3000 | [http] localhost:3000 /");
    assert_eq!(of("/behind/a/proxy"), "/behind/a/proxy | null null /behind/a/proxy");
}

#[tokio::test]
async fn the_small_schema_reads_well() {
    let catalog = catalog(&fixture("small").await).await;
    let options =
        ApiOptions { openapi_server: Some("https://api.example.com/rest/v1".into()), ..ApiOptions::default() };
    let both = documents(&catalog, &options, "public", &Privileges::Unlimited);
    assert_valid(&[&both]);
    let [mut open, mut old] = both;
    for document in [&mut open, &mut old] {
        document["info"]["version"] = json!("[version]");
    }
    insta::assert_snapshot!("small.openapi", serde_json::to_string_pretty(&open).unwrap());
    insta::assert_snapshot!("small.swagger", serde_json::to_string_pretty(&old).unwrap());
}

#[tokio::test]
async fn the_same_schema_gives_the_same_bytes() {
    let write = async || {
        let catalog = catalog(&fixture("odd").await).await;
        [openapi, swagger].map(|w| w(&catalog, &ApiOptions::default(), "public", &Privileges::Unlimited).to_string())
    };
    assert_eq!(write().await, write().await);
}

/// A column of every kind that JSON has a form of its own for.
const KINDS: &str = "
create type mood as enum ('glad', 'sad');
create type pair as (a integer, b text[]);
create domain tiny as varchar(3);
create table kinds (
  id bigint generated always as identity primary key, flag boolean, small smallint, whole integer, amount numeric(19,4),
  ratio double precision, single real, object_id oid, name text, cut varchar(4), code char(3), short tiny, feeling mood,
  feelings mood[], day date, clock time, zoned timetz, moment timestamptz, local timestamp, span interval, data jsonb,
  plain json, words text[], bytes bytea, address inet, key uuid, spread int4range, vector tsvector, two pair, pairs pair[],
  upper_name text generated always as (upper(name)) stored
);
insert into kinds (flag, small, whole, amount, ratio, single, object_id, name, cut, code, short, feeling, feelings, day,
  clock, zoned, moment, local, span, data, plain, words, bytes, address, key, spread, vector, two, pairs)
values (true, 1, -2, 1.5, 0.1, 0.5, 26, 'n', 'cut', 'ab', 'abc', 'glad', '{sad,glad}', '2026-01-02', '10:11:12',
  '10:11:12+02', '2026-01-02 03:04:05.678+02', '2026-01-02 03:04:05', '1 day', '{\"a\": 1}', '[1]', '{a,b}', '\\x01',
  '10.0.0.1', 'a0000000-0000-4000-8000-000000000001', '[1,5)', to_tsvector('simple', 'a b'), '(1,\"{x}\")', '{\"(1,{y})\"}');
insert into kinds default values;
";

#[tokio::test]
async fn rows_fit_their_schemas() {
    let db = TestDb::from_sql("openapi-kinds", [Sql::text("kinds.sql", KINDS)]).await;
    let document = openapi(&catalog(&db).await, &ApiOptions::default(), "public", &Privileges::Unlimited);
    let rows = db.client_owner().await.query("select to_jsonb(k) from kinds k order by id", &[]).await.unwrap();
    let rows: Vec<Value> = rows.iter().map(|row| row.get(0)).collect();
    let mut cases: Vec<Value> = rows.iter().map(|row| json!(["kinds", row])).collect();
    // And what is no row does not fit: each of these breaks one property.
    let broken = [
        ("flag", json!("yes")),
        ("whole", json!(1.5)),
        ("amount", json!("1")),
        ("cut", json!("longer")),
        ("short", json!("longer")),
        ("feeling", json!("angry")),
        ("feelings", json!(["angry"])),
        ("day", json!("today")),
        ("moment", json!("2026-01-02")),
        ("words", json!([1])),
        ("key", json!("no")),
        ("two", json!({ "a": 1 })),
        ("id", json!(null)),
        ("object_id", json!(26)),
    ];
    for (name, value) in &broken {
        let mut row = rows[0].clone();
        row[*name] = value.clone();
        cases.push(json!(["kinds", row]));
    }
    let answers: Vec<Vec<String>> =
        serde_json::from_str(&node("rows.mjs", &mut json!({ "document": document, "cases": cases }))).unwrap();
    assert_eq!(answers[..2], [Vec::<String>::new(), Vec::new()], "{rows:#?}");
    for ((name, _), answer) in broken.iter().zip(&answers[2..]) {
        assert!(answer.iter().any(|error| error.starts_with(&format!("/{name}"))), "{name}: {answer:?}");
    }
}

/// The types that PostgREST writes for the same columns, and its `format`.
#[tokio::test]
async fn swagger_names_types_as_postgrest_does() {
    let db = TestDb::from_sql("openapi-kinds", [Sql::text("kinds.sql", KINDS)]).await;
    let document = swagger(&catalog(&db).await, &ApiOptions::default(), "public", &Privileges::Unlimited);
    let lines = document["definitions"]["kinds"]["properties"].as_object().unwrap().iter().map(|(name, property)| {
        let items = property.get("items").map(|items| format!(" of {items}")).unwrap_or_default();
        let length = property.get("maxLength").map(|length| format!(" up to {length}")).unwrap_or_default();
        format!("{name}: {} {}{items}{length}", property["type"], property["format"]).replace('"', "")
    });
    insta::assert_snapshot!(lines.collect::<Vec<_>>().join("\n"), @r"
    id: integer bigint
    flag: boolean boolean
    small: integer smallint
    whole: integer integer
    amount: number numeric
    ratio: number double precision
    single: number real
    object_id: string oid
    name: string text
    cut: string character varying up to 4
    code: string character up to 3
    short: string character varying up to 3
    feeling: string public.mood
    feelings: array public.mood[] of {type:string}
    day: string date
    clock: string time without time zone
    zoned: string time with time zone
    moment: string timestamp with time zone
    local: string timestamp without time zone
    span: string interval
    data: null jsonb
    plain: null json
    words: array text[] of {type:string}
    bytes: string bytea
    address: string inet
    key: string uuid
    spread: string int4range
    vector: string tsvector
    two: object public.pair
    pairs: array public.pair[] of {type:object}
    upper_name: string text
    ");
}

const GRANTS: &str = "
do $$ begin
  if not exists (select from pg_roles where rolname = 'openapi_reader') then create role openapi_reader; end if;
  if not exists (select from pg_roles where rolname = 'openapi_member') then
    create role openapi_member; grant openapi_reader to openapi_member;
  end if;
end $$;
create schema hidden;
create table hidden.t (id integer primary key);
grant all on hidden.t to openapi_reader;
create table shown (id integer primary key, name text, secret text, deleted_at timestamptz);
grant select (id, name), insert (name), update (name) on shown to openapi_reader;
create table whole (id integer primary key, name text);
grant select, delete on whole to openapi_reader;
create table marked (id integer primary key, deleted_at timestamptz);
grant select, update on marked to openapi_reader;
create table unseen (id integer primary key);
create function may(a integer, b text[]) returns integer language sql stable as 'select 1';
create function may(a text) returns integer language sql stable as 'select 1';
create function may_not() returns integer language sql stable as 'select 1';
create type local_type as enum ('a');
create function may_local(a local_type, b local_type[]) returns integer language sql stable as 'select 1';
revoke execute on all functions in schema public from public;
grant execute on function may(integer, text[]), may_local to openapi_reader;
";

#[tokio::test]
async fn a_role_sees_what_it_may_use() {
    let db = TestDb::from_sql("openapi-grants", [Sql::text("grants.sql", GRANTS)]).await;
    let (catalog, options) = (catalog(&db).await, ApiOptions::default());
    // What is granted to a role is its members', too.
    for role in ["openapi_reader", "openapi_member"] {
        let held = privileges(&db, role, &["public", "hidden"]).await;
        let both = documents(&catalog, &options, "public", &held);
        let hidden = documents(&catalog, &options, "hidden", &held);
        assert_valid(&[&both, &hidden]);
        let [open, old] = both;
        let shown = ["/shown", "/whole", "/marked", "/unseen", "/rpc/may", "/rpc/may_not", "/rpc/may_local"];
        insta::allow_duplicates! {
            insta::assert_snapshot!(of_paths(&open, &shown), @r"
            /shown: get head post patch
            /whole: get head delete
            /marked: get head patch delete
            /unseen: -
            /rpc/may: get post
            /rpc/may_not: -
            /rpc/may_local: get post
            ");
            insta::assert_snapshot!(of_paths(&old, &shown), @r"
            /shown: get post patch
            /whole: get delete
            /marked: get delete patch
            /unseen: -
            /rpc/may: get post
            /rpc/may_not: -
            /rpc/may_local: get post
            ");
        }
        let schemas = &open["components"]["schemas"];
        let columns =
            |key: &str| schemas[key]["properties"].as_object().unwrap().keys().cloned().collect::<Vec<_>>().join(" ");
        assert_eq!(columns("shown"), "id name");
        assert_eq!(columns("shown.insert"), "name");
        assert_eq!(columns("shown.update"), "name");
        assert!(!open.to_string().contains("secret") && !old.to_string().contains("secret"));
        assert_eq!(open["paths"]["/rpc/may"]["get"]["parameters"][1]["name"], "b", "the other one may not be called");
        assert_eq!(of_paths(&hidden[0], &["/t"]), "/t: -", "without USAGE on the schema");
    }
    let all = openapi(&catalog, &options, "hidden", &Privileges::Unlimited);
    assert_eq!(of_paths(&all, &["/t"]), "/t: get head post patch put delete");
}

#[tokio::test]
async fn the_query_prepares_and_has_a_header() {
    let prepared = TestDb::empty().await.client_owner().await.prepare(PRIVILEGES_SQL).await.unwrap();
    assert_eq!(prepared.columns().iter().map(tokio_postgres::Column::name).collect::<Vec<_>>(), ["privileges"]);
    for part in ["-- ", "\n-- Parameters: $1 text[]", "\n-- Columns: ", "\n-- Needs PostgreSQL 14"] {
        assert!(PRIVILEGES_SQL.contains(part), "no `{part}`");
    }
}

#[test]
fn filters_quote_what_would_be_read_otherwise() {
    let check = |column: &str, expected: &str| assert_eq!(super::names::filter(column), expected);
    check("title", "title");
    check("straße 1", "straße 1");
    check("dash-ed", "dash-ed");
    check("a.b", "\"a.b\"");
    check("select", "\"select\"");
    check(" padded", "\" padded\"");
    check("say \"hi\\\"", "\"say \\\"hi\\\\\\\"\"");
    check("😀", "\"😀\"");
}

#[test]
fn no_two_names_have_the_same_key() {
    let names = ["tasks.insert", "tasks", "tasks.2E", "tasks..", "täsks", "t sks", "Tasks", "tasks.2Einsert"];
    let keys: BTreeSet<String> = names.iter().map(|name| super::names::key(name)).collect();
    assert_eq!(keys.len(), names.len(), "{keys:?}");
    let allowed = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    assert!(keys.iter().all(|key| key.chars().all(allowed)), "{keys:?}");
}
