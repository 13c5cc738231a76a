//! One-time tokens: what goes out by mail, works once and soon no more.
//!
//! A mail holds a link with 256 random bits, of which the database keeps a digest, and a code of six digits for whoever
//! reads the mail elsewhere. The code is worth something together with the address only; it is kept as a digest under the
//! pepper, so that a copy of the database tells none, and five wrong ones end it. The link goes on then: whoever guesses
//! at codes takes nothing from the owner. One statement uses a token up, so of two at once one is first.

use std::fmt;

use rand::RngExt;
use uuid::Uuid;

use crate::Accounts;
use crate::audit::{Action, Event};
use crate::database::{Database, Query, Row, Transaction};
use crate::error::AuthError;
use crate::pkce::CodeChallenge;
use crate::token::{Digest, Token};

const ISSUE: &str = include_str!("sql/issue_one_time.sql");
const FIND_TOKEN: &str = include_str!("sql/find_one_time_token.sql");
const FIND_CODE: &str = include_str!("sql/find_one_time_code.sql");
const USE: &str = include_str!("sql/use_one_time.sql");
/// What a wrong code writes where there is none to be wrong about, so that it takes as long.
const AS_LONG: &str = "insert into auth.throttles (key_hash, full_at) values ($1::bytea, now())
on conflict (key_hash) do update set full_at = now()";
/// Wrong codes after which a code is good no more.
const WRONG_CODES: u32 = 5;
/// There are so many codes.
const CODES: u32 = 1_000_000;

/// What a token is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    EmailVerification,
    /// Sent to the new address.
    EmailChange,
    /// Sent to the address of before.
    EmailChangeCurrent,
    PasswordReset,
    MagicLink,
    Invitation,
    Reauthentication,
    /// What a followed link leaves for the application to exchange (PKCE).
    AuthorizationCode,
}

impl Purpose {
    const ALL: [Self; 8] = [
        Self::EmailVerification,
        Self::EmailChange,
        Self::EmailChangeCurrent,
        Self::PasswordReset,
        Self::MagicLink,
        Self::Invitation,
        Self::Reauthentication,
        Self::AuthorizationCode,
    ];

    /// As it stands in `auth.one_time_tokens.purpose`.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::EmailVerification => "email_verification",
            Self::EmailChange => "email_change",
            Self::EmailChangeCurrent => "email_change_current",
            Self::PasswordReset => "password_reset",
            Self::MagicLink => "magic_link",
            Self::Invitation => "invitation",
            Self::Reauthentication => "reauthentication",
            Self::AuthorizationCode => "authorization_code",
        }
    }

    fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.as_str() == name)
    }

    /// As links and clients name it: `type`.
    pub(crate) fn type_of_link(self) -> &'static str {
        match self {
            Self::EmailVerification => "signup",
            Self::EmailChange | Self::EmailChangeCurrent => "email_change",
            Self::PasswordReset => "recovery",
            Self::MagicLink | Self::AuthorizationCode => "magiclink",
            Self::Invitation => "invite",
            Self::Reauthentication => "reauthentication",
        }
    }

    /// What a `type` of Supabase's clients may stand for. `email` is what they call a code, whether it comes with the
    /// first sign-in or with a later one, and `magiclink` is its older name.
    pub(crate) fn of_type(name: &str) -> Option<&'static [Self]> {
        Some(match name {
            "signup" => &[Self::EmailVerification],
            "email" | "magiclink" => &[Self::MagicLink, Self::EmailVerification],
            "recovery" => &[Self::PasswordReset],
            "invite" => &[Self::Invitation],
            "email_change" => &[Self::EmailChange, Self::EmailChangeCurrent],
            _ => return None,
        })
    }
}

/// Six digits. Prints as nothing.
#[derive(Clone)]
pub(crate) struct Code(String);

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Code(…)")
    }
}

impl Code {
    fn random() -> Self {
        Self(format!("{:06}", rand::rng().random_range(0..CODES)))
    }

