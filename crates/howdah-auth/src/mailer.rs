//! What tells people something by mail, as far as accounts care: the occasion and for whom.
//!
//! The implementation makes the one-time token, the text and the delivery. Whoever posts a notice does so after the answer
//! is on its way ([`crate::Accounts::post`]), so that how long a mail takes tells a client nothing.

use std::fmt::Debug;
use std::future::Future;
use std::pin::Pin;

use crate::pkce::CodeChallenge;

/// Why somebody gets a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occasion {
    /// To prove the address of a new account.
    ConfirmSignup,
    /// Somebody signed up with an address that has an account: its owner learns of it, nobody else.
    AlreadySignedUp,
    /// Their address is proven, and no password was kept, because people had signed up with different ones.
    PasswordContested,
    /// To set a new password.
    Recovery,
    /// To sign in without a password.
    MagicLink,
    /// To prove a new address.
    EmailChange,
    /// An administrator has made an account for them.
    Invite,
    /// To show that it is still them.
    Reauthentication,
    /// Their password was changed.
    PasswordChanged,
}

/// A mail that is to be sent.
#[derive(Debug, Clone)]
pub struct Notice {
    /// Why.
    pub occasion: Occasion,
    /// The account.
    pub user_id: String,
    /// The address that it goes to.
    pub to: String,
    /// Where its link is to lead in the end; allowed already.
    pub redirect_to: String,
    /// Of the application that asked for it: the link leads back to it with a code instead of a session.
    pub code_challenge: Option<CodeChallenge>,
}

/// A mail could not be sent. The message is for the log.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct MailError(pub String);

/// What a mailer answers.
pub type Posted<'a> = Pin<Box<dyn Future<Output = Result<(), MailError>> + Send + 'a>>;

/// Sends mails.
pub trait Mailer: Debug + Send + Sync {
    /// Sends one, or puts it where it will be sent from.
    fn post(&self, notice: Notice) -> Posted<'_>;
}
