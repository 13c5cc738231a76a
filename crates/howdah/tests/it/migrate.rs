//! `howdah migrate` against a database named by DATABASE_URL, and its errors.

use std::process::Command;

use howdah_testkit::TestDb;

use super::support::{Project, Ran, howdah, run};

const UP: &str = "create table public.things (\n  id integer primary key,\n  name text\n);\n";

/// A project with one small migration, and a database for it.
fn project() -> (Project, TestDb) {
    let project = Project::init("empty");
    for file in ["migrations/0001_initial.up.sql", "migrations/0001_initial.down.sql"] {
        std::fs::remove_file(project.root.join(file)).unwrap();
    }
    project.write("migrations/0001_things.up.sql", UP);
    project.write("migrations/0001_things.down.sql", "drop table public.things;\n");
    (project, TestDb::empty_blocking())
}

fn against(project: &Project, url: &str, arguments: &[&str]) -> Command {
    let mut command = howdah(&project.root);
    command.args(arguments).env("DATABASE_URL", url);
    command
}

fn migrate(project: &Project, db: &TestDb, arguments: &[&str]) -> Ran {
    let mut command = against(project, &db.owner_url(), &["migrate"]);
    run(command.args(arguments).env("HOWDAH_DATABASE_ENVIRONMENT", "development"))
}

#[test]
fn up_status_and_down() {
    let (project, db) = project();
    let target = format!("→ Applying to {} @ 127.0.0.1:{} (development)", db.name(), db.port());

    let status = migrate(&project, &db, &["status", "--json"]);
    assert_eq!((status.code, status.json()["data"]["pending"].as_u64()), (3, Some(1)));
    let dry = migrate(&project, &db, &["up", "--dry-run", "--json"]).ok();
    assert_eq!(dry.json()["data"]["migrations"][0]["name"], "things");
    assert_eq!(migrate(&project, &db, &["status"]).code, 3, "a dry run applied something");

    let up = migrate(&project, &db, &["up"]).ok();
    assert!(up.stderr.starts_with(&target), "{}", up.stderr);
    assert!(up.stdout.starts_with("0001_things\t"), "{}", up.stdout);
    let again = migrate(&project, &db, &["up", "--json"]).ok();
    assert_eq!(again.json()["data"]["migrations"].as_array().unwrap().len(), 0);
    let status = migrate(&project, &db, &["status"]).ok();
    assert!(status.stdout.starts_with("0001_things\tapplied\t"), "{}", status.stdout);

    migrate(&project, &db, &["down"]).failed(5, "confirmation-required", &["0001_things", "--yes"]);
    migrate(&project, &db, &["down", "--yes"]).ok();
    assert_eq!(migrate(&project, &db, &["status"]).code, 3);
    assert!(!project.root.join(".howdah").exists(), "DATABASE_URL was set, and a cluster was made");
}

#[test]
fn production_is_confirmed_by_name() {
    let (project, db) = project();
    migrate(&project, &db, &["up"]).ok();
    // Nobody said what this database is, so it counts as production.
    let url = db.owner_url();
    let down = |arguments: &[&str]| run(against(&project, &url, &["migrate", "down", "--yes"]).args(arguments));
    down(&[]).failed(
        5,
        "confirmation-required",
        &["treated as production", "HOWDAH_DATABASE_ENVIRONMENT", "--confirm"],
    );
    down(&["--confirm", "other"]).failed(5, "confirmation-required", &[]);
    down(&["--confirm", db.name()]).ok();
}

#[test]
fn a_migration_edited_after_it_was_applied() {
    let (project, db) = project();
    migrate(&project, &db, &["up"]).ok();
    project.write("migrations/0001_things.up.sql", &format!("{UP}-- one more thought\n"));
    migrate(&project, &db, &["up"]).failed(
        1,
        "migrate-edited",
        &["migrations/0001_things.up.sql", "was changed after it was applied", "a new migration"],
    );
    let status = migrate(&project, &db, &["status"]);
    assert_eq!(status.code, 3);
    assert!(status.stdout.contains("edited after it was applied"), "{}", status.stdout);
}

