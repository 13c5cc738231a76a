//! SQL to load, and where it goes wrong.

use std::fs;
use std::path::{Path, PathBuf};

use tokio_postgres::Client;
use tokio_postgres::error::{DbError, ErrorPosition};

use crate::OrFail;

/// A piece of SQL with a name for error messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sql {
    pub(crate) name: String,
    pub(crate) text: String,
}

impl Sql {
    /// Reads a file.
    pub fn file(path: &Path) -> Self {
        let text = fs::read_to_string(path).or_fail(&format!("reading {}", path.display()));
        Self { name: path.display().to_string(), text }
    }

    /// SQL from the test itself.
    pub fn text(name: &str, text: &str) -> Self {
        Self { name: name.to_owned(), text: text.to_owned() }
    }
}

impl From<&Path> for Sql {
    fn from(path: &Path) -> Self {
        Self::file(path)
    }
}

impl From<PathBuf> for Sql {
    fn from(path: PathBuf) -> Self {
        Self::file(&path)
    }
}

impl From<(&str, &str)> for Sql {
    fn from((name, text): (&str, &str)) -> Self {
        Self::text(name, text)
    }
}

/// Runs each piece in a transaction of its own. The error says file, line and what stands there.
pub(crate) async fn run(client: &Client, pieces: &[Sql]) -> Result<(), String> {
    for sql in pieces {
        // As one simple query, several statements are one transaction.
        client.batch_execute(&sql.text).await.map_err(|e| explain(sql, &e))?;
    }
    Ok(())
}

fn explain(sql: &Sql, error: &tokio_postgres::Error) -> String {
    let Some(db) = error.as_db_error() else { return format!("{}: {error}", sql.name) };
    let mut text = format!("{}{}: {} (SQLSTATE {})", sql.name, place(&sql.text, db), db.message(), db.code().code());
    for (label, value) in [("detail", db.detail()), ("hint", db.hint()), ("where", db.where_())] {
        if let Some(value) = value {
            text.push_str(&format!("\n  {label}: {value}"));
        }
    }
    text
}

/// `:12: the line`, or nothing where the server does not say.
fn place(text: &str, error: &DbError) -> String {
    let Some(ErrorPosition::Original(position)) = error.position() else { return String::new() };
    // In characters, counted from 1.
    let offset = usize::try_from(position.saturating_sub(1)).unwrap_or(0);
    let before: String = text.chars().take(offset).collect();
    let line = before.matches('\n').count();
    format!(":{}: `{}`", line + 1, text.lines().nth(line).unwrap_or_default().trim())
}
