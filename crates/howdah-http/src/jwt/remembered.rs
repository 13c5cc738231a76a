//! Tokens whose signature has been found good, so that it need not be computed again.
//!
//! The number of entries is fixed; one that has not been asked for since the hand last came by makes room for a new one
//! (the clock algorithm), so that a flood of tokens seen once does not drive out those in use. Entries are spread over
//! shards with a lock each. Whoever asks has to look at the times of what comes back: it may have expired meanwhile.

use std::collections::HashMap;
use std::hash::{BuildHasher, BuildHasherDefault, Hasher, RandomState};
use std::sync::{Arc, Mutex, PoisonError};

use super::Claims;

/// More cores than this would get into each other's way now and then, and no more than that.
const SHARDS: usize = 16;
/// Longer tokens are verified every time: the bound on entries is to be one on memory too.
const LONGEST: usize = 8 * 1024;

pub(super) struct Remembered {
    hashes: RandomState,
    /// Empty when nothing is to be remembered.
    shards: Box<[Mutex<Shard>]>,
    /// Entries of one shard.
    capacity: usize,
}

#[derive(Default)]
struct Shard {
    /// From a token's hash to its place.
    places: HashMap<u64, usize, BuildHasherDefault<AsItIs>>,
    entries: Vec<Entry>,
    hand: usize,
}

struct Entry {
    hash: u64,
    token: Box<str>,
    claims: Arc<Claims>,
    /// Asked for since the hand last came by.
    is_used: bool,
}

impl Remembered {
    /// Room for `entries` tokens at the most; 0 remembers nothing.
    pub(super) fn new(entries: usize) -> Self {
        let shards = SHARDS.min(entries);
        // Fewer entries than shards is for tests; more are shared out evenly, rounded down.
        let capacity = entries.checked_div(shards).unwrap_or_default();
        let shards = (0..shards).map(|_| Mutex::default()).collect();
        Self { hashes: RandomState::new(), shards, capacity }
    }

    /// The claims of a token that was remembered.
    pub(super) fn recall(&self, token: &str) -> Option<Arc<Claims>> {
        let hash = self.hashes.hash_one(token);
        let mut shard = self.shard(hash)?.lock().unwrap_or_else(PoisonError::into_inner);
        let place = *shard.places.get(&hash)?;
        let entry = shard.entries.get_mut(place)?;
        // The hash only leads here; what counts is the token itself.
        if *entry.token != *token {
            return None;
        }
        entry.is_used = true;
        Some(Arc::clone(&entry.claims))
    }

    /// Keeps the claims of a token. Whether another token had to make room.
    pub(super) fn remember(&self, token: &str, claims: &Arc<Claims>) -> bool {
        if token.len() > LONGEST {
            return false;
        }
        let hash = self.hashes.hash_one(token);
        let Some(shard) = self.shard(hash) else { return false };
        let entry = Entry { hash, token: token.into(), claims: Arc::clone(claims), is_used: false };
        shard.lock().unwrap_or_else(PoisonError::into_inner).insert(entry, self.capacity)
    }

    /// Whether it remembers nothing at all.
    pub(super) fn is_off(&self) -> bool {
        self.shards.is_empty()
    }

    /// Tokens that it holds at this moment.
    pub(super) fn len(&self) -> usize {
        let lengths =
            self.shards.iter().map(|shard| shard.lock().unwrap_or_else(PoisonError::into_inner).entries.len());
        lengths.sum()
    }

    fn shard(&self, hash: u64) -> Option<&Mutex<Shard>> {
        let count = u64::try_from(self.shards.len()).ok()?;
        // Bits of the middle: the map within a shard goes by the lowest and the highest ones.
        self.shards.get(usize::try_from((hash >> 32).checked_rem(count)?).ok()?)
    }
}

impl Shard {
    /// Whether another entry had to make room.
    fn insert(&mut self, entry: Entry, capacity: usize) -> bool {
        let (place, has_evicted) = match self.places.get(&entry.hash) {
            // Two requests verified it at once, or, once in an age, two tokens have one hash.
            Some(place) => (*place, false),
            None if self.entries.len() < capacity => (self.entries.len(), false),
            None => (self.make_room(), true),
        };
        self.places.insert(entry.hash, place);
        match self.entries.get_mut(place) {
            Some(old) => *old = entry,
            None => self.entries.push(entry),
        }
        has_evicted
    }

    fn make_room(&mut self) -> usize {
        loop {
            let place = self.hand;
            self.hand = (self.hand + 1) % self.entries.len();
            let entry = &mut self.entries[place];
            if !std::mem::take(&mut entry.is_used) {
                self.places.remove(&entry.hash);
                return place;
            }
        }
    }
}

/// The key is a hash already, and a keyed one.
#[derive(Default)]
struct AsItIs(u64);

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims(json: &'static str) -> Arc<Claims> {
        Arc::new(Claims { json: json.as_bytes().into(), ..Claims::default() })
    }

    fn recalls(remembered: &Remembered, token: &str) -> bool {
        remembered.recall(token).is_some()
    }

    #[test]
    fn what_was_remembered_comes_back() {
        let remembered = Remembered::new(1000);
        remembered.remember("a", &claims("1"));
        remembered.remember("b", &claims("2"));
        remembered.remember("a", &claims("3"));
        assert_eq!(remembered.recall("a").unwrap().json, "3");
        assert_eq!(remembered.recall("b").unwrap().json, "2");
        assert!(!recalls(&remembered, "c"));
    }

    #[test]
    fn the_number_of_entries_is_bounded() {
        for entries in [0, 1, 5, 16, 1000] {
            let remembered = Remembered::new(entries);
            let evicted = (0..5000).filter(|n| remembered.remember(&n.to_string(), &claims("x"))).count();
            assert!(remembered.len() <= entries, "{} of {entries}", remembered.len());
            assert_eq!(evicted, if entries == 0 { 0 } else { 5000 - remembered.len() });
            assert_eq!(recalls(&remembered, "4999"), entries > 0);
        }
        let remembered = Remembered::new(10);
        let long = "x".repeat(LONGEST + 1);
        remembered.remember(&long, &claims("x"));
        assert!(!recalls(&remembered, &long));
    }

    #[test]
    fn what_is_in_use_stays() {
        let remembered = Remembered::new(64);
        remembered.remember("used", &claims("x"));
        for n in 0..5000 {
            assert!(recalls(&remembered, "used"), "driven out by {n}");
            remembered.remember(&n.to_string(), &claims("x"));
        }
    }

    #[test]
    fn another_token_with_the_same_hash_is_another_token() {
        let remembered = Remembered::new(1);
        remembered.remember("a", &claims("x"));
        let hash = remembered.hashes.hash_one("b");
        let mut shard = remembered.shards[0].lock().unwrap();
        shard.places.insert(hash, 0);
        drop(shard);
        assert!(!recalls(&remembered, "b"));
    }
}
