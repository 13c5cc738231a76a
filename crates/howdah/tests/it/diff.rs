//! `howdah diff`: what it prints, what it refuses, and that nothing is left behind.

use std::path::Path;

use howdah_testkit::TestDb;
use tempfile::TempDir;

use super::support::{Ran, folder, howdah, run, tree};

const BEFORE: &str = "\
create table public.tasks (
  id    bigint generated always as identity primary key,
  title text not null
);
";

const AFTER: &str = "\
create type public.mood as enum ('good', 'bad');
create table public.tasks (
  id    bigint generated always as identity primary key,
  title text not null,
  due   date,
  mood  public.mood not null default 'good'
);
create index tasks_due on public.tasks (due);
comment on table public.tasks is 'What to do';
";

/// A folder with these files, and no project.
fn files(files: &[(&str, &str)]) -> TempDir {
    let folder = folder();
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    folder
}

fn diff(folder: &Path, arguments: &[&str]) -> Ran {
    run(howdah(folder).arg("diff").args(arguments))
}

#[test]
fn what_is_renamed_is_what_it_was() {
    let before = "create table public.tasks (id bigint primary key, title varchar(40) not null, due date);";
    let after = "\
-- renamed-from: tasks
create table public.todos (
  id   bigint primary key,
  name varchar(60) not null, -- renamed-from: title
  due  date not null check (due > '2000-01-01')
);
create index todos_due on public.todos (due);
";
    let folder = files(&[("a.sql", before), ("b.sql", after)]);
    let ran = diff(folder.path(), &["a.sql", "b.sql"]);
    assert_eq!(ran.code, 3, "{ran:#?}");
    insta::assert_snapshot!(ran.stdout);
    let json = diff(folder.path(), &["a.sql", "b.sql", "--json"]).json();
    let statements = json["data"]["statements"].as_array().unwrap().clone();
    assert!(statements.iter().all(|it| it["takes"][0]["lock"].is_string()), "{statements:#?}");
}

#[test]
fn the_same_and_not_the_same() {
    let folder = files(&[("a.sql", BEFORE), ("b.sql", AFTER)]);
    let before = tree(folder.path());
    let same = diff(folder.path(), &["a.sql", "a.sql"]).ok();
    assert_eq!(same.stdout, "");
    assert!(same.stderr.contains("No difference"), "{}", same.stderr);

    let ran = diff(folder.path(), &["a.sql", "b.sql"]);
    assert_eq!(ran.code, 3, "{ran:#?}");
    insta::assert_snapshot!(ran.stdout);
    assert_eq!(tree(folder.path()), before, "it wrote something");

    let json = diff(folder.path(), &["a.sql", "b.sql", "--json"]);
    assert_eq!(json.code, 3);
    let data = &json.json()["data"];
    assert_eq!((&data["equal"], &data["proven"]), (&false.into(), &true.into()));
    let statements = data["statements"].as_array().unwrap();
    let index = statements.iter().find(|statement| statement["kind"] == "index").unwrap();
    assert_eq!(index["transaction"], false);
    assert_eq!(index["takes"][0]["lock"], "share-update-exclusive");

    let plain = diff(folder.path(), &["a.sql", "b.sql", "--no-online"]);
    assert!(plain.stdout.contains("CREATE INDEX tasks_due"), "{}", plain.stdout);
    assert!(!plain.stdout.contains("howdah:"), "{}", plain.stdout);
    let only = diff(folder.path(), &["a.sql", "b.sql", "--only", "type"]);
    assert!(only.stdout.contains("CREATE TYPE") && !only.stdout.contains("ALTER TABLE"), "{}", only.stdout);
    assert_eq!(diff(folder.path(), &["a.sql", "b.sql", "--only", "tabel"]).code, 2);
}

#[test]
fn what_loses_data_needs_the_flag() {
    let folder = files(&[
        ("a.sql", AFTER),
        ("b.sql", BEFORE),
        ("c.sql", &BEFORE.replace("title text", "name text")),
        ("d.sql", &BEFORE.replace("title text not null", "name text not null -- renamed-from: title")),
    ]);
    let at = folder.path();
    diff(at, &["a.sql", "b.sql"]).failed(
        5,
        "diff-destructive",
        &["would lose 2 things", "column public.tasks.due", "column public.tasks.mood", "--allow-destructive"],
    );
    let json = diff(at, &["a.sql", "b.sql", "--json"]);
    assert_eq!((json.code, &json.json()["error"]["code"]), (5, &"diff-destructive".into()));
    let allowed = diff(at, &["a.sql", "b.sql", "--allow-destructive"]);
    assert_eq!(allowed.code, 3, "{allowed:#?}");
    assert!(allowed.stdout.contains("-- loses column public.tasks.due and its values"), "{}", allowed.stdout);
    assert!(allowed.stdout.contains("DROP COLUMN due;"), "{}", allowed.stdout);
    // The way there loses nothing; the way back does.
    assert_eq!(diff(at, &["b.sql", "a.sql"]).code, 3);
    diff(at, &["b.sql", "a.sql", "--down"]).failed(5, "diff-destructive", &[]);

    diff(at, &["b.sql", "c.sql"]).failed(
        5,
        "diff-destructive",
        &["column public.tasks.name comes", "-- renamed-from: title"],
    );
    let renamed = diff(at, &["b.sql", "d.sql"]);
    assert_eq!(renamed.code, 3, "{renamed:#?}");
    assert!(renamed.stdout.contains("RENAME COLUMN title TO name;"), "{}", renamed.stdout);
    let back = diff(at, &["b.sql", "d.sql", "--down"]);
    assert!(back.stdout.contains("RENAME COLUMN name TO title;"), "{back:#?}");
}

