//! Everything that can go wrong, each with a stable code and a way out.

use std::io;
use std::path::{Path, PathBuf};

use crate::version::OLDEST_MAJOR;

/// This crate's result.
pub type Result<T, E = ClusterError> = std::result::Result<T, E>;

/// Why finding, fetching or running PostgreSQL failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClusterError {
    /// `HOWDAH_PG_BIN` is binding, so a wrong one is an error and not a hint.
    #[error(
        "HOWDAH_PG_BIN is {path}, but {reason}. Point it at a folder that holds initdb, postgres and pg_ctl of \
         PostgreSQL {OLDEST_MAJOR} or newer, or unset it to let Howdah look by itself."
    )]
    PgBinInvalid {
        /// Its value.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },

    /// None installed, and no source could deliver one.
    #[error("PostgreSQL {OLDEST_MAJOR} or newer is not installed{}. Install it with: {command}", tried_list(tried))]
    NoPostgres {
        /// The exact command for this system.
        command: String,
        /// One sentence for each source that was tried.
        tried: Vec<String>,
    },

    /// What came over the network is not what was announced.
    #[error(
        "The PostgreSQL archive from {origin} has the {algorithm} checksum {actual}, but {expected} was announced. \
         It was not used. Try again; if it stays so, something between here and there changes downloads."
    )]
    ChecksumMismatch {
        /// Where it came from.
        origin: String,
        /// sha256 or sha512.
        algorithm: &'static str,
        /// Of what arrived.
        actual: String,
        /// What the source announced.
        expected: String,
    },

    /// A source did not deliver.
    #[error("Fetching PostgreSQL from {origin} failed: {reason}")]
    Fetch {
        /// Which source.
        origin: String,
        /// What happened.
        reason: String,
    },

    /// Root cannot run PostgreSQL and there is nobody to run it instead.
    #[error(
        "PostgreSQL refuses to run as root, and there is no user `postgres` or `nobody` here to run it as. \
         Create one (useradd --system postgres) or run Howdah as an ordinary user."
    )]
    NoUnprivilegedUser,

    /// The user the server runs as cannot execute the programs.
    #[error(
        "The user `{user}`, as whom the server has to run, cannot run {path}: {reason}. \
         Make that folder readable for everyone, or set HOWDAH_PG_BIN to an installation that is."
    )]
    InstallUnusable {
        /// Its name, or its number.
        user: String,
        /// The program.
        path: PathBuf,
        /// What happened.
        reason: String,
    },

    /// Neither the project's folder nor a stand-in can hold the data.
    #[error("{path} cannot be written: {source}. Make it writable, or put the project where you may write.")]
    NotWritable {
        /// The folder.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },

    /// The disk is full.
    #[error("No space is left on the disk that holds {path}: {doing} stopped. Free some space and try again.")]
    NoSpace {
        /// The folder.
        path: PathBuf,
        /// What was under way.
        doing: &'static str,
    },

    /// A folder stands where the data should, and Howdah did not make it.
    #[error(
        "{path} holds something that Howdah did not create ({found}), so it is left alone. \
         Move it away, or use another project folder."
    )]
    NotOurs {
        /// The folder.
        path: PathBuf,
        /// What is in it.
        found: String,
    },

    /// The data was made by another major version.
    #[error(
        "The data in {path} was made by PostgreSQL {data_major}, but the PostgreSQL found is {install_version} \
         ({bin_dir}). Either set HOWDAH_PG_BIN to the bin folder of a PostgreSQL {data_major}, or install \
         PostgreSQL {data_major}, or move the data over: pg_dump with {data_major} and restore into \
         {install_major}, or pg_upgrade."
    )]
    MajorMismatch {
        /// The data folder.
        path: PathBuf,
        /// Its version.
        data_major: u16,
        /// The version of the programs.
        install_version: String,
        /// Its first number.
        install_major: u16,
        /// Where the programs are.
        bin_dir: PathBuf,
    },

    /// Another user's data.
    #[error(
        "The data in {path} belongs to the user `{owner}`, and you are `{user}`: PostgreSQL runs only as the owner of \
         its data. Run as `{owner}` or as root, or delete the data with `howdah db reset` as that user."
    )]
    OtherOwner {
        /// The data folder.
        path: PathBuf,
        /// Who owns it.
        owner: String,
        /// Who asks.
        user: String,
    },

    /// The superuser's password file was deleted under a running server.
    #[error(
        "{path} is gone, and the server (process {pid}) still has the old password. Stop the server (kill -INT {pid}) \
         and open the project again: it then gets a new one."
    )]
    PasswordLost {
        /// The file.
        path: PathBuf,
        /// The postmaster.
        pid: i32,
    },

    /// initdb did not finish.
    #[error("initdb failed in {path}:\n{output}")]
    Init {
        /// The folder it worked in, removed since.
        path: PathBuf,
        /// The last lines it printed.
        output: String,
    },

    /// The server did not come up.
    #[error("PostgreSQL did not start on {data_dir}: {reason}. Its log ({log_path}) ends with:\n{log_tail}")]
    Start {
        /// The data folder.
        data_dir: PathBuf,
        /// What was seen from outside.
        reason: String,
        /// The whole log.
        log_path: PathBuf,
        /// The last lines that matter.
        log_tail: String,
    },

    /// Every port tried was taken.
    #[error("No free loopback port was found between {first} and {last}. Stop a program that listens there.")]
    NoFreePort {
        /// The first tried.
        first: u16,
        /// The last tried.
        last: u16,
    },

    /// The server would not go.
    #[error("The PostgreSQL server with process id {pid} did not stop within {seconds} s: {reason}")]
    Stop {
        /// The postmaster.
        pid: i32,
        /// How long it was waited for.
        seconds: u64,
        /// Why, as far as known.
        reason: String,
    },

    /// A name that cannot be a file's.
    #[error("`{name}` cannot name a secret: use a-z, 0-9, _ and -, at most 64 of them.")]
    SecretName {
        /// The name.
        name: String,
    },

    /// A setting that cannot stand in a configuration file.
    #[error("The PostgreSQL setting `{name}` cannot be written to howdah.conf: {reason}.")]
    Setting {
        /// Its name.
        name: String,
        /// What is wrong.
        reason: &'static str,
    },

    /// A file that Howdah wrote reads as something else now.
    #[error("{path} is damaged: {reason}. Delete that file and try again.")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },

    /// Any other trouble with a file or a process.
    #[error("{doing} {path}: {source}")]
    Io {
        /// What was tried ("reading", "starting", …).
        doing: &'static str,
        /// On what.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
}

