//! The account, as it is read and as clients see it.

use serde_json::{Map, Value, json};

use crate::database::{Query, Row};

/// By id: `$1`.
const BY_ID: &str = concat!(include_str!("sql/account.sql"), "and u.id = $1::uuid");
/// By address, in any capitals: `$1`.
const BY_EMAIL: &str = concat!(include_str!("sql/account.sql"), "and lower(u.email) = lower($1::text)");

/// An open account of a person.
#[derive(Debug, Clone)]
pub(crate) struct User {
    pub(crate) id: String,
    /// None while it is anonymous.
    pub(crate) email: Option<String>,
    /// The stored form; see [`crate::PasswordHasher`].
    pub(crate) password_hash: Option<String>,
    /// `auth.users.role`: user, admin, readonly or service. Not the database role.
    pub(crate) account_role: String,
    /// Neither switched off nor banned.
    pub(crate) may_sign_in: bool,
    pub(crate) is_anonymous: bool,
    pub(crate) token_epoch: i64,
    pub(crate) email_confirmed_at: Option<String>,
    /// What the account says of itself; the person may change it.
    pub(crate) user_metadata: Value,
    /// What the server says of the account; the person may not change it.
    pub(crate) app_metadata: Value,
    /// Factors that have been verified.
    pub(crate) verified_factors: i64,
    banned_until: Option<String>,
    last_sign_in_at: Option<String>,
    created_at: String,
    updated_at: String,
    factors: Value,
    /// When mails were sent, by their field.
    sent_at: Value,
}

impl User {
    /// Finds the account with an id.
    pub(crate) fn by_id(id: &str) -> Query {
        Query::new(BY_ID).bind(id)
    }

    /// Finds the account with an address.
    pub(crate) fn by_email(email: &str) -> Query {
        Query::new(BY_EMAIL).bind(email)
    }

    /// A row of either.
    pub(crate) fn from_row(row: &Row) -> Self {
        Self {
            id: row.text("id"),
            email: row.text_or_null("email"),
            password_hash: row.text_or_null("password_hash"),
            account_role: row.text("account_role"),
            may_sign_in: row.is("may_sign_in"),
            is_anonymous: row.is("is_anonymous"),
            token_epoch: row.integer("token_epoch"),
            email_confirmed_at: row.text_or_null("email_confirmed_at"),
            user_metadata: row.json("user_metadata"),
            app_metadata: row.json("app_metadata"),
            verified_factors: row.integer("verified_factors"),
            banned_until: row.text_or_null("banned_until"),
            last_sign_in_at: row.text_or_null("last_sign_in_at"),
            created_at: row.text("created_at"),
            updated_at: row.text("updated_at"),
            factors: row.json("factors"),
            sent_at: row.json("sent_at"),
        }
    }

    /// An account as it is right after signing up, before its address is proven.
    pub(crate) fn unconfirmed(id: String, email: String, user_metadata: Value, now: &str) -> Self {
        Self {
            id,
            email: Some(email),
            password_hash: None,
            account_role: "user".to_owned(),
            may_sign_in: true,
            is_anonymous: false,
            token_epoch: 0,
            email_confirmed_at: None,
            user_metadata,
            app_metadata: json!({}),
            verified_factors: 0,
            banned_until: None,
            last_sign_in_at: None,
            created_at: now.to_owned(),
            updated_at: now.to_owned(),
            factors: json!([]),
            sent_at: json!({ "confirmation_sent_at": now }),
        }
    }

    /// `app_metadata` as clients see it: what the server knows, and how the account signs in.
    pub(crate) fn app_metadata(&self) -> Value {
        let mut shown = Map::new();
        if self.email.is_some() {
            shown.insert("provider".to_owned(), json!("email"));
            shown.insert("providers".to_owned(), json!(["email"]));
        }
        if let Value::Object(own) = &self.app_metadata {
            shown.extend(own.clone());
        }
        Value::Object(shown)
    }

    /// The account in Supabase's form.
    pub(crate) fn to_json(&self) -> Value {
        let mut user = json!({
            "id": self.id,
            "aud": "authenticated",
            "role": "authenticated",
            "email": self.email.as_deref().unwrap_or_default(),
            "phone": "",
            "app_metadata": self.app_metadata(),
            "user_metadata": self.user_metadata,
            "identities": self.identities(),
            "factors": self.factors,
            "is_anonymous": self.is_anonymous,
            "created_at": self.created_at,
            "updated_at": self.updated_at,
        });
        let moments = [
            ("email_confirmed_at", &self.email_confirmed_at),
            ("confirmed_at", &self.email_confirmed_at),
            ("last_sign_in_at", &self.last_sign_in_at),
            ("banned_until", &self.banned_until),
        ];
        for (name, moment) in moments {
            if let Some(moment) = moment {
                user[name] = json!(moment);
            }
        }
        if let Value::Object(sent) = &self.sent_at {
            for (name, value) in sent.iter().filter(|(_, value)| !value.is_null()) {
                user[name] = value.clone();
            }
        }
        user
    }

    /// An address and a password are the one way to sign in that there is.
    fn identities(&self) -> Value {
        let Some(email) = &self.email else { return json!([]) };
        json!([{
            "identity_id": self.id,
            "id": self.id,
            "user_id": self.id,
            "identity_data": {
                "sub": self.id,
                "email": email,
                "email_verified": self.email_confirmed_at.is_some(),
                "phone_verified": false,
            },
            "provider": "email",
            "email": email,
            "last_sign_in_at": self.last_sign_in_at,
            "created_at": self.created_at,
            "updated_at": self.updated_at,
        }])
    }
}
