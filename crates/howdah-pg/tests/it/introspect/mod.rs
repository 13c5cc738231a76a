//! Reading catalogs.

mod dependencies;
mod facts;
mod kinds;
mod roles;

use crate::proxy::Proxy;
use crate::support::{assert_same, catalog, copy_schema, superuser};
use howdah_pg::introspect::{QUERIES, introspect_in};
use howdah_pg::script::SqlFile;
use howdah_pg::{IntrospectOptions, introspect};
use howdah_schema::Catalog;
use howdah_testkit::TestDb;
use tokio_postgres::Client;

const EVERYTHING: &str = include_str!("../fixtures/everything.sql");
const EVERYTHING_18: &str = include_str!("../fixtures/everything_18.sql");
const UNMODELLED: &str = include_str!("../fixtures/unmodelled.sql");

/// Loads one of everything that this server has; returns its major version.
async fn load_everything(client: &Client) -> u32 {
    let major = catalog(client).await.postgres_major;
    let mut sql = EVERYTHING.to_owned();
    if major >= 15 {
        sql = sql.replace("/*15:", "").replace(":15*/", "");
    }
    if major >= 18 {
        sql += EVERYTHING_18;
    }
    client.batch_execute(&sql).await.unwrap();
    major
}

async fn everything() -> Catalog {
    let db = TestDb::empty().await;
    let client = db.client_superuser().await;
    load_everything(&client).await;
    catalog(&client).await
}

#[tokio::test]
async fn every_query_prepares_and_has_a_header() {
    let db = TestDb::empty().await;
    let client = db.client_owner().await;
    for query in QUERIES {
        let prepared = client.prepare(query.sql).await;
        assert!(prepared.is_ok(), "{}: {:?}", query.name, prepared.err());
        for part in ["-- ", "\n-- Parameters: $1 text[]", "\n-- Columns: ", "\n-- Needs PostgreSQL 14"] {
            assert!(query.sql.contains(part), "{}.sql has no `{part}`", query.name);
        }
    }
}

#[tokio::test]
async fn a_copy_by_pg_dump_is_equal() {
    let (db, copy) = (TestDb::empty().await, TestDb::empty().await);
    let client = db.client_superuser().await;
    load_everything(&client).await;
    let first = catalog(&client).await;
    assert_same(&first, &catalog(&client).await);
    assert_definitions(&first, &client, false).await;
    let raw = introspect(&client, &IntrospectOptions { raw: true, ..Default::default() }).await.unwrap();
    assert_definitions(&raw, &client, true).await;
    assert_ne!(first, raw);
    if copy_schema(&db, &copy) {
        let second = catalog(&copy.client_superuser().await).await;
        assert_same(&first, &second);
        let edges =
            |catalog: &Catalog| catalog.dependencies.iter().map(|(a, b)| format!("{a} > {b}")).collect::<Vec<_>>();
        assert_eq!(edges(&first), edges(&second));
    }
}

/// Most definitions are put together here rather than asked for, one by one, from the server.
#[track_caller]
fn assert_definitions(catalog: &Catalog, client: &Client, raw: bool) -> impl Future<Output = ()> {
    let mut ours = Vec::new();
    // What is rewritten into its stable form is not what the server prints.
    for table in catalog.tables.values().filter(|table| raw || table.name.name != "restless") {
        ours.extend(
            table.indexes.values().map(|index| (format!("{} {}", table.name, index.name), index.definition.clone())),
        );
        let constraints = table.constraints.values();
        ours.extend(constraints.map(|found| (format!("{} {}", table.name, found.name), found.definition.clone())));
    }
    for view in catalog.views.values() {
        ours.extend(
            view.indexes.values().map(|index| (format!("{} {}", view.name, index.name), index.definition.clone())),
        );
    }
    async move {
        let sql = "select (i.indrelid::regclass)::text || ' ' || quote_ident(c.relname), pg_get_indexdef(c.oid) from pg_index i join pg_class c on c.oid = i.indexrelid
            union all select conrelid::regclass::text || ' ' || quote_ident(conname), pg_get_constraintdef(oid) from pg_constraint where conrelid <> 0";
        client.batch_execute("set search_path = ''").await.unwrap();
        let theirs = client.query(sql, &[]).await.unwrap();
        client.batch_execute("reset search_path").await.unwrap();
        let theirs: Vec<(String, String)> =
            theirs.iter().map(|row| (row.get::<_, String>(0).replace('"', ""), row.get(1))).collect();
        assert!(!ours.is_empty());
        for (name, definition) in ours {
            let name = name.replace('"', "");
            assert!(
                theirs.contains(&(name.clone(), definition.clone())),
                "{name}: {definition}\n{:?}",
                theirs.iter().filter(|their| their.0 == name).collect::<Vec<_>>()
            );
        }
    }
}

