//! Where the built-in schemas are in the source tree.

use std::fs;
use std::path::{Path, PathBuf};

use crate::sql::Sql;
use crate::{OrFail, fail};

/// The files of `schemas/shared` and `schemas/<name>`, in the order they are loaded: by folder, then by name.
/// Only those whose names begin with a number: `down.sql` undoes them.
pub(crate) fn files(name: &str) -> Vec<Sql> {
    let schemas = workspace().join("schemas");
    let mut pieces = Vec::new();
    let folders = if name == "shared" { vec!["shared"] } else { vec!["shared", name] };
    for folder in folders {
        let dir = schemas.join(folder);
        let entries = fs::read_dir(&dir).or_fail(&format!("reading {}", dir.display()));
        let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        paths.retain(|path| {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            name.starts_with(|c: char| c.is_ascii_digit()) && name.ends_with(".sql")
        });
        paths.sort();
        if paths.is_empty() {
            fail(&format!("{} holds no numbered .sql file", dir.display()));
        }
        pieces.extend(paths.iter().map(|path| Sql::file(path)));
    }
    pieces
}

/// The root of the workspace this crate was built in.
fn workspace() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here)
}
