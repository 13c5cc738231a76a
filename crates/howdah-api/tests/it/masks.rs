//! Masks: what the reporting role sees of personal data, in SQL and over HTTP, and that nothing leads around it.

use std::collections::BTreeMap;

use howdah_schema::catalog::{Column, Table};
use howdah_schema::mask::{self, expression, views};
use howdah_schema::tags::Mask;
use howdah_testkit::TestDb;
use reqwest::Method;
use serde_json::{Value, json};
use tokio_postgres::Client;

use crate::isolation::{World, by_key, world};

const ROLE: &str = "howdah_readonly";

/// A template, which brings its masked views, and with the key of hashes. The views are what `howdah role masks` makes of the
/// tags.
async fn masked(template: &str) -> World {
    let world = world(template).await;
    let file = format!("{}/../../schemas/{template}/90_masks.sql", env!("CARGO_MANIFEST_DIR"));
    let expected = views::sql(&world.catalog, &["public".to_owned()], ROLE).unwrap();
    assert!(std::fs::read_to_string(&file).unwrap() == expected, "{file} should say:\n{expected}");
    world
        .admin
        .batch_execute(
            "do $$ begin if to_regclass('public_masked.hash_keys') is not null then
             insert into public_masked.hash_keys default values; end if; end $$; analyze",
        )
        .await
        .unwrap();
    world
}

impl World {
    fn masked_tables(&self) -> impl Iterator<Item = &Table> {
        views::tables(&self.catalog, &["public".to_owned()], ROLE).into_iter()
    }

    fn reader(&self) -> String {
        self.server.sign(&json!({ "role": ROLE, "exp": crate::server::now() + 600 }))
    }
}

/// The rows of a query, each as a JSON object.
async fn objects(client: &Client, from: &str) -> Vec<Value> {
    let rows = client.query(&format!("select to_jsonb(t)::text from {from} as t order by 1"), &[]).await.unwrap();
    rows.iter().map(|row| serde_json::from_str(row.get(0)).unwrap()).collect()
}

/// Of each row by its key: the values of all columns as text.
async fn texts(client: &Client, table: &Table, from: &str, rows: &str) -> BTreeMap<String, Vec<Option<String>>> {
    let quoted = |name: &str| howdah_schema::Ident::new(name.to_owned()).to_string();
    let columns: Vec<String> = table.columns.iter().map(|column| format!("{}::text", quoted(&column.name))).collect();
    let key: Vec<String> = table.primary_key().iter().map(|name| format!("{}::text", quoted(name))).collect();
    let sql = format!("select concat_ws('/', {}), array[{}] from {from} {rows}", key.join(", "), columns.join(", "));
    let rows = client.query(&sql, &[]).await.unwrap_or_else(|error| panic!("{sql}: {error:?}"));
    rows.iter().map(|row| (row.get(0), row.get(1))).collect()
}

