//! Several projects, several versions, several users.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use howdah_cluster::{Cluster, ClusterOptions, Install, PgVersion, Silent};

use crate::helper::Helper;
use crate::support::{Project, answers, install, is_root, query};

#[test]
fn two_projects_side_by_side() {
    let (one, two) = (Project::new(), Project::new());
    let (first, second) = (one.started(), two.started());
    assert_ne!(first.port(), second.port());
    query(&first.superuser_url("postgres"), "create database only_here").unwrap();
    assert!(query(&second.superuser_url("only_here"), "select 1").is_err());
    assert_ne!(first.secret("jwt").unwrap(), second.secret("jwt").unwrap());
    first.reset().unwrap();
    assert!(answers(&second), "resetting one leaves the other alone");
    let wanted = ClusterOptions { port: Some(second.port()), ..ClusterOptions::throwaway() };
    let first = Cluster::open(&one.root(), install(), wanted).unwrap();
    first.start(&Silent).unwrap();
    assert_ne!(first.port(), second.port(), "a wish for a port that is taken");
}

#[test]
fn data_of_another_major_version_is_refused() {
    let project = Project::new();
    let cluster = project.started();
    cluster.stop().unwrap();
    let version = install().version;
    assert_eq!(Install::find_for(&project.root()).unwrap().unwrap().version.major, version.major);
    let newer = Install { version: PgVersion::new(version.major + 1, 2), ..install() };
    let error = Cluster::open(&project.root(), newer, ClusterOptions::throwaway()).unwrap_err();
    assert_eq!(error.code(), "cluster-major-mismatch");
    let text = error.to_string();
    let (old, new) = (version.major.to_string(), format!("{}.2", version.major + 1));
    for part in [old.as_str(), new.as_str(), "HOWDAH_PG_BIN", "install", "pg_upgrade", "pg_dump"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(answers(&project.started()), "nothing was changed");
}

#[test]
fn howdah_pg_bin_decides() {
    let open = |value: &Path| {
        let project = Project::new();
        let mut command = Helper::command(&project.root());
        command.env("HOWDAH_PG_BIN", value);
        Helper::start(command).result()
    };
    let result = open(&install().bin_dir);
    assert!(result.starts_with("New "), "{result}");
    let result = open(Path::new("/dev"));
    assert!(result.starts_with("cluster-pg-bin-invalid HOWDAH_PG_BIN is /dev, but"), "{result}");
}

#[test]
fn a_strict_umask_keeps_nobody_out() {
    let project = Project::new();
    let helper = Helper::command(&project.root());
    let mut command = Command::new("/bin/sh");
    command.args(["-c", "umask 077; exec \"$@\"", "sh"]).arg(helper.get_program()).args(helper.get_args());
    for (name, value) in helper.get_envs() {
        command.env(name, value.unwrap_or_default());
    }
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let result = Helper::start(command).result();
    assert!(result.starts_with("New "), "{result}");
    assert!(project.open().data_dir().starts_with(project.path()), "not in a folder elsewhere");
}

#[test]
fn another_users_data_is_refused() {
    if !is_root() {
        println!("skipped: only root can be two users");
        return;
    }
    let project = Project::new();
    let cluster = project.started();
    let nobody = nix::unistd::User::from_name("nobody").unwrap().unwrap();
    let open = || {
        let mut command = Helper::command(&project.root());
        command.uid(nobody.uid.as_raw()).gid(nobody.gid.as_raw()).current_dir("/").env("HOME", "/nonexistent");
        Helper::start(command).result()
    };
    // The files at the top are root's, which says it all; then the data alone is somebody else's.
    let result = open();
    assert!(result.starts_with("cluster-not-writable"), "{result}");
    for path in [project.root(), project.root().join("cluster.lock"), project.root().join("cluster.json")] {
        std::os::unix::fs::chown(path, Some(nobody.uid.as_raw()), None).unwrap();
    }
    let result = open();
    assert!(result.starts_with("cluster-other-owner") && result.contains("nobody"), "{result}");
    assert!(answers(&cluster));
}

#[test]
fn an_ordinary_users_cluster_and_root() {
    if !is_root() {
        println!("skipped: only root can be two users");
        return;
    }
    // A project of nobody's, as `runuser -u nobody` would make it; then root opens the same one.
    let project = Project::new();
    let nobody = nix::unistd::User::from_name("nobody").unwrap().unwrap();
    std::os::unix::fs::chown(project.path(), Some(nobody.uid.as_raw()), Some(nobody.gid.as_raw())).unwrap();
    let mut command = Helper::command(&project.root());
    command.uid(nobody.uid.as_raw()).gid(nobody.gid.as_raw()).current_dir("/").env("HOME", "/nonexistent");
    let mut helper = Helper::start(command);
    let result = helper.result();
    assert!(result.starts_with("New "), "{result}");
    assert_eq!(crate::support::owner(&project.root().join("postgres/data")), nobody.uid.as_raw());
    assert_eq!(crate::support::mode(&project.root()), 0o700);

    let cluster = project.started();
    assert_eq!(cluster.account().uid, nobody.uid.as_raw(), "root runs it as its owner");
    assert!(answers(&cluster));
    cluster.stop().unwrap();
    cluster.start(&Silent).unwrap();
    assert!(answers(&cluster));
    cluster.stop().unwrap();
    drop(helper);
    let mut command = Helper::command(&project.root());
    command.uid(nobody.uid.as_raw()).gid(nobody.gid.as_raw()).current_dir("/").env("HOME", "/nonexistent");
    let result = Helper::start(command).result();
    assert!(result.starts_with("New "), "and the owner again after root: {result}");
}

#[test]
fn a_project_the_servers_user_cannot_enter() {
    if !is_root() {
        println!("skipped: only root runs the server as somebody else");
        return;
    }
    let project = Project::new();
    fs::set_permissions(project.path(), fs::Permissions::from_mode(0o700)).unwrap();
    let cluster = project.started();
    assert!(answers(&cluster));
    let base = cluster.data_dir().parent().unwrap().to_path_buf();
    assert!(base.starts_with("/var/lib/howdah"), "{}", base.display());
    query(&cluster.superuser_url("postgres"), "create database kept").unwrap();
    cluster.stop().unwrap();
    assert!(query(&project.started().superuser_url("kept"), "select 1").is_ok(), "found again");

    cluster.stop().unwrap();
    fs::remove_file(project.root().join("cluster.json")).unwrap();
    assert!(query(&project.started().superuser_url("kept"), "select 1").is_ok(), "also without cluster.json");

    // A copy of the project is a project of its own.
    let copy = Project::new();
    fs::set_permissions(copy.path(), fs::Permissions::from_mode(0o700)).unwrap();
    let copied = Command::new("cp").arg("-r").arg(project.root()).arg(copy.root()).status().unwrap();
    assert!(copied.success());
    let second = copy.started();
    assert_ne!(second.data_dir(), cluster.data_dir());
    assert!(query(&second.superuser_url("kept"), "select 1").is_err());
    second.reset().unwrap();
    assert!(answers(&cluster));
    cluster.reset().unwrap();
    assert!(!base.exists());
}

#[test]
fn a_copied_project_does_not_touch_the_servers_of_the_original() {
    let project = Project::new();
    let cluster = project.started();
    let copy = Project::new();
    let copied = Command::new("cp").arg("-a").arg(project.root()).arg(copy.root()).status().unwrap();
    assert!(copied.success());
    let second = copy.open();
    assert_eq!(
        second.status().unwrap().state,
        howdah_cluster::ClusterState::Crashed,
        "a copy of a running server's data"
    );
    second.stop().unwrap();
    assert!(answers(&cluster));
    second.start(&Silent).unwrap();
    assert_ne!(second.port(), cluster.port());
    assert!(answers(&cluster) && answers(&second));
}
