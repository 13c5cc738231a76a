//! Finds the PostgreSQL installations of this machine.
//!
//! An installation is the folder where initdb, postgres and pg_ctl really are. A folder in `PATH` is only a hint: it may
//! hold nothing but psql (a client package), or links into the real folder; so links are followed first, and PostgreSQL,
//! which looks for its libraries and its share folder relative to its own place, is started from there.

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::account::Account;
use crate::cache;
use crate::error::{ClusterError, Result};
use crate::version::{OLDEST_MAJOR, PgVersion};

/// The programs without which a folder is no installation.
const PROGRAMS: [&str; 3] = ["initdb", "postgres", "pg_ctl"];

/// Where distributions put PostgreSQL; `*` stands for anything within one name.
const SYSTEM_FOLDERS: &[&str] = &[
    "/usr/lib/postgresql/*/bin",                          // Debian, Ubuntu, Gentoo
    "/usr/pgsql-*/bin",                                   // PGDG on Fedora, RHEL
    "/usr/lib/postgresql*/bin",                           // openSUSE
    "/usr/libexec/postgresql*",                           // Alpine
    "/usr/bin",                                           // Fedora, Arch
    "/usr/local/bin",                                     // FreeBSD
    "/usr/local/pgsql/bin",                               // built from source
    "/opt/homebrew/opt/postgresql*/bin",                  // Homebrew, Apple silicon
    "/usr/local/opt/postgresql*/bin",                     // Homebrew, Intel
    "/home/linuxbrew/.linuxbrew/opt/postgresql*/bin",     // Homebrew, Linux
    "/Applications/Postgres.app/Contents/Versions/*/bin", // Postgres.app
    "/Library/PostgreSQL/*/bin",                          // EDB's installer
    "/opt/local/lib/postgresql*/bin",                     // MacPorts
];

/// How an installation was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// `HOWDAH_PG_BIN`.
    Environment,
    /// Through `PATH`.
    Path,
    /// In a folder of the distribution, Homebrew, Postgres.app.
    System,
    /// Fetched by Howdah earlier.
    Cache,
    /// Fetched by Howdah right now.
    Fetched,
}

/// One PostgreSQL installation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Install {
    /// The real folder (no links) of initdb, postgres and pg_ctl. psql and pg_dump need not be there.
    pub bin_dir: PathBuf,
    /// What `postgres --version` says.
    pub version: PgVersion,
    /// How it was found.
    pub source: Source,
}

impl Install {
    /// The best installation here: `HOWDAH_PG_BIN` if set, else the newest release of major 14 or later.
    /// Of equal versions the one found first counts: `PATH`, the system's folders, the cache.
    ///
    /// # Errors
    /// `cluster-pg-bin-invalid`. Finding none is not an error.
    pub fn find() -> Result<Option<Self>> {
        Search::from_env().best()
    }

    /// All usable installations, the best first; only the one of `HOWDAH_PG_BIN` if that is set.
    pub fn all() -> Result<Vec<Self>> {
        Search::from_env().all()
    }

    /// Like [`Install::find`], but for a project that may have data already: an installation of the data's major
    /// version comes before a newer one. `root` is the project's `.howdah`.
    pub fn find_for(root: &Path) -> Result<Option<Self>> {
        let all = Self::all()?;
        let major = crate::layout::data_major(root);
        let same = all.iter().find(|install| Some(install.version.major) == major).cloned();
        Ok(same.or_else(|| all.into_iter().next()))
    }

    /// The installation in this very folder.
    ///
    /// # Errors
    /// `cluster-pg-bin-invalid` if it is none, or too old.
    pub fn at(bin_dir: &Path) -> Result<Self> {
        inspect(bin_dir, Source::Environment)
            .map_err(|reason| ClusterError::PgBinInvalid { path: bin_dir.to_path_buf(), reason })
    }

    /// The path of one of its programs, whether or not it is there.
    pub fn program(&self, name: &str) -> PathBuf {
        self.bin_dir.join(name)
    }

    /// One of its client programs (psql, pg_dump, …): in its own folder, else in `PATH` (fetched archives carry the
    /// server alone).
    pub fn client_program(&self, name: &str) -> Option<PathBuf> {
        let own = self.program(name);
        if own.is_file() {
            return Some(own);
        }
        env::split_paths(&env::var_os("PATH")?).map(|dir| dir.join(name)).find(|path| path.is_file())
    }

    /// Whether the server can load this library, e.g. `pg_stat_statements`.
    pub fn has_library(&self, name: &str) -> bool {
        let file_names = [format!("{name}.so"), format!("{name}.dylib")];
        self.library_dirs().iter().any(|dir| file_names.iter().any(|file| dir.join(file).is_file()))
    }

    fn library_dirs(&self) -> Vec<PathBuf> {
        let mut dirs = Vec::new();
        // pg_config belongs to the development package and is often missing; where it is, it knows.
        if let Ok(out) = Command::new(self.program("pg_config")).arg("--pkglibdir").stderr(Stdio::null()).output()
            && out.status.success()
        {
            dirs.push(PathBuf::from(String::from_utf8_lossy(&out.stdout).trim()));
        }
        if let Some(prefix) = self.bin_dir.parent() {
            for dir in ["lib", "lib/postgresql", "lib64/pgsql", "lib64", "lib/pgsql"] {
                dirs.push(prefix.join(dir));
            }
            dirs.push(prefix.join(format!("lib/postgresql{}", self.version.major)));
        }
        dirs
    }
}

