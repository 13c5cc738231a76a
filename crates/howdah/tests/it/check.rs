//! `howdah check`, environments, and the migrations' rarer verbs.

use howdah_testkit::TestDb;

use super::support::{Project, Ran, howdah, run};

const UP: &str = "create table public.things (\n  id   integer primary key,\n  name text\n);\n";
const DOWN: &str = "drop table public.things;\n";

/// A project with two small migrations, and databases for it that are not its own.
struct Elsewhere {
    project: Project,
    staging: TestDb,
    production: TestDb,
}

impl Elsewhere {
    fn new() -> Self {
        let project = Project::init("empty");
        std::fs::remove_dir_all(project.root.join("migrations")).unwrap();
        project.write("migrations/0001_things.up.sql", UP);
        project.write("migrations/0001_things.down.sql", DOWN);
        project.write("migrations/0002_more.up.sql", "alter table public.things add column size integer;\n");
        project.write("migrations/0002_more.down.sql", "alter table public.things drop column size;\n");
        project.write(
            "howdah.toml",
            "[env.staging]\ndatabase_url_env = \"STAGING_URL\"\n\n[env.live]\ndatabase_url_env = \"LIVE_URL\"\nproduction = true\n",
        );
        Self { project, staging: TestDb::empty_blocking(), production: TestDb::empty_blocking() }
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        let mut command = howdah(&self.project.root);
        command
            .args(arguments)
            .env("STAGING_URL", self.staging.owner_url())
            .env("LIVE_URL", self.production.owner_url());
        run(&mut command)
    }

    /// In the staging database, as its owner.
    fn sql(&self, statement: &str) -> String {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        runtime.block_on(async {
            let client = self.staging.client_owner().await;
            let messages = client.simple_query(statement).await.unwrap();
            let row = messages.iter().find_map(|message| match message {
                tokio_postgres::SimpleQueryMessage::Row(row) => Some(row.get(0).unwrap_or_default().to_owned()),
                _ => None,
            });
            row.unwrap_or_default()
        })
    }
}

#[test]
fn drift_is_told_by_object() {
    let on = Elsewhere::new();
    let pending = on.run(&["check", "--env", "staging", "--json"]);
    assert_eq!((pending.code, pending.json()["data"]["pending"].as_array().unwrap().len()), (3, 2));
    on.run(&["migrate", "up", "--env", "staging"]).ok();
    let ran = on.run(&["check", "--env", "staging"]).ok();
    assert!(ran.stderr.contains(&format!(
        "→ Checking {} @ 127.0.0.1:{} (staging)",
        on.staging.name(),
        on.staging.port()
    )));

    on.sql("alter table public.things add column smuggled text; create table public.extra (id integer); alter table public.things alter column name set not null; alter table public.things drop column size");
    let drift = on.run(&["check", "--env", "staging"]);
    assert_eq!(drift.code, 3, "{drift:#?}");
    for line in [
        "column public.things.smuggled\tis in no migration\n",
        "table public.extra\tis in no migration\n",
        "column public.things.name\tdiffers\n",
        "column public.things.size\tis missing\n",
    ] {
        assert!(drift.stdout.contains(line), "{line:?} is not in\n{}", drift.stdout);
    }
    let json = on.run(&["check", "--env", "staging", "--json"]).json();
    assert_eq!(json["data"]["drift"].as_array().unwrap().len(), 4);

    // Edited after it was applied: what it should be is not known then.
    on.project.write("migrations/0001_things.up.sql", &format!("{UP}-- a thought\n"));
    let edited = on.run(&["check", "--env", "staging"]);
    assert_eq!(edited.code, 3, "{edited:#?}");
    assert!(edited.stderr.contains("was changed after it was applied"), "{}", edited.stderr);
    on.run(&["migrate", "repair", "--env", "staging", "--accept-edited"]).ok();
    assert!(!on.run(&["check", "--env", "staging"]).stderr.contains("was changed"));
}

