//! `logins`: what reads notice of many people who sign in at once.
//!
//! `howdah dev` with demo people; one of them reads a row by key over a few connections, at a steady pace and as fast as it goes.
//! Then fifty sign-ins are sent at the same moment, each on a connection of its own, and the reads go on until the last of
//! them is answered. A password's hash is bcrypt at cost 12: some seconds of processor time for all of them.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use serde::Serialize;
use serde_json::{Value, json};

use crate::api::load::{Random, connect, exchange};
use crate::binary::Binary;
use crate::record::{Finished, Goal};
use crate::scratch::Scratch;
use crate::start::Dev;
use crate::stats::{Histogram, median};
use crate::{http, stop};

const LOGINS: usize = 50;
const CONNECTIONS: usize = 8;
/// Of each connection, in the legs at a steady pace: 400 reads a second in all.
const PACE: Duration = Duration::from_millis(20);
/// Of the legs without sign-ins.
const ALONE: Duration = Duration::from_secs(6);
const WARM_UP: Duration = Duration::from_secs(1);
/// For the last of the sign-ins.
const PATIENCE: Duration = Duration::from_secs(120);
/// Of the p99 without sign-ins.
const GOAL: f64 = 2.0;
/// Settings without which one address could not send so much.
const UNLIMITED: [(&str, &str); 3] =
    [("HOWDAH_AUTH_REQUESTS_PER_ADDRESS", "0"), ("HOWDAH_SERVER_RATE_PER_ADDRESS", "0"), ("HOWDAH_LOG", "warn")];

/// One leg.
#[derive(Debug, Serialize)]
struct Sample {
    round: usize,
    /// Reads a second and connection; none is as fast as it goes.
    paced: bool,
    logins: usize,
    /// From the first sign-in sent to the last answered.
    logins_seconds: f64,
    reads: u64,
    p50_us: u64,
    p99_us: u64,
    /// Reads and sign-ins that were not answered with 200.
    wrong: u64,
    latency_us: Histogram,
}

/// Who reads what.
#[derive(Debug, Clone)]
struct Reading {
    address: SocketAddr,
    requests: Arc<Vec<String>>,
    paced: bool,
}

/// Measures.
pub(crate) fn run(binary: &Binary, quick: bool) -> anyhow::Result<Finished> {
    let rounds = if quick { 1 } else { 3 };
    let scratch = Scratch::new()?;
    let mut dev = Dev::start_with(binary, &scratch, &UNLIMITED)?;
    let served = dev.served()?;
    let login = served.logins.first().context("`howdah dev` has no demo people")?;
    let token = http::sign_in(served.address, login)?;
    let requests = Arc::new(requests(served.address, &token)?);
    let mut samples = Vec::new();
    for round in 1..=rounds {
        for paced in [true, false] {
            crate::say(&format!("round {round} of {rounds}, {}", pace_name(paced)));
            let reading = Reading { address: served.address, requests: Arc::clone(&requests), paced };
            samples.push(leg(round, &reading, None)?);
            samples.push(leg(round, &reading, Some(&served.logins))?);
        }
    }
    dev.stop(scratch.path())?;
    Ok(finish(&samples))
}

/// A request for each of the reader's rows.
fn requests(address: SocketAddr, token: &str) -> anyhow::Result<Vec<String>> {
    let (status, body) = http::request(address, "/rest/v1/tasks?select=id", Some(token), None)?;
    let rows: Vec<Value> = serde_json::from_str(&body).with_context(|| format!("{status}: {body}"))?;
    let ids: Vec<&str> = rows.iter().filter_map(|row| row["id"].as_str()).collect();
    if ids.is_empty() {
        bail!("the demo person has no tasks");
    }
    let request = |id: &&str| {
        format!("GET /rest/v1/tasks?id=eq.{id} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n\r\n")
    };
    Ok(ids.iter().map(request).collect())
}

/// Reads alone, or until all of `logins` are answered.
fn leg(round: usize, reading: &Reading, logins: Option<&[Value]>) -> anyhow::Result<Sample> {
    let ended = Arc::new(AtomicBool::new(false));
    let readers = {
        let (reading, ended) = (reading.clone(), Arc::clone(&ended));
        thread::Builder::new().name("reads".into()).spawn(move || -> anyhow::Result<(Histogram, u64)> {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            Ok(runtime.block_on(read(&reading, &ended)))
        })?
    };
    thread::sleep(WARM_UP);
    let begun = Instant::now();
    let mut wrong = 0;
    match logins {
        None => stop::sleep_until(begun + ALONE)?,
        Some(logins) => wrong += sign_in_at_once(reading.address, logins)?,
    }
    let took = begun.elapsed().as_secs_f64();
    ended.store(true, Ordering::Release);
    let (latency, unread) = readers.join().map_err(|_| anyhow::anyhow!("the readers panicked"))??;
    Ok(Sample {
        round,
        paced: reading.paced,
        logins: if logins.is_some() { LOGINS } else { 0 },
        logins_seconds: if logins.is_some() { took } else { 0.0 },
        reads: latency.len(),
        p50_us: latency.percentile(0.5),
        p99_us: latency.percentile(0.99),
        wrong: wrong + unread,
        latency_us: latency,
    })
}

async fn read(reading: &Reading, ended: &Arc<AtomicBool>) -> (Histogram, u64) {
    let mut readers = Vec::new();
    for seed in 0..CONNECTIONS as u64 {
        readers.push(tokio::spawn(converse(reading.clone(), Arc::clone(ended), seed)));
    }
    let (mut latency, mut wrong) = (Histogram::new(), 0);
    for reader in readers {
        match reader.await {
            Ok(Ok((one, unread))) => {
                latency.merge(&one);
                wrong += unread;
            }
            Ok(Err(_)) | Err(_) => wrong += 1,
        }
    }
    (latency, wrong)
}

