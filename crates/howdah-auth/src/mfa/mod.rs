//! Second factors: authenticator apps (TOTP) and recovery codes, in the form of Supabase Auth.
//!
//! [`totp`] is RFC 6238 and [`seal`] keeps its secrets from whoever reads the database; both are pure. [`challenge`] ties a
//! try to a factor and a session without remembering anything. [`enroll`], [`verify`], [`unenroll`] and [`recovery`] are
//! the endpoints, [`elevate`] is what a session gets for a factor that was shown.
//!
//! What this does not do: ask for the second factor. A session without it is `aal1`, and whether that is enough is up to
//! the policies of a table (`auth.jwt() ->> 'aal'`) and to the endpoints that change an account.

mod challenge;
mod elevate;
mod enroll;
mod guesses;
mod recovery;
mod seal;
mod totp;
mod unenroll;
mod verify;

use std::sync::Arc;

use axum::Router;
use ring::hkdf;

use crate::Accounts;
use crate::database::{Database, Query};
use crate::error::{AuthError, ErrorCode};
use crate::signed_in::SignedIn;
use challenge::Challenges;
pub(crate) use elevate::begin;
use seal::Sealer;
pub(crate) use unenroll::remove;

const HAS_SHOWN: &str = "select mfa_verified_at is not null as has_shown from auth.sessions where id = $1::uuid";

/// What second factors need beyond the database. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct SecondFactors {
    sealer: Arc<Sealer>,
    challenges: Arc<Challenges>,
}

impl SecondFactors {
    /// Under keys that are derived from the secret that passwords are hashed with: it is kept outside the database too.
    pub(crate) fn new(pepper: &[u8]) -> Self {
        let secret = hkdf::Salt::new(hkdf::HKDF_SHA256, b"howdah second factors").extract(pepper);
        Self { sealer: Arc::new(Sealer::new(&secret)), challenges: Arc::new(Challenges::new(&secret)) }
    }
}

pub(crate) fn routes() -> Router<Accounts> {
    Router::new().merge(enroll::routes()).merge(verify::routes()).merge(unenroll::routes()).merge(recovery::routes())
}

/// Lets pass whoever has shown a second factor in this session, and still counts as having done so: the token alone may be
/// older than the last factor.
///
/// # Errors
/// 403 `insufficient_aal`.
async fn require_second_factor(database: &Database, who: &SignedIn) -> Result<(), AuthError> {
    let row = database.read_one(Query::new(HAS_SHOWN).bind(&who.session_id)).await?;
    if who.has_second_factor() && row.is_some_and(|row| row.is("has_shown")) {
        return Ok(());
    }
    let message = "This takes a session with a second factor (aal2): verify one first";
    Err(AuthError::new(ErrorCode::InsufficientAal, message))
}

/// Somebody else's factor is answered like one that never was.
pub(crate) fn factor_not_found() -> AuthError {
    AuthError::new(ErrorCode::MfaFactorNotFound, "Factor not found")
}
