//! Where fetched PostgreSQL installations are kept.

use std::env;
use std::path::PathBuf;

use nix::unistd::Uid;

/// For root: the server runs as somebody who cannot look into /root.
const ROOT_CACHE: &str = "/var/cache/howdah";

/// The folder that new installations go to: `<this>/<version>/bin`. `$XDG_CACHE_HOME/howdah/postgresql`, or
/// `~/.cache/howdah/postgresql`, and under root `/var/cache/howdah/postgresql`.
/// `None` where no home is known.
pub(crate) fn folder() -> Option<PathBuf> {
    if Uid::effective().is_root() {
        return Some(PathBuf::from(ROOT_CACHE).join("postgresql"));
    }
    own_cache().map(|dir| dir.join("howdah/postgresql"))
}

/// Every folder that may hold fetched installations, the caller's own first.
pub(crate) fn folders() -> Vec<PathBuf> {
    let mut dirs = Vec::new();
    dirs.extend(own_cache().map(|dir| dir.join("howdah/postgresql")));
    dirs.push(PathBuf::from(ROOT_CACHE).join("postgresql"));
    dirs
}

fn own_cache() -> Option<PathBuf> {
    let absolute = |name| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    absolute("XDG_CACHE_HOME").or_else(|| absolute("HOME").map(|home| home.join(".cache")))
}
