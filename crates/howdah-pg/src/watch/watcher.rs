//! The task that listens and looks.

use std::sync::Arc;
use std::time::{Duration, Instant};

use howdah_schema::quote::Ident;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, Notification};

use super::WatchOptions;
use super::install::CHANNEL;
use super::pending::{Flags, Pending};
use crate::{Backoff, PgError, Target};

const FINGERPRINT: &str = include_str!("sql/fingerprint.sql");
/// A look at the catalog that takes longer than this is a connection that hangs.
const PATIENCE: Duration = Duration::from_secs(60);
/// Looking is to take this part of the time at the most …
const SHARE: u32 = 100;
/// … but never waits for more than so many times the interval: a busy machine makes a look slow, not dear.
const LONGEST: u32 = 12;

/// What was last known of the catalog.
#[derive(Debug, PartialEq, Eq)]
struct Fingerprint {
    /// `None` where it was not looked at, because the event triggers tell.
    schema: Option<String>,
    roles: Option<String>,
    config: Option<String>,
}

struct Watcher {
    target: Target,
    options: WatchOptions,
    flags: Arc<Flags>,
    known: Option<Fingerprint>,
    pending: Pending,
    /// The last look found the event triggers. The first one that does reads the schema all the same: what happened
    /// just before they came, they did not tell.
    is_told: bool,
    /// Something was noticed that the fingerprint does not know of yet.
    is_outdated: bool,
}

/// Goes on until it is aborted.
pub(super) async fn run(target: Target, options: WatchOptions, flags: Arc<Flags>) {
    let backoff = Backoff { first: Duration::from_millis(50), cap: Duration::from_secs(5), give_up_after: None };
    let mut watcher = Watcher {
        target,
        options,
        flags,
        known: None,
        pending: Pending::default(),
        is_told: false,
        is_outdated: false,
    };
    let mut attempt = 0;
    loop {
        let Err(error) = watcher.session(&mut attempt).await;
        // A restart is nothing to wake anybody for; what lasts is.
        if attempt == 4 {
            tracing::warn!(code = error.code(), %error, "changes of the schema go unnoticed; still trying to connect");
        } else {
            tracing::debug!(code = error.code(), %error, attempt, "the connection that watches the schema is gone");
        }
        tokio::time::sleep(backoff.wait(attempt)).await;
        attempt += 1;
    }
}

impl Watcher {
    /// One connection, for as long as it lasts.
    async fn session(&mut self, attempt: &mut u32) -> Result<std::convert::Infallible, PgError> {
        let (client, mut notifications) = self.target.listener().await?;
        let is_listening = self.listen(&client).await?;
        // After LISTEN: what happens from now on is told, what happened before is in the fingerprint.
        let mut next_look = self.look(&client, true).await?;
        tracing::debug!(is_listening, "watching the schema");
        *attempt = 0;
        loop {
            let due = self.pending.due(&self.options);
            tokio::select! {
                notification = next(&mut notifications) => self.noted(&notification?),
                () = tokio::time::sleep_until(due.unwrap_or(next_look).into()), if due.is_some() => {
                    if std::mem::take(&mut self.is_outdated) {
                        // Before the report: whatever comes later is then a change again.
                        self.look(&client, true).await?;
                    }
                    let pending = std::mem::take(&mut self.pending);
                    self.flags.raise(&pending);
                }
                () = tokio::time::sleep_until(next_look.into()) => {
                    next_look = self.look(&client, !is_listening || !self.is_told).await?;
                }
            }
        }
    }

    /// Whether notifications will come: a standby does not allow LISTEN.
    async fn listen(&self, client: &Client) -> Result<bool, PgError> {
        for channel in [CHANNEL, &self.options.channel] {
            match client.batch_execute(&format!("listen {}", Ident::new(channel))).await.map_err(PgError::from) {
                Ok(()) => {}
                Err(PgError::Server(error)) if error.sqlstate == "25006" => return Ok(false),
                Err(error) => return Err(error),
            }
        }
        Ok(true)
    }

    fn noted(&mut self, notification: &Notification) {
        let (schema, config) = match (notification.channel(), notification.payload()) {
            (CHANNEL, _) | (_, "reload schema") => (true, false),
            (_, "reload config") => (false, true),
            (_, "") => (true, true),
            (channel, payload) => {
                tracing::debug!(channel, payload, "a notification that asks for nothing known");
                (false, false)
            }
        };
        self.is_outdated |= schema;
        self.pending.note(schema, config, Instant::now());
    }

    /// Compares the catalog with what was known of it, and says when to look next. `whole`: the schema too, even if the
    /// event triggers tell.
    async fn look(&mut self, client: &Client, whole: bool) -> Result<Instant, PgError> {
        let started = Instant::now();
        let parameters: [(&(dyn ToSql + Sync), Type); 1] = [(&whole, Type::BOOL)];
        let rows = tokio::time::timeout(PATIENCE, client.query_typed(FINGERPRINT, &parameters)).await;
        let rows = rows.map_err(|_| PgError::Closed)??;
        let row = rows.first().ok_or(PgError::Closed)?;
        self.is_told = row.try_get("is_told")?;
        let new = Fingerprint {
            schema: row.try_get("schema")?,
            roles: row.try_get("roles")?,
            config: row.try_get("config")?,
        };
        let (schema, config) = match &self.known {
            None => (true, false),
            Some(known) => {
                let is_other = new.schema.is_some() && new.schema != known.schema;
                (is_other || new.roles != known.roles, new.config != known.config)
            }
        };
        self.pending.note(schema, config, Instant::now());
        let unseen = self.known.take().and_then(|known| known.schema);
        self.known = Some(Fingerprint { schema: new.schema.or(unseen), ..new });
        let wait = (started.elapsed() * SHARE).clamp(self.options.poll, self.options.poll * LONGEST);
        Ok(Instant::now() + wait)
    }
}

/// The end of the notifications is the end of the connection.
async fn next(notifications: &mut UnboundedReceiver<Notification>) -> Result<Notification, PgError> {
    notifications.recv().await.ok_or(PgError::Closed)
}
