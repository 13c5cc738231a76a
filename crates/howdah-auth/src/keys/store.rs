//! Keys in the database.

use std::time::Duration;

use howdah_http::{NewApiKey, ScopeError, Scopes, Served};
use howdah_pg::Secret;
use howdah_pg::lane::LanePool;
use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::audit::{Action, Event, Trail};
use crate::database::{Database, Query, Row};
use crate::error::AuthError;

const CREATE: &str = concat!(include_str!("sql/create_key.sql"), include_str!("sql/columns.sql"));
const LIST: &str = concat!("select\n", include_str!("sql/columns.sql"), include_str!("sql/list_keys.sql"));
const ROTATE: &str = concat!(include_str!("sql/rotate_key.sql"), include_str!("sql/columns.sql"));
const REVOKE: &str = concat!(include_str!("sql/revoke_key.sql"), include_str!("sql/columns.sql"));
const FIND: &str = concat!("select\n", include_str!("sql/columns.sql"), include_str!("sql/find_key.sql"));
const FIND_PREFIX: &str = include_str!("sql/find_prefix.sql");
const FIND_OWNER: &str = include_str!("sql/find_owner.sql");
const SERVED: &str = include_str!("sql/served.sql");

/// Keys of one account that are good at the same time.
const MOST: u32 = 100;
/// Characters of a key's name.
const LONGEST_NAME: usize = 100;
/// A key that lives longer might as well live for ever, and then says so.
const LONGEST_LIFE: Duration = Duration::from_secs(100 * 365 * 24 * 3600);

/// The database role of requests with a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyRole {
    /// As without an account.
    Anon,
    /// As the account that the key belongs to.
    Authenticated,
    /// Trusted server code.
    ServiceRole,
    /// Reporting: reads everybody's rows, and of personal data what is masked.
    Readonly,
}

impl KeyRole {
    const ALL: [Self; 4] = [Self::Anon, Self::Authenticated, Self::ServiceRole, Self::Readonly];

    /// Whether it shows more than the account that a key belongs to may see, so that no account makes one for itself.
    pub fn is_above_accounts(self) -> bool {
        matches!(self, Self::ServiceRole | Self::Readonly)
    }

    /// The role's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Anon => "anon",
            Self::Authenticated => "authenticated",
            Self::ServiceRole => "service_role",
            Self::Readonly => "howdah_readonly",
        }
    }

    /// The role of that name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }
}

/// Which key is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyId {
    /// By its id.
    Id(String),
    /// By its prefix.
    Prefix(String),
}

impl KeyId {
    /// Reads an id, a prefix, or a whole key, of which nothing but the prefix is kept.
    ///
    /// # Errors
    /// [`KeyError::NoId`].
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        const PREFIX: usize = 16;
        let text = text.trim();
        if text.starts_with("hdk_") && text.is_ascii() && text.len() >= PREFIX {
            return Ok(Self::Prefix(text[..PREFIX].to_owned()));
        }
        let is_uuid = text.len() == 36
            && text.bytes().enumerate().all(|(at, byte)| match at {
                8 | 13 | 18 | 23 => byte == b'-',
                _ => byte.is_ascii_hexdigit(),
            });
        if is_uuid { Ok(Self::Id(text.to_lowercase())) } else { Err(KeyError::NoId) }
    }

    fn bind(&self, query: Query) -> Query {
        let (id, prefix) = match self {
            Self::Id(id) => (Some(id.as_str()), None),
            Self::Prefix(prefix) => (None, Some(prefix.as_str())),
        };
        query.bind(id).bind(prefix)
    }
}

/// A key as it may be shown to whom it belongs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "columns of auth.api_keys; times in ISO 8601")]
pub struct ApiKey {
    pub id: String,
    pub user_id: String,
    pub name: String,
    pub prefix: String,
    pub scopes: Vec<String>,
    pub role: String,
    /// good, ending (replaced, and still working), replaced, expired or revoked.
    pub state: String,
    pub created_at: String,
    pub expires_at: Option<String>,
    pub last_used_at: Option<String>,
    pub grace_until: Option<String>,
    pub revoked_at: Option<String>,
    pub rotated_from_id: Option<String>,
}

impl ApiKey {
    fn from_row(row: &Row) -> Self {
        Self {
            id: row.text("id"),
            user_id: row.text("user_id"),
            name: row.text("name"),
            prefix: row.text("prefix"),
            scopes: serde_json::from_value(row.json("scopes")).unwrap_or_default(),
            role: row.text("role"),
            state: row.text("state"),
            created_at: row.text("created_at"),
            expires_at: row.text_or_null("expires_at"),
            last_used_at: row.text_or_null("last_used_at"),
            grace_until: row.text_or_null("grace_until"),
            revoked_at: row.text_or_null("revoked_at"),
            rotated_from_id: row.text_or_null("rotated_from_id"),
        }
    }
}

