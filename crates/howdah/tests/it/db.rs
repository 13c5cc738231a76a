//! `howdah db`: the project's own PostgreSQL.

use super::support::{Project, howdah, run};

#[test]
fn from_nothing_to_running_to_gone() {
    let project = Project::init("empty");
    let status = project.run(["db", "status", "--json"]).ok().json();
    assert_eq!(status["data"]["state"], "none");
    assert!(!project.root.join(".howdah").exists(), "looking made something");
    project.run(["db", "psql"]).failed(1, "cluster-missing", &["howdah db start"]);

    let started = project.run(["db", "start", "--json"]).ok().json();
    assert_eq!(started["data"]["database"], "demo");
    let port = started["data"]["port"].clone();
    let status = project.run(["db", "status", "--json"]).ok().json();
    assert_eq!(status["data"]["state"], "running");
    assert_eq!(status["data"]["port"], port);
    assert_eq!(project.run(["db", "start", "--json"]).ok().json()["data"]["started"], false);

    // A pipe: tab-separated, no header.
    let lines = project.run(["db", "status"]).ok().stdout;
    assert!(lines.lines().any(|line| line == "database\tdemo"), "{lines}");

    assert_eq!(project.sql("select current_user"), "howdah_admin");
    assert_eq!(project.sql_in(&["--role", "owner"], "select current_user"), "howdah_owner");
    let owner = project.run(["db", "psql", "--role", "owner", "--", "-X", "-A", "-t", "-c", "select current_user"]);
    match std::process::Command::new("psql").arg("--version").output() {
        Ok(answer) if answer.status.success() => {
            assert_eq!((owner.code, owner.stdout.trim()), (0, "howdah_owner"), "{owner:?}");
        }
        // Debian's wrapper without a client behind it: what it says is its own business.
        Ok(_) => assert_ne!(owner.code, 0, "{owner:?}"),
        // A downloaded PostgreSQL brings no psql; what is said then is part of the command.
        Err(_) => assert!(owner.code != 0 && owner.stderr.contains("psql"), "{owner:?}"),
    }
    let owner = "select rolsuper or rolbypassrls from pg_roles where rolname = 'howdah_owner'";
    assert_eq!(project.sql(owner), "f");
    assert_eq!(project.sql("select pg_get_userbyid(datdba) from pg_database where datname = 'demo'"), "howdah_owner");
    let url = project.run(["db", "url", "--role", "owner"]).ok();
    assert!(url.stdout.starts_with("postgres://howdah_owner:"), "{}", url.stdout);
    project.run(["db", "psql", "--json"]).failed_json("psql-json");
    assert!(!project.run(["db", "logs", "-n", "5"]).ok().stdout.is_empty());

    project.run(["db", "stop"]).ok();
    assert_eq!(project.run(["db", "status", "--json"]).ok().json()["data"]["state"], "stopped");
    assert_eq!(project.run(["db", "stop", "--json"]).ok().json()["data"]["stopped"], false);
    project.run(["db", "psql"]).failed(1, "cluster-not-running", &["howdah db start"]);

    let data = project.root.join(".howdah/postgres/data");
    assert!(data.exists());
    project.run(["db", "reset"]).failed(5, "confirmation-required", &["--yes"]);
    project.run(["db", "reset", "--dry-run"]).ok();
    assert!(data.exists(), "deleted without a word");
    project.run(["db", "reset", "--yes"]).ok();
    assert!(!data.exists());
    assert_eq!(project.run(["db", "status", "--json"]).ok().json()["data"]["state"], "none");
    assert!(!data.exists(), "looking made something");
}

#[test]
fn a_project_is_found_from_below_and_by_name() {
    let project = Project::init("empty");
    run(howdah(&project.root.join("schema")).args(["db", "status"])).ok();
    let parent = project.root.parent().unwrap();
    run(howdah(parent).args(["--project", "demo", "db", "status"])).ok();
    run(howdah(parent).args(["db", "status", "--project", "nowhere"])).failed(2, "project-not-found", &["nowhere"]);
}

impl super::support::Ran {
    #[track_caller]
    fn failed_json(&self, code: &str) {
        assert_ne!(self.code, 0);
        assert_eq!(self.json()["error"]["code"], code, "{self:#?}");
    }
}
