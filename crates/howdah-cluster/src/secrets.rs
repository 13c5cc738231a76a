//! Random secrets, one file each.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use rand::Rng;

use crate::error::{ClusterError, IoContext, Result};
use crate::files::{self, Lock};
use crate::layout;

/// Reads the secret `name` of the project whose `.howdah` is `root`, or creates it: 256 random bits as 64 hexadecimal
/// digits, in `.howdah/secrets/<name>` with mode 0600. Any number of processes asking at once get the same one.
///
/// # Errors
/// `cluster-secret-name`, `cluster-not-writable`, `cluster-file-damaged` (an empty file).
pub fn secret(root: &Path, name: &str) -> Result<String> {
    let path = path_of(root, name)?;
    let dir = layout::secrets_dir(root);
    if let Some(secret) = read(&path)? {
        return Ok(secret);
    }
    fs::DirBuilder::new().recursive(true).mode(0o700).create(&dir).on("creating", &dir)?;
    let _lock = Lock::take(&dir.join(".lock"))?;
    if let Some(secret) = read(&path)? {
        return Ok(secret);
    }
    let secret = random_hex();
    files::replace(&path, secret.as_bytes(), 0o600, None)?;
    Ok(secret)
}

/// The secret `name` of a project, if it has one.
///
/// # Errors
/// As [`secret`].
pub fn find_secret(root: &Path, name: &str) -> Result<Option<String>> {
    read(&path_of(root, name)?)
}

/// Replaces the secret `name` by what `change` makes of it: whoever reads meanwhile reads the old one or the new one, and
/// others who change it wait.
///
/// # Errors
/// As [`secret`], and what `change` fails with.
pub fn change_secret<E: From<ClusterError>>(
    root: &Path,
    name: &str,
    change: impl FnOnce(Option<String>) -> std::result::Result<String, E>,
) -> std::result::Result<(), E> {
    let path = path_of(root, name)?;
    let dir = layout::secrets_dir(root);
    fs::DirBuilder::new().recursive(true).mode(0o700).create(&dir).on("creating", &dir)?;
    let _lock = Lock::take(&dir.join(".lock"))?;
    let changed = change(read(&path)?)?;
    Ok(files::replace(&path, changed.as_bytes(), 0o600, None)?)
}

fn path_of(root: &Path, name: &str) -> Result<PathBuf> {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '-';
    if name.is_empty() || name.len() > 64 || !name.chars().all(allowed) {
        return Err(ClusterError::SecretName { name: name.to_owned() });
    }
    Ok(layout::secrets_dir(root).join(name))
}

/// Keeps a secret of the caller's under a name that has none yet.
pub(crate) fn store(root: &Path, name: &str, secret: &str) -> Result<()> {
    let dir = layout::secrets_dir(root);
    fs::DirBuilder::new().recursive(true).mode(0o700).create(&dir).on("creating", &dir)?;
    files::replace(&dir.join(name), secret.as_bytes(), 0o600, None)
}

/// 256 random bits.
pub(crate) fn random_hex() -> String {
    let mut bytes = [0_u8; 32];
    rand::rng().fill_bytes(&mut bytes);
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) fn exists(root: &Path, name: &str) -> bool {
    layout::secrets_dir(root).join(name).is_file()
}

fn read(path: &Path) -> Result<Option<String>> {
    match fs::read_to_string(path) {
        Ok(text) if text.trim().is_empty() => {
            Err(ClusterError::Damaged { path: path.to_path_buf(), reason: "it is empty".into() })
        }
        Ok(text) => Ok(Some(text.trim().to_owned())),
        Err(e) if e.kind() == ErrorKind::NotFound => Ok(None),
        Err(e) => Err(ClusterError::io("reading", path, e)),
    }
}
