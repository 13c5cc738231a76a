//! Writing files so that nobody sees half of one, and nobody's link is followed.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use crate::account::Account;
use crate::error::{ClusterError, IoContext, Result};

/// Replaces `path`: a new file beside it, synced, renamed over it. `owner` gets the file where root steps down.
pub(crate) fn replace(path: &Path, bytes: &[u8], mode: u32, owner: Option<&Account>) -> Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(format!(".{}.new", std::process::id()));
    let temporary = path.with_file_name(name);
    // `create_new` follows no link, which matters where root writes into the folder of a less privileged user.
    let _ = fs::remove_file(&temporary);
    let result =
        write_new(&temporary, bytes, mode, owner).and_then(|()| fs::rename(&temporary, path).on("writing", path));
    if result.is_err() {
        let _ = fs::remove_file(&temporary);
    }
    result?;
    sync_dir(path.parent().unwrap_or(Path::new("/")))
}

/// Creates `path`, which must not be there.
pub(crate) fn write_new(path: &Path, bytes: &[u8], mode: u32, owner: Option<&Account>) -> Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(mode).open(path).on("creating", path)?;
    file.set_permissions(fs::Permissions::from_mode(mode)).on("protecting", path)?; // whatever the umask
    if let Some(account) = owner
        && account.steps_down
    {
        std::os::unix::fs::fchown(&file, Some(account.uid), Some(account.gid)).on("giving away", path)?;
    }
    file.write_all(bytes).on("writing", path)?;
    file.sync_all().on("writing", path)
}

/// Makes renames and creations in `dir` durable.
pub(crate) fn sync_dir(dir: &Path) -> Result<()> {
    File::open(dir).and_then(|file| file.sync_all()).on("writing", dir)
}

/// Creates a folder and its parents, those that are new with this mode whatever the umask: what the server's user has
/// to get through must not depend on root's.
pub(crate) fn create_dir(dir: &Path, mode: u32) -> Result<()> {
    if dir.is_dir() {
        return Ok(());
    }
    if let Some(parent) = dir.parent() {
        create_dir(parent, mode)?;
    }
    match fs::DirBuilder::new().mode(mode).create(dir) {
        Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists && dir.is_dir() => return Ok(()),
        other => other.on("creating", dir)?,
    }
    fs::set_permissions(dir, fs::Permissions::from_mode(mode)).on("protecting", dir)
}

/// Removes a folder with all in it; that it is not there is fine.
pub(crate) fn remove_dir(dir: &Path) -> Result<()> {
    match fs::remove_dir_all(dir) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(ClusterError::io("deleting", dir, e)),
        _ => Ok(()),
    }
}

/// An exclusive lock on a file, released when dropped and by the system when the process dies, however it dies.
#[derive(Debug)]
pub(crate) struct Lock(#[expect(dead_code, reason = "holds the lock by being open")] File);

impl Lock {
    /// Waits for it.
    pub(crate) fn take(path: &Path) -> Result<Self> {
        let file =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path).on("creating", path)?;
        file.lock().on("locking", path)?;
        Ok(Self(file))
    }
}

/// Total size of the files in a folder, in bytes; what vanishes meanwhile or cannot be read counts nothing.
pub(crate) fn size_of(dir: &Path) -> u64 {
    let mut total = 0;
    let mut todo: Vec<PathBuf> = vec![dir.to_path_buf()];
    while let Some(dir) = todo.pop() {
        for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
            let Ok(meta) = fs::symlink_metadata(entry.path()) else { continue };
            if meta.is_dir() {
                todo.push(entry.path());
            } else {
                total += meta.len();
            }
        }
    }
    total
}
