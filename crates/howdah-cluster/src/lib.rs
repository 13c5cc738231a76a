//! Finds or fetches PostgreSQL and runs private clusters.
//!
//! ```no_run
//! use howdah_cluster::{Cluster, ClusterOptions, Install, Silent};
//!
//! # async fn example() -> howdah_cluster::Result<()> {
//! let install = Install::find_or_fetch(&Silent).await?;
//! let cluster = Cluster::open(".howdah".as_ref(), install, ClusterOptions::default())?;
//! cluster.start(&Silent)?;
//! let url = cluster.superuser_url("postgres");
//! # Ok(())
//! # }
//! ```
//!
//! A cluster belongs to a project and lives in its `.howdah`. It survives whoever started it: the next to open the
//! project uses the server that runs, or recovers the one that was killed.
//!
//! What this crate deliberately does not do: speak SQL. Roles, databases and schemas are the callers'.

mod account;
mod cache;
mod cluster;
mod error;
mod fetch;
mod files;
mod find;
mod init;
mod layout;
mod logs;
mod machine;
mod place;
mod port;
mod process;
mod progress;
mod ready;
mod secrets;
mod server;
mod settings;
mod version;

pub use account::Account;
pub use cluster::Cluster;
pub use error::{ClusterError, Result};
pub use find::{Install, Source};
pub use progress::{Progress, Silent};
pub use secrets::{change_secret, find_secret, secret};
pub use server::{ClusterState, ClusterStatus, Started};
pub use settings::ClusterOptions;
pub use version::{OLDEST_MAJOR, PgVersion};