#[tokio::test]
async fn a_mask_in_sql_says_what_the_mask_says() {
    let db = TestDb::empty().await;
    let client = db.client_superuser().await;
    client.batch_execute("set timezone = 'UTC'; create domain degrees as double precision").await.unwrap();
    let check = async |mask: Mask, sql_type: &str, value: &str| {
        client.batch_execute(&format!("drop table if exists t; create table t (\"C\" {sql_type})")).await.unwrap();
        client.execute(&format!("insert into t values ($1::text::{sql_type})"), &[&value]).await.unwrap();
        let catalog = howdah_pg::introspect(&client, &howdah_pg::IntrospectOptions::default()).await.unwrap();
        let column: &Column = &catalog.table("public", "t").unwrap().columns[0];
        let shown = async |sql: String| client.query_one(&sql, &[]).await.unwrap().get::<_, Option<String>>(0);
        let stored = shown("select \"C\"::text from t".to_owned()).await.unwrap();
        let expected = mask::apply(mask, &column.data_type, b"", &stored);
        let found = shown(format!("select ({})::text from t", expression(mask, column, "no_keys"))).await;
        assert_eq!(found, expected, "{mask:?} {sql_type} {value}");
        found.is_some()
    };
    let mut shown = 0;
    for (mask, sql_type, values) in [
        (Mask::Email, "text", &["ada@example.com", "a@b@c.example", "no address", "@x", "x@", "", "a\nb@c"][..]),
        (Mask::Email, "varchar(20)", &["ada@example.com"]),
        (Mask::Email, "jsonb", &["\"ada@example.com\""]),
        (Mask::Phone, "text", &["+49 30 901 820 42", "110", "1234", ""]),
        (Mask::Name, "text", &["Ada  Lindqvist", " ada ", "-- ", "O'Neil 3rd (x)", ""]),
        (Mask::LastFour, "text", &["DE89370400440532013000", "1234567", "12345678", ""]),
        (Mask::Range, "date", &["1988-04-17", "2024-01-01", "infinity", "0044-03-15 BC"]),
        (Mask::Range, "timestamptz", &["1988-04-17 12:00:00+00", "-infinity", "2024-12-31 23:59:59.5+00"]),
        (Mask::Range, "timestamp", &["1988-04-17 12:00:00"]),
        (Mask::Range, "timestamptz(3)", &["1988-04-17 12:00:00+00"]),
        (Mask::Range, "integer", &["37", "-3", "-31", "2147483647", "-2147483648", "0"]),
        (Mask::Range, "numeric(6,2)", &["37.5", "-31.25", "9.99", "NaN"]),
        (Mask::Range, "double precision", &["37.5", "Infinity", "NaN", "-12"]),
        (Mask::Geo, "double precision", &["-8.61099", "47.0", "NaN", "-Infinity", "179.96"]),
        (Mask::Geo, "degrees", &["52.520008"]),
        (Mask::Geo, "numeric(9,6)", &["13.404954", "NaN"]),
        (Mask::Geo, "integer", &["52"]),
        (Mask::Geo, "point", &["(13.404954,52.520008)", "(NaN,1)", "(1,Infinity)"]),
        (Mask::Null, "text", &["x"]),
        (Mask::Null, "text[]", &["{x}"]),
        (Mask::Email, "text[]", &["{a@b}"]),
    ] {
        for value in values {
            shown += usize::from(check(mask, sql_type, value).await);
        }
    }
    assert!(shown > 25, "{shown}");
}

#[tokio::test]
async fn personal() {
    let world = masked("personal").await;
    over_http_masked_columns_come_masked(&world).await;
    embedding_counting_and_paging_go_through_the_masks(&world).await;
    a_view_shows_the_rows_of_the_policies_and_every_masked_value_masked(&world).await;
    nothing_leads_around_a_mask(&world).await;
}

#[tokio::test]
async fn content() {
    let world = masked("content").await;
    over_http_masked_columns_come_masked(&world).await;
    a_view_shows_the_rows_of_the_policies_and_every_masked_value_masked(&world).await;
}

#[tokio::test]
async fn commerce() {
    let world = masked("commerce").await;
    over_http_masked_columns_come_masked(&world).await;
    a_view_shows_the_rows_of_the_policies_and_every_masked_value_masked(&world).await;
}

