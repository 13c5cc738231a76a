//! What pools have done since they began, for whoever wants to know how they fare.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// Counts what pools do. Pools that follow each other may share one, so that what is counted goes on.
#[derive(Debug, Default)]
pub struct PoolCounters {
    waiting: AtomicUsize,
    timeouts: AtomicU64,
    lane_flights: AtomicU64,
    sessions_taken: AtomicU64,
    lanes_held_up: AtomicU64,
}

impl PoolCounters {
    /// Requests that wait for an exclusive session at this moment.
    pub fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }

    /// Requests that waited for one in vain ([`super::LaneError::Busy`]).
    pub fn timeouts(&self) -> u64 {
        self.timeouts.load(Ordering::Relaxed)
    }

    /// Flights that went to a shared lane.
    pub fn lane_flights(&self) -> u64 {
        self.lane_flights.load(Ordering::Relaxed)
    }

    /// Times that an exclusive session was taken, for a flight or for a transaction of several.
    pub fn sessions_taken(&self) -> u64 {
        self.sessions_taken.load(Ordering::Relaxed)
    }

    /// Lanes that were replaced because a flight held them up.
    pub fn lanes_held_up(&self) -> u64 {
        self.lanes_held_up.load(Ordering::Relaxed)
    }

    pub(super) fn wait(&self) -> Waiting<'_> {
        self.waiting.fetch_add(1, Ordering::Relaxed);
        Waiting(&self.waiting)
    }

    pub(super) fn timed_out(&self) {
        self.timeouts.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn lane_flight(&self) {
        self.lane_flights.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn session_taken(&self) {
        self.sessions_taken.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn lane_held_up(&self) {
        self.lanes_held_up.fetch_add(1, Ordering::Relaxed);
    }
}

/// Somebody who waits, until this is dropped: whoever goes away waits no longer either.
pub(super) struct Waiting<'a>(&'a AtomicUsize);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