#[test]
fn rows_of_a_live_database_are_counted() {
    let db = TestDb::empty_blocking();
    let folder = files(&[("a.sql", AFTER), ("b.sql", BEFORE)]);
    let url = db.owner_url();
    sql(&url, AFTER);
    sql(
        &url,
        "insert into public.tasks (title, due) select 'x', case when n < 4 then current_date end from generate_series(1, 10) n",
    );
    let ran = diff(folder.path(), &[&url, "b.sql"]);
    ran.failed(
        5,
        "diff-destructive",
        &["column public.tasks.due and its values (in 3 rows)", "column public.tasks.mood and its values (in 10 rows)"],
    );
    assert!(ran.stderr.contains("→ Reading postgres://howdah_owner@127.0.0.1"), "{}", ran.stderr);
    diff(folder.path(), &[&url, "empty"]).failed(
        5,
        "diff-destructive",
        &["table public.tasks and its rows (in 10 rows)"],
    );
    // It has what the files say, whoever owns it there.
    diff(folder.path(), &[&url, "a.sql"]).ok();
    diff(folder.path(), &["a.sql", &url]).ok();
    // A role of its server may be granted to, although no file makes it.
    let granted = files(&[("a.sql", &format!("{AFTER}grant select on public.tasks to howdah_login;\n"))]);
    let ran = diff(granted.path(), &[&url, "a.sql"]);
    assert_eq!(ran.code, 3, "{ran:#?}");
    assert!(ran.stdout.contains("GRANT SELECT ON TABLE public.tasks TO howdah_login;"), "{}", ran.stdout);
    assert!(!ran.stdout.contains("ROLE"), "{}", ran.stdout);
    let wrong = url.replace("howdah_owner:", "howdah_owner:wrong");
    assert_eq!(diff(folder.path(), &[&wrong, "a.sql"]).code, 4);
}

fn sql(url: &str, statements: &str) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    runtime.block_on(async {
        let client = howdah_pg::Target::parse(url).unwrap().client().await.unwrap();
        client.batch_execute(statements).await.unwrap();
    });
}

#[test]
fn sql_that_fails_is_shown_with_what_to_do() {
    let a = "create table public.a (\n  id   int primary key,\n  b_id int references public.b (id)\n);\n";
    let b = "create table public.b (id int primary key);\n";
    let circular = "create table public.b (id int primary key, a_id int references public.a (id));\n";
    let folder = files(&[
        ("syntax/1.sql", "select 1;\n\ncreate tabel public.x ();\n"),
        ("order/10_a.sql", a),
        ("order/20_b.sql", b),
        ("circle/10_a.sql", a),
        ("circle/20_b.sql", circular),
        ("role.sql", "create table public.t ();\ngrant select on public.t to nobody_at_all;\n"),
        ("extension.sql", "create extension no_such_extension;\n"),
        ("psql.sql", "\\i other.sql\n"),
        ("directive.sql", "select 1;\n-- renamed-from: x\n\nselect 2;\n"),
        ("unknown.sql", "create foreign data wrapper w;\n"),
    ]);
    let check = |file: &str, code: &str, said: &[&str]| diff(folder.path(), &["empty", file]).failed(1, code, said);
    check("syntax", "sql-refused", &["syntax/1.sql:3:8", "create tabel public.x ();", "42601"]);
    check(
        "order",
        "sql-refused",
        &["order/10_a.sql", "relation \"public.b\" does not exist", "`public.b` is made later, at order/20_b.sql:1"],
    );
    check("circle", "sql-refused", &["need each other", "ALTER TABLE public.a ADD CONSTRAINT"]);
    check("role.sql", "sql-refused", &["role.sql:2", "\"nobody_at_all\" does not exist", "DO block"]);
    check(
        "extension.sql",
        "scratch-extension-missing",
        &["no_such_extension", "extension.sql:1:1", "-no-such-extension", "--scratch"],
    );
    check("psql.sql", "sql-meta-command", &["psql.sql:1:1"]);
    check("directive.sql", "rename-directive", &["directive.sql:2"]);
    check("unknown.sql", "diff-unmodelled", &["foreign-data wrapper w"]);
    let json = diff(folder.path(), &["empty", "order", "--json"]);
    assert_eq!(json.json()["error"]["at"]["file"], "order/10_a.sql");
}

