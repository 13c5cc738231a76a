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
mod aggregate;
mod circumstance;
mod comment;
mod constraint;
mod function;
mod index;
mod keyed;
mod lookup;
mod object;
mod operator;
mod options;
mod publication;
mod role;
mod rule;
mod search;
mod sequence;
mod table;
mod types;
mod view;

pub use acl::{Acl, DefaultPrivilege, Grant, PUBLIC, PrivilegeObjects};
pub use aggregate::{Aggregate, AggregateKind, AggregateModify, MovingAggregate};
pub use circumstance::Circumstance;
pub use comment::Comment;
pub use constraint::{Constraint, ConstraintKind, Deferral, ForeignKey, ForeignKeyAction, ForeignKeyMatch};
pub use function::{Argument, ArgumentMode, Function, FunctionKind, Parallel, Returns, Signature, Volatility};
pub use index::{Index, IndexKey, IndexTarget};
pub use lookup::{ForeignKeyRef, Relation};
pub use object::{Dependencies, ObjectId};
pub use operator::{
    Cast, CastContext, CastMethod, FamilyFunction, FamilyOperator, Operator, OperatorClass, OperatorFamily,
};
pub use options::Options;
pub use publication::{EventTrigger, Publication, PublishedTable};
pub use role::{Membership, Role};
pub use rule::{Rule, RuleEvent, Statistics};
pub use search::{Collation, CollationProvider, TextSearchConfiguration, TextSearchDictionary};
pub use sequence::{Sequence, SequenceOwner};
pub use table::{
    Column, Generated, Identity, NotNull, PartitionOf, Policy, PolicyCommand, ReplicaIdentity, RowSecurity, Table,
    Trigger, TriggerEnabled, TriggerLevel, TriggerTiming,
};
pub use types::{Attribute, Composite, DataType, Domain, DomainCheck, Enum, Range, TypeKind};
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
    /// Every role that owns something here, is granted something, or stands in a policy; and the roles that these are
    /// members of. Without [`PUBLIC`] and the server's own `pg_*`.
    pub roles: BTreeMap<String, Role>,
    /// Every role of the server that it was read from.
    pub server_roles: Circumstance<BTreeSet<String>>,
    /// The role that read it.
    pub current_role: Circumstance<String>,
    /// Whether it was made from files rather than read from a database that is in use. Set by who made it.
    pub loaded_from_files: Circumstance<bool>,
    /// Ordinary tables, partitioned tables and partitions.
    pub tables: BTreeMap<QualifiedName, Table>,
    /// Views and materialized views.
    pub views: BTreeMap<QualifiedName, View>,
    /// Functions and procedures, by name and argument types.
    pub functions: BTreeMap<Signature, Function>,
    /// Aggregates, by name and argument types.
    pub aggregates: BTreeMap<Signature, Aggregate>,
    /// Domains.
    pub domains: BTreeMap<QualifiedName, Domain>,
    /// Enumerations.
    pub enums: BTreeMap<QualifiedName, Enum>,
    /// Composite types that are no table's row type.
    pub composites: BTreeMap<QualifiedName, Composite>,
    /// Range types.
    pub ranges: BTreeMap<QualifiedName, Range>,
    /// Collations.
    pub collations: BTreeMap<QualifiedName, Collation>,
    /// Casts, by source and target as SQL.
    #[serde(with = "keyed")]
    pub casts: BTreeMap<(String, String), Cast>,
    /// Operators, by name and the types of their operands as SQL, `NONE` where there is none.
    #[serde(with = "keyed")]
    pub operators: BTreeMap<(QualifiedName, String, String), Operator>,
    /// Operator families, by name and access method.
    #[serde(with = "keyed")]
    pub operator_families: BTreeMap<(QualifiedName, String), OperatorFamily>,
    /// Operator classes, by name and access method.
    #[serde(with = "keyed")]
    pub operator_classes: BTreeMap<(QualifiedName, String), OperatorClass>,
    /// Text-search dictionaries.
    pub text_search_dictionaries: BTreeMap<QualifiedName, TextSearchDictionary>,
    /// Text-search configurations.
    pub text_search_configurations: BTreeMap<QualifiedName, TextSearchConfiguration>,
    /// Extended statistics.
    pub statistics: BTreeMap<QualifiedName, Statistics>,
    /// Publications.
    pub publications: BTreeMap<String, Publication>,
    /// Event triggers.
    pub event_triggers: BTreeMap<String, EventTrigger>,
    /// Sequences; that of an identity column stands in its column.
    pub sequences: BTreeMap<QualifiedName, Sequence>,
    /// `ALTER DEFAULT PRIVILEGES`, ordered by role, schema and kind.
    pub default_privileges: Vec<DefaultPrivilege>,
    /// What needs what.
    pub dependencies: Dependencies,
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
    /// As in SQL, lower case: `foreign table`, `language`, `subscription` …
    pub kind: String,
    /// As PostgreSQL identifies it, qualified and with arguments where needed.
    pub name: String,
}
