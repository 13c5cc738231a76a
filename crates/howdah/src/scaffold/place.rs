//! Puts a project's files on the disk whole or not at all.
//!
//! The files are written and synced in a folder of their own beside (or, for a folder that exists, inside) their
//! place and then renamed into it, so that a full disk, a kill or a power cut leaves either a project or nothing.
//! A folder that exists is never replaced: a shell standing in it would be left in a deleted one.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::templates::TextFile;
use crate::failure::Failure;

/// What such a folder of our own is called; one that was left behind by a kill counts as nothing.
const WORK: &str = ".howdah-init-";

/// What stands where a project is to be made.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// Nothing yet.
    New,
    /// A folder with nothing of anybody in it.
    Empty,
    /// A folder that holds things.
    Occupied(Vec<String>),
    /// Something that is no folder.
    NotAFolder,
}

/// Looks at `folder` and changes nothing.
///
/// # Errors
/// It cannot be read.
pub(crate) fn look(folder: &Path) -> Result<Place, Failure> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Place::New),
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => return Ok(Place::NotAFolder),
        Err(error) => return Err(Failure::io("read", folder, &error)),
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|error| Failure::io("read", folder, &error))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        // A fresh repository and what macOS leaves in every folder are nobody's work.
        if name != ".git" && name != ".DS_Store" && !name.starts_with(WORK) {
            names.push(name);
        }
    }
    names.sort();
    Ok(if names.is_empty() { Place::Empty } else { Place::Occupied(names) })
}

/// Says that `folder` is not free, with what stands in it.
pub(crate) fn occupied(folder: &Path, names: &[String]) -> Failure {
    let shown = names.iter().take(3).map(String::as_str).collect::<Vec<_>>().join(", ");
    let more = names.len().saturating_sub(3);
    let rest = if more == 0 { String::new() } else { format!(" and {more} more") };
    Failure::new(
        "folder-not-empty",
        format!("{} is not empty: it holds {shown}{rest}. Nothing was changed", folder.display()),
    )
    .hint("name a new or an empty folder")
}

/// Writes the files of a project into `folder`, which must be new or empty.
///
/// # Errors
/// `folder` is not free, or the system refused something; then nothing of it is left.
pub(crate) fn write(folder: &Path, files: &[TextFile]) -> Result<(), Failure> {
    match look(folder)? {
        Place::Occupied(names) => Err(occupied(folder, &names)),
        Place::NotAFolder => Err(not_a_folder(folder)),
        Place::New => write_new(folder, files),
        Place::Empty => write_inside(folder, files),
    }
}

pub(crate) fn not_a_folder(folder: &Path) -> Failure {
    Failure::new("folder-is-a-file", format!("{} is a file, not a folder", folder.display()))
        .hint("name a new or an empty folder")
}

fn write_new(folder: &Path, files: &[TextFile]) -> Result<(), Failure> {
    let parent = match folder.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let made = make_parents(parent)?;
    let result = Work::begin(parent).and_then(|work| {
        work.write(files)?;
        fs::rename(&work.path, folder).map_err(|error| Failure::io("create", folder, &error))?;
        work.keep();
        sync(parent)
    });
    if result.is_err() {
        // Deepest first; one that somebody else put something into meanwhile stays.
        for folder in made.iter().rev() {
            let _ = fs::remove_dir(folder);
        }
    }
    result
}

fn write_inside(folder: &Path, files: &[TextFile]) -> Result<(), Failure> {
    remove_leftovers(folder);
    let work = Work::begin(folder)?;
    work.write(files)?;
    let mut tops: Vec<&str> = files.iter().filter_map(|file| file.path.split('/').next()).collect();
    tops.sort_unstable();
    tops.dedup();
    // The file that makes it a project comes last: before it, this is not one.
    tops.sort_by_key(|name| *name == crate::config::FILE_NAME);
    for (done, name) in tops.iter().enumerate() {
        if let Err(error) = fs::rename(work.path.join(name), folder.join(name)) {
            for name in tops.iter().take(done) {
                // Back into the folder that goes away with `work`.
                let _ = fs::rename(folder.join(name), work.path.join(name));
            }
            return Err(Failure::io("write", &folder.join(name), &error));
        }
    }
    sync(folder)
}

