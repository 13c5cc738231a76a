//! The project's private cluster with the project's database and roles in it.
//!
//! | role | who uses it |
//! |---|---|
//! | `howdah_admin` | Howdah itself and `howdah db psql`: superuser, sees all rows |
//! | `howdah_owner` | migrations and the schema: owns the database, no superuser, so that what works here works on a managed server |
//! | `howdah_login` | the server: made by the schema without LOGIN, gets it here |
//! | `howdah_sealer` | the server's sealer of the audit trail, where the schema has one: likewise |

use std::path::PathBuf;

use howdah_cluster::{Cluster, ClusterOptions, ClusterState, Install, Started};
use howdah_pg::{Endpoint, Ident, Literal, Secret, Target};
use tokio_postgres::Client;

use crate::context::Context;
use crate::failure::Failure;
use crate::output::Progress;
use crate::project::Project;

/// Runs migrations.
pub(crate) const OWNER: &str = "howdah_owner";
/// The server logs in as it.
pub(crate) const LOGIN: &str = "howdah_login";

/// The sealer of the audit trail logs in as it.
pub(crate) const SEALER: &str = "howdah_sealer";

/// The database that every cluster has, from which the others are made.
const MAINTENANCE: &str = "postgres";

/// A project's private cluster.
#[derive(Debug)]
pub(crate) struct Private {
    pub(crate) cluster: Cluster,
    /// The project's database.
    pub(crate) database: String,
}

impl Private {
    /// Opens the cluster of the project; finds or fetches PostgreSQL and makes the cluster if there is none yet.
    ///
    /// # Errors
    /// Those of the cluster.
    pub(crate) async fn open(project: &Project, context: &Context) -> anyhow::Result<Self> {
        let progress = Progress::new(&context.out);
        let root = project.state_folder();
        let install = match Install::find_for(&root)? {
            Some(install) => install,
            None => Install::find_or_fetch(&progress).await?,
        };
        context.out.note(format!("PostgreSQL {} in {}", install.version, install.bin_dir.display()));
        let cluster = tokio::task::block_in_place(|| {
            use howdah_cluster::Progress as _;
            if !is_made(project) {
                progress.begin("Creating the database cluster", None);
            }
            let cluster = Cluster::open(&root, install, options(project));
            progress.done();
            cluster
        })?;
        Ok(Self { cluster, database: project.config.database_name().to_owned() })
    }

    /// The cluster of the project, if it has been made.
    ///
    /// # Errors
    /// Those of the cluster.
    pub(crate) async fn existing(project: &Project, context: &Context) -> anyhow::Result<Option<Self>> {
        if is_made(project) { Self::open(project, context).await.map(Some) } else { Ok(None) }
    }

    /// Like [`Private::existing`], where a missing cluster is an error.
    ///
    /// # Errors
    /// There is none, and those of the cluster.
    pub(crate) async fn must_exist(project: &Project, context: &Context) -> anyhow::Result<Self> {
        Self::existing(project, context).await?.ok_or_else(|| {
            Failure::new(
                "cluster-missing",
                format!("the project {} has no database yet", project.config.project_name()),
            )
            .hint("make and start it with `howdah dev` or `howdah db start`")
            .into()
        })
    }

    /// Starts the server, and makes the owner role and the project's database where they are missing.
    ///
    /// # Errors
    /// Those of the cluster and of PostgreSQL.
    pub(crate) async fn start(&self, context: &Context) -> anyhow::Result<Started> {
        let progress = Progress::new(&context.out);
        let started = tokio::task::block_in_place(|| self.cluster.start(&progress))?;
        let admin = self.maintenance().await?;
        self.ensure_owner(&admin).await?;
        self.ensure_database(&admin).await?;
        Ok(started)
    }

    /// Stops the server; that none runs is fine.
    ///
    /// # Errors
    /// It does not go.
    pub(crate) fn stop(&self) -> anyhow::Result<()> {
        tokio::task::block_in_place(|| self.cluster.stop())?;
        Ok(())
    }

    /// Whether the server takes connections.
    ///
    /// # Errors
    /// The cluster's files cannot be read.
    pub(crate) fn is_running(&self) -> anyhow::Result<bool> {
        Ok(matches!(self.cluster.status()?.state, ClusterState::Running { .. }))
    }

    /// A login as the superuser.
    ///
    /// # Errors
    /// Never, short of a broken cluster: the URL is the cluster's own.
    pub(crate) fn admin(&self, database: &str) -> anyhow::Result<Target> {
        Ok(Target::parse(&self.cluster.superuser_url(database))?)
    }

    /// A superuser's connection to no database in particular.
    ///
    /// # Errors
    /// Those of PostgreSQL.
    pub(crate) async fn maintenance(&self) -> anyhow::Result<Client> {
        Ok(self.admin(MAINTENANCE)?.client().await?)
    }

    /// A login as the owner of the schema.
    ///
    /// # Errors
    /// Its secret cannot be read or made.
    pub(crate) fn owner(&self, database: &str) -> anyhow::Result<Target> {
        Ok(Target::parse(&self.cluster.url_as(OWNER, &self.cluster.secret(OWNER)?, database))?)
    }

    /// A login as the server.
    ///
    /// # Errors
    /// Its secret cannot be read or made.
    pub(crate) fn login(&self, database: &str) -> anyhow::Result<Target> {
        self.near(LOGIN, database)
    }

