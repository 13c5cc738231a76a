//! Clusters: the one that all tests of a run share, and one for a single test.

use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

use howdah_cluster::{Cluster, ClusterOptions, Install, Silent};

use crate::OrFail;
use crate::run::Run;

/// The shared cluster, running.
pub(crate) fn shared() -> Cluster {
    let run = Run::get();
    let _lock = run.lock();
    open(run, &run.dir.join("shared"), options())
}

fn open(run: &Run, root: &Path, options: ClusterOptions) -> Cluster {
    let install = Install::find_or_fetch_blocking(&Silent).or_fail("looking for PostgreSQL");
    let cluster = Cluster::open(root, install, options).or_fail("creating a cluster");
    cluster.start(&Silent).or_fail("starting a cluster");
    if !cluster.socket_dir().starts_with(&run.dir) {
        run.register_socket_dir(&cluster.socket_dir());
    }
    cluster
}

fn options() -> ClusterOptions {
    let mut options = ClusterOptions::throwaway();
    options.name = Some("howdah-testkit".into());
    let mut set = |name: &str, value: &str| options.settings.insert(name.to_owned(), value.to_owned());
    set("max_connections", "200");
    // A database is dropped by looking through all of it.
    set("shared_buffers", "64MB");
    // It may be in memory, and without syncing a checkpoint costs little.
    set("max_wal_size", "256MB");
    set("min_wal_size", "32MB");
    // Copying a database waits for an autovacuum that works in it; and plans should be the same every time.
    set("autovacuum", "off");
    set("max_locks_per_transaction", "256");
    set("log_min_duration_statement", "-1");
    options
}

/// A PostgreSQL for one test alone, for tests that restart it, kill it, or change what all databases share.
/// Starting it takes 0.6 s; it is stopped and deleted with this value.
#[derive(Debug)]
pub struct TestCluster {
    cluster: Cluster,
}

impl TestCluster {
    /// Starts one with the settings that all tests share. Blocks.
    pub fn start() -> Self {
        Self::with(options())
    }

    /// Starts one with other options. Blocks.
    pub fn with(options: ClusterOptions) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(1);
        let run = Run::get();
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let root = run.dir.join(format!("own-{}-{number}", std::process::id()));
        Self { cluster: open(run, &root, options) }
    }
}

impl std::ops::Deref for TestCluster {
    type Target = Cluster;

    fn deref(&self) -> &Cluster {
        &self.cluster
    }
}

impl Drop for TestCluster {
    fn drop(&mut self) {
        // What fails here the watcher does.
        if self.cluster.reset().is_ok() {
            let _ = std::fs::remove_dir_all(self.cluster.root());
        }
    }
}
