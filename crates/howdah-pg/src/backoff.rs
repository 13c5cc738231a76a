//! Waiting between attempts.

use crate::PgError;
use std::time::{Duration, Instant};

/// Exponential waits with full jitter: each wait is drawn from the upper half of a range that doubles up to a cap.
/// The jitter keeps many processes that lost the same server from coming back in step.
#[derive(Debug, Clone)]
pub struct Backoff {
    /// The first wait's upper bound.
    pub first: Duration,
    /// No wait is longer.
    pub cap: Duration,
    /// Give up when this much time has passed since the first attempt; `None` never gives up.
    pub give_up_after: Option<Duration>,
}

impl Default for Backoff {
    /// 50 ms doubling to 5 s, giving up after 30 s: longer than a server's restart, shorter than a user's patience.
    fn default() -> Self {
        Self {
            first: Duration::from_millis(50),
            cap: Duration::from_secs(5),
            give_up_after: Some(Duration::from_secs(30)),
        }
    }
}

impl Backoff {
    /// The wait after failed attempt number `attempt` (the first is 0).
    pub fn wait(&self, attempt: u32) -> Duration {
        let bound = self.first.saturating_mul(2u32.saturating_pow(attempt.min(30))).min(self.cap);
        bound.mul_f64(rand::random_range(0.5..=1.0))
    }
}

/// Runs `operation` until it succeeds, fails for good, or the time is over; the last error is then returned.
/// Only what [`PgError::is_transient`] calls passing is tried again.
///
/// # Errors
/// Whatever `operation` failed with last.
pub async fn retry<T>(backoff: &Backoff, mut operation: impl AsyncFnMut() -> Result<T, PgError>) -> Result<T, PgError> {
    let started = Instant::now();
    let mut attempt = 0;
    loop {
        let error = match operation().await {
            Ok(value) => return Ok(value),
            Err(error) if !error.is_transient() => return Err(error),
            Err(error) => error,
        };
        let wait = backoff.wait(attempt);
        if backoff.give_up_after.is_some_and(|limit| started.elapsed() + wait > limit) {
            return Err(error);
        }
        tracing::debug!(code = error.code(), attempt, wait_ms = wait.as_millis() as u64, "PostgreSQL: trying again");
        tokio::time::sleep(wait).await;
        attempt += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_the_cap() {
        let backoff = Backoff::default();
        for attempt in 0..100 {
            let wait = backoff.wait(attempt);
            let bound = Duration::from_millis(50).saturating_mul(1 << attempt.min(20)).min(backoff.cap);
            assert!(wait >= bound / 2 && wait <= bound, "{attempt}: {wait:?}");
        }
    }

    #[tokio::test]
    async fn tries_again_only_what_passes() {
        let quick = Backoff {
            first: Duration::from_millis(1),
            cap: Duration::from_millis(2),
            give_up_after: Some(Duration::from_secs(5)),
        };
        let mut left = 3;
        let result = retry(&quick, async || {
            left -= 1;
            if left > 0 { Err(PgError::Closed) } else { Ok(left) }
        })
        .await;
        assert_eq!(result.unwrap(), 0);

        let mut calls = 0;
        let result = retry(&quick, async || {
            calls += 1;
            Err::<(), _>(PgError::PasswordMissing { target: "x".into() })
        })
        .await;
        assert_eq!((result.unwrap_err().code(), calls), ("pg-password-missing", 1));
    }

    #[tokio::test]
    async fn gives_up() {
        let short = Backoff {
            first: Duration::from_millis(5),
            cap: Duration::from_millis(5),
            give_up_after: Some(Duration::from_millis(20)),
        };
        let result = retry(&short, async || Err::<(), _>(PgError::Closed)).await;
        assert_eq!(result.unwrap_err().code(), "pg-connection-closed");
    }
}
