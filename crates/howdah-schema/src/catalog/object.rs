//! Names for everything that can depend on something else.

use super::Signature;
use crate::QualifiedName;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// What tells an object from all others of a database.
///
/// The order of the variants is the order in which objects are made when nothing else decides.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ObjectId {
    /// A role, which is the server's rather than the database's.
    Role(String),
    /// A schema.
    Schema(String),
    /// An extension, and whatever it owns.
    Extension(String),
    /// `ALTER DEFAULT PRIVILEGES`: for a role, in a schema.
    DefaultPrivileges(String, Option<String>),
    /// A collation.
    Collation(QualifiedName),
    /// An enum, domain, composite or range type.
    Type(QualifiedName),
    /// A check of a domain.
    DomainConstraint(QualifiedName, String),
    /// A function or procedure.
    Function(Signature),
    /// An operator: its name and the types of its operands as SQL, `NONE` where there is none.
    Operator(QualifiedName, String, String),
    /// An operator family and its access method.
    OperatorFamily(QualifiedName, String),
    /// An operator class and its access method.
    OperatorClass(QualifiedName, String),
    /// An aggregate.
    Aggregate(Signature),
    /// A cast, by its two types as SQL.
    Cast(String, String),
    /// A text-search dictionary.
    TextSearchDictionary(QualifiedName),
    /// A text-search configuration.
    TextSearchConfiguration(QualifiedName),
    /// A sequence that is not behind an identity column.
    Sequence(QualifiedName),
    /// A table of any kind.
    Table(QualifiedName),
    /// A column of a table or a view.
    Column(QualifiedName, String),
    /// A column's default or generation expression.
    Default(QualifiedName, String),
    /// A constraint of a table.
    Constraint(QualifiedName, String),
    /// An index, by its own name.
    Index(QualifiedName),
    /// Extended statistics.
    Statistics(QualifiedName),
    /// A view or materialized view.
    View(QualifiedName),
    /// A rule of a table or view.
    Rule(QualifiedName, String),
    /// A trigger of a table or view.
    Trigger(QualifiedName, String),
    /// A policy of a table.
    Policy(QualifiedName, String),
    /// A publication.
    Publication(String),
    /// An event trigger.
    EventTrigger(String),
}

impl ObjectId {
    /// What kind of object it is, in SQL's words and lower case.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Role(_) => "role",
            Self::Schema(_) => "schema",
            Self::Extension(_) => "extension",
            Self::DefaultPrivileges(..) => "default privileges",
            Self::Collation(_) => "collation",
            Self::Type(_) => "type",
            Self::DomainConstraint(..) => "domain constraint",
            Self::Function(_) => "function",
            Self::Operator(..) => "operator",
            Self::OperatorFamily(..) => "operator family",
            Self::OperatorClass(..) => "operator class",
            Self::Aggregate(_) => "aggregate",
            Self::Cast(..) => "cast",
            Self::TextSearchDictionary(_) => "text search dictionary",
            Self::TextSearchConfiguration(_) => "text search configuration",
            Self::Sequence(_) => "sequence",
            Self::Table(_) => "table",
            Self::Column(..) => "column",
            Self::Default(..) => "default",
            Self::Constraint(..) => "constraint",
            Self::Index(_) => "index",
            Self::Statistics(_) => "statistics",
            Self::View(_) => "view",
            Self::Rule(..) => "rule",
            Self::Trigger(..) => "trigger",
            Self::Policy(..) => "policy",
            Self::Publication(_) => "publication",
            Self::EventTrigger(_) => "event trigger",
        }
    }

    /// The schema that it is in; `None` for what is in none.
    pub fn schema(&self) -> Option<&str> {
        match self {
            Self::Role(_)
            | Self::Schema(_)
            | Self::Extension(_)
            | Self::DefaultPrivileges(..)
            | Self::Cast(..)
            | Self::Publication(_)
            | Self::EventTrigger(_) => None,
            Self::Collation(name)
            | Self::Type(name)
            | Self::DomainConstraint(name, _)
            | Self::Operator(name, ..)
            | Self::OperatorFamily(name, _)
            | Self::OperatorClass(name, _)
            | Self::TextSearchDictionary(name)
            | Self::TextSearchConfiguration(name)
            | Self::Sequence(name)
            | Self::Table(name)
            | Self::Column(name, _)
            | Self::Default(name, _)
            | Self::Constraint(name, _)
            | Self::Index(name)
            | Self::Statistics(name)
            | Self::View(name)
            | Self::Rule(name, _)
            | Self::Trigger(name, _)
            | Self::Policy(name, _) => Some(&name.schema),
            Self::Function(signature) | Self::Aggregate(signature) => Some(&signature.name.schema),
        }
    }

    /// The table, view or domain that it is a part of.
    pub fn parent(&self) -> Option<Self> {
        Some(match self {
            Self::Column(relation, _)
            | Self::Default(relation, _)
            | Self::Constraint(relation, _)
            | Self::Trigger(relation, _)
            | Self::Rule(relation, _)
            | Self::Policy(relation, _) => Self::Table(relation.clone()),
            Self::DomainConstraint(domain, _) => Self::Type(domain.clone()),
            _ => return None,
        })
    }
}