async fn a_view_shows_the_rows_of_the_policies_and_every_masked_value_masked(world: &World) {
    let trashed = world.masked_tables().find(|table| table.column("deleted_at").is_some()).unwrap();
    let trash = format!(
        "update {0} set deleted_at = now() where ctid = (select min(ctid) from {0} where deleted_at is null)",
        trashed.name
    );
    assert_eq!(world.admin.execute(&trash, &[]).await.unwrap(), 1);
    let reader = world.db.client_as(ROLE).await;
    for client in [&reader, &world.admin] {
        client.batch_execute("set timezone = 'UTC'").await.unwrap();
    }
    let (mut tables, mut masked_values) = (0, 0);
    for table in world.masked_tables() {
        let masks = mask::all(&table.columns);
        let view = views::view_of(&table.name);
        let shown = texts(&reader, table, &view.to_string(), "").await;
        let stored = texts(&world.admin, table, &table.name.to_string(), "").await;
        let visible: i64 = reader.query_one(&format!("select count(*) from {}", table.name), &[]).await.unwrap().get(0);
        assert_eq!(shown.len() as i64, visible, "{view}: other rows than {ROLE}'s policies show");
        for (key, row) in &shown {
            for ((column, shown), stored) in table.columns.iter().zip(row).zip(&stored[key]) {
                let what = format!("{view}.{} of {key}", column.name);
                match masks.get(column.name.as_str()) {
                    None => assert_eq!(shown, stored, "{what}"),
                    Some(Mask::Hash) => {
                        assert_eq!(shown.as_ref().map(String::len), stored.as_ref().map(|_| 12), "{what}");
                    }
                    Some(mask) => {
                        let masked = stored.as_ref().and_then(|it| mask::apply(*mask, &column.data_type, b"", it));
                        assert_eq!(*shown, masked, "{what}");
                        masked_values += 1;
                    }
                }
            }
        }
        for column in masks.keys() {
            let error = reader.query(&format!("select {column} from {}", table.name), &[]).await.unwrap_err();
            assert_eq!(error.code().unwrap().code(), "42501", "{}.{column}", table.name);
        }
        tables += 1;
    }
    assert!(tables >= 2 && masked_values > 100, "{tables} {masked_values}");
}

#[tokio::test]
async fn equal_values_have_equal_hashes_and_only_under_the_key() {
    let world = world("content").await;
    let reader = world.db.client_as(ROLE).await;
    let slugs = "select slug from public_masked.authors order by id";
    let read = async || -> Vec<Option<String>> {
        reader.query(slugs, &[]).await.unwrap().iter().map(|row| row.get(0)).collect()
    };
    assert!(read().await.iter().all(Option::is_none), "without a key there is no hash");
    world.admin.batch_execute("insert into public_masked.hash_keys default values").await.unwrap();
    let first = read().await;
    assert!(first.len() > 2 && first.iter().all(Option::is_some) && first == read().await);
    let distinct: std::collections::BTreeSet<_> = first.iter().collect();
    assert_eq!(distinct.len(), first.len(), "slugs are unique, so their hashes are");
    assert!(world.admin.batch_execute("insert into public_masked.hash_keys default values").await.is_err());
    world
        .admin
        .batch_execute("delete from public_masked.hash_keys; insert into public_masked.hash_keys default values")
        .await
        .unwrap();
    assert!(read().await.iter().zip(&first).all(|(one, other)| one != other), "another key, other hashes");
    let keys = reader.query("select * from public_masked.hash_keys", &[]).await.unwrap_err();
    assert_eq!(keys.code().unwrap().code(), "42501");
}

