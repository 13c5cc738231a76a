//! Whether a server runs on a data folder, judged by more than a number in a file.
//!
//! `postmaster.pid` outlives a server that was killed, and its process id may belong to something else by then. A
//! postmaster works in its data folder, so where the system tells the working folder of a process that is compared
//! (Linux), else the `-D` of its command line.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant, SystemTime};

use nix::errno::Errno;
use nix::sys::signal::{self, Signal};
use nix::unistd::Pid;

use crate::error::{ClusterError, IoContext, Result};

/// No process has this id: beyond the largest the systems hand out (Linux: 2^22).
const NOBODYS_PID: i32 = i32::MAX;

/// A fast shutdown writes a checkpoint.
pub(crate) const FAST_PATIENCE: Duration = Duration::from_secs(30);
const IMMEDIATE_PATIENCE: Duration = Duration::from_secs(10);

/// The lines of `postmaster.pid`, of a server that is alive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Postmaster {
    pub(crate) pid: i32,
    pub(crate) since: SystemTime,
    /// 0 until it listens.
    pub(crate) port: u16,
    pub(crate) socket_dir: Option<PathBuf>,
    pub(crate) phase: Phase,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    Starting,
    Ready,
    Stopping,
}

/// What `postmaster.pid` amounts to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PidFile {
    Absent,
    /// Its server is gone: it crashed or was killed.
    Stale(i32),
    Alive(Postmaster),
}

/// Looks at the server of this data folder (an absolute path without links).
pub(crate) fn look(data: &Path) -> Result<PidFile> {
    let path = data.join("postmaster.pid");
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(PidFile::Absent),
        Err(e) => return Err(ClusterError::io("reading", &path, e)),
    };
    let parsed = parse(&text);
    Ok(match parsed {
        Some(postmaster) if is_server_of(postmaster.pid, data) => PidFile::Alive(postmaster),
        Some(postmaster) => PidFile::Stale(postmaster.pid),
        None => PidFile::Stale(0),
    })
}

/// pid, data folder, start (seconds since 1970), port, socket folder, address, shared memory key, status.
fn parse(text: &str) -> Option<Postmaster> {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let line = |n: usize| lines.get(n).copied().unwrap_or_default();
    let pid: i32 = line(0).parse().ok().filter(|pid| *pid > 0)?;
    let phase = match line(7) {
        "ready" | "standby" => Phase::Ready,
        "stopping" => Phase::Stopping,
        _ => Phase::Starting,
    };
    Some(Postmaster {
        pid,
        since: SystemTime::UNIX_EPOCH + Duration::from_secs(line(2).parse().unwrap_or(0)),
        port: line(3).parse().unwrap_or(0),
        socket_dir: Some(line(4)).filter(|dir| !dir.is_empty()).map(PathBuf::from),
        phase,
    })
}

/// Makes a stale `postmaster.pid` harmless: PostgreSQL would refuse to start if an unrelated process of the same user
/// had the process id by now. Only the id is replaced; the shared memory key stays, so that PostgreSQL still finds out
/// by itself whether processes of the dead server are at the data.
pub(crate) fn disarm(data: &Path, owner: &crate::account::Account) -> Result<()> {
    let path = data.join("postmaster.pid");
    let text = fs::read_to_string(&path).on("reading", &path)?;
    let rest = text.split_once('\n').map_or("", |(_, rest)| rest);
    crate::files::replace(&path, format!("{NOBODYS_PID}\n{rest}").as_bytes(), 0o600, Some(owner))
}

