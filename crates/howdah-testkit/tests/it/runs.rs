//! What is left when everything is killed. Linux only: the tests look processes up in /proc.
#![cfg(target_os = "linux")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use howdah_testkit::{TestCluster, TestDb, TestProcess};
use nix::sys::signal::Signal;

/// Not a test: what the tests below start and kill. Makes one of everything and says where.
#[test]
#[ignore = "run by the other tests of this file"]
fn helper_that_is_killed() {
    let db = TestDb::empty_blocking();
    let cluster = TestCluster::start();
    let mut command = Command::new("/bin/sh");
    command.args(["-c", "sleep 333"]);
    let process = TestProcess::spawn(command);
    println!("folder {}", db.socket_dir().ancestors().nth(3).unwrap().display());
    println!("cluster {}", cluster.data_dir().display());
    println!("program {}", process.id());
    println!("all set");
    std::thread::sleep(Duration::from_secs(120));
}

struct Victim {
    process: TestProcess,
    folder: PathBuf,
    pids: Vec<String>,
}

fn victim() -> Victim {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "runs::helper_that_is_killed", "--ignored", "--nocapture"]);
    command.env("HOWDAH_TESTKIT_OWNER", "self");
    let process = TestProcess::spawn(command);
    process.wait_for("its readiness", Duration::from_secs(60), |line| line == "all set");
    let after = |word: &str| {
        let line = process.wait_for_line(word);
        line.split_once(' ').unwrap().1.to_owned()
    };
    let folder = PathBuf::from(after("folder "));
    let first_line = |path: &Path| fs::read_to_string(path).unwrap().lines().next().unwrap().to_owned();
    let mut pids = vec![after("program ")];
    pids.push(first_line(&folder.join("shared/postgres/data/postmaster.pid")));
    pids.push(first_line(&Path::new(&after("cluster ")).join("postmaster.pid")));
    Victim { process, folder, pids }
}

fn runs(pid: &str) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    !stat.is_empty() && !stat.contains(") Z ")
}

fn gone_within(victim: &Victim, patience: Duration) {
    let lock = PathBuf::from(format!("{}.lock", victim.folder.display()));
    let deadline = Instant::now() + patience;
    while victim.folder.exists() || lock.exists() || victim.pids.iter().any(|pid| runs(pid)) {
        let left: Vec<_> = victim.pids.iter().filter(|pid| runs(pid)).collect();
        assert!(Instant::now() < deadline, "folder: {}, running: {left:?}", victim.folder.exists());
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_killed_run_leaves_nothing_behind() {
    let mut victim = victim();
    assert!(victim.folder.exists() && victim.pids.iter().all(|pid| runs(pid)), "{:?}", victim.pids);
    // The run alone, not the program it started: that has a group of its own.
    victim.process.signal(Signal::SIGKILL);
    victim.process.wait_exit(Duration::from_secs(10));
    gone_within(&victim, Duration::from_secs(20));
}

#[test]
fn what_a_killed_watcher_left_the_next_run_clears_up() {
    let mut victim = victim();
    let watcher = fs::read_to_string(victim.folder.join("watcher")).unwrap();
    let watcher = watcher.split('-').next().unwrap().to_owned();
    assert!(Command::new("kill").args(["-KILL", &watcher]).status().unwrap().success());
    victim.process.kill();
    // Its program is killed with the watcher's other duties; a sweep clears up clusters and folders.
    let program = victim.pids.remove(0);
    std::thread::sleep(Duration::from_millis(1500));
    assert!(victim.folder.exists(), "nobody is left to delete it");

    let mut next = self::victim();
    gone_within(&victim, Duration::from_secs(20));
    next.process.kill();
    gone_within(&next, Duration::from_secs(20));
    let _ = Command::new("kill").args(["-KILL", "--", &format!("-{program}")]).status();
}
