//! Processes that are killed, and what they leave.

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use howdah_cluster::{Cluster, ClusterOptions, ClusterState, Silent, Started};

use crate::helper::Helper;
use crate::support::{Project, answers, install, is_root, kill, postmaster, query, server_account, until};

#[test]
fn the_managing_process_is_killed() {
    let project = Project::new();
    let mut helper = Helper::start(Helper::command(&project.root()));
    let result = helper.result();
    assert!(result.starts_with("New "), "{result}");
    helper.child.kill().unwrap();
    helper.child.wait().unwrap();

    let cluster = project.open();
    assert!(matches!(cluster.status().unwrap().state, ClusterState::Running { .. }), "its server runs on");
    assert_eq!(cluster.start(&Silent).unwrap(), Started::Adopted);
    assert_eq!(format!("New {}", cluster.port()), result);
    assert!(answers(&cluster));
}

#[test]
fn the_server_is_killed_in_the_middle_of_work() {
    let project = Project::new();
    let cluster = project.started_durable();
    let url = cluster.superuser_url("postgres");
    query(&url, "create table t as select 1 as a").unwrap();
    let busy = std::thread::spawn({
        let url = url.clone();
        move || query(&url, "insert into t select 2 from generate_series(1, 100000); select pg_sleep(60)")
    });
    until("the sleeper", || {
        query(&url, "select count(*) from pg_stat_activity where query like '%pg_sleep(60)' and state = 'active' and pid <> pg_backend_pid()").unwrap() == "1"
    });
    kill(postmaster(&cluster));
    until("the crash to show", || cluster.status().unwrap().state == ClusterState::Crashed);

    let begun = Instant::now();
    let cluster = Cluster::open(&project.root(), install(), ClusterOptions::default()).unwrap();
    assert_eq!(cluster.start(&Silent).unwrap(), Started::New);
    println!("recovered in {:?}", begun.elapsed());
    assert_eq!(query(&url, "select count(*) from t").unwrap(), "1", "what was committed is there, the rest is not");
    assert!(busy.join().unwrap().is_err());
}

#[test]
#[ignore = "takes 40 s: the wait for a postmaster that does not answer is what it tests"]
fn a_server_that_hangs_is_stopped_by_force() {
    let project = Project::new();
    let cluster = project.started_durable();
    let url = cluster.superuser_url("postgres");
    query(&url, "create table t as select 1 as a").unwrap();
    let pid = nix::unistd::Pid::from_raw(postmaster(&cluster));
    nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGSTOP).unwrap();
    assert!(matches!(cluster.status().unwrap().state, ClusterState::Starting { .. }), "it does not answer");
    cluster.stop().unwrap();
    assert_eq!(cluster.start(&Silent).unwrap(), Started::New);
    assert_eq!(query(&url, "select count(*) from t").unwrap(), "1");
}

#[test]
fn a_backend_is_killed() {
    let project = Project::new();
    let cluster = project.started();
    let url = cluster.superuser_url("postgres");
    let pid = postmaster(&cluster);
    let victim = std::thread::spawn({
        let url = url.clone();
        move || query(&url, "select pg_sleep(60)")
    });
    let find = "select coalesce(max(pid), 0) from pg_stat_activity where query = 'select pg_sleep(60)'";
    let mut backend = 0;
    until("the backend", || {
        backend = query(&url, find).unwrap().parse().unwrap();
        backend != 0
    });
    kill(backend);
    assert!(victim.join().unwrap().is_err());
    // The server takes itself down and up again; starting meanwhile waits for it.
    assert_eq!(cluster.start(&Silent).unwrap(), Started::Adopted);
    until("an answer", || answers(&cluster));
    assert_eq!(postmaster(&cluster), pid);
}

/// Stops the server and puts back a `postmaster.pid` of this process id, as a killed server leaves it.
fn with_stale_pid(pid: i32) {
    let project = Project::new();
    let cluster = project.started();
    let path = cluster.data_dir().join("postmaster.pid");
    let text = fs::read_to_string(&path).unwrap();
    cluster.stop().unwrap();
    let socket_lock = cluster.socket_dir().join(format!(".s.PGSQL.{}.lock", cluster.port()));
    for path in [path, socket_lock] {
        let rest = text.split_once('\n').unwrap().1;
        fs::write(&path, format!("{pid}\n{rest}")).unwrap();
        let account = server_account();
        std::os::unix::fs::chown(&path, Some(account.uid), Some(account.gid)).unwrap();
    }
    assert_eq!(cluster.status().unwrap().state, ClusterState::Crashed, "process {pid} is not its server");
    cluster.stop().unwrap();
    assert_eq!(cluster.start(&Silent).unwrap(), Started::New, "with process id {pid}");
    assert!(answers(&cluster));
}

#[test]
fn a_stale_pid_file_of_nobody() {
    let mut child = Command::new("true").spawn().unwrap();
    let pid = i32::try_from(child.id()).unwrap();
    child.wait().unwrap();
    with_stale_pid(pid);
}

