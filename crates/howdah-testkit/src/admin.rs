//! The thread that creates and drops databases.
//!
//! One a process, with a runtime and a superuser connection of its own: every `#[tokio::test]` has another runtime, and
//! a connection dies with the runtime it was made in. It also lets a test without a runtime ask, and lets `Drop` wait.

use std::future::Future;
use std::sync::OnceLock;
use std::sync::mpsc;
use std::thread;

use howdah_cluster::Cluster;
use sha2::{Digest, Sha256};
use tokio_postgres::{Client, NoTls};

use crate::sql::{self, Sql};

/// The role that owns the schemas under test: what a managed server gives its customers, so no superuser.
pub(crate) const OWNER: &str = "howdah_owner";
/// The role the server logs in as.
pub(crate) const LOGIN: &str = "howdah_login";
/// One lock for everything that loads a schema: two that create the same roles must not load at once.
const LOADING: &str = "howdah-testkit loading";
pub(crate) const SUPERUSER: &str = "howdah_admin";

/// What can be asked.
pub(crate) enum Job {
    /// A database for one test, copied from a template, or empty.
    Create(Option<Template>, Answer<Made>),
    /// The end of one.
    Drop(String, Answer<()>),
    /// More SQL for one, as its owner.
    Load(String, Vec<Sql>, Answer<()>),
}

/// What a database is copied from.
pub(crate) struct Template {
    pub(crate) name: String,
    pub(crate) pieces: Vec<Sql>,
}

type Answer<T> = Box<dyn FnOnce(Result<T, String>) + Send>;

/// A database and how to reach it.
#[derive(Debug, Clone)]
pub(crate) struct Made {
    pub(crate) name: String,
    pub(crate) access: Access,
}

/// How to reach the shared cluster.
#[derive(Debug, Clone)]
pub(crate) struct Access {
    pub(crate) port: u16,
    pub(crate) socket_dir: std::path::PathBuf,
    pub(crate) superuser_password: String,
    pub(crate) owner_password: String,
    pub(crate) login_password: String,
}

/// Hands a job to the thread. The answer comes on another thread.
pub(crate) fn send(job: Job) {
    static THREAD: OnceLock<mpsc::Sender<Job>> = OnceLock::new();
    let sender = THREAD.get_or_init(|| {
        let (sender, receiver) = mpsc::channel::<Job>();
        let thread = thread::Builder::new().name("testkit-databases".into());
        let spawned = thread.spawn(move || {
            let mut admin = Admin { server: None };
            for job in receiver {
                admin.work(job);
            }
        });
        crate::OrFail::or_fail(spawned.map(drop), "starting a thread");
        sender
    });
    // The thread ends with the process only; should it have died, the answer is dropped, and whoever waits is told.
    let _ = sender.send(job);
}

struct Admin {
    server: Option<Server>,
}

struct Server {
    runtime: tokio::runtime::Runtime,
    client: Client,
    cluster: Cluster,
    access: Access,
    next: u32,
}

impl Admin {
    fn work(&mut self, job: Job) {
        match job {
            Job::Create(template, answer) => answer(self.with(|server| server.create(template.as_ref()))),
            Job::Drop(name, answer) => answer(self.with(|server| server.drop_database(&name))),
            Job::Load(name, pieces, answer) => answer(self.with(|server| server.load(&name, &pieces))),
        }
    }

    /// Does it; connects first if there is no connection, and anew if there is none any more.
    fn with<T>(&mut self, work: impl FnOnce(&mut Server) -> Result<T, String>) -> Result<T, String> {
        if self.server.as_ref().is_none_or(|server| server.client.is_closed()) {
            self.server = None;
            self.server = Some(guarded(Server::connect)?);
        }
        match &mut self.server {
            Some(server) => work(server),
            None => Err("no connection".into()),
        }
    }
}

/// What panics in here must reach the test that asked, not end the thread.
fn guarded<T>(work: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)).unwrap_or_else(|payload| {
        let text = payload.downcast_ref::<String>().cloned();
        Err(text.unwrap_or_else(|| "the shared cluster could not be started".into()))
    })
}

