//! What a session gets for a second factor that was shown: it becomes `aal2`, with new tokens.

use crate::Accounts;
use crate::audit::Event;
use crate::database::{Database, Query, Transaction};
use crate::error::{AuthError, ErrorCode};
use crate::session::{Method, Session};
use crate::signed_in::SignedIn;
use crate::throttle::{self, Allowance};
use crate::token::Token;

const ELEVATE: &str = include_str!("sql/elevate_session.sql");
const LOCK: &str = "select from auth.users where id = $1::uuid for no key update";

/// A transaction on the second factors of an account. They take turns, so that none ends what another has just made, and
/// no two wait for each other's sessions.
pub(crate) async fn begin(database: &Database, user_id: &str) -> Result<Transaction, AuthError> {
    let mut transaction = database.transaction().await?;
    transaction.run(Query::new(LOCK).bind(user_id)).await?;
    Ok(transaction)
}

/// Ends a transaction in which a factor was shown: elevates the session, gives the guess back and records `event`.
///
/// # Errors
/// 403 `session_not_found` when the session has ended meanwhile; then nothing of the transaction has happened.
pub(super) async fn commit(
    accounts: &Accounts,
    database: &Database,
    mut transaction: Transaction,
    who: &SignedIn,
    method: Method,
    guesses: &[Allowance],
    event: &Event,
) -> Result<(Session, Token), AuthError> {
    let token = Token::random();
    let elevate = Query::new(ELEVATE)
        .bind(&who.session_id)
        .bind(&who.user_id)
        .bind(method.entry())
        .bind(token.digest())
        .bind(accounts.options.session_idle.as_secs());
    let ended = || AuthError::new(ErrorCode::SessionNotFound, "Session from session_id claim in JWT does not exist");
    let row = transaction.run_one(elevate).await?.ok_or_else(ended)?;
    let recorded = accounts.trail.query(database, event).await;
    for query in guesses.iter().map(throttle::give_back).chain(recorded) {
        transaction.run(query).await?;
    }
    transaction.commit().await?;
    let session = Session {
        id: row.text("session_id"),
        epoch: row.integer("token_epoch"),
        ends_at: row.integer("ends_at").unsigned_abs(),
        has_second_factor: true,
        amr: row.json("amr"),
    };
    Ok((session, token))
}
