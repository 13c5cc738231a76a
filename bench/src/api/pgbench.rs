//! The yardstick: PostgreSQL's own benchmark program.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::Context;
use howdah_cluster::Install;

use super::database::{Database, LOGIN, OWNER};
use super::leg::{Against, Cores, Leg};
use super::script::Script;
use super::workload::Workload;
use crate::scratch::Scratch;
use crate::stats::Histogram;
use crate::{child, proc};

/// Of reads this share is logged for the percentiles: logging all of them would slow the yardstick down.
pub(crate) const LOGGED: f64 = 0.1;

/// What is to be run, how wide and how long.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Job<'a> {
    pub(crate) workload: Workload,
    pub(crate) against: Against,
    /// One of each user; every transaction picks one.
    pub(crate) scripts: &'a [Script],
    pub(crate) connections: usize,
    /// Seconds that are not measured.
    pub(crate) warm_up: u64,
    pub(crate) seconds: u64,
}

/// A pgbench.
#[derive(Debug)]
pub(crate) struct Pgbench {
    program: PathBuf,
}

impl Pgbench {
    /// That of the installation, of `pg_config --bindir`, or of `PATH`.
    ///
    /// # Errors
    /// There is none.
    pub(crate) fn find(install: &Install) -> anyhow::Result<Self> {
        let configured = || {
            let (folder, _) = child::run(Command::new("pg_config").arg("--bindir"), Duration::from_secs(10)).ok()?;
            Some(Path::new(folder.trim()).join("pgbench")).filter(|path| path.is_file())
        };
        let program = Some(install.program("pgbench")).filter(|path| path.is_file());
        let program = program.or_else(configured).or_else(|| install.client_program("pgbench"));
        let program = program.context(
            "there is no pgbench, which this is measured beside: on Debian and Ubuntu it comes with `postgresql`, on \
             Fedora with `postgresql-contrib`, on macOS with `brew install postgresql`",
        )?;
        Ok(Self { program })
    }

    /// Runs a job.
    pub(crate) fn run(&self, scratch: &Scratch, database: &Database, job: Job<'_>) -> anyhow::Result<Leg> {
        let Job { workload, against, scripts, connections, warm_up, seconds } = job;
        let folder = tempfile::tempdir_in(scratch.path()).context("cannot make a folder for pgbench")?;
        let mut files = Vec::new();
        for (user, script) in scripts.iter().enumerate() {
            let path = folder.path().join(format!("{user}.sql"));
            fs::write(&path, &script.text).context("cannot write a script")?;
            files.push(path);
        }
        let role = if against.is_plain() { OWNER } else { LOGIN };
        let command = |seconds: u64| -> anyhow::Result<Command> {
            let mut command = Command::new(&self.program);
            child::clean(&mut command).current_dir(folder.path()).envs(database.libpq(role)?);
            command.env("LC_ALL", "C");
            if against == Against::PlainTcp {
                command.env("PGHOST", "127.0.0.1").env("PGSSLMODE", "disable");
            }
            command.args(["-n", "-M", "prepared", "-j", "1", "-c"]).arg(connections.to_string());
            command.arg("-T").arg(seconds.to_string());
            for (name, value) in scripts.iter().flat_map(|script| &script.variables) {
                command.arg("-D").arg(format!("{name}={value}"));
            }
            for file in &files {
                command.arg("-f").arg(file);
            }
            Ok(command)
        };
        let patience = Duration::from_secs(warm_up + seconds + 60);
        child::run(&mut command(warm_up)?, patience)?;

        let share = if workload == Workload::Insert { 1.0 } else { LOGGED };
        let mut measured = command(seconds)?;
        measured.args(["-P", "1", "-l", "--log-prefix=log"]).arg(format!("--sampling-rate={share}"));
        let postmaster = database.postmaster()?;
        let clocks = || proc::cpu_of_ended_children().zip(proc::cpu_with_children(postmaster));
        let (before, begun) = (clocks(), Instant::now());
        let (stdout, stderr) = child::run(&mut measured, patience)?;
        let (after, took) = (clocks(), begun.elapsed().as_secs_f64());
        let cores = before.zip(after).map(|(b, a)| [(a.0 - b.0) / took, (a.1 - b.1) / took]);

        let latency = latencies(folder.path())?;
        Ok(Leg {
            workload,
            connections,
            against,
            round: 0,
            rate: rate(&stdout).with_context(|| format!("pgbench's output has no rate:\n{stdout}"))?,
            each_second: stderr.lines().filter_map(second).collect(),
            errors: 0,
            messages: Vec::new(),
            p50_us: latency.percentile(0.50),
            p95_us: latency.percentile(0.95),
            p99_us: latency.percentile(0.99),
            cores: Cores { howdah: None, postgresql: cores.map(|cores| cores[1]), client: cores.map(|cores| cores[0]) },
            latency_us: latency,
        })
    }
}

/// `tps = 78123.4 (without initial connection time)`; those of single scripts follow indented.
fn rate(stdout: &str) -> Option<f64> {
    let line = stdout.lines().find_map(|line| line.strip_prefix("tps = "))?;
    line.split(' ').next()?.parse().ok()
}

/// `progress: 1.0 s, 78123.4 tps, lat 0.102 ms stddev 0.05, 0 failed`.
fn second(line: &str) -> Option<f64> {
    line.strip_prefix("progress: ")?.split(", ").nth(1)?.strip_suffix(" tps")?.parse().ok()
}

/// Of all log files in a folder: the third field of each line, in microseconds.
fn latencies(folder: &Path) -> anyhow::Result<Histogram> {
    let mut histogram = Histogram::new();
    for entry in fs::read_dir(folder).context("cannot list pgbench's logs")?.flatten() {
        if !entry.file_name().to_string_lossy().starts_with("log.") {
            continue;
        }
        let text = fs::read_to_string(entry.path()).context("cannot read pgbench's log")?;
        let fields = text.lines().filter_map(|line| line.split(' ').nth(2)?.parse().ok());
        fields.for_each(|microseconds| histogram.add(microseconds));
    }
    Ok(histogram)
}

#[cfg(test)]
mod tests {
    use super::{latencies, rate, second};

    #[test]
    fn reads_what_pgbench_prints() {
        let text = "transaction type: multiple scripts\nlatency average = 0.102 ms\n\
                    tps = 78123.431 (without initial connection time)\nSQL script 1: 0.sql\n - 97 transactions (tps = 9.7)\n";
        assert_eq!(rate(text), Some(78123.431));
        assert_eq!(rate("tps unknown"), None);
        let line = "progress: 1.0 s, 78123.4 tps, lat 0.102 ms stddev 0.051, 0 failed";
        assert_eq!(second(line), Some(78123.4));
        assert_eq!(second("pgbench (15.1)"), None);
    }

    #[test]
    fn reads_its_logs() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("log.17"), "0 199 102 0 1175850568 995598\n0 200 98 0 1175850568 998079\n")
            .unwrap();
        std::fs::write(folder.path().join("0.sql"), "select 1 2 3").unwrap();
        let histogram = latencies(folder.path()).unwrap();
        assert_eq!((histogram.len(), histogram.percentile(1.0)), (2, 102));
    }
}
