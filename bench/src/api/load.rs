//! The load generator: a fixed number of keep-alive connections, each with one request under way.
//!
//! One thread, plain TCP, requests from prepared bytes, and of a response the head and Content-Length: it shares two
//! cores with what it measures, so it must cost little, and how much it costs is measured as well.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::database::Database;
use super::server::Server;
use super::workload::{Template, USERS, Workload};
use crate::proc::cpu_of_this_thread;
use crate::stats::Histogram;
use crate::{http, stop};

/// A response that takes this long is an error.
const PATIENCE: Duration = Duration::from_secs(10);
/// A connection with so many errors gives up.
const ERRORS: u64 = 100;
/// Messages kept of each connection.
const MESSAGES: usize = 2;

/// How long.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Window {
    warm_up: Duration,
    measured: Duration,
    /// Requests of all connections together.
    requests: u64,
}

impl Window {
    pub(crate) fn seconds(warm_up: u64, measured: u64) -> Self {
        let [warm_up, measured] = [warm_up, measured].map(Duration::from_secs);
        Self { warm_up, measured, requests: u64::MAX }
    }

    /// So many requests, however long they take.
    pub(crate) fn requests(requests: u64) -> Self {
        Self { warm_up: Duration::ZERO, measured: Duration::from_secs(120), requests }
    }
}

/// What came out.
#[derive(Debug)]
pub(crate) struct Measured {
    /// Length of the window.
    pub(crate) seconds: f64,
    /// Of the correct answers to requests that began and ended in the window.
    pub(crate) latency: Histogram,
    pub(crate) each_second: Vec<u64>,
    /// Correct answers, also outside of the window.
    pub(crate) answered: u64,
    /// Requests without one, also outside of the window.
    pub(crate) errors: u64,
    pub(crate) messages: Vec<String>,
    /// Processor seconds of others in the window, in the order of the caller's clocks.
    pub(crate) clocks: Option<[f64; 2]>,
    /// Processor seconds of the generator's thread in the window.
    pub(crate) generator: Option<f64>,
}

/// A kind of request to a server.
#[derive(Debug)]
pub(crate) struct Load {
    address: SocketAddr,
    workload: Workload,
    connections: usize,
    /// One for each user.
    tokens: Vec<String>,
}

/// What one connection saw.
struct Tally {
    latency: Histogram,
    each_second: Vec<u64>,
    answered: u64,
    errors: u64,
    messages: Vec<String>,
}

/// Common to all connections of a run.
struct Plan {
    address: SocketAddr,
    begin: Instant,
    end: Instant,
    left: AtomicU64,
    keys: u64,
}

impl Load {
    pub(crate) fn new(
        server: &Server,
        database: &Database,
        workload: Workload,
        connections: usize,
    ) -> anyhow::Result<Self> {
        let tokens = (0..USERS).map(|user| database.token(user)).collect::<Result<_, _>>()?;
        Ok(Self { address: server.address, workload, connections, tokens })
    }

    /// Runs it. `clocks` tells the processor seconds of others so far, and is asked at both ends of the window.
    ///
    /// # Errors
    /// The server takes no connections, or it is time to stop. Wrong answers are counted, not errors.
    pub(crate) fn run(&self, window: Window, clocks: &dyn Fn() -> Option<[f64; 2]>) -> anyhow::Result<Measured> {
        let host = self.address.to_string();
        let each = |_| Template::of_users(self.workload, &host, &self.tokens);
        let templates: Vec<Vec<Template>> = (0..self.connections).map(each).collect();
        let (started, begun) = mpsc::channel();
        let (address, keys) = (self.address, self.workload.keys());
        let generator = thread::Builder::new().name("load".into()).spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(generate(address, keys, templates, window, &started))
        })?;
        let mut clocked = None;
        // Nothing comes when it could not connect; its own error says why.
        if let Ok(begin) = begun.recv()
            && window.requests == u64::MAX
        {
            clocked = stop::sleep_until(begin).ok().and_then(|()| {
                let before = (clocks()?, Instant::now());
                stop::sleep_until(begin + window.measured).ok()?;
                Some((before, (clocks()?, Instant::now())))
            });
        }
        let (tallies, generator) = generator.join().map_err(|_| anyhow::anyhow!("the load generator panicked"))??;
        stop::check()?;
        let mut measured = merge(tallies, window);
        measured.generator = generator;
        if let Some(((before, from), (after, to))) = clocked {
            // The clocks are read a moment after the window's ends; their seconds are scaled to its length.
            let scale = measured.seconds / (to - from).as_secs_f64();
            measured.clocks = Some([(after[0] - before[0]) * scale, (after[1] - before[1]) * scale]);
        }
        Ok(measured)
    }
}

