//! Tests of who may do what: expectations in TOML, tried in a transaction that is rolled back.
//!
//! An expectation is tried as whom it names: SET LOCAL ROLE and the claims in `request.jwt.claims`, as the server does for a
//! request. Each has a savepoint of its own, so none sees what another has done.

mod file;
mod read;
mod run;

pub(crate) use file::{Expectation, Operation, Suite, Then, Wanted, Who};
pub(crate) use run::{Outcome, run};

use std::path::{Path, PathBuf};

use crate::failure::Failure;

/// The files at these paths; of a folder, every `.toml` in it, in the order of their names.
///
/// # Errors
/// A path does not exist, or a file says something that is no expectation.
pub(crate) fn suites(paths: &[PathBuf]) -> Result<Vec<Suite>, Failure> {
    let mut suites = Vec::new();
    for path in paths {
        for file in files(path)? {
            let text = std::fs::read_to_string(&file).map_err(|error| Failure::io("read", &file, &error))?;
            suites.push(read::read(&file, &text)?);
        }
    }
    Ok(suites)
}

fn files(path: &Path) -> Result<Vec<PathBuf>, Failure> {
    if !path.is_dir() {
        return Ok(vec![path.to_path_buf()]);
    }
    let entries = std::fs::read_dir(path).map_err(|error| Failure::io("read", path, &error))?;
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "toml"));
    files.sort();
    Ok(files)
}
