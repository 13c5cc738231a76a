//! Notices that the schema folder changed, once for each burst of writes.
//!
//! The system's notifications make it quick; a look at sizes and times every two seconds makes it certain, because
//! network folders and containers often send none, and a folder that is replaced takes its watch with it. Whether a
//! change means anything is decided by what the files hold, not here.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::schema_files::is_schema_file;

/// Editors save in several steps (write beside, rename, touch); this long after the last one they are done.
const QUIET: Duration = Duration::from_millis(200);
/// A folder that never comes to rest is looked at all the same.
const PATIENCE: Duration = Duration::from_secs(2);
const HEARTBEAT: Duration = Duration::from_secs(2);

/// Watches one folder.
pub(crate) struct Watcher {
    folder: PathBuf,
    /// Kept, because it stops when it is dropped; none where the system has no watches left.
    _system: Option<RecommendedWatcher>,
    events: UnboundedReceiver<()>,
    seen: Vec<Trace>,
}

/// What a file looks like from outside.
type Trace = (PathBuf, u64, Option<SystemTime>);

impl Watcher {
    pub(crate) fn new(folder: &Path) -> Self {
        let (sender, events) = unbounded_channel();
        let handler = move |event: notify::Result<Event>| {
            if event.as_ref().is_ok_and(is_relevant) {
                // Nobody listens any more when the session ends.
                let _ = sender.send(());
            }
        };
        let system = notify::recommended_watcher(handler).and_then(|mut watcher| {
            watcher.watch(folder, RecursiveMode::Recursive)?;
            Ok(watcher)
        });
        if let Err(error) = &system {
            tracing::debug!(%error, "no notifications for the schema folder; it is looked at every two seconds");
        }
        Self { folder: folder.to_path_buf(), _system: system.ok(), events, seen: trace(folder) }
    }

    /// Returns when the folder has changed and come to rest.
    pub(crate) async fn changed(&mut self) {
        loop {
            tokio::select! {
                Some(()) = self.events.recv() => {
                    self.settle().await;
                    self.seen = trace(&self.folder);
                    return;
                }
                () = sleep(HEARTBEAT) => {
                    let now = trace(&self.folder);
                    if now != self.seen {
                        self.seen = now;
                        return;
                    }
                }
            }
        }
    }

    async fn settle(&mut self) {
        let latest = Instant::now() + PATIENCE;
        loop {
            tokio::select! {
                () = sleep_until(latest) => return,
                event = timeout(QUIET, self.events.recv()) => {
                    if !matches!(event, Ok(Some(()))) {
                        return;
                    }
                }
            }
        }
    }
}

fn is_relevant(event: &Event) -> bool {
    !matches!(event.kind, EventKind::Access(_)) && event.paths.iter().any(|path| is_schema_file(path) || path.is_dir())
}

fn trace(folder: &Path) -> Vec<Trace> {
    let mut traces = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            match std::fs::metadata(&path) {
                Ok(found) if found.is_dir() => folders.push(path),
                Ok(found) if is_schema_file(&path) => traces.push((path, found.len(), found.modified().ok())),
                _ => {}
            }
        }
    }
    traces.sort();
    traces
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::timeout;

    use super::Watcher;

    #[tokio::test]
    async fn a_burst_of_writes_is_one_change_and_other_files_are_none() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.sql"), "1").unwrap();
        let mut watcher = Watcher::new(folder.path());
        let beat = Duration::from_millis(900);
        assert!(timeout(beat, watcher.changed()).await.is_err(), "nothing happened");

        // The way editors save: beside, then renamed over the original.
        std::fs::write(folder.path().join(".a.sql.tmp"), "2").unwrap();
        std::fs::rename(folder.path().join(".a.sql.tmp"), folder.path().join("a.sql")).unwrap();
        std::fs::write(folder.path().join("b.sql"), "3").unwrap();
        assert!(timeout(Duration::from_secs(5), watcher.changed()).await.is_ok());
        assert!(timeout(beat, watcher.changed()).await.is_err(), "one burst, one change");

        std::fs::write(folder.path().join("notes.txt"), "x").unwrap();
        assert!(timeout(beat, watcher.changed()).await.is_err(), "not a schema file");
    }
}
