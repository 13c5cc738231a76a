//! What a plan is made of.

use crate::QualifiedName;
use crate::catalog::{Constraint, ObjectId};
use serde::Serialize;

/// Statements that lead from one catalog to another, in their order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Plan {
    /// One statement each.
    pub steps: Vec<Step>,
}

impl Plan {
    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// The steps that lose data.
    pub fn losses(&self) -> impl Iterator<Item = (&Step, &Loss)> {
        self.steps.iter().filter_map(|step| Some((step, step.loss.as_ref()?)))
    }
}

/// One statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    /// The statement, without a final semicolon.
    pub sql: String,
    /// What it is about.
    pub object: ObjectId,
    /// What it does with it.
    pub verb: Verb,
    /// The data that it loses, if it does.
    pub loss: Option<Loss>,
    /// False for what PostgreSQL refuses in a transaction, or what only then holds its locks shortly when it stands alone.
    pub transactional: bool,
    /// What the online pass has to know.
    #[serde(skip)]
    pub operation: Operation,
}

/// What a step does with its object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verb {
    /// Gives it another name.
    Rename,
    /// Takes it away.
    Drop,
    /// Makes it.
    Create,
    /// Changes it.
    Alter,
    /// Sets who owns it.
    Own,
    /// Grants or revokes.
    Grant,
    /// Sets its comment.
    Comment,
    /// Moves rows.
    Data,
}

/// Data that is gone after a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Loss {
    /// What: `table public.tasks and its rows`.
    pub what: String,
    /// The table whose rows are concerned.
    pub table: Option<QualifiedName>,
}

/// What the online pass has to know of a step.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Operation {
    /// Nothing.
    #[default]
    Other,
    /// `CREATE INDEX` on a table or materialized view.
    CreateIndex {
        /// What it is on.
        relation: QualifiedName,
        /// Its name.
        name: String,
        /// On a partitioned table, where there is no CONCURRENTLY.
        partitioned: bool,
    },
    /// `DROP INDEX`.
    DropIndex {
        /// What it is on.
        relation: QualifiedName,
        /// Its name.
        name: String,
        /// On a partitioned table, where there is no CONCURRENTLY.
        partitioned: bool,
    },
    /// `ALTER TABLE … ADD CONSTRAINT`.
    AddConstraint {
        /// The table.
        table: QualifiedName,
        /// The constraint.
        constraint: Box<Constraint>,
        /// The statement that builds the index of a unique or primary key constraint beforehand, with
        /// CONCURRENTLY; `None` where the constraint has no index that could be built so.
        index: Option<String>,
    },
    /// `ALTER TABLE … ALTER COLUMN … SET NOT NULL`.
    SetNotNull {
        /// The table.
        table: QualifiedName,
        /// The column.
        column: String,
    },
    /// `ALTER TABLE … ADD COLUMN` with a default that is computed for each row.
    AddVolatileColumn {
        /// The table.
        table: QualifiedName,
        /// The column.
        column: String,
        /// The statement without the default.
        bare: String,
        /// The default.
        default: String,
        /// Whether NOT NULL follows.
        not_null: bool,
    },
    /// An UPDATE or DELETE that may be run in batches.
    Backfill {
        /// The table.
        table: QualifiedName,
        /// Rows at once.
        batch: u32,
    },
    /// `ALTER TABLE … ATTACH PARTITION`.
    AttachPartition {
        /// The partition.
        partition: QualifiedName,
    },
    /// `ALTER TABLE … DETACH PARTITION`.
    DetachPartition {
        /// The partitioned table.
        parent: QualifiedName,
        /// The partition.
        partition: QualifiedName,
    },
}

impl Step {
    /// A step in a transaction that loses nothing.
    pub fn new(verb: Verb, object: ObjectId, sql: impl Into<String>) -> Self {
        Self { sql: sql.into(), object, verb, loss: None, transactional: true, operation: Operation::Other }
    }

    /// With what it loses.
    #[must_use]
    pub fn losing(mut self, what: impl Into<String>, table: Option<&QualifiedName>) -> Self {
        self.loss = Some(Loss { what: what.into(), table: table.cloned() });
        self
    }

    /// With what the online pass has to know.
    #[must_use]
    pub fn operation(mut self, operation: Operation) -> Self {
        self.operation = operation;
        self
    }

    /// Outside a transaction.
    #[must_use]
    pub fn alone(mut self) -> Self {
        self.transactional = false;
        self
    }
}