/// Ends what is left of a server whose postmaster was killed: backends notice that only when they next wait for
/// something, and no new server may start before the last is gone. Nothing to do where the system does not tell the
/// working folder of processes; starting is then tried until they are gone.
pub(crate) fn end_orphans(data: &Path) {
    // They go by themselves within moments unless busy; only then are they told.
    for (patience, told) in [(300, Signal::SIGQUIT), (3000, Signal::SIGKILL), (1000, Signal::SIGKILL)] {
        let deadline = Instant::now() + Duration::from_millis(patience);
        loop {
            if orphans(data).is_empty() {
                return;
            }
            if Instant::now() > deadline {
                break;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        for pid in orphans(data) {
            tracing::warn!(pid, ?told, "ending a process of a server that was killed");
            let _ = signal::kill(Pid::from_raw(pid), told);
        }
    }
}

fn orphans(data: &Path) -> Vec<i32> {
    let is_postgres = |pid: &i32| {
        works_in(*pid, data)
            && fs::read_to_string(format!("/proc/{pid}/comm")).is_ok_and(|comm| comm.starts_with("postgres"))
    };
    all().filter(is_postgres).filter(|pid| is_running(*pid)).collect()
}

/// Ends an initdb that was left alone with the folder it fills. The folder's name is random, so whoever was given it is
/// initdb, or a shell that runs it. The server it has started in there ends by itself with its input, and so frees its
/// shared memory, which it could not if it were killed.
pub(crate) fn end_workers(folder: &Path) {
    let concerned = || all().filter(|pid| is_running(*pid) && (works_in(*pid, folder) || was_given(*pid, folder)));
    let begun = Instant::now();
    loop {
        let pids: Vec<i32> = concerned().collect();
        if pids.is_empty() || begun.elapsed() > Duration::from_secs(10) {
            return;
        }
        for pid in pids {
            if !works_in(pid, folder) || begun.elapsed() > Duration::from_secs(5) {
                let _ = send(pid, Signal::SIGKILL);
            }
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Every process id, as far as the system tells.
fn all() -> impl Iterator<Item = i32> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok())
}

fn works_in(pid: i32, folder: &Path) -> bool {
    fs::read_link(format!("/proc/{pid}/cwd")).is_ok_and(|cwd| cwd == folder)
}

fn was_given(pid: i32, folder: &Path) -> bool {
    let wanted = folder.as_os_str().as_encoded_bytes();
    fs::read(format!("/proc/{pid}/cmdline"))
        .is_ok_and(|bytes| bytes.split(|b| *b == 0).any(|argument| argument == wanted))
}

/// Whether `pid` is a process that runs; a zombie (dead, its parent has not asked) does not.
pub(crate) fn is_running(pid: i32) -> bool {
    if signal::kill(Pid::from_raw(pid), None) == Err(Errno::ESRCH) {
        return false;
    }
    let state = match fs::read_to_string(format!("/proc/{pid}/stat")) {
        // "pid (name) S …"; the name may hold anything, also a parenthesis.
        Ok(stat) => stat.rsplit_once(") ").and_then(|(_, rest)| rest.chars().next()),
        Err(_) if Path::new("/proc/self/stat").exists() => return false,
        Err(_) => ps(pid, "stat=").and_then(|text| text.trim().chars().next()),
    };
    !matches!(state, None | Some('Z' | 'X'))
}

/// Whether `pid` is a running server of this data folder.
fn is_server_of(pid: i32, data: &Path) -> bool {
    if !is_running(pid) {
        return false;
    }
    if let Ok(cwd) = fs::read_link(format!("/proc/{pid}/cwd")) {
        return cwd == data;
    }
    // Another user's process, or no /proc.
    was_given(pid, data)
        || ps(pid, "command=").is_some_and(|command| command.contains(&format!("-D {} ", data.display())))
}

fn ps(pid: i32, column: &str) -> Option<String> {
    let out = Command::new("ps").args(["-ww", "-o", column, "-p", &pid.to_string()]).output().ok()?;
    String::from_utf8(out.stdout).ok().filter(|text| !text.trim().is_empty())
}

/// Stops the server of a data folder: fast, then immediately, then by force.
pub(crate) fn stop(data: &Path) -> Result<()> {
    let PidFile::Alive(Postmaster { pid, .. }) = look(data)? else {
        end_orphans(data);
        return Ok(());
    };
    for (signal, patience) in [(Signal::SIGINT, FAST_PATIENCE), (Signal::SIGQUIT, IMMEDIATE_PATIENCE)] {
        send(pid, signal).map_err(|errno| ClusterError::Stop {
            pid,
            seconds: 0,
            reason: format!("it could not be told to ({})", errno.desc()),
        })?;
        if wait_gone(pid, patience) {
            end_orphans(data); // the logger ends last, with files open
            return Ok(());
        }
        tracing::warn!(pid, ?signal, "PostgreSQL did not stop in time");
    }
    // Not even an immediate shutdown: it hangs in the kernel, or a debugger holds it.
    let _ = send(pid, Signal::SIGKILL);
    if wait_gone(pid, IMMEDIATE_PATIENCE) {
        end_orphans(data);
        return Ok(());
    }
    let seconds = (FAST_PATIENCE + IMMEDIATE_PATIENCE * 2).as_secs();
    Err(ClusterError::Stop { pid, seconds, reason: "it does not even react to being killed".into() })
}

/// Frees the shared memory segment by which a killed server would be noticed by its successor, when there will be none.
/// Only if nobody is attached to it and it still has the key that `postmaster.pid` says; only on Linux.
pub(crate) fn free_shared_memory(data: &Path) {
    let Ok(text) = fs::read_to_string(data.join("postmaster.pid")) else { return };
    let mut words = text.lines().nth(6).unwrap_or_default().split_whitespace();
    let (Some(key), Some(id)) = (words.next(), words.next()) else { return };
    let segments = fs::read_to_string("/proc/sysvipc/shm").unwrap_or_default();
    // key shmid perms size cpid lpid nattch …
    let unused = segments
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>())
        .any(|fields| fields.first() == Some(&key) && fields.get(1) == Some(&id) && fields.get(6) == Some(&"0"));
    if unused {
        let _ = Command::new("ipcrm").args(["-m", id]).stderr(std::process::Stdio::null()).status();
    }
}

/// Sends a signal; that the process is gone already is fine.
fn send(pid: i32, signal: Signal) -> Result<(), Errno> {
    match signal::kill(Pid::from_raw(pid), signal) {
        Err(Errno::ESRCH) => Ok(()),
        other => other,
    }
}

/// Waits until `pid` no longer runs. False if it still does after `patience`.
pub(crate) fn wait_gone(pid: i32, patience: Duration) -> bool {
    let deadline = Instant::now() + patience;
    while is_running(pid) {
        if Instant::now() > deadline {
            return false;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_postmaster_pid() {
        let text = "8248\n/p/data\n1795180800\n5432\n/p/run\n127.0.0.1\n  9986647        13\nready   \n";
        let postmaster = parse(text).unwrap();
        assert_eq!((postmaster.pid, postmaster.port, postmaster.phase), (8248, 5432, Phase::Ready));
        assert_eq!(postmaster.socket_dir.as_deref(), Some(Path::new("/p/run")));
        assert_eq!(parse("8248\n/p/data\n1795180800\n5432\n").unwrap().phase, Phase::Starting);
        assert_eq!(parse("8248\n\n\n\n\n\n\nstopping\n").unwrap().phase, Phase::Stopping);
        assert_eq!(parse(""), None);
        assert_eq!(parse("-8\n"), None);
    }

    #[test]
    fn a_zombie_does_not_run() {
        let mut child = Command::new("true").spawn().unwrap();
        let pid = i32::try_from(child.id()).unwrap();
        assert!(wait_gone(pid, Duration::from_secs(5)), "dead, though nobody has waited for it");
        child.wait().unwrap();
        assert!(is_running(i32::try_from(std::process::id()).unwrap()));
        assert!(!is_running(NOBODYS_PID));
    }
}
