//! Password hashes.
//!
//! bcrypt reads 72 bytes and stops at a zero byte, so what it gets is not the password but
//! base64(HMAC-SHA-256(pepper, password)): 44 characters that stand for all of it. Stored as `howdah1` followed by
//! bcrypt's own form (`howdah1$2b$12$…`), so that the scheme can change later and an imported plain `$2b$` hash is
//! told apart and still verifies.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use tokio::sync::{Semaphore, oneshot};

const SCHEME: &str = "howdah1";
/// bcrypt's work factor: about a quarter of a second on a server's core in 2026.
const COST: u32 = 12;
/// What hashing adds to the process' niceness: it then gets about a thirtieth of a core that others want as well.
#[cfg(target_os = "linux")]
const NICENESS: i32 = 15;

/// Hashing or checking could not be done. Never says anything about the password.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// The stored form is of no scheme known here.
    #[error("the stored password hash has an unknown form")]
    UnknownScheme,
    /// bcrypt refused.
    #[error("bcrypt: {0}")]
    Bcrypt(#[from] bcrypt::BcryptError),
    /// The thread that hashed is gone, or the hasher: the process is stopping.
    #[error("hashing was broken off")]
    Stopped,
    /// The system has no thread to give.
    #[error("no thread for a password: {0}")]
    Thread(#[source] std::io::Error),
}

/// Hashes and checks passwords under one pepper, on a bounded number of threads so that sign-ins never starve reads.
/// Cheap to clone.
#[derive(Clone)]
pub struct PasswordHasher {
    pepper: Arc<[u8]>,
    cost: u32,
    permits: Arc<Semaphore>,
    /// What a sign-in for an address without an account is checked against: it takes as long as a real one.
    decoy: Arc<str>,
}

impl std::fmt::Debug for PasswordHasher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PasswordHasher").field("cost", &self.cost).finish_non_exhaustive()
    }
}

impl PasswordHasher {
    /// A hasher under `pepper`, a secret kept outside the database, that uses `threads` cores at the most.
    pub fn new(pepper: &[u8], threads: usize) -> Self {
        Self {
            pepper: pepper.into(),
            cost: COST,
            permits: Arc::new(Semaphore::new(threads.max(1))),
            // bcrypt of a random string nobody keeps; only its cost matters.
            decoy: "$2b$12$uXpGXd4kHcd1pNQEkTvCGeD3Fk2YYEXl1yRO0HkLq/8eKJYzjS0aC".into(),
        }
    }

    /// What other secrets of accounts are derived from.
    pub(crate) fn pepper(&self) -> &[u8] {
        &self.pepper
    }

    /// The stored form of `password`. Blocks for about a quarter of a second.
    ///
    /// # Errors
    /// Only when the system has no randomness to give.
    pub fn hash(&self, password: &str) -> Result<String, PasswordError> {
        Ok(format!("{SCHEME}{}", bcrypt::hash(self.keyed(password), self.cost)?))
    }

    /// [`PasswordHasher::hash`], when one of the threads is free.
    ///
    /// # Errors
    /// See [`PasswordError`].
    pub async fn hash_in_turn(&self, password: String) -> Result<String, PasswordError> {
        self.in_turn(move |this| this.hash(&password)).await
    }

    /// The digest of a short secret under the pepper: without that, all there are could be tried.
    pub(crate) fn digest(&self, text: &str) -> crate::token::Digest {
        crate::token::Digest::of(&self.keyed(text))
    }

    /// Whether a stored form is of another scheme than new ones are, so that it should be made anew when the password is
    /// at hand.
    pub fn is_outdated(stored: &str) -> bool {
        !stored.starts_with(SCHEME)
    }

    /// Whether `password` is the one behind `stored`; `None` (no account, or one without a password) takes as long and
    /// is never true.
    ///
    /// # Errors
    /// See [`PasswordError`].
    pub async fn verify(&self, password: String, stored: Option<String>) -> Result<bool, PasswordError> {
        self.in_turn(move |this| match stored {
            Some(stored) => this.matches(&password, &stored),
            None => this.matches_decoy(&password),
        })
        .await
    }

