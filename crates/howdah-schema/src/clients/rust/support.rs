//! What all generated modules stand on. These files are part of every client as they are.

use crate::OutputFile;

const FILES: [(&str, &str); 8] = [
    ("support/composite.rs", include_str!("runtime/composite.rs")),
    ("support/error.rs", include_str!("runtime/error.rs")),
    ("support/field.rs", include_str!("runtime/field.rs")),
    ("support/label.rs", include_str!("runtime/label.rs")),
    ("support/mod.rs", include_str!("runtime/mod.rs")),
    ("support/numeric.rs", include_str!("runtime/numeric.rs")),
    ("support/query.rs", include_str!("runtime/query.rs")),
    ("support/range.rs", include_str!("runtime/range.rs")),
];

pub(super) fn files() -> impl Iterator<Item = OutputFile> {
    FILES.into_iter().map(|(path, text)| OutputFile::new(path, text))
}

/// The module for schemas whose policies hide rows that are marked as deleted.
pub(super) fn trash() -> OutputFile {
    OutputFile::new("trash.rs", include_str!("runtime/trash.rs"))
}
