//! What a figure depends on besides the code: the machine, and the versions of everything.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::Serialize;

use crate::child;

const PATIENCE: Duration = Duration::from_secs(30);

/// The checkout this was built from.
pub(crate) fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new(".")).to_path_buf()
}

/// A machine. What the system does not tell is "unknown" or missing.
#[derive(Debug, Serialize)]
pub(crate) struct Machine {
    pub(crate) cpu: String,
    /// Those this process may use.
    pub(crate) cores: usize,
    pub(crate) memory_bytes: Option<u64>,
    pub(crate) kernel: String,
    /// Of the last minute, before the run: others at work make figures worthless.
    pub(crate) load: Option<f64>,
    /// The file system of the temporary folder, where the databases are.
    pub(crate) file_system: Option<String>,
}

impl Machine {
    /// This one.
    pub(crate) fn here() -> Self {
        let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
        let field = |path: &str, name: &str| {
            let text = read(path);
            let line = text.lines().find(|line| line.starts_with(name))?;
            Some(line.split_once(':')?.1.trim().to_owned())
        };
        let memory = field("/proc/meminfo", "MemTotal").and_then(|text| text.split(' ').next()?.parse::<u64>().ok());
        Self {
            cpu: field("/proc/cpuinfo", "model name").unwrap_or_else(|| "unknown".to_owned()),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            memory_bytes: memory.map(|kib| kib * 1024),
            kernel: said(Command::new("uname").arg("-sr")).unwrap_or_else(|| "unknown".to_owned()),
            load: read("/proc/loadavg").split(' ').next().and_then(|text| text.parse().ok()),
            file_system: file_system(&std::env::temp_dir(), &read("/proc/self/mounts")),
        }
    }
}

/// The kind of file system a folder is on: that of the mount with the longest path above it.
fn file_system(folder: &Path, mounts: &str) -> Option<String> {
    let above = mounts.lines().filter_map(|line| {
        let mut fields = line.split(' ').skip(1);
        let (path, kind) = (fields.next()?, fields.next()?);
        folder.starts_with(path).then(|| (path.len(), kind.to_owned()))
    });
    above.max_by_key(|(length, _)| *length).map(|(_, kind)| kind)
}

/// Versions of what takes part.
#[derive(Debug, Serialize)]
pub(crate) struct Versions {
    pub(crate) postgresql: String,
    /// Where that PostgreSQL lies.
    pub(crate) postgresql_folder: PathBuf,
    pub(crate) rustc: String,
    /// The checkout's commit.
    pub(crate) commit: String,
    /// Whether the checkout holds changes that no commit has.
    pub(crate) dirty: bool,
}

impl Versions {
    /// Those here.
    ///
    /// # Errors
    /// There is no PostgreSQL.
    pub(crate) fn here() -> anyhow::Result<Self> {
        let install = crate::api::install()?;
        let git = |arguments: &[&str]| said(Command::new("git").current_dir(repository()).args(arguments));
        Ok(Self {
            postgresql: install.version.to_string(),
            postgresql_folder: install.bin_dir,
            rustc: said(Command::new("rustc").current_dir(repository()).arg("--version"))
                .unwrap_or_else(|| "unknown".to_owned()),
            commit: git(&["rev-parse", "HEAD"]).unwrap_or_else(|| "unknown".to_owned()),
            dirty: git(&["status", "--porcelain"]).is_none_or(|changes| !changes.is_empty()),
        })
    }
}

fn said(command: &mut Command) -> Option<String> {
    Some(child::run(command, PATIENCE).ok()?.0.trim().to_owned())
}

/// Now, as `2026-06-30T142501` (UTC): sorts as text and is a file name everywhere.
pub(crate) fn timestamp() -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO).as_secs();
    format_time(now)
}

/// From days to a date after Howard Hinnant's `civil_from_days`, for dates after 1970.
fn format_time(seconds: u64) -> String {
    let (days, second) = (seconds / 86_400 + 719_468, seconds % 86_400);
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let shifted = (5 * day + 2) / 153; // months since March
    let (day, month) = (day - (153 * shifted + 2) / 5 + 1, if shifted < 10 { shifted + 3 } else { shifted - 9 });
    let year = era * 400 + year + u64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}T{:02}{:02}{:02}", second / 3_600, second / 60 % 60, second % 60)
}

#[cfg(test)]
mod tests {
    use super::{file_system, format_time};

    #[test]
    fn dates() {
        assert_eq!(format_time(0), "1970-01-01T000000");
        assert_eq!(format_time(951_827_696), "2000-02-29T123456");
        assert_eq!(format_time(1_798_761_599), "2026-12-31T235959");
    }

    #[test]
    fn the_nearest_mount_counts() {
        let mounts = "overlay / overlay rw 0 0\ntmpfs /tmp tmpfs rw 0 0\ntmpfs /tm tmpfs2 rw 0 0\n";
        assert_eq!(file_system("/tmp/x".as_ref(), mounts).as_deref(), Some("tmpfs"));
        assert_eq!(file_system("/var".as_ref(), mounts).as_deref(), Some("overlay"));
    }
}
