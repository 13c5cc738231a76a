//! Who the server runs as.
//!
//! PostgreSQL refuses root. Under root every program of it is therefore started with the user and group id of an
//! unprivileged account: the standard library sets them between fork and exec and, being root, also drops root's
//! supplementary groups. That needs neither `su` (a login shell and PAM), nor `setpriv`/`runuser` (not on every system),
//! nor unsafe code. Nobody else's privileges are ever changed: an ordinary user runs the server as themselves.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use nix::unistd::{Gid, Uid, User};

use crate::error::{ClusterError, IoContext, Result};

/// The user the server and its tools run as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its name, or its number where it has none.
    pub name: String,
    /// User id, never 0.
    pub uid: u32,
    /// Group id.
    pub gid: u32,
    /// True where the calling process is root and has to step down to it.
    pub steps_down: bool,
}

impl Account {
    /// Who runs a new cluster: the caller, or for root `postgres`, else `nobody`.
    pub fn for_new_cluster() -> Result<Self> {
        let uid = Uid::effective();
        if !uid.is_root() {
            return Ok(Self::caller(uid));
        }
        for name in ["postgres", "_postgres", "nobody"] {
            if let Ok(Some(user)) = User::from_name(name)
                && !user.uid.is_root()
            {
                return Ok(Self { name: user.name, uid: user.uid.as_raw(), gid: user.gid.as_raw(), steps_down: true });
            }
        }
        Err(ClusterError::NoUnprivilegedUser)
    }

    /// Who runs the cluster whose data is in `data_dir`: its owner, because PostgreSQL accepts nobody else.
    pub fn owner_of(data_dir: &Path) -> Result<Self> {
        let meta = fs::symlink_metadata(data_dir).on("reading", data_dir)?;
        let caller = Uid::effective();
        let name = user_name(meta.uid());
        if meta.uid() == 0 {
            let found = "a data folder of root, as whom PostgreSQL does not run".to_owned();
            return Err(ClusterError::NotOurs { path: data_dir.to_path_buf(), found });
        }
        if meta.uid() != caller.as_raw() && !caller.is_root() {
            return Err(ClusterError::OtherOwner {
                path: data_dir.to_path_buf(),
                owner: name,
                user: user_name(caller.as_raw()),
            });
        }
        if !caller.is_root() {
            return Ok(Self::caller(caller));
        }
        Ok(Self { name, uid: meta.uid(), gid: meta.gid(), steps_down: true })
    }

    fn caller(uid: Uid) -> Self {
        Self { name: user_name(uid.as_raw()), uid: uid.as_raw(), gid: Gid::effective().as_raw(), steps_down: false }
    }

    /// A command that runs as this account, in `/`, with a small environment of its own: `PGDATA`, `PGPORT`,
    /// `PGOPTIONS` and the like of the caller would otherwise reach into a private cluster.
    pub fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.env_clear().current_dir("/").stdin(Stdio::null());
        for keep in ["PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "TMPDIR", "ICU_DATA", "TZDIR"] {
            if let Some(value) = std::env::var_os(keep) {
                command.env(keep, value);
            }
        }
        // English messages, because some are recognised; and on macOS a server without a valid locale does not start.
        command.env("LC_ALL", "C");
        if self.steps_down {
            command.env_remove("TMPDIR").uid(self.uid).gid(self.gid);
        }
        command
    }

    /// Whether this account can create a file in `dir`: asked by doing it, which no reading of mode bits replaces
    /// (ancestors, access lists, network file systems, user namespaces).
    pub(crate) fn can_write_in(&self, dir: &Path) -> bool {
        let mut command = self.command(Path::new("/bin/sh"));
        command.args(["-c", ": > \"$1/.howdah-probe\" && rm -f \"$1/.howdah-probe\"", "sh"]).arg(dir);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    }

    /// Creates `dir` (not its parents) with mode 0700 as this account's, or makes an existing one so.
    pub(crate) fn own_dir(&self, dir: &Path) -> Result<()> {
        use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
        match fs::DirBuilder::new().mode(0o700).create(dir) {
            Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => {
                let meta = fs::symlink_metadata(dir).on("reading", dir)?;
                if !meta.is_dir() || meta.uid() != self.uid && meta.uid() != Uid::effective().as_raw() {
                    let found = format!("a file, a link, or a folder of {}", user_name(meta.uid()));
                    return Err(ClusterError::NotOurs { path: dir.to_path_buf(), found });
                }
            }
            other => other.on("creating", dir)?,
        }
        if self.steps_down {
            std::os::unix::fs::lchown(dir, Some(self.uid), Some(self.gid)).on("giving away", dir)?;
        }
        fs::set_permissions(dir, fs::Permissions::from_mode(0o700)).on("protecting", dir)
    }
}

/// The name behind a user id, or the number.
pub(crate) fn user_name(uid: u32) -> String {
    match User::from_uid(Uid::from_raw(uid)) {
        Ok(Some(user)) => user.name,
        _ => uid.to_string(),
    }
}
