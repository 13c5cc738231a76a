//! What a directive says, and what can be wrong with it.

use crate::QualifiedName;
use std::fmt;

/// `-- renamed-from: old` and what it stands beside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directive {
    /// The file's name as it was given.
    pub file: String,
    /// Where in it, from 1.
    pub line: usize,
    /// What has the new name.
    pub target: Target,
    /// What its name was.
    pub old: OldName,
}

/// What a directive stands beside: its kind and its new name. Parts of a table or type name that by its new name, too.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// CREATE SCHEMA.
    Schema(String),
    /// CREATE TABLE.
    Table(QualifiedName),
    /// CREATE VIEW, CREATE MATERIALIZED VIEW.
    View(QualifiedName),
    /// CREATE SEQUENCE.
    Sequence(QualifiedName),
    /// CREATE TYPE, CREATE DOMAIN.
    Type(QualifiedName),
    /// CREATE INDEX; its schema is the table's.
    Index(QualifiedName),
    /// A column of a table.
    Column(QualifiedName, String),
    /// A named constraint of a table.
    Constraint(QualifiedName, String),
    /// A named check of a domain.
    DomainConstraint(QualifiedName, String),
    /// A label of an enum.
    EnumValue(QualifiedName, String),
    /// An attribute of a composite type.
    Attribute(QualifiedName, String),
    /// CREATE FUNCTION, CREATE PROCEDURE: with the arguments as written between the parentheses.
    Function(QualifiedName, Option<String>),
    /// CREATE AGGREGATE, likewise.
    Aggregate(QualifiedName, Option<String>),
    /// CREATE POLICY … ON.
    Policy(QualifiedName, String),
    /// CREATE TRIGGER … ON.
    Trigger(QualifiedName, String),
    /// CREATE RULE … TO.
    Rule(QualifiedName, String),
    /// CREATE STATISTICS.
    Statistics(QualifiedName),
    /// CREATE COLLATION.
    Collation(QualifiedName),
    /// CREATE TEXT SEARCH CONFIGURATION.
    TextSearchConfiguration(QualifiedName),
    /// CREATE TEXT SEARCH DICTIONARY.
    TextSearchDictionary(QualifiedName),
    /// CREATE OPERATOR CLASS … USING.
    OperatorClass(QualifiedName, String),
    /// CREATE OPERATOR FAMILY … USING.
    OperatorFamily(QualifiedName, String),
    /// CREATE PUBLICATION.
    Publication(String),
    /// CREATE EVENT TRIGGER.
    EventTrigger(String),
}

/// A name as a directive gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OldName {
    /// Where it was; `None` if it is where it was.
    pub schema: Option<String>,
    /// The name itself; a label of an enum, too.
    pub name: String,
    /// Of a function: the arguments as written between the parentheses.
    pub arguments: Option<String>,
}

