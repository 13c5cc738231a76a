//! Roles: the server's, as far as a database speaks of them.

use super::Comment;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A role. Its password is never read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Role {
    /// Its name.
    pub name: String,
    /// May do everything.
    pub superuser: bool,
    /// Has the rights of the roles that it is a member of without SET ROLE, unless the membership says otherwise.
    pub inherit: bool,
    /// May make roles.
    pub create_role: bool,
    /// May make databases.
    pub create_db: bool,
    /// May log in.
    pub login: bool,
    /// May replicate.
    pub replication: bool,
    /// No policy applies to it.
    pub bypass_rls: bool,
    /// How many connections it may have; -1 for any number.
    pub connection_limit: i32,
    /// When its password ceases to be valid: a time as SQL text in UTC, such as `2030-01-01 00:00:00+00` or `infinity`.
    pub valid_until: Option<String>,
    /// `ALTER ROLE … SET` for all databases: setting to value.
    pub config: BTreeMap<String, String>,
    /// The roles that it is a member of.
    pub member_of: BTreeMap<String, Membership>,
    /// Its comment.
    pub comment: Comment,
}

/// How a role is a member of another. Of several grants by several grantors, all that any of them allows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    /// May make others members: WITH ADMIN OPTION.
    pub admin: bool,
    /// Has the other's rights without SET ROLE. `None` before PostgreSQL 16, where [`Role::inherit`] decides.
    pub inherit: Option<bool>,
    /// May SET ROLE to the other. `None` before PostgreSQL 16, where every member may.
    pub set: Option<bool>,
}
