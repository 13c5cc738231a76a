//! A project in a temporary folder, whose server is gone with it.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use howdah_cluster::{Account, Cluster, ClusterOptions, Install, Result, Silent};
use tempfile::TempDir;

/// A project folder; its server, if one runs, is stopped when this is dropped.
pub(crate) struct Project {
    dir: TempDir,
}

impl Project {
    pub(crate) fn new() -> Self {
        Self::named("")
    }

    /// In a folder whose name ends with `name`.
    pub(crate) fn named(name: &str) -> Self {
        let dir = tempfile::Builder::new().prefix("howdah-cluster-").suffix(name).tempdir_in(scratch()).unwrap();
        // tempfile's 0700 would keep the server's user out.
        open_for_all(dir.path());
        Self { dir }
    }

    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    pub(crate) fn root(&self) -> PathBuf {
        self.dir.path().join(".howdah")
    }

    pub(crate) fn try_open(&self) -> Result<Cluster> {
        Cluster::open(&self.root(), install(), ClusterOptions::throwaway())
    }

    pub(crate) fn open(&self) -> Cluster {
        self.try_open().unwrap()
    }

    pub(crate) fn started(&self) -> Cluster {
        let cluster = self.open();
        cluster.start(&Silent).unwrap();
        cluster
    }

    /// As a user's project is: what is committed is on disk.
    pub(crate) fn started_durable(&self) -> Cluster {
        let cluster = Cluster::open(&self.root(), install(), ClusterOptions::default()).unwrap();
        cluster.start(&Silent).unwrap();
        cluster
    }
}

impl Drop for Project {
    fn drop(&mut self) {
        let _ = Cluster::remove(&self.root());
    }
}

/// In memory if there is room for a dozen clusters: these tests make forty.
fn scratch() -> PathBuf {
    let roomy = nix::sys::statvfs::statvfs("/dev/shm")
        .is_ok_and(|about| about.blocks_available() as u128 * about.fragment_size() as u128 > 4 << 30);
    if roomy { PathBuf::from("/dev/shm") } else { std::env::temp_dir() }
}

pub(crate) fn open_for_all(dir: &Path) {
    fs::set_permissions(dir, fs::Permissions::from_mode(0o755)).unwrap();
}

pub(crate) fn install() -> Install {
    Install::find_or_fetch_blocking(&Silent).unwrap()
}

pub(crate) fn is_root() -> bool {
    nix::unistd::Uid::effective().is_root()
}

/// The user the server of new clusters runs as.
pub(crate) fn server_account() -> Account {
    Account::for_new_cluster().unwrap()
}

pub(crate) fn owner(path: &Path) -> u32 {
    fs::metadata(path).unwrap().uid()
}

pub(crate) fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

/// What `postmaster.pid` begins with.
pub(crate) fn postmaster(cluster: &Cluster) -> i32 {
    let text = fs::read_to_string(cluster.data_dir().join("postmaster.pid")).unwrap();
    text.lines().next().unwrap().parse().unwrap()
}

pub(crate) fn kill(pid: i32) {
    nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid), nix::sys::signal::Signal::SIGKILL).unwrap();
}

pub(crate) fn until(what: &str, mut done: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !done() {
        assert!(Instant::now() < deadline, "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Runs SQL and returns the first column of the first row of its last answer.
pub(crate) fn query(url: &str, sql: &str) -> Result<String, String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (client, connection) =
            tokio_postgres::connect(url, tokio_postgres::NoTls).await.map_err(|e| format!("{e:?}"))?;
        let task = tokio::spawn(connection);
        let answer = client.simple_query(sql).await.map_err(|e| format!("{e:?}"));
        drop(client);
        let _ = task.await;
        let rows = answer?.into_iter().filter_map(|message| match message {
            tokio_postgres::SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
            _ => None,
        });
        Ok(rows.last().unwrap_or_default())
    })
}

pub(crate) fn answers(cluster: &Cluster) -> bool {
    query(&cluster.superuser_url("postgres"), "select 1").as_deref() == Ok("1")
}
