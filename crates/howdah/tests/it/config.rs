//! `howdah config show`, and settings that are wrong.

use super::support::{Project, folder, howdah, run};

#[test]
fn settings_are_shown_with_their_origin() {
    let project = Project::init("empty");
    let mut command = howdah(&project.root);
    command.args(["config", "show", "--origin"]);
    command.env("HOWDAH_SERVER_PORT", "9000").env("DATABASE_URL", "postgres://me:hunter2@db1/shop");
    let ran = run(&mut command).ok();
    assert!(!ran.stdout.contains("hunter2"), "{}", ran.stdout);
    let text = ran.stdout.replace(&project.root.canonicalize().unwrap().display().to_string(), "<project>");
    insta::assert_snapshot!(text);
}

#[test]
fn settings_are_shown_outside_of_a_project_too() {
    let folder = folder();
    let ran = run(howdah(folder.path()).args(["config", "show", "--json"])).ok();
    assert_eq!(ran.json()["data"]["server.port"]["value"], 8080);
    assert_eq!(ran.json()["data"]["server.port"]["origin"], "default");
}

#[test]
fn an_unknown_setting_is_refused_at_its_place() {
    let project = Project::init("empty");
    project.write("howdah.toml", "[server]\nprot = 9000\n");
    project.run(["config", "show"]).failed(
        2,
        "config-unknown-key",
        &["howdah.toml:2:1", "prot = 9000", "`server.port`"],
    );
    let json = project.run(["db", "status", "--json"]);
    assert_eq!(json.code, 2);
    assert_eq!(json.json()["error"]["at"]["line"], 2);
}

#[test]
fn a_secret_in_the_file_is_refused_and_not_repeated() {
    let project = Project::init("empty");
    project.write("howdah.toml", "[database]\nurl = \"postgres://me:hunter2@db1/shop\"\n");
    let ran = project.run(["migrate", "status"]);
    ran.failed(2, "config-secret", &["howdah.toml:2", "DATABASE_URL"]);
    assert!(!ran.stderr.contains("hunter2"));
}

#[test]
fn a_wrong_variable_names_itself() {
    let folder = folder();
    let mut command = howdah(folder.path());
    run(command.args(["config", "show"]).env("HOWDAH_SERVER_PORT", "http")).failed(
        2,
        "config-value",
        &["HOWDAH_SERVER_PORT", "a whole number from 0 to 65535"],
    );
}
