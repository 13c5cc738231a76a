//! Statements as the rules see them: only what a hazard can depend on.
//!
//! The parser's tree is left behind in [`super::read`]; every span here points into the file, also from inside a body.

use super::effect::LockMode;
use std::ops::Range;

/// A statement with where it stands.
#[derive(Debug, Clone)]
pub(crate) struct Statement {
    /// Its bytes in the file.
    pub(crate) span: Range<usize>,
    pub(crate) within: Within,
    /// In a transaction: the runner's or its own.
    pub(crate) in_transaction: bool,
    /// Statements with the same number commit together.
    pub(crate) transaction: u32,
    /// The runner runs it in batches, by directive.
    pub(crate) backfill: bool,
    /// What of it could not be read, and where.
    pub(crate) unread: Option<Unread>,
    pub(crate) kind: Kind,
}

#[derive(Debug, Clone)]
pub(crate) struct Unread {
    pub(crate) message: String,
    pub(crate) at: usize,
}

/// What a statement stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Within {
    /// The file.
    Top,
    /// A DO block: runs now.
    Block,
    /// A function or procedure: runs whenever that is called.
    Routine,
}

/// A name as written, with quotes and case resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Name {
    pub(crate) schema: Option<String>,
    pub(crate) name: String,
    pub(crate) span: Range<usize>,
}

#[derive(Debug, Clone)]
pub(crate) enum Kind {
    AlterTable {
        table: Name,
        actions: Vec<Action>,
    },
    CreateTable(CreateTable),
    CreateIndex {
        name: Option<Name>,
        table: Name,
        /// Its keys, if all of them are plain columns.
        columns: Vec<String>,
        concurrently: bool,
        guarded: bool,
    },
    Drop(Drop),
    Reindex {
        target: ReindexTarget,
        concurrently: bool,
    },
    Truncate {
        tables: Vec<Name>,
        cascade: bool,
    },
    Vacuum {
        full: bool,
        tables: Vec<Name>,
    },
    /// CLUSTER, and REPACK of PostgreSQL 19.
    Cluster {
        table: Option<Name>,
    },
    AddEnumValue {
        of: Name,
        value: String,
        placed: bool,
        guarded: bool,
    },
    RenameEnumValue {
        of: Name,
        from: String,
    },
    /// ALTER TYPE of a composite type: attributes added, dropped, changed.
    AlterComposite {
        of: Name,
    },
    CreateDomain {
        name: Name,
        constraints: Vec<Constraint>,
    },
    AlterDomain {
        name: Name,
        change: DomainChange,
    },
    /// Of what is not a table: view, index, type, schema, function …
    Rename {
        what: What,
        name: Name,
        to: String,
    },
    SetSchema {
        what: What,
        name: Name,
        to: String,
    },
    Update {
        table: Name,
        targets: Vec<Target>,
        filtered: bool,
    },
    Delete {
        table: Name,
        filtered: bool,
    },
    /// INSERT, MERGE, COPY … FROM.
    Write {
        table: Name,
        targets: Vec<Target>,
    },
    Begin,
    /// COMMIT, END, PREPARE TRANSACTION.
    Commit,
    Rollback,
    Set {
        name: String,
        value: String,
        local: bool,
    },
    Refresh {
        view: Name,
        concurrently: bool,
    },
    Lock {
        tables: Vec<Name>,
        mode: LockMode,
    },
    /// Anything made besides tables, indexes and domains.
    Create {
        what: What,
        name: Option<Name>,
        guarded: bool,
        on: Option<Name>,
    },
    /// Anything that takes a table's lock for its own small change: COMMENT ON TABLE, ALTER POLICY, ALTER TRIGGER …
    Touch {
        table: Name,
        mode: LockMode,
    },
    /// ANALYZE and what else reads a table without keeping anybody out.
    Other {
        head: String,
    },
}

#[derive(Debug, Clone)]
pub(crate) struct Action {
    pub(crate) span: Range<usize>,
    pub(crate) kind: ActionKind,
}

#[derive(Debug, Clone)]
pub(crate) enum ActionKind {
    AddColumn {
        column: ColumnDef,
        guarded: bool,
    },
    DropColumn {
        column: String,
        cascade: bool,
        guarded: bool,
    },
    AlterType {
        column: String,
        to: TypeRef,
        using: Option<Expression>,
    },
    SetNotNull {
        column: String,
    },
    DropNotNull {
        column: String,
    },
    SetExpression {
        column: String,
    },
    AddConstraint(Constraint),
    DropConstraint {
        name: String,
        cascade: bool,
        guarded: bool,
    },
    ValidateConstraint {
        name: String,
    },
    RenameColumn {
        from: String,
        to: String,
    },
    RenameTable {
        to: String,
    },
    RenameConstraint {
        from: String,
        to: String,
    },
    SetSchema {
        schema: String,
    },
    AttachPartition {
        partition: Name,
    },
    DetachPartition {
        partition: Name,
        concurrently: bool,
        finalize: bool,
    },
    SetLogged,
    SetUnlogged,
    SetTablespace,
    SetAccessMethod,
    /// The catalog alone, under this lock.
    Other {
        mode: LockMode,
    },
}

