//! `start`: how long a newcomer waits, from `howdah dev` in an empty place to rows over HTTP; and how long the next day.
//!
//! A cold start makes the project: initdb, migrations, demo data. A warm start finds all of that. Cold means a new
//! folder, not a cold page cache: PostgreSQL is installed, and after the first sample its files are in memory.

use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use nix::sys::signal::Signal;
use serde::Serialize;
use serde_json::{Value, json};

use crate::binary::Binary;
use crate::child::Guarded;
use crate::record::{Finished, Goal};
use crate::scratch::Scratch;
use crate::stats::{median, spread};
use crate::{http, stop};

const COLD_GOAL: f64 = 8.0;
const WARM_GOAL: f64 = 2.0;
const PATIENCE: Duration = Duration::from_secs(120);

/// One start. Times are seconds since the program was started, except `stop`.
#[derive(Debug, Clone, Serialize)]
struct Sample {
    /// Its JSON document is on stdout.
    printed: f64,
    /// `/readyz` has answered 200.
    ready: f64,
    /// A GET of `/rest/v1/tasks` with the printed service key has answered 200 with a row. The goal is about this.
    rows: f64,
    /// A demo person has signed in and got a row of hers.
    signed_in: f64,
    /// From SIGINT until the program is gone, and PostgreSQL with it.
    stop: f64,
    /// What it said on stderr, and when.
    said: Vec<Said>,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct Said {
    at: f64,
    line: String,
}

/// Measures.
pub(crate) fn run(binary: &Binary, quick: bool) -> anyhow::Result<Finished> {
    let (colds, warms) = if quick { (1, 2) } else { (3, 5) };
    let mut cold = Vec::new();
    let mut last = None;
    for at in 1..=colds {
        crate::say(&format!("cold start {at} of {colds}"));
        // Before the next one is made, so that no two servers are there at once.
        drop(last.take());
        let scratch = Scratch::new()?;
        cold.push(sample(binary, &scratch)?);
        last = Some(scratch);
    }
    let scratch = last.context("no cold start was made")?;
    let mut warm = Vec::new();
    for at in 1..=warms {
        crate::say(&format!("warm start {at} of {warms}"));
        warm.push(sample(binary, &scratch)?);
    }
    Ok(finish(&cold, &warm))
}

fn finish(cold: &[Sample], warm: &[Sample]) -> Finished {
    let seconds = |samples: &[Sample], part: fn(&Sample) -> f64| samples.iter().map(part).collect::<Vec<_>>();
    let goals = vec![
        Goal::below("cold start until rows", median(&seconds(cold, |s| s.rows)), COLD_GOAL, "s"),
        Goal::below("warm start until rows", median(&seconds(warm, |s| s.rows)), WARM_GOAL, "s"),
    ];
    let mut rows = Vec::new();
    let mut summary = serde_json::Map::new();
    for (name, samples, goal) in [("cold", cold, &goals[0]), ("warm", warm, &goals[1])] {
        for (at, line) in steps(samples) {
            rows.push(row(&format!("{name}   says: {line}"), &at, None));
        }
        rows.push(row(&format!("{name}: printed where it serves"), &seconds(samples, |s| s.printed), None));
        rows.push(row(&format!("{name}: /readyz is 200"), &seconds(samples, |s| s.ready), None));
        rows.push(row(&format!("{name}: rows of /rest/v1/tasks"), &seconds(samples, |s| s.rows), Some(goal)));
        rows.push(row(&format!("{name}: rows for a demo login"), &seconds(samples, |s| s.signed_in), None));
        rows.push(row(&format!("{name}: Ctrl+C until gone"), &seconds(samples, |s| s.stop), None));
        summary.insert(name.to_owned(), json!({ "median_seconds_until_rows": goal.value, "samples": samples.len() }));
    }
    Finished {
        settings: json!({ "command": "howdah dev DIR --json --port 0", "stopped_by": "SIGINT" }),
        samples: json!({ "cold": cold, "warm": warm }),
        summary: Value::Object(summary),
        goals,
        header: vec!["from the program's start until", "median s", "least–most", "goal", ""],
        rows,
        notes: vec!["Cold: a new folder (initdb, migrations, demo data). Warm: the same folder again.".to_owned()],
    }
}

fn row(what: &str, values: &[f64], goal: Option<&Goal>) -> Vec<String> {
    let (low, high) = spread(values);
    let mut row = vec![what.to_owned(), format!("{:.2}", median(values)), format!("{low:.2}–{high:.2}")];
    row.extend(Goal::cells(goal));
    row
}

/// What the samples said, where all said as many things: the split into steps that the program itself shows.
fn steps(samples: &[Sample]) -> Vec<(Vec<f64>, String)> {
    // Lines that begin so say how long a step took, and come only if it took long.
    let said: Vec<Vec<&Said>> =
        samples.iter().map(|sample| sample.said.iter().filter(|said| !said.line.starts_with('·')).collect()).collect();
    let Some(first) = said.first() else { return Vec::new() };
    if said.iter().any(|lines| lines.len() != first.len()) {
        return Vec::new();
    }
    let step = |(at, line): (usize, &&Said)| {
        let times = said.iter().filter_map(|lines| lines.get(at)).map(|said| said.at).collect();
        (times, line.line.chars().take(48).collect())
    };
    first.iter().enumerate().map(step).collect()
}

/// Starts it, asks, stops it.
fn sample(binary: &Binary, scratch: &Scratch) -> anyhow::Result<Sample> {
    let mut dev = Dev::start(binary, scratch)?;
    let sample = dev.ask();
    match sample {
        Ok(mut sample) => {
            (sample.stop, sample.said) = dev.stop(scratch.path())?;
            Ok(sample)
        }
        Err(error) => {
            // Dropped first, so that all it had to say is there.
            let Dev { process, stderr, .. } = dev;
            drop(process);
            let said: Vec<String> = joined(stderr, scratch.path()).into_iter().map(|said| said.line).collect();
            Err(error.context(format!("`howdah dev` said:\n{}", said.join("\n"))))
        }
    }
}

/// A running `howdah dev`.
pub(crate) struct Dev {
    started: Instant,
    process: Guarded,
    document: mpsc::Receiver<(f64, String)>,
    stderr: JoinHandle<Vec<Said>>,
}

/// Where it serves, and who can sign in there.
pub(crate) struct Served {
    pub(crate) address: SocketAddr,
    /// `email` and `password` of each demo person.
    pub(crate) logins: Vec<Value>,
}

impl Dev {
    fn start(binary: &Binary, scratch: &Scratch) -> anyhow::Result<Self> {
        Self::start_with(binary, scratch, &[])
    }

