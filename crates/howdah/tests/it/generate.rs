//! `howdah generate`: from an edited schema folder to a migration that runs, there and back.

use super::support::{Project, tree};

const TASKS: &str = "\
create table public.tasks (
  id    bigint generated always as identity primary key,
  title text not null
);
";

/// A project whose schema is one small table, and whose migrations make it.
fn project() -> Project {
    let project = Project::init("empty");
    for folder in ["schema", "migrations"] {
        std::fs::remove_dir_all(project.root.join(folder)).unwrap();
    }
    project.write("schema/10_tasks.sql", TASKS);
    project.run(["db", "start", "--quiet"]).ok();
    project
}

fn read(project: &Project, path: &str) -> String {
    std::fs::read_to_string(project.root.join(path)).unwrap()
}

#[test]
fn from_the_schema_to_the_database_and_back() {
    let project = project();
    let first = project.run(["generate", "tasks"]).ok();
    assert_eq!(first.stdout, "migrations/0001_tasks.up.sql\nmigrations/0001_tasks.down.sql\n");
    insta::assert_snapshot!(read(&project, "migrations/0001_tasks.up.sql"));
    assert!(read(&project, "migrations/0001_tasks.down.sql").starts_with("-- howdah:down lossy: table public.tasks"));
    assert!(read(&project, "migrations/checksums").contains("  0001_tasks.up.sql\n"));
    let again = project.run(["generate", "tasks"]).ok();
    assert!(again.stderr.contains("The schema and the migrations agree"), "{}", again.stderr);
    assert_eq!(again.stdout, "");

    project.run(["migrate", "up"]).ok();
    project.run(["check"]).ok();
    project.sql("insert into public.tasks (title) values ('one'), ('two')");

    // Renamed, widened, indexed.
    project.write(
        "schema/10_tasks.sql",
        "create table public.tasks (
           id   bigint generated always as identity primary key,
           name text not null, -- renamed-from: title
           due  date
         );
         create index tasks_due on public.tasks (due);",
    );
    let dry = project.run(["generate", "name and due", "--dry-run"]).ok();
    assert!(dry.stdout.contains("RENAME COLUMN title TO name;"), "{}", dry.stdout);
    assert!(!project.root.join("migrations/0002_name_and_due.up.sql").exists());
    let second = project.run(["generate", "name and due"]).ok();
    assert!(second.stderr.contains("rename-column"), "the hazard is not told: {}", second.stderr);
    let up = read(&project, "migrations/0002_name_and_due.up.sql");
    assert!(up.contains("-- howdah:no-transaction") && up.contains("CREATE INDEX CONCURRENTLY"), "{up}");
    let status = project.run(["check"]);
    assert_eq!(status.code, 3, "{status:#?}");
    project.run(["migrate", "up"]).ok();
    project.run(["check"]).ok();
    assert_eq!(project.sql("select string_agg(name, ',' order by id) from public.tasks"), "one,two");

    // Its way back loses the new column's values, and says so.
    project.run(["migrate", "down", "--yes"]).failed(
        5,
        "migrate-lossy",
        &["0002_name_and_due", "column public.tasks.due"],
    );
    project.run(["migrate", "down", "--yes", "--allow-lossy"]).ok();
    assert_eq!(project.sql("select string_agg(title, ',' order by id) from public.tasks"), "one,two");
    project.run(["migrate", "to", "2"]).ok();
    assert_eq!(project.run(["diff", "database", "schema"]).ok().stdout, "");
}

#[test]
fn what_loses_data_is_written_only_when_asked_for() {
    let project = project();
    project.run(["generate", "tasks"]).ok();
    project.run(["migrate", "up"]).ok();
    project.sql("insert into public.tasks (title) values ('one')");
    project.write("schema/10_tasks.sql", &TASKS.replace(",\n  title text not null", ""));
    let before = tree(&project.root.join("migrations"));
    project.run(["generate", "less"]).failed(5, "diff-destructive", &["column public.tasks.title and its values"]);
    assert_eq!(tree(&project.root.join("migrations")), before);
    let ran = project.run(["generate", "less", "--allow-destructive", "--json"]).ok();
    assert_eq!(ran.json()["data"]["down"], "irreversible");
    assert_eq!(ran.json()["data"]["loses"][0]["what"], "column public.tasks.title and its values");
    let up = read(&project, "migrations/0002_less.up.sql");
    assert!(up.starts_with("-- howdah:destructive column public.tasks.title and its values\n"), "{up}");
    let down = read(&project, "migrations/0002_less.down.sql");
    assert!(down.starts_with("-- howdah:down irreversible: column public.tasks.title"), "{down}");

    let ran = project.run(["migrate", "up"]);
    ran.failed(5, "confirmation-required", &["0002_less destroys column public.tasks.title", "--yes"]);
    assert_eq!(project.sql("select title from public.tasks"), "one");
    project.run(["migrate", "up", "--yes"]).ok();
    project.run(["migrate", "down", "--yes", "--allow-lossy"]).ok();
    assert_eq!(project.sql("select id from public.tasks"), "1");
}

