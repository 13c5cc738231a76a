//! Programs under test: started, listened to, and gone with the test.

use std::fmt::Write;
use std::io::{BufRead, BufReader, Read};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{self, Signal};
use nix::unistd::Pid;

use crate::run::Run;
use crate::{OrFail, fail, http_get};

/// A loopback port that nothing listens on now.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).or_fail("looking for a free port");
    listener.local_addr().or_fail("looking for a free port").port()
}

/// A running program, for instance the howdah server. It and its children (their process group) are killed with this
/// value; should this process be killed first, the run's watcher does it. What it printed is shown if the test fails.
#[derive(Debug)]
pub struct TestProcess {
    child: Child,
    name: String,
    output: Arc<Output>,
    registration: Option<PathBuf>,
}

#[derive(Debug, Default)]
struct Output {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    lines: Vec<(Stream, String)>,
    closed: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stream {
    Out,
    Err,
}

impl TestProcess {
    /// Starts a program; its stdin is empty, and both its outputs are collected line by line.
    pub fn spawn(mut command: Command) -> Self {
        let name = command.get_program().to_string_lossy().rsplit('/').next().unwrap_or_default().to_owned();
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
        let mut child = command.spawn().or_fail(&format!("starting {name}"));
        let registration = Run::get().register(child.id());
        let output = Arc::new(Output::default());
        if let Some(stdout) = child.stdout.take() {
            listen(Arc::clone(&output), Stream::Out, stdout);
        }
        if let Some(stderr) = child.stderr.take() {
            listen(Arc::clone(&output), Stream::Err, stderr);
        }
        Self { child, name, output, registration }
    }

    /// Its process id, which is also that of its group.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits until a line of either output satisfies `wanted`, and returns it; also one printed earlier.
    /// Fails the test when the program closes its outputs before, or after `patience`.
    pub fn wait_for(&self, what: &str, patience: Duration, wanted: impl Fn(&str) -> bool) -> String {
        let deadline = Instant::now() + patience;
        let mut state = self.state();
        let mut seen = 0;
        loop {
            if let Some((_, line)) = state.lines.iter().skip(seen).find(|(_, line)| wanted(line)) {
                return line.clone();
            }
            seen = state.lines.len();
            let left = deadline.saturating_duration_since(Instant::now());
            if state.closed == 2 || left.is_zero() {
                let reason = if state.closed == 2 { "ended".to_owned() } else { format!("has had {patience:?}") };
                drop(state);
                fail(&format!("{} {reason} without printing {what}. It printed:\n{}", self.name, self.output()));
            }
            state = self.output.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// [`TestProcess::wait_for`] a line that contains `text`, for 20 s.
    pub fn wait_for_line(&self, text: &str) -> String {
        self.wait_for(&format!("{text:?}"), Duration::from_secs(20), |line| line.contains(text))
    }

    /// Waits until a GET of `url` answers 2xx.
    pub fn wait_for_http(&self, url: &str, patience: Duration) {
        let deadline = Instant::now() + patience;
        loop {
            let answer = http_get(url);
            match &answer {
                Ok(answer) if (200..300).contains(&answer.status) => return,
                _ if self.state().closed == 2 || Instant::now() > deadline => {
                    fail(&format!("{url} does not answer: {answer:?}. {} printed:\n{}", self.name, self.output()));
                }
                _ => thread::sleep(Duration::from_millis(20)),
            }
        }
    }

    /// Waits for its end; fails the test after `patience`.
    pub fn wait_exit(&mut self, patience: Duration) -> ExitStatus {
        let deadline = Instant::now() + patience;
        loop {
            if let Some(status) = self.child.try_wait().or_fail("waiting for a program") {
                // What it printed last may still be on its way; children that hold the pipes may keep them open.
                let soon = Instant::now() + Duration::from_secs(1);
                while self.state().closed < 2 && Instant::now() < soon {
                    thread::sleep(Duration::from_millis(5));
                }
                return status;
            }
            if Instant::now() > deadline {
                fail(&format!("{} still runs after {patience:?}. It printed:\n{}", self.name, self.output()));
            }
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Sends a signal to it alone.
    pub fn signal(&self, signal: Signal) {
        let _ = signal::kill(self.pid(), signal);
    }

    /// SIGTERM, then waits for its end (10 s).
    pub fn terminate(&mut self) -> ExitStatus {
        self.signal(Signal::SIGTERM);
        self.wait_exit(Duration::from_secs(10))
    }

    /// SIGKILL to it and its children.
    pub fn kill(&mut self) {
        // The group exists for as long as anybody in it does, and its number belongs to no one else until then; after
        // the program itself has been waited for that may be nobody, so this comes first.
        let _ = signal::killpg(self.pid(), Signal::SIGKILL);
        let _ = self.child.wait();
    }

    /// What it has printed to stdout so far.
    pub fn stdout(&self) -> String {
        self.text(Some(Stream::Out))
    }

    /// What it has printed to stderr so far.
    pub fn stderr(&self) -> String {
        self.text(Some(Stream::Err))
    }

    /// What it has printed so far, both outputs in the order they came.
    pub fn output(&self) -> String {
        self.text(None)
    }

    fn text(&self, stream: Option<Stream>) -> String {
        let mut text = String::new();
        for (_, line) in self.state().lines.iter().filter(|(from, _)| stream.is_none_or(|stream| stream == *from)) {
            let _ = writeln!(text, "{line}");
        }
        text
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.output.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn pid(&self) -> Pid {
        Pid::from_raw(i32::try_from(self.child.id()).unwrap_or(i32::MAX))
    }
}

fn listen(output: Arc<Output>, stream: Stream, pipe: impl Read + Send + 'static) {
    let work = move || {
        let mut reader = BufReader::new(pipe);
        let mut bytes = Vec::new();
        loop {
            bytes.clear();
            let ended = matches!(reader.read_until(b'\n', &mut bytes), Ok(0) | Err(_));
            let mut state = output.state.lock().unwrap_or_else(PoisonError::into_inner);
            if ended {
                state.closed += 1;
            } else {
                state.lines.push((stream, String::from_utf8_lossy(&bytes).trim_end_matches('\n').to_owned()));
            }
            drop(state);
            output.changed.notify_all();
            if ended {
                return;
            }
        }
    };
    thread::Builder::new().name("testkit-output".into()).spawn(work).or_fail("starting a thread");
}

impl Drop for TestProcess {
    fn drop(&mut self) {
        self.kill();
        if let Some(path) = &self.registration {
            let _ = std::fs::remove_file(path);
        }
        if thread::panicking() {
            #[expect(clippy::print_stderr, reason = "the test harness shows it with the failed test")]
            {
                eprintln!("{} printed:\n{}", self.name, self.output());
            }
        }
    }
}