    /// With settings in its environment.
    pub(crate) fn start_with(binary: &Binary, scratch: &Scratch, settings: &[(&str, &str)]) -> anyhow::Result<Self> {
        let mut command = binary.command(scratch.path());
        command.envs(settings.iter().copied());
        command.arg("dev").arg(scratch.project()).args(["--json", "--port", "0"]);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let started = Instant::now();
        let mut process = Guarded::spawn(&mut command)?;
        let (stdout, stderr) = process.outputs();
        let (send, document) = mpsc::channel();
        thread::spawn(move || {
            if let Some(text) = stdout.and_then(document_of) {
                // Nobody listens any more when it came too late.
                let _ = send.send((started.elapsed().as_secs_f64(), text));
            }
        });
        let stderr = thread::spawn(move || {
            let lines = stderr.map(BufReader::new).into_iter().flat_map(BufRead::lines);
            lines.map_while(Result::ok).map(|line| Said { at: started.elapsed().as_secs_f64(), line }).collect()
        });
        Ok(Self { started, process, document, stderr })
    }

    /// Waits until it is ready.
    pub(crate) fn served(&mut self) -> anyhow::Result<Served> {
        let (_, document) = self.wait_for_document()?;
        let document: Value = serde_json::from_str(&document).context("stdout is not one JSON document")?;
        let address = http::address(document["data"]["url"].as_str().context("the document has no url")?)?;
        http::wait_for(&mut self.process, address, "/readyz", None, PATIENCE)?;
        let logins = document["data"]["logins"].as_array().cloned().unwrap_or_default();
        let login = |login: &Value| json!({ "email": login["email"], "password": login["password"] });
        Ok(Served { address, logins: logins.iter().map(login).collect() })
    }

