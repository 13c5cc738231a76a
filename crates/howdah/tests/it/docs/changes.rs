//! What `--check` says when the schema has changed.

use howdah_testkit::TestDb;

use super::{all_ran, database, docs, links};
use crate::support::folder;

const SCHEMA: &str = "\
create type public.mood as enum ('ok', 'sad');
create domain public.short as text check (length(value) < 10);
create table public.lists (id int primary key, name text not null, mood public.mood);
create table public.tasks (id int primary key, list_id int references public.lists, title public.short, done boolean);
create index idx_tasks_list_id on public.tasks (list_id);
create view public.open_tasks as select id, title from public.tasks where not done;
create function public.twice(n int) returns int language sql immutable as 'select n * 2';
comment on table public.lists is 'Lists.';
alter table public.tasks enable row level security;
create policy own on public.tasks for select using (id > 0);";

#[test]
fn every_kind_of_change_is_named() {
    let db = database("docs_changes", SCHEMA);
    let folder = folder();
    all_ran(&docs(folder.path(), &db, &["--json"]).ok());
    for (change, told) in [
        ("alter table tasks add column note text", "table public.tasks\tcolumn note added\n"),
        ("alter table tasks alter note type varchar(5)", "column note: data type text → character varying(5)\n"),
        ("alter table tasks rename note to remark", "table public.tasks\tcolumn remark added\n"),
        ("comment on column tasks.title is 'What to do.'", "column title: meaning nothing → What to do.\n"),
        ("comment on table lists is 'Lists of tasks.'", "table public.lists\tpurpose: Lists. → Lists of tasks.\n"),
        ("create policy more on tasks for insert with check (true)", "table public.tasks\tpolicy more added\n"),
        ("drop policy own on tasks", "table public.tasks\tpolicy own removed\n"),
        ("grant select on lists to public", "table public.lists\taccess of "),
        ("create index idx_lists_name on lists (name)", "table public.lists\tindex idx_lists_name added\n"),
        ("alter type mood add value 'happy'", "enum public.mood\tlabel happy added\n"),
        ("alter domain short add constraint no_x check (value <> 'x')", "domain public.short\tcheck no_x added\n"),
        ("alter table lists alter name drop not null", "table public.lists\tcolumn name: "),
        ("alter table lists alter name set default 'new'", "table public.lists\tcolumn name: default nothing → "),
        ("alter table tasks add constraint positive check (id > 0)", "table public.tasks\tconstraint positive added\n"),
        ("create view all_lists as select id from lists", "view public.all_lists\tadded\n"),
        ("create table extra (id int primary key)", "table public.extra\tadded\n"),
        ("drop function twice(int)", "function public.twice(integer)\tremoved\n"),
        ("drop table extra", "table public.extra\tremoved\n"),
    ] {
        change_database(&db, change);
        let checked = docs(folder.path(), &db, &["--check"]);
        assert_eq!(checked.code, 3, "{change}: {checked:#?}");
        assert!(checked.stdout.contains(told), "{change}: {told:?} is not in\n{}", checked.stdout);
        docs(folder.path(), &db, &["--quiet"]).ok();
        docs(folder.path(), &db, &["--check"]).ok();
        assert!(links::follow(&folder.path().join("docs")) > 100);
    }
    assert!(!folder.path().join("docs/tables/public.extra.md").exists());
}

fn change_database(db: &TestDb, sql: &str) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    runtime.block_on(async { db.client_owner().await.batch_execute(sql).await.unwrap() });
}

