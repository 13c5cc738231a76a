//! Access tokens that are worthless before they expire, because their session has ended or their account's epoch has
//! moved on.
//!
//! Asking the database about every token would cost each request a round trip. Instead each process keeps what has ended in
//! memory, about a day of it, and a task ([`follow`]) keeps that up to date over a connection of its own: told by NOTIFY at
//! once, and looking by itself four times a second. When the last look that succeeded is more than a second old nobody can
//! say whether a session still lives, and its tokens are refused with 503 until somebody can: an ended session is never
//! good for longer than that, on any process, whatever happens to the connection.
//!
//! A machine that is starved for a moment looks late, not never: a request then waits for the look ([`Revoked::catch_up`])
//! instead of being refused. Once nothing has been heard for a few seconds there is nothing to wait for.
//!
//! Tokens that belong to no session (keys, tokens of other issuers) are none of its business, and a database without
//! accounts has nothing that could end.

mod follow;

use std::collections::HashMap;
use std::sync::atomic::{AtomicU8, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use uuid::Uuid;

pub use follow::Following;

use crate::jwt::OfSession;
use crate::{ApiError, JwtError};

/// How old what is known may be.
const STALEST: Duration = Duration::from_secs(1);
/// How long a request waits for a look that is late.
const LATE: Duration = Duration::from_millis(1500);
/// When the last look is as old as that, the next is not late: the database is away.
const AWAY: Duration = Duration::from_secs(4);
/// No access token is good for longer, so nothing needs to be remembered for longer.
const LONGEST_TOKEN: Duration = Duration::from_secs(24 * 3600);
/// So that those who look get in each other's way less.
const SHARDS: usize = 16;

/// Nobody follows: tokens are taken at their word.
const UNWATCHED: u8 = 0;
/// Somebody does, and the database has no accounts.
const NO_ACCOUNTS: u8 = 1;
/// Somebody does.
const WATCHED: u8 = 2;

/// What has ended. Cheap to clone; all clones are one.
#[derive(Clone)]
pub struct Revoked {
    inner: Arc<Inner>,
}

struct Inner {
    mode: AtomicU8,
    began: Instant,
    /// When the last look that succeeded began, in milliseconds after `began`, plus one; 0 before the first.
    looked: AtomicU64,
    entries: AtomicUsize,
    shards: [RwLock<Shard>; SHARDS],
}

#[derive(Default)]
struct Shard {
    /// Sessions that have ended, and until when that matters.
    sessions: HashMap<Uuid, Instant>,
    /// The epoch below which an account's tokens are worthless, and until when that matters.
    accounts: HashMap<Uuid, (i64, Instant)>,
}

/// One thing that ended tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    Session(Uuid),
    /// The account's tokens of smaller epochs.
    Below(Uuid, i64),
}

impl std::fmt::Debug for Revoked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Revoked").field("entries", &self.inner.entries.load(Ordering::Relaxed)).finish_non_exhaustive()
    }
}

impl Default for Revoked {
    fn default() -> Self {
        let inner = Inner {
            mode: AtomicU8::new(UNWATCHED),
            began: Instant::now(),
            looked: AtomicU64::new(0),
            entries: AtomicUsize::new(0),
            shards: std::array::from_fn(|_| RwLock::default()),
        };
        Self { inner: Arc::new(inner) }
    }
}

impl Revoked {
    /// Whether what is known is recent enough to answer.
    pub fn is_current(&self) -> bool {
        match self.inner.mode.load(Ordering::Acquire) {
            UNWATCHED | NO_ACCOUNTS => true,
            _ => self.age().is_some_and(|age| age <= STALEST),
        }
    }

