//! Starting, stopping and watching the server of a cluster.

use std::fs;
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant, SystemTime};

use crate::cluster::{Cluster, Endpoint};
use crate::error::{ClusterError, IoContext, Result};
use crate::files::{self, Lock};
use crate::layout::{self, State};
use crate::logs;
use crate::machine::Machine;
use crate::place;
use crate::port;
use crate::process::{self, Phase, PidFile, Postmaster};
use crate::progress::{Progress, Step};
use crate::ready::{self, Answer};
use crate::settings;
use crate::version::PgVersion;

/// Recovery after a crash replays at most a few gigabytes of WAL.
const START_PATIENCE: Duration = Duration::from_secs(300);
const START_ATTEMPTS: usize = 8;

/// What [`Cluster::start`] found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Started {
    /// No server ran; it does now.
    New,
    /// A server ran already, started by another process or an earlier one.
    Adopted,
}

/// What the server does.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ClusterState {
    /// It takes connections.
    Running {
        /// The postmaster's process id.
        pid: i32,
        /// Its loopback port.
        port: u16,
        /// When it started.
        since: SystemTime,
    },
    /// It starts up or recovers from a crash.
    Starting {
        /// The postmaster's process id.
        pid: i32,
    },
    /// It shuts down.
    Stopping {
        /// The postmaster's process id.
        pid: i32,
    },
    /// It does not run, and ended in order.
    Stopped,
    /// It does not run, and ended without shutting down; the next start recovers.
    Crashed,
}

/// A look at a cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ClusterStatus {
    /// What the server does.
    pub state: ClusterState,
    /// Of the installation.
    pub version: PgVersion,
    /// The data folder.
    pub data_dir: PathBuf,
    /// The current log file.
    pub log_path: PathBuf,
    /// The folder of the socket.
    pub socket_dir: PathBuf,
    /// The port it listens on, or will.
    pub port: u16,
    /// The user the server runs as.
    pub user: String,
    /// Bytes of the data folder, WAL included.
    pub data_bytes: u64,
    /// Bytes of WAL.
    pub wal_bytes: u64,
    /// Bytes of all logs.
    pub log_bytes: u64,
}

/// Why one attempt to start failed, and what helps.
enum Attempt {
    /// Another port.
    PortTaken,
    /// Waiting: processes of a killed server are still at the data.
    StillInUse(ClusterError),
    /// Nothing.
    Failed(ClusterError),
}

impl Cluster {
    /// Starts the server, or uses the one that runs, and returns once it takes connections.
    ///
    /// # Errors
    /// `cluster-start-failed` with the end of the server's log, `cluster-no-space`, `cluster-no-free-port`,
    /// `cluster-setting-invalid`.
    pub fn start(&self, progress: &dyn Progress) -> Result<Started> {
        let _lock = Lock::take(&layout::lock_path(&self.layout.root))?;
        let mut step = None;
        let data = self.layout.data();
        let mut wanted = self.endpoint().port;
        let mut last = None;
        for _ in 0..START_ATTEMPTS {
            let found = process::look(&data)?;
            // Of a server that runs already nothing is told.
            if !matches!(&found, PidFile::Alive(server) if server.phase == Phase::Ready) {
                step.get_or_insert_with(|| Step::begin(progress, "Starting PostgreSQL", None));
            }
            match found {
                PidFile::Alive(server) if server.phase == Phase::Stopping => {
                    process::wait_gone(server.pid, process::FAST_PATIENCE);
                    continue;
                }
                PidFile::Alive(server) => {
                    if let Some(server) = self.wait_ready(&server)? {
                        self.settle(&server)?;
                        return Ok(Started::Adopted);
                    }
                    continue; // it died while it was waited for
                }
                PidFile::Stale(pid) => {
                    tracing::info!(pid, "the last server of this project was killed; recovering");
                    process::disarm(&data, &self.account)?;
                    process::end_orphans(&data);
                }
                PidFile::Absent => process::end_orphans(&data),
            }
            wanted = port::free_from(wanted)?;
            match self.launch(wanted) {
                Ok(server) => {
                    self.settle(&server)?;
                    return Ok(Started::New);
                }
                Err(Attempt::PortTaken) => wanted = wanted.saturating_add(1),
                Err(Attempt::StillInUse(e)) => {
                    last = Some(e);
                    std::thread::sleep(Duration::from_secs(1));
                }
                Err(Attempt::Failed(e)) => return Err(e),
            }
        }
        Err(last.unwrap_or_else(|| self.start_error("it was tried several times", SystemTime::now())))
    }