impl Server {
    fn connect() -> Result<Self, String> {
        let cluster = crate::cluster::shared();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|e| e.to_string())?;
        let client = runtime.block_on(connect(&cluster.superuser_socket_url("postgres")))?;
        let secret = |name: &str| cluster.secret(name).map_err(|e| e.to_string());
        let access = Access {
            port: cluster.port(),
            socket_dir: cluster.socket_dir(),
            superuser_password: secret(SUPERUSER)?,
            owner_password: secret(OWNER)?,
            login_password: secret(LOGIN)?,
        };
        let server = Self { runtime, client, cluster, access, next: 1 };
        server.create_roles()?;
        Ok(server)
    }

    /// Once a cluster. `howdah_login` is made by the owner, as the schema would: from PostgreSQL 16 on only who made a
    /// role may grant others to it.
    fn create_roles(&self) -> Result<(), String> {
        self.runtime.block_on(self.locked("howdah-testkit roles", async {
            let find = format!("select count(*) from pg_roles where rolname in ('{OWNER}', '{LOGIN}')");
            let found: i64 = self.client.query_one(&find, &[]).await.map_err(explain)?.get(0);
            if found == 2 {
                return Ok(());
            }
            let Access { owner_password, login_password, .. } = &self.access;
            self.execute(format!("drop role if exists {OWNER}")).await?; // half of the two, from a process that was killed
            self.execute(format!(
                "create role {OWNER} login nosuperuser createrole createdb nobypassrls password '{owner_password}'"
            ))
            .await?;
            let client = connect(&self.cluster.url_as(OWNER, owner_password, "postgres")).await?;
            let login = format!("create role {LOGIN} login noinherit password '{login_password}'");
            client.batch_execute(&login).await.map_err(explain)
        }))
    }

    fn create(&mut self, template: Option<&Template>) -> Result<Made, String> {
        let source = match template {
            Some(template) => self.template(template)?,
            None => "template0".to_owned(),
        };
        let name = format!("test_{}_{}", std::process::id(), self.next);
        self.next += 1;
        let statement = format!("create database {name} owner {OWNER} template {source}{}", self.strategy());
        self.runtime.block_on(self.client.batch_execute(&statement)).map_err(explain)?;
        Ok(Made { name, access: self.access.clone() })
    }

    /// Copying files is faster here than logging pages, the default since PostgreSQL 15: 30 ms against 45 ms for 11 MB,
    /// and dropping it later takes 9 ms against 15 ms.
    fn strategy(&self) -> &'static str {
        if self.cluster.install().version.major >= 15 { " strategy file_copy" } else { "" }
    }

    /// The database to copy: made by whoever needs it first, under a name that says what is in it.
    fn template(&self, template: &Template) -> Result<String, String> {
        let name = template_name(template);
        self.runtime.block_on(async {
            if self.exists(&name).await? {
                return Ok(name);
            }
            self.locked(LOADING, self.build(&name, &template.pieces)).await?;
            Ok(name)
        })
    }

    async fn build(&self, name: &str, pieces: &[Sql]) -> Result<(), String> {
        if self.exists(name).await? {
            return Ok(());
        }
        let unfinished = format!("{name}_unfinished");
        self.execute(format!("drop database if exists {unfinished} with (force)")).await?;
        self.execute(format!("create database {unfinished} owner {OWNER} template template0")).await?;
        let url = self.cluster.url_as(OWNER, &self.access.owner_password, &unfinished);
        let (client, connection) = open(&url).await?;
        let loaded = sql::run(&client, pieces).await;
        drop(client);
        let _ = connection.await; // a database in use cannot be renamed
        if let Err(e) = loaded {
            self.execute(format!("drop database {unfinished} with (force)")).await?;
            return Err(e);
        }
        self.execute(format!("alter database {unfinished} with is_template true allow_connections false")).await?;
        self.execute(format!("alter database {unfinished} rename to {name}")).await
    }

    /// Holds a lock among all processes of the run for as long as `work` takes.
    async fn locked<T>(&self, name: &str, work: impl Future<Output = Result<T, String>>) -> Result<T, String> {
        self.execute(format!("select pg_advisory_lock(hashtext('{name}'))")).await?;
        let result = work.await;
        self.execute(format!("select pg_advisory_unlock(hashtext('{name}'))")).await?;
        result
    }

    async fn execute(&self, statement: String) -> Result<(), String> {
        self.client.batch_execute(&statement).await.map_err(explain)
    }

    async fn exists(&self, database: &str) -> Result<bool, String> {
        const FIND: &str = "select exists (select from pg_database where datname = $1)";
        Ok(self.client.query_one(FIND, &[&database]).await.map_err(explain)?.get(0))
    }

    fn load(&self, database: &str, pieces: &[Sql]) -> Result<(), String> {
        self.runtime.block_on(self.locked(LOADING, async {
            let client = connect(&self.cluster.url_as(OWNER, &self.access.owner_password, database)).await?;
            sql::run(&client, pieces).await
        }))
    }

    fn drop_database(&self, name: &str) -> Result<(), String> {
        let statement = format!("drop database if exists {name} with (force)");
        self.runtime.block_on(self.client.batch_execute(&statement)).map_err(explain)
    }
}

/// `tpl_<name>_<hash of the contents>`, at most 63 bytes.
fn template_name(template: &Template) -> String {
    let mut hash = Sha256::new();
    for piece in &template.pieces {
        hash.update(piece.text.len().to_be_bytes());
        hash.update(&piece.text);
    }
    let hash: String = hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' };
    let name: String = template.name.chars().take(24).map(plain).collect();
    format!("tpl_{name}_{hash}")
}

pub(crate) async fn connect(url: &str) -> Result<Client, String> {
    Ok(open(url).await?.0)
}

async fn open(url: &str) -> Result<(Client, tokio::task::JoinHandle<()>), String> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.map_err(explain)?;
    let task = tokio::spawn(async move {
        // Whoever uses the client sees that it is gone.
        let _ = connection.await;
    });
    Ok((client, task))
}

/// tokio-postgres says "db error"; the reason is underneath.
#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
pub(crate) fn explain(error: tokio_postgres::Error) -> String {
    match error.as_db_error() {
        Some(db) => format!("{} (SQLSTATE {})", db.message(), db.code().code()),
        None => match std::error::Error::source(&error) {
            Some(cause) => format!("{error}: {cause}"),
            None => error.to_string(),
        },
    }
}
