//! `howdah dev` from an empty place to a served project, and what happens to it.

use std::process::{Command, Stdio};
use std::time::Duration;

use howdah_testkit::http_get;
use nix::sys::signal::Signal;

use super::support::{Dev, PATIENCE, Project, clean, folder, howdah, run, tree};

/// The commands of the screen, exactly as they stand there.
fn printed_commands(screen: &str) -> String {
    let start = screen.find("TOKEN=$(").unwrap_or_else(|| panic!("no commands on\n{screen}"));
    screen[start..].to_owned()
}

fn bash(script: &str) -> (String, String) {
    let mut command = Command::new("bash");
    clean(&mut command);
    let output = command.args(["-c", script]).stdin(Stdio::null()).output().unwrap();
    (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
}

fn stop(mut dev: Dev, signal: Signal) {
    dev.process.signal(signal);
    let status = dev.process.wait_exit(Duration::from_secs(30));
    assert_eq!(status.code(), Some(0), "{}", dev.process.output());
}

fn state(project: &Project) -> String {
    project.run(["db", "status", "--json"]).ok().json()["data"]["state"].as_str().unwrap().to_owned()
}

#[test]
fn a_new_folder_becomes_a_served_project_and_survives_everything() {
    let project = Project::nowhere();
    let around = project.root.parent().unwrap().to_path_buf();
    let dev = project.dev(&[]);
    assert_eq!(std::fs::read_dir(&around).unwrap().count(), 1, "something was left outside of the folder");

    // The first thing a newcomer does: paste.
    dev.process.wait_for("the last command", PATIENCE, |line| line.contains("From curl."));
    let (answers, errors) = bash(&format!("{}\necho", printed_commands(&dev.process.stdout())));
    assert!(answers.contains("\"title\":\"Hello\""), "{answers}\n{errors}");
    let tasks = answers.split(']').next().unwrap_or_default();
    assert_eq!(tasks.matches("\"status\":").count(), 3, "{answers}");
    assert_eq!(project.sql("select count(*) from public.notes where title = 'Hello'"), "1");

    // A second one says where the first is, and nothing takes its database away.
    let second = run(howdah(&around).args(["dev", "demo"]));
    second.failed(1, "dev-running", &[&dev.url, "Ctrl+C"]);
    project.run(["db", "stop"]).failed(1, "dev-running", &[&dev.url]);
    project.run(["db", "reset", "--yes"]).failed(1, "dev-running", &[&dev.url]);
    assert_eq!(http_get(&format!("{}/readyz", dev.url)).unwrap().status, 200);

    stop(dev, Signal::SIGINT);
    assert_eq!(state(&project), "stopped");
    assert!(!project.root.join(".howdah/dev.json").exists());

    // Killed, and started again: over the server that was left running, with the same rows.
    let mut dev = project.dev(&[]);
    let rows = project.sql("select count(*) from public.transactions");
    dev.process.signal(Signal::SIGKILL);
    dev.process.wait_exit(PATIENCE);
    assert_eq!(state(&project), "running");
    // As if it had been killed in the middle of a change of the schema.
    let halfway = "alter database demo allow_connections false";
    project.sql_in(&["--database", "postgres"], halfway);
    project.sql_in(&["--database", "postgres"], "create database demo__next");
    let dev = project.dev(&[]);
    assert_eq!(project.sql("select count(*) from public.transactions"), rows, "seeded twice");
    assert_eq!(project.sql("select count(*) from public.notes where title = 'Hello'"), "1");
    stop(dev, Signal::SIGTERM);
    assert_eq!(state(&project), "stopped");
}

#[test]
fn json_is_one_document_with_all_of_it() {
    let project = Project::nowhere();
    std::fs::create_dir(&project.root).unwrap();
    let mut command = howdah(&project.root);
    command.args(["dev", "--json", "--no-seed", "--port", "0"]);
    let mut process = howdah_testkit::TestProcess::spawn(command);
    process.wait_for("the end of the document", PATIENCE, |line| line == "}");
    let document: serde_json::Value = serde_json::from_str(&process.stdout()).unwrap();
    assert_eq!(document["schema"], "howdah.dev/1");
    let data = &document["data"];
    assert_eq!(data["project"], "demo");
    assert!(data["keys"]["anon"].as_str().unwrap().starts_with("eyJ"));
    assert_eq!(data["logins"].as_array().unwrap().len(), 0, "--no-seed, and somebody can log in");
    let url = data["url"].as_str().unwrap();
    assert_eq!(http_get(&format!("{url}/readyz")).unwrap().status, 200);
    let service = data["keys"]["service_role"].as_str().unwrap();
    let (answer, _) = bash(&format!("curl -s '{url}/rest/v1/notes' -H 'Authorization: Bearer {service}'"));
    assert_eq!(answer.trim(), "[]");
    process.signal(Signal::SIGINT);
    assert_eq!(process.wait_exit(PATIENCE).code(), Some(0));
}

#[test]
fn a_port_that_is_taken_is_passed_over() {
    let project = Project::init("empty");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let dev = project.dev(&["--port", &port.to_string()]);
    assert_ne!(dev.url, format!("http://127.0.0.1:{port}"));
    assert_eq!(http_get(&format!("{}/healthz", dev.url)).unwrap().status, 200);
    stop(dev, Signal::SIGINT);
}

#[test]
fn stopped_before_it_is_up_it_leaves_nothing_running() {
    let project = Project::nowhere();
    let mut command = howdah(project.root.parent().unwrap());
    command.args(["dev", "demo"]);
    let mut process = howdah_testkit::TestProcess::spawn(command);
    process.wait_for_line("Creating the database cluster");
    process.signal(Signal::SIGINT);
    assert_eq!(process.wait_exit(PATIENCE).code(), Some(130), "{}", process.output());
    assert!(matches!(state(&project).as_str(), "none" | "stopped"));
    // And nothing is in the way of the next.
    stop(project.dev(&["--no-seed"]), Signal::SIGINT);
}

#[test]
fn a_killed_postgresql_is_started_again() {
    let project = Project::init("empty");
    let dev = project.dev(&[]);
    let pid = project.run(["db", "status", "--json"]).ok().json()["data"]["pid"].as_i64().unwrap();
    nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid.try_into().unwrap()), Signal::SIGKILL).unwrap();
    let mut seen = 0;
    dev.said(&mut seen, "starting it again");
    let until = std::time::Instant::now() + PATIENCE;
    while http_get(&format!("{}/readyz", dev.url)).unwrap().status != 200 {
        assert!(std::time::Instant::now() < until, "{}", dev.process.output());
        std::thread::sleep(Duration::from_millis(100));
    }
    stop(dev, Signal::SIGINT);
}

