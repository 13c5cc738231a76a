//! Statements in batches.

use super::{Heard, folder, quick, strings};
use howdah_pg::migrate::{MigrateError, Runner};
use howdah_testkit::TestDb;

/// Runs `directive` and `statement` on what `setup` made; the last that was told of the walk, and what `query` finds then.
async fn check(setup: &str, directive: &str, statement: &str, told: &str, query: &str, found: &str) {
    let db = TestDb::empty().await;
    let client = db.client_owner().await;
    let up = format!("{setup};\n-- howdah:backfill {directive}\n{statement};");
    let folder = folder(&[(&up, "")]);
    let heard = Heard::default();
    let observer = heard.observer();
    Runner::new(&client, &folder).observer(&observer).options(quick()).up(None).await.unwrap();
    let lines = heard.lines();
    let walked = lines.iter().rfind(|line| line.contains("walked"));
    assert_eq!(walked.map(String::as_str), Some(told), "{lines:#?}");
    assert_eq!(strings(&client, query).await.join(","), found);
}

const INTS: &str = "create table public.t (id int primary key, v int); insert into public.t select n, n % 10 from generate_series(1, 100) n";

#[tokio::test]
async fn by_a_primary_key() {
    check(
        INTS,
        "public.t batch=7",
        "update public.t set v = null where v = 3 or v = 4 -- a comment",
        "public.t: 100 walked, 20 changed",
        "select count(*)::text from public.t where v is null",
        "20",
    )
    .await;
    // A walk that ends with a full batch looks once more.
    check(
        INTS,
        "public.t batch=50 pause=1ms",
        "delete from public.t",
        "public.t: 100 walked, 100 changed",
        "select count(*)::text from public.t",
        "0",
    )
    .await;
    check(
        "create table public.t (id int primary key)",
        "public.t",
        "delete from public.t",
        "public.t: 0 walked, 0 changed",
        "select count(*)::text from public.t",
        "0",
    )
    .await;
}

#[tokio::test]
async fn with_aliases_joins_and_returning() {
    let two = "create table public.t (id int primary key, v int); insert into public.t select n, 0 from generate_series(1, 30) n;
        create table public.\"From\" (t int, v int); insert into public.\"From\" select n, n * 2 from generate_series(1, 15) n";
    check(
        two,
        "public.t batch=4",
        "update public.t as \"where\" set v = f.v from public.\"From\" f where f.t = \"where\".id and f.v is distinct from 4 returning (select 1 where true)",
        "public.t: 30 walked, 14 changed",
        "select sum(v)::text from public.t",
        "236",
    )
    .await;
    check(
        two,
        "public.t batch=4",
        "delete from only public.t using public.\"From\" f where f.t = t.id",
        "public.t: 30 walked, 15 changed",
        "select count(*)::text from public.t",
        "15",
    )
    .await;
    check(
        two,
        "public.t batch=4",
        "update public.t set (v) = (select max(f.v) from public.\"From\" f where f.t = t.id)",
        "public.t: 30 walked, 30 changed",
        "select count(v)::text from public.t",
        "15",
    )
    .await;
}

#[tokio::test]
async fn by_keys_of_every_kind() {
    for (column, values) in [
        ("uuid", "gen_random_uuid()"),
        ("text collate \"C\"", "'k''\\' || n"),
        ("bigint", "n - 50"),
        ("numeric", "n / 7.0"),
        ("timestamptz", "now() - n * interval '1 second'"),
        ("date", "date '2024-02-28' + n"),
        ("char(10)", "'c' || n"),
        ("interval", "n * interval '1 hour'"),
        ("double precision", "n / 3.0::float8"),
        ("bytea", "decode(lpad(to_hex(n), 4, '0'), 'hex')"),
        ("inet", "'10.0.0.0'::inet + n"),
    ] {
        let setup = format!(
            "set datestyle = 'SQL, DMY'; create table public.t (k {column} primary key, v int); insert into public.t select {values}, 0 from generate_series(1, 40) n"
        );
        check(
            &setup,
            "public.t batch=9",
            "update public.t set v = v + 1",
            "public.t: 40 walked, 40 changed",
            "select count(*)::text from public.t where v = 1",
            "40",
        )
        .await;
    }
}

#[tokio::test]
async fn by_several_columns_and_by_other_keys() {
    let setup = "create table public.\"T t\" (shop text, \"No\" int, code uuid not null unique default gen_random_uuid(), v int not null default 0, primary key (shop, \"No\"));
        insert into public.\"T t\" select 's' || n % 3, n from generate_series(1, 40) n;
        create unique index on public.\"T t\" (\"No\" desc, shop);";
    for key in ["", " key=code", " key=shop,\"No\"", " key=\"No\",shop"] {
        check(
            setup,
            &format!("public.\"T t\"{key} batch=7"),
            "update public.\"T t\" t set v = v + 1",
            "public.\"T t\": 40 walked, 40 changed",
            "select count(*)::text from public.\"T t\" where v = 1",
            "40",
        )
        .await;
    }
}

