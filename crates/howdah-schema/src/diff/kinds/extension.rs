//! Extensions, of which a schema says only that they are there, and where.
//!
//! An older version on the wanted side changes nothing: there is no way back, and files get what their server has.

use crate::Ident;
use crate::catalog::{Extension, ObjectId};
use crate::diff::Context;
use crate::diff::object::{Change, Facets, Kind};
use crate::diff::step::{Step, Verb};
use std::cmp::Ordering;

/// Extensions that come with PostgreSQL, and the comment that each brings. None of them keeps rows of its own.
#[rustfmt::skip]
const SUPPLIED: &[(&str, &str)] = &[
    ("adminpack", "administrative functions for PostgreSQL"),
    ("amcheck", "functions for verifying relation integrity"),
    ("autoinc", "functions for autoincrementing fields"),
    ("bloom", "bloom access method - signature file based index"),
    ("btree_gin", "support for indexing common datatypes in GIN"),
    ("btree_gist", "support for indexing common datatypes in GiST"),
    ("citext", "data type for case-insensitive character strings"),
    ("cube", "data type for multidimensional cubes"),
    ("dblink", "connect to other PostgreSQL databases from within a database"),
    ("dict_int", "text search dictionary template for integers"),
    ("dict_xsyn", "text search dictionary template for extended synonym processing"),
    ("earthdistance", "calculate great-circle distances on the surface of the Earth"),
    ("file_fdw", "foreign-data wrapper for flat file access"),
    ("fuzzystrmatch", "determine similarities and distance between strings"),
    ("hstore", "data type for storing sets of (key, value) pairs"),
    ("insert_username", "functions for tracking who changed a table"),
    ("intagg", "integer aggregator and enumerator (obsolete)"),
    ("intarray", "functions, operators, and index support for 1-D arrays of integers"),
    ("isn", "data types for international product numbering standards"),
    ("lo", "Large Object maintenance"),
    ("ltree", "data type for hierarchical tree-like structures"),
    ("moddatetime", "functions for tracking last modification time"),
    ("old_snapshot", "utilities in support of old_snapshot_threshold"),
    ("pageinspect", "inspect the contents of database pages at a low level"),
    ("pg_buffercache", "examine the shared buffer cache"),
    ("pg_freespacemap", "examine the free space map (FSM)"),
    ("pg_prewarm", "prewarm relation data"),
    ("pg_stat_statements", "track planning and execution statistics of all SQL statements executed"),
    ("pg_surgery", "extension to perform surgery on a damaged relation"),
    ("pg_trgm", "text similarity measurement and index searching based on trigrams"),
    ("pg_visibility", "examine the visibility map (VM) and page-level visibility info"),
    ("pg_walinspect", "functions to inspect contents of PostgreSQL Write-Ahead Log"),
    ("pgcrypto", "cryptographic functions"),
    ("pgrowlocks", "show row-level locking information"),
    ("pgstattuple", "show tuple-level statistics"),
    ("postgres_fdw", "foreign-data wrapper for remote PostgreSQL servers"),
    ("refint", "functions for implementing referential integrity (obsolete)"),
    ("seg", "data type for representing line segments or floating-point intervals"),
    ("sslinfo", "information about SSL certificates"),
    ("tablefunc", "functions that manipulate whole tables, including crosstab"),
    ("tcn", "Triggered change notifications"),
    ("tsm_system_rows", "TABLESAMPLE method which accepts number of rows as a limit"),
    ("tsm_system_time", "TABLESAMPLE method which accepts time in milliseconds as a limit"),
    ("unaccent", "text search dictionary that removes accents"),
    ("uuid-ossp", "generate universally unique identifiers (UUIDs)"),
    ("xml2", "XPath querying and XSLT"),
];

/// Whether something new may have another comment than this without having been given any. Of the extensions of others it is
/// not known what they bring.
pub(super) fn needs_comment(id: &ObjectId, comment: &str) -> bool {
    match id {
        ObjectId::Extension(name) => !SUPPLIED.contains(&(name, comment)),
        _ => !comment.is_empty(),
    }
}

impl Extension {
    fn id(&self) -> ObjectId {
        ObjectId::Extension(self.name.clone())
    }

    fn alter(&self, action: &str) -> Step {
        Step::new(Verb::Alter, self.id(), format!("ALTER EXTENSION {} {action}", Ident::new(&self.name)))
    }
}

impl Kind for &Extension {
    fn create(self, _: &Context<'_>) -> Vec<Step> {
        let (name, schema) = (Ident::new(&self.name), Ident::new(&self.schema));
        let sql = format!("CREATE EXTENSION IF NOT EXISTS {name} WITH SCHEMA {schema}");
        vec![Step::new(Verb::Create, self.id(), sql)]
    }

    fn drop(self, _: &Context<'_>) -> Vec<Step> {
        let step = Step::new(Verb::Drop, self.id(), format!("DROP EXTENSION {}", Ident::new(&self.name)));
        if SUPPLIED.iter().any(|(name, _)| *name == self.name) {
            return vec![step];
        }
        vec![step.losing(format!("extension {} and what it keeps in tables of its own", self.name), None)]
    }

    fn change(self, to: Self, _: &Context<'_>) -> Change {
        let mut steps = Vec::new();
        if self.schema != to.schema {
            steps.push(to.alter(&format!("SET SCHEMA {}", Ident::new(&to.schema))));
        }
        if compare_versions(&self.version, &to.version) == Ordering::Less {
            // Always in quotes: `1.10` would be read as a number.
            steps.push(to.alter(&format!("UPDATE TO '{}'", to.version.replace('\'', "''"))));
        }
        Change::from_steps(steps)
    }

    fn facets(self) -> Facets {
        Facets {
            comment_on: format!("EXTENSION {}", Ident::new(&self.name)),
            comment: self.comment.clone(),
            ..Facets::default()
        }
    }
}

/// Number by number: 1.9 is before 1.10.
fn compare_versions(left: &str, right: &str) -> Ordering {
    let parts = |version: &str| -> Vec<Part> {
        let pieces = version.split(|c: char| !c.is_ascii_alphanumeric()).flat_map(|piece| {
            let end = piece.find(|c: char| !c.is_ascii_digit()).unwrap_or(piece.len());
            let (number, word) = piece.split_at(end);
            let number = number.parse().map_or(None, |number| Some(Part::Number(number)));
            number.into_iter().chain((!word.is_empty()).then(|| Part::Word(word.to_owned())))
        });
        // So that a release comes after its `beta` and before its `.1`.
        pieces.chain([Part::End]).collect()
    };
    parts(left).cmp(&parts(right))
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Word(String),
    End,
    Number(u64),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_in_order() {
        let order = ["1.0", "1.2", "1.9", "1.10", "2.0beta1", "2.0", "2.0.1", "2.1dev", "2.1"];
        assert!(order.is_sorted_by(|left, right| compare_versions(left, right) == Ordering::Less));
        assert_eq!(compare_versions("1.1", "1.1"), Ordering::Equal);
    }
}
