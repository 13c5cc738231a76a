//! A server on which databases may come and go.

use super::SchemaError;
use crate::{Ident, Literal, PgError, Target};
use howdah_schema::Catalog;
use howdah_schema::catalog::Circumstance;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio_postgres::Client;

/// What every scratch database's name begins with.
const PREFIX: &str = "howdah_scratch_";

/// The advisory lock under which a server that others use too is worked on: `scratch` in ASCII.
const KEY: i64 = 0x0073_6372_6174_6368;

/// Numbers the databases of this process.
static NEXT: AtomicU64 = AtomicU64::new(0);

/// Where schemas are tried out. Databases are made on it and dropped again, and so are the roles that files create: roles
/// belong to the server, and what one set of files made must not be there when the next one is loaded.
///
/// It should be a server for nothing else. Two Howdahs on one such server wait for each other.
#[derive(Debug)]
pub struct ScratchServer {
    admin: Target,
    major: u32,
    /// Holds the lock.
    _session: Client,
    /// The roles that were there before.
    roles: BTreeSet<String>,
}

impl ScratchServer {
    /// Connects, waits until nobody else works on it, and drops what killed processes have left.
    ///
    /// # Errors
    /// The server cannot be reached, or refuses the login.
    pub async fn connect(admin: Target) -> Result<Self, SchemaError> {
        let session = admin.client().await?;
        session.execute("select pg_advisory_lock($1)", &[&KEY]).await?;
        let major = super::server_major(&session).await?;
        let roles = server_roles(&session).await?;
        let server = Self { admin, major, _session: session, roles };
        server.sweep().await?;
        Ok(server)
    }

    /// Its major version, such as 15.
    pub fn major(&self) -> u32 {
        self.major
    }

    /// Who works on it.
    pub fn user(&self) -> &str {
        &self.admin.user
    }

    /// A new, empty database. With a locale as near to the one asked for as the server's system has it.
    ///
    /// # Errors
    /// The user may not create databases, or the connection.
    pub async fn create(&self, locale: Option<&Locale>) -> Result<ScratchDatabase, SchemaError> {
        let name = next_name();
        let admin = self.admin.client().await?;
        let create = format!("create database {} template template0", Ident::new(name.as_str()));
        let mut made = match locale {
            Some(locale) => admin.batch_execute(&format!("{create}{}", locale.clauses())).await,
            None => admin.batch_execute(&create).await,
        };
        if let (Err(error), Some(locale)) = (&made, locale)
            && error.as_db_error().is_some_and(|error| error.code().code() != "42501")
        {
            tracing::debug!(%error, ?locale, "the scratch server does not know this locale");
            made = admin.batch_execute(&create).await;
        }
        made.map_err(|error| self.not_made(error))?;
        Ok(self.database(name))
    }

    /// A copy of a database on the same server, rows and all, owned as the original is. `None` if somebody is connected to
    /// it, which PostgreSQL does not allow.
    ///
    /// # Errors
    /// The user may not create databases, or the connection.
    pub async fn create_from(&self, template: &str) -> Result<Option<ScratchDatabase>, SchemaError> {
        const OWNER: &str = "select pg_get_userbyid(datdba)::text from pg_database where datname = $1";
        let name = next_name();
        let admin = self.admin.client().await?;
        let owner: String = admin.query_one(OWNER, &[&template]).await?.try_get(0)?;
        let create = format!(
            "create database {} template {} owner {}",
            Ident::new(name.as_str()),
            Ident::new(template),
            Ident::new(owner)
        );
        match admin.batch_execute(&create).await {
            Ok(()) => Ok(Some(self.database(name))),
            // object_in_use
            Err(error) if error.as_db_error().is_some_and(|error| error.code().code() == "55006") => Ok(None),
            Err(error) => Err(self.not_made(error)),
        }
    }

    fn database(&self, name: String) -> ScratchDatabase {
        ScratchDatabase {
            target: self.admin.with_database(&name),
            admin: self.admin.clone(),
            roles: self.roles.clone(),
            name,
            removed: false,
        }
    }

    fn not_made(&self, error: tokio_postgres::Error) -> SchemaError {
        match error.as_db_error() {
            Some(refused) if refused.code().code() == "42501" => {
                SchemaError::NoCreateDb { user: self.admin.user.clone(), message: refused.message().to_owned() }
            }
            _ => error.into(),
        }
    }

    /// Drops databases of processes that are gone: with the lock held, nobody else's are there.
    async fn sweep(&self) -> Result<(), SchemaError> {
        const LEFT: &str = "select datname from pg_database where starts_with(datname, $1)";
        let admin = self.admin.client().await?;
        for row in admin.query(LEFT, &[&PREFIX]).await? {
            drop_database(&admin, row.try_get(0)?).await?;
        }
        Ok(())
    }
}