    /// A login as the sealer of the audit trail; `None` where no schema has made its role.
    ///
    /// # Errors
    /// Its secret cannot be read or made, and those of PostgreSQL.
    pub(crate) async fn sealer(&self, database: &str) -> anyhow::Result<Option<Target>> {
        const IS_THERE: &str = "select exists (select from pg_roles where rolname = $1)";
        let is_there: bool = self.maintenance().await?.query_one(IS_THERE, &[&SEALER]).await.map_err(pg)?.get(0);
        is_there.then(|| self.near(SEALER, database)).transpose()
    }

    fn near(&self, role: &str, database: &str) -> anyhow::Result<Target> {
        let mut target = Target::parse(&self.cluster.url_as(role, &self.cluster.secret(role)?, database))?;
        // The server sits beside the database and asks it all day: the socket costs both less than TCP.
        let (dir, port) = (self.cluster.socket_dir().to_path_buf(), self.cluster.port());
        target.endpoints = vec![Endpoint::Unix { dir, port }];
        Ok(target)
    }

    async fn ensure_owner(&self, admin: &Client) -> anyhow::Result<()> {
        const IS_THERE: &str = "select exists (select from pg_roles where rolname = $1)";
        let owner = Ident::new(OWNER);
        let there: bool = admin.query_one(IS_THERE, &[&OWNER]).await.map_err(pg)?.get(0);
        if !there {
            let create = format!("create role {owner} login createrole createdb nosuperuser nobypassrls");
            admin.batch_execute(&create).await.map_err(pg)?;
        }
        set_password(admin, OWNER, &self.cluster.secret(OWNER)?).await
    }

    async fn ensure_database(&self, admin: &Client) -> anyhow::Result<()> {
        const STATE: &str = "select datallowconn from pg_database where datname = $1";
        let database = Ident::new(self.database.as_str());
        match admin.query_opt(STATE, &[&self.database]).await.map_err(pg)? {
            None => {
                let create = format!("create database {database} owner {}", Ident::new(OWNER));
                admin.batch_execute(&create).await.map_err(pg)?;
            }
            // A schema change that was killed between closing the database and swapping it.
            Some(row) if !row.get::<_, bool>(0) => {
                admin.batch_execute(&format!("alter database {database} allow_connections true")).await.map_err(pg)?;
            }
            Some(_) => {}
        }
        Ok(())
    }

    /// Lets the server and its sealer log in. Templates make their roles; a schema that is not one of ours gets the server's here.
    ///
    /// # Errors
    /// Those of PostgreSQL.
    pub(crate) async fn enable_login(&self) -> anyhow::Result<()> {
        const CAN_LOGIN: &str = "select rolcanlogin from pg_roles where rolname = $1";
        let admin = self.maintenance().await?;
        for role in [LOGIN, SEALER] {
            let login = Ident::new(role);
            let change = match admin.query_opt(CAN_LOGIN, &[&role]).await.map_err(pg)? {
                None if role == SEALER => continue,
                None => format!("create role {login} login noinherit"),
                Some(row) if !row.get::<_, bool>(0) => format!("alter role {login} login"),
                Some(_) => String::new(),
            };
            admin.batch_execute(&change).await.map_err(pg)?;
            set_password(&admin, role, &self.cluster.secret(role)?).await?;
        }
        Ok(())
    }
}

impl Private {
    /// Lets the project's database tell of changes to its schema at once.
    ///
    /// # Errors
    /// Those of PostgreSQL.
    pub(crate) async fn tell_of_ddl(&self) -> anyhow::Result<()> {
        let admin = self.admin(&self.database)?.client().await?;
        // The schema's owner keeps things of its own there, so it must not be the superuser's.
        let make = format!("create schema if not exists howdah authorization {}", Ident::new(OWNER));
        admin.batch_execute(&make).await.map_err(pg)?;
        howdah_pg::install_ddl_notify(&admin).await?;
        Ok(())
    }
}

/// Only the SCRAM verifier travels, so that no log of statements can hold the password.
async fn set_password(admin: &Client, role: &str, password: &str) -> anyhow::Result<()> {
    let verifier = postgres_protocol::password::scram_sha_256(password.as_bytes());
    let statement = format!("alter role {} password {}", Ident::new(role), Literal::text(verifier));
    admin.batch_execute(&statement).await.map_err(pg)?;
    Ok(())
}

fn pg(error: tokio_postgres::Error) -> howdah_pg::PgError {
    error.into()
}

fn options(project: &Project) -> ClusterOptions {
    ClusterOptions { name: Some(format!("howdah {}", project.config.database_name())), ..ClusterOptions::default() }
}

/// Looked at before the cluster is opened, because opening makes one. After a reset `cluster.json` is still there, and the
/// data it speaks of is not.
fn is_made(project: &Project) -> bool {
    let root = project.state_folder();
    let Ok(text) = std::fs::read_to_string(root.join("cluster.json")) else { return false };
    let state: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
    let base =
        state.get("base").and_then(serde_json::Value::as_str).map_or_else(|| root.join("postgres"), PathBuf::from);
    base.join("data").is_dir()
}

/// The password of a target, for the environment of a client program.
pub(crate) fn password(target: &Target) -> Option<&str> {
    target.password.as_ref().map(Secret::expose)
}
