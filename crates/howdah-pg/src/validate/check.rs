//! The checks there are: what each proves, what it cannot, what it costs and what it needs.
//!
//! `howdah validate --checks`, `--explain` and the table in `docs/validate.md` come from here.

use serde::{Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// One kind of thing that can be wrong with data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Check {
    /// Checks against the rows.
    CheckConstraint,
    /// Pages and b-trees, by amcheck.
    Corruption,
    /// Domains against the values of their columns.
    Domain,
    /// Exclusion constraints against the rows.
    Exclusion,
    /// Foreign keys against the rows.
    ForeignKey,
    /// Indexes that serve nothing.
    InvalidIndex,
    /// NOT NULL against the rows.
    NotNull,
    /// Constraints that were never checked against the rows.
    NotValid,
    /// Pairs of a type and an id that lead nowhere.
    PolymorphicLink,
    /// Sequences that will give out what is taken.
    Sequence,
    /// Live rows under parents in the trash.
    SoftDeletedParent,
    /// Duplicates that a unique index should have refused.
    Unique,
}

/// What there is to know about a check before it is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct CheckSpec {
    /// Which.
    #[serde(rename = "id")]
    pub check: Check,
    /// In one sentence.
    pub summary: &'static str,
    /// What is so when it finds nothing.
    pub proves: &'static str,
    /// What may be wrong all the same.
    pub cannot: &'static str,
    /// What it costs the server.
    pub cost: &'static str,
    /// What the role must be allowed.
    pub needs: &'static str,
}

const SELECT: &str = "SELECT on the table, and no row-level security that hides rows of it";
const SELECT_BOTH: &str = "SELECT on both tables, and no row-level security that hides rows of either";
const ONE_SCAN: &str = "one sequential scan of the table, shared by check-constraint, domain, not-null and not-valid; another for what fails";

