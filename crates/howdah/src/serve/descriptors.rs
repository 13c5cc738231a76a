//! How many connections may be open at once.

use nix::sys::resource::{Resource, getrlimit, setrlimit};

/// More than that many no machine serves.
const ENOUGH: u64 = 1 << 20;

/// Takes as many file descriptors as this process may have. Many systems start it with 1,024, which as many clients that never
/// finish a request would use up; the rest is there for the asking.
pub(super) fn take_all() {
    let raised = getrlimit(Resource::RLIMIT_NOFILE).and_then(|(soft, hard)| {
        let wanted = hard.min(ENOUGH);
        if soft < wanted { setrlimit(Resource::RLIMIT_NOFILE, wanted, hard) } else { Ok(()) }
    });
    if let Err(error) = raised {
        tracing::warn!(%error, "the limit of open files stays as it is");
    }
}