    /// Stops the server: its clients are disconnected, a checkpoint is written. If that takes more than 30 s, without
    /// the checkpoint (the next start recovers). Returns when it is gone; that none ran is fine.
    ///
    /// # Errors
    /// `cluster-stop-failed`, when it may not be told to (another user's) or does not go.
    pub fn stop(&self) -> Result<()> {
        let _lock = Lock::take(&layout::lock_path(&self.layout.root))?;
        process::stop(&self.layout.data())
    }

    /// What the server does, and how large everything is.
    pub fn status(&self) -> Result<ClusterStatus> {
        let data = self.layout.data();
        let mut endpoint = self.endpoint();
        let state = match process::look(&data)? {
            PidFile::Absent => ClusterState::Stopped,
            PidFile::Stale(_) => ClusterState::Crashed,
            PidFile::Alive(server) => {
                endpoint.follow(&server);
                let pid = server.pid;
                match server.phase {
                    Phase::Stopping => ClusterState::Stopping { pid },
                    // The file says ready also while the server recovers from the crash of one of its processes.
                    Phase::Ready if ready::ask(server.port) == Answer::Ready => {
                        ClusterState::Running { pid, port: server.port, since: server.since }
                    }
                    Phase::Ready | Phase::Starting => ClusterState::Starting { pid },
                }
            }
        };
        Ok(ClusterStatus {
            state,
            version: self.install.version,
            log_path: self.log_path(),
            socket_dir: endpoint.socket_dir,
            port: endpoint.port,
            user: self.account.name.clone(),
            data_bytes: files::size_of(&data),
            wal_bytes: files::size_of(&data.join("pg_wal")),
            log_bytes: files::size_of(&self.layout.log()),
            data_dir: data,
        })
    }

