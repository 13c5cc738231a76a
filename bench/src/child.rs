//! Programs that end with the value that holds them.

use std::io::Read;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use nix::sys::signal::{self, Signal};
use nix::unistd::Pid;

use crate::stop;

/// `howdah dev` finishes requests and stops PostgreSQL before it goes.
const GRACE: Duration = Duration::from_secs(20);
const LOOK: Duration = Duration::from_millis(2);

/// A running program and whatever it starts in its process group.
#[derive(Debug)]
pub(crate) struct Guarded {
    child: Child,
    name: String,
}

impl Guarded {
    /// Starts it in a process group of its own, with no input.
    pub(crate) fn spawn(command: &mut Command) -> anyhow::Result<Self> {
        let name = command.get_program().to_string_lossy().into_owned();
        let child = command.stdin(Stdio::null()).process_group(0).spawn();
        Ok(Self { child: child.with_context(|| format!("cannot start {name}"))?, name })
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Both outputs, where they are pipes.
    pub(crate) fn outputs(&mut self) -> (Option<impl Read + Send + use<>>, Option<impl Read + Send + use<>>) {
        (self.child.stdout.take(), self.child.stderr.take())
    }

    /// Sends a signal to it alone.
    pub(crate) fn signal(&self, signal: Signal) {
        let _ = signal::kill(self.pid(), signal);
    }

    /// Its end, if it has ended.
    pub(crate) fn ended(&mut self) -> anyhow::Result<Option<ExitStatus>> {
        self.child.try_wait().with_context(|| format!("cannot ask for the end of {}", self.name))
    }

    /// Waits for its end.
    ///
    /// # Errors
    /// It takes longer than `patience`, or it is time to stop.
    pub(crate) fn wait(&mut self, patience: Duration) -> anyhow::Result<ExitStatus> {
        let deadline = Instant::now() + patience;
        loop {
            if let Some(status) = self.ended()? {
                return Ok(status);
            }
            stop::check()?;
            if Instant::now() > deadline {
                bail!("{} still runs after {} s", self.name, patience.as_secs());
            }
            thread::sleep(LOOK);
        }
    }

    fn pid(&self) -> Pid {
        Pid::from_raw(i32::try_from(self.child.id()).unwrap_or(i32::MAX))
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(Some(_))) {
            return;
        }
        let _ = signal::killpg(self.pid(), Signal::SIGTERM);
        let deadline = Instant::now() + GRACE;
        while Instant::now() < deadline {
            if matches!(self.child.try_wait(), Ok(Some(_))) {
                return;
            }
            thread::sleep(LOOK);
        }
        let _ = signal::killpg(self.pid(), Signal::SIGKILL);
        let _ = self.child.wait();
    }
}

/// Runs a program to its end and returns its stdout and stderr.
///
/// # Errors
/// It cannot be started, fails, takes longer than `patience`, or it is time to stop.
pub(crate) fn run(command: &mut Command, patience: Duration) -> anyhow::Result<(String, String)> {
    let mut child = Guarded::spawn(command.stdout(Stdio::piped()).stderr(Stdio::piped()))?;
    let (stdout, stderr) = child.outputs();
    let (stdout, stderr) = (collect(stdout), collect(stderr));
    let status = child.wait(patience)?;
    let (stdout, stderr) = (stdout.join().unwrap_or_default(), stderr.join().unwrap_or_default());
    if !status.success() {
        bail!("{} ended with {status}:\n{}", child.name, stderr.trim_end());
    }
    Ok((stdout, stderr))
}

fn collect(pipe: Option<impl Read + Send + 'static>) -> JoinHandle<String> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            let _ = pipe.read_to_end(&mut bytes);
        }
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

/// Takes out of a program's environment what Howdah and libpq would listen to.
pub(crate) fn clean(command: &mut Command) -> &mut Command {
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        let ours = name.starts_with("HOWDAH_") && name != "HOWDAH_PG_BIN";
        if ours || name.starts_with("PG") || name == "DATABASE_URL" {
            command.env_remove(&*name);
        }
    }
    command.env("NO_COLOR", "1")
}
