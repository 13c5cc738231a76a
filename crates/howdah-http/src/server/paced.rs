//! A stream whose reader has to keep up.
//!
//! A large answer is streamed from a database session no faster than the client takes it. A client that takes a byte
//! now and then would hold that session for as long as it liked, so the time that writing had to wait for it is added
//! up, and for every so much of it (`window`) it must have taken at least so many bytes (`least`). The time in which
//! there was nothing to write does not count, and what a socket's own buffer takes at once counts as taken.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

pub(super) struct Paced<S> {
    stream: S,
    pace: Pace,
    waiting_since: Option<Instant>,
    /// Made with the first wait: most connections never wait.
    alarm: Option<Pin<Box<Sleep>>>,
}

/// What the client has to keep up with, and how it does.
#[derive(Debug)]
struct Pace {
    window: Duration,
    /// At least 1: somebody who takes nothing at all never keeps up.
    least: u64,
    /// Bytes taken in this window.
    taken: u64,
    /// Time waited in this window, up to the wait that goes on.
    waited: Duration,
}

/// The client is too slow.
#[derive(Debug, PartialEq, Eq)]
struct TooSlow;

impl Pace {
    fn took(&mut self, bytes: u64, after: Duration) {
        self.waited += after;
        self.taken = self.taken.saturating_add(bytes);
    }

    /// How much longer a wait that has lasted for `so_far` may last. Zero when a new window begins with this moment.
    fn patience(&mut self, so_far: Duration) -> Result<Duration, TooSlow> {
        let left = self.window.saturating_sub(self.waited + so_far);
        if left.is_zero() {
            if self.taken < self.least {
                return Err(TooSlow);
            }
            self.taken = 0;
            self.waited = Duration::ZERO;
        }
        Ok(left)
    }
}

impl<S> Paced<S> {
    pub(super) fn new(stream: S, window: Duration, least: u64) -> Self {
        let pace = Pace { window, least: least.max(1), taken: 0, waited: Duration::ZERO };
        Self { stream, pace, waiting_since: None, alarm: None }
    }

    fn written(&mut self, context: &mut Context<'_>, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        if written.is_pending() {
            return self.poll_patience(context).map(Err);
        }
        if let Poll::Ready(Ok(bytes)) = &written {
            let after = self.waiting_since.take().map_or(Duration::ZERO, |since| since.elapsed());
            self.pace.took(*bytes as u64, after);
        }
        written
    }

    /// Ready when the client has been too slow.
    fn poll_patience(&mut self, context: &mut Context<'_>) -> Poll<io::Error> {
        loop {
            let now = Instant::now();
            let since = *self.waiting_since.get_or_insert(now);
            let Ok(left) = self.pace.patience(now - since) else {
                return Poll::Ready(io::Error::new(io::ErrorKind::TimedOut, "the client takes its answer too slowly"));
            };
            if left.is_zero() {
                self.waiting_since = Some(now);
                continue;
            }
            let deadline = now + left;
            let alarm = self.alarm.get_or_insert_with(|| Box::pin(sleep_until(deadline)));
            alarm.as_mut().reset(deadline);
            ready!(alarm.as_mut().poll(context));
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Paced<S> {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buf)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Paced<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, buf);
        self.written(context, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, bufs);
        self.written(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A client that is to take 100 bytes in 10 seconds of waiting takes these, each after so many milliseconds: after
    /// how many of them it is too slow.
    fn check(takes: &[(u64, u64)], too_slow_after: Option<usize>) {
        let mut pace = Pace { window: Duration::from_secs(10), least: 100, taken: 0, waited: Duration::ZERO };
        let found = takes.iter().position(|(bytes, milliseconds)| {
            // As the stream does: it looks when the wait begins, and again whenever the patience runs out.
            let (mut wait, mut so_far) = (Duration::from_millis(*milliseconds), Duration::ZERO);
            loop {
                match pace.patience(so_far) {
                    Err(TooSlow) => return true,
                    Ok(left) if left.is_zero() => {
                        wait -= so_far;
                        so_far = Duration::ZERO;
                    }
                    Ok(left) if so_far + left > wait => break,
                    Ok(left) => so_far += left,
                }
            }
            pace.took(*bytes, wait);
            false
        });
        assert_eq!(found, too_slow_after, "{takes:?}");
    }

    #[test]
    fn who_keeps_up_may_take_his_time() {
        check(&[(10, 1); 100], None);
        check(&[(10, 900); 100], None);
        check(&[(1000, 9000); 100], None);
        // Nothing to wait for: a client that is never waited for is never slow.
        check(&[(1, 0); 1000], None);
    }

    #[test]
    fn who_does_not_is_let_go() {
        check(&[(1, 900); 100], Some(11));
        check(&[(10, 3000); 100], Some(3));
        check(&[(0, 20_000)], Some(0));
        // What the socket's buffer took at first helps for one window.
        let mut takes = vec![(1_000_000, 0)];
        takes.extend([(1, 2500); 20]);
        check(&takes, Some(8));
    }
}
