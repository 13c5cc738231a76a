//! `docs`: documentation and lint of a live database, at 100 and 1,000 tables.
//!
//! The tables are those of `schema`. `howdah docs` is run as a program: it connects, reads, runs or plans every query that it
//! shows, draws, writes all formats into a new folder; then once more into the same folder, where nothing has changed. Nothing is
//! deleted between rounds: ext4 looks through the inodes that were freed in the last seconds for each file that is made, which
//! took longer than all the rest. Beside it stands `pg_dump --schema-only`, which says what the same schema costs as SQL. The lint is timed in this very program, on a
//! catalog that has been read, beside reading it.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use howdah_cluster::{Cluster, ClusterOptions, Silent};
use howdah_pg::{IntrospectOptions, Target, introspect};
use howdah_schema::lint;
use serde::Serialize;
use serde_json::json;

use crate::api::install;
use crate::binary::Binary;
use crate::record::{Finished, Goal, thousands};
use crate::schema::tables;
use crate::scratch::Scratch;
use crate::stats::{median, spread};
use crate::{child, stop};

/// Tables of each database.
const SIZES: [usize; 2] = [100, 1_000];
/// The size that the goals are for.
const GOAL_SIZE: usize = 1_000;
const DOCS_GOAL_MS: f64 = 3_000.0;
const LINT_GOAL_MS: f64 = 500.0;
/// Longer than any run takes, on a slow machine too.
const PATIENCE: Duration = Duration::from_secs(300);

/// What was measured at one size; times in milliseconds, one entry a round.
#[derive(Debug, Serialize)]
struct Sample {
    tables: usize,
    /// Files of the documentation.
    files: usize,
    /// Queries that ran or were planned.
    queries: u64,
    /// What the lint found.
    findings: usize,
    docs_ms: Vec<f64>,
    docs_again_ms: Vec<f64>,
    pg_dump_ms: Vec<f64>,
    read_ms: Vec<f64>,
    lint_ms: Vec<f64>,
}

/// Measures.
pub(crate) fn run(binary: &Binary, quick: bool) -> anyhow::Result<Finished> {
    let sizes = if quick { &SIZES[..1] } else { &SIZES[..] };
    let rounds = if quick { 2 } else { 7 };
    let install = install()?;
    let pg_dump = install.client_program("pg_dump").context("there is no pg_dump beside this PostgreSQL")?;
    let scratch = Scratch::new()?;
    std::fs::create_dir(scratch.project()).context("cannot make the project's folder")?;
    let options = ClusterOptions { name: Some("howdah-bench".to_owned()), ..ClusterOptions::default() };
    let cluster = Cluster::open(&scratch.state(), install, options)?;
    cluster.start(&Silent)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut samples = Vec::new();
    for &tables in sizes {
        crate::say(&format!("{} tables", thousands(tables as f64)));
        let (name, _) = runtime.block_on(tables::create(&cluster, tables))?;
        let url = cluster.superuser_url(&name);
        samples.push(measure(binary, scratch.path(), &pg_dump, &url, tables, rounds, &runtime)?);
        if stop::is_asked() {
            bail!("interrupted");
        }
    }
    Ok(finish(&samples, rounds))
}

