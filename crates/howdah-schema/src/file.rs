//! Files that are derived from a catalog, before anybody has written them.

/// A text file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct OutputFile {
    /// Below the folder it is written to, with `/`.
    pub path: String,
    /// All of it, with a line break at the end.
    pub text: String,
}

impl OutputFile {
    /// A file of this text.
    pub fn new(path: impl Into<String>, text: impl Into<String>) -> Self {
        Self { path: path.into(), text: text.into() }
    }
}
