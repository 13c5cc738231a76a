//! What the linter is told about the database that the migration will meet.

use crate::findings::Level;
use crate::{Catalog, QualifiedName};
use std::collections::BTreeMap;

/// Below this many rows, work on a table is over before anyone notices …
pub const FEW_ROWS: u64 = 10_000;
/// … if it also has fewer bytes than this (8 MiB, about what is read in a few milliseconds).
pub const FEW_BYTES: u64 = 8 << 20;
/// From this many rows, a scan or rewrite takes seconds at least: the rule's full level.
pub const MANY_ROWS: u64 = 1_000_000;
/// The same for bytes (1 GiB): few rows can be long.
pub const MANY_BYTES: u64 = 1 << 30;

/// Where and how the migration will run.
#[derive(Debug, Clone)]
pub struct Context<'a> {
    /// How large tables are.
    pub sizes: Sizes,
    /// The catalog before the migration, for the types of columns, constraints that hold, and volatility of functions.
    /// Without it, what cannot be known from the text counts as the worse case.
    pub catalog: Option<&'a Catalog>,
    /// The schema of unqualified names.
    pub default_schema: &'a str,
    /// 14 to 18.
    pub postgres_major: u32,
    /// The runner wraps each file in a transaction, save what follows a line `-- howdah:no-transaction`.
    pub transaction: bool,
    /// The runner sets lock_timeout and statement_timeout itself.
    pub runner_sets_timeouts: bool,
    /// The runner remembers each statement that succeeded, also outside of transactions, and runs none of them again: after
    /// a failure it goes on where it was.
    pub runs_once: bool,
}

impl Default for Context<'_> {
    fn default() -> Self {
        Self {
            sizes: Sizes::Unknown,
            catalog: None,
            default_schema: "public",
            postgres_major: 18,
            transaction: true,
            runner_sets_timeouts: true,
            runs_once: false,
        }
    }
}

/// How large tables are.
#[derive(Debug, Clone, Default)]
pub enum Sizes {
    /// Every table counts as large.
    #[default]
    Unknown,
    /// Of all tables and materialized views there are, a partitioned table with the sum of its partitions: one that is
    /// not listed does not exist yet, so it is empty.
    Live(BTreeMap<QualifiedName, TableSize>),
}

/// How large a table is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TableSize {
    /// Rows, as estimated by the server.
    pub rows: u64,
    /// Bytes of the heap with TOAST, without indexes.
    pub bytes: u64,
}

impl Sizes {
    /// The table's size; `None` when sizes are not known.
    pub fn of(&self, table: &QualifiedName) -> Option<TableSize> {
        match self {
            Self::Unknown => None,
            Self::Live(sizes) => Some(sizes.get(table).copied().unwrap_or(TableSize { rows: 0, bytes: 0 })),
        }
    }
}

/// How much a hazard of `level` weighs on a table of that size: nothing on a small one.
pub(crate) fn weigh(level: Level, size: Option<TableSize>) -> Option<Level> {
    match size {
        Some(size) if size.rows < FEW_ROWS && size.bytes < FEW_BYTES => None,
        Some(size) if size.rows < MANY_ROWS && size.bytes < MANY_BYTES => Some(level.min(Level::Warning)),
        _ => Some(level),
    }
}