#[tokio::test]
async fn of_a_partitioned_table() {
    check(
        "create table public.t (id int primary key, v int) partition by hash (id);
         create table public.t0 partition of public.t for values with (modulus 2, remainder 0);
         create table public.t1 partition of public.t for values with (modulus 2, remainder 1);
         insert into public.t select n, 0 from generate_series(1, 40) n",
        "public.t batch=9",
        "update public.t set v = v + 1",
        "public.t: 40 walked, 40 changed",
        "select sum(v)::text from public.t",
        "40",
    )
    .await;
}

/// A file that is refused: the place, and what the message and the hint hold.
async fn refused(setup: &str, file: &str, place: &str, parts: &[&str]) {
    let db = TestDb::empty().await;
    let client = db.client_owner().await;
    client.batch_execute(setup).await.unwrap();
    let folder = folder(&[(file, "")]);
    let error = Runner::new(&client, &folder).up(None).await.unwrap_err();
    assert!(matches!(error, MigrateError::Failed { .. } | MigrateError::Invalid { .. }), "{error}");
    let script = error.script().unwrap();
    assert_eq!(script.location.to_string(), format!("migrations/0001_m.up.sql:{place}"), "{error}");
    for part in parts {
        assert!(error.to_string().contains(part), "{error}");
    }
}

#[tokio::test]
async fn what_cannot_be_run_in_batches_is_refused() {
    let backfill = |directive: &str, statement: &str| format!("-- howdah:backfill {directive}\n{statement};");
    for (directive, statement, place, parts) in [
        ("public.t", "insert into public.t values (1)", "2:1", ["one UPDATE or DELETE", "Write it as one"]),
        ("public.t", "with x as (select 1) update public.t set v = 1", "2:1", ["one UPDATE or DELETE", "subquery"]),
        ("public.t", "update public.u set v = 1", "2:8", ["`public.t`, and this statement of `public.u`", "same name"]),
        ("public.t", "update t set v = 1", "2:8", ["of `t`", "same name"]),
        ("public.t", "delete from public.t where current of c", "2:22", ["CURRENT OF", "condition"]),
        ("public.t", "update public.t set (v, id) = (1, 2)", "2:17", ["changes `id`", "key="]),
        (
            "public.t",
            "update public.t set v = case when v is distinct from 1 then 2 end, id = 3",
            "2:17",
            ["changes `id`", "key="],
        ),
        ("public.nothing", "delete from public.nothing", "1:1", ["no table `public.nothing`", "schema"]),
        ("public.keyless", "delete from public.keyless", "1:1", ["no primary key", "key=code"]),
        ("public.keyless key=v", "delete from public.keyless", "1:1", ["no unique index on just `v`", "NOT NULL"]),
        ("public.keyless key=w", "delete from public.keyless", "1:1", ["no unique index on just `w`", "NOT NULL"]),
        ("public.t batch=0", "delete from public.t", "1:1", ["`batch=0`", "batch=5000"]),
        ("public.t bach=1", "delete from public.t", "1:1", ["no option `bach`", "batch=5000"]),
        ("public.t pause=5", "delete from public.t", "1:1", ["`pause=5`", "50ms"]),
        ("", "delete from public.t", "1:1", ["does not say which table", "batch=5000"]),
    ] {
        let setup = "create table public.t (id int primary key, v int); create table public.u (v int);
            create table public.keyless (v int unique, w int not null); create unique index on public.keyless (w) where v > 1;
            insert into public.t values (1, 1)";
        refused(setup, &backfill(directive, statement), place, &parts).await;
    }
    refused("", "-- howdah:backfill public.t\n-- nothing\n", "1:1", &["no statement after it"]).await;
    refused("", "-- howdah:backfill public.t\n-- howdah:transaction\nselect 1;", "3:1", &["UPDATE or DELETE"]).await;
}

/// What the server finds in a statement that was rewritten is at its place in the file.
#[tokio::test]
async fn errors_are_at_their_place() {
    let setup = "create table public.t (id int primary key, v int); insert into public.t values (1, 1)";
    refused(setup, "-- howdah:backfill public.t\nupdate public.t set nope = 1;", "2:21", &["nope"]).await;
    refused(setup, "-- howdah:backfill public.t\nupdate public.t set v = 1\n  where nope;", "3:9", &["nope"]).await;
    refused(setup, "-- howdah:backfill public.t\nupdate public.t set v = 1\nreturning nope;", "3:11", &["nope"]).await;
    refused(setup, "-- howdah:backfill public.t\ndelete from public.t where v = 'é' and nope;", "2:32", &["integer"])
        .await;
}
