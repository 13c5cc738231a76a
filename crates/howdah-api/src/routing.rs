//! Which connection a read travels on.
//!
//! A shared lane is for what is known to be quick: a lookup by a whole key, and reads whose shape has been quick and
//! small so far. Everything starts on an exclusive session, and a shape that was slow once goes back there.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use howdah_pg::lane::Route;

use crate::query::{Query, Source};

/// Quick: well below the time in which a lane would be replaced.
const QUICK: Duration = Duration::from_millis(4);
/// Slow: worth an exclusive session from now on.
const SLOW: Duration = Duration::from_millis(40);
/// Small enough to share a connection's buffer with others.
const SMALL: usize = 64 * 1024;
/// Quick answers in a row before a shape is trusted.
const TRUSTED_AFTER: u32 = 5;
/// Shapes remembered at the most; when full, all are forgotten and learn anew.
const REMEMBERED: usize = 4096;

/// What is known of one shape.
#[derive(Debug, Default)]
pub(crate) struct Shape {
    /// Quick answers in a row.
    quick: AtomicU32,
    was_slow: AtomicBool,
}

/// What is known of each shape of query.
#[derive(Debug, Default)]
pub(crate) struct History {
    shapes: Mutex<HashMap<String, Arc<Shape>>>,
}

impl History {
    /// The shape of reads whose SQL is `sql`.
    pub(crate) fn shape(&self, sql: &str) -> Arc<Shape> {
        let mut shapes = self.shapes.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(shape) = shapes.get(sql) {
            return Arc::clone(shape);
        }
        if shapes.len() >= REMEMBERED {
            shapes.clear();
        }
        Arc::clone(shapes.entry(sql.to_owned()).or_default())
    }
}

impl Shape {
    /// The route for a read of this shape. One that counts too is quick only if it was seen to be.
    pub(crate) fn route(&self, query: &Query, counts: bool) -> Route {
        if self.was_slow.load(Ordering::Relaxed) {
            return Route::Exclusive;
        }
        let is_trusted = self.quick.load(Ordering::Relaxed) >= TRUSTED_AFTER;
        if is_trusted || (!counts && is_key_lookup(query)) { Route::Shared } else { Route::Exclusive }
    }

    /// Takes note of how a read went. Two at once may overwrite each other: what is lost is one observation.
    pub(crate) fn note(&self, took: Duration, bytes: usize) {
        if took >= SLOW || bytes > SMALL {
            self.quick.store(0, Ordering::Relaxed);
            self.was_slow.store(true, Ordering::Relaxed);
        } else if took < QUICK {
            let quick = self.quick.load(Ordering::Relaxed);
            if quick < TRUSTED_AFTER {
                self.quick.store(quick + 1, Ordering::Relaxed);
            } else if self.was_slow.load(Ordering::Relaxed) {
                self.was_slow.store(false, Ordering::Relaxed);
            }
        } else if self.quick.load(Ordering::Relaxed) < TRUSTED_AFTER {
            self.quick.store(0, Ordering::Relaxed);
        }
    }
}

/// Whether equality on a whole unique key leaves one row at the most, and nothing else is asked.
fn is_key_lookup(query: &Query) -> bool {
    matches!(query.source, Source::Relation) && query.embeds().next().is_none() && query.is_by_key()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(took: &[u64], bytes: usize, quick: u32, was_slow: bool) {
        let shape = History::default().shape("q");
        for ms in took {
            shape.note(Duration::from_millis(*ms), bytes);
        }
        let found = (shape.quick.load(Ordering::Relaxed), shape.was_slow.load(Ordering::Relaxed));
        assert_eq!(found, (quick, was_slow), "{took:?}");
    }

    #[test]
    fn trust_is_earned_and_lost() {
        check(&[1, 1, 1], 100, 3, false);
        check(&[1, 1, 1, 1, 1, 1], 100, 5, false);
        check(&[1, 1, 10, 1], 100, 1, false);
        // Once trusted, a hiccup is forgiven, a slow answer is not.
        check(&[1, 1, 1, 1, 1, 10], 100, 5, false);
        check(&[1, 1, 1, 1, 1, 50], 100, 0, true);
        check(&[50, 1, 1, 1, 1, 1], 100, 5, true);
        check(&[50, 1, 1, 1, 1, 1, 1], 100, 5, false);
        check(&[1], 1_000_000, 0, true);
    }

    #[test]
    fn a_shape_is_remembered() {
        let history = History::default();
        history.shape("q").note(Duration::from_secs(1), 1);
        assert!(history.shape("q").was_slow.load(Ordering::Relaxed));
        assert!(!history.shape("r").was_slow.load(Ordering::Relaxed));
    }
}