async fn nothing_leads_around_a_mask(world: &World) {
    let reader = world.db.client_as(ROLE).await;
    // A row in the trash, whose values no function of the reader may ever be given, and one that is live.
    let admin = &world.admin;
    let plant = format!(
        "insert into public.contacts (user_id, display_name, notes, birthday, deleted_at) values
           ('{0}', 'Trashed Secretperson', 'trash-secret', '1971-07-07', now()),
           ('{0}', 'Zebedee Secretperson', 'live-secret', '1972-08-08', null)",
        world.ada
    );
    admin.batch_execute(&plant).await.unwrap();
    for refused in [
        "select display_name from public.contacts",
        "select * from public.contacts",
        "select c from public.contacts as c",
        "select to_jsonb(c) from public.contacts as c",
        "select c.* from public_masked.contacts as m join public.contacts as c using (id)",
        "select id from public.contacts where display_name like 'Z%'",
        "select id from public.contacts order by display_name",
        "select count(display_name) from public.contacts",
        "select count(*) from public.contacts group by display_name",
        "select id from public.contacts where row(display_name) = row('x'::text)",
        "select id from public.contacts as c where c::text like '%Zebedee%'",
        "select id from public.contacts natural join (values ('Zebedee Secretperson')) as v (display_name)",
        "select ctid from public.contacts where display_name is not null",
        "select id from public.contacts tablesample system (100) where display_name = 'x'",
        "copy public.contacts (display_name) to stdout",
        "copy (select display_name from public.contacts) to stdout",
        "insert into public_masked.contacts (display_name) values ('x')",
        "update public_masked.contacts set display_name = 'x'",
        "delete from public_masked.contacts",
        "select * from public_masked.contacts for update",
        "update public.contacts set nickname = display_name",
        "insert into public.contacts (user_id, display_name) values (null, 'x') on conflict do nothing returning display_name",
        "create temporary table aim (name text references public.contacts (display_name))",
        "create temporary table copied (like public.contacts including all); insert into copied select * from public.contacts",
        "create view pg_temp.past as select display_name from public.contacts; select * from pg_temp.past",
        "create or replace view public_masked.contacts as select * from public.contacts",
        "alter view public_masked.contacts set (security_invoker = true)",
        "create rule r as on select to public_masked.contacts do instead select 1",
        "select * from pg_statistic",
        "do $$ begin perform display_name from public.contacts; end $$",
        "create function pg_temp.f() returns setof text language sql as 'select display_name from public.contacts'; select pg_temp.f()",
        "create function pg_temp.g() returns setof text language sql security definer as 'select display_name from public.contacts'; select pg_temp.g()",
    ] {
        match reader.batch_execute(refused).await {
            Ok(()) => panic!("not refused: {refused}"),
            Err(error) => {
                let error = error.as_db_error().unwrap_or_else(|| panic!("{refused}: {error}"));
                assert!(
                    matches!(error.code().code(), "42501" | "55000" | "42P16" | "42809" | "0A000"),
                    "{refused}: {error}"
                );
                assert!(!error.message().contains("Zebedee"), "{refused}: {error}");
            }
        }
    }
    // A function that keeps all that it is asked about is given masked values of rows that the policies show.
    let listen = "create temporary table heard (word text);
        create function pg_temp.hears(text) returns boolean language plpgsql cost 0.0001 as
          $$ begin insert into heard values ($1); return true; end $$;
        select id from public_masked.contacts where pg_temp.hears(display_name) and pg_temp.hears(notes)
          and pg_temp.hears(birthday::text) order by pg_temp.hears(display_name)";
    reader.batch_execute(listen).await.unwrap();
    let heard = reader.query("select distinct word from heard where word is not null", &[]).await.unwrap();
    let heard: Vec<String> = heard.iter().map(|row| row.get(0)).collect();
    assert!(heard.iter().any(|word| word == "Z. S."), "{heard:?}");
    for secret in ["Secretperson", "secret", "T. S.", "1971", "1972-08"] {
        assert!(!heard.iter().any(|word| word.contains(secret)), "heard {secret}");
    }
    // Errors speak of masked values.
    let cast =
        reader.query("select display_name::integer from public_masked.contacts where display_name = 'Z. S.'", &[]);
    let told = format!("{:?}", cast.await.unwrap_err().as_db_error().unwrap());
    assert!(told.contains("Z. S.") && !told.contains("Zebedee"), "{told}");
    // Conditions meet the mask.
    let matching = |value: &str| format!("select count(*) from public_masked.contacts where display_name = '{value}'");
    let count = async |value: &str| -> i64 { reader.query_one(&matching(value), &[]).await.unwrap().get(0) };
    assert_eq!((count("Zebedee Secretperson").await, count("Z. S.").await), (0, 1));
    // What the planner knows of the values is not shown.
    let known = "select count(*) from pg_stats where schemaname = 'public' and tablename = 'contacts' and attname = 'display_name'";
    assert_eq!(admin.query_one(known, &[]).await.unwrap().get::<_, i64>(0), 1);
    assert_eq!(reader.query_one(known, &[]).await.unwrap().get::<_, i64>(0), 0);
    // It is nobody else, and may become nobody else.
    let others = "select count(*) from pg_roles where rolname <> 'howdah_readonly' and pg_has_role('howdah_readonly', oid, 'member')";
    assert_eq!(admin.query_one(others, &[]).await.unwrap().get::<_, i64>(0), 0);
    // No function reads with other rights on its behalf.
    let definers = "select p.oid::regprocedure::text from pg_proc p where p.prosecdef and p.oid >= 16384
                      and has_function_privilege(current_user, p.oid, 'execute')";
    let definers: Vec<String> = reader.query(definers, &[]).await.unwrap().iter().map(|row| row.get(0)).collect();
    assert!(definers.iter().all(|name| name.starts_with("pg_temp")), "{definers:?}");
}