/// Creates missing folders, and says which, outermost first.
fn make_parents(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut missing: Vec<PathBuf> = folder
        .ancestors()
        .take_while(|ancestor| !ancestor.as_os_str().is_empty() && !ancestor.exists())
        .map(Path::to_path_buf)
        .collect();
    missing.reverse();
    fs::create_dir_all(folder).map_err(|error| Failure::io("create", folder, &error))?;
    Ok(missing)
}

fn remove_leftovers(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        if entry.file_name().to_string_lossy().starts_with(WORK) {
            // What cannot be removed now is in nobody's way.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

/// A folder that is removed again unless it is kept.
struct Work {
    path: PathBuf,
    kept: bool,
}

impl Work {
    fn begin(parent: &Path) -> Result<Self, Failure> {
        let path = parent.join(format!("{WORK}{}", std::process::id()));
        fs::create_dir(&path).map_err(|error| Failure::io("create", &path, &error))?;
        Ok(Self { path, kept: false })
    }

    fn write(&self, files: &[TextFile]) -> Result<(), Failure> {
        for file in files {
            let path = self.path.join(&file.path);
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent).map_err(|error| Failure::io("create", parent, &error))?;
            }
            write_synced(&path, &file.text).map_err(|error| Failure::io("write", &path, &error))?;
        }
        sync(&self.path)
    }

    fn keep(mut self) {
        self.kept = true;
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        if !self.kept {
            let _ = fs::remove_dir_all(&self.path);
        }
    }
}

fn write_synced(path: &Path, text: &str) -> io::Result<()> {
    let mut file = File::create_new(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

fn sync(folder: &Path) -> Result<(), Failure> {
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(|error| Failure::io("write", folder, &error))
}

#[cfg(test)]
mod tests {
    use super::{Place, look, write};
    use crate::scaffold::templates::TextFile;

    fn files(paths: &[&str]) -> Vec<TextFile> {
        paths.iter().map(|path| TextFile { path: (*path).to_owned(), text: format!("-- {path}\n") }).collect()
    }

    fn names(folder: &std::path::Path) -> Vec<String> {
        let mut names: Vec<String> =
            std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_new_folder_and_its_parents_are_made() {
        let base = tempfile::tempdir().unwrap();
        write(&base.path().join("a/b"), &files(&["howdah.toml", "schema/one.sql"])).unwrap();
        assert_eq!(names(&base.path().join("a")), ["b"]);
        assert_eq!(names(&base.path().join("a/b")), ["howdah.toml", "schema"]);
    }

    #[test]
    fn an_empty_folder_is_filled_and_what_a_kill_left_is_cleared() {
        let base = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(base.path().join(".howdah-init-1/schema")).unwrap();
        std::fs::create_dir(base.path().join(".git")).unwrap();
        assert_eq!(look(base.path()).unwrap(), Place::Empty);
        write(base.path(), &files(&["howdah.toml", "schema/one.sql"])).unwrap();
        assert_eq!(names(base.path()), [".git", "howdah.toml", "schema"]);
    }

    #[test]
    fn a_failure_leaves_nothing() {
        let base = tempfile::tempdir().unwrap();
        // The same file twice: the second write fails after the first succeeded.
        let failure = write(&base.path().join("a/b"), &files(&["x", "x"])).unwrap_err();
        assert_eq!(failure.code, "file-io");
        assert!(names(base.path()).is_empty());
        write(base.path(), &files(&["x", "x"])).unwrap_err();
        assert!(names(base.path()).is_empty());
    }

    #[test]
    fn what_is_there_stays() {
        let base = tempfile::tempdir().unwrap();
        std::fs::write(base.path().join("notes.txt"), "mine").unwrap();
        assert_eq!(write(base.path(), &files(&["x"])).unwrap_err().code, "folder-not-empty");
        assert_eq!(names(base.path()), ["notes.txt"]);
        assert_eq!(write(&base.path().join("notes.txt"), &files(&["x"])).unwrap_err().code, "folder-is-a-file");
    }
}
