//! SQL files and the places of their errors.

use crate::support::catalog;
use howdah_pg::script::{ScriptError, SqlFile, load, run, split};
use howdah_testkit::TestDb;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use tokio_postgres::{Client, SimpleQueryMessage};

/// Runs files that fail; the place, the marked text, the code and the message.
async fn check(files: &[(&str, &str)], expected: &str) {
    let db = TestDb::empty().await;
    let client = db.client_owner().await;
    let files: Vec<SqlFile> = files.iter().map(|(name, text)| SqlFile::new(*name, *text)).collect();
    let error = load(&client, &files).await.unwrap_err();
    let Some(script) = error.script() else { panic!("{error}") };
    let place = &script.location;
    let code = script.sqlstate().unwrap_or(script.code());
    let found = format!("{place} [{}] {code} {}", &place.line_text[place.span.clone()], script.message());
    assert_eq!(found, expected);

    let left = client.query_one("select count(*) from pg_class where relnamespace = 'public'::regnamespace", &[]).await;
    assert_eq!(left.unwrap().get::<_, i64>(0), 0, "something was left behind");
}

#[tokio::test]
async fn errors_with_a_position() {
    check(
        &[("a.sql", "create table public.a (id int);\n\ncreate tabel public.b ();\n")],
        "a.sql:3:8 [tabel] 42601 syntax error at or near \"tabel\"",
    )
    .await;
    check(
        &[("a.sql", "select 1;\n  select 'é', nope\nfrom public.x;")],
        "a.sql:3:6 [public] 42P01 relation \"public.x\" does not exist",
    )
    .await;
    check(
        &[("a.sql", "create table public.a (id int);"), ("b.sql", "-- é\r\nselect idd from public.a;\r\n")],
        "b.sql:2:8 [idd] 42703 column \"idd\" does not exist",
    )
    .await;
    check(&[("a.sql", "\u{feff}selekt 1")], "a.sql:1:2 [selekt] 42601 syntax error at or near \"selekt\"").await;
    check(&[("a.sql", "select (1;\n")], "a.sql:1:10 [;] 42601 syntax error at or near \";\"").await;
    check(&[("a.sql", "select (1\n")], "a.sql:2:1 [] 42601 syntax error at end of input").await;
    check(&[("a.sql", "select '1\n2'::int")], "a.sql:1:8 ['1] 22P02 invalid input syntax for type integer: \"1\n2\"")
        .await;
}

#[tokio::test]
async fn errors_without_a_position_are_at_their_statement() {
    check(
        &[(
            "a.sql",
            "create table public.a (id int);\n/* it; */ -- is;\n\n  create table public.a (id int); select 1;",
        )],
        "a.sql:4:3 [create] 42P07 relation \"a\" already exists",
    )
    .await;
    check(
        &[("a.sql", "create table public.a (id int primary key);\ninsert into public.a values (1);\ninsert into public.a\nvalues (1);")],
        "a.sql:3:1 [insert] 23505 duplicate key value violates unique constraint \"a_pkey\"",
    )
    .await;
    check(
        &[("a.sql", "create function public.f() returns int language sql begin atomic select 1; select 2; end;\nselect 1;\nselect 1/(public.f() - 2);")],
        "a.sql:3:1 [select] 22012 division by zero",
    )
    .await;
}

#[tokio::test]
async fn errors_inside_of_functions_say_where() {
    let db = TestDb::empty().await;
    let client = db.client_owner().await;
    let file = SqlFile::new(
        "f.sql",
        "create function public.outer_one() returns void language plpgsql as $$\nbegin\n  perform * from public.missing;\nend $$;\nselect public.outer_one();\n",
    );
    let error = load(&client, &[file]).await.unwrap_err();
    let script = error.script().unwrap();
    assert_eq!((script.location.line, script.location.column), (5, 1));
    let server = script.server().unwrap();
    let (query, position) = server.internal.clone().unwrap();
    assert_eq!(&query[position as usize - 1..], "public.missing");
    assert!(server.context.as_deref().unwrap().contains("PL/pgSQL function outer_one() line 3"), "{server:?}");
    assert!(script.to_string().contains("\nin PL/pgSQL function outer_one() line 3"), "{script}");

    // What is wrong in the body as text is at its place in the file.
    check(
        &[("g.sql", "create function public.g() returns int language sql as\n$$ select\n  nope $$;")],
        "g.sql:3:3 [nope] 42703 column \"nope\" does not exist",
    )
    .await;
    check(
        &[("h.sql", "create function public.h() returns int language plpgsql as\n$$ begin\n  retrun 1;\nend $$;")],
        "h.sql:3:3 [retrun] 42601 syntax error at or near \"retrun\"",
    )
    .await;
}

#[tokio::test]
async fn what_a_file_may_not_hold() {
    check(&[("a.sql", "select 1;\nbegin;\n")], "a.sql:2:1 [begin] sql-transaction-control `BEGIN` cannot stand in this file: it is run in a transaction of its own").await;
    check(&[("a.sql", "select 1;\n  COMMIT")], "a.sql:2:3 [COMMIT] sql-transaction-control `COMMIT` cannot stand in this file: it is run in a transaction of its own").await;
    check(
        &[("a.sql", "copy t from stdin;\n1\n\\.\n")],
        "a.sql:1:1 [copy] sql-copy-from-stdin COPY FROM STDIN cannot stand in this file",
    )
    .await;
    check(
        &[("a.sql", "select 1;\n\\i b.sql\nselect 2;")],
        "a.sql:2:1 [\\] sql-meta-command `\\i` is a command of psql, not SQL",
    )
    .await;
    check(
        &[("a.sql", "select 1;\nselect '\0';")],
        "a.sql:2:9 [\0] sql-nul the file holds a NUL character, which SQL text cannot",
    )
    .await;
}

