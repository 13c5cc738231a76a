//! Which locks a statement takes, and how much work it does while it holds them.
//!
//! Sources: PostgreSQL's documentation, "Explicit Locking" (which statement takes which mode) and "ALTER TABLE" (Notes),
//! and `AlterTableGetLockLevel` in `src/backend/commands/tablecmds.c` where the documentation is silent.

use serde::{Deserialize, Serialize};
use std::fmt::{self, Display};

/// A table-level lock mode, from the weakest to the strongest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LockMode {
    /// Of SELECT.
    AccessShare,
    /// Of SELECT … FOR UPDATE.
    RowShare,
    /// Of INSERT, UPDATE, DELETE and MERGE.
    RowExclusive,
    /// Of VACUUM, ANALYZE, CREATE INDEX CONCURRENTLY, VALIDATE CONSTRAINT: reads and writes go on.
    ShareUpdateExclusive,
    /// Of CREATE INDEX: writes wait.
    Share,
    /// Of CREATE TRIGGER and ADD FOREIGN KEY: writes wait.
    ShareRowExclusive,
    /// Of REFRESH MATERIALIZED VIEW CONCURRENTLY: writes wait.
    Exclusive,
    /// Of most of ALTER TABLE, DROP and TRUNCATE: reads wait too.
    AccessExclusive,
}

impl LockMode {
    /// Whether INSERT, UPDATE and DELETE wait.
    pub fn blocks_writes(self) -> bool {
        self >= Self::Share
    }

    /// Whether SELECT waits.
    pub fn blocks_reads(self) -> bool {
        self == Self::AccessExclusive
    }
}

/// As PostgreSQL writes it in LOCK TABLE: `SHARE UPDATE EXCLUSIVE`.
impl Display for LockMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AccessShare => "ACCESS SHARE",
            Self::RowShare => "ROW SHARE",
            Self::RowExclusive => "ROW EXCLUSIVE",
            Self::ShareUpdateExclusive => "SHARE UPDATE EXCLUSIVE",
            Self::Share => "SHARE",
            Self::ShareRowExclusive => "SHARE ROW EXCLUSIVE",
            Self::Exclusive => "EXCLUSIVE",
            Self::AccessExclusive => "ACCESS EXCLUSIVE",
        })
    }
}

/// How the time that a statement takes grows with the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Work {
    /// Not at all: only the catalog changes.
    Instant,
    /// Every row is read.
    Scan,
    /// Every row is written.
    Rewrite,
}

/// `instant`, `scan`, `rewrite`.
impl Display for Work {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Instant => "instant",
            Self::Scan => "scan",
            Self::Rewrite => "rewrite",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_are_ordered_by_strength() {
        assert!(LockMode::AccessExclusive.blocks_reads() && !LockMode::Exclusive.blocks_reads());
        assert!(LockMode::Share.blocks_writes() && !LockMode::ShareUpdateExclusive.blocks_writes());
        assert_eq!(LockMode::ShareUpdateExclusive.to_string(), "SHARE UPDATE EXCLUSIVE");
        assert_eq!(serde_json::to_string(&LockMode::ShareUpdateExclusive).unwrap(), "\"share-update-exclusive\"");
        assert_eq!(Work::Instant.max(Work::Scan).to_string(), "scan");
    }
}
