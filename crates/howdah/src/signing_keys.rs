//! The project's signing keys: one secret until they are rotated, then a ring of keys, each with its time.
//!
//! The ring is `.howdah/secrets/jwt_keys`, with mode 0600; before the first rotation there is `.howdah/secrets/jwt`, a
//! plain secret, which becomes the first key of the ring. At any moment one key signs: the latest whose time has come.
//! Those that are to come and those before it verify, these until their time is over. Every server of the project reads the
//! file once a second, so all of them know a new key before it signs, and the world does from `/.well-known/jwks.json`.

use std::path::PathBuf;
use std::time::Duration;

use howdah_http::{jwk_of_secret, thumbprint, unix_now};
use howdah_pg::Secret;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::project::Project;
use crate::secrets;

const RING: &str = "jwt_keys";

/// Where a project keeps its signing keys.
#[derive(Debug, Clone)]
pub(crate) struct SigningKeys {
    state_folder: PathBuf,
}

/// What a rotation came to; times in seconds since 1970.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Rotated {
    pub(crate) kid: String,
    pub(crate) algorithm: String,
    pub(crate) signs_from: u64,
    /// When the keys before it verify no more.
    pub(crate) others_verify_until: u64,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Ring {
    version: u32,
    keys: Vec<Dated>,
}

/// A key and its time, in seconds since 1970.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Dated {
    signs_from: u64,
    /// `null` for as long as no other key was made.
    verifies_until: Option<u64>,
    jwk: Value,
}

impl SigningKeys {
    pub(crate) fn of(project: &Project) -> Self {
        Self { state_folder: project.state_folder() }
    }

    /// The keys of this moment, as a server reads them: a secret, or a JSON Web Key set whose first key signs.
    ///
    /// # Errors
    /// The private folder cannot be read, or its file is damaged.
    pub(crate) fn now(&self) -> Result<Secret, Failure> {
        match howdah_cluster::find_secret(&self.state_folder, RING).map_err(failure)? {
            Some(text) => Ok(Secret::from(Ring::read(&text)?.set_at(unix_now()).to_string())),
            None => howdah_cluster::secret(&self.state_folder, secrets::JWT.1).map(Secret::from).map_err(failure),
        }
    }

    /// What [`Self::rotate`] would come to, without doing it.
    ///
    /// # Errors
    /// As there.
    pub(crate) fn plan(&self, jwk: Value, after: Duration, overlap: Duration) -> Result<Rotated, Failure> {
        let find = |name| howdah_cluster::find_secret(&self.state_folder, name).map_err(failure);
        let mut ring = match (find(RING)?, find(secrets::JWT.1)?) {
            (Some(text), _) => Ring::read(&text)?,
            (None, Some(secret)) => Ring::of_secret(&secret),
            (None, None) => Ring { version: 1, keys: Vec::new() },
        };
        ring.add(jwk, unix_now(), after, overlap)
    }

    /// Adds a key that signs after `after` has passed; the others verify for `overlap` longer than that.
    ///
    /// # Errors
    /// The private folder cannot be read or written; the key has no `kid`.
    pub(crate) fn rotate(&self, jwk: Value, after: Duration, overlap: Duration) -> Result<Rotated, Failure> {
        let first = howdah_cluster::secret(&self.state_folder, secrets::JWT.1).map_err(failure)?;
        let mut rotated = None;
        howdah_cluster::change_secret(&self.state_folder, RING, |text| -> Result<String, Changing> {
            let mut ring = match text {
                Some(text) => Ring::read(&text).map_err(Changing)?,
                None => Ring::of_secret(&first),
            };
            rotated = Some(ring.add(jwk, unix_now(), after, overlap).map_err(Changing)?);
            Ok(json!(ring).to_string())
        })
        .map_err(|changing| changing.0)?;
        rotated.ok_or_else(|| Failure::new("signing-keys", "the signing keys were not rotated"))
    }
}

/// What a change of the ring fails with.
struct Changing(Failure);

impl From<howdah_cluster::ClusterError> for Changing {
    fn from(error: howdah_cluster::ClusterError) -> Self {
        Self(failure(error))
    }
}

#[expect(clippy::needless_pass_by_value, reason = "map_err hands it over")]
fn failure(error: howdah_cluster::ClusterError) -> Failure {
    Failure::new(error.code(), error.to_string())
}

impl Ring {
    fn read(text: &str) -> Result<Self, Failure> {
        let ring: Self = serde_json::from_str(text).map_err(|error| {
            // Where, and not what: it holds keys.
            let place = format!("line {}, column {}", error.line(), error.column());
            Failure::new("signing-keys", format!(".howdah/secrets/{RING} is damaged ({place})"))
                .hint("bring it back from a backup; without it no token that was issued can be verified")
        })?;
        if ring.version == 1 {
            return Ok(ring);
        }
        Err(Failure::new("signing-keys", format!(".howdah/secrets/{RING} is of a newer version of Howdah")))
    }

    fn of_secret(secret: &str) -> Self {
        let jwk = jwk_of_secret(secret.as_bytes());
        Self { version: 1, keys: vec![Dated { signs_from: 0, verifies_until: None, jwk }] }
    }