fn merge(tallies: Vec<Tally>, window: Window) -> Measured {
    let mut all = Measured {
        seconds: window.measured.as_secs_f64(),
        latency: Histogram::new(),
        each_second: Vec::new(),
        answered: 0,
        errors: 0,
        messages: Vec::new(),
        clocks: None,
        generator: None,
    };
    for tally in tallies {
        all.latency.merge(&tally.latency);
        all.each_second.resize(all.each_second.len().max(tally.each_second.len()), 0);
        for (all, one) in all.each_second.iter_mut().zip(&tally.each_second) {
            *all += one;
        }
        all.answered += tally.answered;
        all.errors += tally.errors;
        all.messages.extend(tally.messages);
    }
    all
}

async fn generate(
    address: SocketAddr,
    keys: u64,
    templates: Vec<Vec<Template>>,
    window: Window,
    started: &mpsc::Sender<Instant>,
) -> anyhow::Result<(Vec<Tally>, Option<f64>)> {
    let mut streams = Vec::new();
    for _ in &templates {
        streams.push(connect(address).await.context("cannot connect to the server")?);
    }
    let begin = Instant::now() + window.warm_up;
    let plan = Plan { address, begin, end: begin + window.measured, left: window.requests.into(), keys };
    let plan = Arc::new(plan);
    // Whoever waits for this is gone only if this is to stop.
    let _ = started.send(begin);
    let warmed_up = tokio::spawn(async move {
        tokio::time::sleep_until(begin.into()).await;
        cpu_of_this_thread()
    });
    let mut tasks = Vec::new();
    for (at, (template, stream)) in templates.into_iter().zip(streams).enumerate() {
        tasks.push(tokio::spawn(converse(Arc::clone(&plan), template, stream, at as u64)));
    }
    let mut tallies = Vec::new();
    for task in tasks {
        tallies.push(task.await?);
    }
    // The last answers come a moment after the window's end, if at all; that much is too much.
    let generator = cpu_of_this_thread().zip(warmed_up.await?).map(|(after, before)| after - before);
    Ok((tallies, generator))
}

pub(crate) async fn connect(address: SocketAddr) -> std::io::Result<TcpStream> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// One connection's requests, one after the other, each of one of the users.
async fn converse(plan: Arc<Plan>, mut templates: Vec<Template>, mut stream: TcpStream, seed: u64) -> Tally {
    let mut tally =
        Tally { latency: Histogram::new(), each_second: Vec::new(), answered: 0, errors: 0, messages: Vec::new() };
    let mut random = Random::new(seed);
    let (mut request, mut buffer) = (Vec::with_capacity(1024), vec![0; 64 * 1024]);
    while !stop::is_asked() && tally.errors < ERRORS {
        let started = Instant::now();
        if started >= plan.end || !plan.take() {
            break;
        }
        let user = usize::try_from(random.below(templates.len() as u64)).unwrap_or(0);
        let Some(template) = templates.get_mut(user) else { break };
        template.write(random.below(plan.keys), &mut request);
        match tokio::time::timeout(PATIENCE, exchange(&mut stream, &request, &mut buffer)).await {
            Ok(Ok(head)) => {
                let ended = Instant::now();
                let body = &buffer[head.body..head.end];
                if !template.is_answered_by(head.status, body) {
                    let text: String = String::from_utf8_lossy(body).chars().take(200).collect();
                    tally.fail(format!("{}: {text}", head.status));
                    continue;
                }
                tally.answered += 1;
                if started >= plan.begin && ended <= plan.end {
                    tally.note(started.duration_since(plan.begin), ended.duration_since(started));
                }
            }
            broken => {
                tally.fail(match broken {
                    Ok(Err(error)) => error.to_string(),
                    _ => format!("no answer within {} s", PATIENCE.as_secs()),
                });
                match connect(plan.address).await {
                    Ok(fresh) => stream = fresh,
                    Err(error) => {
                        tally.fail(format!("cannot connect again: {error}"));
                        break;
                    }
                }
            }
        }
    }
    tally
}