#[tokio::test]
async fn files_are_one_transaction() {
    let db = TestDb::empty().await;
    let client = db.client_owner().await;
    let files = [
        SqlFile::new(
            "a.sql",
            "create table public.a (id int); savepoint s; insert into public.a values (1); rollback to savepoint s;",
        ),
        SqlFile::new("b.sql", "-- nothing\n"),
        SqlFile::new("c.sql", "insert into public.a values (2); select * from public.a; table public.a"),
    ];
    load(&client, &files).await.unwrap();
    let rows = client.query("select id from public.a", &[]).await.unwrap();
    assert_eq!(rows.iter().map(|row| row.get(0)).collect::<Vec<i32>>(), [2]);
    assert_eq!(run(&client, &files[2]).await.unwrap(), 3);
    assert_eq!(run(&client, &files[1]).await.unwrap(), 0);
}

#[tokio::test]
async fn a_cut_connection_is_no_error_of_the_file() {
    let db = TestDb::empty().await;
    let client = db.client_owner().await;
    let file = SqlFile::new("a.sql", "create table public.a (id int); select pg_terminate_backend(pg_backend_pid());");
    let error = load(&client, &[file]).await.unwrap_err();
    assert!(matches!(&error, ScriptError::Pg(error) if error.is_transient()), "{error:?}");
    let rows = db.client_owner().await.query("select from pg_class where relname = 'a'", &[]).await.unwrap();
    assert!(rows.is_empty());
}

/// How many statements the server sees in a text.
async fn counted_by_the_server(client: &Client, sql: &str) -> usize {
    let messages = client.simple_query(sql).await.unwrap_or_else(|error| panic!("{error:?} in {sql}"));
    messages.iter().filter(|message| matches!(message, SimpleQueryMessage::CommandComplete(_))).count()
}

#[test]
fn the_splitter_and_the_server_see_the_same_statements() {
    let pieces = prop::sample::select(vec![
        "select 'a;b'",
        "select E'it\\'s;' /* ; /* ; */ */",
        "select $$;$$, $q$ $$;$q$ -- ;\n",
        "select \";\" from (select 1 as \";\") as x",
        "select U&'\\0041;', b'01', x'1f', N'n;'",
        "do $do$ begin perform 1; end; $do$",
        "create or replace function pg_temp.f(begin int) returns int language sql begin atomic select 1; select case when true then 2 else 3 end; end",
        "create or replace procedure pg_temp.p() language sql begin atomic select 1; end",
        "select case when true then 1 end",
        "table pg_temp.t",
        "create rule r as on insert to pg_temp.t do also (select 1; select 2); drop rule r on pg_temp.t",
        "select 1.5e3, 1 as a$b$c, $$$$",
        "select 'a'\n'b;'",
    ]);
    let separators = prop::sample::select(vec![";", " ; ", ";\n-- ;\n", ";/*;*/", ";;", ";\r\n"]);
    let scripts = proptest::collection::vec((pieces, separators), 1..8);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let db = TestDb::empty_blocking();
    let client = runtime.block_on(db.client_owner());
    runtime.block_on(client.batch_execute("create temp table t (id int)")).unwrap();
    let mut runner = TestRunner::new(Config { cases: 150, failure_persistence: None, ..Config::default() });
    runner
        .run(&scripts, |script| {
            let sql: String = script.into_iter().map(|(piece, separator)| format!("{piece}{separator}")).collect();
            prop_assert_eq!(
                runtime.block_on(counted_by_the_server(&client, &sql)),
                split::statements(&sql).len(),
                "{}",
                sql
            );
            Ok(())
        })
        .unwrap();
}

#[tokio::test]
async fn the_templates_are_split_as_the_server_does() {
    let db = TestDb::empty().await;
    let client = db.client_superuser().await;
    // The templates need PostgreSQL 15.
    if catalog(&client).await.postgres_major < 15 {
        return;
    }
    client.batch_execute("begin").await.unwrap();
    let mut files = 0;
    for template in ["shared", "personal"] {
        let folder = format!("{}/../../schemas/{template}", env!("CARGO_MANIFEST_DIR"));
        for file in SqlFile::read_folder(folder.as_ref()).unwrap() {
            let name = file.name.rsplit('/').next().unwrap();
            if file.name.contains("/tests/") || !name.starts_with(|c: char| c.is_ascii_digit()) {
                continue;
            }
            files += 1;
            assert_eq!(
                counted_by_the_server(&client, &file.text).await,
                split::statements(&file.text).len(),
                "{}",
                file.name
            );
        }
    }
    assert!(files > 10);
    client.batch_execute("rollback").await.unwrap();
}

#[test]
fn folders_are_read_in_the_order_of_their_paths() {
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str| {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, "select 1").unwrap();
    };
    for path in ["20_b.sql", "10_a/2.sql", "10_a/1.sql", "notes.md", ".hidden.sql", "00_z.sql"] {
        write(path);
    }
    let files = SqlFile::read_folder(folder.path()).unwrap();
    let names: Vec<_> =
        files.iter().map(|file| file.name.strip_prefix(folder.path().to_str().unwrap()).unwrap()).collect();
    assert_eq!(names, ["/00_z.sql", "/10_a/1.sql", "/10_a/2.sql", "/20_b.sql"]);
    std::fs::write(folder.path().join("30.sql"), [0xff]).unwrap();
    assert_eq!(SqlFile::read_folder(folder.path()).unwrap_err().code(), "sql-file-unreadable");
}
