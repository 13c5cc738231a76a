//! How long the phases of a request took, for the header `Server-Timing`. `server-timing-enabled`
//!
//! Handlers find a [`Timing`] in the request's extensions and time what they do with it. Where the header is switched
//! off, it is an empty shell and looks at no clock.

use std::fmt::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use http::{Extensions, HeaderMap, HeaderName, HeaderValue};

const SERVER_TIMING: HeaderName = HeaderName::from_static("server-timing");

/// What is timed, in the order in which it happens. PostgREST's phases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Verifying the token.
    Jwt,
    /// Reading URL, headers and body.
    Parse,
    /// Making a statement of it.
    Plan,
    /// In the database.
    Transaction,
    /// Making status, headers and the beginning of the body.
    Response,
}

const PHASES: [(Phase, &str); 5] = [
    (Phase::Jwt, "jwt"),
    (Phase::Parse, "parse"),
    (Phase::Plan, "plan"),
    (Phase::Transaction, "transaction"),
    (Phase::Response, "response"),
];

/// Nanoseconds of each phase, plus one; 0 for a phase that has not been.
type Spent = [AtomicU64; PHASES.len()];

/// Records the phases of one request. Cheap to clone; clones record into the same.
#[derive(Debug, Clone, Default)]
pub struct Timing(Option<Arc<Spent>>);

impl Timing {
    /// A recorder.
    pub(crate) fn new() -> Self {
        Self(Some(Arc::default()))
    }

    /// One that records nothing.
    pub fn off() -> Self {
        Self(None)
    }

    /// The recorder of a request.
    pub fn of(extensions: &Extensions) -> Self {
        extensions.get::<Self>().cloned().unwrap_or_default()
    }

    pub(crate) fn attach(&self, extensions: &mut Extensions) {
        if self.0.is_some() {
            extensions.insert(self.clone());
        }
    }

    /// Times what happens until the result is dropped. A phase may be entered more than once: its times add up.
    #[must_use = "the phase ends when this is dropped"]
    pub fn start(&self, phase: Phase) -> Running<'_> {
        Running { spent: self.0.as_deref().map(|spent| (&spent[phase as usize], Instant::now())) }
    }

    /// Times `work`.
    pub fn time<T>(&self, phase: Phase, work: impl FnOnce() -> T) -> T {
        let _running = self.start(phase);
        work()
    }

    /// Writes the header, with the phases that have been.
    pub(crate) fn write(&self, headers: &mut HeaderMap) {
        let Some(spent) = &self.0 else { return };
        let mut text = String::new();
        for ((_, name), spent) in PHASES.iter().zip(spent.iter()) {
            let Some(nanoseconds) = spent.load(Ordering::Relaxed).checked_sub(1) else { continue };
            let comma = if text.is_empty() { "" } else { ", " };
            // Milliseconds, as the header has them. Writing to a string cannot fail.
            let _ = write!(text, "{comma}{name};dur={:.3}", nanoseconds as f64 / 1e6);
        }
        if let (false, Ok(value)) = (text.is_empty(), HeaderValue::try_from(text.as_str())) {
            headers.insert(SERVER_TIMING, value);
        }
    }
}

/// A phase that is going on.
#[derive(Debug)]
pub struct Running<'a> {
    spent: Option<(&'a AtomicU64, Instant)>,
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        let Some((spent, started)) = self.spent else { return };
        let nanoseconds = u64::try_from(started.elapsed().as_nanos()).unwrap_or(u64::MAX);
        let before = spent.load(Ordering::Relaxed);
        // Phases of one request follow each other: nobody else writes in between.
        spent.store(before.max(1).saturating_add(nanoseconds), Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The phases named in the header, with whether their numbers are any.
    fn check(timing: &Timing, expected: &[&str]) {
        let mut headers = HeaderMap::new();
        timing.write(&mut headers);
        let text = headers.get(SERVER_TIMING).map_or("", |value| value.to_str().unwrap());
        let mut found = Vec::new();
        for part in text.split(", ").filter(|part| !part.is_empty()) {
            let (name, duration) = part.split_once(";dur=").unwrap();
            assert!(duration.parse::<f64>().unwrap() >= 0.0, "{part}");
            found.push(name);
        }
        assert_eq!(found, expected);
    }

    #[test]
    fn only_phases_that_have_been_are_named() {
        let timing = Timing::new();
        check(&timing, &[]);
        timing.time(Phase::Transaction, || ());
        timing.time(Phase::Jwt, || ());
        timing.time(Phase::Jwt, || ());
        check(&timing, &["jwt", "transaction"]);
        let mut extensions = Extensions::new();
        timing.attach(&mut extensions);
        drop(Timing::of(&extensions).start(Phase::Response));
        check(&timing, &["jwt", "transaction", "response"]);
    }

    #[test]
    fn switched_off_it_records_nothing() {
        let timing = Timing::off();
        let mut extensions = Extensions::new();
        timing.attach(&mut extensions);
        assert!(extensions.is_empty());
        assert_eq!(Timing::of(&extensions).time(Phase::Plan, || 7), 7);
        check(&timing, &[]);
    }

    #[test]
    fn phases_are_at_their_places() {
        for (place, (phase, _)) in PHASES.iter().enumerate() {
            assert_eq!(*phase as usize, place);
        }
    }
}