impl Plan {
    /// Whether one more request may be sent.
    fn take(&self) -> bool {
        self.left.try_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok()
    }
}

impl Tally {
    fn note(&mut self, since_begin: Duration, took: Duration) {
        self.latency.add(u64::try_from(took.as_micros()).unwrap_or(u64::MAX));
        let second = usize::try_from(since_begin.as_secs()).unwrap_or(0);
        if self.each_second.len() <= second {
            self.each_second.resize(second + 1, 0);
        }
        self.each_second[second] += 1;
    }

    fn fail(&mut self, message: String) {
        self.errors += 1;
        if self.messages.len() < MESSAGES {
            self.messages.push(message);
        }
    }
}

/// One request and its response, which begins the buffer.
pub(crate) async fn exchange(stream: &mut TcpStream, request: &[u8], buffer: &mut [u8]) -> std::io::Result<http::Head> {
    stream.write_all(request).await?;
    let (mut filled, mut known) = (0, None);
    loop {
        let read = stream.read(&mut buffer[filled..]).await?;
        filled += read;
        if known.is_none() {
            known = http::head(&buffer[..filled]).map_err(std::io::Error::other)?;
        }
        match known {
            Some(head) if filled == head.end => return Ok(head),
            Some(head) if filled > head.end => return Err(std::io::Error::other("more than one response")),
            _ if read == 0 => return Err(std::io::Error::other("the response ended early, or is larger than 64 KiB")),
            _ => {}
        }
    }
}

/// Marsaglia's xorshift: keys need no more, and the same keys come in every run.
#[derive(Debug)]
pub(crate) struct Random(u64);

impl Random {
    /// Another sequence for every seed.
    pub(crate) fn new(seed: u64) -> Self {
        Self(0x9e37_79b9_7f4a_7c15 ^ (seed + 1))
    }

    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit.max(1)
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;

    use super::{Load, Random, Window};
    use crate::api::workload::Workload;

    /// A server that answers every request with the key it asks for, except every `wrong`-th.
    fn server(wrong: u64) -> std::net::SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                std::thread::spawn(move || {
                    let mut buffer = [0; 2048];
                    let mut count = 0;
                    while let Ok(read @ 1..) = stream.read(&mut buffer) {
                        let text = String::from_utf8_lossy(&buffer[..read]).into_owned();
                        let key = text.split("eq.").nth(1).unwrap().split(' ').next().unwrap().to_owned();
                        count += 1;
                        let key = if count % wrong == 0 { "none".to_owned() } else { key };
                        let body = format!("[{{\"id\":{key},\"a\":1}}]");
                        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len());
                        stream.write_all((head + &body).as_bytes()).unwrap();
                    }
                });
            }
        });
        address
    }

    fn load(wrong: u64) -> Load {
        Load { address: server(wrong), workload: Workload::Get, connections: 4, tokens: vec!["t".to_owned(); 4] }
    }

    #[test]
    fn so_many_requests_and_wrong_answers_are_counted() {
        let measured = load(10).run(Window::requests(400), &|| None).unwrap();
        assert_eq!(measured.answered + measured.errors, 400);
        assert!((36..=40).contains(&measured.errors), "{}", measured.errors);
        assert!(measured.messages[0].starts_with("200: [{\"id\":none"), "{:?}", measured.messages);
    }

    #[test]
    fn a_window_has_its_seconds() {
        let measured = load(u64::MAX).run(Window::seconds(0, 1), &|| Some([0.0, 0.0])).unwrap();
        assert_eq!((measured.errors, measured.each_second.len()), (0, 1));
        assert!(measured.latency.len() > 0 && measured.latency.len() <= measured.answered);
        assert_eq!(measured.clocks, Some([0.0, 0.0]));
    }

    #[test]
    fn nobody_there_is_an_error() {
        let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let load = Load { address: gone, workload: Workload::Get, connections: 1, tokens: vec!["t".to_owned()] };
        assert!(load.run(Window::seconds(0, 1), &|| None).is_err());
    }

    #[test]
    fn keys_are_spread() {
        let mut random = Random(1);
        let low = (0..10_000).filter(|_| random.below(100) < 50).count();
        assert!((4_800..5_200).contains(&low), "{low}");
    }
}
