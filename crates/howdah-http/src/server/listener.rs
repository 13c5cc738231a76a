//! Where the server listens: a TCP port or a Unix socket.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use tokio::net::{TcpListener, UnixListener};

/// Something to accept connections from.
#[derive(Debug)]
#[non_exhaustive]
pub enum Listener {
    /// A port; see [`bind_from`].
    Tcp(TcpListener),
    /// A socket in the file system; see [`bind_unix`].
    Unix(UnixSocket),
}

impl From<TcpListener> for Listener {
    fn from(listener: TcpListener) -> Self {
        Self::Tcp(listener)
    }
}

impl From<UnixSocket> for Listener {
    fn from(socket: UnixSocket) -> Self {
        Self::Unix(socket)
    }
}

/// Binds the first free port from `first` on, of at most `tries`.
///
/// # Errors
/// The last refusal of the system.
pub async fn bind_from(address: IpAddr, first: u16, tries: u16) -> io::Result<TcpListener> {
    let mut last = io::Error::other("no port to try");
    for port in first..=first.saturating_add(tries.saturating_sub(1)) {
        match TcpListener::bind(SocketAddr::new(address, port)).await {
            Ok(listener) => return Ok(listener),
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => last = error,
            Err(error) => return Err(error),
        }
    }
    Err(last)
}

/// A Unix socket. Its file goes when this is dropped, unless another has taken its place meanwhile.
#[derive(Debug)]
pub struct UnixSocket {
    pub(super) listener: UnixListener,
    path: PathBuf,
    /// Device and inode.
    file: (u64, u64),
}

/// The file modes that PostgREST allows: the owner reads and writes, and the rest may be added.
const MODES: std::ops::RangeInclusive<u32> = 0o600..=0o777;

/// Listens on a Unix socket at `path` (`server-unix-socket`), whose file gets `mode` (`server-unix-socket-mode`; 0o660
/// there). A socket that nobody listens on any more is replaced.
///
/// # Errors
/// `AddrInUse` when somebody listens there, `AlreadyExists` when something else has that name, `InvalidInput` for a mode
/// outside of 0o600 to 0o777, and the system's refusals.
pub fn bind_unix(path: &Path, mode: u32) -> io::Result<UnixSocket> {
    if !MODES.contains(&mode) {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, format!("mode {mode:o} is not within 600 and 777")));
    }
    make_way(path)?;
    // Bound under another name and moved: at its own it appears with its mode, and never with a wider one.
    let mut aside = path.as_os_str().to_owned();
    aside.push(format!(".{}", std::process::id()));
    let aside = Path::new(&aside);
    let bound = bind_aside(aside, mode).and_then(|bound| std::fs::rename(aside, path).map(|()| bound));
    match bound {
        Ok((listener, file)) => Ok(UnixSocket { listener, path: path.to_owned(), file }),
        Err(error) => {
            // It may not have come to be; the error that counts is the first.
            let _ = std::fs::remove_file(aside);
            Err(error)
        }
    }
}

fn bind_aside(aside: &Path, mode: u32) -> io::Result<(UnixListener, (u64, u64))> {
    let listener = UnixListener::bind(aside)?;
    std::fs::set_permissions(aside, std::fs::Permissions::from_mode(mode))?;
    let metadata = std::fs::symlink_metadata(aside)?;
    Ok((listener, (metadata.dev(), metadata.ino())))
}

/// Refuses a path that is taken.
fn make_way(path: &Path) -> io::Result<()> {
    let metadata = match std::fs::symlink_metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    if !metadata.file_type().is_socket() {
        return Err(io::Error::new(io::ErrorKind::AlreadyExists, "there is a file of this name that is no socket"));
    }
    match std::os::unix::net::UnixStream::connect(path) {
        Ok(_) => Err(io::Error::new(io::ErrorKind::AddrInUse, "another program listens on this socket")),
        Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => Ok(()),
        Err(error) => Err(error),
    }
}

impl Drop for UnixSocket {
    fn drop(&mut self) {
        let is_ours = std::fs::symlink_metadata(&self.path).is_ok_and(|now| (now.dev(), now.ino()) == self.file);
        if is_ours && let Err(error) = std::fs::remove_file(&self.path) {
            tracing::debug!(%error, path = %self.path.display(), "the socket's file stays behind");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        std::fs::symlink_metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[tokio::test]
    async fn a_socket_comes_and_goes_with_its_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("http.sock");
        let socket = bind_unix(&path, 0o660).unwrap();
        assert_eq!(mode(&path), 0o660);
        assert_eq!(bind_unix(&path, 0o660).unwrap_err().kind(), io::ErrorKind::AddrInUse);
        drop(socket);
        assert!(!path.exists());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[tokio::test]
    async fn one_that_was_left_behind_is_replaced_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("http.sock");
        drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
        let socket = bind_unix(&path, 0o600).unwrap();
        assert_eq!(mode(&path), 0o600);
        // Another process took the name: its file is not ours to remove.
        std::fs::remove_file(&path).unwrap();
        std::fs::write(&path, "precious").unwrap();
        drop(socket);
        assert!(path.exists());
        assert_eq!(bind_unix(&path, 0o600).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "precious");
        assert!(bind_unix(&folder.path().join("no/such/folder"), 0o600).is_err());
        for wrong in [0, 0o577, 0o1000, 660] {
            let error = bind_unix(&folder.path().join("other.sock"), wrong).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::InvalidInput, "{wrong:o}");
        }
    }
}
