//! `schema`: reading a catalog and planning a change, at 100, 1,000 and 10,000 tables, beside `pg_dump --schema-only`.
//!
//! Every table has ten columns, a primary key, a foreign key, a check, two more indexes, a policy and a trigger. The database
//! that is compared with is a copy of it in which one table in a hundred has one more column and one more index. Reading and
//! `pg_dump` take turns on the same database; planning needs no database and is timed by itself. Unlike the other benchmarks
//! this one measures the libraries in this very program: a command would add what connecting and printing take.

pub(crate) mod tables;

use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, bail};
use howdah_cluster::{Cluster, ClusterOptions, Silent};
use howdah_pg::{IntrospectOptions, Target, introspect};
use howdah_schema::Catalog;
use howdah_schema::diff::{DiffOptions, diff};
use serde::Serialize;
use serde_json::json;
use tokio_postgres::Client;

use crate::api::install;
use crate::record::{Finished, Goal, thousands};
use crate::scratch::Scratch;
use crate::stats::{median, spread};
use crate::{proc, stop};

/// Tables of each database.
const SIZES: [usize; 3] = [100, 1_000, 10_000];
/// The size that the goals are for.
const GOAL_SIZE: usize = 1_000;
const READ_GOAL_MS: f64 = 300.0;
const PLAN_GOAL_MS: f64 = 100.0;

/// What was measured at one size; times in milliseconds, one entry a round.
#[derive(Debug, Serialize)]
struct Sample {
    tables: usize,
    objects: usize,
    read_ms: Vec<f64>,
    read_fresh_ms: Vec<f64>,
    /// Of a catalog with itself.
    compare_ms: Vec<f64>,
    /// With the changed copy.
    plan_ms: Vec<f64>,
    /// The whole of it from nothing.
    plan_all_ms: Vec<f64>,
    steps: usize,
    pg_dump_ms: Vec<f64>,
    /// Resident, of this program, in MB (10^6 bytes).
    memory_mb: Option<f64>,
}

/// Measures.
pub(crate) fn run(quick: bool) -> anyhow::Result<Finished> {
    let sizes = if quick { &SIZES[..2] } else { &SIZES[..] };
    let rounds = if quick { 3 } else { 9 };
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
        let rounds = if tables > GOAL_SIZE { rounds.min(5) } else { rounds };
        crate::say(&format!("{} tables", thousands(tables as f64)));
        samples.push(runtime.block_on(measure(&cluster, &pg_dump, tables, rounds))?);
        if stop::is_asked() {
            bail!("interrupted");
        }
    }
    Ok(finish(&samples, rounds))
}

async fn measure(cluster: &Cluster, pg_dump: &std::path::Path, tables: usize, rounds: usize) -> anyhow::Result<Sample> {
    let (before, after) = tables::create(cluster, tables).await?;
    let (before_url, after_url) = (cluster.superuser_url(&before), cluster.superuser_url(&after));
    let client = Target::parse(&before_url)?.client().await?;
    // Once, so that the server's caches are as warm for the one as for the other.
    let from = read(&client).await?;
    let to = read(&Target::parse(&after_url)?.client().await?).await?;
    let mut sample = Sample {
        tables,
        objects: count(&from),
        read_ms: Vec::new(),
        read_fresh_ms: Vec::new(),
        compare_ms: Vec::new(),
        plan_ms: Vec::new(),
        plan_all_ms: Vec::new(),
        steps: 0,
        pg_dump_ms: Vec::new(),
        memory_mb: None,
    };
    let options = DiffOptions::default();
    let nothing = Catalog { postgres_major: from.postgres_major, ..Catalog::default() };
    for _ in 0..rounds {
        let started = Instant::now();
        read(&client).await?;
        sample.read_ms.push(milliseconds(started));

        let started = Instant::now();
        read(&Target::parse(&before_url)?.client().await?).await?;
        sample.read_fresh_ms.push(milliseconds(started));

        let started = Instant::now();
        let dump = Command::new(pg_dump)
            .args(["--schema-only", "--dbname", &before_url])
            .stdout(Stdio::null())
            .status()
            .context("cannot run pg_dump")?;
        sample.pg_dump_ms.push(milliseconds(started));
        if !dump.success() {
            bail!("pg_dump failed");
        }

        let started = Instant::now();
        if !diff(&from, &from, &options)?.is_empty() {
            bail!("a catalog differs from itself");
        }
        sample.compare_ms.push(milliseconds(started));

        let started = Instant::now();
        sample.steps = diff(&from, &to, &options)?.steps.len();
        sample.plan_ms.push(milliseconds(started));

        let started = Instant::now();
        diff(&nothing, &from, &options)?;
        sample.plan_all_ms.push(milliseconds(started));
    }
    #[expect(clippy::cast_precision_loss, reason = "a memory of 2^52 bytes is not to be had")]
    let megabytes = |memory: proc::Memory| memory.resident as f64 / 1e6;
    sample.memory_mb = proc::memory(std::process::id()).map(megabytes);
    Ok(sample)
}

