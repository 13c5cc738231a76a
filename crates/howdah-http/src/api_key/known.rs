//! What is known of keys that were shown lately.
//!
//! Within [`FRESH`] what was looked up is simply believed. After that it is believed once more while it is looked up
//! again beside the request, and from [`STALE`] on not at all: the request waits for the look. So a key in use costs one
//! look every 400 ms and makes no request wait for it; a key that rests costs nothing; and what has changed in the
//! database holds everywhere after [`STALE`] at the latest, counted from when the look began. Where the database does not
//! answer, there is no key to go by, and the request gets 503.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use howdah_pg::lane::{Flight, LaneError, LanePool, Reply, Route, Statement, Step};
use http::{HeaderMap, Method};
use serde_json::json;

use super::{ApiKey, KeyRefusal, Scopes};
use crate::caller::{Asked, Caller, Trash};
use crate::{ApiError, Principal};

const FIND_KEY: &str = include_str!("sql/find_key.sql");
const NOTE_USE: &str = include_str!("sql/note_use.sql");

/// The role that may read and write `auth.*`.
const AUTH_ROLE: &str = "howdah_auth";

/// Believed without another look.
const FRESH: Duration = Duration::from_millis(400);
/// Not believed any more. Below a second, by as much as a look may take.
const STALE: Duration = Duration::from_millis(900);
/// Kept at the most. An entry older than [`STALE`] is worth nothing and goes first.
const MOST: usize = 10_000;
/// Uses are gathered for so long before they are written.
const GATHER: Duration = Duration::from_secs(2);

/// API keys, and what is known of those in use. Cheap to clone.
#[derive(Debug, Clone)]
pub struct ApiKeys {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    pool: LanePool,
    known: Mutex<HashMap<Box<str>, Arc<Entry>>>,
    /// The ids of keys whose use is to be noted.
    used: Mutex<HashSet<Box<str>>>,
}

/// A key as it was in the database.
#[derive(Debug)]
struct Entry {
    digest: [u8; 32],
    id: Box<str>,
    user_id: Box<str>,
    state: Result<(), KeyRefusal>,
    ends: Option<Instant>,
    principal: Principal,
    /// When the look began.
    looked: Instant,
    is_looked_up: AtomicBool,
    is_use_due: AtomicBool,
}

impl ApiKeys {
    pub(crate) fn new(pool: LanePool) -> Self {
        Self { inner: Arc::new(Inner { pool, known: Mutex::default(), used: Mutex::default() }) }
    }

    /// Whom a key stands for.
    ///
    /// # Errors
    /// 401 for a key that is not good, 503 while the database does not answer.
    pub(crate) async fn principal(&self, text: &str) -> Result<Principal, ApiError> {
        let key = ApiKey::parse(text).map_err(KeyRefusal::from)?;
        let digest = key.digest();
        let entry = match self.recall(key.prefix()) {
            Some(entry) => entry,
            None => self.look_up(key.prefix()).await?.ok_or(KeyRefusal::Unknown)?,
        };
        entry.admit(&digest)?;
        self.note_use(&entry);
        Ok(entry.principal.clone())
    }

    /// The account of a key that is in use, for counting; `None` where another look would be needed.
    pub(crate) fn subject(&self, text: &str) -> Option<Box<str>> {
        let key = ApiKey::parse(text).ok()?;
        let entry = self.locked().get(key.prefix()).cloned()?;
        let is_good = entry.looked.elapsed() < STALE && entry.admit(&key.digest()).is_ok();
        is_good.then(|| entry.user_id.clone())
    }

    /// Forgets what is known of the key with this prefix: the next request looks it up.
    pub fn forget(&self, prefix: &str) {
        self.locked().remove(prefix);
    }

    /// Forgets all: the keys of an account have changed, or nobody knows what has.
    pub fn forget_all(&self) {
        self.locked().clear();
    }

    /// An entry that may still be believed. One that is no longer fresh is looked up again meanwhile.
    fn recall(&self, prefix: &str) -> Option<Arc<Entry>> {
        let entry = self.locked().get(prefix).cloned()?;
        let age = entry.looked.elapsed();
        if age >= STALE {
            return None;
        }
        if age >= FRESH && !entry.is_looked_up.swap(true, Ordering::Relaxed) {
            let (keys, prefix) = (self.clone(), prefix.to_owned());
            tokio::spawn(async move {
                if let Err(error) = keys.look_up(&prefix).await {
                    // The next request looks for itself, and says so.
                    tracing::debug!(code = error.code, "an API key was not looked up again");
                }
            });
        }
        Some(entry)
    }

    async fn look_up(&self, prefix: &str) -> Result<Option<Arc<Entry>>, ApiError> {
        let looked = Instant::now();
        let find = step(FIND_KEY, Bytes::copy_from_slice(prefix.as_bytes()));
        let flight = Flight::read(vec![become_auth(true), find]);
        let reply = self.inner.pool.run(flight, Route::Shared).await.map_err(|error| refused(&error))?;
        let entry = Entry::read(&reply, looked)?.map(Arc::new);
        let mut known = self.locked();
        match &entry {
            Some(entry) => {
                if known.len() >= MOST {
                    known.retain(|_, entry| entry.looked.elapsed() < STALE);
                }
                if known.len() < MOST {
                    known.insert(prefix.into(), Arc::clone(entry));
                }
            }
            None => drop(known.remove(prefix)),
        }
        Ok(entry)
    }

