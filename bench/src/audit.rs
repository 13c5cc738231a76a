//! `audit`: what the audit trail costs who writes, with sealing on.
//!
//! Two tables alike, one with the audit trigger; eight connections write to one of them, each a transaction a time, an insert and
//! an update of that row in turn. The legs take turns, and the sealer runs through all of them, as it does in a server. PostgreSQL
//! is durable. What waits to be sealed is looked at throughout, since a sealer that falls behind would make writing look cheap.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use howdah_cluster::{Cluster, ClusterOptions, Silent};
use howdah_pg::Target;
use howdah_pg::tokio_postgres::Client;
use howdah_privacy::audit::{Sealer, SealerOptions, SealerStatus, SigningKey};
use serde::Serialize;
use serde_json::json;

use crate::api::install;
use crate::record::{Finished, Goal, thousands};
use crate::scratch::Scratch;
use crate::stats::{median, spread};
use crate::stop;

const CONNECTIONS: usize = 8;
/// Of unaudited writes; what was set as the aim.
const GOAL: f64 = 0.70;
/// Not measured, at the beginning of each leg.
const WARM_UP: Duration = Duration::from_millis(500);
/// Between two looks at what waits.
const LOOK: Duration = Duration::from_millis(200);

const TABLES: &str = "
create table public.plain (id bigint generated always as identity primary key, owner_id uuid not null default gen_random_uuid(),
  title text not null, body text not null, amount numeric(12,2) not null default 0, row_version bigint not null default 1,
  created_at timestamptz not null default now(), updated_at timestamptz not null default now());
create table public.audited (like public.plain including all);
create trigger trg_audited_audit after insert or update or delete on public.audited
  for each row execute function audit.record_change('id', '', 'body');
";

/// One leg.
#[derive(Debug, Serialize)]
struct Sample {
    round: usize,
    audited: bool,
    /// Transactions a second.
    rate: f64,
    /// The most events that waited to be sealed.
    most_unsealed: i64,
    /// The longest that one waited, in seconds.
    longest_seconds: f64,
    /// How long sealing the rest took after the last write, in seconds.
    caught_up_seconds: f64,
}

/// Measures.
pub(crate) fn run(quick: bool) -> anyhow::Result<Finished> {
    let (rounds, seconds) = if quick { (1, 2) } else { (5, 10) };
    let scratch = Scratch::new()?;
    std::fs::create_dir(scratch.project()).context("cannot make the project's folder")?;
    let options = ClusterOptions { name: Some("howdah-bench".to_owned()), ..ClusterOptions::default() };
    let cluster = Cluster::open(&scratch.state(), install()?, options)?;
    cluster.start(&Silent)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let samples = runtime.block_on(measure(&cluster, rounds, Duration::from_secs(seconds)))?;
    Ok(finish(&samples, rounds, seconds))
}

async fn measure(cluster: &Cluster, rounds: usize, length: Duration) -> anyhow::Result<Vec<Sample>> {
    let target = Target::parse(&cluster.superuser_url("postgres"))?;
    let client = target.client().await?;
    for file in schema()? {
        client.batch_execute(&file).await?;
    }
    client.batch_execute(TABLES).await?;
    let sealing = Target { options: Some("-c role=howdah_sealer".to_owned()), ..target.clone() };
    let key = SigningKey::from_hex(&"07".repeat(32))?;
    let sealer = Sealer::start(sealing, Some(key), SealerOptions::default());
    let status = sealer.status();
    let mut samples = Vec::new();
    for round in 0..rounds {
        // Whoever comes second finds a warmer machine: they take turns at that, too.
        for audited in [round % 2 == 0, round % 2 != 0] {
            if stop::is_asked() {
                bail!("interrupted");
            }
            let sample = leg(&target, &client, &status, round, audited, length).await?;
            crate::say(&format!("round {}: audited {audited}, {:.0} a second", round + 1, sample.rate));
            samples.push(sample);
        }
    }
    Ok(samples)
}

/// The files of schemas/shared.
fn schema() -> anyhow::Result<Vec<String>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schemas/shared");
    let mut paths: Vec<_> = std::fs::read_dir(&folder).context("cannot list schemas/shared")?.flatten().collect();
    paths.retain(|entry| entry.file_name().to_string_lossy().starts_with(|c: char| c.is_ascii_digit()));
    paths.sort_by_key(std::fs::DirEntry::file_name);
    paths.iter().map(|entry| std::fs::read_to_string(entry.path()).context("cannot read the schema")).collect()
}

