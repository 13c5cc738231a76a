//! The private PostgreSQL of the benchmark, with the settings that `howdah dev` gives it: durable.

use std::fs;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, bail};
use howdah_cluster::{Cluster, ClusterOptions, ClusterState, Silent};
use jsonwebtoken::{EncodingKey, Header};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use tokio_postgres::{Client, NoTls};

use super::install;
use crate::scratch::Scratch;

/// The database's name.
pub(crate) const NAME: &str = "bench";
/// Owns the tables; what runs as it is not subject to policies.
pub(crate) const OWNER: &str = "bench_owner";
/// The server logs in as it, and so would PostgREST.
pub(crate) const LOGIN: &str = "howdah_login";

/// A cluster with the tables in it. It goes with the scratch folder it is in.
#[derive(Debug)]
pub(crate) struct Database {
    cluster: Cluster,
    runtime: Runtime,
    client: Client,
    postmaster: i32,
    secret: String,
    expires: u64,
}

/// The id of one of the users.
pub(crate) fn user_id(user: usize) -> String {
    format!("00000000-0000-4000-8000-{user:012}")
}

impl Database {
    /// Creates and fills it.
    pub(crate) fn create(scratch: &Scratch) -> anyhow::Result<Self> {
        crate::say("making a PostgreSQL cluster and 100,000 rows");
        fs::create_dir(scratch.project()).context("cannot make the project's folder")?;
        let options = ClusterOptions { name: Some("howdah-bench".to_owned()), ..ClusterOptions::default() };
        let cluster = Cluster::open(&scratch.state(), install()?, options)?;
        cluster.start(&Silent)?;
        let ClusterState::Running { pid: postmaster, .. } = cluster.status()?.state else {
            bail!("PostgreSQL was started and does not run");
        };
        let secret = cluster.secret("jwt")?;
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let client = runtime.block_on(fill(&cluster))?;
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO).as_secs();
        Ok(Self { cluster, runtime, client, postmaster, secret, expires: now + 24 * 3600 })
    }

    /// The claims of a user's token.
    pub(crate) fn claims(&self, user: usize) -> Value {
        json!({ "sub": user_id(user), "role": "authenticated", "exp": self.expires })
    }

    /// A user's token.
    pub(crate) fn token(&self, user: usize) -> anyhow::Result<String> {
        let key = EncodingKey::from_secret(self.secret.as_bytes());
        Ok(jsonwebtoken::encode(&Header::default(), &self.claims(user), &key)?)
    }

    /// What signs the tokens.
    pub(crate) fn jwt_secret(&self) -> &str {
        &self.secret
    }

    /// The URL of a role, over the Unix socket.
    pub(crate) fn url(&self, role: &str) -> anyhow::Result<String> {
        url(&self.cluster, role)
    }

    /// Host (the socket's folder), port and password of a role, for libpq.
    pub(crate) fn libpq(&self, role: &str) -> anyhow::Result<[(&'static str, String); 5]> {
        Ok([
            ("PGHOST", self.cluster.socket_dir().to_string_lossy().into_owned()),
            ("PGPORT", self.cluster.port().to_string()),
            ("PGDATABASE", NAME.to_owned()),
            ("PGUSER", role.to_owned()),
            ("PGPASSWORD", self.cluster.secret(role)?),
        ])
    }

    /// The process id of PostgreSQL.
    pub(crate) fn postmaster(&self) -> anyhow::Result<u32> {
        u32::try_from(self.postmaster).context("PostgreSQL's process id is negative")
    }

    /// The settings that figures depend on.
    pub(crate) fn settings(&self) -> anyhow::Result<Value> {
        const SETTINGS: &str = "select json_object_agg(name, setting)::text from pg_settings where name in
            ('shared_buffers', 'fsync', 'synchronous_commit', 'jit', 'shared_preload_libraries', 'track_io_timing')";
        let row = self.runtime.block_on(self.client.query_one(SETTINGS, &[]))?;
        Ok(serde_json::from_str(row.try_get(0)?)?)
    }

    /// Takes all rows out of the table that is written, so that every leg begins alike.
    pub(crate) fn empty_entries(&self) -> anyhow::Result<()> {
        Ok(self.runtime.block_on(async {
            self.client.batch_execute("truncate public.entries").await?;
            self.client.batch_execute("checkpoint").await
        })?)
    }

    /// How many rows there are now.
    pub(crate) fn count_entries(&self) -> anyhow::Result<u64> {
        let row = self.runtime.block_on(self.client.query_one("select count(*) from public.entries", &[]))?;
        Ok(u64::try_from(row.try_get::<_, i64>(0)?)?)
    }
}

fn url(cluster: &Cluster, role: &str) -> anyhow::Result<String> {
    let host = cluster.socket_dir().to_string_lossy().into_owned();
    let host = utf8_percent_encode(&host, NON_ALPHANUMERIC);
    Ok(format!("postgres://{role}:{}@{host}:{}/{NAME}?sslmode=disable", cluster.secret(role)?, cluster.port()))
}

/// Roles, database, tables; returns the superuser in that database.
async fn fill(cluster: &Cluster) -> anyhow::Result<Client> {
    let (owner, login) = (cluster.secret(OWNER)?, cluster.secret(LOGIN)?);
    let admin = connect(&cluster.superuser_socket_url("postgres")).await?;
    // The passwords are hexadecimal digits.
    let roles = format!(
        "create role {OWNER} login password '{owner}'; create role anon; create role authenticated;
         create role {LOGIN} login noinherit password '{login}'; grant anon, authenticated to {LOGIN}"
    );
    admin.batch_execute(&roles).await?;
    admin.batch_execute(&format!("create database {NAME} owner {OWNER}")).await?;
    let client = connect(&url(cluster, OWNER)?).await?;
    client.batch_execute(include_str!("sql/schema.sql")).await?;
    client.batch_execute("vacuum analyze public.items").await?;
    connect(&cluster.superuser_socket_url(NAME)).await
}

async fn connect(url: &str) -> anyhow::Result<Client> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    tokio::spawn(async move {
        // Whoever uses the client sees that it is gone.
        let _ = connection.await;
    });
    Ok(client)
}