    /// Has the use of a key written down, soon and with others.
    fn note_use(&self, entry: &Entry) {
        if !entry.is_use_due.swap(false, Ordering::Relaxed) {
            return;
        }
        let mut used = self.inner.used.lock().unwrap_or_else(PoisonError::into_inner);
        let is_first = used.is_empty();
        used.insert(entry.id.clone());
        if is_first {
            let keys = self.clone();
            tokio::spawn(async move {
                tokio::time::sleep(GATHER).await;
                keys.write_uses().await;
            });
        }
    }

    async fn write_uses(&self) {
        let used = std::mem::take(&mut *self.inner.used.lock().unwrap_or_else(PoisonError::into_inner));
        // Ids are UUIDs: no character of theirs means anything in an array.
        let ids = format!("{{{}}}", used.into_iter().collect::<Vec<_>>().join(","));
        let flight = Flight::write(vec![become_auth(false), step(NOTE_USE, ids.into())]);
        if let Err(error) = self.inner.pool.run(flight, Route::Exclusive).await {
            tracing::warn!(%error, "when API keys were last used could not be written down");
        }
    }

    fn locked(&self) -> MutexGuard<'_, HashMap<Box<str>, Arc<Entry>>> {
        self.inner.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entry {
    fn read(reply: &Reply, looked: Instant) -> Result<Option<Self>, ApiError> {
        let unreadable = || {
            tracing::error!("a row of auth.api_keys cannot be read");
            ApiError::new(
                http::StatusCode::INTERNAL_SERVER_ERROR,
                "PGRSTX00",
                "An unexpected error; see the server's log.",
            )
        };
        let Some(row) = reply.last().and_then(|step| reply.rows(step).next()) else { return Ok(None) };
        let columns: Vec<Option<&str>> =
            row.map(|column| column.and_then(|bytes| std::str::from_utf8(bytes).ok())).collect();
        let [Some(id), Some(user_id), Some(digest), Some(role), Some(scopes), Some(state), ends_in, is_use_due] =
            columns[..]
        else {
            return Err(unreadable());
        };
        let digest = digest_of(digest).ok_or_else(unreadable)?;
        let texts: Vec<String> = serde_json::from_str(scopes).map_err(|_| unreadable())?;
        let state = match state {
            "good" => Ok(()),
            "expired" => Err(KeyRefusal::Expired),
            "replaced" => Err(KeyRefusal::Replaced),
            "closed" => Err(KeyRefusal::Closed),
            _ => Err(KeyRefusal::Revoked),
        };
        // Far beyond how long it is believed, it does not matter when it ends.
        let ends = ends_in.and_then(|seconds| seconds.parse().ok()).filter(|seconds| *seconds < 60.0);
        let ends = ends.map(|seconds| looked + Duration::try_from_secs_f64(seconds).unwrap_or_default());
        let scopes = Scopes::of_stored(&texts);
        let claims = json!({ "sub": user_id, "role": role, "api_key_id": id, "scopes": scopes.texts() });
        let principal = Principal {
            role: role.into(),
            claims: Bytes::from(claims.to_string()),
            is_anonymous: false,
            scopes: Some(Arc::new(scopes)),
        };
        Ok(Some(Self {
            digest,
            id: id.into(),
            user_id: user_id.into(),
            state,
            ends,
            principal,
            looked,
            is_looked_up: AtomicBool::new(false),
            is_use_due: AtomicBool::new(is_use_due == Some("t")),
        }))
    }

    /// Whether a key with this digest is this one, and good now.
    fn admit(&self, digest: &[u8; 32]) -> Result<(), KeyRefusal> {
        // Digests, and of random secrets: where they begin to differ tells nothing of use. All the same, compared whole.
        let differs = self.digest.iter().zip(digest).fold(0, |differs, (ours, theirs)| differs | (ours ^ theirs));
        if differs != 0 {
            return Err(KeyRefusal::Unknown);
        }
        self.state?;
        match self.ends {
            Some(at) if Instant::now() >= at => Err(KeyRefusal::Expired),
            _ => Ok(()),
        }
    }
}

fn digest_of(hex: &str) -> Option<[u8; 32]> {
    let mut digest = [0; 32];
    if hex.len() != 2 * digest.len() || !hex.is_ascii() {
        return None;
    }
    for (at, byte) in digest.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).ok()?;
    }
    Some(digest)
}

fn step(sql: &'static str, parameter: Bytes) -> Step {
    Step { statement: Statement::new(AUTH_ROLE, sql), params: vec![Some(parameter)] }
}

/// The settings of a flight of the server's own.
fn become_auth(read_only: bool) -> Step {
    let principal = Principal::inner(AUTH_ROLE);
    let headers = HeaderMap::new();
    let caller = Caller {
        principal: &principal,
        method: &Method::GET,
        path: "",
        headers: &headers,
        request_id: "",
        address: None,
        asked: Asked::NONE,
        role_settings: None,
    };
    caller.step(Trash::Hidden, read_only)
}

fn refused(error: &LaneError) -> ApiError {
    // No such role, schema or table: the database is not one with keys.
    if error.database().is_some_and(|e| matches!(e.code.as_str(), "22023" | "42501" | "3F000" | "42P01" | "42703")) {
        return KeyRefusal::NoKeys.into();
    }
    ApiError::from_lane(error, false)
}
