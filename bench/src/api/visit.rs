//! Connections that ask now and then, and look at every answer as a whole.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::net::TcpStream;

use super::expected;
use super::load::{Random, connect, exchange};
use super::workload::{Template, Workload};
use crate::stop;

/// Between two requests of a connection, in the middle.
const PAUSE: Duration = Duration::from_millis(1_000);
/// An answer that takes this long never comes.
const PATIENCE: Duration = Duration::from_secs(30);
/// Of ten requests: five by key, two pages, two with embeds, one insert.
const MIX: [Workload; 10] = {
    use Workload::{Embed, Get, Insert, Page};
    [Get, Page, Get, Embed, Get, Insert, Get, Page, Get, Embed]
};

/// How a request ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// With its answer.
    Right,
    /// With 503 or 504 and a code.
    Refused(String),
    /// In any other way, a closed connection among them.
    Wrong(String),
}

/// One request.
#[derive(Debug)]
pub(crate) struct Visit {
    pub(crate) workload: Workload,
    /// What was asked for, or inserted.
    pub(crate) key: u64,
    pub(crate) begun: Instant,
    pub(crate) ended: Instant,
    pub(crate) outcome: Outcome,
}

/// Common to all connections.
#[derive(Debug)]
pub(crate) struct Plan {
    address: SocketAddr,
    tokens: Vec<String>,
    /// Every insert has an amount of its own, so that its row can be found.
    amounts: AtomicU64,
    /// Told to all when it is time to go.
    pub(crate) is_over: AtomicBool,
}

impl Plan {
    pub(crate) fn new(address: SocketAddr, tokens: Vec<String>, amounts: u64) -> Self {
        Self { address, tokens, amounts: amounts.into(), is_over: false.into() }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }
}

/// Everything one connection did until it was over. It is opened again when it breaks.
pub(crate) async fn visit(plan: Arc<Plan>, mut stream: TcpStream, number: usize) -> Vec<Visit> {
    let mut random = Random::new(number as u64);
    let host = plan.address.to_string();
    let user = number % plan.tokens.len();
    let mut templates = Workload::ALL.map(|workload| Template::new(workload, user, &host, &plan.tokens[user]));
    let (mut request, mut buffer) = (Vec::with_capacity(1024), vec![0; 64 * 1024]);
    let mut visits = Vec::new();
    let pause = u64::try_from(PAUSE.as_millis()).unwrap_or(0);
    loop {
        tokio::time::sleep(Duration::from_millis(random.below(2 * pause))).await;
        if stop::is_asked() || plan.is_over.load(Ordering::Relaxed) {
            return visits;
        }
        let workload = MIX[usize::try_from(random.below(MIX.len() as u64)).unwrap_or(0)];
        let at = if workload.is_read() {
            random.below(workload.keys())
        } else {
            plan.amounts.fetch_add(1, Ordering::Relaxed)
        };
        let Some(template) = Workload::ALL.iter().position(|w| *w == workload).and_then(|at| templates.get_mut(at))
        else {
            return visits;
        };
        let key = template.write(at, &mut request);
        let begun = Instant::now();
        let answered = tokio::time::timeout(PATIENCE, exchange(&mut stream, &request, &mut buffer)).await;
        let ended = Instant::now();
        let (outcome, is_broken) = match answered {
            Ok(Ok(head)) => {
                let body = String::from_utf8_lossy(&buffer[head.body..head.end]);
                (judge(workload, key, head.status, &body), false)
            }
            Ok(Err(error)) => (Outcome::Wrong(format!("{}: the connection broke: {error}", workload.name())), true),
            Err(_) => (Outcome::Wrong(format!("{}: no answer within {PATIENCE:?}", workload.name())), true),
        };
        visits.push(Visit { workload, key, begun, ended, outcome });
        if is_broken {
            match connect(plan.address).await {
                Ok(fresh) => stream = fresh,
                Err(error) => {
                    let outcome = Outcome::Wrong(format!("cannot connect again: {error}"));
                    visits.push(Visit { workload, key, begun: ended, ended: Instant::now(), outcome });
                    return visits;
                }
            }
        }
    }
}

fn judge(workload: Workload, key: u64, status: u16, body: &str) -> Outcome {
    if matches!(status, 503 | 504) {
        let code =
            serde_json::from_str::<Value>(body).ok().and_then(|body| Some(body.get("code")?.as_str()?.to_owned()));
        return match code.filter(|code| !code.is_empty()) {
            Some(code) => Outcome::Refused(format!("{status} {code}")),
            None => Outcome::Wrong(format!("{}: {status} without a code: {body}", workload.name())),
        };
    }
    match expected::check(workload, key, status, body) {
        Ok(()) => Outcome::Right,
        Err(why) => Outcome::Wrong(format!("{}: {why}", workload.name())),
    }
}

#[cfg(test)]
mod tests {
    use super::{Outcome, judge};
    use crate::api::workload::Workload;

    #[test]
    fn a_refusal_has_a_code() {
        let judged = |status, body| judge(Workload::Get, 1, status, body);
        assert_eq!(judged(503, r#"{"code":"PGRST001"}"#), Outcome::Refused("503 PGRST001".to_owned()));
        assert!(matches!(judged(503, "{}"), Outcome::Wrong(_)));
        assert!(matches!(judged(500, r#"{"code":"XX000"}"#), Outcome::Wrong(_)));
        assert!(matches!(judged(200, "[]"), Outcome::Wrong(_)));
    }
}
