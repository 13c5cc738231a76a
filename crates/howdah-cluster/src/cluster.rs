//! A project's private PostgreSQL: opened, started, stopped, looked at, deleted.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock};

use crate::account::Account;
use crate::error::{ClusterError, Result};
use crate::files::{self, Lock};
use crate::find::Install;
use crate::init::{self, ADMIN, Found};
use crate::layout::{self, Layout, State};
use crate::logs;
use crate::place;
use crate::process::{self, PidFile};
use crate::secrets::{self, secret};
use crate::settings::ClusterOptions;

/// The cluster of one project. Opening creates its data if there is none; the server runs from [`Cluster::start`] to
/// [`Cluster::stop`], whatever becomes of the process that called them: dropping this value stops nothing.
///
/// Any number of processes may open one project: a lock on `.howdah/cluster.lock` orders what they do, and who comes
/// second finds the server running and uses it.
///
/// All methods block; none takes longer than starting a server does.
#[derive(Debug)]
pub struct Cluster {
    pub(crate) layout: Layout,
    pub(crate) account: Account,
    pub(crate) install: Install,
    pub(crate) options: ClusterOptions,
    pub(crate) id: String,
    pub(crate) password: String,
    pub(crate) endpoint: RwLock<Endpoint>,
}

/// Where the server listens, or will.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Endpoint {
    pub(crate) port: u16,
    pub(crate) socket_dir: PathBuf,
}

impl Cluster {
    /// Opens the cluster of the project whose `.howdah` is `root`; makes one (0.5 s) if there is none.
    ///
    /// # Errors
    /// `cluster-not-writable`, `cluster-no-space`, `cluster-not-ours`, `cluster-other-owner`, `cluster-major-mismatch`,
    /// `cluster-install-unusable`, `cluster-no-unprivileged-user`, `cluster-init-failed`, `cluster-file-damaged`.
    pub fn open(root: &Path, install: Install, options: ClusterOptions) -> Result<Self> {
        let root = place::root(root)?;
        let _lock = Lock::take(&layout::lock_path(&root))?;
        let known = layout::read_state(&root)?;
        let mut layout = Layout::of(&root, known.as_ref());
        let found = init::examine(&layout.data());
        let (account, found) = match found {
            Ok(Found::Nothing) => (Account::for_new_cluster()?, Found::Nothing),
            Ok(Found::Other(found)) => return Err(ClusterError::NotOurs { path: layout.data(), found }),
            Ok(found) => (Account::owner_of(&layout.data())?, found),
            // Closed to the caller: then it is the owner that has to be told.
            Err(e) => return Err(Account::owner_of(&layout.data()).err().unwrap_or(e)),
        };
        usable_by(&install, &account)?;

        let id = match &found {
            Found::Ours { id, major } => {
                if let Some(state) = &known
                    && state.id != *id
                {
                    let found = "the data of another project".to_owned();
                    return Err(ClusterError::NotOurs { path: layout.data(), found });
                }
                if *major != install.version.major {
                    return Err(ClusterError::MajorMismatch {
                        path: layout.data(),
                        data_major: *major,
                        install_version: install.version.to_string(),
                        install_major: install.version.major,
                        bin_dir: install.bin_dir,
                    });
                }
                id.clone()
            }
            _ => secrets::random_hex()[..16].to_owned(),
        };
        let password = match found {
            Found::Nothing => {
                let password = secret(&root, ADMIN)?;
                layout.base = place::new_base(&root, &account)?;
                if layout.base.parent() != Some(&root) {
                    adopt_base(&layout)?;
                }
                init::init(&layout, &account, &install, options.throwaway, &id, &password)?;
                password
            }
            _ if !secrets::exists(&root, ADMIN) => {
                stopped(&layout)?;
                // Kept last: as long as there is no file, this is tried again.
                let password = secrets::random_hex();
                init::set_admin_password(&layout.data(), &account, &install, &password)?;
                secrets::store(&root, ADMIN, &password)?;
                password
            }
            _ => secret(&root, ADMIN)?,
        };

        let outside = (layout.base != root.join("postgres")).then(|| layout.base.clone());
        let port = known.as_ref().map(|state| state.port);
        let port = options.port.or(port).unwrap_or_else(|| crate::port::first_choice(&root));
        let state = State { id: id.clone(), base: outside, port };
        if known.as_ref() != Some(&state) {
            layout::write_state(&root, &state)?;
        }
        let mut endpoint = Endpoint { port, socket_dir: place::socket_dir(&layout.run(), &root, &account)? };
        if let PidFile::Alive(server) = process::look(&layout.data())? {
            endpoint.follow(&server);
        }
        Ok(Self { layout, account, install, options, id, password, endpoint: RwLock::new(endpoint) })
    }

    /// A `postgres://` URL of the superuser over loopback TCP, with its password.
    pub fn superuser_url(&self, database: &str) -> String {
        self.url_as(ADMIN, &self.password, database)
    }

    /// A `postgres://` URL of any role over loopback TCP.
    pub fn url_as(&self, role: &str, password: &str, database: &str) -> String {
        let (role, password, database) = (encode(role), encode(password), encode(database));
        format!("postgres://{role}:{password}@127.0.0.1:{}/{database}?sslmode=disable", self.port())
    }

    /// A `postgres://` URL of the superuser over the Unix socket, with its password.
    pub fn superuser_socket_url(&self, database: &str) -> String {
        let Endpoint { port, socket_dir } = self.endpoint();
        let host = encode(&socket_dir.to_string_lossy());
        format!("postgres://{ADMIN}:{}@{host}:{port}/{}?sslmode=disable", self.password, encode(database))
    }

