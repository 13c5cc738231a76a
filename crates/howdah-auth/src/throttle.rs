//! How often something may be tried: counted in the database, so that every process counts together and a restart forgets
//! nothing (DESIGN, invariant 3). A try costs one quick statement, which is little beside the hash of a password.
//!
//! A limit is a number of tries within a time, given back evenly as time goes by. It is counted *before* the try, so that
//! a thousand tries at once are a thousand; whoever turns out to be right gets it back ([`give_back`]).
//!
//! No stranger locks anybody out: what counts failures for an account counts them per account *and* network, and the limit
//! across all networks spares those from which the account has signed in before (see `sign_in`).

use std::net::IpAddr;
use std::time::Duration;

use crate::Accounts;
use crate::audit::{Action, Event};
use crate::database::{Database, Query};
use crate::error::{AuthError, ErrorCode};
use crate::token::Digest;

const TAKE: &str = include_str!("sql/take_turn.sql");
const NEXT: &str = include_str!("sql/next_turn.sql");
const GIVE_BACK: &str = "delete from auth.throttles where key_hash = $1::bytea";

/// A limit, of which each subject has its own.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limit {
    /// Tells it from other limits, such as `sign_in`.
    pub(crate) name: &'static str,
    /// Tries at once.
    pub(crate) tries: u32,
    /// The time in which that many come back.
    pub(crate) per: Duration,
}

/// A limit and whom it is about.
#[derive(Debug, Clone)]
pub(crate) struct Allowance {
    limit: Limit,
    key: Digest,
}

impl Limit {
    /// For one subject: an account, an address, both. Zero tries is no limit: `None`.
    pub(crate) fn of(self, subject: &str) -> Option<Allowance> {
        let key = Digest::of(&format!("{}:{subject}", self.name));
        (self.tries > 0).then_some(Allowance { limit: self, key })
    }
}

impl Allowance {
    fn pace(&self) -> f64 {
        self.limit.per.as_secs_f64() / f64::from(self.limit.tries)
    }

    fn bind(&self, sql: &'static str) -> Query {
        Query::new(sql).bind(self.key).bind(self.pace().to_string()).bind(self.limit.tries)
    }
}

/// Counts one try against each of the limits.
///
/// # Errors
/// 429 with Retry-After when one of them is used up, as `code` says it; recorded as a denial.
pub(crate) async fn take(
    accounts: &Accounts,
    database: &Database,
    code: ErrorCode,
    allowances: impl IntoIterator<Item = Allowance>,
) -> Result<(), AuthError> {
    for allowance in allowances {
        let taken = database.write_all(vec![allowance.bind(TAKE), allowance.bind(NEXT)]).await?;
        let [taken, next] = taken.as_slice() else { return Err(AuthError::internal()) };
        if taken.is_empty() {
            let wait = next.first().map_or(1, |row| row.integer("wait")).max(1);
            let event = Event::new(Action::Throttled).detail("limit", allowance.limit.name);
            accounts.trail.denied(database, &event).await;
            return Err(AuthError::too_often(code, wait.unsigned_abs()));
        }
    }
    Ok(())
}

/// The statement that makes an allowance whole again, for whoever was right.
pub(crate) fn give_back(allowance: &Allowance) -> Query {
    Query::new(GIVE_BACK).bind(allowance.key)
}

/// The network that an address counts as: of IPv6, a customer has 2⁶⁴ addresses and more.
pub(crate) fn network(address: Option<IpAddr>) -> String {
    match address.map(|address| address.to_canonical()) {
        None => "none".to_owned(),
        Some(IpAddr::V4(address)) => address.to_string(),
        Some(IpAddr::V6(address)) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks() {
        for (address, network_of_it) in [
            ("192.0.2.7", "192.0.2.7"),
            ("::ffff:192.0.2.7", "192.0.2.7"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ] {
            assert_eq!(network(Some(address.parse().unwrap())), network_of_it);
        }
        assert_eq!(network(None), "none");
    }
}
