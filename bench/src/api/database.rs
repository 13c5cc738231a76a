//! The private PostgreSQL of the benchmark, with the settings that `howdah dev` gives it: durable.

use std::collections::HashMap;
use std::fs;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context, bail};
use howdah_cluster::{Cluster, ClusterOptions, ClusterState, Silent};
use jsonwebtoken::{EncodingKey, Header};
use nix::sys::signal::{self, Signal};
use nix::unistd::Pid;
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

/// For PostgreSQL to end or to come back.
const PATIENCE: Duration = Duration::from_secs(60);
const LOOK: Duration = Duration::from_millis(5);

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
        crate::say("making a PostgreSQL cluster and its rows");
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

    /// Whether the statements of everybody go to a log of their own.
    pub(crate) fn log_statements(&self, all: bool) -> anyhow::Result<()> {
        let changes = if all {
            ["alter system set log_statement = 'all'", "alter system set log_destination = 'stderr,csvlog'"]
        } else {
            ["alter system reset log_statement", "alter system reset log_destination"]
        };
        Ok(self.runtime.block_on(async {
            for change in changes {
                self.client.batch_execute(change).await?; // not allowed in a block of several
            }
            self.client.batch_execute("select pg_reload_conf()").await
        })?)
    }

    /// That log, as CSV; empty while there is none.
    pub(crate) fn log(&self) -> anyhow::Result<String> {
        const LOG: &str = "select coalesce(pg_read_file(pg_current_logfile('csvlog'), 0, 100000000, true), '')";
        Ok(self.runtime.block_on(self.client.query_one(LOG, &[]))?.try_get(0)?)
    }

    /// Ends PostgreSQL as a crash would (an immediate shutdown), and returns once it is gone.
    pub(crate) fn shut_down_immediately(&self) -> anyhow::Result<()> {
        signal::kill(Pid::from_raw(self.postmaster), Signal::SIGQUIT).context("cannot end PostgreSQL")?;
        let deadline = Instant::now() + PATIENCE;
        while !matches!(self.cluster.status()?.state, ClusterState::Stopped | ClusterState::Crashed) {
            if Instant::now() > deadline {
                bail!("PostgreSQL still runs {} s after an immediate shutdown", PATIENCE.as_secs());
            }
            std::thread::sleep(LOOK);
        }
        Ok(())
    }

    /// Starts it again, and returns when it first answered somebody.
    pub(crate) fn start_again(&mut self) -> anyhow::Result<Instant> {
        let url = self.cluster.superuser_socket_url(NAME);
        let first = self.runtime.spawn(async move {
            loop {
                if let Ok(client) = connect(&url).await
                    && client.simple_query("select 1").await.is_ok()
                {
                    return (client, Instant::now());
                }
                tokio::time::sleep(LOOK).await;
            }
        });
        self.cluster.start(&Silent)?;
        let first = self.runtime.block_on(async { tokio::time::timeout(PATIENCE, first).await });
        let (client, at) = first.context("PostgreSQL was started and lets nobody in")??;
        self.client = client;
        if let ClusterState::Running { pid, .. } = self.cluster.status()?.state {
            self.postmaster = pid;
        }
        Ok(at)
    }

    /// Sessions of the server.
    pub(crate) fn sessions(&self) -> anyhow::Result<u64> {
        const SESSIONS: &str = "select count(*) from pg_stat_activity where usename = $1";
        let row = self.runtime.block_on(self.client.query_one(SESSIONS, &[&LOGIN]))?;
        Ok(u64::try_from(row.try_get::<_, i64>(0)?)?)
    }

    /// How often each amount was inserted.
    pub(crate) fn entries(&self) -> anyhow::Result<HashMap<u64, u64>> {
        const ENTRIES: &str = "select amount::bigint, count(*) from public.entries group by amount";
        let rows = self.runtime.block_on(self.client.query(ENTRIES, &[]))?;
        let pair = |row: tokio_postgres::Row| {
            let [amount, count] = [row.try_get::<_, i64>(0)?, row.try_get::<_, i64>(1)?].map(u64::try_from);
            Ok((amount?, count?))
        };
        rows.into_iter().map(pair).collect()
    }

    /// Makes the large table, with so many rows of about a kilobyte.
    pub(crate) fn make_ledger(&self, rows: u64) -> anyhow::Result<()> {
        let sql = include_str!("sql/ledger.sql").replace("{rows}", &rows.to_string());
        Ok(self.runtime.block_on(async {
            self.client.batch_execute(&sql).await?;
            self.client.batch_execute("vacuum analyze public.ledger").await?;
            self.client.batch_execute("checkpoint").await // not while something is measured
        })?)
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
    client.batch_execute("vacuum analyze").await?;
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
