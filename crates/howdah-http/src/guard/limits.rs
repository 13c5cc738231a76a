//! Rate limits: so many requests from one address, so many under one token.
//!
//! Each is a token bucket, kept as one number, the time at which it will be full again (the generic cell rate
//! algorithm), in a table of a fixed size: an attacker with any number of addresses fills no memory. Where a new one
//! finds its places taken, it takes that of the bucket that is the nearest to full, which has the least to forget.
//! Nothing runs in the background, and nothing is shared between processes: behind several of them, each limits its own.
//!
//! Answers carry `RateLimit-Policy` and `RateLimit` as draft-ietf-httpapi-ratelimit-headers has them.

use std::fmt::Write;
use std::hash::{BuildHasher, Hash, RandomState};
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use http::StatusCode;
use http::header::{self, HeaderMap, HeaderName, HeaderValue};

use crate::ApiError;

const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const STANDING: HeaderName = HeaderName::from_static("ratelimit");

/// How many requests a caller may make. Both limits are off by default.
///
/// The one by address is off because the server cannot know what an address stands for: behind a proxy that it has not
/// been told of (`trusted_proxies`), all of the world has one address, and the limit would take the service down. Where
/// the server meets its clients itself, or knows its proxies, [`RateLimits::PUBLIC`] is a sensible start. The one by
/// token is off because what a program of one's own may ask is a matter of one's own contract with it.
#[derive(Debug, Clone, Default)]
pub struct RateLimits {
    /// For each IPv4 address and each IPv6 /64, with a token or without.
    pub per_address: Option<Rate>,
    /// For each subject (`sub`) of verified tokens; a token without one, such as an API key, counts as its own.
    pub per_token: Option<Rate>,
}

impl RateLimits {
    /// For a server on the open internet: a page that loads a few dozen things at once, and people behind one address,
    /// stay well below 50 a second with bursts of 500; a script that tries passwords or copies a table does not.
    pub const PUBLIC: Self =
        Self { per_address: Some(Rate { requests: 50, per: Duration::from_secs(1), burst: 500 }), per_token: None };
}

/// A rate, and how much may be saved up of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// Requests in each [`Rate::per`]; at least 1.
    pub requests: u32,
    /// The span that they are counted in.
    pub per: Duration,
    /// Requests at once by somebody who has made none for a while; at least 1.
    pub burst: u32,
}

impl Rate {
    /// Nanoseconds after which one more request is allowed.
    fn interval(&self) -> u64 {
        let interval = self.per.as_nanos() / u128::from(self.requests.max(1));
        u64::try_from(interval).unwrap_or(u64::MAX).max(1)
    }

    /// Nanoseconds in which an empty bucket fills.
    fn filling(&self) -> u64 {
        self.interval().saturating_mul(u64::from(self.burst.max(1)))
    }
}

/// Buckets that one key may be in.
const WAYS: usize = 8;
/// Times [`WAYS`] buckets of 16 bytes: one megabyte.
const SETS: usize = 8192;

#[derive(Debug, Clone, Copy, Default)]
struct Bucket {
    /// A hash of whom it belongs to; 0 for nobody.
    key: u64,
    /// When it will be full, in nanoseconds since [`Limiter::begun`].
    full_at: u64,
}

/// One limit and the buckets of all who are under it.
struct Limiter {
    name: &'static str,
    rate: Rate,
    hashes: RandomState,
    begun: Instant,
    sets: Box<[Mutex<[Bucket; WAYS]>]>,
}

/// How one bucket stands after a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Standing {
    /// Requests left.
    remaining: u64,
    /// Nanoseconds until the bucket is full.
    full_in: u64,
    /// Nanoseconds until another request is allowed, where this one was not.
    wait: Option<u64>,
}

impl Limiter {
    fn new(name: &'static str, rate: Rate, sets: usize) -> Self {
        let sets = (0..sets).map(|_| Mutex::default()).collect();
        Self { name, rate, hashes: RandomState::new(), begun: Instant::now(), sets }
    }

    fn take(&self, whom: impl Hash) -> Standing {
        let now = u64::try_from(self.begun.elapsed().as_nanos()).unwrap_or(u64::MAX);
        self.take_at(whom, now)
    }

