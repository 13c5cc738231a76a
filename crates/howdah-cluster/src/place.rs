//! Chooses where a new cluster's data and sockets go.

use std::env;
use std::fs;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use nix::unistd::Uid;

use crate::account::Account;
use crate::error::{ClusterError, IoContext, Result};
use crate::files;
use crate::layout;

/// The length of `sun_path` less its final zero: 104 on macOS and the BSDs, 108 on Linux.
const SOCKET_PATH_MAX: usize = if cfg!(target_os = "linux") { 107 } else { 103 };

/// In a base outside the project: the path of the project's `.howdah`.
pub(crate) const PROJECT_FILE: &str = "project";

/// The folder for data, log and run: `.howdah/postgres`, or, where root runs the server as somebody who cannot get there
/// (a project under a home of mode 0700) or cannot give it away (a shared folder of a virtual machine),
/// `/var/lib/howdah/<hash>`. Both exist afterwards, or an error says why not.
pub(crate) fn new_base(root: &Path, account: &Account) -> Result<PathBuf> {
    let inside = root.join("postgres");
    match prepare(&inside, account) {
        Ok(true) => return Ok(inside),
        Ok(false) => {}
        // For root, a folder that cannot be given away; for all others an error is what it is.
        Err(e @ ClusterError::NoSpace { .. }) => return Err(e),
        Err(e) if !account.steps_down => return Err(e),
        Err(e) => tracing::debug!(error = %e, "the project's folder cannot hold the data"),
    }
    let _ = fs::remove_dir(inside.join("log"));
    let _ = fs::remove_dir(&inside);
    if !account.steps_down {
        return Err(not_writable(&inside));
    }
    let base = layout::shared_base(root);
    files::create_dir(base.parent().unwrap_or(&base), 0o755)?;
    if prepare(&base, account)? { Ok(base) } else { Err(not_writable(&base)) }
}

/// Creates `base` and its log folder; false where `account` cannot work in it.
fn prepare(base: &Path, account: &Account) -> Result<bool> {
    match fs::DirBuilder::new().mode(0o755).create(base) {
        Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => {}
        other => other.on("creating", base)?,
    }
    if account.steps_down {
        // The umask may have taken what the server's user needs to get through.
        fs::set_permissions(base, fs::Permissions::from_mode(0o755)).on("protecting", base)?;
    }
    let log = base.join("log");
    account.own_dir(&log)?;
    Ok(account.can_write_in(&log))
}

fn not_writable(path: &Path) -> ClusterError {
    ClusterError::NotWritable {
        path: path.to_path_buf(),
        source: std::io::Error::new(
            std::io::ErrorKind::PermissionDenied,
            "the server's user cannot create files in it",
        ),
    }
}

/// The folder for the socket, created, mode 0700: `run` beside the data, or a short one where the path of the socket
/// in it would be longer than the system takes.
pub(crate) fn socket_dir(run: &Path, root: &Path, account: &Account) -> Result<PathBuf> {
    if fits(run) {
        account.own_dir(run)?;
        return Ok(run.to_path_buf());
    }
    let name = format!("howdah-{}-{}", account.uid, layout::short_hash(root));
    let mut parents = Vec::new();
    // The user's own folder in memory; root's is closed to the server's user.
    if !account.steps_down {
        parents.extend(env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from).filter(|dir| dir.is_absolute()));
    }
    parents.push(PathBuf::from("/tmp"));
    let mut last = not_writable(run);
    for parent in parents {
        // Anybody may have made a folder of that name in /tmp; then another name is used, not that folder.
        for attempt in 0..10 {
            let dir = parent.join(if attempt == 0 { name.clone() } else { format!("{name}-{attempt}") });
            if !fits(&dir) {
                break;
            }
            match account.own_dir(&dir) {
                Ok(()) => return Ok(dir),
                Err(e) => last = e,
            }
        }
    }
    Err(last)
}

fn fits(dir: &Path) -> bool {
    dir.as_os_str().len() + "/.s.PGSQL.65535".len() <= SOCKET_PATH_MAX
}

/// Creates the project's `.howdah` if needed and returns its path without links. Under root others may pass through it
/// (not list it): the server's user has to get to its data. What is secret in it is protected by itself.
pub(crate) fn root(path: &Path) -> Result<PathBuf> {
    let root = Uid::effective().is_root();
    files::create_dir(path, if root { 0o711 } else { 0o700 })?;
    let path = fs::canonicalize(path).on("reading", path)?;
    let meta = fs::metadata(&path).on("reading", &path)?;
    let mode = meta.permissions().mode() & 0o7777;
    if root && meta.uid() == 0 && mode & 0o001 == 0 {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode | 0o011)).on("protecting", &path)?;
    }
    Ok(path)
}

/// Whether `dir` is a folder with nothing in it.
pub(crate) fn is_empty(dir: &Path) -> bool {
    fs::read_dir(dir).is_ok_and(|mut entries| entries.next().is_none())
}

/// Whether a folder outside the project was made for it.
pub(crate) fn is_shared_base_of(base: &Path, root: &Path) -> bool {
    fs::read_to_string(base.join(PROJECT_FILE)).is_ok_and(|owner| Path::new(owner.trim_end_matches('\n')) == root)
}

/// Whether a folder outside the project was made for another project that still has it: then this project is a copy of
/// that one (`cp -r`), and two servers' worth of projects must not share one data folder.
pub(crate) fn belongs_to_another(base: &Path, root: &Path, id: &str) -> bool {
    let Ok(owner) = fs::read_to_string(base.join(PROJECT_FILE)) else { return false };
    let owner = Path::new(owner.trim_end_matches('\n'));
    let same_file = |a: &Path, b: &Path| match (fs::metadata(a), fs::metadata(b)) {
        (Ok(a), Ok(b)) => (a.dev(), a.ino()) == (b.dev(), b.ino()),
        _ => false,
    };
    owner != root
        && !same_file(owner, root)
        && matches!(layout::read_state(owner), Ok(Some(state)) if state.id == id && state.base.as_deref() == Some(base))
}