    /// One attempt, on one port.
    fn launch(&self, port: u16) -> Result<Postmaster, Attempt> {
        let begun = SystemTime::now();
        let socket_dir =
            place::socket_dir(&self.layout.run(), &self.layout.root, &self.account).map_err(Attempt::Failed)?;
        // A socket of a killed server is in the way only if its process id is in use again; no server runs now.
        for entry in fs::read_dir(&socket_dir).into_iter().flatten().flatten() {
            if entry.file_name().to_string_lossy().starts_with(".s.PGSQL.") {
                let _ = fs::remove_file(entry.path());
            }
        }
        logs::prune(&self.layout.log());
        let mut child = self.spawn(port, &socket_dir).map_err(Attempt::Failed)?;

        let pid = i32::try_from(child.id()).unwrap_or(i32::MAX);
        let deadline = Instant::now() + START_PATIENCE;
        loop {
            if let Ok(Some(status)) = child.try_wait() {
                return Err(self.why(&format!("it ended with {status}"), begun));
            }
            if let Ok(PidFile::Alive(server)) = process::look(&self.layout.data())
                && server.pid == pid
                && server.phase == Phase::Ready
                && ready::ask(server.port) == Answer::Ready
            {
                reap(child);
                return Ok(server);
            }
            if Instant::now() > deadline {
                reap(child);
                let reason = format!("it takes no connections after {} s", START_PATIENCE.as_secs());
                return Err(Attempt::Failed(self.start_error(&reason, begun)));
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    fn spawn(&self, port: u16, socket_dir: &std::path::Path) -> Result<Child> {
        let data = self.layout.data();
        let conf = settings::render(Machine::here(), &self.install, &self.options)?;
        files::replace(&data.join("howdah.conf"), conf.as_bytes(), 0o600, Some(&self.account))?;

        let start_log = self.layout.start_log();
        let _ = fs::remove_file(&start_log);
        let mut open = fs::OpenOptions::new();
        let log = open.append(true).create_new(true).mode(0o600).open(&start_log).on("creating", &start_log)?;
        if self.account.steps_down {
            std::os::unix::fs::fchown(&log, Some(self.account.uid), Some(self.account.gid))
                .on("giving away", &start_log)?;
        }
        let log_too = log.try_clone().on("creating", &start_log)?;

        // Started here and not by pg_ctl, which puts the paths into a shell command between double quotes (a `$` in a
        // path breaks it) and looks only ten times a second. On the command line, because that overrides
        // ALTER SYSTEM: this port and this socket are what others are told.
        let program = self.install.program("postgres");
        let mut command = self.account.command(&program);
        command.arg("-D").arg(&data);
        command.arg("-c").arg(format!("port={port}")).args(["-c", "listen_addresses=127.0.0.1"]);
        let quoted = socket_dir.to_string_lossy().replace('"', "\"\"");
        command.arg("-c").arg(format!("unix_socket_directories=\"{quoted}\""));
        command.args(["-c", "unix_socket_permissions=0700"]);
        command.stdout(Stdio::from(log)).stderr(Stdio::from(log_too));
        // A group of its own: Ctrl+C in the terminal is for the caller, not for the server.
        command.process_group(0);
        command.spawn().on("starting", &program)
    }

    /// Waits for a server that somebody else started. `None` if it dies meanwhile.
    fn wait_ready(&self, server: &Postmaster) -> Result<Option<Postmaster>> {
        let begun = SystemTime::now();
        let deadline = Instant::now() + START_PATIENCE;
        while Instant::now() < deadline {
            match process::look(&self.layout.data())? {
                PidFile::Alive(now) if now.pid == server.pid => {
                    if now.phase == Phase::Ready && ready::ask(now.port) == Answer::Ready {
                        return Ok(Some(now));
                    }
                }
                _ => return Ok(None),
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let reason = format!("process {} takes no connections after {} s", server.pid, START_PATIENCE.as_secs());
        Err(self.start_error(&reason, begun))
    }

    /// Remembers where the server listens.
    fn settle(&self, server: &Postmaster) -> Result<()> {
        let mut endpoint: Endpoint = self.endpoint();
        endpoint.follow(server);
        let root = &self.layout.root;
        let known = layout::read_state(root)?;
        if known.as_ref().map(|state| state.port) != Some(endpoint.port) {
            let base = (self.layout.base != root.join("postgres")).then(|| self.layout.base.clone());
            layout::write_state(root, &State { id: self.id.clone(), base, port: endpoint.port })?;
        }
        self.set_endpoint(endpoint);
        Ok(())
    }

    /// Sorts a failed start by what the log says. Messages are English: the server runs with LC_ALL=C.
    fn why(&self, reason: &str, begun: SystemTime) -> Attempt {
        let error = self.start_error(reason, begun);
        let ClusterError::Start { log_tail, .. } = &error else { return Attempt::Failed(error) };
        if log_tail.contains("No space left on device") || log_tail.contains("Disk quota exceeded") {
            return Attempt::Failed(ClusterError::NoSpace { path: self.layout.data(), doing: "starting PostgreSQL" });
        }
        if log_tail.contains("Address already in use") {
            return Attempt::PortTaken;
        }
        if log_tail.contains("is still in use") || log_tail.contains("Is another postmaster") {
            return Attempt::StillInUse(error);
        }
        Attempt::Failed(error)
    }

    fn start_error(&self, reason: &str, begun: SystemTime) -> ClusterError {
        ClusterError::Start {
            data_dir: self.layout.data(),
            reason: reason.to_owned(),
            log_path: self.log_path(),
            log_tail: logs::tail_since(&self.layout.start_log(), &self.layout.log(), begun),
        }
    }
}

/// Takes note of the server's end whenever it comes, for otherwise a server that dies before this process does would
/// stay in the process table as a zombie.
fn reap(mut child: Child) {
    let waiter = std::thread::Builder::new().name("postgres-reaper".into()).spawn(move || {
        let _ = child.wait();
    });
    if let Err(e) = waiter {
        tracing::debug!(error = %e, "no thread to wait for the server's end");
    }
}
