//! The whole of it, and what belongs to the database rather than to a table.

use super::{CompositeDoc, DomainDoc, EnumDoc, FunctionDoc, RangeDoc, TableDoc, ViewDoc};
use crate::QualifiedName;
use crate::docs::Issue;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The documentation of a database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Documentation {
    /// The version of this document's form: `howdah.docs/1`.
    pub schema: String,
    /// The project's name.
    pub project: String,
    /// How many of everything there are.
    pub counts: Counts,
    /// How much of it has a comment.
    pub coverage: Coverage,
    /// What belongs together: tables by `@group`, those without one and views under the name of their schema. By name.
    pub groups: Vec<Group>,
    /// Schemas, by name.
    pub schemas: Vec<SchemaDoc>,
    /// Tables, by qualified name.
    pub tables: BTreeMap<QualifiedName, TableDoc>,
    /// Views and materialized views, by qualified name.
    pub views: BTreeMap<QualifiedName, ViewDoc>,
    /// Enumerations, by name.
    pub enums: Vec<EnumDoc>,
    /// Domains, by name.
    pub domains: Vec<DomainDoc>,
    /// Composite types, by name.
    pub composites: Vec<CompositeDoc>,
    /// Range types, by name.
    pub ranges: Vec<RangeDoc>,
    /// Functions, procedures and aggregates, by name and argument types.
    pub functions: Vec<FunctionDoc>,
    /// Sequences that belong to no column, by name.
    pub sequences: Vec<SequenceDoc>,
    /// Extensions, by name.
    pub extensions: Vec<ExtensionDoc>,
    /// Roles that are granted something or that a policy speaks of, and the roles that these are members of. Owners only
    /// if they are granted something by others.
    pub roles: Vec<RoleDoc>,
    /// Publications, by name.
    pub publications: Vec<PublicationDoc>,
    /// Event triggers, by name.
    pub event_triggers: Vec<EventTriggerDoc>,
    /// What else there is, with no description of its own here.
    pub others: Vec<OtherObject>,
    /// What the checks of the schema found.
    pub issues: Vec<Issue>,
    /// Why something is not here.
    pub notes: Notes,
}

/// How many of everything there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Counts {
    /// Tables, partitions not among them.
    pub tables: usize,
    /// Partitions.
    pub partitions: usize,
    /// Columns of tables, partitions' not among them.
    pub columns: usize,
    /// Views that are not materialized.
    pub views: usize,
    /// Materialized views.
    pub materialized_views: usize,
    /// Foreign keys, partitions' not among them.
    pub foreign_keys: usize,
    /// Indexes, those behind constraints included, partitions' not among them.
    pub indexes: usize,
    /// Policies.
    pub policies: usize,
    /// Triggers, partitions' not among them.
    pub triggers: usize,
    /// Enumerations.
    pub enums: usize,
    /// Domains.
    pub domains: usize,
    /// Functions, procedures and aggregates.
    pub functions: usize,
}

/// How much has a comment: of tables, columns, views, functions and types. Partitions speak through their parents.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Coverage {
    /// How many of them have one.
    pub commented: usize,
    /// How many there are.
    pub all: usize,
    /// What has none, such as `column public.tasks.title`, in the order of kinds and names.
    pub missing: Vec<String>,
}

impl Coverage {
    /// In per cent, rounded down, so that 100 means all. Of nothing, all has a comment.
    pub fn percent(&self) -> u8 {
        let percent = (self.commented * 100).checked_div(self.all).unwrap_or(100);
        u8::try_from(percent).unwrap_or(100)
    }
}

/// Tables and views that belong together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Group {
    /// The word after `@group`, or a schema's name.
    pub name: String,
    /// Whether it is named by a tag; otherwise it is a schema.
    pub tagged: bool,
    /// What the schema's comment says, if it is a schema's.
    pub about: Option<String>,
    /// Its tables, by name; partitions stand with their parents and not here.
    pub tables: Vec<QualifiedName>,
    /// Its views, by name.
    pub views: Vec<QualifiedName>,
}

/// A schema.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SchemaDoc {
    /// Its name.
    pub name: String,
    /// What its comment says.
    pub purpose: Option<String>,
    /// How many tables it has.
    pub tables: usize,
    /// How many views.
    pub views: usize,
    /// How many functions, procedures and aggregates.
    pub functions: usize,
    /// Whether its tables are reached over HTTP.
    pub in_api: bool,
    /// Who may use what is in it, by name; `PUBLIC` for everyone.
    pub usage: Vec<String>,
    /// Who may create objects in it, beside its owner.
    pub create: Vec<String>,
}

/// A sequence that belongs to no column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SequenceDoc {
    /// Its name.
    pub name: QualifiedName,
    /// What its comment says.
    pub purpose: Option<String>,
    /// `smallint`, `integer` or `bigint`.
    pub data_type: String,
    /// Its first value.
    pub start: i64,
    /// Its step.
    pub increment: i64,
    /// Whether it starts again at the end.
    pub cycle: bool,
}

/// An installed extension. Its version is the server's business and not here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ExtensionDoc {
    /// Its name.
    pub name: String,
    /// The schema its objects are in.
    pub schema: String,
    /// What its comment says.
    pub purpose: Option<String>,
}

/// A role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RoleDoc {
    /// Its name.
    pub name: String,
    /// What its comment says.
    pub purpose: Option<String>,
    /// May do everything.
    pub superuser: bool,
    /// No policy applies to it.
    pub bypass_rls: bool,
    /// The roles whose privileges it has without switching to them, through others as well.
    pub inherits: Vec<String>,
    /// The other roles that it is a member of.
    pub member_of: Vec<String>,
    /// The tables and views that it may read at least a column of.
    pub reads: usize,
    /// The tables and views that it may write at least a column of.
    pub writes: usize,
}

/// What logical replication sends to subscribers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PublicationDoc {
    /// Its name.
    pub name: String,
    /// What its comment says.
    pub purpose: Option<String>,
    /// It sends every table.
    pub all_tables: bool,
    /// It sends the tables of these schemas.
    pub schemas: Vec<String>,
    /// It sends these tables.
    pub tables: Vec<PublishedTableDoc>,
    /// What it sends of them: `INSERT`, `UPDATE`, `DELETE`, `TRUNCATE`.
    pub operations: Vec<String>,
}

/// A table of a publication.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PublishedTableDoc {
    /// The table.
    pub table: QualifiedName,
    /// Only these columns; null for all.
    pub columns: Option<Vec<String>>,
    /// Only rows for which this holds.
    pub filter: Option<String>,
}

/// A function that is called on commands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EventTriggerDoc {
    /// Its name.
    pub name: String,
    /// What its comment says.
    pub purpose: Option<String>,
    /// `ddl_command_end`, `sql_drop` …
    pub event: String,
    /// Only for these commands; empty for all.
    pub commands: Vec<String>,
    /// What it calls.
    pub function: QualifiedName,
}

/// An object that has no description of its own here.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct OtherObject {
    /// As in SQL, lower case: `collation`, `foreign table`, `operator` …
    pub kind: String,
    /// Its name, qualified where it is in a schema.
    pub name: String,
}

/// Why something is not here.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Notes {
    /// Why there are no common queries, or why some were left out.
    pub queries: Option<String>,
    /// Why there are no examples.
    pub examples: Option<String>,
    /// Why there is no history.
    pub history: Option<String>,
}
