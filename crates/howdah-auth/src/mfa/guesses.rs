//! How often a second factor may be guessed.
//!
//! Whoever guesses has signed in with the password already, so the limits are the account's, whichever session and network
//! they come from: a new sign-in gives no new tries. Codes of six digits of which three count at a time are guessed by a
//! chance of 3 in a million a try, and of the few tries that are allowed a day hardly ever. An account that is slowed down
//! so by somebody with its password still has its recovery codes, which are counted apart.

use std::time::Duration;

use crate::Accounts;
use crate::database::Database;
use crate::error::{AuthError, ErrorCode};
use crate::throttle::{self, Allowance, Limit};

const WINDOW: Duration = Duration::from_secs(15 * 60);
const DAY: Duration = Duration::from_secs(24 * 3600);
/// A day allows so many times as many as a quarter of an hour.
const DAILY: u32 = 5;

/// Which kind of guess.
#[derive(Debug, Clone, Copy)]
pub(super) struct Kind {
    window: &'static str,
    day: &'static str,
    refusal: ErrorCode,
}

/// At the code of an authenticator app.
pub(super) const TOTP: Kind = Kind { window: "totp", day: "totp_day", refusal: ErrorCode::OverRequestRateLimit };
/// At a recovery code.
pub(super) const RECOVERY_CODE: Kind =
    Kind { window: "recovery_code", day: "recovery_code_day", refusal: ErrorCode::MfaRecoveryCodesLocked };

/// Counts one guess. What it gives is to be given back when the guess was right.
///
/// # Errors
/// 429 when there were too many.
pub(super) async fn count(
    accounts: &Accounts,
    database: &Database,
    kind: Kind,
    user_id: &str,
) -> Result<Vec<Allowance>, AuthError> {
    let allowances = of(accounts, kind, user_id);
    throttle::take(accounts, database, kind.refusal, &allowances).await?;
    Ok(allowances)
}

fn of(accounts: &Accounts, kind: Kind, user_id: &str) -> Vec<Allowance> {
    let tries = accounts.options.failures_per_account;
    let window = Limit { name: kind.window, tries, per: WINDOW };
    let day = Limit { name: kind.day, tries: tries.saturating_mul(DAILY), per: DAY };
    [window, day].into_iter().filter_map(|limit| limit.of(user_id)).collect()
}