#[test]
fn environments_are_named_and_production_is_confirmed() {
    let on = Elsewhere::new();
    on.run(&["migrate", "status", "--env", "stagin"]).failed(2, "env-unknown", &["did you mean `staging`?"]);
    let unset = run(howdah(&on.project.root).args(["migrate", "status", "--env", "staging"]));
    unset.failed(2, "env-not-set", &["STAGING_URL"]);
    let up = on.run(&["migrate", "up", "--env", "live"]).ok();
    assert!(up.stderr.contains("(live, production)"), "{}", up.stderr);
    on.run(&["migrate", "down", "--env", "live", "--yes"]).failed(5, "confirmation-required", &["--confirm"]);
    on.run(&["migrate", "to", "1", "--env", "live", "--yes", "--confirm", on.production.name()]).ok();
    let ran = on.run(&["diff", "env:live", "migrations"]);
    assert_eq!(ran.code, 3, "{ran:#?}");
    assert!(ran.stdout.contains("ADD COLUMN size integer;"), "{}", ran.stdout);
    on.run(&["diff", "env:live", "env:staging"]).failed(5, "diff-destructive", &["table public.things"]);
    let shown = on.run(&["config", "show"]).ok();
    assert!(shown.stdout.contains("env.live.database_url_env\tLIVE_URL\t"), "{}", shown.stdout);
}

#[test]
fn to_a_version_and_back() {
    let on = Elsewhere::new();
    let dry = on.run(&["migrate", "to", "1", "--env", "staging", "--dry-run"]).ok();
    assert!(dry.stdout.starts_with("0001_things\tup\t"), "{}", dry.stdout);
    on.run(&["migrate", "to", "1", "--env", "staging"]).ok();
    assert_eq!(on.sql("select count(*) from howdah.migrations"), "1");
    on.run(&["migrate", "to", "2", "--env", "staging"]).ok();
    on.run(&["migrate", "to", "0", "--env", "staging"]).failed(5, "confirmation-required", &["0002_more down"]);
    on.run(&["migrate", "to", "0", "--env", "staging", "--yes"]).ok();
    assert_eq!(on.sql("select to_regclass('public.things') is null"), "t");
    on.run(&["migrate", "to", "9", "--env", "staging"]).failed(2, "migrate-unknown-version", &["0002_more"]);
}

#[test]
fn a_database_from_before_is_taken_over() {
    let on = Elsewhere::new();
    on.sql(UP);
    on.run(&["migrate", "baseline", "--env", "staging"]).failed(
        3,
        "migrate-baseline-differs",
        &["column public.things.size", "--no-check"],
    );
    let dry = on.run(&["migrate", "baseline", "1", "--env", "staging", "--dry-run"]).ok();
    assert_eq!(dry.stdout, "0001_things\n");
    on.run(&["migrate", "baseline", "1", "--env", "staging"]).ok();
    on.run(&["migrate", "up", "--env", "staging"]).ok();
    on.run(&["check", "--env", "staging"]).ok();
    on.run(&["migrate", "baseline", "1", "--env", "staging", "--no-check"]).failed(
        1,
        "migrate-baseline",
        &["0002_more"],
    );
}