async fn over_http_masked_columns_come_masked(world: &World) {
    let (server, token) = (&world.server, world.reader());
    let sql = world.db.client_as(ROLE).await;
    let person = server.token(&world.ada);
    for table in world.masked_tables() {
        let name = &table.name.name;
        let view = views::view_of(&table.name).to_string();
        let expected = objects(&sql, &format!("(select * from {view})")).await;
        let all = server.rows(&format!("{name}?limit=100000"), &token).await;
        let mut rows = all.as_array().unwrap().clone();
        // The order of keys and of rows is not what this is about.
        let sorted = |rows: &mut Vec<Value>| rows.sort_by_key(|row| row["id"].to_string() + &row.to_string());
        let mut expected = expected;
        for rows in [&mut rows, &mut expected] {
            rows.iter_mut().for_each(Value::sort_all_objects);
            sorted(rows);
        }
        assert_eq!(rows.len(), expected.len(), "{name}");
        assert!(same(&rows, &expected), "{name}: what comes over HTTP is not what the view shows");
        let Some(first) = rows.first().and_then(Value::as_object) else { continue };
        assert_eq!(first.len(), table.columns.len(), "{name}: `*` leaves columns out");
        // By key it is the same row, and has a tag; CSV and single objects are masked, too.
        let by_key = by_key(table, first);
        let one = server.get(&format!("{name}?{by_key}"), Some(&token)).await;
        let mut again = one.json();
        again.sort_all_objects();
        assert!(same(std::slice::from_ref(&again[0]), &rows[..1]), "{name}: {}", one.text);
        let stored =
            objects(&world.admin, &format!("(select * from {} where {})", table.name, key_sql(table, first))).await;
        let csv = server.request(Method::GET, &format!("{name}?{by_key}"), Some(&token)).header("accept", "text/csv");
        let csv = server.send(csv).await.text;
        for (column, mask) in mask::all(&table.columns) {
            let raw = &stored[0][column];
            let hidden = first[column] != *raw;
            let Some(text) = text_of(raw).filter(|text| hidden && text.len() > 9) else { continue };
            assert!(!csv.contains(&text), "{name}.{column} ({mask:?}) in {csv}");
            // Looking for what is hidden finds what looks like it, and not what it is.
            for filter in [format!("{column}=eq.{}", quoted(&text)), format!("{column}=in.({})", quoted(&text))] {
                let found = server
                    .get(&format!("{name}?select={}&{filter}", table.primary_key().join(",")), Some(&token))
                    .await;
                if found.status.is_success() {
                    assert_eq!(found.json(), json!([]), "{name}?{filter}");
                } else {
                    assert!(!found.text.contains(&world.ben), "{}", found.text);
                }
            }
            let order =
                server.get(&format!("{name}?select={column}&order={column}.asc.nullslast&limit=3"), Some(&token)).await;
            assert!(order.status.is_success() && !order.text.contains(&text), "{name}.{column}: {}", order.text);
        }
        // People see their own as it is, and nothing is written through a mask.
        assert!(!server.get(&format!("{name}?limit=1"), Some(&person)).await.text.contains("***"), "{name}");
        for (method, body) in
            [(Method::POST, json!({})), (Method::PATCH, json!({ "metadata": {} })), (Method::DELETE, Value::Null)]
        {
            let path = if method == Method::POST { name.clone() } else { format!("{name}?{by_key}") };
            let refused = server.write(method, &path, &token, "return=representation", &body).await;
            assert!(matches!(refused.status.as_u16(), 400 | 403), "{path}: {} {}", refused.status, refused.text);
        }
    }
}

