//! A project in a temporary folder, whose server is gone with it.

use std::path::{Path, PathBuf};

use howdah_cluster::{Cluster, ClusterOptions, Install, Silent};
use tempfile::TempDir;

/// A project folder; its server, if one runs, is stopped when this is dropped.
pub struct Project {
    dir: TempDir,
}

impl Project {
    pub fn new() -> Self {
        let dir = tempfile::Builder::new().prefix("howdah-cluster-").tempdir().unwrap();
        // tempfile's 0700 would keep the server's user out.
        open_for_all(dir.path());
        Self { dir }
    }

    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    pub fn root(&self) -> PathBuf {
        self.dir.path().join(".howdah")
    }

    pub fn open(&self) -> Cluster {
        self.try_open().unwrap()
    }

    pub fn try_open(&self) -> howdah_cluster::Result<Cluster> {
        Cluster::open(&self.root(), install(), ClusterOptions::throwaway())
    }

    pub fn started(&self) -> Cluster {
        let cluster = self.open();
        cluster.start(&Silent).unwrap();
        cluster
    }
}

impl Drop for Project {
    fn drop(&mut self) {
        if let Ok(cluster) = self.try_open() {
            let _ = cluster.reset();
        }
    }
}

pub fn open_for_all(dir: &Path) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(dir, std::fs::Permissions::from_mode(0o755)).unwrap();
}

pub fn install() -> Install {
    Install::find().unwrap().expect("these tests need PostgreSQL")
}

/// Runs one statement and returns the first column of its first row.
pub fn query(url: &str, sql: &str) -> Result<String, String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (client, connection) =
            tokio_postgres::connect(url, tokio_postgres::NoTls).await.map_err(|e| format!("{e:?}"))?;
        let task = tokio::spawn(connection);
        let answer = client.simple_query(sql).await.map_err(|e| format!("{e:?}"));
        drop(client);
        let _ = task.await;
        Ok(answer?
            .iter()
            .find_map(|message| match message {
                tokio_postgres::SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
                _ => None,
            })
            .unwrap_or_default())
    })
}
