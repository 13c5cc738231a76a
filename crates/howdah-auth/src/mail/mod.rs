//! Mail: what is written, and how it leaves.
//!
//! [`Post`] is the [`Mailer`] of a server. Posting takes a place in a bounded queue and returns; token, text and delivery
//! come after that, so nobody waits for a mail, and how long one takes tells nobody anything. It leaves over SMTP
//! ([`Smtp`]), or in development into a folder ([`Mailbox`]).
//!
//! The queue is in memory, since what waits in it holds tokens in clear, and those are never written down. A server that
//! ends gives it a few seconds ([`Post::drained`]); what is lost then is asked for again by whoever waits for it.

mod address;
mod dev;
mod mailbox;
mod message;
mod smtp;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::Request;
use rand::RngExt;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::Accounts;
use crate::audit::{Action, Event};
use crate::database::Database;
use crate::error::AuthError;
use crate::mailer::{MailError, Mailer, Notice, Occasion, Posted};
use crate::one_time::{Issue, Purpose};
use crate::throttle::{self, Limit};
use crate::user::User;

pub use dev::router as mailbox_router;
pub use mailbox::{Letter, Mailbox, MailboxError};
pub use smtp::{Smtp, SmtpError, SmtpOptions};

pub(crate) use message::link;
use message::{Message, Texts};

/// Mails that wait or are under way at once; whatever comes on top is refused.
const ROOM: u32 = 1000;
/// Mails that are handed over at once.
const CONNECTIONS: usize = 4;
/// One address is written to so often in a burst, whatever the occasions.
const BURST: u32 = 5;

/// How mails look and how they are sent.
#[derive(Debug, Clone)]
pub struct MailOptions {
    /// What mails call the application: in subjects, and as the name of the sender. `auth.mail_name`
    pub name: String,
    /// How long to wait before each further try of a mail that could not be delivered; a fifth more or less each time.
    pub pauses: Vec<Duration>,
}

impl Default for MailOptions {
    fn default() -> Self {
        Self { name: "Howdah".to_owned(), pauses: [2, 15, 60, 300].map(Duration::from_secs).to_vec() }
    }
}

/// How mails leave.
#[derive(Debug, Clone)]
pub enum Transport {
    /// To their recipients.
    Smtp(Smtp),
    /// Into a folder.
    Mailbox(Mailbox),
}

/// The mailer of a server. Cheap to clone.
#[derive(Clone)]
pub struct Post {
    inside: Arc<Inside>,
}

struct Inside {
    accounts: Accounts,
    transport: Transport,
    options: MailOptions,
    room: Arc<Semaphore>,
    connections: Semaphore,
}

impl fmt::Debug for Post {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Post").field("transport", &self.inside.transport).finish_non_exhaustive()
    }
}

impl Post {
    /// Sends the mails of `accounts`, which need not have a mailer yet.
    pub fn new(accounts: &Accounts, transport: Transport, options: MailOptions) -> Self {
        let room = Arc::new(Semaphore::new(ROOM as usize));
        let connections = Semaphore::new(CONNECTIONS);
        Self { inside: Arc::new(Inside { accounts: accounts.clone(), transport, options, room, connections }) }
    }

    /// Waits until all that was posted has left or was given up, for `patience` at the most. Whether it has.
    pub async fn drained(&self, patience: Duration) -> bool {
        tokio::time::timeout(patience, self.inside.room.acquire_many(ROOM)).await.is_ok()
    }
}

impl Mailer for Post {
    fn post(&self, notice: Notice) -> Posted<'_> {
        let place = Arc::clone(&self.inside.room).try_acquire_owned();
        let posted = match place {
            Ok(place) => {
                let inside = Arc::clone(&self.inside);
                tokio::spawn(async move { inside.handle(notice, place).await });
                Ok(())
            }
            Err(_) => Err(MailError(format!("{ROOM} mails are waiting already"))),
        };
        Box::pin(std::future::ready(posted))
    }
}

impl Inside {
    async fn handle(&self, notice: Notice, _place: OwnedSemaphorePermit) {
        let (occasion, user_id) = (notice.occasion, notice.user_id.clone());
        match self.written(&notice).await {
            Ok(messages) => {
                for message in messages {
                    self.deliver(occasion, &user_id, message).await;
                }
            }
            Err(error) => tracing::error!(?occasion, user_id, code = error.code(), "a mail could not be written"),
        }
    }

