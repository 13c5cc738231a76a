//! Which statements cannot run inside a transaction, and what they are about.
//!
//! The server alone decides; this only has to know those of which something may be left behind when they are
//! interrupted. Whatever else the server refuses inside a transaction is found by trying.

use super::words::{Name, Words};
use std::fmt;
use std::ops::Range;

/// A statement that cannot run inside a transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Bare {
    /// `CREATE INDEX CONCURRENTLY`.
    CreateIndex {
        /// As PostgreSQL reads it.
        index: String,
        /// The table, as written.
        table: String,
        /// Where CONCURRENTLY stands.
        concurrently: Range<usize>,
        /// Where the table's name stands, ONLY included.
        target: Range<usize>,
    },
    /// `DROP INDEX CONCURRENTLY`; the name as written.
    DropIndex(String),
    /// `REINDEX … CONCURRENTLY`, or of a whole schema or database: what kind of thing, and its name as written.
    Reindex(&'static str, String),
    /// `DETACH PARTITION … CONCURRENTLY`; the names as written.
    Detach {
        /// The partitioned table.
        parent: String,
        /// The partition.
        partition: String,
    },
    /// What may simply be run again.
    Repeatable,
    /// `CALL` and `DO`, which may end transactions of their own and so be done in part.
    InParts,
    /// Anything else that the server refused inside a transaction. It is done or not done.
    Other,
}

/// What it is called in messages.
impl fmt::Display for Bare {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::CreateIndex { .. } => "CREATE INDEX CONCURRENTLY",
            Self::DropIndex(_) => "DROP INDEX CONCURRENTLY",
            Self::Reindex(..) => "REINDEX CONCURRENTLY",
            Self::Detach { .. } => "DETACH PARTITION … CONCURRENTLY",
            Self::Repeatable | Self::InParts | Self::Other => "this",
        })
    }
}

impl Bare {
    /// Whether it waits for others without making anybody wait: it takes no lock that reads or writes conflict with.
    pub(super) fn blocks_nobody(&self) -> bool {
        matches!(self, Self::CreateIndex { .. } | Self::DropIndex(_) | Self::Reindex(..))
    }
}

/// What the statement is, if it is known not to run inside a transaction.
pub(super) fn known(sql: &str) -> Option<Bare> {
    let mut words = Words::of(sql);
    let first = words.next()?.to_ascii_lowercase();
    match first.as_str() {
        "create" => create_index(words),
        "drop" => {
            if !words.take(&["index", "concurrently"]) {
                return None;
            }
            words.take(&["if", "exists"]);
            words.name().map(|name| Bare::DropIndex(name.text.to_owned()))
        }
        "reindex" => reindex(words),
        "alter" if words.take(&["table"]) => detach(words),
        "alter" if words.take(&["system"]) => Some(Bare::Repeatable),
        "vacuum" => Some(Bare::Repeatable),
        _ => None,
    }
}

/// What a statement is that the server refused inside a transaction.
pub(super) fn refused(sql: &str) -> Bare {
    let first = Words::of(sql).next().unwrap_or_default().to_ascii_lowercase();
    match first.as_str() {
        "reindex" | "cluster" | "analyze" => known(sql).unwrap_or(Bare::Repeatable),
        "call" | "do" => Bare::InParts,
        _ => Bare::Other,
    }
}

/// Whether the statement sets something for the session: that is lost when the process dies, and so done again.
pub(super) fn is_setting(sql: &str) -> bool {
    let mut words = Words::of(sql);
    if words.take(&["select"]) {
        words.take(&["pg_catalog", "."]);
        return words.is("set_config");
    }
    if words.take(&["reset"]) {
        return true;
    }
    words.take(&["set"]) && !["local", "transaction", "constraints"].iter().any(|word| words.is(word))
}

/// What a section without a transaction cannot hold.
///
/// # Errors
/// What is wrong, and what to do.
pub(super) fn check_alone(sql: &str) -> Result<(), (String, String)> {
    let mut words = Words::of(sql);
    if words.take(&["set"]) && (words.is("local") || words.is("constraints") || words.is("transaction")) {
        let message = "this does nothing here: each statement of this section is a transaction of its own".to_owned();
        return Err((message, "Use SET, or put `-- howdah:transaction` before it".to_owned()));
    }
    let mut words = Words::of(sql);
    if words.take(&["savepoint"]) || words.take(&["lock"]) || words.take(&["declare"]) {
        let message = "this does nothing here: each statement of this section is a transaction of its own".to_owned();
        return Err((message, "Put `-- howdah:transaction` before it and what belongs to it".to_owned()));
    }
    if names_no_index(sql) {
        let message = "an index that is made CONCURRENTLY needs a name, to be found again after an interruption";
        return Err((message.to_owned(), "Write CREATE INDEX CONCURRENTLY name ON …".to_owned()));
    }
    Ok(())
}

fn names_no_index(sql: &str) -> bool {
    let mut words = Words::of(sql);
    words.take(&["create"]) && {
        words.take(&["unique"]);
        words.take(&["index", "concurrently", "on"])
    }
}

fn create_index(mut words: Words<'_>) -> Option<Bare> {
    words.take(&["unique"]);
    if !words.take(&["index", "concurrently"]) {
        return None;
    }
    let concurrently = words.end() - "concurrently".len()..words.end();
    words.take(&["if", "not", "exists"]);
    let index = match words.is("on") {
        true => String::new(),
        false => words.name()?.parts.pop()?,
    };
    if !words.take(&["on"]) {
        return None;
    }
    let start = words.offset();
    words.take(&["only"]);
    let table = words.name()?.text.to_owned();
    Some(Bare::CreateIndex { index, table, concurrently, target: start..words.end() })
}

fn reindex(mut words: Words<'_>) -> Option<Bare> {
    let mut concurrently = false;
    if words.is("(") {
        let mut options = words.clone();
        words.skip_parentheses();
        while options.offset() < words.end() {
            concurrently |= options.is("concurrently");
            options.next();
        }
    }
    let kind = ["index", "table", "schema", "database", "system"].into_iter().find(|kind| words.take(&[*kind]))?;
    concurrently |= words.take(&["concurrently"]);
    let name = words.name().map(|Name { text, .. }| text.to_owned()).unwrap_or_default();
    (concurrently || !matches!(kind, "index" | "table")).then_some(Bare::Reindex(kind, name))
}

fn detach(mut words: Words<'_>) -> Option<Bare> {
    words.take(&["if", "exists"]);
    words.take(&["only"]);
    let parent = words.name()?.text.to_owned();
    words.take(&["*"]);
    if !words.take(&["detach", "partition"]) {
        return None;
    }
    let partition = words.name()?.text.to_owned();
    words.take(&["concurrently"]).then_some(Bare::Detach { parent, partition })
}