    fn take_at(&self, whom: impl Hash, now: u64) -> Standing {
        let hash = self.hashes.hash_one(whom);
        let place = usize::try_from(hash >> 32).unwrap_or_default() % self.sets.len();
        let mut set = self.sets[place].lock().unwrap_or_else(PoisonError::into_inner);
        let key = hash.max(1);
        let place = set.iter().position(|bucket| bucket.key == key);
        let bucket = match place {
            Some(place) => &mut set[place],
            None => {
                let mut fullest = 0;
                for place in 1..WAYS {
                    if set[place].full_at < set[fullest].full_at {
                        fullest = place;
                    }
                }
                set[fullest] = Bucket { key, full_at: now };
                &mut set[fullest]
            }
        };
        let (interval, filling) = (self.rate.interval(), self.rate.filling());
        let before = bucket.full_at.saturating_sub(now);
        let after = before.saturating_add(interval);
        if after > filling {
            return Standing { remaining: 0, full_in: before, wait: Some(after - filling) };
        }
        bucket.full_at = now.saturating_add(after);
        Standing { remaining: (filling - after) / interval, full_in: after, wait: None }
    }
}

fn seconds(nanoseconds: u64) -> u64 {
    nanoseconds.div_ceil(1_000_000_000)
}

/// The limits of one server.
pub(super) struct Limits {
    per_address: Option<Limiter>,
    per_token: Option<Limiter>,
}

/// How a request stands with the limits that it is under, for its answer.
#[derive(Default)]
pub(super) struct Standings<'a>(Vec<(&'a Limiter, Standing)>);

impl Limits {
    pub(super) fn new(limits: &RateLimits) -> Self {
        let limiter = |name, rate: Option<Rate>| rate.map(|rate| Limiter::new(name, rate, SETS));
        Self { per_address: limiter("address", limits.per_address), per_token: limiter("token", limits.per_token) }
    }

    pub(super) fn has_per_token(&self) -> bool {
        self.per_token.is_some()
    }

    /// Counts a request against its address.
    pub(super) fn take_address<'a>(&'a self, standings: &mut Standings<'a>, address: Option<IpAddr>) -> bool {
        let (Some(limiter), Some(address)) = (&self.per_address, address) else { return true };
        standings.note(limiter, limiter.take(network(address)))
    }

    /// Counts a request against the subject of its token.
    pub(super) fn take_token<'a>(&'a self, standings: &mut Standings<'a>, subject: &str) -> bool {
        let Some(limiter) = &self.per_token else { return true };
        standings.note(limiter, limiter.take(subject))
    }
}

impl<'a> Standings<'a> {
    fn note(&mut self, limiter: &'a Limiter, standing: Standing) -> bool {
        self.0.push((limiter, standing));
        standing.wait.is_none()
    }

    /// The answer to a request that is over a limit.
    pub(super) fn refusal(&self) -> ApiError {
        let wait = self.0.iter().filter_map(|(_, standing)| standing.wait).max().map_or(1, seconds).max(1);
        let whose =
            self.0.iter().find(|(_, standing)| standing.wait.is_some()).map_or("address", |(limiter, _)| limiter.name);
        ApiError::new(StatusCode::TOO_MANY_REQUESTS, "HOWDAH429", format!("Too many requests from this {whose}"))
            .with_hint(format!("Wait {wait} s, and ask no more often than RateLimit-Policy says"))
            .with_header(header::RETRY_AFTER, HeaderValue::from(wait))
    }

    /// Says on an answer which limits there are and what is left of them.
    pub(super) fn write(&self, headers: &mut HeaderMap) {
        if self.0.is_empty() {
            return;
        }
        let (mut policy, mut left) = (String::new(), String::new());
        for (limiter, standing) in &self.0 {
            let comma = if policy.is_empty() { "" } else { ", " };
            let (name, burst, filling) = (limiter.name, limiter.rate.burst.max(1), seconds(limiter.rate.filling()));
            // Writing to a string cannot fail.
            let _ = write!(policy, "{comma}\"{name}\";q={burst};w={filling}");
            let _ = write!(left, "{comma}\"{name}\";r={};t={}", standing.remaining, seconds(standing.full_in));
        }
        for (name, value) in [(POLICY, policy), (STANDING, left)] {
            if let Ok(value) = HeaderValue::try_from(value) {
                headers.insert(name, value);
            }
        }
    }
}