#[test]
fn nothing_is_written_when_it_cannot_be() {
    let project = project();
    let before = tree(&project.root.join("schema"));
    project.run(["generate", "no/such"]).failed(2, "migration-name", &["letters"]);
    project.write("schema/20_bad.sql", "create table public.x (id nothing);\n");
    project.run(["generate", "x"]).failed(1, "sql-refused", &["schema/20_bad.sql:1", "nothing"]);
    std::fs::remove_file(project.root.join("schema/20_bad.sql")).unwrap();
    assert_eq!(tree(&project.root.join("schema")), before);
    assert!(!project.root.join("migrations").exists());

    // Migrations that are not in order stop it, too.
    project.run(["generate", "tasks"]).ok();
    std::fs::remove_file(project.root.join("migrations/0001_tasks.down.sql")).unwrap();
    project.run(["generate", "x"]).failed(1, "migrate-missing-half", &["0001_tasks.down.sql"]);
    project.run(["migrate", "repair", "--checksums"]).failed(1, "migrate-missing-half", &["0001_tasks.down.sql"]);
    project.write("migrations/0001_tasks.down.sql", "drop table public.tasks;\n");
    project.run(["generate", "x"]).failed(1, "migrate-checksum-differs", &["0001_tasks.down.sql"]);
    project.run(["migrate", "repair", "--checksums"]).ok();
    project.run(["generate", "x"]).ok();

    project.write("migrations/0002_bad.up.sql", "create table public.y ();\nselect 1/0;\n");
    project.write("migrations/0002_bad.down.sql", "drop table public.y;\n");
    project.run(["generate", "x"]).failed(1, "migrate-failed", &["0002_bad.up.sql:2", "division by zero"]);
}

#[test]
fn a_column_for_each_row_is_filled_in_batches() {
    let project = project();
    project.run(["generate", "tasks"]).ok();
    project.run(["migrate", "up"]).ok();
    project.sql("insert into public.tasks (title) select 'task ' || n from generate_series(1, 12000) n");
    project.write(
        "schema/10_tasks.sql",
        &TASKS.replace("title text not null", "title text not null,\n  code uuid not null default gen_random_uuid()"),
    );
    project.run(["generate", "codes"]).ok();
    let up = read(&project, "migrations/0002_codes.up.sql");
    assert!(up.contains("-- howdah:backfill public.tasks batch=5000\n"), "{up}");
    project.run(["migrate", "up"]).ok();
    assert_eq!(project.sql("select count(distinct code) from public.tasks"), "12000");
    project.run(["check"]).ok();
}

#[test]
fn what_is_dropped_softly_comes_back_with_its_rows() {
    let project = project();
    project.write(
        "schema/20_notes.sql",
        "create table public.notes (
           id      bigint generated always as identity primary key,
           task_id bigint not null references public.tasks (id),
           body    text not null
         );
         create index notes_task on public.notes (task_id);
         create view public.long_notes as select id, body from public.notes where length(body) > 10;
         comment on table public.notes is 'Notes';",
    );
    project.run(["generate", "first"]).ok();
    project.run(["migrate", "up"]).ok();
    project.sql("insert into public.tasks (title) values ('one'), ('two'); insert into public.notes (task_id, body) values (1, 'a note of a task')");
    std::fs::remove_file(project.root.join("schema/20_notes.sql")).unwrap();
    project.write("schema/10_tasks.sql", &TASKS.replace(",\n  title text not null", ""));
    let ran = project.run(["generate", "less", "--soft", "--json"]).ok();
    let data = &ran.json()["data"];
    assert_eq!((&data["down"], &data["loses"]), (&"lossless".into(), &serde_json::json!([])));
    // Nothing is destroyed, so nobody is asked.
    project.run(["migrate", "up"]).ok();
    project.run(["check"]).ok();
    assert_eq!(project.run(["generate", "x"]).ok().stdout, "");
    assert_eq!(
        project.sql("select to_regclass('public.notes') is null and to_regclass('public.long_notes') is null"),
        "t"
    );
    // Those who write go on, and delete what only the hidden rows point at.
    project.sql("insert into public.tasks default values; delete from public.tasks where id = 2");
    project.run(["migrate", "down", "--yes"]).ok();
    assert_eq!(project.sql("select string_agg(id || title, ',' order by id) from public.tasks"), "1one,3");
    assert_eq!(project.sql("select body from public.long_notes"), "a note of a task");
    assert_eq!(project.sql("select count(*) from pg_namespace where nspname like 'howdah_dropped%'"), "0");
    let ran = project.run(["check"]);
    assert!(!ran.stdout.contains("is missing") && !ran.stdout.contains("differs"), "{ran:#?}");
}

#[test]
fn a_table_that_is_made_anew_loses_nothing_unsaid() {
    let project = project();
    let whole = "create table public.tasks (id bigint, at date not null, note text, primary key (id, at))";
    project.write("schema/10_tasks.sql", &format!("{whole};"));
    project.run(["generate", "first"]).ok();
    let parted = whole.replace("note text", "remark text");
    project.write(
        "schema/10_tasks.sql",
        &format!("{parted} partition by range (at);\ncreate table public.tasks_all partition of public.tasks default;"),
    );
    project.run(["generate", "parts"]).failed(
        5,
        "diff-destructive",
        &["column public.tasks.note and its values", "column public.tasks.remark comes", "`-- renamed-from: note`"],
    );
    project.run(["generate", "parts", "--allow-destructive"]).ok();
    let up = read(&project, "migrations/0002_parts.up.sql");
    assert!(up.starts_with("-- howdah:destructive column public.tasks.note and its values\n"), "{up}");
    let down = read(&project, "migrations/0002_parts.down.sql");
    assert!(down.starts_with("-- howdah:down irreversible"), "{down}");
}
