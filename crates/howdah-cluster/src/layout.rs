//! Which file of a cluster is where.
//!
//! ```text
//! .howdah/                     the caller's
//!   cluster.lock               held while a cluster is opened, started, stopped, reset
//!   cluster.json               where the data is, the port, the socket's folder
//!   secrets/                   0700; one file each, 0600
//!   postgres/                  the base, unless the server's user cannot get here:
//!                              then /var/lib/howdah/<hash of the project's path>/
//!     data/  log/  run/        0700, the server's user
//! ```

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::error::{ClusterError, Result};
use crate::place;

/// Where the clusters of root go whose own folder the server's user cannot enter.
const SHARED_BASE: &str = "/var/lib/howdah";

/// What `cluster.json` says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct State {
    /// Also in the data folder, so that neither is taken for another's.
    pub(crate) id: String,
    /// Set where the base is not `.howdah/postgres`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) base: Option<PathBuf>,
    /// The loopback port, kept from start to start.
    pub(crate) port: u16,
}

/// The paths of one cluster.
#[derive(Debug, Clone)]
pub(crate) struct Layout {
    /// The project's `.howdah`, without links.
    pub(crate) root: PathBuf,
    /// The parent of data, log and run.
    pub(crate) base: PathBuf,
}

impl Layout {
    /// Of a project whose `cluster.json` says `known`.
    pub(crate) fn of(root: &Path, known: Option<&State>) -> Self {
        let inside = root.join("postgres");
        let base = match known {
            Some(State { base: Some(base), id, .. }) if !place::belongs_to_another(base, root, id) => base.clone(),
            // `cluster.json` was deleted: the folder elsewhere still says whose it is.
            None if !inside.join("data").exists() && place::is_shared_base_of(&shared_base(root), root) => {
                shared_base(root)
            }
            _ => inside,
        };
        Self { root: root.to_path_buf(), base }
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.base.join("data")
    }

    pub(crate) fn log(&self) -> PathBuf {
        self.base.join("log")
    }

    pub(crate) fn run(&self) -> PathBuf {
        self.base.join("run")
    }

    /// What the server prints before its own log is open, and what it cannot log.
    pub(crate) fn start_log(&self) -> PathBuf {
        self.log().join("start.log")
    }
}

pub(crate) fn state_path(root: &Path) -> PathBuf {
    root.join("cluster.json")
}

pub(crate) fn lock_path(root: &Path) -> PathBuf {
    root.join("cluster.lock")
}

pub(crate) fn secrets_dir(root: &Path) -> PathBuf {
    root.join("secrets")
}

/// The base of a project whose own folder the server's user cannot enter.
pub(crate) fn shared_base(root: &Path) -> PathBuf {
    Path::new(SHARED_BASE).join(short_hash(root))
}

/// Reads `cluster.json`; `None` where there is none yet.
pub(crate) fn read_state(root: &Path) -> Result<Option<State>> {
    let path = state_path(root);
    match fs::read(&path) {
        Ok(bytes) => {
            serde_json::from_slice(&bytes).map(Some).map_err(|e| ClusterError::Damaged { path, reason: e.to_string() })
        }
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(ClusterError::io("reading", &path, e)),
    }
}

/// Writes `cluster.json` so that a reader sees the old one or the new one.
pub(crate) fn write_state(root: &Path, state: &State) -> Result<()> {
    let path = state_path(root);
    let text = serde_json::to_string_pretty(state).unwrap_or_default() + "\n";
    crate::files::replace(&path, text.as_bytes(), 0o644, None)
}

/// The major version of a project's data, if it has any. `root` is its `.howdah`.
pub(crate) fn data_major(root: &Path) -> Option<u16> {
    let root = fs::canonicalize(root).ok()?;
    let layout = Layout::of(&root, read_state(&root).ok()?.as_ref());
    fs::read_to_string(layout.data().join("PG_VERSION")).ok()?.trim().parse().ok()
}

/// A short name for a path: the first 16 hexadecimal digits of its SHA-256.
pub(crate) fn short_hash(path: &Path) -> String {
    use std::os::unix::ffi::OsStrExt;
    let digest = Sha256::digest(path.as_os_str().as_bytes());
    digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}