#[test]
fn many_become_one() {
    let on = Elsewhere::new();
    on.run(&["migrate", "up", "--env", "staging"]).ok();
    on.run(&["migrate", "to", "1", "--env", "live"]).ok();
    on.run(&["migrate", "squash", "9", "--dry-run"]).failed(2, "migrate-unknown-version", &["0002_more"]);
    on.run(&["migrate", "squash", "1"]).failed(1, "migrate-squash", &["nothing to make one of"]);
    on.run(&["migrate", "squash", "--name", "a b"]).failed(1, "migrate-squash", &["letters"]);
    on.run(&["migrate", "squash", "--name", "base"]).failed(5, "confirmation-required", &["0002_base"]);
    let dry = on.run(&["migrate", "squash", "--name", "base", "--dry-run"]).ok();
    assert!(dry.stdout.contains("CREATE TABLE public.things"), "{}", dry.stdout);
    on.run(&["migrate", "squash", "--name", "base", "--yes"]).ok();
    let mut names: Vec<String> = std::fs::read_dir(on.project.root.join("migrations"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, ["0002_base.down.sql", "0002_base.up.sql"]);
    // Who has run all of them has run it; who has run some is told.
    on.run(&["migrate", "up", "--env", "staging"]).ok();
    on.run(&["check", "--env", "staging"]).ok();
    on.run(&["migrate", "up", "--env", "live"]).failed(1, "migrate-squash-partly", &["0001_things"]);
    on.run(&["migrate", "squash", "--yes"]).failed(1, "migrate-squash", &[]);
    // As if it had been killed before the last files were removed.
    on.project.write("migrations/0001_things.up.sql", UP);
    on.project.write("migrations/0001_things.down.sql", DOWN);
    on.run(&["migrate", "status", "--env", "staging"]).ok();
    let finished = on.run(&["migrate", "squash"]).ok();
    assert!(finished.stderr.contains("2 files that it left are removed"), "{}", finished.stderr);
    assert!(!on.project.root.join("migrations/0001_things.up.sql").exists());
}

#[test]
fn rows_of_migrations_survive_squashing() {
    let on = Elsewhere::new();
    on.project.write("migrations/0003_rows.up.sql", "insert into public.things (id, name) values (7, 'seven');\n");
    on.project.write("migrations/0003_rows.down.sql", "delete from public.things where id = 7;\n");
    on.run(&["migrate", "squash", "--yes", "--json"]).ok();
    on.run(&["migrate", "up", "--env", "staging"]).ok();
    assert_eq!(on.sql("select name from public.things"), "seven");
}

#[test]
fn what_is_pending_is_tried_out_on_a_copy() {
    let on = Elsewhere::new();
    on.run(&["migrate", "to", "1", "--env", "staging"]).ok();
    on.sql("insert into public.things values (1, 'real')");
    let ran = on.run(&["migrate", "test", "--env", "staging", "--rows", "50", "--json"]).ok();
    let data = &ran.json()["data"];
    assert_eq!(data["migrations"], serde_json::json!(["0002_more"]));
    assert_eq!(data["steps"].as_array().unwrap().len(), 3);
    assert_eq!(data["rows"]["public.things"]["before"], 50);
    assert_eq!(data["rows"]["public.things"]["again"], 50);
    assert_eq!(data["statements"][0]["locks"][0]["mode"], "AccessExclusiveLock");
    assert_eq!(on.sql("select count(*) from howdah.migrations"), "1", "it was run on the database itself");

    // Rows that do not come back.
    on.project.write(
        "migrations/0002_more.down.sql",
        "alter table public.things drop column size;\ndelete from public.things where id > 40;\n",
    );
    let ran = on.run(&["migrate", "test", "--env", "staging", "--rows", "50"]);
    assert_eq!(ran.code, 1, "{ran:#?}");
    assert!(ran.stderr.contains("error[migrate-test-failed]"), "{}", ran.stderr);
    assert!(ran.stderr.contains("public.things had 50 rows and has 40 after going back"), "{}", ran.stderr);
    // A way back that forgets something.
    on.project.write("migrations/0002_more.down.sql", "select 1;\n");
    let ran = on.run(&["migrate", "test", "--env", "staging"]);
    assert_eq!(ran.code, 1, "{ran:#?}");
    assert!(ran.stderr.contains("already exists") || ran.stderr.contains("size"), "{}", ran.stderr);
    on.project.write("migrations/0002_more.up.sql", "select 1/0;\n");
    on.run(&["migrate", "test", "--env", "staging"]).failed(1, "migrate-failed", &["division by zero"]);
}

#[test]
fn the_projects_own_database_is_copied_with_its_rows() {
    let on = Elsewhere::new();
    on.project.run(["migrate", "to", "1"]).ok();
    on.project.run(["db", "start", "--quiet"]).ok();
    on.project.sql("insert into public.things select n, 'real ' || n from generate_series(1, 33) n");
    let ran = on.project.run(["migrate", "test", "--json"]).ok();
    let data = &ran.json()["data"];
    assert_eq!((&data["on"], &data["rows"]["public.things"]["before"]), (&"copy".into(), &33.into()));
    assert_eq!(on.project.sql("select count(*) from pg_database where datname like 'howdah_scratch%'"), "0");
    on.project.run(["migrate", "up"]).ok();
    // Nothing pending: the last one is tried.
    let ran = on.project.run(["migrate", "test", "--json"]).ok();
    assert_eq!(ran.json()["data"]["migrations"], serde_json::json!(["0002_more"]));
}

#[test]
fn a_folder_after_a_bad_merge() {
    let on = Elsewhere::new();
    on.run(&["migrate", "up", "--env", "staging"]).ok();
    let check = |files: &[(&str, &str)], arguments: &[&str], code: &str, said: &[&str]| {
        for (name, text) in files {
            on.project.write(&format!("migrations/{name}"), text);
        }
        on.run(arguments).failed(1, code, said);
        for (name, _) in files {
            std::fs::remove_file(on.project.root.join("migrations").join(name)).unwrap();
        }
    };
    let up = ["migrate", "up", "--env", "staging"];
    check(
        &[("0002_other.up.sql", "select 1;"), ("0002_other.down.sql", "select 1;")],
        &up,
        "migrate-duplicate-number",
        &["0002_more", "0002_other"],
    );
    check(&[("0003_x.up.sql", "select 1;")], &up, "migrate-missing-half", &["0003_x.down.sql"]);
    check(&[("0005_x.up.sql", "select 1;"), ("0005_x.down.sql", "select 1;")], &up, "migrate-gap", &["0003"]);
    check(
        &[("0003_x.up.sql", "select 1/0;"), ("0003_x.down.sql", "")],
        &["diff", "empty", "migrations"],
        "migrate-failed",
        &["0003_x.up.sql:1"],
    );
    // Half way, outside a transaction: what was applied, what was not, what to do.
    check(
        &[
            (
                "0003_x.up.sql",
                "create table public.first (id integer);\n-- howdah:no-transaction\ncreate index concurrently i on public.first (nothing);\n",
            ),
            ("0003_x.down.sql", "drop table public.first;\n"),
        ],
        &up,
        "migrate-partly-applied",
        &["some of it is applied", "0003_x.up.sql", "create table public.first", "create index concurrently", "help:"],
    );
    on.sql("drop table public.first; delete from howdah.migration_progress");
    // The database is ahead of the folder.
    for half in ["up", "down"] {
        std::fs::remove_file(on.project.root.join(format!("migrations/0002_more.{half}.sql"))).unwrap();
    }
    on.run(&up).failed(1, "migrate-database-newer", &["0002_more", "0001_things"]);
    let ran = on.run(&["check", "--env", "staging"]);
    assert_eq!(ran.code, 3, "{ran:#?}");
    assert!(ran.stderr.contains("newer than this folder"), "{}", ran.stderr);
}

#[test]
fn without_permission_it_says_which_grant_is_missing() {
    let on = Elsewhere::new();
    let mut command = howdah(&on.project.root);
    command.args(["migrate", "up", "--env", "staging"]).env("STAGING_URL", on.staging.login_url());
    let ran = run(&mut command);
    assert_eq!(ran.code, 1, "{ran:#?}");
    assert!(ran.stderr.contains("permission denied"), "{}", ran.stderr);
    assert!(ran.stderr.contains("grant create on database"), "{}", ran.stderr);
}

/// The templates make roles, and members of roles, only where they are missing.
#[test]
fn a_migrated_template_has_not_drifted() {
    let project = Project::init("content");
    project.run(["db", "start", "--quiet"]).ok();
    project.run(["migrate", "up"]).ok();
    project.run(["check"]).ok();
    project.run(["schema", "dump", "--split", "--out", "dump"]).ok();
}
