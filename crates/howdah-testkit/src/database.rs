//! One test's database.

use std::sync::mpsc;
use std::time::Duration;

use tokio_postgres::Client;

use crate::admin::{self, Job, LOGIN, Made, OWNER, SUPERUSER, Template};
use crate::sql::Sql;
use crate::{OrFail, fail, schema};

/// A database of one test's own, owned by `howdah_owner` (no superuser; CREATEROLE, CREATEDB). Dropped with this value,
/// whoever is still connected.
///
/// Everything works in a test with a runtime and in one without.
#[derive(Debug)]
pub struct TestDb {
    made: Made,
}

impl TestDb {
    /// An empty database.
    pub async fn empty() -> Self {
        Self::create(None).await
    }

    /// [`TestDb::empty`] without a runtime.
    pub fn empty_blocking() -> Self {
        Self::create_blocking(None)
    }

    /// A database with this SQL in it, run as `howdah_owner`, each piece in a transaction of its own. The result is kept
    /// as a template for all tests of the run that ask for the same contents; `name` only helps to recognise it.
    pub async fn from_sql(name: &str, pieces: impl IntoIterator<Item = impl Into<Sql>>) -> Self {
        Self::create(Some(template(name, pieces))).await
    }

    /// [`TestDb::from_sql`] without a runtime.
    pub fn from_sql_blocking(name: &str, pieces: impl IntoIterator<Item = impl Into<Sql>>) -> Self {
        Self::create_blocking(Some(template(name, pieces)))
    }

    /// A database with `schemas/shared` and then `schemas/<name>` of this workspace: "shared", "personal", "content",
    /// "commerce".
    pub async fn template(name: &str) -> Self {
        Self::from_sql(name, schema::files(name)).await
    }

    /// [`TestDb::template`] without a runtime.
    pub fn template_blocking(name: &str) -> Self {
        Self::from_sql_blocking(name, schema::files(name))
    }

    /// Runs more SQL in it as `howdah_owner`; on its own among all tests of the run, so that it may create roles.
    pub async fn load(&self, pieces: impl IntoIterator<Item = impl Into<Sql>>) {
        let pieces = pieces.into_iter().map(Into::into).collect();
        let (sender, receiver) = tokio::sync::oneshot::channel();
        let answer = Box::new(move |result| drop(sender.send(result)));
        admin::send(Job::Load(self.made.name.clone(), pieces, answer));
        receiver.await.or_fail("loading SQL").or_fail("loading SQL");
    }

    async fn create(template: Option<Template>) -> Self {
        let (sender, receiver) = tokio::sync::oneshot::channel();
        let answer = Box::new(move |result| drop(sender.send(result)));
        admin::send(Job::Create(template, answer));
        Self { made: receiver.await.or_fail("creating a database").or_fail("creating a database") }
    }

    fn create_blocking(template: Option<Template>) -> Self {
        let (sender, receiver) = mpsc::sync_channel(1);
        let answer = Box::new(move |result| drop(sender.send(result)));
        admin::send(Job::Create(template, answer));
        Self { made: receiver.recv().or_fail("creating a database").or_fail("creating a database") }
    }

    /// Its name, unique in the run.
    pub fn name(&self) -> &str {
        &self.made.name
    }

    /// The shared cluster's loopback port.
    pub fn port(&self) -> u16 {
        self.made.access.port
    }

    /// The folder of the shared cluster's Unix socket.
    pub fn socket_dir(&self) -> &std::path::Path {
        &self.made.access.socket_dir
    }

    /// A URL for `howdah_admin`, who may do everything.
    pub fn superuser_url(&self) -> String {
        self.url(SUPERUSER, &self.made.access.superuser_password)
    }

    /// A URL for `howdah_owner`, who owns the database and all that was loaded into it.
    pub fn owner_url(&self) -> String {
        self.url(OWNER, &self.made.access.owner_password)
    }

    /// A URL for `howdah_login`, the role the server logs in as. Which roles it may switch to, the schema decides.
    pub fn login_url(&self) -> String {
        self.url(LOGIN, &self.made.access.login_password)
    }

    /// A URL whose sessions begin as `role`: for `authenticated`, `anon` and other roles without a login they are the
    /// superuser's with `role` set, which is what policies and grants look at.
    pub fn url_as(&self, role: &str) -> String {
        match role {
            SUPERUSER => self.superuser_url(),
            OWNER => self.owner_url(),
            LOGIN => self.login_url(),
            _ if role.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') => {
                format!("{}&options=-c%20role%3D{role}", self.superuser_url())
            }
            _ => fail(&format!("{role:?} is no plain role name")),
        }
    }

    /// Connects as `howdah_admin`. The connection lives as long as the calling test's runtime.
    pub async fn client_superuser(&self) -> Client {
        self.client(&self.superuser_url()).await
    }

    /// Connects as `howdah_owner`.
    pub async fn client_owner(&self) -> Client {
        self.client(&self.owner_url()).await
    }

    /// Connects as `howdah_login`.
    pub async fn client_login(&self) -> Client {
        self.client(&self.login_url()).await
    }

    /// Connects as [`TestDb::url_as`] says.
    pub async fn client_as(&self, role: &str) -> Client {
        self.client(&self.url_as(role)).await
    }

    async fn client(&self, url: &str) -> Client {
        admin::connect(url).await.or_fail(&format!("connecting to {}", self.made.name))
    }

    fn url(&self, role: &str, password: &str) -> String {
        format!("postgres://{role}:{password}@127.0.0.1:{}/{}?sslmode=disable", self.port(), self.made.name)
    }
}

fn template(name: &str, pieces: impl IntoIterator<Item = impl Into<Sql>>) -> Template {
    Template { name: name.to_owned(), pieces: pieces.into_iter().map(Into::into).collect() }
}

impl Drop for TestDb {
    fn drop(&mut self) {
        let (sender, receiver) = mpsc::sync_channel(1);
        admin::send(Job::Drop(self.made.name.clone(), Box::new(move |result| drop(sender.send(result)))));
        // 10 ms. Waited for, so that a test that counts databases or connections sees what it expects. That it failed
        // is no failure of the test: the cluster may have been killed on purpose, and goes with the run anyway.
        wait(&receiver);
    }
}

/// Waits without keeping the tasks of the runtime it is called in from going on.
///
/// PostgreSQL 15 and later wait, before they drop a database, until every process of the server has answered a signal,
/// and one whose client is just logging in, to whatever database, answers when that is over, or after
/// `authentication_timeout`: a minute. So whoever blocks the thread on which a login would go on waits for himself.
fn wait(receiver: &mpsc::Receiver<Result<(), String>>) {
    use tokio::runtime::{Handle, RuntimeFlavor};
    match Handle::try_current().map(|runtime| runtime.runtime_flavor()) {
        Ok(RuntimeFlavor::MultiThread) => drop(tokio::task::block_in_place(|| receiver.recv())),
        // There is one thread for everything. A login that stands still here goes on or ends once this has returned, and
        // then the database goes, too.
        Ok(_) => drop(receiver.recv_timeout(ENOUGH)),
        Err(_) => drop(receiver.recv()),
    }
}

/// Far more than it takes to drop a database that nothing is in the way of.
const ENOUGH: Duration = Duration::from_secs(3);