    /// The loopback port. May change in [`Cluster::start`], where another program has taken it; then it is remembered.
    pub fn port(&self) -> u16 {
        self.endpoint().port
    }

    /// The folder of the Unix socket.
    pub fn socket_dir(&self) -> PathBuf {
        self.endpoint().socket_dir
    }

    /// The data folder. Only the server's user and root can look into it.
    pub fn data_dir(&self) -> PathBuf {
        self.layout.data()
    }

    /// The current log file: PostgreSQL begins a new one at every start and every 10 MB.
    pub fn log_path(&self) -> PathBuf {
        logs::current(&self.layout.log()).unwrap_or_else(|| self.layout.start_log())
    }

    /// The folder of the log files.
    pub fn log_dir(&self) -> PathBuf {
        self.layout.log()
    }

    /// The project's `.howdah`, without links.
    pub fn root(&self) -> &Path {
        &self.layout.root
    }

    /// The PostgreSQL it runs on.
    pub fn install(&self) -> &Install {
        &self.install
    }

    /// The user the server runs as.
    pub fn account(&self) -> &Account {
        &self.account
    }

    /// Reads or creates a random secret of this project: [`crate::secret()`].
    pub fn secret(&self, name: &str) -> Result<String> {
        secret(&self.layout.root, name)
    }

    /// Stops the server and deletes the data, logs and sockets of this project. Its secrets and its port stay.
    /// This value is of no use afterwards: open the project again.
    pub fn reset(&self) -> Result<()> {
        Self::remove(&self.layout.root)
    }

    /// [`Cluster::reset`] for who has no PostgreSQL at hand, or not the right one. `root` is the project's `.howdah`;
    /// that there is nothing is fine.
    ///
    /// # Errors
    /// `cluster-not-ours`, `cluster-stop-failed`, `cluster-other-owner`.
    pub fn remove(root: &Path) -> Result<()> {
        let Ok(root) = fs::canonicalize(root) else { return Ok(()) };
        let _lock = Lock::take(&layout::lock_path(&root))?;
        let known = layout::read_state(&root)?;
        let layout = Layout::of(&root, known.as_ref());
        let data = layout.data();
        let not_ours = |found: String| Err(ClusterError::NotOurs { path: data.clone(), found });
        let account = match init::examine(&data) {
            Ok(Found::Nothing) => Account::for_new_cluster()?,
            Ok(Found::Other(found)) => return not_ours(found),
            Ok(Found::Ours { id, .. }) if known.as_ref().is_some_and(|state| state.id != id) => {
                return not_ours("the data of another project".to_owned());
            }
            Ok(Found::Ours { .. }) => Account::owner_of(&data)?,
            Err(e) => return Err(Account::owner_of(&data).err().unwrap_or(e)),
        };
        let socket_dir = match process::look(&data)? {
            PidFile::Alive(server) => server.socket_dir,
            _ => place::socket_dir(&layout.run(), &root, &account).ok(),
        };
        process::stop(&data)?;
        process::free_shared_memory(&data);
        // Renamed first: a deletion that is interrupted must not leave half a data folder in its place.
        let doomed = layout.base.join(format!("{}reset", init::UNFINISHED));
        files::remove_dir(&doomed)?;
        match fs::rename(&data, &doomed) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(ClusterError::io("deleting", &data, e)),
            _ => {}
        }
        if let Some(dir) = socket_dir {
            files::remove_dir(&dir)?;
        }
        files::remove_dir(&doomed)?;
        files::remove_dir(&layout.base)
    }

    pub(crate) fn endpoint(&self) -> Endpoint {
        self.endpoint.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn set_endpoint(&self, endpoint: Endpoint) {
        *self.endpoint.write().unwrap_or_else(PoisonError::into_inner) = endpoint;
    }
}

impl Endpoint {
    /// What a running server says counts more than what was planned for it.
    pub(crate) fn follow(&mut self, server: &process::Postmaster) {
        if server.port != 0 {
            self.port = server.port;
        }
        if let Some(dir) = &server.socket_dir {
            self.socket_dir.clone_from(dir);
        }
    }
}

/// Writes into a folder outside the project whose it is.
fn adopt_base(layout: &Layout) -> Result<()> {
    let text = format!("{}\n", layout.root.display());
    files::replace(&layout.base.join(place::PROJECT_FILE), text.as_bytes(), 0o644, None)
}

/// A server whose password is lost can be given a new one only while it does not run.
fn stopped(layout: &Layout) -> Result<()> {
    match process::look(&layout.data())? {
        PidFile::Alive(server) => {
            Err(ClusterError::PasswordLost { path: layout::secrets_dir(&layout.root).join(ADMIN), pid: server.pid })
        }
        _ => Ok(()),
    }
}

/// Under root the server's user must be able to run the programs.
fn usable_by(install: &Install, account: &Account) -> Result<()> {
    if !account.steps_down {
        return Ok(());
    }
    let path = install.program("postgres");
    let unusable =
        |reason: String| ClusterError::InstallUnusable { user: account.name.clone(), path: path.clone(), reason };
    let out = account.command(&path).arg("--version").output().map_err(|e| unusable(e.to_string()))?;
    if out.status.success() { Ok(()) } else { Err(unusable(String::from_utf8_lossy(&out.stderr).trim().to_owned())) }
}

/// Percent-encodes what has a meaning in a URL.
fn encode(text: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'~');
    text.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}
