//! Changes on their way to whoever waits for them: first they settle, then they are taken.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use tokio::sync::Notify;

use super::{Change, WatchOptions};

/// What has been noticed and not yet reported.
#[derive(Debug, Default)]
pub(super) struct Pending {
    pub(super) schema: bool,
    pub(super) config: bool,
    /// When the first and the last of it came.
    since: Option<(Instant, Instant)>,
}

impl Pending {
    pub(super) fn note(&mut self, schema: bool, config: bool, now: Instant) {
        if schema || config {
            self.schema |= schema;
            self.config |= config;
            self.since = Some((self.since.map_or(now, |(first, _)| first), now));
        }
    }

    /// When it is to be reported; `None` while there is nothing.
    pub(super) fn due(&self, options: &WatchOptions) -> Option<Instant> {
        self.since.map(|(first, last)| (last + options.settle).min(first + options.at_most))
    }
}

/// What has been reported and not yet taken.
#[derive(Debug, Default)]
pub(super) struct Flags {
    schema: AtomicBool,
    config: AtomicBool,
    raised: Notify,
}

impl Flags {
    pub(super) fn raise(&self, pending: &Pending) {
        self.schema.fetch_or(pending.schema, Ordering::AcqRel);
        self.config.fetch_or(pending.config, Ordering::AcqRel);
        self.raised.notify_one();
    }

    pub(super) async fn take(&self) -> Change {
        loop {
            if self.schema.swap(false, Ordering::AcqRel) {
                return Change::Schema;
            }
            if self.config.swap(false, Ordering::AcqRel) {
                return Change::Config;
            }
            self.raised.notified().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_burst_is_one_change_and_an_endless_one_is_reported_all_the_same() {
        let options = WatchOptions::default();
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        let mut pending = Pending::default();
        assert_eq!(pending.due(&options), None);
        pending.note(false, false, at(0));
        assert_eq!(pending.due(&options), None);
        pending.note(true, false, at(0));
        assert_eq!(pending.due(&options), Some(at(100)));
        for ms in (50..=1950).step_by(50) {
            pending.note(true, false, at(ms));
            assert_eq!(pending.due(&options), Some(at((ms + 100).min(2000))));
        }
        assert!(pending.schema && !pending.config);
    }

    #[tokio::test]
    async fn what_nobody_takes_is_kept_once() {
        let flags = Flags::default();
        for _ in 0..3 {
            flags.raise(&Pending { schema: true, config: true, since: None });
        }
        assert_eq!((flags.take().await, flags.take().await), (Change::Schema, Change::Config));
        assert!(tokio::time::timeout(Duration::from_millis(20), flags.take()).await.is_err());
    }
}
