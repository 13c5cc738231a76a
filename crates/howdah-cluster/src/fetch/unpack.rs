//! From a checked archive to an installation.

use std::fs;
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::{Component, Path, PathBuf};

use flate2::read::GzDecoder;
use serde::Deserialize;

use super::blocking;
use super::release::Archive;
use crate::error::{ClusterError, IoContext, Result};
use crate::files;
use crate::find::{self, Install, Source};
use crate::progress::{Progress, Step};

/// Unpacked, PostgreSQL has 50 to 150 MB.
const LARGEST: u64 = 2 << 30;

/// Unpacks into a folder beside `place`, tries the result, and renames it to `place`.
pub(crate) async fn install(archive: Archive, place: PathBuf, progress: &dyn Progress) -> Result<Install> {
    let _step = Step::begin(progress, "Unpacking PostgreSQL", None);
    blocking(move || {
        let parent = place.parent().unwrap_or(Path::new("/")).to_path_buf();
        let staging = parent.join(format!(".unpacking-{}", std::process::id()));
        files::remove_dir(&staging)?;
        let result = unpack(&archive, &staging).and_then(|prefix| publish(&archive, &prefix, &place));
        files::remove_dir(&staging)?;
        result
    })
    .await
}

/// Unpacks all of it and returns the folder in it that has bin/postgres. Archives differ in what they wrap it in.
fn unpack(archive: &Archive, staging: &Path) -> Result<PathBuf> {
    fs::create_dir(staging).on("creating", staging)?;
    let mut tar = tar::Archive::new(GzDecoder::new(archive.bytes.as_slice()).take(LARGEST));
    tar.set_preserve_mtime(false);
    // `unpack` refuses to leave the folder, by .. as by links.
    tar.unpack(staging).map_err(|e| match e.kind() {
        std::io::ErrorKind::StorageFull => ClusterError::io("unpacking", staging, e),
        _ => damaged(archive, &format!("it cannot be unpacked: {}", chain(&e))),
    })?;
    let prefix = find_prefix(staging, 3).ok_or_else(|| damaged(archive, "there is no bin/postgres in it"))?;
    restore_links(archive, &prefix)?;
    open_to_all(&prefix)?;
    Ok(prefix)
}

fn publish(archive: &Archive, prefix: &Path, place: &Path) -> Result<Install> {
    find::inspect(&prefix.join("bin"), Source::Fetched).map_err(|reason| damaged(archive, &reason))?;
    // A cut in power after the rename must not leave empty files under a name that is taken for complete.
    sync_file_system(prefix)?;
    files::remove_dir(place)?;
    fs::rename(prefix, place).on("creating", place)?;
    find::inspect(&place.join("bin"), Source::Fetched).map_err(|reason| damaged(archive, &reason))
}

/// One call for some 1,500 files; of the one file system where that can be said, since another may hang.
fn sync_file_system(dir: &Path) -> Result<()> {
    #[cfg(target_os = "linux")]
    {
        let file = fs::File::open(dir).on("reading", dir)?;
        nix::unistd::syncfs(file).map_err(std::io::Error::from).on("writing", dir)
    }
    #[cfg(not(target_os = "linux"))]
    {
        nix::unistd::sync();
        Ok(())
    }
}

fn find_prefix(dir: &Path, depth: usize) -> Option<PathBuf> {
    if dir.join("bin/postgres").is_file() && dir.join("bin/initdb").is_file() {
        return Some(dir.to_path_buf());
    }
    let mut folders: Vec<_> = fs::read_dir(dir).ok()?.flatten().map(|entry| entry.path()).collect();
    folders.retain(|path| depth > 0 && path.is_dir() && !path.is_symlink());
    folders.sort();
    folders.into_iter().find_map(|path| find_prefix(&path, depth - 1))
}

/// npm packages cannot hold links; `pg-symlinks.json` lists them, relative to the package.
#[derive(Deserialize)]
struct Link {
    source: PathBuf,
    target: PathBuf,
}

fn restore_links(archive: &Archive, prefix: &Path) -> Result<()> {
    let list = prefix.join("pg-symlinks.json");
    let text = match fs::read(&list) {
        Ok(text) => text,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(e) => return Err(ClusterError::io("reading", &list, e)),
    };
    let links: Vec<Link> =
        serde_json::from_slice(&text).map_err(|e| damaged(archive, &format!("pg-symlinks.json: {e}")))?;
    let package = prefix.parent().unwrap_or(prefix);
    for Link { source, target } in links {
        let within = |path: &Path| path.components().all(|part| matches!(part, Component::Normal(_)));
        // Both in one folder, as libraries and their versions are: then the link is just the other's name.
        let (Some(name), true) = (source.file_name(), source.parent() == target.parent()) else {
            return Err(damaged(archive, &format!("pg-symlinks.json links {} from afar", target.display())));
        };
        if !within(&source) || !within(&target) {
            return Err(damaged(archive, &format!("pg-symlinks.json leads out of the package: {}", target.display())));
        }
        let link = package.join(&target);
        if !link.is_symlink() && !link.exists() {
            std::os::unix::fs::symlink(name, &link).on("creating", &link)?;
        }
    }
    Ok(())
}

/// The server may run as another user than the one who fetched it, and with a strict umask only the latter could read it.
fn open_to_all(dir: &Path) -> Result<()> {
    fs::set_permissions(dir, fs::Permissions::from_mode(0o755)).on("protecting", dir)?;
    for entry in fs::read_dir(dir).on("reading", dir)?.flatten() {
        let path = entry.path();
        let meta = fs::symlink_metadata(&path).on("reading", &path)?;
        if meta.is_dir() {
            open_to_all(&path)?;
        } else if meta.is_file() {
            let mode = if meta.permissions().mode() & 0o100 == 0 { 0o644 } else { 0o755 };
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).on("protecting", &path)?;
        }
    }
    Ok(())
}

fn damaged(archive: &Archive, reason: &str) -> ClusterError {
    ClusterError::Fetch { origin: archive.origin.clone(), reason: reason.to_owned() }
}

/// tar says "failed to unpack"; the reason is underneath.
fn chain(error: &std::io::Error) -> String {
    let mut text = error.to_string();
    let mut next = std::error::Error::source(error);
    while let Some(cause) = next {
        text = format!("{text}: {cause}");
        next = cause.source();
    }
    text
}