fn next_name() -> String {
    format!("{PREFIX}{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

/// A database on a [`ScratchServer`]. [`ScratchDatabase::remove`] drops it; so does dropping this value, which then blocks
/// the thread for as long as that takes.
#[derive(Debug)]
pub struct ScratchDatabase {
    target: Target,
    admin: Target,
    name: String,
    roles: BTreeSet<String>,
    removed: bool,
}

impl ScratchDatabase {
    /// What it is called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where it is.
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// A login.
    ///
    /// # Errors
    /// The connection.
    pub async fn client(&self) -> Result<Client, PgError> {
        self.target.client().await
    }

    /// Drops it, whoever is connected, and the roles that were made since.
    ///
    /// # Errors
    /// The connection.
    pub async fn remove(mut self) -> Result<(), SchemaError> {
        self.removed = true;
        remove(&self.admin, &self.name, &self.roles).await
    }
}

impl Drop for ScratchDatabase {
    fn drop(&mut self) {
        if self.removed {
            return;
        }
        // Work that failed or was interrupted. The runtime at hand may be going away, so it is done on one of its own.
        std::thread::scope(|scope| {
            let work = || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
                let removed = runtime.map(|runtime| {
                    let work = remove(&self.admin, &self.name, &self.roles);
                    runtime.block_on(async { tokio::time::timeout(Duration::from_secs(10), work).await })
                });
                if !matches!(removed, Ok(Ok(Ok(())))) {
                    tracing::debug!(name = self.name, ?removed, "a scratch database is left behind");
                }
            };
            scope.spawn(work);
        });
    }
}

async fn remove(admin: &Target, name: &str, before: &BTreeSet<String>) -> Result<(), SchemaError> {
    let admin = admin.client().await?;
    drop_database(&admin, name).await?;
    let mut new: Vec<String> = server_roles(&admin).await?.difference(before).cloned().collect();
    // A role may have been granted something by another, and goes only after what it granted.
    for _ in 0..=new.len() {
        let mut stays = Vec::new();
        for role in new {
            if let Err(error) = admin.batch_execute(&format!("drop role {}", Ident::new(role.as_str()))).await {
                tracing::debug!(role, %error, "a role on the scratch server stays");
                stays.push(role);
            }
        }
        new = stays;
        if new.is_empty() {
            break;
        }
    }
    Ok(())
}

async fn drop_database(admin: &Client, name: &str) -> Result<(), SchemaError> {
    Ok(admin.batch_execute(&format!("drop database if exists {} with (force)", Ident::new(name))).await?)
}

/// Every role but the server's own.
pub(super) async fn server_roles(client: &Client) -> Result<BTreeSet<String>, PgError> {
    let rows = client.query("select rolname::text from pg_roles where rolname !~ '^pg_'", &[]).await?;
    rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
}

/// An empty database's catalog as it is on this client's server now.
pub(super) async fn as_found(client: &Client) -> Result<Catalog, SchemaError> {
    let mut catalog = super::read(client).await?;
    catalog.loaded_from_files = Circumstance(true);
    Ok(catalog)
}

/// In which a database sorts and compares text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Locale {
    encoding: String,
    collate: String,
    ctype: String,
    /// `icu` or `builtin` with the provider's own name for the locale; `None` for the C library.
    provider: Option<(String, String)>,
}

impl Locale {
    /// The one of the client's database.
    ///
    /// # Errors
    /// The connection.
    pub async fn of(client: &Client) -> Result<Self, PgError> {
        let row = client.query_one(include_str!("sql/locale.sql"), &[]).await?;
        let provider = match row.try_get::<_, &str>("provider")? {
            "i" => Some("icu"),
            "b" => Some("builtin"),
            _ => None,
        };
        let name: Option<String> = row.try_get("provider_locale")?;
        Ok(Self {
            encoding: row.try_get("encoding")?,
            collate: row.try_get("collate")?,
            ctype: row.try_get("ctype")?,
            provider: provider.map(str::to_owned).zip(name),
        })
    }

    fn clauses(&self) -> String {
        let text = |value: &str| Literal::text(value.to_owned()).to_string();
        let mut clauses = format!(
            " encoding {} lc_collate {} lc_ctype {}",
            text(&self.encoding),
            text(&self.collate),
            text(&self.ctype)
        );
        match &self.provider {
            Some((provider, name)) if provider == "icu" => {
                clauses += &format!(" locale_provider icu icu_locale {}", text(name));
            }
            Some((provider, name)) => {
                clauses += &format!(" locale_provider {provider} {provider}_locale {}", text(name));
            }
            None => {}
        }
        clauses
    }
}
