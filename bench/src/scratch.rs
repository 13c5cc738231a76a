//! A folder for one sample, with at most one private PostgreSQL in it; both go with the value.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anyhow::Context;
use howdah_cluster::Cluster;
use tempfile::TempDir;

/// A temporary folder that may hold a project.
#[derive(Debug)]
pub(crate) struct Scratch {
    folder: TempDir,
}

impl Scratch {
    /// Empty. The server's user must be able to get through it, so it is not closed to others.
    pub(crate) fn new() -> anyhow::Result<Self> {
        let open = std::fs::Permissions::from_mode(0o755);
        let folder = tempfile::Builder::new().prefix("howdah-bench-").permissions(open).tempdir();
        Ok(Self { folder: folder.context("cannot make a temporary folder")? })
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Where a project is, or will be.
    pub(crate) fn project(&self) -> PathBuf {
        self.path().join("demo")
    }

    /// The `.howdah` of that project.
    pub(crate) fn state(&self) -> PathBuf {
        self.project().join(".howdah")
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // Stops a server that a killed program has left, too.
        if let Err(error) = Cluster::remove(&self.state()) {
            crate::say(&format!("warning: {} is not cleared away: {error}", self.state().display()));
        }
    }
}