/// `table public.tasks`, `column public.tasks.title`
impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ", self.kind())?;
        match self {
            Self::Role(name)
            | Self::Schema(name)
            | Self::Extension(name)
            | Self::Publication(name)
            | Self::EventTrigger(name) => f.write_str(name),
            Self::DefaultPrivileges(role, None) => write!(f, "of {role}"),
            Self::DefaultPrivileges(role, Some(schema)) => write!(f, "of {role} in {schema}"),
            Self::Collation(name)
            | Self::Type(name)
            | Self::TextSearchDictionary(name)
            | Self::TextSearchConfiguration(name)
            | Self::Sequence(name)
            | Self::Table(name)
            | Self::Index(name)
            | Self::Statistics(name)
            | Self::View(name) => name.fmt(f),
            Self::OperatorFamily(name, method) | Self::OperatorClass(name, method) => {
                write!(f, "{name} of {method}")
            }
            Self::Function(signature) | Self::Aggregate(signature) => signature.fmt(f),
            Self::Operator(name, left, right) => write!(f, "{name} ({left}, {right})"),
            Self::Cast(from, to) => write!(f, "({from} AS {to})"),
            Self::Column(relation, name) | Self::Default(relation, name) => write!(f, "{relation}.{name}"),
            Self::DomainConstraint(relation, name)
            | Self::Constraint(relation, name)
            | Self::Rule(relation, name)
            | Self::Trigger(relation, name)
            | Self::Policy(relation, name) => write!(f, "{name} on {relation}"),
        }
    }
}

/// What needs what, as far as the server records it: `SELECT` in a view needs its tables, a column its type.
///
/// What follows from the names is not repeated: that a column needs its table, an index the columns it stands on. The
/// bodies of functions in quotes are not looked into, by the server neither.
///
/// Two databases with the same objects are equal whatever stands here, because it follows from the objects.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(from = "Vec<(ObjectId, ObjectId)>", into = "Vec<(ObjectId, ObjectId)>")]
pub struct Dependencies(BTreeMap<ObjectId, BTreeSet<ObjectId>>);

impl Dependencies {
    /// Notes that `dependent` needs `needed`.
    pub fn insert(&mut self, dependent: ObjectId, needed: ObjectId) {
        if dependent != needed {
            self.0.entry(dependent).or_default().insert(needed);
        }
    }

    /// What an object needs.
    pub fn of(&self, dependent: &ObjectId) -> impl Iterator<Item = &ObjectId> {
        self.0.get(dependent).into_iter().flatten()
    }

    /// Every object that needs something, and all that it needs.
    pub(crate) fn by_dependent(&self) -> impl Iterator<Item = (&ObjectId, &BTreeSet<ObjectId>)> {
        self.0.iter()
    }

    /// Every pair of an object and something that it needs.
    pub fn iter(&self) -> impl Iterator<Item = (&ObjectId, &ObjectId)> {
        self.0.iter().flat_map(|(dependent, needed)| needed.iter().map(move |needed| (dependent, needed)))
    }
}

impl PartialEq for Dependencies {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Dependencies {}

impl From<Vec<(ObjectId, ObjectId)>> for Dependencies {
    fn from(pairs: Vec<(ObjectId, ObjectId)>) -> Self {
        let mut dependencies = Self::default();
        for (dependent, needed) in pairs {
            dependencies.insert(dependent, needed);
        }
        dependencies
    }
}

impl From<Dependencies> for Vec<(ObjectId, ObjectId)> {
    fn from(dependencies: Dependencies) -> Self {
        dependencies.iter().map(|(dependent, needed)| (dependent.clone(), needed.clone())).collect()
    }
}