#[test]
fn a_stale_pid_file_whose_id_belongs_to_somebody_else_now() {
    // A process of the server's own user: PostgreSQL by itself would refuse to start.
    let mut command = server_account().command(Path::new("/bin/sleep"));
    let mut other = command.arg("60").stdout(Stdio::null()).spawn().unwrap();
    with_stale_pid(i32::try_from(other.id()).unwrap());
    assert!(other.try_wait().unwrap().is_none(), "and nobody has touched it");
    other.kill().unwrap();
    other.wait().unwrap();
    with_stale_pid(1);
}

#[test]
fn a_damaged_pid_file() {
    let project = Project::new();
    let cluster = project.started();
    cluster.stop().unwrap();
    let path = cluster.data_dir().join("postmaster.pid");
    fs::write(&path, "").unwrap();
    assert_eq!(cluster.status().unwrap().state, ClusterState::Crashed);
    assert_eq!(cluster.start(&Silent).unwrap(), Started::New);
}

#[test]
fn the_port_is_taken() {
    let project = Project::new();
    let cluster = project.started();
    let first = cluster.port();
    cluster.stop().unwrap();
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, first)).unwrap();
    let cluster = project.started();
    let second = cluster.port();
    assert_ne!(first, second);
    assert!(answers(&cluster));
    cluster.stop().unwrap();
    drop(taken);
    assert_eq!(project.started().port(), second, "from then on it is the other one");
}

/// A folder of programs, of which initdb does the work and then hangs.
fn slow_initdb(dir: &Path) {
    let real = install();
    for name in ["initdb", "postgres", "pg_ctl"] {
        // $2 is the folder, after -D.
        let then = if name == "initdb" { "&& while [ -d \"$2\" ]; do sleep 0.1; done" } else { "" };
        let script = format!("#!/bin/sh\n'{}' \"$@\" {then}\n", real.program(name).display());
        fs::write(dir.join(name), script).unwrap();
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(dir.join(name), fs::Permissions::from_mode(0o755)).unwrap();
    }
}

fn unfinished(project: &Project) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(project.root().join("postgres")).into_iter().flatten().flatten();
    let paths = entries.map(|entry| entry.path());
    paths.filter(|path| path.file_name().unwrap().to_string_lossy().starts_with("data")).collect()
}

#[test]
fn initdb_is_interrupted() {
    // At three points: just begun, files being written, all but finished.
    for marker in ["PG_VERSION", "base/1/PG_VERSION", "base/5/PG_VERSION"] {
        let project = Project::new();
        let bin = project.path().join("bin");
        fs::create_dir(&bin).unwrap();
        crate::support::open_for_all(&bin);
        slow_initdb(&bin);
        let mut helper = Helper::start(Helper::with_pg_bin(&project.root(), &bin));
        until(marker, || {
            let marker =
                if marker.contains('5') && install().version.major < 15 { "base/1/PG_VERSION" } else { marker };
            unfinished(&project).iter().any(|dir| dir.join(marker).exists())
        });
        helper.child.kill().unwrap();
        helper.child.wait().unwrap();
        // Its initdb goes on for a while, into a folder that nobody wants any more.
        let cluster = project.started();
        assert!(answers(&cluster), "after {marker}");
        assert_eq!(unfinished(&project).len(), 1, "{:?}", unfinished(&project));
    }
}

#[test]
fn two_processes_open_a_new_project_at_once() {
    let project = Project::new();
    let mut helpers: Vec<_> = (0..3).map(|_| Helper::start(Helper::command(&project.root()))).collect();
    let mut results: Vec<_> = helpers.iter_mut().map(Helper::result).collect();
    results.sort();
    let port = project.open().port();
    assert_eq!(results, [format!("Adopted {port}"), format!("Adopted {port}"), format!("New {port}")]);
}

#[test]
fn the_environment_of_the_caller_does_not_reach_the_server() {
    let project = Project::new();
    let mut command = Helper::command(&project.root());
    for (name, value) in [("PGPORT", "1"), ("PGDATA", "/nowhere"), ("PGOPTIONS", "-c work_mem=1"), ("LC_ALL", "xx_XX")]
    {
        command.env(name, value);
    }
    let result = Helper::start(command).result();
    assert!(result.starts_with("New "), "{result}");
    assert!(answers(&project.open()));
}

#[test]
fn as_root_the_server_runs_as_somebody_else() {
    let project = Project::new();
    let cluster = project.started();
    let status = fs::read_to_string(format!("/proc/{}/status", postmaster(&cluster))).unwrap_or_default();
    let ids = |name: &str| status.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned);
    let (Some(uids), Some(groups)) = (ids("Uid:"), ids("Groups:")) else {
        println!("skipped: this system has no /proc");
        return;
    };
    let account = server_account();
    assert!(uids.split_whitespace().all(|uid| uid == account.uid.to_string()), "{uids}");
    if is_root() {
        assert_eq!(groups.trim(), "", "none of root's groups is left");
    }
}
