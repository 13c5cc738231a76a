//! `howdah seed demo`.

use howdah_testkit::TestDb;

use super::support::{Ran, folder, howdah, run};

fn seed(db: &TestDb, arguments: &[&str]) -> Ran {
    let folder = folder();
    let mut command = howdah(folder.path());
    command.args(["seed", "demo", "--until", "2026-06-30"]).args(arguments);
    run(command.env("DATABASE_URL", db.owner_url()).env("HOWDAH_PASSWORD_PEPPER", "a pepper that is long enough"))
}

#[test]
fn demo_data_once_and_no_more() {
    let db = TestDb::template_blocking("personal");
    let dry = seed(&db, &["--env", "development", "--dry-run"]).ok();
    assert!(dry.stderr.contains("Would seed"), "{}", dry.stderr);
    let first = seed(&db, &["--env", "development", "--rows", "300", "--json"]).ok().json();
    assert!(first["data"]["inserted"].as_u64().unwrap() > 200, "{first}");
    assert_eq!(first["data"]["logins"][0]["email"], "ada@example.com");

    let again = seed(&db, &["--env", "development", "--rows", "300"]).ok();
    assert!(again.stderr.contains("0 new rows"), "{}", again.stderr);
    assert!(again.stdout.lines().all(|line| line.split('\t').count() == 3), "{}", again.stdout);
    seed(&db, &["--env", "development", "--rows", "301"]).failed(1, "demo-other-plan", &["300"]);
}

#[test]
fn published_passwords_do_not_get_into_production_by_habit() {
    let db = TestDb::template_blocking("personal");
    for arguments in [&["--env", "production", "--yes"][..], &["--yes"]] {
        seed(&db, arguments).failed(5, "confirmation-required", &["--confirm", db.name()]);
    }
    let folder = folder();
    let mut command = howdah(folder.path());
    command.args(["seed", "demo"]).env("DATABASE_URL", db.owner_url());
    run(&mut command).failed(2, "pepper-missing", &["HOWDAH_PASSWORD_PEPPER"]);
}

#[test]
fn a_schema_without_demo_data_says_so() {
    let db = TestDb::empty_blocking();
    seed(&db, &["--env", "development"]).failed(1, "demo-unknown-schema", &["personal"]);
}
