//! Ctrl+C and SIGTERM: remembered, so that whoever waits can return and what was started is cleared away.
//!
//! Every program here runs in a process group of its own, out of reach of the terminal's Ctrl+C, and is ended by its
//! guard; this process therefore must not die of the signal.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::bail;
use tokio::signal::unix::{SignalKind, signal};

static ASKED: AtomicBool = AtomicBool::new(false);
const LOOK: Duration = Duration::from_millis(20);

/// Begins to listen.
pub(crate) fn listen() -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (mut interrupt, mut terminate) = {
        let _inside = runtime.enter();
        (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?)
    };
    std::thread::Builder::new().name("signals".into()).spawn(move || {
        runtime.block_on(async {
            loop {
                tokio::select! {
                    _ = interrupt.recv() => {}
                    _ = terminate.recv() => {}
                }
                crate::say("stopping, and clearing away what was started");
                ASKED.store(true, Ordering::Relaxed);
            }
        });
    })?;
    Ok(())
}

/// Whether it is time to stop.
pub(crate) fn is_asked() -> bool {
    ASKED.load(Ordering::Relaxed)
}

/// An error once it is time to stop.
pub(crate) fn check() -> anyhow::Result<()> {
    if is_asked() {
        bail!("interrupted");
    }
    Ok(())
}

/// Sleeps until a moment, or until it is time to stop.
pub(crate) fn sleep_until(moment: Instant) -> anyhow::Result<()> {
    loop {
        check()?;
        let left = moment.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(());
        }
        std::thread::sleep(left.min(LOOK));
    }
}
