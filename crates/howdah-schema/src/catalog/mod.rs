//! What a database holds, as a typed value that can be compared, stored as JSON and walked.
//!
//! A catalog names things; it holds no OIDs, no sizes, no statistics and no rows, so two databases with the same schema
//! have equal catalogs whichever way they came about. Objects that belong to an extension are the extension's business
//! and left out. An object of a kind that has no type here is listed in [`Catalog::unmodelled`]: whoever compares
//! catalogs must refuse such an object by name rather than pass over it.
//!
//! Expressions and definitions are the server's own deparsed text with an empty `search_path`, so every name outside
//! `pg_catalog` stands with its schema.

mod acl;
mod comment;
mod constraint;
mod function;
mod index;
mod lookup;
mod object;
mod sequence;
mod table;
mod types;
mod view;

pub use acl::{Acl, DefaultPrivilege, Grant, PUBLIC, PrivilegeObjects};
pub use comment::Comment;
pub use constraint::{Constraint, ConstraintKind, Deferral, ForeignKey, ForeignKeyAction, ForeignKeyMatch};
pub use function::{Argument, ArgumentMode, Function, FunctionKind, Parallel, Returns, Signature, Volatility};
pub use index::{Index, IndexKey, IndexTarget};
pub use object::{Dependencies, ObjectId};
pub use lookup::{ForeignKeyRef, Relation};
pub use sequence::{Sequence, SequenceOwner};
pub use table::{
    Column, Generated, Identity, PartitionOf, Policy, PolicyCommand, ReplicaIdentity, RowSecurity, Table, Trigger,
    TriggerEnabled, TriggerLevel, TriggerTiming,
};
pub use types::{Attribute, Composite, DataType, Domain, DomainCheck, Enum, TypeKind};
pub use view::View;

use crate::QualifiedName;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A database's schema objects.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Catalog {
    /// Major version of the server it was read from, such as 15; 0 if it was not read from one.
    pub postgres_major: u32,
    /// By name. Those of extensions and of the system are left out.
    pub schemas: BTreeMap<String, Schema>,
    /// By name. `plpgsql`, which every database has, is left out.
    pub extensions: BTreeMap<String, Extension>,
    /// Every role that owns something here, is granted something, or stands in a policy. Without [`PUBLIC`].
    pub roles: BTreeSet<String>,
    /// Ordinary tables, partitioned tables and partitions.
    pub tables: BTreeMap<QualifiedName, Table>,
    /// Views and materialized views.
    pub views: BTreeMap<QualifiedName, View>,
    /// Functions and procedures, by name and argument types.
    pub functions: BTreeMap<Signature, Function>,
    /// Domains.
    pub domains: BTreeMap<QualifiedName, Domain>,
    /// Enumerations.
    pub enums: BTreeMap<QualifiedName, Enum>,
    /// Composite types that are no table's row type.
    pub composites: BTreeMap<QualifiedName, Composite>,
    /// Sequences; that of an identity column stands in its column.
    pub sequences: BTreeMap<QualifiedName, Sequence>,
    /// `ALTER DEFAULT PRIVILEGES`, ordered by role, schema and kind.
    pub default_privileges: Vec<DefaultPrivilege>,
    /// What has no type here, ordered by kind and name.
    pub unmodelled: Vec<Unmodelled>,
}

/// A namespace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schema {
    /// Its name.
    pub name: String,
    /// Its owner.
    pub owner: String,
    /// Privileges: USAGE, CREATE.
    pub acl: Acl,
    /// Its comment.
    pub comment: Comment,
}

/// An installed extension.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extension {
    /// Its name.
    pub name: String,
    /// Where its objects are.
    pub schema: String,
    /// The installed version.
    pub version: String,
    /// Its comment.
    pub comment: Comment,
}

/// An object that the catalog cannot describe.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Unmodelled {
    /// As in SQL, lower case: `aggregate`, `event trigger`, `foreign table` …
    pub kind: String,
    /// As PostgreSQL identifies it, qualified and with arguments where needed.
    pub name: String,
}