async fn embedding_counting_and_paging_go_through_the_masks(world: &World) {
    let (server, token) = (&world.server, world.reader());
    let contacts = server.rows("contacts?select=display_name", &token).await;
    let masked: Vec<String> =
        contacts.as_array().unwrap().iter().filter_map(|it| text_of(&it["display_name"])).collect();
    assert!(!masked.is_empty() && masked.iter().all(|name| name.split(' ').all(|word| word.len() <= 5)), "{masked:?}");
    for path in [
        "social_accounts?select=platform,contacts(*)&contact_id=not.is.null",
        "social_accounts?select=platform,...contacts(display_name)&contact_id=not.is.null",
        "social_accounts?select=platform,contacts!inner(display_name)&order=contacts(display_name)",
    ] {
        let rows = server.rows(path, &token).await;
        let rows = rows.as_array().unwrap();
        assert!(!rows.is_empty(), "{path}");
        for row in rows {
            let name = row.get("display_name").unwrap_or(&row["contacts"]["display_name"]);
            let name = text_of(name);
            assert!(name.as_ref().is_none_or(|name| masked.contains(name)), "{path}: {name:?}");
        }
    }
    let raw: String = world
        .admin
        .query_one(
            "select display_name from public.contacts where deleted_at is null and length(display_name) > 9 limit 1",
            &[],
        )
        .await
        .unwrap()
        .get(0);
    for path in [
        format!("contacts?select=id&display_name=eq.{}", quoted(&raw)),
        format!("contacts?select=id&display_name=ilike.*{}*", &raw[1..6]),
        format!("social_accounts?select=id,contacts!inner(id)&contacts.display_name=eq.{}", quoted(&raw)),
        format!("contacts?select=id&or=(display_name.eq.{0},display_name.like.{0}*)", quoted(&raw)),
    ] {
        let request = server.request(Method::GET, &path, Some(&token)).header("prefer", "count=exact");
        let answer = server.send(request).await;
        assert_eq!((answer.json(), answer.header("content-range")), (json!([]), Some("*/0")), "{path}");
    }
    // Page by page over a masked order, without meeting a row twice or a value as it is.
    let mut pages = 0;
    let mut seen = Vec::new();
    let mut cursor = String::new();
    loop {
        let answer = server
            .get(
                &format!("contacts?select=id,display_name&order=display_name,id&limit=20&cursor={cursor}"),
                Some(&token),
            )
            .await;
        assert!(answer.status.is_success(), "{}", answer.text);
        seen.extend(answer.json().as_array().unwrap().iter().map(|row| row["id"].to_string()));
        assert!(!answer.text.contains(&raw), "{}", answer.text);
        pages += 1;
        let Some(next) = answer.header("next-cursor") else { break };
        cursor = next.to_owned();
        assert!(pages < 200);
    }
    assert_eq!(seen.len(), masked.len());
    // The description tells the role of all columns.
    let answer = server.get("openapi.json", Some(&token)).await;
    assert!(answer.text.contains("email_addresses"), "{}", answer.status);
}

fn key_sql(table: &Table, row: &serde_json::Map<String, Value>) -> String {
    let literal = |value: &Value| howdah_schema::Literal::text(text_of(value).unwrap_or_default()).to_string();
    let equal = table.primary_key().iter().map(|key| format!("{key}::text = {}", literal(&row[key])));
    equal.collect::<Vec<_>>().join(" and ")
}

fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

/// As a value of a filter: quoted, and fit for a URL.
fn quoted(text: &str) -> String {
    let text = text.replace('\\', r"\\").replace('"', "\\\"");
    let encoded = text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
    format!("%22{encoded}%22")
}

/// Equal but for how numbers are written.
fn same(left: &[Value], right: &[Value]) -> bool {
    left.len() == right.len() && left.iter().zip(right).all(|(left, right)| alike(left, right))
}

fn alike(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Object(left), Value::Object(right)) => {
            left.len() == right.len()
                && left.iter().all(|(key, value)| right.get(key).is_some_and(|it| alike(value, it)))
        }
        (Value::Array(left), Value::Array(right)) => same(left, right),
        (Value::Number(left), Value::Number(right)) => left.as_f64() == right.as_f64(),
        _ => left == right,
    }
}