    /// Follows it until rows have come.
    fn ask(&mut self) -> anyhow::Result<Sample> {
        let (printed, document) = self.wait_for_document()?;
        let document: Value = serde_json::from_str(&document).context("stdout is not one JSON document")?;
        let text = |pointer: &str| {
            let value = document.pointer(pointer).and_then(Value::as_str);
            value.with_context(|| format!("the document has no {pointer}"))
        };
        let address = http::address(text("/data/url")?)?;
        http::wait_for(&mut self.process, address, "/readyz", None, PATIENCE)?;
        let ready = self.started.elapsed().as_secs_f64();
        let path = "/rest/v1/tasks?select=id&limit=1";
        let body = http::wait_for(&mut self.process, address, path, Some(text("/data/keys/service_role")?), PATIENCE)?;
        let rows = self.started.elapsed().as_secs_f64();
        is_a_row(&body)?;
        let login = json!({ "email": text("/data/logins/0/email")?, "password": text("/data/logins/0/password")? });
        let body = http::wait_for(&mut self.process, address, path, Some(&http::sign_in(address, &login)?), PATIENCE)?;
        let signed_in = self.started.elapsed().as_secs_f64();
        is_a_row(&body)?;
        Ok(Sample { printed, ready, rows, signed_in, stop: 0.0, said: Vec::new() })
    }

    fn wait_for_document(&self) -> anyhow::Result<(f64, String)> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            stop::check()?;
            match self.document.recv_timeout(Duration::from_millis(50)) {
                Ok(found) => return Ok(found),
                Err(RecvTimeoutError::Timeout) if Instant::now() < deadline => {}
                Err(RecvTimeoutError::Timeout) => bail!("it printed nothing within {} s", PATIENCE.as_secs()),
                Err(RecvTimeoutError::Disconnected) => bail!("it ended before it served"),
            }
        }
    }

    /// Ctrl+C: how long it took, and what was said until the end.
    pub(crate) fn stop(mut self, folder: &Path) -> anyhow::Result<(f64, Vec<Said>)> {
        let asked = self.started.elapsed().as_secs_f64();
        self.process.signal(Signal::SIGINT);
        let status = self.process.wait(PATIENCE)?;
        let gone = self.started.elapsed().as_secs_f64();
        if !status.success() {
            bail!("`howdah dev` ended with {status} after Ctrl+C");
        }
        let mut said = joined(self.stderr, folder);
        said.retain(|said| said.at < asked);
        Ok((gone - asked, said))
    }
}

/// What was said, without the folder's random name.
fn joined(stderr: JoinHandle<Vec<Said>>, folder: &Path) -> Vec<Said> {
    let mut said = stderr.join().unwrap_or_default();
    for said in &mut said {
        said.line = said.line.replace(&*folder.to_string_lossy(), "…").trim().to_owned();
    }
    said
}

fn is_a_row(body: &str) -> anyhow::Result<()> {
    if !body.starts_with("[{\"id\":") {
        bail!("/rest/v1/tasks answers 200 with {body}");
    }
    Ok(())
}

/// The pretty-printed document at the beginning of an output, up to its closing brace; the rest is read and dropped, so
/// that the program never blocks on a full pipe. `None` if there is none.
pub(crate) fn document_of(output: impl Read + Send + 'static) -> Option<String> {
    let mut reader = BufReader::new(output);
    let mut text = String::new();
    loop {
        let mut line = String::new();
        if matches!(reader.read_line(&mut line), Ok(0) | Err(_)) {
            return None;
        }
        text.push_str(&line);
        if line.trim_end() == "}" {
            thread::spawn(move || std::io::copy(&mut reader, &mut std::io::sink()));
            return Some(text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Said, Sample, document_of, finish, steps};

    fn sample(rows: f64, said: &[&str]) -> Sample {
        let said = said.iter().map(|line| Said { at: rows / 2.0, line: (*line).to_owned() }).collect();
        Sample { printed: rows, ready: rows, rows, signed_in: rows, stop: 0.1, said }
    }

    #[test]
    fn the_median_meets_the_goal_or_not() {
        let finished = finish(&[sample(9.0, &[]), sample(7.0, &[]), sample(6.0, &[])], &[sample(2.5, &[])]);
        assert_eq!(finished.goals.iter().map(|goal| goal.met).collect::<Vec<_>>(), [true, false]);
    }

    #[test]
    fn steps_are_shown_when_they_are_the_same() {
        assert_eq!(steps(&[sample(2.0, &["a"]), sample(4.0, &["a", "· a (2 s)"])]), [(vec![1.0, 2.0], "a".to_owned())]);
        assert!(steps(&[sample(2.0, &["a"]), sample(4.0, &[])]).is_empty());
    }

    #[test]
    fn a_document_ends_at_its_brace() {
        assert_eq!(document_of(&b"{\n  \"a\": {\n  }\n}\nmore"[..]).as_deref(), Some("{\n  \"a\": {\n  }\n}\n"));
        assert_eq!(document_of(&b"{\n"[..]), None);
    }
}