    /// Tries until it is delivered, refused for good or has been tried often enough.
    async fn deliver(&self, occasion: Occasion, user_id: &str, message: Message) {
        let mut pauses = self.options.pauses.iter();
        let mut tries = 1;
        loop {
            let failed = {
                // The place of a mail that waits for its next try goes to others.
                let Ok(_connection) = self.connections.acquire().await else { return };
                match &self.transport {
                    Transport::Smtp(smtp) => smtp.send(&message, &self.options.name).await,
                    Transport::Mailbox(mailbox) => mailbox.put(&message).await.map_err(smtp::Undelivered::from),
                }
            };
            let Err(undelivered) = failed else {
                tracing::info!(?occasion, user_id, tries, "a mail was sent");
                return;
            };
            let pause = pauses.next().filter(|_| undelivered.may_pass);
            // Without what the server said: that may repeat the address.
            let reason = undelivered.reason;
            let Some(pause) = pause else {
                tracing::error!(?occasion, user_id, tries, reason, "a mail was given up");
                return;
            };
            tracing::warn!(?occasion, user_id, tries, reason, "a mail could not be sent and is tried again");
            tokio::time::sleep(about(*pause)).await;
            tries += 1;
        }
    }

    /// The messages of a notice, with their tokens issued; none when the account has gone or gets too many.
    async fn written(&self, notice: &Notice) -> Result<Vec<Message>, AuthError> {
        let (accounts, options) = (&self.accounts, &self.options);
        // Nobody's request any more.
        let (nobody, ()) = Request::new(()).into_parts();
        let database = Database::new(&accounts.gate.pool, &nobody);
        let interval = accounts.options.mail_interval;
        let often = Limit { name: "mails_sent", tries: BURST, per: interval * BURST };
        let allowance = often.of(&notice.to).filter(|_| !interval.is_zero());
        if throttle::take(accounts, &database, crate::ErrorCode::OverEmailSendRateLimit, &allowance).await.is_err() {
            tracing::warn!(occasion = ?notice.occasion, user_id = notice.user_id, "too many mails to one address: not sent");
            return Ok(Vec::new());
        }
        let Some(row) = database.read_one(User::by_id(&notice.user_id)).await? else { return Ok(Vec::new()) };
        let user = User::from_row(&row);
        let texts = Texts { name: &options.name, minutes: accounts.options.one_time_token.as_secs() / 60 };
        let mut messages = Vec::new();
        let mut queries = Vec::new();
        for (purpose, to, is_half) in recipients(notice, &user, accounts.options.both_addresses) {
            address::checked(&to)?;
            let Some(purpose) = purpose else {
                messages.push(texts.message(notice.occasion, to, None, None, &notice.to, &accounts.options.site_url));
                continue;
            };
            let challenge = notice.code_challenge.as_ref();
            let issue = Issue::new(accounts, &user.id, purpose, &notice.to, challenge, is_half);
            let link = (purpose != Purpose::Reauthentication).then(|| {
                let (base, kind) = (accounts.options.base_url(), purpose.type_of_link());
                link(base, issue.token.expose(), kind, &notice.redirect_to)
            });
            let code = Some(issue.code.expose());
            messages.push(texts.message(notice.occasion, to, link, code, &notice.to, &accounts.options.site_url));
            queries.push(issue.query);
        }
        let event = Event::new(Action::MailSent).user(&user.id).detail("occasion", format!("{:?}", notice.occasion));
        queries.extend(accounts.trail.query(&database, &event).await);
        database.write_all(queries).await?;
        Ok(messages)
    }
}

/// A fifth more or less, so that what failed together does not come back together.
fn about(pause: Duration) -> Duration {
    pause.mul_f64(rand::rng().random_range(0.8..1.2))
}

/// Who gets what for: the purpose of the token, the address, whether another token has to be used first.
fn recipients(notice: &Notice, user: &User, both_addresses: bool) -> Vec<(Option<Purpose>, String, bool)> {
    let to = notice.to.clone();
    let purpose = match notice.occasion {
        Occasion::ConfirmSignup => Purpose::EmailVerification,
        Occasion::Recovery | Occasion::PasswordContested => Purpose::PasswordReset,
        Occasion::MagicLink => Purpose::MagicLink,
        Occasion::Invite => Purpose::Invitation,
        Occasion::Reauthentication => Purpose::Reauthentication,
        Occasion::AlreadySignedUp | Occasion::PasswordChanged => return vec![(None, to, false)],
        Occasion::EmailChange => {
            let current = user.email.clone().filter(|_| both_addresses && user.email_confirmed_at.is_some());
            return match current {
                Some(current) => {
                    vec![(Some(Purpose::EmailChangeCurrent), current, true), (Some(Purpose::EmailChange), to, true)]
                }
                None => vec![(Some(Purpose::EmailChange), to, false)],
            };
        }
    };
    vec![(Some(purpose), to, false)]
}
