//! What an administrator may say of an account: Supabase's `AdminUserAttributes`, and `is_active`. Whatever else a body has
//! is not read.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::Accounts;
use crate::error::AuthError;
use crate::sign_up::check_metadata;
use crate::user::User;
use crate::{email, password_rules};

/// `auth.users.role`.
const ACCOUNT_ROLES: [&str; 4] = ["user", "admin", "readonly", "service"];
/// The database role of everybody who signs in, which Supabase's clients call the role of a user. It cannot be another one.
const DATABASE_ROLE: &str = "authenticated";
/// The costs of a bcrypt hash that somebody brings along: a higher one would keep a core busy for minutes at each sign-in.
const COSTS: std::ops::RangeInclusive<u32> = 4..=14;
/// The longest ban, in seconds: a hundred years.
const LONGEST_BAN: f64 = 100.0 * 365.25 * 86400.0;

/// As it is sent.
#[derive(Debug, Deserialize)]
pub(super) struct Attributes {
    pub(super) id: Option<String>,
    email: Option<String>,
    phone: Option<String>,
    password: Option<String>,
    password_hash: Option<String>,
    email_confirm: Option<bool>,
    user_metadata: Option<Map<String, Value>>,
    app_metadata: Option<Map<String, Value>>,
    ban_duration: Option<String>,
    role: Option<String>,
    is_active: Option<bool>,
}

/// As it is written.
#[derive(Debug)]
pub(super) struct Change {
    /// In the form in which it is stored.
    pub(super) email: Option<String>,
    pub(super) is_confirmed: Option<bool>,
    /// The stored form.
    pub(super) password_hash: Option<String>,
    pub(super) user_metadata: Option<Value>,
    pub(super) app_metadata: Option<Value>,
    pub(super) account_role: Option<String>,
    pub(super) is_active: Option<bool>,
    pub(super) ban: Option<Ban>,
}

/// How long an account is kept out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Ban {
    /// Not any more.
    Lifted,
    /// For so many seconds from now.
    For(f64),
}

impl Attributes {
    /// Checks all of it, and hashes the password. `user` is the account as it is, if there is one already.
    ///
    /// # Errors
    /// 400 for what no account can have, 422 for a weak password.
    pub(super) async fn check(self, accounts: &Accounts, user: Option<&User>) -> Result<Change, AuthError> {
        if self.phone.is_some_and(|phone| !phone.is_empty()) {
            return Err(AuthError::invalid("Accounts have no phone number here"));
        }
        let email = self.email.filter(|email| !email.is_empty());
        let email = email.as_deref().map(email::normalised).transpose()?;
        if let Some(data) = &self.user_metadata {
            check_metadata(&merged(user.map(|user| &user.user_metadata), data))?;
        }
        if let Some(data) = &self.app_metadata {
            check_metadata(&merged(user.map(|user| &user.app_metadata), data))?;
        }
        let account_role = self.role.filter(|role| !role.is_empty() && role != DATABASE_ROLE);
        if let Some(role) = account_role.as_deref().filter(|role| !ACCOUNT_ROLES.contains(role)) {
            let message = format!("role must be one of {}, not \"{role}\"", ACCOUNT_ROLES.join(", "));
            return Err(AuthError::invalid(message));
        }
        let ban = self.ban_duration.as_deref().filter(|ban| !ban.is_empty()).map(ban).transpose()?;
        let address = email.as_deref().or(user.and_then(|user| user.email.as_deref()));
        let password_hash = match (self.password.filter(|password| !password.is_empty()), self.password_hash) {
            (Some(_), Some(_)) => return Err(AuthError::invalid("password or password_hash, not both")),
            (Some(_), None) if address.is_none() => {
                return Err(AuthError::invalid("An anonymous account needs an address before it can have a password"));
            }
            (Some(password), None) => {
                password_rules::check(&password, address, accounts.options.password_min_length)?;
                Some(accounts.hash(password).await?)
            }
            (None, Some(hash)) => Some(imported(hash)?),
            (None, None) => None,
        };
        Ok(Change {
            email,
            is_confirmed: self.email_confirm,
            password_hash,
            user_metadata: self.user_metadata.map(Value::Object),
            app_metadata: self.app_metadata.map(Value::Object),
            account_role,
            is_active: self.is_active,
            ban,
        })
    }
}

