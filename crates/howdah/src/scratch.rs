//! A server on which schemas are tried out: a private one that nobody else sees, or the one that `--scratch` names.
//!
//! The private ones stand in the user's cache, one for each major version and each Howdah that runs at the same time: a
//! *slot* is a cluster that is held by a lock on a file. It is started when it is needed and stopped afterwards. A project's
//! own cluster is not used for this: roles belong to a cluster, and what is tried out must not touch those that the
//! project's database uses.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use howdah_cluster::{Cluster, ClusterError, ClusterOptions, Install};
use howdah_pg::Target;
use howdah_pg::schema::ScratchServer;

use crate::context::Context;
use crate::failure::Failure;
use crate::output::Progress;
use crate::project::Project;

/// More than anybody runs at once; then something holds on to the locks.
const SLOTS: usize = 32;

/// What it is needed for.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Needs<'a> {
    /// `--scratch` or the setting.
    pub(crate) url: Option<&'a str>,
    /// The major version of the database that the result is for.
    pub(crate) major: Option<u32>,
    /// Whose cluster's version counts where no database's does.
    pub(crate) project: Option<&'a Project>,
}

/// A scratch server, stopped when this value goes.
#[derive(Debug)]
pub(crate) struct Scratch {
    pub(crate) server: ScratchServer,
    /// Dropped after the server's connections.
    _slot: Option<Slot>,
}

impl Scratch {
    /// Connects to the server that is named, or starts a private one.
    ///
    /// # Errors
    /// Those of the cluster and of PostgreSQL.
    pub(crate) async fn open(needs: Needs<'_>, context: &Context) -> anyhow::Result<Self> {
        let (target, slot) = match needs.url {
            Some(url) => (Target::parse(url)?, None),
            None => {
                let install = install(needs, context).await?;
                let slot = tokio::task::block_in_place(|| Slot::take(&install, context))?;
                (Target::parse(&slot.cluster.superuser_url("postgres"))?, Some(slot))
            }
        };
        let server = ScratchServer::connect(target).await?;
        let here = server.major();
        context.out.note(format!("Trying out on PostgreSQL {here}"));
        if let Some(major) = needs.major.filter(|major| *major != here) {
            context.out.warn(format!(
                "the database runs PostgreSQL {major}, but schemas are tried out on PostgreSQL {here}, the nearest at \
                 hand: what the two do differently is not seen. Install PostgreSQL {major}, or name a server of that \
                 version with --scratch"
            ));
        }
        Ok(Self { server, _slot: slot })
    }
}

/// The installation of the wanted version; else the best there is.
async fn install(needs: Needs<'_>, context: &Context) -> anyhow::Result<Install> {
    if let Some(major) = needs.major
        && let Some(install) = Install::all()?.into_iter().find(|install| u32::from(install.version.major) == major)
    {
        return Ok(install);
    }
    let found = match needs.project {
        Some(project) => Install::find_for(&project.state_folder())?,
        None => Install::find()?,
    };
    match found {
        Some(install) => Ok(install),
        None => Ok(Install::find_or_fetch(&Progress::new(&context.out)).await?),
    }
}

/// A cluster that is this process's for as long as it holds the lock.
#[derive(Debug)]
struct Slot {
    cluster: Cluster,
    _lock: File,
}

impl Slot {
    fn take(install: &Install, context: &Context) -> anyhow::Result<Self> {
        let folder = folder()?.join(install.version.major.to_string());
        std::fs::create_dir_all(&folder).map_err(|error| Failure::io("create", &folder, &error))?;
        for number in 0..SLOTS {
            let path = folder.join(format!("{number}.lock"));
            let lock = File::options().create(true).truncate(false).write(true).open(&path);
            let lock = lock.map_err(|error| Failure::io("open", &path, &error))?;
            match lock.try_lock() {
                Ok(()) => {
                    let cluster = start(&folder.join(number.to_string()), install, context)?;
                    return Ok(Self { cluster, _lock: lock });
                }
                Err(TryLockError::WouldBlock) => {}
                Err(TryLockError::Error(error)) => return Err(Failure::io("lock", &path, &error).into()),
            }
        }
        Err(Failure::new(
            "scratch-busy",
            format!("{SLOTS} other Howdahs use the scratch servers in {}", folder.display()),
        )
        .hint("wait for them to end, or name a server with --scratch")
        .into())
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        if let Err(error) = self.cluster.stop() {
            tracing::debug!(%error, "the scratch server still runs; the next Howdah uses it on");
        }
    }
}

/// Starts the cluster; makes it anew when it is damaged. Nothing of it is synced to disk, so that is what a power cut does.
fn start(root: &Path, install: &Install, context: &Context) -> Result<Cluster, ClusterError> {
    let progress = Progress::new(&context.out.quietly());
    let open = || {
        let options = ClusterOptions { name: Some("howdah scratch".to_owned()), ..ClusterOptions::throwaway() };
        let cluster = Cluster::open(root, install.clone(), options)?;
        cluster.start(&progress)?;
        Ok(cluster)
    };
    match open() {
        Err(ClusterError::Start { .. } | ClusterError::Damaged { .. }) => {
            Cluster::remove(root)?;
            open()
        }
        result => result,
    }
}

/// `HOWDAH_SCRATCH_DIR`, else in the user's cache.
fn folder() -> Result<PathBuf, Failure> {
    let absolute = |name| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    if let Some(named) = absolute("HOWDAH_SCRATCH_DIR") {
        return Ok(named);
    }
    let cache = absolute("XDG_CACHE_HOME").or_else(|| absolute("HOME").map(|home| home.join(".cache")));
    cache.map(|cache| cache.join("howdah").join("scratch")).ok_or_else(|| {
        Failure::usage("scratch-no-folder", "neither HOME nor XDG_CACHE_HOME says where scratch servers may go")
            .hint("set HOWDAH_SCRATCH_DIR to a folder, or name a server with --scratch")
    })
}