/// One connection's reads. What is sent in the first second is not counted.
async fn converse(reading: Reading, ended: Arc<AtomicBool>, seed: u64) -> std::io::Result<(Histogram, u64)> {
    let mut stream = connect(reading.address).await?;
    let (mut latency, mut wrong) = (Histogram::new(), 0);
    let mut random = Random::new(seed);
    let mut buffer = vec![0; 64 * 1024];
    let mut pace = tokio::time::interval(PACE);
    pace.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let counted_from = Instant::now() + WARM_UP;
    while !ended.load(Ordering::Acquire) && !stop::is_asked() {
        if reading.paced {
            pace.tick().await;
        }
        let at = usize::try_from(random.below(reading.requests.len() as u64)).unwrap_or(0);
        let began = Instant::now();
        let head = exchange(&mut stream, reading.requests[at].as_bytes(), &mut buffer).await?;
        let took = began.elapsed();
        if head.status != 200 || !buffer[head.body..head.end].starts_with(b"[{") {
            wrong += 1;
        } else if began >= counted_from {
            latency.add(u64::try_from(took.as_micros()).unwrap_or(u64::MAX));
        }
    }
    Ok((latency, wrong))
}

/// How many were not answered with a token.
fn sign_in_at_once(address: SocketAddr, logins: &[Value]) -> anyhow::Result<u64> {
    let mut waiting = Vec::new();
    for login in logins.iter().cycle().take(LOGINS) {
        let login = login.to_string();
        waiting.push(thread::Builder::new().stack_size(256 * 1024).spawn(move || {
            let answer = http::request_within(PATIENCE, address, http::SIGN_IN, None, Some(&login));
            matches!(answer, Ok((200, _)))
        })?);
    }
    let mut wrong = 0;
    for one in waiting {
        wrong += u64::from(!one.join().unwrap_or(false));
    }
    stop::check()?;
    Ok(wrong)
}

fn pace_name(paced: bool) -> &'static str {
    if paced { "400 reads a second" } else { "as many reads as it goes" }
}

fn finish(samples: &[Sample]) -> Finished {
    let of = |paced: bool, busy: bool| samples.iter().filter(move |s| s.paced == paced && (s.logins > 0) == busy);
    let p99 = |paced: bool, busy: bool| -> Vec<f64> { of(paced, busy).map(|s| s.p99_us as f64).collect() };
    let ratio = |paced: bool| {
        let pairs = p99(paced, true).into_iter().zip(p99(paced, false));
        median(&pairs.map(|(busy, alone)| busy / alone.max(1.0)).collect::<Vec<_>>())
    };
    let goals = vec![
        Goal::below("p99 of 400 reads a second beside 50 sign-ins, of that without", ratio(true), GOAL, "times"),
        Goal::below("p99 of as many reads as it goes, likewise", ratio(false), GOAL, "times"),
        Goal::none_of("reads and sign-ins without 200", samples.iter().map(|s| s.wrong as f64).sum()),
    ];
    let mut rows = Vec::new();
    for paced in [true, false] {
        for busy in [false, true] {
            let all: Vec<_> = of(paced, busy).collect();
            let figure = |part: fn(&Sample) -> f64| median(&all.iter().map(|s| part(s)).collect::<Vec<_>>());
            let seconds = if busy { format!("{:.1}", figure(|s| s.logins_seconds)) } else { String::new() };
            let goal = busy.then(|| &goals[usize::from(!paced)]);
            let mut row = vec![
                pace_name(paced).to_owned(),
                if busy { LOGINS.to_string() } else { "0".to_owned() },
                seconds,
                format!("{:.2}", figure(|s| s.p50_us as f64) / 1000.0),
                format!("{:.2}", figure(|s| s.p99_us as f64) / 1000.0),
                goal.map_or_else(String::new, |goal| format!("{:.1} times", goal.value)),
            ];
            row.extend(Goal::cells(goal));
            rows.push(row);
        }
    }
    Finished {
        settings: json!({ "connections": CONNECTIONS, "logins": LOGINS, "settings": UNLIMITED }),
        summary: json!({ "paced": ratio(true), "unpaced": ratio(false) }),
        samples: json!(samples),
        goals,
        header: vec![
            "reads by key",
            "sign-ins at once",
            "answered in s",
            "p50 ms",
            "p99 ms",
            "p99 of alone",
            "goal",
            "",
        ],
        rows,
        notes: vec!["Medians of the rounds; 8 connections. The ratio is the median of the rounds' ratios.".to_owned()],
    }
}

#[cfg(test)]
mod tests {
    use super::{Histogram, Sample, finish};

    fn sample(paced: bool, logins: usize, p99_us: u64, wrong: u64) -> Sample {
        let latency_us = Histogram::new();
        Sample { round: 1, paced, logins, logins_seconds: 1.0, reads: 1, p50_us: 1, p99_us, wrong, latency_us }
    }

    #[test]
    fn each_pace_is_judged_by_itself() {
        let samples =
            [sample(true, 0, 100, 0), sample(true, 50, 150, 0), sample(false, 0, 100, 0), sample(false, 50, 250, 1)];
        let met: Vec<bool> = finish(&samples).goals.iter().map(|goal| goal.met).collect();
        assert_eq!(met, [true, false, false]);
    }
}