impl Change {
    /// Which fields it is about, by name.
    pub(super) fn fields(&self) -> Vec<&'static str> {
        let fields = [
            ("email", self.email.is_some()),
            ("email_confirm", self.is_confirmed.is_some()),
            ("password", self.password_hash.is_some()),
            ("user_metadata", self.user_metadata.is_some()),
            ("app_metadata", self.app_metadata.is_some()),
            ("role", self.account_role.is_some()),
            ("is_active", self.is_active.is_some()),
            ("ban_duration", self.ban.is_some()),
        ];
        fields.into_iter().filter(|(_, is_there)| *is_there).map(|(name, _)| name).collect()
    }

    /// Seconds of a new ban; zero lifts the old one.
    pub(super) fn ban_seconds(&self) -> Option<String> {
        self.ban.map(|ban| match ban {
            Ban::Lifted => "0".to_owned(),
            Ban::For(seconds) => seconds.to_string(),
        })
    }
}

/// Member by member; one that is null goes.
fn merged(old: Option<&Value>, new: &Map<String, Value>) -> Value {
    let mut merged = old.and_then(Value::as_object).cloned().unwrap_or_default();
    merged.extend(new.clone());
    merged.retain(|_, value| !value.is_null());
    Value::Object(merged)
}

/// A bcrypt hash from elsewhere: `$2b$12$` and 53 characters.
fn imported(hash: String) -> Result<String, AuthError> {
    let rest = ["$2a$", "$2b$", "$2y$"].iter().find_map(|kind| hash.strip_prefix(kind));
    let (cost, rest) = rest.and_then(|rest| rest.split_once('$')).unwrap_or_default();
    let has_cost = cost.len() == 2 && cost.parse().is_ok_and(|cost| COSTS.contains(&cost));
    let is_base64 = rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'/');
    if has_cost && is_base64 && rest.len() == 53 {
        return Ok(hash);
    }
    let message =
        format!("password_hash must be a bcrypt hash ($2b$…) of a cost from {} to {}", COSTS.start(), COSTS.end());
    Err(AuthError::invalid(message))
}

/// `none`, or a length of time as Go writes it, such as `2h45m`, `1.5h` or `300ms`.
fn ban(text: &str) -> Result<Ban, AuthError> {
    if text == "none" {
        return Ok(Ban::Lifted);
    }
    let invalid = || {
        let message = "ban_duration must be \"none\", or numbers with their units, such as \"24h\" or \"2h45m\" (ns, us, ms, s, m, h), \
                       of a hundred years at the most";
        AuthError::invalid(message)
    };
    let mut rest = text;
    let mut seconds = 0.0;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').ok_or_else(invalid)?;
        let (number, tail) = rest.split_at(end);
        let number: f64 = number.parse().map_err(|_| invalid())?;
        let end = tail.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(end);
        seconds += number
            * match unit {
                "ns" => 1e-9,
                // Both signs that are read as micro.
                "us" | "µs" | "μs" => 1e-6,
                "ms" => 1e-3,
                "s" => 1.0,
                "m" => 60.0,
                "h" => 3600.0,
                _ => return Err(invalid()),
            };
        rest = tail;
    }
    if seconds > 0.0 && seconds <= LONGEST_BAN { Ok(Ban::For(seconds)) } else { Err(invalid()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bans() {
        for (text, expected) in [
            ("none", Some(Ban::Lifted)),
            ("300ms", Some(Ban::For(0.3))),
            ("24h", Some(Ban::For(86400.0))),
            ("2h45m", Some(Ban::For(9900.0))),
            ("1.5h", Some(Ban::For(5400.0))),
            (".5h", Some(Ban::For(1800.0))),
            ("876000h", Some(Ban::For(3_153_600_000.0))),
            ("", None),
            ("24", None),
            ("h", None),
            ("1d", None),
            ("-1h", None),
            ("0s", None),
            ("1.2.3h", None),
            ("1e9h", None),
            ("infh", None),
            ("8760000000h", None),
            ("1h ", None),
        ] {
            assert_eq!(ban(text).ok(), expected, "{text}");
        }
    }

    #[test]
    fn imported_hashes() {
        let rest = "N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy";
        for (hash, is_taken) in [
            (format!("$2b$12${rest}"), true),
            (format!("$2a$04${rest}"), true),
            (format!("$2y$14${rest}"), true),
            (format!("$2b$31${rest}"), false),
            (format!("$2b$15${rest}"), false),
            (format!("$2b$1${rest}"), false),
            (format!("$2x$12${rest}"), false),
            (format!("$2b$12${rest}x"), false),
            (format!("$2b$12$*{}", &rest[1..]), false),
            (format!("howdah1$2b$12${rest}"), false),
            ("password".to_owned(), false),
            (String::new(), false),
        ] {
            assert_eq!(imported(hash.clone()).is_ok(), is_taken, "{hash}");
        }
    }

    #[test]
    fn metadata_is_merged() {
        let old = serde_json::json!({ "a": 1, "b": 2 });
        let new = serde_json::json!({ "b": null, "c": 3, "d": null });
        assert_eq!(merged(Some(&old), new.as_object().unwrap()), serde_json::json!({ "a": 1, "c": 3 }));
    }
}