    /// Does what takes long on one of the threads. It keeps its place until it is done, even if nobody waits any more:
    /// otherwise clients that hang up would have as many threads busy as they like.
    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Self) -> Result<T, PasswordError> + Send + 'static,
    ) -> Result<T, PasswordError> {
        let permit = Arc::clone(&self.permits).acquire_owned().await.map_err(|_| PasswordError::Stopped)?;
        let this = self.clone();
        let (done, result) = oneshot::channel();
        // A thread for this alone, because a priority that has been given up does not come back; beside a hash it costs nothing.
        let thread = std::thread::Builder::new().name("password".into()).spawn(move || {
            yield_to_others();
            // Nobody waits any more: fine.
            let _ = done.send(work(&this));
            drop(permit);
        });
        thread.map_err(PasswordError::Thread)?;
        result.await.map_err(|_| PasswordError::Stopped)?
    }

    fn matches(&self, password: &str, stored: &str) -> Result<bool, PasswordError> {
        if let Some(hash) = stored.strip_prefix(SCHEME) {
            return Ok(bcrypt::verify(self.keyed(password), hash)?);
        }
        if stored.starts_with("$2") {
            return Ok(bcrypt::verify(password, stored)?);
        }
        Err(PasswordError::UnknownScheme)
    }

    fn matches_decoy(&self, password: &str) -> Result<bool, PasswordError> {
        let _ = bcrypt::verify(self.keyed(password), &self.decoy)?;
        Ok(false)
    }

    fn keyed(&self, password: &str) -> String {
        #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.pepper).expect("any key length");
        mac.update(password.as_bytes());
        STANDARD.encode(mac.finalize().into_bytes())
    }
}

/// Has this thread run when others of the process have nothing to do, or nearly so: a sign-in may take longer, a read that
/// comes in meanwhile must not. On Linux a thread has a priority of its own; elsewhere the whole process would yield.
fn yield_to_others() {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::nice(NICENESS) {
        tracing::debug!(%error, "hashing runs at the priority of everything else");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quick() -> PasswordHasher {
        PasswordHasher { cost: 4, ..PasswordHasher::new(b"pepper", 2) }
    }

    async fn check(password: &str, stored: Option<String>, expected: bool) {
        assert_eq!(quick().verify(password.into(), stored).await.unwrap(), expected, "{password}");
    }

    #[tokio::test]
    async fn hashes_verify() {
        let long = "x".repeat(100);
        let stored = quick().hash(&long).unwrap();
        assert!(stored.starts_with("howdah1$2b$04$"), "{stored}");
        check(&long, Some(stored.clone()), true).await;
        // All of it counts: bcrypt alone would stop reading at 72 bytes.
        check(&"x".repeat(99), Some(stored), false).await;
        check("zero\0byte", Some(quick().hash("zero\0bytes").unwrap()), false).await;
        check("anything", None, false).await;
    }

    #[tokio::test]
    async fn the_decoy_costs_what_a_real_hash_costs() {
        let real = PasswordHasher::new(b"pepper", 1);
        assert!(real.decoy.starts_with(&format!("$2b${COST:02}$")), "{}", real.decoy);
        assert!(!real.verify("anything".into(), None).await.unwrap());
    }

    #[tokio::test]
    async fn an_imported_bcrypt_hash_verifies() {
        let stored = bcrypt::hash("imported", 4).unwrap();
        check("imported", Some(stored.clone()), true).await;
        check("other", Some(stored), false).await;
        let unknown = quick().verify("x".into(), Some("md5abc".into())).await;
        assert!(matches!(unknown, Err(PasswordError::UnknownScheme)));
    }

    #[tokio::test]
    async fn another_pepper_does_not_verify() {
        let other = PasswordHasher { cost: 4, ..PasswordHasher::new(b"salt", 1) };
        check("password", Some(other.hash("password").unwrap()), false).await;
    }
}