async fn read(client: &Client) -> anyhow::Result<Catalog> {
    Ok(introspect(client, &IntrospectOptions { raw: true, ..IntrospectOptions::default() }).await?)
}

/// What a reader would count: tables and what they have.
fn count(catalog: &Catalog) -> usize {
    let parts = catalog.tables.values().map(|table| {
        1 + table.columns.len()
            + table.constraints.len()
            + table.indexes.len()
            + table.policies.len()
            + table.triggers.len()
    });
    parts.sum()
}

fn milliseconds(started: Instant) -> f64 {
    started.elapsed().as_secs_f64() * 1e3
}

fn finish(samples: &[Sample], rounds: usize) -> Finished {
    let mut rows = Vec::new();
    let mut goals = Vec::new();
    let mut summary = Vec::new();
    for sample in samples {
        let yardstick = median(&sample.pg_dump_ms);
        let is_goal = sample.tables == GOAL_SIZE;
        let legs: [(&str, &[f64], Option<f64>); 6] = [
            ("pg_dump --schema-only", &sample.pg_dump_ms, None),
            ("read the catalog", &sample.read_ms, is_goal.then_some(READ_GOAL_MS)),
            ("connect and read it", &sample.read_fresh_ms, None),
            ("compare it with itself", &sample.compare_ms, None),
            ("plan a change of 1 %", &sample.plan_ms, is_goal.then_some(PLAN_GOAL_MS)),
            ("plan all of it from nothing", &sample.plan_all_ms, None),
        ];
        for (name, values, limit) in legs {
            let goal = limit
                .map(|limit| Goal::below(&format!("{name} at {} tables", sample.tables), median(values), limit, "ms"));
            let (low, high) = spread(values);
            let cells = Goal::cells(goal.as_ref());
            goals.extend(goal);
            let mut row = vec![
                format!("{} tables: {name}", thousands(sample.tables as f64)),
                format!("{:.1}", median(values)),
                format!("{low:.1}–{high:.1}"),
                format!("{:.2}", median(values) / sample.tables as f64),
                format!("{:.0} %", 100.0 * median(values) / yardstick),
            ];
            row.extend(cells);
            rows.push(row);
        }
        summary.push(json!({
            "tables": sample.tables,
            "objects": sample.objects,
            "read_ms": median(&sample.read_ms),
            "plan_ms": median(&sample.plan_ms),
            "pg_dump_ms": yardstick,
            "read_to_pg_dump": median(&sample.read_ms) / yardstick,
            "memory_mb": sample.memory_mb,
        }));
    }
    let memory = samples.iter().filter_map(|sample| Some((sample.tables, sample.memory_mb?)));
    let memory: Vec<String> =
        memory.map(|(tables, memory)| format!("{memory:.0} MB at {}", thousands(tables as f64))).collect();
    Finished {
        settings: json!({ "rounds": rounds, "sizes": samples.iter().map(|sample| sample.tables).collect::<Vec<_>>() }),
        samples: json!(samples),
        summary: json!(summary),
        goals,
        header: vec!["", "median ms", "spread", "ms a table", "of pg_dump", "goal", ""],
        rows,
        notes: vec![
            "Reading takes three round trips at every size.".to_owned(),
            format!("Resident memory of this program, with two catalogs in it: {}.", memory.join(", ")),
        ],
    }
}
