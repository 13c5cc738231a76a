//! One failure, as the person or the program outside sees it: a stable code, a message, what to do next.
//!
//! Commands return `anyhow::Result`; the libraries' errors pass through `?` untouched, and [`Failure::from_error`]
//! reads their code and picks the exit code at the very end, in one place.

use std::borrow::Cow;
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::path::{Path, PathBuf};

use crate::exit::Exit;

/// A failure of the command line itself, or any other error read as one. Small, because most results hold none.
#[derive(Debug)]
pub(crate) struct Failure(Box<Details>);

/// What there is to say about it.
#[derive(Debug)]
pub(crate) struct Details {
    pub(crate) code: Cow<'static, str>,
    pub(crate) exit: Exit,
    pub(crate) message: String,
    pub(crate) hint: Option<String>,
    /// What lies behind it, outermost first.
    pub(crate) causes: Vec<String>,
    pub(crate) excerpt: Option<Excerpt>,
}

/// The place in a file that the failure is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Excerpt {
    pub(crate) file: PathBuf,
    /// 1-based line of `text`'s first line.
    pub(crate) line: usize,
    /// 1-based, in characters.
    pub(crate) column: usize,
    /// The line itself.
    pub(crate) text: String,
    /// How many characters from `column` on are meant; at least 1.
    pub(crate) width: usize,
    /// What stands under the marker.
    pub(crate) label: String,
}

impl Failure {
    pub(crate) fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self(Box::new(Details {
            code: Cow::Borrowed(code),
            exit: Exit::Failed,
            message: message.into(),
            hint: None,
            causes: Vec::new(),
            excerpt: None,
        }))
    }

    pub(crate) fn usage(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(code, message).exit(Exit::Usage)
    }

    pub(crate) fn interrupted() -> Self {
        Self::new("interrupted", "interrupted: the step that was under way is undone").exit(Exit::Interrupted)
    }

    /// An operation on a file or folder that the system refused.
    pub(crate) fn io(doing: &str, path: &Path, error: &std::io::Error) -> Self {
        let failure = Self::new(io_code(error), format!("cannot {doing} {}", path.display())).cause(error);
        match io_hint(error) {
            Some(hint) => failure.hint(hint),
            None => failure,
        }
    }

    pub(crate) fn exit(mut self, exit: Exit) -> Self {
        self.exit = exit;
        self
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    pub(crate) fn cause(mut self, cause: impl fmt::Display) -> Self {
        self.causes.push(cause.to_string());
        self
    }

    pub(crate) fn excerpt(mut self, excerpt: Excerpt) -> Self {
        self.excerpt = Some(excerpt);
        self
    }

    /// Reads any error of a command as a failure.
    pub(crate) fn from_error(error: anyhow::Error) -> Self {
        let error = match error.downcast::<Self>() {
            Ok(failure) => return failure,
            Err(error) => error,
        };
        for cause in error.chain() {
            if let Some(known) = crate::known_errors::read(cause) {
                return known.with_context_of(&error, cause);
            }
        }
        let mut chain = error.chain().map(ToString::to_string);
        let message = chain.next().unwrap_or_else(|| "something failed".to_owned());
        let mut failure = Self::new("failed", message);
        failure.causes = chain.collect();
        failure
    }

    /// A known error that came wrapped: what was being done goes first, the error itself becomes its cause.
    fn with_context_of(mut self, error: &anyhow::Error, known: &(dyn std::error::Error + 'static)) -> Self {
        let mut outer: Vec<String> =
            error.chain().take_while(|cause| !std::ptr::addr_eq(*cause, known)).map(ToString::to_string).collect();
        if !outer.is_empty() {
            let own = std::mem::take(&mut self.message);
            self.message = outer.remove(0);
            outer.push(own);
            outer.append(&mut self.causes);
            self.causes = outer;
        }
        self
    }
}

impl Deref for Failure {
    type Target = Details;

    fn deref(&self) -> &Details {
        &self.0
    }
}

impl DerefMut for Failure {
    fn deref_mut(&mut self) -> &mut Details {
        &mut self.0
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}

fn io_code(error: &std::io::Error) -> &'static str {
    use std::io::ErrorKind;
    match error.kind() {
        ErrorKind::NotFound => "file-not-found",
        ErrorKind::PermissionDenied => "file-permission",
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "disk-full",
        ErrorKind::ReadOnlyFilesystem => "file-read-only",
        _ => "file-io",
    }
}

pub(crate) fn io_hint(error: &std::io::Error) -> Option<&'static str> {
    use std::io::ErrorKind;
    match error.kind() {
        ErrorKind::PermissionDenied => Some("check who owns it and its mode, or choose another folder"),
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Some("free some space, then run the command again"),
        ErrorKind::ReadOnlyFilesystem => Some("the file system is mounted read-only; choose another folder"),
        _ => None,
    }
}