#[tokio::test]
async fn the_templates_read_the_same_twice_and_copied() {
    // The templates need PostgreSQL 15.
    if catalog(&TestDb::empty().await.client_owner().await).await.postgres_major < 15 {
        return;
    }
    for template in ["shared", "personal", "content", "commerce"] {
        let folder = format!("{}/../../schemas/{template}", env!("CARGO_MANIFEST_DIR"));
        if SqlFile::read_folder(folder.as_ref()).is_ok_and(|files| files.is_empty()) {
            continue;
        }
        let (db, copy) = (TestDb::template(template).await, TestDb::empty().await);
        let client = db.client_superuser().await;
        let first = catalog(&client).await;
        assert!(!first.tables.is_empty(), "{template}");
        assert_eq!(first.unmodelled, [], "{template}");
        assert_same(&first, &catalog(&client).await);
        assert_definitions(&first, &client, false).await;
        // Whoever asks sees the same: neither the owner's rights nor those of a role without any matter.
        assert_same(&first, &catalog(&db.client_owner().await).await);
        assert_same(&first, &catalog(&db.client_login().await).await);
        if copy_schema(&db, &copy) {
            assert_same(&first, &catalog(&copy.client_superuser().await).await);
        }
    }
}

#[tokio::test]
async fn json_and_back_is_equal() {
    let catalog = everything().await;
    let json = serde_json::to_string(&catalog).unwrap();
    let back: Catalog = serde_json::from_str(&json).unwrap();
    assert_same(&catalog, &back);
    assert_eq!(json, serde_json::to_string(&back).unwrap(), "what does not count for equality is there too");
    assert!(back.dependencies.iter().count() > 100);
}

#[tokio::test]
async fn what_is_not_modelled_is_named() {
    let db = TestDb::empty().await;
    let client = db.client_superuser().await;
    client.batch_execute(UNMODELLED).await.unwrap();
    let catalog = catalog(&client).await;
    // A database with a subscription cannot be dropped.
    client.batch_execute("drop subscription feed").await.unwrap();
    let found: Vec<_> = catalog.unmodelled.iter().map(|object| format!("{}: {}", object.kind, object.name)).collect();
    // Until PostgreSQL 17 the server says `on language`.
    let found: Vec<_> = found.iter().map(|name| name.replace("on language", "language")).collect();
    assert_eq!(
        found,
        [
            "access method: heap_too",
            "conversion: s.conv",
            "dependency on an extension: s.uses_citext() on citext",
            "foreign table: s.distant",
            "foreign-data wrapper: nowhere",
            "language: other",
            "operator: s.>>>(integer,integer)",
            "server: away",
            "subscription: feed",
            "table: s.typed",
            "text search parser: s.parser",
            "text search template: s.template",
            "transform: for integer language sql",
            "type: s.base_type",
            "type: s.shell",
            "user mapping: public on server away",
        ]
    );
    let options = IntrospectOptions { schemas: Some(vec!["public".to_owned()]), ..Default::default() };
    assert_eq!(introspect(&client, &options).await.unwrap().unmodelled, []);
}

#[tokio::test]
async fn only_the_schemas_asked_for() {
    let db = TestDb::empty().await;
    let client = db.client_owner().await;
    client
        .batch_execute(
            "create schema a; create schema b; create table a.t (id int primary key); create table b.t (id int references a.t);
             create function a.f() returns int language sql as 'select 1'; create type a.e as enum ('x'); create view a.v as select 1 as one;",
        )
        .await
        .unwrap();
    let options = IntrospectOptions { schemas: Some(vec!["b".to_owned()]), ..Default::default() };
    let catalog = introspect(&client, &options).await.unwrap();
    assert_eq!(catalog.schemas.keys().collect::<Vec<_>>(), ["b"]);
    assert_eq!(catalog.tables.len(), 1);
    let (_, key) = catalog.table("b", "t").unwrap().foreign_keys().next().unwrap();
    assert_eq!(key.references.to_string(), "a.t");
    assert!(catalog.functions.is_empty() && catalog.enums.is_empty() && catalog.views.is_empty());
    assert!(catalog.roles.contains_key("howdah_owner"));
}

