//! Who may do what.

use serde::{Deserialize, Serialize};

/// The grantee that stands for everyone. No role can have this name.
pub const PUBLIC: &str = "public";

/// The privileges on one object.
///
/// An object on which nothing was ever granted or revoked has no list of its own: PostgreSQL then applies a built-in
/// default, in which the owner may do everything, and PUBLIC may EXECUTE functions and USE types and domains.
/// `grants` holds what applies in either case; `explicit` tells the two apart. A list that says the same as the default
/// counts as the default, because nothing can tell them apart by what they allow and a dump does not keep the difference.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acl {
    /// Whether it differs from the built-in default. An explicit list may well be empty: then nobody may do anything.
    pub explicit: bool,
    /// What applies, ordered by grantee, privilege, grantor.
    pub grants: Vec<Grant>,
}

impl Acl {
    /// Whether this very grantee holds the privilege; that it may hold it through another role or through [`PUBLIC`] does
    /// not count.
    pub fn allows(&self, grantee: &str, privilege: &str) -> bool {
        self.grants.iter().any(|grant| grant.grantee == grantee && grant.privilege == privilege)
    }
}

/// One privilege of one role.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Grant {
    /// A role, or [`PUBLIC`].
    pub grantee: String,
    /// In SQL's words and upper case: `SELECT`, `EXECUTE` …
    pub privilege: String,
    /// Who granted it.
    pub grantor: String,
    /// WITH GRANT OPTION.
    pub grantable: bool,
}

/// One `ALTER DEFAULT PRIVILEGES` setting.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct DefaultPrivilege {
    /// Objects that this role creates …
    pub role: String,
    /// … in this schema, or in any when `None`.
    pub schema: Option<String>,
    /// Which objects.
    pub objects: PrivilegeObjects,
    /// With a schema: what is granted in addition. Without one: all that is granted, in place of the built-in default, so
    /// that a missing EXECUTE for [`PUBLIC`] means it was revoked.
    pub grants: Vec<Grant>,
}

/// The kinds of objects that have default privileges.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PrivilegeObjects {
    /// Tables, views and what else is read like one.
    Tables,
    /// Sequences.
    Sequences,
    /// Functions and procedures.
    Functions,
    /// Types and domains.
    Types,
    /// Schemas.
    Schemas,
    /// Large objects (PostgreSQL 18).
    LargeObjects,
}

impl PrivilegeObjects {
    /// As in `GRANT … ON <this>`.
    pub fn as_sql(self) -> &'static str {
        match self {
            Self::Tables => "TABLES",
            Self::Sequences => "SEQUENCES",
            Self::Functions => "FUNCTIONS",
            Self::Types => "TYPES",
            Self::Schemas => "SCHEMAS",
            Self::LargeObjects => "LARGE OBJECTS",
        }
    }
}