    /// Waits for a look that is late, for a moment at the most. Without one the token is refused, as before.
    pub(crate) async fn catch_up(&self) {
        let patience = Instant::now() + LATE;
        while !self.is_current() && self.age().is_some_and(|age| age < AWAY) && Instant::now() < patience {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Lets a token of a session pass, if it may.
    ///
    /// # Errors
    /// 401 when its session has ended or its epoch is over, 503 when nobody can say.
    pub(crate) fn check(&self, token: &OfSession) -> Result<(), ApiError> {
        if !self.is_current() {
            return Err(ApiError::unavailable(
                "HOWDAH503",
                "Whether this session still lives cannot be told at the moment. Nothing was changed.",
            ));
        }
        if self.inner.entries.load(Ordering::Acquire) > 0 && self.has_ended(token) {
            return Err(JwtError::SessionEnded.into());
        }
        Ok(())
    }

    fn has_ended(&self, token: &OfSession) -> bool {
        if self
            .shard(token.session)
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .sessions
            .contains_key(&token.session)
        {
            return true;
        }
        let shard = self.shard(token.account).read().unwrap_or_else(PoisonError::into_inner);
        shard.accounts.get(&token.account).is_some_and(|(below, _)| token.epoch < *below)
    }

    /// Whether a look has ever succeeded.
    fn has_looked(&self) -> bool {
        self.inner.looked.load(Ordering::Acquire) > 0
    }

    fn age(&self) -> Option<Duration> {
        let looked = self.inner.looked.load(Ordering::Acquire).checked_sub(1)?;
        Some(self.inner.began.elapsed().saturating_sub(Duration::from_millis(looked)))
    }

    fn shard(&self, id: Uuid) -> &RwLock<Shard> {
        // Any byte of a random UUID but those of its version and variant.
        &self.inner.shards[usize::from(id.as_bytes()[0]) % SHARDS]
    }

    /// Notes what a look has found that happened `age` ago.
    fn note(&self, ended: Ended, age: Duration, now: Instant) {
        let Some(left) = LONGEST_TOKEN.checked_sub(age) else { return };
        let until = now + left;
        let id = match ended {
            Ended::Session(id) | Ended::Below(id, _) => id,
        };
        let mut shard = self.shard(id).write().unwrap_or_else(PoisonError::into_inner);
        let is_new = match ended {
            Ended::Session(_) => shard.sessions.insert(id, until).is_none(),
            Ended::Below(_, epoch) => {
                let before = shard.accounts.get(&id).copied();
                let (epoch, until) = before.map_or((epoch, until), |(e, u)| (e.max(epoch), u.max(until)));
                shard.accounts.insert(id, (epoch, until)).is_none()
            }
        };
        if is_new {
            self.inner.entries.fetch_add(1, Ordering::AcqRel);
        }
    }

    /// Notes that all that had happened at `began` is known now.
    fn looked(&self, began: Instant) {
        let millis = began.saturating_duration_since(self.inner.began).as_millis();
        self.inner.looked.store(u64::try_from(millis).unwrap_or(u64::MAX - 1) + 1, Ordering::Release);
        self.inner.mode.store(WATCHED, Ordering::Release);
    }

    /// Drops what no token can be alive for.
    fn forget(&self, now: Instant) {
        let mut entries = 0;
        for shard in &self.inner.shards {
            let mut shard = shard.write().unwrap_or_else(PoisonError::into_inner);
            shard.sessions.retain(|_, until| *until > now);
            shard.accounts.retain(|_, (_, until)| *until > now);
            entries += shard.sessions.len() + shard.accounts.len();
        }
        // Only the task that follows writes, so nothing was added meanwhile.
        self.inner.entries.store(entries, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(session: u128, account: u128, epoch: i64) -> OfSession {
        OfSession { session: Uuid::from_u128(session), account: Uuid::from_u128(account), epoch }
    }

    #[track_caller]
    fn check(revoked: &Revoked, token: &OfSession, expected: Option<u16>) {
        assert_eq!(revoked.check(token).err().map(|error| error.status.as_u16()), expected, "{token:?}");
    }

    #[test]
    fn what_has_ended_is_refused_and_nothing_else() {
        let (revoked, now) = (Revoked::default(), Instant::now());
        check(&revoked, &token(1, 2, 0), None);
        revoked.looked(now);
        revoked.note(Ended::Session(Uuid::from_u128(1)), Duration::ZERO, now);
        revoked.note(Ended::Below(Uuid::from_u128(3), 5), Duration::ZERO, now);
        revoked.note(Ended::Below(Uuid::from_u128(3), 4), Duration::ZERO, now);
        check(&revoked, &token(1, 2, 0), Some(401));
        check(&revoked, &token(7, 2, 0), None);
        check(&revoked, &token(7, 3, 4), Some(401));
        check(&revoked, &token(7, 3, 5), None);
    }

    #[test]
    fn nobody_is_taken_at_their_word_when_nobody_can_say() {
        let revoked = Revoked::default();
        revoked.inner.mode.store(WATCHED, Ordering::Release);
        // Before the first look.
        check(&revoked, &token(1, 2, 0), Some(503));
        revoked.looked(Instant::now());
        check(&revoked, &token(1, 2, 0), None);
        let old = Arc::into_inner(revoked.inner).unwrap();
        let began = Instant::now().checked_sub(Duration::from_secs(60)).unwrap();
        let revoked = Revoked { inner: Arc::new(Inner { began, ..old }) };
        check(&revoked, &token(1, 2, 0), Some(503));
    }

    /// As it is when the last look began so long ago.
    fn looked(ago: Duration) -> Revoked {
        let inner = Arc::into_inner(Revoked::default().inner).unwrap();
        let began = Instant::now().checked_sub(Duration::from_secs(60)).unwrap();
        let revoked = Revoked { inner: Arc::new(Inner { began, ..inner }) };
        revoked.looked(Instant::now().checked_sub(ago).unwrap());
        revoked
    }

    #[tokio::test]
    async fn a_look_that_is_late_is_waited_for_and_one_that_does_not_come_is_not() {
        let late = looked(Duration::from_millis(1200));
        check(&late, &token(1, 2, 0), Some(503));
        let looks = late.clone();
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(100)).await;
            looks.note(Ended::Session(Uuid::from_u128(7)), Duration::ZERO, Instant::now());
            looks.looked(Instant::now());
        });
        late.catch_up().await;
        check(&late, &token(1, 2, 0), None);
        check(&late, &token(7, 2, 0), Some(401));
        // The database is away: nobody is kept waiting for it.
        let away = looked(Duration::from_secs(10));
        let began = Instant::now();
        away.catch_up().await;
        assert!(began.elapsed() < Duration::from_millis(500), "{:?}", began.elapsed());
        check(&away, &token(1, 2, 0), Some(503));
    }

    #[test]
    fn what_no_token_can_be_alive_for_is_forgotten() {
        let (revoked, now) = (Revoked::default(), Instant::now());
        revoked.looked(now);
        revoked.note(Ended::Session(Uuid::from_u128(1)), LONGEST_TOKEN - Duration::from_secs(1), now);
        revoked.note(Ended::Session(Uuid::from_u128(2)), LONGEST_TOKEN + Duration::from_secs(1), now);
        revoked.note(Ended::Below(Uuid::from_u128(3), 1), Duration::ZERO, now);
        assert_eq!(revoked.inner.entries.load(Ordering::Relaxed), 2);
        revoked.forget(now + Duration::from_secs(2));
        assert_eq!(revoked.inner.entries.load(Ordering::Relaxed), 1);
        check(&revoked, &token(1, 9, 0), None);
        check(&revoked, &token(9, 3, 0), Some(401));
    }
}