#[test]
fn a_source_that_is_none() {
    let folder = files(&[("m/0001_a.up.sql", "select 1;"), ("m/0001_a.down.sql", "select 1;")]);
    let check = |arguments: [&str; 2], code: &str, said: &[&str]| diff(folder.path(), &arguments).failed(2, code, said);
    check(["empty", "nothing.sql"], "source-not-found", &["nothing.sql"]);
    check(["emtpy", "m"], "source-not-found", &["did you mean `empty`?"]);
    check(["empty", "mysql://a/b"], "source-not-found", &["postgres://"]);
    check(["empty", "schema"], "source-not-found", &["this is no project"]);
    check(["empty", "m"], "source-is-migrations", &["migrations:m"]);
    check(["empty", "env:staging"], "env-unknown", &["[env.staging]", "database_url_env"]);
    check(["postgres//x", "m"], "source-not-found", &[]);
    diff(folder.path(), &["empty", "migrations:m"]).ok();
    check(["empty", "migrations:nowhere"], "source-not-found", &["nowhere"]);
    let port = howdah_testkit::free_port();
    let url = format!("postgres://me@127.0.0.1:{port}/shop");
    diff(folder.path(), &[&url, "empty"]).failed(1, "pg-unreachable", &[&port.to_string()]);
}

#[test]
fn a_scratch_server_of_ones_own_is_left_as_it_was() {
    let db = TestDb::empty_blocking();
    let folder = files(&[("a.sql", BEFORE), ("bad.sql", "create role made_by_a_file;\nselect 1/0;\n")]);
    let left = |what: &str| -> String {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        runtime.block_on(async {
            let client = db.client_superuser().await;
            client.query_one(what, &[]).await.unwrap().get::<_, i64>(0).to_string()
        })
    };
    let url = db.superuser_url();
    let ran = diff(folder.path(), &["empty", "a.sql", "--scratch", &url]);
    assert_eq!(ran.code, 3, "{ran:#?}");
    diff(folder.path(), &["empty", "bad.sql", "--scratch", &url]).failed(1, "sql-refused", &["division by zero"]);
    assert_eq!(left("select count(*) from pg_database where datname like 'howdah_scratch%'"), "0");
    assert_eq!(left("select count(*) from pg_roles where rolname = 'made_by_a_file'"), "0");
    diff(folder.path(), &["empty", "a.sql", "--scratch", &db.login_url()]).failed(
        1,
        "scratch-no-createdb",
        &["howdah_login", "CREATEDB"],
    );
}

#[test]
fn several_at_once() {
    let folder = files(&[("a.sql", &format!("create role everybodys_role;\n{BEFORE}")), ("b.sql", AFTER)]);
    let ran: Vec<Ran> = std::thread::scope(|scope| {
        let running: Vec<_> = (0..3).map(|_| scope.spawn(|| diff(folder.path(), &["a.sql", "b.sql"]))).collect();
        running.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    for ran in &ran {
        assert_eq!(ran.code, 3, "{ran:#?}");
    }
    assert!(ran.windows(2).all(|pair| pair[0].stdout == pair[1].stdout), "it is not deterministic");
}

#[test]
fn a_dump_of_pg_dump_is_a_source() {
    let dump = format!(
        "\\restrict AbC\n\nSET statement_timeout = 0;\nSELECT pg_catalog.set_config('search_path', '', false);\n{BEFORE}\n\\unrestrict AbC\n"
    );
    let folder = files(&[("dump.sql", &dump), ("a.sql", BEFORE)]);
    diff(folder.path(), &["dump.sql", "a.sql"]).ok();
}

#[test]
fn some_kinds_alone_must_do_without_the_others() {
    let folder = files(&[
        (
            "from.sql",
            "create table public.a (id int primary key, n int);\ncreate view public.v as select n from public.a;\n",
        ),
        (
            "to.sql",
            "create table public.a (id int primary key, n bigint);\ncreate view public.v as select n from public.a;\n\
             create index a_n on public.a (n);\ncreate table public.b (id int primary key);\n\
             create index b_id on public.b (id);\ncreate view public.w as select id from public.b;\n",
        ),
    ]);
    let only = |kinds: &str, more: &[&str]| {
        let arguments = ["from.sql", "to.sql", "--only", kinds];
        diff(folder.path(), &arguments.iter().chain(more).copied().collect::<Vec<_>>())
    };
    let ran = only("table", &["--json"]);
    assert_eq!((ran.code, &ran.json()["data"]["proven"]), (3, &true.into()), "{ran:#?}");
    only("index", &[]).failed(1, "diff-only-incomplete", &["left out: table public.b", "add table to --only"]);
    only("view", &[]).failed(1, "diff-only-incomplete", &["left out: table public.b"]);
    only("column", &[]).failed(1, "diff-only-incomplete", &["left out: view public.v", "add view to --only"]);
    let ran = only("view", &["--no-prove"]);
    assert_eq!(ran.code, 3, "{ran:#?}");
    assert_eq!(only("column,view,table", &[]).code, 3);
}
