//! How long work reports itself: this crate prints nothing.

/// What a caller shows while PostgreSQL is fetched, initialised or started.
///
/// Calls come from one thread at a time, always `begin`, any number of `advance`, `done`.
pub trait Progress: Send + Sync {
    /// A step starts. `total_bytes` where it is a download of known size.
    fn begin(&self, what: &str, total_bytes: Option<u64>);
    /// So many more bytes have arrived.
    fn advance(&self, bytes: u64);
    /// The step that began last has ended, well or not.
    fn done(&self);
}

/// Shows nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {
    fn begin(&self, _what: &str, _total_bytes: Option<u64>) {}
    fn advance(&self, _bytes: u64) {}
    fn done(&self) {}
}

/// Ends the step also when the work returns early.
pub(crate) struct Step<'a>(&'a dyn Progress);

impl<'a> Step<'a> {
    pub(crate) fn begin(progress: &'a dyn Progress, what: &str, total_bytes: Option<u64>) -> Self {
        progress.begin(what, total_bytes);
        Self(progress)
    }

    pub(crate) fn advance(&self, bytes: u64) {
        self.0.advance(bytes);
    }
}

impl Drop for Step<'_> {
    fn drop(&mut self) {
        self.0.done();
    }
}