    /// The code itself.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

/// The digest of a code: it holds for one token.
fn code_digest(accounts: &Accounts, id: &str, code: &str) -> Digest {
    accounts.hasher.digest(&format!("one-time code:{id}:{code}"))
}

/// A token that is about to be issued.
#[derive(Debug)]
pub(crate) struct Issue {
    /// For the link.
    pub(crate) token: Token,
    /// To be typed.
    pub(crate) code: Code,
    /// Issues it, and spends those of its kind from before; no row when the account is closed.
    pub(crate) query: Query,
}

impl Issue {
    /// For the account `user_id`. `sent_to` is the address that it proves, `is_half` says that another one has to be used
    /// first.
    pub(crate) fn new(
        accounts: &Accounts,
        user_id: &str,
        purpose: Purpose,
        sent_to: &str,
        challenge: Option<&CodeChallenge>,
        is_half: bool,
    ) -> Self {
        let (id, token, code) = (Uuid::new_v4().to_string(), Token::random(), Code::random());
        let query = Query::new(ISSUE)
            .bind(&id)
            .bind(user_id)
            .bind(purpose.as_str())
            .bind(token.digest())
            .bind(code_digest(accounts, &id, code.expose()))
            .bind(sent_to)
            .bind(accounts.options.one_time_token.as_secs())
            .bind(challenge.map(CodeChallenge::as_str))
            .bind(is_half);
        Self { token, code, query }
    }
}

/// The statement that issues an authorization code: a token without a code to type.
pub(crate) fn issue_authorization_code(token: &Token, used: &Used, seconds: u64) -> Query {
    Query::new(ISSUE)
        .bind(Uuid::new_v4().to_string())
        .bind(&used.user_id)
        .bind(Purpose::AuthorizationCode.as_str())
        .bind(token.digest())
        .bind(None::<&str>)
        .bind(&used.sent_to)
        .bind(seconds)
        .bind(used.code_challenge.as_deref())
        .bind(false)
}

/// What somebody shows.
#[derive(Clone, Copy)]
pub(crate) enum Shown<'a> {
    /// The token of a link.
    Token(&'a str),
    /// A code, and the address that it went to.
    Code { email: &'a str, code: &'a str },
}

/// A token that has been used up, if the transaction is committed.
#[derive(Debug)]
pub(crate) struct Used {
    pub(crate) user_id: String,
    pub(crate) purpose: Purpose,
    pub(crate) sent_to: String,
    pub(crate) is_half: bool,
    pub(crate) code_challenge: Option<String>,
}

/// Uses up what is shown. What follows from it goes into the same transaction, or it stays unused. `None`: it is not
/// good; a wrong code has been counted and the refusal recorded.
pub(crate) async fn use_up(
    accounts: &Accounts,
    database: &Database,
    shown: Shown<'_>,
    purposes: &[Purpose],
) -> Result<Option<(Transaction, Used)>, AuthError> {
    let mut transaction = database.transaction().await?;
    let names: Vec<_> = purposes.iter().map(|purpose| purpose.as_str()).collect();
    let names = format!("{{{}}}", names.join(","));
    let find = match shown {
        Shown::Token(token) => Query::new(FIND_TOKEN).bind(Digest::of(token)),
        Shown::Code { email, .. } => Query::new(FIND_CODE).bind(email).bind(&names),
    };
    // Where there is none, the same is done with one that nobody has.
    let found = transaction.run_one(find).await?.map_or_else(|| Uuid::nil().to_string(), |row| row.text("id"));
    let code = match shown {
        Shown::Token(_) => None,
        Shown::Code { code, .. } => Some(code_digest(accounts, &found, code)),
    };
    let query = Query::new(USE).bind(&found).bind(&names).bind(code).bind(WRONG_CODES);
    let row = transaction.run_one(query).await?;
    match row.as_ref().filter(|row| row.is("is_right")).and_then(used) {
        Some(used) => Ok(Some((transaction, used))),
        None => {
            if let (Shown::Code { email, .. }, None) = (shown, &row) {
                transaction.run(Query::new(AS_LONG).bind(Digest::of(&format!("as_long:{email}")))).await?;
            }
            transaction.commit().await?;
            let mut event = Event::new(Action::OneTimeTokenRefused);
            event = event.detail("shown", if code.is_some() { "code" } else { "token" });
            if let Some(row) = row {
                event = event.user(&row.text("user_id"));
            }
            accounts.trail.denied(database, &event).await;
            Ok(None)
        }
    }
}

fn used(row: &Row) -> Option<Used> {
    Some(Used {
        user_id: row.text("user_id"),
        purpose: Purpose::named(&row.text("purpose"))?,
        sent_to: row.text("sent_to"),
        is_half: row.is("is_half"),
        code_challenge: row.text_or_null("code_challenge"),
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::PasswordHasher;

    #[test]
    fn codes_have_six_digits_and_are_random() {
        let codes: Vec<_> = (0..2000).map(|_| Code::random().expose().to_owned()).collect();
        assert!(
            codes.iter().all(|code| code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit())),
            "{codes:?}"
        );
        assert!(codes.iter().collect::<BTreeSet<_>>().len() > 1900);
        assert_eq!(format!("{:?}", Code::random()), "Code(…)");
    }

    #[test]
    fn digests_of_codes_hold_for_one_token_and_one_pepper() {
        let hasher = PasswordHasher::new(b"a", 1);
        assert_eq!(hasher.digest("x"), hasher.digest("x"));
        assert_ne!(hasher.digest("x"), hasher.digest("y"));
        assert_ne!(hasher.digest("x"), PasswordHasher::new(b"b", 1).digest("x"));
        assert_ne!(hasher.digest("x"), Digest::of("x"));
    }

    #[test]
    fn purposes_have_names() {
        for purpose in Purpose::ALL {
            assert_eq!(Purpose::named(purpose.as_str()), Some(purpose));
        }
        for (name, purpose) in [("signup", Purpose::EmailVerification), ("recovery", Purpose::PasswordReset)] {
            assert_eq!(Purpose::of_type(name), Some(&[purpose][..]));
            assert_eq!(purpose.type_of_link(), name);
        }
        assert_eq!(Purpose::of_type("reauthentication"), None);
        assert_eq!(Purpose::of_type("authorization_code"), None);
    }
}