/// A key that has just been made, with the key itself: it is shown now or never.
#[derive(Debug, Clone, Serialize)]
pub struct MadeKey {
    /// All but the secret.
    #[serde(flatten)]
    pub key: ApiKey,
    /// The key itself.
    #[serde(rename = "key", serialize_with = "expose")]
    pub secret: Secret,
}

fn expose<S: Serializer>(secret: &Secret, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(secret.expose())
}

/// A key that is wanted.
#[derive(Debug, Clone)]
pub struct NewKey {
    /// The account that it belongs to.
    pub user_id: String,
    /// What its owner calls it: 1 to 100 characters.
    pub name: String,
    /// What it is good for.
    pub scopes: Scopes,
    /// As whom.
    pub role: KeyRole,
    /// For how long; `None` for ever.
    pub life: Option<Duration>,
}

impl NewKey {
    /// What can be told without the database.
    ///
    /// # Errors
    /// [`KeyError::Name`], [`KeyError::Life`].
    pub fn check(&self) -> Result<(), KeyError> {
        let name = self.name.trim();
        if name.is_empty() || name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
            return Err(KeyError::Name);
        }
        if self.life.is_some_and(|life| life < Duration::from_secs(1) || life > LONGEST_LIFE) {
            return Err(KeyError::Life);
        }
        Ok(())
    }
}

/// Why a key was not made, rotated or withdrawn.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// Scopes that cannot be.
    #[error(transparent)]
    Scope(#[from] ScopeError),
    /// The name is too long or empty.
    #[error("a key needs a name of 1 to 100 characters")]
    Name,
    /// It would be good for no time, or for a hundred years and more.
    #[error("a key is good for a second to a hundred years, or for ever")]
    Life,
    /// There is no such account, or it is full.
    #[error("no key was made: the account is closed, or it has {MOST} keys that are good; revoke what is not used")]
    NoOwner,
    /// No open account has that address or id.
    #[error("there is no open account \"{0}\"")]
    UnknownOwner(String),
    /// It is neither an id nor a prefix.
    #[error("a key is named by its id or by its first 16 characters (hdk_…)")]
    NoId,
    /// There is no such key, for who asks.
    #[error("there is no such key")]
    Unknown,
    /// There is no such key, or it is over with it already.
    #[error("there is no such key, or it has been rotated, has expired or is revoked")]
    NotToRotate,
    /// The database.
    #[error("{}", .0.message())]
    Database(AuthError),
}

impl From<AuthError> for KeyError {
    fn from(error: AuthError) -> Self {
        Self::Database(error)
    }
}

impl KeyError {
    /// Stable.
    pub fn code(&self) -> &str {
        match self {
            Self::Scope(error) => error.code(),
            Self::Name => "key-name",
            Self::Life => "key-life",
            Self::NoOwner => "key-not-made",
            Self::UnknownOwner(_) => "key-owner-unknown",
            Self::NoId => "key-id",
            Self::Unknown => "key-unknown",
            Self::NotToRotate => "key-not-to-rotate",
            Self::Database(error) => error.code(),
        }
    }
}

/// The keys of one database.
#[derive(Debug, Clone)]
pub struct KeyStore {
    database: Database,
    trail: Trail,
    /// Who deals with keys: `sub` or role of a token, or the command line.
    by: String,
}

impl KeyStore {
    /// For an administrator at the command line, over connections that may take on the role `howdah_auth`.
    pub fn new(pool: &LanePool) -> Self {
        let (parts, ()) = http::Request::new(()).into_parts();
        Self { database: Database::new(pool, &parts), trail: Trail::default(), by: "command line".to_owned() }
    }

    pub(super) fn of_request(database: Database, trail: Trail, by: String) -> Self {
        Self { database, trail, by }
    }

    /// Runs a statement that changes a key, and records it in the same transaction: neither is there without the other.
    async fn change(&self, query: Query, action: Action) -> Result<Option<ApiKey>, KeyError> {
        let mut transaction = self.database.transaction().await?;
        let Some(row) = transaction.run_one(query).await? else { return Ok(None) };
        let key = ApiKey::from_row(&row);
        let event = Event::new(action).user(&key.user_id).by_caller().key(&key.id).detail("by", self.by.as_str());
        let event = event.detail("role", key.role.as_str()).detail("scopes", key.scopes.clone());
        let event = match &key.rotated_from_id {
            Some(old) if action == Action::KeyRotated => event.detail("rotated_from_id", old.as_str()),
            _ => event,
        };
        if let Some(recorded) = self.trail.query(&self.database, &event).await {
            transaction.run(recorded).await?;
        }
        transaction.commit().await?;
        Ok(Some(key))
    }