/// Where to look. Made from the environment, or by a test.
#[derive(Debug, Clone, Default)]
pub(crate) struct Search {
    pub(crate) pg_bin: Option<PathBuf>,
    pub(crate) path: Vec<PathBuf>,
    pub(crate) system: Vec<String>,
    pub(crate) cache: Vec<PathBuf>,
}

impl Search {
    pub(crate) fn from_env() -> Self {
        Self {
            pg_bin: env::var_os("HOWDAH_PG_BIN").filter(|value| !value.is_empty()).map(PathBuf::from),
            path: env::var_os("PATH").map(|path| env::split_paths(&path).collect()).unwrap_or_default(),
            system: SYSTEM_FOLDERS.iter().map(ToString::to_string).collect(),
            cache: cache::folders(),
        }
    }

    pub(crate) fn best(&self) -> Result<Option<Install>> {
        Ok(self.all()?.into_iter().next())
    }

    pub(crate) fn all(&self) -> Result<Vec<Install>> {
        if let Some(dir) = &self.pg_bin {
            return Ok(vec![Install::at(dir)?]);
        }
        let mut candidates: Vec<(PathBuf, Source)> = Vec::new();
        for dir in &self.path {
            candidates.extend(PROGRAMS.iter().map(|name| (dir.join(name), Source::Path)));
        }
        for dir in self.system.iter().flat_map(|pattern| expand(pattern)) {
            candidates.push((dir.join("postgres"), Source::System));
        }
        for dir in &self.cache {
            for bin in expand(&format!("{}/*/bin", dir.display())) {
                candidates.push((bin.join("postgres"), Source::Cache));
            }
        }
        let mut seen = BTreeSet::new();
        let mut installs = Vec::new();
        for (program, source) in candidates {
            let Ok(real) = fs::canonicalize(&program) else { continue };
            let Some(dir) = real.parent() else { continue };
            if !seen.insert(dir.to_path_buf()) {
                continue;
            }
            match inspect(dir, source) {
                Ok(install) => installs.push(install),
                Err(reason) => tracing::debug!(dir = %dir.display(), reason, "not a usable PostgreSQL"),
            }
        }
        installs.sort_by_key(|install| std::cmp::Reverse(install.version)); // stable: the place decides between equals
        Ok(installs)
    }
}

/// Looks a folder over. The error is the second half of a sentence: "X, but …".
pub(crate) fn inspect(dir: &Path, source: Source) -> Result<Install, String> {
    let real = fs::canonicalize(dir).map_err(|e| format!("it cannot be entered ({e})"))?;
    let missing = |dir: &Path| PROGRAMS.iter().find(|name| !dir.join(name).is_file()).copied();
    let mut bin_dir = real;
    if let Some(name) = missing(&bin_dir) {
        return Err(format!("there is no {name} in it"));
    }
    // A folder of links to the programs: go where they are.
    if let Ok(target) = fs::canonicalize(bin_dir.join("postgres"))
        && let Some(parent) = target.parent()
        && parent != bin_dir
    {
        bin_dir = parent.to_path_buf();
        if let Some(name) = missing(&bin_dir) {
            return Err(format!("its postgres is a link into {}, where there is no {name}", bin_dir.display()));
        }
    }
    let version = ask_version(&bin_dir.join("postgres"))?;
    if version.major < OLDEST_MAJOR {
        return Err(format!("that is PostgreSQL {version}, older than {OLDEST_MAJOR}"));
    }
    Ok(Install { bin_dir, version, source })
}

/// Runs `postgres --version`, as the user that will run the server, so that an installation this user cannot reach
/// does not count as one.
fn ask_version(postgres: &Path) -> Result<PgVersion, String> {
    let mut command = match Account::for_new_cluster() {
        Ok(account) => account.command(postgres),
        Err(_) => Command::new(postgres),
    };
    let out = command.arg("--version").output().map_err(|e| format!("{} does not run: {e}", postgres.display()))?;
    let text = String::from_utf8_lossy(&out.stdout);
    if !out.status.success() {
        let stderr = String::from_utf8_lossy(&out.stderr);
        return Err(format!("{} --version fails: {}", postgres.display(), stderr.trim()));
    }
    PgVersion::parse(&text).ok_or_else(|| format!("{} --version says {:?}", postgres.display(), text.trim()))
}

/// The folders that match a pattern; at most one `*` in each name.
fn expand(pattern: &str) -> Vec<PathBuf> {
    let mut found = vec![PathBuf::from("/")];
    for name in pattern.split('/').filter(|name| !name.is_empty()) {
        let mut next = Vec::new();
        for dir in found {
            let Some((prefix, suffix)) = name.split_once('*') else {
                next.push(dir.join(name));
                continue;
            };
            let Ok(entries) = fs::read_dir(&dir) else { continue };
            let mut names: Vec<_> =
                entries.flatten().filter_map(|entry| entry.file_name().into_string().ok()).collect();
            names.retain(|n| n.len() >= prefix.len() + suffix.len() && n.starts_with(prefix) && n.ends_with(suffix));
            names.sort();
            next.extend(names.into_iter().rev().map(|n| dir.join(n)));
        }
        found = next;
    }
    found.retain(|dir| dir.is_dir());
    found
}

#[cfg(test)]
mod tests;