    /// The set at some time: the key that signs, then the others that verify.
    fn set_at(&self, now: u64) -> Value {
        let mut keys: Vec<&Dated> =
            self.keys.iter().filter(|key| key.verifies_until.is_none_or(|until| until > now)).collect();
        // Those whose time has come first, of these the latest.
        keys.sort_by_key(|key| (key.signs_from > now, u64::MAX - key.signs_from));
        let keys: Vec<&Value> = keys.into_iter().map(|key| &key.jwk).collect();
        json!({ "keys": keys })
    }

    fn add(&mut self, mut jwk: Value, now: u64, after: Duration, overlap: Duration) -> Result<Rotated, Failure> {
        let kid = match jwk.get("kid").and_then(Value::as_str) {
            Some(kid) => kid.to_owned(),
            None => thumbprint(&jwk).ok_or_else(|| Failure::usage("signing-key", "the key is no JSON Web Key"))?,
        };
        jwk["kid"] = json!(kid);
        if self.keys.iter().any(|key| key.jwk["kid"] == jwk["kid"]) {
            return Err(Failure::usage("signing-key-known", format!("there is a signing key {kid} already")));
        }
        let signs_from = now + after.as_secs();
        let others_verify_until = signs_from + overlap.as_secs();
        self.keys.retain(|key| key.verifies_until.is_none_or(|until| until > now));
        for key in &mut self.keys {
            let until = key.verifies_until.unwrap_or(u64::MAX).min(others_verify_until);
            key.verifies_until = Some(until);
        }
        let algorithm = jwk["alg"].as_str().unwrap_or("the one of its type").to_owned();
        self.keys.push(Dated { signs_from, verifies_until: None, jwk });
        Ok(Rotated { kid, algorithm, signs_from, others_verify_until })
    }
}

#[cfg(test)]
mod tests {
    use howdah_http::{KeyAlgorithm, KeySet, TokenOptions, Tokens, new_key};

    use super::*;

    const SECRET: &str = "a secret of at least thirty-two bytes";

    fn tokens(text: &str) -> Tokens {
        Tokens::with(KeySet::parse(text, false).unwrap(), TokenOptions::default())
    }

    fn kids(ring: &Ring, now: u64) -> Vec<String> {
        let set = ring.set_at(now);
        set["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap_or("-").to_owned()).collect()
    }

    #[test]
    fn a_key_is_known_before_it_signs_and_verifies_after_another_does() {
        let hours = |hours: u64| Duration::from_secs(hours * 3600);
        let mut ring = Ring::of_secret(SECRET);
        assert_eq!(kids(&ring, 0), ["-"]);
        let b = ring.add(new_key(KeyAlgorithm::Es256), 1000, hours(1), hours(2)).unwrap();
        assert_eq!((b.signs_from, b.others_verify_until), (4600, 11_800));
        assert_eq!(kids(&ring, 1000), ["-", &b.kid]);
        assert_eq!(kids(&ring, 4599), ["-", &b.kid]);
        assert_eq!(kids(&ring, 4600), [b.kid.as_str(), "-"]);
        assert_eq!(kids(&ring, 11_799), [b.kid.as_str(), "-"]);
        assert_eq!(kids(&ring, 11_800), [b.kid.as_str()]);
        // Once more within the overlap: no key gets more time than it had.
        let c = ring.add(new_key(KeyAlgorithm::Hs256), 5000, hours(0), hours(100)).unwrap();
        assert_eq!(kids(&ring, 5000), [c.kid.as_str(), &b.kid, "-"]);
        assert_eq!(kids(&ring, 11_800), [c.kid.as_str(), &b.kid]);
        assert_eq!(kids(&ring, 10_000_000), [c.kid.as_str()]);
        let again = ring.keys[1].jwk.clone();
        assert!(ring.add(again, 5000, hours(0), hours(0)).is_err());
        // What is over is forgotten.
        ring.add(new_key(KeyAlgorithm::Hs256), 10_000_000, hours(0), hours(0)).unwrap();
        assert_eq!(ring.keys.len(), 2);
    }

    #[test]
    fn tokens_of_the_secret_verify_in_the_ring() {
        let claims = json!({ "exp": unix_now() + 60, "role": "anon" });
        let old = tokens(SECRET).sign(&claims).unwrap();
        let mut ring = Ring::of_secret(SECRET);
        let now = unix_now();
        ring.add(new_key(KeyAlgorithm::Es256), now, Duration::ZERO, Duration::from_secs(60)).unwrap();
        let of_ring = tokens(&ring.set_at(now).to_string());
        assert!(of_ring.verify(&old).is_ok());
        let new = of_ring.sign(&claims).unwrap();
        assert!(of_ring.verify(&new).is_ok() && tokens(SECRET).verify(&new).is_err());
        assert!(tokens(&ring.set_at(now + 60).to_string()).verify(&old).is_err());
        // What is written is read as the same.
        let text = json!(ring).to_string();
        assert_eq!(kids(&Ring::read(&text).unwrap(), now), kids(&ring, now));
        let damaged = Ring::read(&text[..text.len() - 5]).unwrap_err();
        assert!(!damaged.message.contains(SECRET) && damaged.message.contains("damaged"));
        assert!(Ring::read(r#"{"version":2,"keys":[]}"#).is_err());
    }
}