#[derive(Debug, Clone)]
pub(crate) struct CreateTable {
    pub(crate) name: Name,
    pub(crate) guarded: bool,
    pub(crate) temporary: bool,
    pub(crate) columns: Vec<ColumnDef>,
    /// Those of the table.
    pub(crate) constraints: Vec<Constraint>,
    pub(crate) partition_of: Option<Name>,
    pub(crate) inherits: Vec<Name>,
}

#[derive(Debug, Clone)]
pub(crate) struct ColumnDef {
    pub(crate) name: String,
    pub(crate) data_type: Option<TypeRef>,
    pub(crate) constraints: Vec<Constraint>,
}

impl ColumnDef {
    pub(crate) fn has(&self, wanted: impl Fn(&ConstraintKind) -> bool) -> bool {
        self.constraints.iter().any(|constraint| wanted(&constraint.kind))
    }

    pub(crate) fn default(&self) -> Option<&Expression> {
        self.constraints.iter().find_map(|constraint| match &constraint.kind {
            ConstraintKind::Default(value) => Some(value),
            _ => None,
        })
    }

    pub(crate) fn is_primary_key(&self) -> bool {
        self.has(|kind| matches!(kind, ConstraintKind::PrimaryKey { .. }))
    }

    pub(crate) fn is_identity(&self) -> bool {
        self.has(|kind| matches!(kind, ConstraintKind::Identity))
    }

    pub(crate) fn is_serial(&self) -> bool {
        self.data_type.as_ref().is_some_and(TypeRef::is_serial)
    }
}

/// A type as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TypeRef {
    pub(crate) span: Range<usize>,
    pub(crate) schema: Option<String>,
    /// By the name PostgreSQL keeps: `int4`, `varchar`, `bpchar`, `timestamptz`, or the user's own.
    pub(crate) name: String,
    /// `(10, 2)`.
    pub(crate) modifiers: Vec<i64>,
    pub(crate) array: bool,
}

impl TypeRef {
    pub(crate) fn is_serial(&self) -> bool {
        matches!(&*self.name, "serial" | "serial2" | "serial4" | "serial8" | "bigserial" | "smallserial")
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Constraint {
    pub(crate) span: Range<usize>,
    pub(crate) name: Option<String>,
    pub(crate) not_valid: bool,
    pub(crate) kind: ConstraintKind,
}

#[derive(Debug, Clone)]
pub(crate) enum ConstraintKind {
    /// With the column, if it says `column IS NOT NULL` and no more.
    Check {
        not_null: Option<String>,
    },
    NotNull {
        column: Option<String>,
    },
    Default(Expression),
    Stored,
    Virtual,
    Identity,
    PrimaryKey {
        columns: Vec<String>,
        using_index: Option<Name>,
    },
    Unique {
        using_index: Option<Name>,
    },
    Exclude,
    /// FOREIGN KEY or REFERENCES.
    ForeignKey {
        references: Name,
    },
    /// NULL, and what could not be read.
    Other,
}

/// An expression, as far as its volatility goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Expression {
    pub(crate) text: String,
    /// The functions it calls.
    pub(crate) calls: Vec<Name>,
}

impl Expression {
    pub(crate) fn is_null(&self) -> bool {
        self.text.trim().eq_ignore_ascii_case("null")
    }
}

/// A column that is assigned.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    pub(crate) column: String,
    pub(crate) span: Range<usize>,
    /// A part of it: an element of an array or a field. Two of those are no duplicate.
    pub(crate) part: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct Drop {
    pub(crate) what: What,
    pub(crate) names: Vec<Name>,
    pub(crate) concurrently: bool,
    pub(crate) cascade: bool,
    pub(crate) guarded: bool,
    /// DROP TRIGGER, POLICY, RULE: the table.
    pub(crate) on: Option<Name>,
}

#[derive(Debug, Clone)]
pub(crate) enum ReindexTarget {
    Index(Name),
    Table(Name),
    Schema,
    Database,
    System,
}

#[derive(Debug, Clone)]
pub(crate) enum DomainChange {
    Add(Constraint),
    SetNotNull,
    Validate,
    Other,
}

/// Kinds of objects, as far as rules tell them apart; in SQL's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum What {
    Table,
    ForeignTable,
    View,
    MaterializedView,
    Index,
    Sequence,
    Type,
    Domain,
    Schema,
    Database,
    Routine,
    Trigger,
    Policy,
    Rule,
    Owned,
    /// By its words.
    Other(&'static str),
}

impl What {
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::ForeignTable => "foreign table",
            Self::View => "view",
            Self::MaterializedView => "materialized view",
            Self::Index => "index",
            Self::Sequence => "sequence",
            Self::Type => "type",
            Self::Domain => "domain",
            Self::Schema => "schema",
            Self::Database => "database",
            Self::Routine => "function",
            Self::Trigger => "trigger",
            Self::Policy => "policy",
            Self::Rule => "rule",
            Self::Owned => "everything owned by",
            Self::Other(words) => words,
        }
    }
}