impl Target {
    /// What kind of object it is, in SQL's words and lower case.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Schema(_) => "schema",
            Self::Table(_) => "table",
            Self::View(_) => "view",
            Self::Sequence(_) => "sequence",
            Self::Type(_) => "type",
            Self::Index(_) => "index",
            Self::Column(..) => "column",
            Self::Constraint(..) => "constraint",
            Self::DomainConstraint(..) => "domain constraint",
            Self::EnumValue(..) => "enum value",
            Self::Attribute(..) => "attribute",
            Self::Function(..) => "function",
            Self::Aggregate(..) => "aggregate",
            Self::Policy(..) => "policy",
            Self::Trigger(..) => "trigger",
            Self::Rule(..) => "rule",
            Self::Statistics(_) => "statistics",
            Self::Collation(_) => "collation",
            Self::TextSearchConfiguration(_) => "text search configuration",
            Self::TextSearchDictionary(_) => "text search dictionary",
            Self::OperatorClass(..) => "operator class",
            Self::OperatorFamily(..) => "operator family",
            Self::Publication(_) => "publication",
            Self::EventTrigger(_) => "event trigger",
        }
    }

    /// The new name alone, without schema or container.
    pub fn name(&self) -> &str {
        match self {
            Self::Schema(name) | Self::Publication(name) | Self::EventTrigger(name) => name,
            Self::Column(_, name)
            | Self::Constraint(_, name)
            | Self::DomainConstraint(_, name)
            | Self::EnumValue(_, name)
            | Self::Attribute(_, name)
            | Self::Policy(_, name)
            | Self::Trigger(_, name)
            | Self::Rule(_, name) => name,
            Self::Table(name)
            | Self::View(name)
            | Self::Sequence(name)
            | Self::Type(name)
            | Self::Index(name)
            | Self::Function(name, _)
            | Self::Aggregate(name, _)
            | Self::Statistics(name)
            | Self::Collation(name)
            | Self::TextSearchConfiguration(name)
            | Self::TextSearchDictionary(name)
            | Self::OperatorClass(name, _)
            | Self::OperatorFamily(name, _) => &name.name,
        }
    }

    /// Of what can be in one schema or another: its name with the schema.
    pub fn qualified(&self) -> Option<&QualifiedName> {
        match self {
            Self::Table(name)
            | Self::View(name)
            | Self::Sequence(name)
            | Self::Type(name)
            | Self::Function(name, _)
            | Self::Aggregate(name, _)
            | Self::Statistics(name)
            | Self::Collation(name)
            | Self::TextSearchConfiguration(name)
            | Self::TextSearchDictionary(name)
            | Self::OperatorClass(name, _)
            | Self::OperatorFamily(name, _) => Some(name),
            _ => None,
        }
    }

    /// Of a part: the table, view or type that it is a part of.
    pub fn container(&self) -> Option<&QualifiedName> {
        match self {
            Self::Column(container, _)
            | Self::Constraint(container, _)
            | Self::DomainConstraint(container, _)
            | Self::EnumValue(container, _)
            | Self::Attribute(container, _)
            | Self::Policy(container, _)
            | Self::Trigger(container, _)
            | Self::Rule(container, _) => Some(container),
            _ => None,
        }
    }

    /// The same kind under other names.
    pub(super) fn renamed(
        &self,
        container: QualifiedName,
        schema: &str,
        name: String,
        arguments: Option<String>,
    ) -> Self {
        let qualified = || QualifiedName::new(schema, name.clone());
        match self {
            Self::Schema(_) => Self::Schema(name),
            Self::Publication(_) => Self::Publication(name),
            Self::EventTrigger(_) => Self::EventTrigger(name),
            Self::Table(_) => Self::Table(qualified()),
            Self::View(_) => Self::View(qualified()),
            Self::Sequence(_) => Self::Sequence(qualified()),
            Self::Type(_) => Self::Type(qualified()),
            Self::Index(_) => Self::Index(qualified()),
            Self::Statistics(_) => Self::Statistics(qualified()),
            Self::Collation(_) => Self::Collation(qualified()),
            Self::TextSearchConfiguration(_) => Self::TextSearchConfiguration(qualified()),
            Self::TextSearchDictionary(_) => Self::TextSearchDictionary(qualified()),
            Self::OperatorClass(_, method) => Self::OperatorClass(qualified(), method.clone()),
            Self::OperatorFamily(_, method) => Self::OperatorFamily(qualified(), method.clone()),
            Self::Function(..) => Self::Function(qualified(), arguments),
            Self::Aggregate(..) => Self::Aggregate(qualified(), arguments),
            Self::Column(..) => Self::Column(container, name),
            Self::Constraint(..) => Self::Constraint(container, name),
            Self::DomainConstraint(..) => Self::DomainConstraint(container, name),
            Self::EnumValue(..) => Self::EnumValue(container, name),
            Self::Attribute(..) => Self::Attribute(container, name),
            Self::Policy(..) => Self::Policy(container, name),
            Self::Trigger(..) => Self::Trigger(container, name),
            Self::Rule(..) => Self::Rule(container, name),
        }
    }
}