async fn leg(
    target: &Target,
    client: &Client,
    status: &SealerStatus,
    round: usize,
    audited: bool,
    length: Duration,
) -> anyhow::Result<Sample> {
    let begin = Instant::now() + WARM_UP;
    let end = begin + length;
    let mut writers = Vec::new();
    for _ in 0..CONNECTIONS {
        writers.push(tokio::spawn(write(target.client().await?, audited, begin, end)));
    }
    let mut sample =
        Sample { round, audited, rate: 0.0, most_unsealed: 0, longest_seconds: 0.0, caught_up_seconds: 0.0 };
    while Instant::now() < end {
        tokio::time::sleep(LOOK).await;
        let standing = howdah_privacy::audit::standing(client).await?;
        sample.most_unsealed = sample.most_unsealed.max(standing.unsealed);
        sample.longest_seconds = sample.longest_seconds.max(standing.oldest_unsealed_seconds.unwrap_or_default());
    }
    let mut done = 0_u64;
    for writer in writers {
        done += writer.await??;
    }
    sample.rate = done as f64 / length.as_secs_f64();
    let last = Instant::now();
    while howdah_privacy::audit::standing(client).await?.unsealed > 0 {
        if let Some(error) = status.error() {
            bail!("the sealer fails: {error}");
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    sample.caught_up_seconds = last.elapsed().as_secs_f64();
    Ok(sample)
}

/// Writes until the end, and returns how many transactions of it fell into the time that is measured.
async fn write(client: Client, audited: bool, begin: Instant, end: Instant) -> anyhow::Result<u64> {
    let table = if audited { "public.audited" } else { "public.plain" };
    let insert = format!("insert into {table} (title, body) values ($1, $2) returning id");
    let update = format!("update {table} set title = $2, amount = amount + 1, updated_at = now() where id = $1");
    let (insert, update) = (client.prepare(&insert).await?, client.prepare(&update).await?);
    let body = "What somebody wrote down. ".repeat(8);
    let mut done = 0;
    loop {
        let id: i64 = client.query_one(&insert, &[&"A title", &body]).await?.get(0);
        done += u64::from((begin..end).contains(&Instant::now()));
        client.execute(&update, &[&id, &"Another title"]).await?;
        done += u64::from((begin..end).contains(&Instant::now()));
        if Instant::now() >= end {
            return Ok(done);
        }
    }
}

fn finish(samples: &[Sample], rounds: usize, seconds: u64) -> Finished {
    let rates = |audited: bool| -> Vec<f64> {
        samples.iter().filter(|sample| sample.audited == audited).map(|sample| sample.rate).collect()
    };
    let (plain, audited) = (rates(false), rates(true));
    let share = median(&audited) / median(&plain);
    let goal = Goal::at_least("audited writes, of unaudited ones", share * 100.0, GOAL * 100.0, "%");
    let audited_samples = || samples.iter().filter(|sample| sample.audited);
    let most = audited_samples().map(|sample| sample.most_unsealed).max().unwrap_or_default();
    let longest = audited_samples().map(|sample| sample.longest_seconds).fold(0.0, f64::max);
    let caught_up: Vec<f64> = audited_samples().map(|sample| sample.caught_up_seconds).collect();
    let row = |name: &str, rates: &[f64], cells: [String; 2]| {
        let (low, high) = spread(rates);
        let mut row = vec![
            name.to_owned(),
            thousands(median(rates)),
            format!("{}–{}", thousands(low), thousands(high)),
            format!("{:.0} %", 100.0 * median(rates) / median(&plain)),
        ];
        row.extend(cells);
        row
    };
    Finished {
        settings: json!({ "rounds": rounds, "seconds": seconds, "connections": CONNECTIONS }),
        samples: json!(samples),
        summary: json!({
            "plain_rate": median(&plain), "audited_rate": median(&audited), "share": share,
            "most_unsealed": most, "longest_unsealed_seconds": longest, "caught_up_seconds": median(&caught_up),
        }),
        rows: vec![
            row("unaudited", &plain, Goal::cells(None)),
            row("audited, sealing on", &audited, Goal::cells(Some(&goal))),
        ],
        goals: vec![goal],
        header: vec!["", "transactions a second", "spread", "of unaudited", "goal", ""],
        notes: vec![format!(
            "At the most {} events waited to be sealed, the oldest for {longest:.1} s; after the last write the rest took {:.1} s.",
            thousands(most as f64),
            median(&caught_up)
        )],
    }
}
