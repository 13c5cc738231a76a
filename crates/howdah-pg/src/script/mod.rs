//! Runs SQL files, and says where in a file an error is.
//!
//! A file is sent whole, as one query of the simple protocol: the server alone decides what a statement is, and its error
//! positions count from the start of the file. Errors without a position are put at the statement that failed, which
//! is known by counting those that were done.

mod error;
mod pieces;

pub use error::{Location, ScriptError, ScriptProblem, SqlScriptError};
pub use howdah_schema::sql::split;
pub(crate) use pieces::{located_in, run_piece, run_pieces};

use crate::{PgError, ServerError};
use futures_util::TryStreamExt;
use split::{TokenKind, tokens};
use std::path::Path;
use std::pin::pin;
use tokio_postgres::{Client, SimpleQueryMessage};

/// An SQL file in memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SqlFile {
    /// What errors call it: usually its path, relative to the project.
    pub name: String,
    /// Its content.
    pub text: String,
}

impl SqlFile {
    /// From text.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self { name: name.into(), text: text.into() }
    }

    /// Reads one file; it is called by its path.
    ///
    /// # Errors
    /// [`ScriptError::Read`], also when it is not UTF-8.
    pub fn read(path: &Path) -> Result<Self, ScriptError> {
        let text =
            std::fs::read_to_string(path).map_err(|source| ScriptError::Read { path: path.to_owned(), source })?;
        Ok(Self { name: path.display().to_string(), text })
    }

    /// Reads every `*.sql` file in a folder and in the folders under it, in the order of their paths, hidden ones left
    /// out.
    ///
    /// # Errors
    /// [`ScriptError::Read`].
    pub fn read_folder(folder: &Path) -> Result<Vec<Self>, ScriptError> {
        let mut files = Vec::new();
        let unreadable = |source| ScriptError::Read { path: folder.to_owned(), source };
        let mut entries =
            std::fs::read_dir(folder).and_then(Iterator::collect::<Result<Vec<_>, _>>).map_err(unreadable)?;
        entries.sort_by_key(std::fs::DirEntry::file_name);
        for entry in entries {
            let path = entry.path();
            if entry.file_name().to_string_lossy().starts_with('.') {
                continue;
            }
            if path.is_dir() {
                files.extend(Self::read_folder(&path)?);
            } else if path.extension().is_some_and(|extension| extension == "sql") {
                files.push(Self::read(&path)?);
            }
        }
        Ok(files)
    }

    pub(crate) fn error(&self, offset: usize, problem: ScriptProblem) -> SqlScriptError {
        SqlScriptError { location: Location::at(&self.name, &self.text, offset), problem }
    }
}

/// Runs the files in their order in one transaction: all of them or nothing. The client must not be in a transaction.
///
/// # Errors
/// The first thing that is wrong in a file, or the connection. Nothing of any file is then left.
pub async fn load(client: &Client, files: &[SqlFile]) -> Result<(), ScriptError> {
    load_with(client, files, |_| {}).await
}

/// As [`load`]; `begins` is called before each file.
///
/// # Errors
/// As [`load`].
pub async fn load_with(
    client: &Client,
    files: &[SqlFile],
    mut begins: impl FnMut(&SqlFile),
) -> Result<(), ScriptError> {
    for file in files {
        check(file)?;
    }
    client.batch_execute("BEGIN").await.map_err(PgError::from)?;
    let mut done = Ok(());
    for file in files {
        begins(file);
        done = run_checked(client, file).await.map(drop);
        if done.is_err() {
            break;
        }
    }
    if done.is_ok() {
        // Deferred constraints are checked here.
        client.batch_execute("COMMIT").await.map_err(PgError::from)?;
    } else if let Err(error) = client.batch_execute("ROLLBACK").await {
        // Its transaction ends with the connection; what went wrong in the file is the better news.
        tracing::debug!(%error, "ROLLBACK failed");
    }
    done
}

/// Runs a file in whatever transaction the client is in; returns how many statements it had.
///
/// # Errors
/// The first thing that is wrong in it, or the connection.
pub async fn run(client: &Client, file: &SqlFile) -> Result<usize, ScriptError> {
    check(file)?;
    run_checked(client, file).await
}

/// Finds what a file may not hold, before any of it is run.
///
/// # Errors
/// The first such thing.
pub fn check(file: &SqlFile) -> Result<(), SqlScriptError> {
    let sql = &file.text;
    if let Some(at) = sql.find('\0') {
        return Err(file.error(at, ScriptProblem::Nul));
    }
    for span in split::statements(sql) {
        let start = span.start;
        if let Some(problem) = forbidden(&sql[span]) {
            return Err(file.error(start, problem));
        }
    }
    Ok(())
}

fn forbidden(statement: &str) -> Option<ScriptProblem> {
    if statement.starts_with('\\') {
        let word = statement.split_whitespace().next().unwrap_or_default();
        return Some(ScriptProblem::MetaCommand(word.to_owned()));
    }
    let mut words = tokens(statement).filter(|token| token.kind == TokenKind::Word).map(|token| &statement[token.span]);
    let first = words.next()?.to_ascii_lowercase();
    match first.as_str() {
        "begin" | "start" | "commit" | "end" | "rollback" | "abort" => {
            // ROLLBACK TO SAVEPOINT ends nothing.
            let within = first == "rollback" && words.any(|word| word.eq_ignore_ascii_case("to"));
            (!within).then(|| ScriptProblem::TransactionControl(first.to_ascii_uppercase()))
        }
        "prepare" if words.next()?.eq_ignore_ascii_case("transaction") => {
            Some(ScriptProblem::TransactionControl("PREPARE TRANSACTION".to_owned()))
        }
        "copy" => {
            let from = words.by_ref().any(|word| word.eq_ignore_ascii_case("from"));
            (from && words.next()?.eq_ignore_ascii_case("stdin")).then_some(ScriptProblem::CopyFromStdin)
        }
        _ => None,
    }
}

async fn run_checked(client: &Client, file: &SqlFile) -> Result<usize, ScriptError> {
    // A byte-order mark is no part of the text. Cutting it off would shift the positions; a blank of one character in its
    // place does not.
    let text = match file.text.strip_prefix('\u{feff}') {
        Some(rest) => format!(" {rest}"),
        None => file.text.clone(),
    };
    let mut done = 0;
    let result = async {
        let mut messages = pin!(client.simple_query_raw(&text).await?);
        while let Some(message) = messages.try_next().await? {
            if matches!(message, SimpleQueryMessage::CommandComplete(_)) {
                done += 1;
            }
        }
        Ok::<_, tokio_postgres::Error>(())
    };
    match result.await.map_err(PgError::from) {
        // For a text without any statement the server answers, too.
        Ok(()) => Ok(done.min(split::statements(&text).len())),
        Err(PgError::Server(error)) if !error.ends_session() => Err(located(file, done, *error).into()),
        Err(error) => Err(error.into()),
    }
}

/// Puts the server's error in its place in the file; `done` statements of it were completed.
fn located(file: &SqlFile, done: usize, error: ServerError) -> SqlScriptError {
    let offset = match error.position {
        Some(position) => {
            let character = usize::try_from(position.saturating_sub(1)).unwrap_or_default();
            file.text.char_indices().nth(character).map_or(file.text.len(), |(offset, _)| offset)
        }
        None => split::statements(&file.text).get(done).map_or(0, |span| span.start),
    };
    file.error(offset, ScriptProblem::Sql(Box::new(error)))
}