#[test]
fn files_that_were_edited_or_are_missing_are_named() {
    let db = database("docs_changes", SCHEMA);
    let folder = folder();
    let nothing = docs(folder.path(), &db, &["--check"]);
    assert_eq!(nothing.code, 3, "{nothing:#?}");
    docs(folder.path(), &db, &["--quiet"]).ok();
    let path = |file: &str| folder.path().join("docs").join(file);
    std::fs::write(path("README.md"), "better").unwrap();
    std::fs::remove_file(path("tables/public.tasks.md")).unwrap();
    let checked = docs(folder.path(), &db, &["--check"]);
    assert_eq!(checked.code, 3);
    assert_eq!(checked.stdout, "docs/README.md\tedited by hand\ndocs/tables/public.tasks.md\tmissing\n");
    let document = docs(folder.path(), &db, &["--check", "--json"]).json();
    assert_eq!(document["schema"], "howdah.docs.check/1");
    assert_eq!(document["data"]["drift"], serde_json::json!([]));
    assert_eq!(document["data"]["files"][0], serde_json::json!({ "path": "README.md", "how": "edited" }));
    docs(folder.path(), &db, &[]).ok();
    docs(folder.path(), &db, &["--check"]).ok();
}

#[test]
fn too_few_comments() {
    let db = database("docs_changes", SCHEMA);
    let folder = folder();
    docs(folder.path(), &db, &["--min-coverage", "0"]).ok();
    let gate = docs(folder.path(), &db, &["--check", "--min-coverage", "50"]);
    assert_eq!(gate.code, 3);
    for said in ["50 % must have one", "  column public.lists.id\n", "  table public.tasks\n"] {
        assert!(gate.stderr.contains(said), "{}", gate.stderr);
    }
    let document = docs(folder.path(), &db, &["--check", "--min-coverage", "50", "--json"]).json();
    assert_eq!(document["data"]["coverage"]["wanted"], 50);
    let missing = document["data"]["coverage"]["missing"].as_array().unwrap().len();
    assert_eq!(document["data"]["coverage"]["all"].as_u64().unwrap(), missing as u64 + 1);
    let usage = docs(folder.path(), &db, &["--min-coverage", "101"]);
    assert_eq!(usage.code, 2);
}

#[test]
fn a_view_whose_base_is_gone_is_told() {
    let db = database(
        "docs_broken_view",
        "\
        create table base (id int);
        create function f() returns setof int language sql as 'select id from public.base';
        create view fine as select 1 as id;
        create view broken as select f.f as id from public.f() as f;
        drop table base;",
    );
    let folder = folder();
    let ran = docs(folder.path(), &db, &["--json"]).ok();
    assert!(
        ran.stderr.contains("the view public.broken cannot be read: relation \"public.base\" does not exist"),
        "{}",
        ran.stderr
    );
    let document = ran.json();
    assert_eq!(document["data"]["queries"]["broken"][0]["relation"], "public.broken");
    assert_eq!(document["data"]["queries"]["failed"], serde_json::json!([]));
    let page = std::fs::read_to_string(folder.path().join("docs/DATA-MANAGEMENT.md")).unwrap();
    assert!(page.contains("public.broken") && page.contains("cannot be read"), "{page}");
}

#[test]
fn what_the_advisor_and_the_standards_found_is_told_apart() {
    let db = database(
        "docs_known_issues",
        "create unlogged table caches (id uuid primary key, due date); create table readings (taken_at timestamptz);",
    );
    let folder = folder();
    docs(folder.path(), &db, &[]).ok();
    let page = std::fs::read_to_string(folder.path().join("docs/DATA-MANAGEMENT.md")).unwrap();
    let (_, issues) = page.split_once("### Found by the advisor\n").unwrap();
    let (advice, standards) = issues.split_once("### Found by the schema standards\n").unwrap();
    assert!(advice.contains("| `unlogged-table` |") && !standards.contains("`unlogged-table`"), "{issues}");
    assert!(standards.contains("| `date-name` |") && !advice.contains("`date-name`"), "{issues}");
    // What both find is told once.
    assert!(advice.contains("| `no-primary-key` |") && !standards.contains("`no-primary-key`"), "{issues}");
    // SQL is code.
    assert!(advice.contains("run `alter table public.caches set logged;`"), "{issues}");
}
