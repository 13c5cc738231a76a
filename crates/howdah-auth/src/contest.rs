//! Whose password it is, before the address is proven.
//!
//! Anybody can sign up with somebody else's address and a password of their own, and wait. When the owner follows the mail
//! that comes of it, that password must not be a way in (pre-registration, or pre-hijacking). A single sign-up leaves no
//! choice: its password is what is confirmed, and the mail says what that means. As soon as people sign up with *different*
//! passwords, in whatever order and however far apart, nobody can tell whose is whose: mails look alike, and the owner
//! follows the newest. Then none of them holds. The owner, who alone reads the mail, comes in by its link or code, gets a
//! second mail to set a password, and whoever else has tried is left with nothing. The same password again changes nothing,
//! so a form that is sent twice does no harm.
//!
//! Taking the newest or the oldest password instead would let a stranger win, by being last or first.

use crate::Accounts;
use crate::database::{Database, Query};
use crate::error::AuthError;
use crate::user::User;

const CONTEST: &str = include_str!("sql/contest_password.sql");
/// What is compared may have been replaced by the time that it is taken; it is gone after that.
const LOOKS: u32 = 3;

/// Whether `password` goes with what others have signed up with before. `is_new`: nobody had, the account was made just now.
/// Where it does not, the account has no password from now on. Gives the account that was there.
///
/// It costs the same whether or not there was an account, and whether or not its address is proven.
pub(crate) async fn settle(
    accounts: &Accounts,
    database: &Database,
    address: &str,
    password: &str,
    is_new: bool,
) -> Result<Option<User>, AuthError> {
    let mut user = None;
    for _ in 0..LOOKS {
        user = database.read_one(User::by_email(address)).await?.map(|row| User::from_row(&row));
        let unproven = user.as_ref().filter(|user| !is_new && user.email_confirmed_at.is_none());
        let stored = unproven.and_then(|user| user.password_hash.clone());
        let is_same = accounts.verify(password.to_owned(), stored.clone()).await?;
        let is_contested = unproven.is_some() && !is_same;
        // Where there is nothing to take, it is taken from nobody.
        let query = Query::new(CONTEST).bind(if is_contested { address } else { "" }).bind(stored.as_deref());
        let taken = database.write_one(query).await?;
        if !is_contested || taken.is_some() {
            return Ok(user);
        }
    }
    Ok(user)
}