#[tokio::test]
async fn a_transaction_sees_its_own_changes_and_keeps_its_settings() {
    let db = TestDb::empty().await;
    let mut client = db.client_owner().await;
    let mut transaction = client.transaction().await.unwrap();
    transaction.batch_execute("create table public.new (id int); set local search_path = public").await.unwrap();
    let catalog = introspect_in(&mut transaction, &IntrospectOptions::default()).await.unwrap();
    assert!(catalog.table("public", "new").is_some());
    transaction.batch_execute("insert into new values (1)").await.unwrap();
    transaction.commit().await.unwrap();
    // And on its own it leaves the session as it was.
    introspect(&client, &IntrospectOptions::default()).await.unwrap();
    client.batch_execute("set search_path = public; insert into new values (2)").await.unwrap();
}

#[tokio::test]
async fn settings_of_the_database_do_not_matter() {
    let db = TestDb::empty().await;
    let client = db.client_superuser().await;
    load_everything(&client).await;
    let plain = catalog(&client).await;
    client
        .batch_execute(
            "set datestyle = 'German, DMY'; set intervalstyle = 'iso_8601'; set timezone = 'Asia/Tokyo'; set extra_float_digits = -10;
             set bytea_output = 'escape'; set quote_all_identifiers = on; set search_path = shop, public; set default_transaction_isolation = serializable",
        )
        .await
        .unwrap();
    assert_same(&plain, &catalog(&client).await);
}

/// Messages that need an answer, as the client sends them: `Q` for a simple query, `S` for the end of an extended one.
async fn messages_for(tables: usize) -> (usize, usize) {
    let db = TestDb::empty().await;
    let setup = db.client_owner().await;
    for number in 0..tables {
        let sql = format!(
            "create table public.t{number} (id uuid primary key, name text not null, check (name <> ''));
             create index on public.t{number} (name); alter table public.t{number} enable row level security;
             create policy p on public.t{number} using (true); create type public.e{number} as enum ('a');"
        );
        setup.batch_execute(&sql).await.unwrap();
    }
    let proxy = Proxy::start(superuser(&db)).await;
    let client = proxy.target.client().await.unwrap();
    proxy.forget();
    let catalog = catalog(&client).await;
    assert_eq!(catalog.tables.len(), tables);
    (proxy.count(b'Q') + proxy.count(b'S'), proxy.round_trips())
}

#[tokio::test]
async fn the_number_of_round_trips_does_not_grow_with_the_tables() {
    let few = messages_for(1).await;
    let many = messages_for(60).await;
    // BEGIN, the queries, COMMIT.
    assert_eq!((few.0, many.0), (QUERIES.len() + 2, QUERIES.len() + 2));
    assert_eq!((few.1, many.1), (3, 3));
}

#[tokio::test]
async fn tables_that_come_and_go_do_not_hurt() {
    let db = TestDb::empty().await;
    let (reader, writer) = (db.client_owner().await, db.client_owner().await);
    let churn = tokio::spawn(async move {
        for round in 0..60 {
            let sql = format!(
                "create table public.c{round} (id int primary key, name text default 'x', check (id > 0));
                 create index on public.c{round} (lower(name)); create view public.v{round} as select id from public.c{round};
                 create function public.f{round}() returns int language sql as 'select 1'"
            );
            writer.batch_execute(&sql).await.unwrap();
            writer
                .batch_execute(&format!(
                    "drop view public.v{round}; drop table public.c{round}; drop function public.f{round}"
                ))
                .await
                .unwrap();
        }
    });
    let mut read = 0;
    while !churn.is_finished() {
        catalog(&reader).await;
        read += 1;
    }
    churn.await.unwrap();
    assert!(read > 0, "{read}");
}