/// Whom an address belongs to: whoever has one IPv6 address has the 2^64 beside it too.
fn network(address: IpAddr) -> u128 {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_ipv6_mapped().to_bits(),
        IpAddr::V6(address) => address.to_bits() & (u128::MAX << 64),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000_000_000;

    fn limiter(requests: u32, burst: u32, sets: usize) -> Limiter {
        Limiter::new("address", Rate { requests, per: Duration::from_secs(1), burst }, sets)
    }

    /// Requests at these moments (in milliseconds) by one caller; which of them pass, and what is left then.
    fn check(limiter: &Limiter, moments: &[u64], expected: &[Option<u64>]) {
        let found: Vec<_> = moments
            .iter()
            .map(|at| limiter.take_at("somebody", at * 1_000_000))
            .map(|standing| standing.wait.is_none().then_some(standing.remaining))
            .collect();
        assert_eq!(found, expected, "{moments:?}");
    }

    #[test]
    fn a_burst_passes_and_then_the_rate() {
        check(&limiter(1, 1, 1), &[0, 0, 999, 1000, 1001], &[Some(0), None, None, Some(0), None]);
        let three = [Some(2), Some(1), Some(0), None, None];
        check(&limiter(10, 3, 1), &[0, 0, 0, 0, 99], &three);
        check(
            &limiter(10, 3, 1),
            &[0, 0, 0, 100, 150, 200, 5000],
            &[Some(2), Some(1), Some(0), Some(0), None, Some(0), Some(2)],
        );
    }

    #[test]
    fn refusals_say_how_long_to_wait() {
        let limiter = limiter(1, 2, 1);
        limiter.take_at("a", 0);
        limiter.take_at("a", 0);
        let refused = limiter.take_at("a", SECOND / 4);
        assert_eq!(refused, Standing { remaining: 0, full_in: 2 * SECOND - SECOND / 4, wait: Some(SECOND * 3 / 4) });
        // Somebody else is not concerned, and being refused costs nothing.
        assert_eq!(limiter.take_at("b", SECOND / 4).wait, None);
        assert_eq!(limiter.take_at("a", SECOND).wait, None);
    }

    #[test]
    fn whoever_has_much_to_forget_stays_when_it_gets_tight() {
        let limiter = limiter(1, 100, 1);
        for _ in 0..100 {
            limiter.take_at("greedy", 0);
        }
        for n in 0..10_000 {
            limiter.take_at(n, 0);
        }
        assert!(limiter.take_at("greedy", 0).wait.is_some());
        assert_eq!(limiter.sets.len() * WAYS, 8);
    }

    #[test]
    fn addresses_are_taken_for_their_network() {
        let same = |a: &str, b: &str| network(a.parse().unwrap()) == network(b.parse().unwrap());
        assert!(same("192.0.2.1", "::ffff:192.0.2.1"));
        assert!(!same("192.0.2.1", "192.0.2.2"));
        assert!(same("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff"));
        assert!(!same("2001:db8:1:2::1", "2001:db8:1:3::1"));
    }

    #[test]
    fn headers_follow_the_draft() {
        let rate = Rate { requests: 10, per: Duration::from_secs(60), burst: 20 };
        let limits = Limits::new(&RateLimits { per_address: Some(rate), per_token: Some(Rate { burst: 1, ..rate }) });
        let answer = |address: &str| {
            let mut standings = Standings::default();
            let passes = limits.take_address(&mut standings, Some(address.parse().unwrap()))
                && limits.take_token(&mut standings, "ada");
            let mut headers = HeaderMap::new();
            standings.write(&mut headers);
            let header = |name: &str| headers.get(name).map(|value: &HeaderValue| value.to_str().unwrap().to_owned());
            (passes, header("ratelimit-policy").unwrap(), header("ratelimit").unwrap(), standings.refusal())
        };
        let (passes, policy, left, _) = answer("192.0.2.1");
        assert!(passes);
        assert_eq!(policy, "\"address\";q=20;w=120, \"token\";q=1;w=6");
        assert_eq!(left, "\"address\";r=19;t=6, \"token\";r=0;t=6");
        let (passes, _, left, refusal) = answer("192.0.2.2");
        assert!(!passes);
        assert_eq!(left, "\"address\";r=19;t=6, \"token\";r=0;t=6");
        assert_eq!((refusal.status.as_u16(), refusal.code.as_str()), (429, "HOWDAH429"));
        assert!(refusal.message.contains("this token"), "{refusal:?}");

        let mut headers = HeaderMap::new();
        let none = Limits::new(&RateLimits::default());
        let mut standings = Standings::default();
        assert!(none.take_address(&mut standings, None) && none.take_token(&mut standings, "ada"));
        standings.write(&mut headers);
        assert!(headers.is_empty());
    }
}