/// Every check, by id.
pub const CHECKS: [CheckSpec; 12] = [
    CheckSpec {
        check: Check::CheckConstraint,
        summary: "Rows for which a CHECK is false.",
        proves: "every row satisfies every CHECK of its table as it stands now, also after the function that it calls was changed",
        cannot: "judge a CHECK that fails on a row (it divides by zero, its function is gone): that is told as not checked",
        cost: ONE_SCAN,
        needs: SELECT,
    },
    CheckSpec {
        check: Check::Corruption,
        summary: "Damaged pages of tables and b-tree indexes, found by the extension amcheck.",
        proves: "every b-tree is in order and has an entry for every row; every row's header and every value outside its row can be read",
        cannot: "see damage inside a value, in indexes other than b-trees, or in what has no checksum and looks right. Without the \
                 extension, or the right to use it, it is left out",
        cost: "reads every index and every table once; no lock stronger than ACCESS SHARE",
        needs: "the extension (CREATE EXTENSION amcheck), and EXECUTE on bt_index_check and verify_heapam, which a superuser has",
    },
    CheckSpec {
        check: Check::Domain,
        summary: "Values that their domain refuses.",
        proves: "every value in a column of a domain satisfies its checks and its NOT NULL; so do the elements of arrays of domains, the \
                 attributes of composite types, and domains made from those",
        cannot: "look into ranges of domains, domains that belong to extensions, or the row type of a table used as a column's type",
        cost: ONE_SCAN,
        needs: SELECT,
    },
    CheckSpec {
        check: Check::Exclusion,
        summary: "Rows that an exclusion constraint should have kept apart.",
        proves: "no two rows of a table conflict",
        cannot: "be done in reasonable time without an equality among the operators on more than 5,000 rows: then it is left out",
        cost: "one sequential scan and a join of the table with itself on what must be equal",
        needs: SELECT,
    },
    CheckSpec {
        check: Check::ForeignKey,
        summary: "Rows that point at no row.",
        proves: "every foreign key leads to a row: of one column or several, MATCH SIMPLE or FULL, with PERIOD, from and to partitioned tables",
        cannot: "see that the row is the right one",
        cost: "one scan of each table and a hash join; the keys of the referenced table go to temporary files when they exceed work_mem",
        needs: SELECT_BOTH,
    },
    CheckSpec {
        check: Check::InvalidIndex,
        summary: "Indexes that cost on every write and serve nothing, or enforce nothing.",
        proves: "every index is valid and ready",
        cannot: "tell a build that is under way from one that failed, when it runs under another role and ours is not in pg_read_all_stats",
        cost: "a look at the system catalog",
        needs: "nothing",
    },
    CheckSpec {
        check: Check::NotNull,
        summary: "Nulls in columns that are NOT NULL.",
        proves: "no column that is NOT NULL, and no column of a primary key, holds a null",
        cannot: "see more than that",
        cost: ONE_SCAN,
        needs: SELECT,
    },
    CheckSpec {
        check: Check::NotValid,
        summary: "Constraints that are NOT VALID or NOT ENFORCED, and how many rows break them.",
        proves: "every constraint that is there holds for the rows from before it, too",
        cannot: "keep other sessions from writing: a constraint that is NOT ENFORCED may be broken a moment later",
        cost: ONE_SCAN,
        needs: SELECT,
    },
    CheckSpec {
        check: Check::PolymorphicLink,
        summary: "Pairs such as resource_type and resource_id that name a row which is not there.",
        proves: "every pair that is recognised as such a link, and names a table, names a row of it",
        cannot: "recognise a link whose columns are called otherwise than x_type (x_table) and x_id, or whose types do not resemble tables' \
                 names; audit trails, logs and histories are passed over, because they outlive rows on purpose",
        cost: "one scan of the table for the types that occur, and a hash join with each table that they name",
        needs: SELECT_BOTH,
    },
    CheckSpec {
        check: Check::Sequence,
        summary: "Sequences that will give out a value which is taken, and those near their end.",
        proves: "no value that an identity, serial or other nextval column holds is still to come from its sequence",
        cannot: "look at sequences that are drawn from in triggers or by applications; those that CYCLE are passed over",
        cost: "the highest value of the column, which its index has; without one, a scan",
        needs: "SELECT on the table and on the sequence, and no row-level security that hides rows",
    },
    CheckSpec {
        check: Check::SoftDeletedParent,
        summary: "Rows that are live though the row they belong to is in the trash.",
        proves: "where both tables have deleted_at, no live row points at a deleted one",
        cannot: "know whether that is meant: it is a warning",
        cost: "the same join as foreign-key",
        needs: SELECT_BOTH,
    },
    CheckSpec {
        check: Check::Unique,
        summary: "Duplicates that a unique index or primary key should have refused.",
        proves: "no two rows have the same key, asked of the rows and not of the index, which may be the one that is broken",
        cannot: "see entries that an index lacks (corruption does); judge indexes of operator classes with an equality of their own",
        cost: "one sequential scan and a hash for each unique index; none for one whose columns contain a key that was just found unique",
        needs: SELECT,
    },
];

impl Check {
    /// Its id, as in findings and on the command line.
    pub fn id(self) -> &'static str {
        match self {
            Self::CheckConstraint => "check-constraint",
            Self::Corruption => "corruption",
            Self::Domain => "domain",
            Self::Exclusion => "exclusion",
            Self::ForeignKey => "foreign-key",
            Self::InvalidIndex => "invalid-index",
            Self::NotNull => "not-null",
            Self::NotValid => "not-valid",
            Self::PolymorphicLink => "polymorphic-link",
            Self::Sequence => "sequence",
            Self::SoftDeletedParent => "soft-deleted-parent",
            Self::Unique => "unique",
        }
    }

    /// All of them.
    pub fn all() -> impl Iterator<Item = Self> {
        CHECKS.iter().map(|spec| spec.check)
    }
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.id())
    }
}

impl Serialize for Check {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.id())
    }
}

/// Text that is no check's id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no check `{0}`")]
pub struct UnknownCheck(pub String);

impl FromStr for Check {
    type Err = UnknownCheck;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::all().find(|check| check.id() == text).ok_or_else(|| UnknownCheck(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_check_is_listed_once_and_in_order() {
        let ids: Vec<&str> = Check::all().map(Check::id).collect();
        assert!(ids.is_sorted());
        for id in ids {
            assert_eq!(id.parse::<Check>().unwrap().id(), id);
        }
        assert_eq!("uniqe".parse::<Check>(), Err(UnknownCheck("uniqe".to_owned())));
    }
}
