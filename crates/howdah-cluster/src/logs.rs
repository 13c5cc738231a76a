//! The server's log files: which one is current, what of it explains a failure, and not too many of them.

use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// PostgreSQL begins a new file at 10 MB and at every start; older ones than these go at the next start.
const KEPT: usize = 5;
/// More of a log than this is not read for an error message.
const TAIL_BYTES: u64 = 64 << 10;
const TAIL_LINES: usize = 15;

/// The newest log, if there is one. Names carry the time, so the last name is the newest file.
pub(crate) fn current(log_dir: &Path) -> Option<PathBuf> {
    names(log_dir).pop()
}

/// Deletes all but the newest few.
pub(crate) fn prune(log_dir: &Path) {
    let names = names(log_dir);
    for path in names.iter().take(names.len().saturating_sub(KEPT)) {
        if let Err(e) = fs::remove_file(path) {
            tracing::debug!(path = %path.display(), error = %e, "an old log could not be deleted");
        }
    }
}

fn names(log_dir: &Path) -> Vec<PathBuf> {
    let is_log = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        name.starts_with("postgres-") && name.ends_with(".log")
    };
    let entries = fs::read_dir(log_dir).into_iter().flatten().flatten();
    let mut paths: Vec<_> = entries.map(|entry| entry.path()).filter(is_log).collect();
    paths.sort();
    paths
}

/// The last lines of a start that failed: what was printed before the log opened, then the log, if written since `since`.
pub(crate) fn tail_since(start_log: &Path, log_dir: &Path, since: SystemTime) -> String {
    let mut text = tail(start_log);
    if let Some(path) = current(log_dir)
        && fs::metadata(&path).and_then(|meta| meta.modified()).is_ok_and(|changed| changed >= since)
    {
        text.push('\n');
        text.push_str(&tail(&path));
    }
    relevant(&text)
}

fn tail(path: &Path) -> String {
    let read = || -> std::io::Result<Vec<u8>> {
        let mut file = File::open(path)?;
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(TAIL_BYTES)))?;
        let mut bytes = Vec::new();
        file.take(TAIL_BYTES).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    String::from_utf8_lossy(&read().unwrap_or_default()).into_owned()
}

/// The end of the text, from the last start on, without what only says where the log is.
fn relevant(text: &str) -> String {
    let noise = |line: &&str| {
        !line.trim().is_empty()
            && !line.contains("redirecting log output to logging collector")
            && !line.contains("Future log output will appear in directory")
    };
    let from = text.rfind("starting PostgreSQL").map_or(0, |at| text[..at].rfind('\n').map_or(0, |at| at + 1));
    let lines: Vec<&str> = text[from..].lines().filter(noise).collect();
    lines[lines.len().saturating_sub(TAIL_LINES)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_newest_and_finds_the_current() {
        let dir = tempfile::tempdir().unwrap();
        for hour in 10..18 {
            fs::write(dir.path().join(format!("postgres-20260101-{hour}0000.log")), "x").unwrap();
        }
        fs::write(dir.path().join("start.log"), "x").unwrap();
        prune(dir.path());
        assert_eq!(names(dir.path()).len(), KEPT);
        assert_eq!(current(dir.path()), Some(dir.path().join("postgres-20260101-170000.log")));
        assert!(dir.path().join("start.log").exists());
    }

    #[test]
    fn an_error_shows_the_last_start_only() {
        let text = "LOG:  starting PostgreSQL 15\nFATAL:  old trouble\n\
                    LOG:  redirecting log output to logging collector process\n\
                    2026 LOG:  starting PostgreSQL 15\n2026 FATAL:  new trouble\n\n";
        assert_eq!(relevant(text), "2026 LOG:  starting PostgreSQL 15\n2026 FATAL:  new trouble");
        assert_eq!(relevant("FATAL:  no such file"), "FATAL:  no such file");
        assert_eq!(relevant(""), "");
    }
}