/// `table public.tasks`, `column title of public.tasks`
impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ", self.kind())?;
        match (self, self.container(), self.qualified()) {
            (Self::Index(name), ..) => name.fmt(f),
            (Self::EnumValue(container, label), ..) => write!(f, "'{label}' of {container}"),
            (_, Some(container), _) => write!(f, "{} of {container}", self.name()),
            (_, _, Some(name)) => name.fmt(f),
            _ => f.write_str(self.name()),
        }
    }
}

/// As it would stand in a directive.
impl fmt::Display for OldName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(schema) = &self.schema {
            write!(f, "{schema}.")?;
        }
        f.write_str(&self.name)?;
        self.arguments.iter().try_for_each(|arguments| write!(f, "({arguments})"))
    }
}

impl Directive {
    /// The same rename the other way round, as far as one directive tells: the container of a part keeps the name that it has
    /// here. For a whole set of directives see [`super::invert`], which knows the containers' old names.
    #[must_use]
    pub fn invert(&self) -> Self {
        let container = self.target.container().cloned().unwrap_or_else(|| QualifiedName::new("", ""));
        self.inverted(container)
    }

    pub(super) fn inverted(&self, container: QualifiedName) -> Self {
        let schema = match &self.target {
            Target::Index(name) => Some(&name.schema),
            target => target.qualified().map(|name| &name.schema),
        };
        let old_schema = self.old.schema.clone().or_else(|| schema.cloned()).unwrap_or_default();
        let arguments = match &self.target {
            Target::Function(_, arguments) | Target::Aggregate(_, arguments) => arguments.clone(),
            _ => None,
        };
        Self {
            file: self.file.clone(),
            line: self.line,
            target: self.target.renamed(container, &old_schema, self.old.name.clone(), self.old.arguments.clone()),
            old: OldName {
                schema: self.target.qualified().map(|name| name.schema.clone()),
                name: self.target.name().to_owned(),
                arguments,
            },
        }
    }
}

/// A directive that cannot be read, or stands beside nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {message}")]
pub struct DirectiveError {
    /// The file's name as it was given.
    pub file: String,
    /// Where in it, from 1.
    pub line: usize,
    /// What is wrong and what to do.
    pub message: String,
}

impl DirectiveError {
    /// Stable code of the error.
    pub fn code(&self) -> &'static str {
        "rename-directive"
    }
}

/// A directive that does not fit the two catalogs.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RenameError {
    /// What it stands beside is not in the new schema.
    #[error("{file}:{line}: there is no {target} in the schema that these files make{}. A directive counts for a name without a schema as for one in `public`; write the schema's name in the statement, or take the directive away", near(nearest.as_deref()))]
    Missing {
        /// The directive's file.
        file: String,
        /// The directive's line.
        line: usize,
        /// What it stands beside.
        target: String,
        /// A similar name that is there.
        nearest: Option<String>,
    },
    /// Old and new name are both taken, or one name is to become two.
    #[error("{file}:{line}: {message}")]
    Conflict {
        /// The directive's file.
        file: String,
        /// The directive's line.
        line: usize,
        /// What is in the way and what to do.
        message: String,
    },
    /// It could mean several objects, or both that it is done and that it is yet to be done.
    #[error("{file}:{line}: {message}")]
    Ambiguous {
        /// The directive's file.
        file: String,
        /// The directive's line.
        line: usize,
        /// Which, and what to do.
        message: String,
    },
}

fn near(name: Option<&str>) -> String {
    name.map(|name| format!("; did you mean {name}?")).unwrap_or_default()
}

impl RenameError {
    /// Stable code of the error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Missing { .. } => "rename-target-missing",
            Self::Conflict { .. } => "rename-conflict",
            Self::Ambiguous { .. } => "rename-ambiguous",
        }
    }

    pub(super) fn conflict(directive: &Directive, message: String) -> Self {
        Self::Conflict { file: directive.file.clone(), line: directive.line, message }
    }

    pub(super) fn ambiguous(directive: &Directive, message: String) -> Self {
        Self::Ambiguous { file: directive.file.clone(), line: directive.line, message }
    }
}