    /// What scopes can name, where `schemas` are served, of which the first is the one of names without a schema.
    ///
    /// # Errors
    /// The database's.
    pub async fn served(&self, schemas: &[String]) -> Result<Served, KeyError> {
        let rows = self.database.read_slowly(Query::new(SERVED).bind(Value::from(schemas))).await?;
        let mut served = Served { default_schema: schemas.first().cloned().unwrap_or_default(), ..Served::default() };
        for row in rows {
            served.add(row.is("is_function"), row.text("schema"), row.text("name"));
        }
        Ok(served)
    }

    /// The id of the open account with this address or id.
    ///
    /// # Errors
    /// [`KeyError::UnknownOwner`].
    pub async fn owner(&self, named: &str) -> Result<String, KeyError> {
        let row = self.database.read_one(Query::new(FIND_OWNER).bind(named)).await?;
        row.map(|row| row.text("id")).ok_or_else(|| KeyError::UnknownOwner(named.to_owned()))
    }

    /// Makes a key.
    ///
    /// # Errors
    /// Those of [`NewKey::check`], and [`KeyError::NoOwner`].
    pub async fn create(&self, new: &NewKey) -> Result<MadeKey, KeyError> {
        new.check()?;
        let name = new.name.trim();
        let random = NewApiKey::random();
        let query = Query::new(CREATE)
            .bind(&new.user_id)
            .bind(name)
            .bind(random.prefix())
            .bind(format!("\\x{}", random.digest()))
            .bind(Value::from(new.scopes.texts()))
            .bind(new.role.name())
            .bind(new.life.map(|life| life.as_secs()))
            .bind(MOST);
        let key = self.change(query, Action::KeyCreated).await?.ok_or(KeyError::NoOwner)?;
        Ok(MadeKey { key, secret: random.secret().clone() })
    }

    /// The keys of an account, or all; the newest 1,000.
    ///
    /// # Errors
    /// The database's.
    pub async fn list(&self, user_id: Option<&str>) -> Result<Vec<ApiKey>, KeyError> {
        let rows = self.database.read_slowly(Query::new(LIST).bind(user_id)).await?;
        Ok(rows.iter().map(ApiKey::from_row).collect())
    }

    /// Replaces a key by one of the same scopes, role and lifetime; the old one works on for `grace`. An account gets at
    /// its own keys only, and at none of the service role.
    ///
    /// # Errors
    /// [`KeyError::NotToRotate`].
    pub async fn rotate(&self, id: &KeyId, user_id: Option<&str>, grace: Duration) -> Result<MadeKey, KeyError> {
        let random = NewApiKey::random();
        let query = id
            .bind(Query::new(ROTATE))
            .bind(user_id)
            .bind(grace.as_secs())
            .bind(random.prefix())
            .bind(format!("\\x{}", random.digest()));
        let key = self.change(query, Action::KeyRotated).await?.ok_or(KeyError::NotToRotate)?;
        Ok(MadeKey { key, secret: random.secret().clone() })
    }

    /// Withdraws a key. An account gets at its own keys only.
    ///
    /// # Errors
    /// [`KeyError::Unknown`].
    pub async fn revoke(&self, id: &KeyId, user_id: Option<&str>) -> Result<ApiKey, KeyError> {
        let query = id.bind(Query::new(REVOKE)).bind(user_id);
        self.change(query, Action::KeyRevoked).await?.ok_or(KeyError::Unknown)
    }

    /// A key, whoever owns it.
    ///
    /// # Errors
    /// [`KeyError::Unknown`].
    pub async fn find(&self, id: &KeyId) -> Result<ApiKey, KeyError> {
        let row = self.database.read_one(id.bind(Query::new(FIND))).await?;
        row.as_ref().map(ApiKey::from_row).ok_or(KeyError::Unknown)
    }

    /// What the key of an id is found by.
    pub(super) async fn prefix(&self, id: &str) -> Result<Option<String>, KeyError> {
        let row = self.database.read_one(Query::new(FIND_PREFIX).bind(id)).await?;
        Ok(row.map(|row| row.text("prefix")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<&KeyId>) {
        assert_eq!(KeyId::parse(text).ok().as_ref(), expected, "{text}");
    }

    #[test]
    fn keys_are_named_by_id_or_prefix() {
        let id = "a0000000-0000-4000-8000-00000000000A";
        check(id, Some(&KeyId::Id(id.to_lowercase())));
        let prefix = KeyId::Prefix("hdk_0123456789ab".to_owned());
        check("hdk_0123456789ab", Some(&prefix));
        // A whole key, as it was found in a log: nothing but the prefix is used.
        check("hdk_0123456789ab_01234567890123456789012345678901234567", Some(&prefix));
        for none in ["", "hdk_", "x", "a0000000-0000-4000-8000-00000000000g", "hdk_012345678äöü9"] {
            check(none, None);
        }
    }
}
