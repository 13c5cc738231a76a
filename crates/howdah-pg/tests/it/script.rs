//! SQL files and the places of their errors.

use howdah_pg::script::{ScriptError, SqlFile, load, run};
use howdah_testkit::TestDb;

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
