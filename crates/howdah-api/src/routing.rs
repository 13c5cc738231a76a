//! Which connection a read travels on.
//!
//! A shared lane is for what is known to be quick: a lookup by a whole key, and reads whose shape has been quick and
//! small so far. Everything starts on an exclusive session, and a shape that was slow once goes back there.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use howdah_pg::lane::Route;

use crate::query::{Condition, Logic, Read};

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

#[derive(Debug, Default, Clone, Copy)]
struct Record {
    quick: u32,
    was_slow: bool,
}

/// What is known of each shape of query.
#[derive(Debug, Default)]
pub(crate) struct History {
    shapes: Mutex<HashMap<String, Record>>,
}

impl History {
    /// The route for a read whose SQL is `sql`.
    pub(crate) fn route(&self, read: &Read, sql: &str) -> Route {
        let record = self.shapes().get(sql).copied().unwrap_or_default();
        let by_key = is_key_lookup(read) && !read.count;
        if !record.was_slow && (by_key || record.quick >= TRUSTED_AFTER) { Route::Shared } else { Route::Exclusive }
    }

    /// Takes note of how a read went.
    pub(crate) fn note(&self, sql: &str, took: Duration, bytes: usize) {
        let mut shapes = self.shapes();
        match shapes.get_mut(sql) {
            Some(record) if record.quick >= TRUSTED_AFTER && took < SLOW && bytes <= SMALL => {}
            Some(record) => update(record, took, bytes),
            None => {
                if shapes.len() >= REMEMBERED {
                    shapes.clear();
                }
                let mut record = Record::default();
                update(&mut record, took, bytes);
                shapes.insert(sql.to_owned(), record);
            }
        }
    }

    fn shapes(&self) -> std::sync::MutexGuard<'_, HashMap<String, Record>> {
        self.shapes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn update(record: &mut Record, took: Duration, bytes: usize) {
    if took >= SLOW || bytes > SMALL {
        *record = Record { quick: 0, was_slow: true };
    } else if took < QUICK {
        record.quick = record.quick.saturating_add(1);
        if record.quick >= TRUSTED_AFTER {
            record.was_slow = false;
        }
    } else {
        record.quick = 0;
    }
}

/// Whether equality on a whole unique key leaves one row at the most.
fn is_key_lookup(read: &Read) -> bool {
    let columns: Vec<&str> = read
        .source
        .filter
        .iter()
        .filter_map(|logic| match logic {
            Logic::Filter(filter) if filter.field.path.is_empty() => match &filter.condition {
                Condition::Compare { operator, quantifier: None, .. } if operator.name == "eq" => {
                    Some(filter.field.column.as_str())
                }
                _ => None,
            },
            _ => None,
        })
        .collect();
    read.source.relation.is_unique(&columns)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(took: &[u64], bytes: usize, quick: u32, was_slow: bool) {
        let history = History::default();
        for ms in took {
            history.note("q", Duration::from_millis(*ms), bytes);
        }
        let record = history.shapes()["q"];
        assert_eq!((record.quick, record.was_slow), (quick, was_slow), "{took:?}");
    }

    #[test]
    fn trust_is_earned_and_lost() {
        check(&[1, 1, 1], 100, 3, false);
        check(&[1, 1, 1, 1, 1, 1], 100, 5, false);
        check(&[1, 1, 10, 1], 100, 1, false);
        check(&[1, 1, 1, 1, 1, 50], 100, 0, true);
        check(&[50, 1, 1, 1, 1, 1], 100, 5, false);
        check(&[1], 1_000_000, 0, true);
    }
}
