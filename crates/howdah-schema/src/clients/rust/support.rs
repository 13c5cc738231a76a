//! What all generated modules stand on. These files are part of every client as they are.

use crate::OutputFile;

const FILES: [(&str, &str); 7] = [
    ("support/composite.rs", include_str!("runtime/composite.rs")),
    ("support/error.rs", include_str!("runtime/error.rs")),
    ("support/field.rs", include_str!("runtime/field.rs")),
    ("support/mod.rs", include_str!("runtime/mod.rs")),
    ("support/numeric.rs", include_str!("runtime/numeric.rs")),
    ("support/query.rs", include_str!("runtime/query.rs")),
    ("support/range.rs", include_str!("runtime/range.rs")),
];

pub(super) fn files() -> impl Iterator<Item = OutputFile> {
    FILES.into_iter().map(|(path, text)| OutputFile::new(path, text))
}
