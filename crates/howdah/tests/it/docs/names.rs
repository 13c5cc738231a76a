//! Names and texts that try to be something else.

use howdah_testkit::TestDb;

use super::{all_ran, database, docs, links};
use crate::support::{folder, howdah, run, tree};

const SCHEMA: &str = r#"
create schema "Odd ""one"" <b>";
create table "Odd ""one"" <b>"."</script><script>alert(1)</script>" (
  "select" int primary key, "a|b`c" text, "${x}" jsonb, "*/ drop" text[], "ümläut 🐘" timestamptz not null, "a.b->c" text,
  constraint "che|ck ""x""" check ("a|b`c" <> 'it''s </code>'));
create index "i, ""x""" on "Odd ""one"" <b>"."</script><script>alert(1)</script>" ("a.b->c", "ümläut 🐘") where "a|b`c" is null;
create index on "Odd ""one"" <b>"."</script><script>alert(1)</script>" using gin ("*/ drop");
create table public."order" ("user" int primary key, "group" int references "Odd ""one"" <b>"."</script><script>alert(1)</script>");
create table public."ORDER" ("ID" int primary key);
create table public.aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffggg (
  aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffggg int primary key);
create view public."v <i>" as select "user" as "a <i> b" from public."order";
create type public."m`ood" as enum ('<script>', 'a|b', '');
comment on table public."order" is E'<script>alert("x")</script> `code` | pipe\n\n# no heading\n*/ ${y} <!-- ]]>';
comment on column public."order"."user" is E'Line one\nline two | <img src=x onerror=alert(1)> [link](javascript:alert(1))';
comment on view public."v <i>" is '</textarea><svg onload=alert(1)>';
grant select, insert, update, delete on all tables in schema public, "Odd ""one"" <b>" to public;
"#;

#[test]
fn nothing_gets_out_of_its_place() {
    let db = database("docs_names", SCHEMA);
    let folder = folder();
    let mut command = howdah(folder.path());
    command.args(["docs", "--from", &db.owner_url(), "--out", "docs", "--json"]);
    command.env("HOWDAH_API_SCHEMAS", "public,Odd \"one\" <b>");
    let document = all_ran(&run(&mut command).ok());
    assert!(document["data"]["queries"]["requests"]["read"].as_u64().unwrap() > 20, "{document}");
    let out = folder.path().join("docs");
    assert!(links::follow(&out) > 200);
    let mut pages = 0;
    for (path, content) in tree(&out) {
        let name = path.to_string_lossy().into_owned();
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '~' | '/');
        assert!(name.strip_prefix(&*out.to_string_lossy()).unwrap().chars().all(is_plain), "{name}");
        if !name.ends_with(".html") && !name.ends_with(".svg") {
            continue;
        }
        pages += 1;
        for (element, attributes) in links::elements(std::str::from_utf8(&content).unwrap()) {
            let is_ours = element != "script" || attributes.contains_key("src");
            assert!(is_ours, "{name}: a script without a file");
            assert!(!attributes.keys().any(|name| name.starts_with("on")), "{name}: {element} {attributes:?}");
            assert!(!matches!(element.as_str(), "textarea" | "i"), "{name}: {element}");
            let leads = attributes.get("href").map(String::as_str).unwrap_or_default();
            assert!(!leads.starts_with("javascript:"), "{name}: {leads}");
        }
    }
    assert!(pages > 15, "{pages}");
    docs(folder.path(), &db, &["--check"]);
}

#[test]
fn circles_of_foreign_keys() {
    let db = database(
        "docs_circles",
        "\
        create table eggs (id int primary key, hen_id int);
        create table hens (id int primary key, egg_id int references eggs, mother_id int references hens);
        alter table eggs add foreign key (hen_id) references hens;",
    );
    let folder = folder();
    all_ran(&docs(folder.path(), &db, &["--json"]).ok());
    links::follow(&folder.path().join("docs"));
    docs(folder.path(), &db, &["--check"]).ok();
}

#[test]
fn no_tables_at_all() {
    let folder = folder();
    let document = run(howdah(folder.path()).args(["docs", "--from", "empty", "--out", "docs", "--json"])).ok();
    let document = all_ran(&document);
    assert_eq!(document["data"]["queries"]["made"], 0);
    assert_eq!(document["data"]["coverage"]["percent"], 100);
    assert!(links::follow(&folder.path().join("docs")) > 10);
    run(howdah(folder.path()).args(["docs", "--from", "empty", "--out", "docs", "--check"])).ok();
}

#[test]
fn everything_that_a_catalog_can_hold() {
    let db = TestDb::empty_blocking();
    let everything = include_str!("../../../../howdah-pg/tests/it/fixtures/everything.sql");
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    runtime.block_on(async { db.client_superuser().await.batch_execute(everything).await.unwrap() });
    let folder = folder();
    let mut command = howdah(folder.path());
    let ran = run(command.args(["docs", "--from", &db.superuser_url(), "--out", "docs", "--json"])).ok();
    let document = ran.json();
    let queries = &document["data"]["queries"];
    assert!(queries["made"].as_u64().unwrap() > 40, "{document}");
    // Its own operators make `=` of two moods ambiguous, and those of a key cannot compare rows: whoever writes such a query
    // meets the same. They are left out, and told.
    let failed: Vec<&str> =
        queries["failed"].as_array().unwrap().iter().map(|it| it["message"].as_str().unwrap()).collect();
    let ambiguous = "operator is not unique: shop.mood = shop.mood";
    assert_eq!(failed, [ambiguous, ambiguous, "RowCompare index qualification contains wrong operator"]);
    let page = std::fs::read_to_string(folder.path().join("docs/tables/shop.pairs.md")).unwrap();
    assert!(page.contains("One row by its key") && !page.contains("the next page"), "{page}");
    assert!(links::follow(&folder.path().join("docs")) > 300);
}