impl ClusterError {
    /// The stable name of the error, for scripts and for `--json`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::PgBinInvalid { .. } => "cluster-pg-bin-invalid",
            Self::NoPostgres { .. } => "cluster-no-postgres",
            Self::ChecksumMismatch { .. } => "cluster-checksum-mismatch",
            Self::Fetch { .. } => "cluster-fetch-failed",
            Self::NoUnprivilegedUser => "cluster-no-unprivileged-user",
            Self::InstallUnusable { .. } => "cluster-install-unusable",
            Self::NotWritable { .. } => "cluster-not-writable",
            Self::NoSpace { .. } => "cluster-no-space",
            Self::NotOurs { .. } => "cluster-not-ours",
            Self::MajorMismatch { .. } => "cluster-major-mismatch",
            Self::OtherOwner { .. } => "cluster-other-owner",
            Self::PasswordLost { .. } => "cluster-password-lost",
            Self::Init { .. } => "cluster-init-failed",
            Self::Start { .. } => "cluster-start-failed",
            Self::NoFreePort { .. } => "cluster-no-free-port",
            Self::Stop { .. } => "cluster-stop-failed",
            Self::SecretName { .. } => "cluster-secret-name",
            Self::Setting { .. } => "cluster-setting-invalid",
            Self::Damaged { .. } => "cluster-file-damaged",
            Self::Io { .. } => "cluster-io",
        }
    }

    /// Sorts an I/O error into what the user can do about it.
    pub(crate) fn io(doing: &'static str, path: &Path, source: io::Error) -> Self {
        use io::ErrorKind as K;
        match source.kind() {
            K::StorageFull | K::QuotaExceeded => Self::NoSpace { path: path.to_path_buf(), doing },
            K::PermissionDenied | K::ReadOnlyFilesystem if doing != "starting" && doing != "reading" => {
                Self::NotWritable { path: path.to_path_buf(), source }
            }
            _ => Self::Io { doing, path: path.to_path_buf(), source },
        }
    }
}

fn tried_list(tried: &[String]) -> String {
    tried.iter().map(|line| format!("\n  tried: {line}")).collect()
}

/// `fs::read(path).on("reading", path)?`
pub(crate) trait IoContext<T> {
    fn on(self, doing: &'static str, path: &Path) -> Result<T>;
}

impl<T> IoContext<T> for io::Result<T> {
    fn on(self, doing: &'static str, path: &Path) -> Result<T> {
        self.map_err(|source| ClusterError::io(doing, path, source))
    }
}
