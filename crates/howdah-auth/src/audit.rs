//! Every authentication event and every denial is recorded: in the audit trail of the database, where it has one, and in
//! the log (security requirement 9).
//!
//! The trail is `audit.record_event(…)`. What happened is recorded in the transaction in which it happened
//! ([`Trail::query`]); a denial changes nothing and is recorded by itself ([`Trail::denied`]). Neither holds a secret, an
//! address of a person or a password.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};

use crate::database::{Database, Query};

const RECORD: &str = "select audit.record_event($1::text, $7::text, $2::text, $3::uuid, $4::uuid, $5::jsonb, $6::inet)";
const HAS_TRAIL: &str = "select coalesce(has_function_privilege(
  to_regprocedure('audit.record_event(text, text, text, uuid, uuid, jsonb, inet)'), 'execute'), false) as is_there";

macro_rules! events {
    ($($name:ident $text:literal),* $(,)?) => {
        /// What happened.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[expect(dead_code, reason = "the endpoints to come need the rest")]
        pub(crate) enum Action { $($name),* }

        impl Action {
            /// As it stands in the trail and in the log.
            pub(crate) fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text),* }
            }
        }
    };
}

events! {
    SignedUp "auth.signed_up",
    SignedUpAgain "auth.signed_up_again",
    SignedIn "auth.signed_in",
    SignInRefused "auth.sign_in_refused",
    SignedOut "auth.signed_out",
    SessionEnded "auth.session_ended",
    Refreshed "auth.refreshed",
    RefreshRefused "auth.refresh_refused",
    RefreshReused "auth.refresh_reused",
    AccountChanged "auth.account_changed",
    ChangeRefused "auth.change_refused",
    PasswordChanged "auth.password_changed",
    Throttled "auth.throttled",
    EmailConfirmed "auth.email_confirmed",
    EmailChangeAsked "auth.email_change_asked",
    EmailChanged "auth.email_changed",
    MailSent "auth.mail_sent",
    RecoveryAsked "auth.recovery_asked",
    OneTimeTokenRefused "auth.one_time_token_refused",
    Invited "auth.invited",
    FactorEnrolled "auth.factor_enrolled",
    FactorVerified "auth.factor_verified",
    FactorRefused "auth.factor_refused",
    FactorRemoved "auth.factor_removed",
    RecoveryCodeUsed "auth.recovery_code_used",
    AdminCreated "auth.admin_created",
    AdminChanged "auth.admin_changed",
    AdminDeleted "auth.admin_deleted",
    AdminEndedSessions "auth.admin_ended_sessions",
    AdminMadeLink "auth.admin_made_link",
    KeyCreated "auth.key_created",
    KeyRotated "auth.key_rotated",
    KeyRevoked "auth.key_revoked",
    KeyRefused "auth.key_refused",
    AdminRefused "auth.admin_refused",
}

/// An event on its way to the trail.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    action: Action,
    user_id: Option<String>,
    session_id: Option<String>,
    key_id: Option<String>,
    is_by_caller: bool,
    details: Value,
}

impl Event {
    /// Something that happened.
    pub(crate) fn new(action: Action) -> Self {
        Self { action, user_id: None, session_id: None, key_id: None, is_by_caller: false, details: json!({}) }
    }

    /// Of this account: it is actor and subject, unless [`Event::by_caller`] says otherwise.
    #[must_use]
    pub(crate) fn user(mut self, id: &str) -> Self {
        self.user_id = Some(id.to_owned());
        self
    }

    /// Done by the caller, whom the token names, to the account.
    #[must_use]
    pub(crate) fn by_caller(mut self) -> Self {
        self.is_by_caller = true;
        self
    }

    /// In this session.
    #[must_use]
    pub(crate) fn session(mut self, id: &str) -> Self {
        self.session_id = Some(id.to_owned());
        self
    }

    /// About this API key.
    #[must_use]
    pub(crate) fn key(mut self, id: &str) -> Self {
        self.key_id = Some(id.to_owned());
        self
    }

    /// With more to know. No secrets, no addresses of people.
    #[must_use]
    pub(crate) fn detail(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.details[name] = value.into();
        self
    }

    /// Into the log alone: for what happens all the time, such as refreshing.
    pub(crate) fn log(&self) {
        tracing::info!(
            target: "howdah::auth",
            event = self.action.as_str(),
            user_id = self.user_id,
            session_id = self.session_id,
            key_id = self.key_id,
            details = %self.details,
        );
    }
}

/// The audit trail. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(crate) struct Trail {
    /// Seen once; a trail does not go away under a server.
    is_there: Arc<AtomicBool>,
}

impl Trail {
    /// Logs the event, and gives the statement that records it, for the transaction in which it happens; `None` where the
    /// database has no trail.
    pub(crate) async fn query(&self, database: &Database, event: &Event) -> Option<Query> {
        event.log();
        if !self.is_there(database).await {
            return None;
        }
        let (resource, id) = match &event.key_id {
            Some(key_id) => ("auth.api_keys", Some(key_id)),
            None => ("auth.sessions", event.session_id.as_ref()),
        };
        let query = Query::new(RECORD).bind(event.action.as_str()).bind(id);
        // Without an actor the database takes the caller.
        let actor = event.user_id.as_deref().filter(|_| !event.is_by_caller);
        Some(
            query
                .bind(actor)
                .bind(event.user_id.as_deref())
                .bind(&event.details)
                .bind(database.address())
                .bind(resource),
        )
    }

    /// Records what was refused, or what changes nothing. It is never the reason why a request fails: what cannot be recorded is in the log.
    pub(crate) async fn denied(&self, database: &Database, event: &Event) {
        if let Some(query) = self.query(database, event).await
            && let Err(error) = database.write(query).await
        {
            tracing::error!(event = event.action.as_str(), code = error.code(), "a denial was not recorded");
        }
    }

    async fn is_there(&self, database: &Database) -> bool {
        if self.is_there.load(Ordering::Relaxed) {
            return true;
        }
        let row = database.read_one(Query::new(HAS_TRAIL)).await;
        let is_there = row.is_ok_and(|row| row.is_some_and(|row| row.is("is_there")));
        self.is_there.store(is_there, Ordering::Relaxed);
        is_there
    }
}
