//! Proof Key for Code Exchange (RFC 7636): an application that starts a sign-in by mail keeps a secret verifier and sends
//! its SHA-256. The link of the mail then leads back with a code, which is worth a session only together with the
//! verifier. So a link that is followed in another browser, or read by others, signs nobody in.
//!
//! `S256` alone is taken: the method `plain` sends the verifier itself, which is then no secret any more.

use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::HeaderMap;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use crate::Accounts;
use crate::audit::{Action, Event};
use crate::database::Database;
use crate::error::{AuthError, ErrorCode};
use crate::one_time::{self, Purpose, Shown};
use crate::session::{self, Method, Opening};
use crate::token::same_secret;
use crate::user::User;

/// SHA-256 of a verifier, in base64url.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeChallenge(String);

/// As it stands in the body of a request.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Challenge {
    code_challenge: Option<String>,
    code_challenge_method: Option<String>,
}

impl Challenge {
    /// The challenge, if there is one.
    ///
    /// # Errors
    /// 400 for another method than S256, and for what is no SHA-256.
    pub(crate) fn checked(self) -> Result<Option<CodeChallenge>, AuthError> {
        let Some(challenge) = self.code_challenge.filter(|challenge| !challenge.is_empty()) else { return Ok(None) };
        if !self.code_challenge_method.is_some_and(|method| method.eq_ignore_ascii_case("s256")) {
            return Err(AuthError::invalid(
                "code_challenge_method must be s256: a challenge that is the verifier proves nothing",
            ));
        }
        if URL_SAFE_NO_PAD.decode(&challenge).is_ok_and(|bytes| bytes.len() == 32) {
            return Ok(Some(CodeChallenge(challenge)));
        }
        Err(AuthError::invalid("code_challenge must be a SHA-256 in base64url without padding"))
    }
}

impl CodeChallenge {
    /// In base64url.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether it is the verifier behind the challenge.
fn verifies(challenge: &str, verifier: &str) -> bool {
    same_secret(challenge, &URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes())))
}

/// What `grant_type=pkce` brings.
#[derive(Debug, Deserialize)]
pub(crate) struct Exchange {
    #[serde(default)]
    auth_code: String,
    #[serde(default)]
    code_verifier: String,
}

/// Exchanges a code and its verifier for a session.
pub(crate) async fn exchange(
    accounts: &Accounts,
    database: &Database,
    headers: &HeaderMap,
    shown: Exchange,
) -> Result<Response, AuthError> {
    if shown.auth_code.is_empty() || shown.code_verifier.is_empty() {
        return Err(AuthError::invalid("invalid request: both auth code and code verifier should be non-empty"));
    }
    let purposes = [Purpose::AuthorizationCode];
    let used = one_time::use_up(accounts, database, Shown::Token(&shown.auth_code), &purposes).await?;
    let Some((mut transaction, used)) = used else {
        return Err(AuthError::new(ErrorCode::FlowStateNotFound, "invalid flow state, no valid flow state found"));
    };
    if !used.code_challenge.is_some_and(|challenge| verifies(&challenge, &shown.code_verifier)) {
        // Whoever has the code without the verifier has one try, and the code is gone.
        transaction.commit().await?;
        let event = Event::new(Action::OneTimeTokenRefused).user(&used.user_id).detail("shown", "code_verifier");
        accounts.trail.denied(database, &event).await;
        let message = "code challenge does not match previously saved code verifier";
        return Err(AuthError::new(ErrorCode::BadCodeVerifier, message));
    }
    let opening = Opening::new(accounts, database, &used.user_id, Method::Otp);
    let event = Event::new(Action::SignedIn).user(&used.user_id).session(&opening.session_id);
    let event = event.detail("method", Method::Otp.as_str());
    let row = transaction.run_one(opening.query.clone()).await?.ok_or_else(AuthError::invalid_credentials)?;
    if let Some(recorded) = accounts.trail.query(database, &event).await {
        transaction.run(recorded).await?;
    }
    transaction.commit().await?;
    let (session, refresh_token) = opening.opened(&row);
    let user = database.read_one(User::by_id(&used.user_id)).await?.ok_or_else(AuthError::internal)?;
    session::answer(accounts, headers, &User::from_row(&user), &session, &refresh_token)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of RFC 7636, appendix B.
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    #[test]
    fn verifiers() {
        assert!(verifies(CHALLENGE, VERIFIER));
        assert!(!verifies(CHALLENGE, CHALLENGE));
        assert!(!verifies(CHALLENGE, ""));
    }

    #[test]
    fn challenges() {
        let check = |challenge: Option<&str>, method: Option<&str>| {
            let challenge = challenge.map(str::to_owned);
            Challenge { code_challenge: challenge, code_challenge_method: method.map(str::to_owned) }.checked()
        };
        assert_eq!(check(Some(CHALLENGE), Some("s256")).unwrap(), Some(CodeChallenge(CHALLENGE.to_owned())));
        assert_eq!(check(Some(CHALLENGE), Some("S256")).unwrap().unwrap().as_str(), CHALLENGE);
        assert_eq!(check(None, None).unwrap(), None);
        assert_eq!(check(Some(""), None).unwrap(), None);
        for (challenge, method) in
            [(CHALLENGE, Some("plain")), (CHALLENGE, None), ("short", Some("s256")), ("x'; --", Some("s256"))]
        {
            assert!(check(Some(challenge), method).is_err(), "{challenge} {method:?}");
        }
    }
}