#[test]
fn a_syntax_error_is_shown_at_its_place() {
    let (project, db) = project();
    project.write(
        "migrations/0002_more.up.sql",
        "create table public.more (id integer);\n\ncreate tabel public.oops ();\n",
    );
    project.write("migrations/0002_more.down.sql", "drop table public.more;\n");
    let ran = migrate(&project, &db, &["up"]);
    ran.failed(
        1,
        "migrate-failed",
        &[
            "syntax error at or near \"tabel\"",
            "migrations/0002_more.up.sql:3:8",
            "create tabel public.oops ();",
            "nothing of it is left; the one before it stays applied",
        ],
    );
    insta::assert_snapshot!(ran.stderr.replace(db.name(), "<database>").replace(&db.port().to_string(), "<port>"));
    let json = migrate(&project, &db, &["up", "--json"]);
    assert_eq!(json.code, 1);
    let error = &json.json()["error"];
    assert_eq!(error["code"], "migrate-failed");
    assert_eq!(error["at"]["line"], 3);
    assert_eq!(error["at"]["text"], "create tabel public.oops ();");
    assert_eq!(migrate(&project, &db, &["status", "--json"]).json()["data"]["pending"], 1);
}

#[test]
fn a_database_that_is_out_of_reach() {
    let (project, db) = project();
    let port = howdah_testkit::free_port();
    run(&mut against(&project, &format!("postgres://me@127.0.0.1:{port}/shop"), &["migrate", "status"])).failed(
        1,
        "pg-unreachable",
        &[&format!("127.0.0.1:{port}")],
    );
    run(&mut against(&project, "postgres://me@no.such.host.invalid/shop", &["migrate", "up"])).failed(
        1,
        "pg-host-not-found",
        &["no.such.host.invalid"],
    );
    let missing = db.owner_url().replace(db.name(), "no_such_database");
    run(&mut against(&project, &missing, &["migrate", "up"])).failed(1, "pg-database-missing", &["no_such_database"]);
    run(&mut against(&project, "postgres//me@db1/shop", &["migrate", "up"])).failed(2, "pg-url-invalid", &[]);
}

#[test]
fn a_wrong_password() {
    let (project, db) = project();
    let url = db.owner_url();
    let (user, rest) = url.split_once("howdah_owner:").unwrap();
    let (_, rest) = rest.split_once('@').unwrap();
    let wrong = format!("{user}howdah_owner:hunter2@{rest}");
    let ran = run(&mut against(&project, &wrong, &["migrate", "up"]));
    ran.failed(4, "pg-password-wrong", &["howdah_owner"]);
    assert!(!ran.stderr.contains("hunter2"), "{}", ran.stderr);
    let nobody = format!("{user}nobody_at_all:x@{rest}");
    assert_eq!(run(&mut against(&project, &nobody, &["migrate", "up", "--json"])).code, 4);
}

#[test]
fn the_private_cluster_is_used_and_left_as_it_was() {
    let project = Project::init("empty");
    let up = project.run(["migrate", "up"]).ok();
    assert!(up.stderr.contains("→ Applying to demo @ 127.0.0.1:"), "{}", up.stderr);
    assert_eq!(project.run(["db", "status", "--json"]).ok().json()["data"]["state"], "stopped");
    project.run(["migrate", "status"]).ok();

    project.run(["db", "start", "--quiet"]).ok();
    assert_eq!(project.sql("select rolcanlogin from pg_roles where rolname = 'howdah_login'"), "t");
    assert_eq!(project.sql("select applied_by from howdah.migrations"), "howdah_owner");
    // All the way back and forth again.
    project.run(["migrate", "down", "--yes"]).ok();
    assert_eq!(project.sql("select to_regclass('auth.users') is null"), "t");
    let up = project.run(["migrate", "up"]).ok();
    assert!(!up.stderr.contains("Starting PostgreSQL"), "{}", up.stderr);
    assert_eq!(project.run(["db", "status", "--json"]).ok().json()["data"]["state"], "running");
}