fn measure(
    binary: &Binary,
    folder: &Path,
    pg_dump: &Path,
    url: &str,
    tables: usize,
    rounds: usize,
    runtime: &tokio::runtime::Runtime,
) -> anyhow::Result<Sample> {
    let mut sample = Sample {
        tables,
        files: 0,
        queries: 0,
        findings: 0,
        docs_ms: Vec::new(),
        docs_again_ms: Vec::new(),
        pg_dump_ms: Vec::new(),
        read_ms: Vec::new(),
        lint_ms: Vec::new(),
    };
    for round in 0..rounds {
        let out = folder.join(format!("docs-{tables}-{round}"));
        // What the rounds before have written would still be on its way to the disk.
        if !Command::new("sync").status().context("cannot run sync")?.success() {
            bail!("sync failed");
        }
        let (took, document) = docs(binary, folder, url, &out)?;
        sample.docs_ms.push(took);
        let number = |pointer: &str| document.pointer(pointer).and_then(serde_json::Value::as_u64).unwrap_or(0);
        sample.queries = number("/data/queries/ran") + number("/data/queries/planned");
        sample.files =
            document.pointer("/data/files/written").and_then(|files| Some(files.as_array()?.len())).unwrap_or(0);
        if sample.queries == 0 || sample.queries != number("/data/queries/made") {
            bail!("a query was left out: {}", document["data"]["queries"]);
        }
        let (took, again) = docs(binary, folder, url, &out)?;
        sample.docs_again_ms.push(took);
        if again["data"]["files"]["written"] != json!([]) {
            bail!("the same schema gave other files: {}", again["data"]["files"]);
        }

        let started = Instant::now();
        let dump = Command::new(pg_dump)
            .args(["--schema-only", "--dbname", url])
            .stdout(Stdio::null())
            .status()
            .context("cannot run pg_dump")?;
        sample.pg_dump_ms.push(milliseconds(started));
        if !dump.success() {
            bail!("pg_dump failed");
        }

        let started = Instant::now();
        let catalog = runtime.block_on(async {
            let client = Target::parse(url)?.client().await?;
            anyhow::Ok(introspect(&client, &IntrospectOptions { raw: true, ..IntrospectOptions::default() }).await?)
        })?;
        sample.read_ms.push(milliseconds(started));

        let started = Instant::now();
        sample.findings = lint::check(&catalog, &[]).findings.len();
        sample.lint_ms.push(milliseconds(started));
    }
    Ok(sample)
}

/// One run, and the document that it printed.
fn docs(binary: &Binary, folder: &Path, url: &str, out: &Path) -> anyhow::Result<(f64, serde_json::Value)> {
    let mut command = binary.command(folder);
    command.args(["docs", "--json", "--from", url, "--out"]).arg(out);
    let started = Instant::now();
    let (stdout, _) = child::run(&mut command, PATIENCE)?;
    let took = milliseconds(started);
    Ok((took, serde_json::from_str(&stdout).context("howdah docs printed no document")?))
}

fn milliseconds(started: Instant) -> f64 {
    started.elapsed().as_secs_f64() * 1e3
}

fn finish(samples: &[Sample], rounds: usize) -> Finished {
    let mut rows = Vec::new();
    let mut goals = Vec::new();
    let mut summary = Vec::new();
    for sample in samples {
        let is_goal = sample.tables == GOAL_SIZE;
        let legs: [(&str, &[f64], Option<f64>); 5] = [
            ("pg_dump --schema-only", &sample.pg_dump_ms, None),
            ("howdah docs, into a new folder", &sample.docs_ms, is_goal.then_some(DOCS_GOAL_MS)),
            ("howdah docs, nothing changed", &sample.docs_again_ms, None),
            ("connect and read the catalog", &sample.read_ms, None),
            ("lint it", &sample.lint_ms, is_goal.then_some(LINT_GOAL_MS)),
        ];
        for (name, values, limit) in legs {
            let goal = limit
                .map(|limit| Goal::below(&format!("{name} at {} tables", sample.tables), median(values), limit, "ms"));
            let (low, high) = spread(values);
            let cells = Goal::cells(goal.as_ref());
            goals.extend(goal);
            let mut row = vec![
                format!("{} tables: {name}", thousands(sample.tables as f64)),
                format!("{:.0}", median(values)),
                format!("{low:.0}–{high:.0}"),
                format!("{:.2}", median(values) / sample.tables as f64),
            ];
            row.extend(cells);
            rows.push(row);
        }
        summary.push(json!({
            "tables": sample.tables,
            "files": sample.files,
            "queries": sample.queries,
            "findings": sample.findings,
            "docs_ms": median(&sample.docs_ms),
            "docs_again_ms": median(&sample.docs_again_ms),
            "pg_dump_ms": median(&sample.pg_dump_ms),
            "read_ms": median(&sample.read_ms),
            "lint_ms": median(&sample.lint_ms),
        }));
    }
    let made = samples.iter().map(|sample| {
        format!(
            "{} tables: {} files, {} queries tried, {} findings of the lint.",
            thousands(sample.tables as f64),
            thousands(sample.files as f64),
            thousands(sample.queries as f64),
            thousands(sample.findings as f64)
        )
    });
    Finished {
        settings: json!({ "rounds": rounds, "sizes": samples.iter().map(|sample| sample.tables).collect::<Vec<_>>() }),
        samples: json!(samples),
        summary: json!(summary),
        goals,
        header: vec!["", "median ms", "spread", "ms a table", "goal", ""],
        rows,
        notes: made.collect(),
    }
}