#[test]
fn any_other_folder_is_left_alone() {
    let folder = folder();
    std::fs::write(folder.path().join("notes.txt"), "mine").unwrap();
    let before = tree(folder.path());
    run(howdah(folder.path()).arg("dev")).failed(
        1,
        "folder-not-empty",
        &["notes.txt", "Nothing was changed", "howdah.toml"],
    );
    run(howdah(folder.path()).args(["dev", "notes.txt"])).failed(1, "folder-is-a-file", &["notes.txt"]);
    assert_eq!(tree(folder.path()), before);
}

#[test]
fn a_first_migration_that_fails_stops_everything_again() {
    let project = Project::init("empty");
    project.write("migrations/0002_broken.up.sql", "select 1;\nselect no_such_column;\n");
    project.write("migrations/0002_broken.down.sql", "select 1;\n");
    let ran = project.run(["dev", "--json"]);
    assert_eq!(ran.code, 1, "{ran:#?}");
    assert_eq!(ran.json()["error"]["code"], "migrate-failed");
    assert_eq!(ran.json()["error"]["at"]["line"], 2);
    assert_eq!(state(&project), "stopped");
}

#[test]
fn a_project_without_roles_of_ours_is_served_all_the_same() {
    let project = Project::nowhere();
    project.write("howdah.toml", "[project]\nname = \"plain\"\n");
    project.write("schema/one.sql", "create table public.plain (id integer primary key);\n");
    let dev = project.dev(&[]);
    assert_eq!(project.sql("select to_regclass('public.plain')"), "plain");
    assert_eq!(http_get(&format!("{}/readyz", dev.url)).unwrap().status, 200);
    stop(dev, Signal::SIGINT);
}
