//! Errors of SQL files, with the place in the file.

use super::split::{TokenKind, tokens};
use crate::{PgError, ServerError};
use std::fmt;
use std::ops::Range;
use std::path::PathBuf;

/// A place in an SQL file, with what is needed to show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    /// The file's name as it was given.
    pub file: String,
    /// 1 for the first.
    pub line: u32,
    /// In characters, 1 for the first.
    pub column: u32,
    /// The line without its end.
    pub line_text: String,
    /// The bytes of `line_text` that are meant: the token there. Empty at the end of the line.
    pub span: Range<usize>,
}

impl Location {
    /// The place of byte `offset` in a file's text.
    pub(crate) fn at(file: &str, text: &str, offset: usize) -> Self {
        let offset = (0..=offset.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
        let line_start = text[..offset].rfind('\n').map_or(0, |end| end + 1);
        let line_end = text[offset..].find('\n').map_or(text.len(), |end| offset + end);
        let line_text = text[line_start..line_end].trim_end_matches('\r');
        let start = (offset - line_start).min(line_text.len());
        // The token may run on over lines; shown is what stands on this one.
        let token = tokens(&line_text[start..]).next().filter(|token| token.kind != TokenKind::Blank);
        let span = start..token.map_or(start, |token| start + token.span.end);
        Self {
            file: file.to_owned(),
            line: text[..line_start].matches('\n').count() as u32 + 1,
            column: line_text[..start].chars().count() as u32 + 1,
            line_text: line_text.to_owned(),
            span,
        }
    }
}

/// `file:line:column`
impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// What is wrong in an SQL file, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SqlScriptError {
    /// Where; where the statement begins if the server gave no position.
    pub location: Location,
    /// What.
    pub problem: ScriptProblem,
}

/// What can be wrong in an SQL file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ScriptProblem {
    /// The server refused a statement.
    Sql(Box<ServerError>),
    /// BEGIN, COMMIT, ROLLBACK …: the file is run in a transaction, which is not its own to end.
    TransactionControl(String),
    /// `COPY … FROM STDIN`: its data would have to stand in the file, which only psql can read.
    CopyFromStdin,
    /// A command of psql.
    MetaCommand(String),
    /// A NUL character.
    Nul,
    /// A `-- howdah:…` line, or a statement that does not go with it.
    Directive {
        /// What is wrong.
        message: String,
        /// What to do.
        hint: String,
    },
}

impl SqlScriptError {
    /// Stable code of the error.
    pub fn code(&self) -> &'static str {
        match self.problem {
            ScriptProblem::Sql(_) => "sql-refused",
            ScriptProblem::TransactionControl(_) => "sql-transaction-control",
            ScriptProblem::CopyFromStdin => "sql-copy-from-stdin",
            ScriptProblem::MetaCommand(_) => "sql-meta-command",
            ScriptProblem::Nul => "sql-nul",
            ScriptProblem::Directive { .. } => "sql-directive",
        }
    }

    /// The server's error, if it is one.
    pub fn server(&self) -> Option<&ServerError> {
        match &self.problem {
            ScriptProblem::Sql(error) => Some(error),
            _ => None,
        }
    }

    /// The five characters, such as `42P01`, if it is the server's error.
    pub fn sqlstate(&self) -> Option<&str> {
        self.server().map(|error| error.sqlstate.as_str())
    }

    /// What is wrong, in one line.
    pub fn message(&self) -> String {
        match &self.problem {
            ScriptProblem::Sql(error) => error.message.clone(),
            ScriptProblem::TransactionControl(word) => {
                format!("`{word}` cannot stand in this file: it is run in a transaction of its own")
            }
            ScriptProblem::CopyFromStdin => "COPY FROM STDIN cannot stand in this file".to_owned(),
            ScriptProblem::MetaCommand(word) => format!("`{word}` is a command of psql, not SQL"),
            ScriptProblem::Nul => "the file holds a NUL character, which SQL text cannot".to_owned(),
            ScriptProblem::Directive { message, .. } => message.clone(),
        }
    }

    /// More about it.
    pub fn detail(&self) -> Option<&str> {
        self.server().and_then(|error| error.detail.as_deref())
    }

    /// What to do about it.
    pub fn hint(&self) -> Option<&str> {
        match &self.problem {
            ScriptProblem::Sql(error) => error.hint.as_deref(),
            ScriptProblem::TransactionControl(_) => Some("Remove it"),
            ScriptProblem::CopyFromStdin => Some("Write the rows as INSERT, or import them from a CSV file"),
            ScriptProblem::MetaCommand(_) => Some("Remove it; what it includes or sets must stand in the file itself"),
            ScriptProblem::Nul => Some("Save the file as UTF-8 text"),
            ScriptProblem::Directive { hint, .. } => Some(hint),
        }
    }
}

impl fmt::Display for SqlScriptError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.location, self.message())?;
        if let Some(sqlstate) = self.sqlstate() {
            write!(f, " ({sqlstate})")?;
        }
        for part in [self.detail(), self.hint()].into_iter().flatten() {
            write!(f, ". {}", part.trim_end_matches('.'))?;
        }
        if let Some(context) = self.server().and_then(|error| error.context.as_ref()) {
            write!(f, "\nin {}", context.replace('\n', "\nin "))?;
        }
        Ok(())
    }
}

impl std::error::Error for SqlScriptError {}

/// Why files could not be run.
#[derive(Debug, thiserror::Error)]
pub enum ScriptError {
    /// Something in a file.
    #[error(transparent)]
    Sql(Box<SqlScriptError>),
    /// The connection.
    #[error(transparent)]
    Pg(#[from] PgError),
    /// A file or folder cannot be read.
    #[error("cannot read `{}`: {source}", path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

impl ScriptError {
    /// Stable code of the error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Sql(error) => error.code(),
            Self::Pg(error) => error.code(),
            Self::Read { .. } => "sql-file-unreadable",
        }
    }

    /// What is wrong in which file, if that is it.
    pub fn script(&self) -> Option<&SqlScriptError> {
        match self {
            Self::Sql(error) => Some(error),
            _ => None,
        }
    }
}

impl From<SqlScriptError> for ScriptError {
    fn from(error: SqlScriptError) -> Self {
        Self::Sql(Box::new(error))
    }
}
