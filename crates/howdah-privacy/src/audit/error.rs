//! What keeps the trail from being sealed, read or pruned.

use howdah_pg::PgError;

/// A failure around the audit trail. That the trail is not what it should be is no failure but a finding of `verify`.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// The database, or the way there.
    #[error(transparent)]
    Pg(#[from] PgError),
    /// There is no audit trail.
    #[error(
        "the database `{dbname}` has no audit trail of this version: it lacks {missing}. The templates' schemas/shared brings it; apply the project's migrations"
    )]
    NoTrail {
        /// The database.
        dbname: String,
        /// What was looked for.
        missing: String,
    },
    /// The login sees nothing of it.
    #[error("`{user}` may not read the audit trail. Log in as the schema's owner or as a member of service_role")]
    NotAllowed {
        /// The role.
        user: String,
    },
    /// A key that is none.
    #[error("{what} cannot be used: {reason}")]
    Key {
        /// Which one.
        what: String,
        /// What is wrong with it; never the key.
        reason: String,
    },
    /// A checkpoint of `--expect` that is none.
    #[error(
        "`{text}` is no checkpoint: write it as NUMBER:CHAIN, or as the JSON that `howdah audit status --json` prints"
    )]
    Expected {
        /// As given.
        text: String,
    },
    /// Transaction numbers began anew.
    #[error(
        "this server's transaction numbers ({now}) are behind those that are sealed ({sealed}): the database was restored into another server. Advance them with pg_resetwal -x before anything is written, or new events cannot be told from old ones"
    )]
    TransactionsBehind {
        /// The next transaction of the server.
        now: u64,
        /// That of the last seal.
        sealed: u64,
    },
    /// Nothing is dropped without a signature.
    #[error(
        "there is no key to sign with, and only what is signed for may be dropped. Set HOWDAH_AUDIT_KEY or HOWDAH_AUDIT_KEY_FILE"
    )]
    NoKey,
    /// A month that is not fully sealed, or not what was sealed.
    #[error("audit.{partition} is not dropped: {reason}")]
    NotDropped {
        /// The partition.
        partition: String,
        /// Why.
        reason: String,
    },
    /// The export cannot be written.
    #[error("the export cannot be written: {0}")]
    Write(#[source] std::io::Error),
}

impl AuditError {
    /// Stable.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Pg(error) => error.code(),
            Self::NoTrail { .. } => "audit-no-trail",
            Self::NotAllowed { .. } => "audit-not-allowed",
            Self::Key { .. } => "audit-key",
            Self::Expected { .. } => "audit-checkpoint",
            Self::TransactionsBehind { .. } => "audit-transactions-behind",
            Self::NoKey => "audit-no-key",
            Self::NotDropped { .. } => "audit-not-dropped",
            Self::Write(_) => "audit-write",
        }
    }
}

impl From<tokio_postgres::Error> for AuditError {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Pg(error.into())
    }
}
