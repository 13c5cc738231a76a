//! One migration in place of many.
//!
//! The new file lists at its head what it replaces, with checksums. A new database runs it. One that has run all that it
//! replaces is recognised by its history, which is then rewritten to the one row. One that has run only some of it cannot
//! go on from there, and is told so.

use super::directive::{self, Directive, Squashed};
use super::folder::FileName;
use super::history::Row;
use super::{Direction, Folder, MigrateError, Migration, Script, checksum, checksums};
use crate::script::SqlFile;
use crate::script::split::{TokenKind, tokens};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What a file says at its head that it replaces.
pub(super) fn header(text: &str) -> Vec<Squashed> {
    let head = tokens(text).take_while(|token| token.kind == TokenKind::Blank);
    let directives = head.filter_map(|token| directive::read(&text[token.span])?.ok());
    let squashes = directives.filter_map(|directive| match directive {
        Directive::Squashes(squashed) => Some(squashed),
        _ => None,
    });
    squashes.collect()
}

/// Takes out what counts for nothing after a squash that was interrupted, and returns its names: the files that another one
/// replaces, unchanged; or, where that has no way back yet and all that it replaces is still there, itself.
pub(super) fn take_out_replaced(files: &mut Vec<(String, SqlFile)>) -> Vec<String> {
    let ups = files.iter().filter_map(|(name, file)| Some((FileName::parse(name).filter(|name| name.up)?, file)));
    let ups: Vec<(FileName, String)> = ups.map(|(name, file)| (name, checksum(&file.text))).collect();
    let is_there = |entry: &&Squashed| {
        ups.iter()
            .any(|(name, sum)| name.version == entry.version && name.name == entry.name && *sum == entry.up_sha256)
    };
    let (mut replaced, mut begun) = (Vec::new(), Vec::new());
    for (name, file) in files.iter() {
        let Some(way_back) = name.strip_suffix(".up.sql").map(|title| format!("{title}.down.sql")) else { continue };
        let entries = header(&file.text);
        if files.iter().any(|(name, _)| *name == way_back) {
            replaced.extend(entries.iter().filter(is_there).map(|entry| (entry.version, entry.name.clone())));
        } else if !entries.is_empty()
            && entries.iter().filter(|entry| entry.within.is_none()).all(|entry| is_there(&entry))
        {
            begun.push(name.clone());
        }
    }
    let is_gone = |name: &String| {
        let parsed = FileName::parse(name).map(|name| (name.version, name.name));
        begun.contains(name) || parsed.is_some_and(|parsed| replaced.contains(&parsed))
    };
    files.extract_if(.., |(name, _)| is_gone(name)).map(|(name, _)| name).collect()
}

/// The history as the folder sees it: where its first migration stands for several that are all applied, that one is, and
/// is returned too, for the history to be rewritten.
///
/// # Errors
/// Only some of them are applied, or one of them was another.
pub(super) fn adopt(folder: &Folder, rows: Vec<Row>) -> Result<(Vec<Row>, Option<Migration>), MigrateError> {
    let Some(first) = folder.migrations().first().filter(|first| !first.squashes.is_empty()) else {
        return Ok((rows, None));
    };
    let (old, newer): (Vec<Row>, Vec<Row>) = rows.iter().cloned().partition(|row| row.version <= first.version);
    let is_itself = |row: &Row| row.version == first.version && row.name == first.name;
    if old.is_empty() || old.iter().any(is_itself) {
        return Ok((rows, None));
    }
    for row in &old {
        let mut known = first.squashes.iter().filter(|entry| entry.version == row.version && entry.name == row.name);
        if let Some(entry) = known.next()
            && entry.up_sha256 != row.up_sha256
        {
            return Err(MigrateError::Edited {
                file: format!("{}, which {} replaces", row.title(), first.up.name),
                applied_sha256: row.up_sha256.clone(),
                file_sha256: entry.up_sha256.clone(),
            });
        }
    }
    let top = first.squashes.iter().filter(|entry| entry.within.is_none());
    let missing = top.filter_map(|entry| missing(entry, &first.squashes, &old)).next();
    if let Some((missing, last)) = missing.zip(old.last()) {
        return Err(MigrateError::SquashPartly {
            title: first.title(),
            applied: last.title(),
            missing: missing.title(),
        });
    }
    let mut row = Row::of(first, Duration::ZERO, false);
    if let Some(last) = old.last() {
        row.applied_at.clone_from(&last.applied_at);
        row.applied_by.clone_from(&last.applied_by);
        row.duration_ms = old.iter().map(|row| row.duration_ms).sum();
    }
    Ok((std::iter::once(row).chain(newer).collect(), Some(first.clone())))
}

/// The first that is not applied of an entry and, if it is not itself in the history, what it had replaced.
fn missing<'a>(entry: &'a Squashed, all: &'a [Squashed], rows: &[Row]) -> Option<&'a Squashed> {
    if rows.iter().any(|row| row.version == entry.version && row.up_sha256 == entry.up_sha256) {
        return None;
    }
    let title = entry.title();
    let mut within = all.iter().filter(|inner| inner.within.as_deref() == Some(&title)).peekable();
    if within.peek().is_none() {
        return Some(entry);
    }
    within.find_map(|inner| missing(inner, all, rows))
}

impl Folder {
    /// Makes one migration of all up to and including `upto`: writes `NNNN_name.up.sql` and `.down.sql` with that number,
    /// and removes the others once they are on the disk. If there is a list of checksums it is written anew. Interrupted
    /// in between, the folder reads as the old one or as the new one, and [`Folder::remove_replaced`] removes what does not
    /// count.
    ///
    /// `up_sql` makes in an empty database what those migrations made, `down_sql` undoes it.
    ///
    /// # Errors
    /// There is no such migration, it is the only one, the name is none or taken, the SQL holds what a migration may not;
    /// or the file system.
    pub fn squash(&self, upto: i64, name: &str, up_sql: &str, down_sql: &str) -> Result<Self, MigrateError> {
        for change in self.squashing(upto, name, up_sql, down_sql)? {
            change.make()?;
        }
        Self::read_unverified(self.path())
    }

    /// What [`Folder::squash`] would refuse before it looks at the SQL.
    ///
    /// # Errors
    /// There is no such migration, it is the only one, or the name is none or taken.
    pub fn check_squash(&self, upto: i64, name: &str) -> Result<(), MigrateError> {
        self.squashed(upto, name).map(drop)
    }

    /// The migrations that it replaces, and the title of what replaces them.
    fn squashed(&self, upto: i64, name: &str) -> Result<(Vec<&Migration>, String), MigrateError> {
        let refuse = |reason: String| Err(MigrateError::Squash { reason });
        let replaced: Vec<&Migration> =
            self.migrations().iter().filter(|migration| migration.version <= upto).collect();
        let Some(last) = replaced.last().filter(|last| last.version == upto) else {
            let known = self.migrations().iter().map(Migration::title).collect();
            return Err(MigrateError::UnknownVersion { version: upto, known });
        };
        if replaced.len() < 2 {
            return refuse(format!("{} is the first migration, so there is nothing to make one of", last.title()));
        }
        let title = super::folder::title(upto, name);
        if FileName::parse(&format!("{title}.up.sql")).is_none() {
            return refuse(format!("`{name}` cannot be the name of a migration: use letters, digits, `_` and `-`"));
        }
        if last.name == name {
            return refuse(format!("there is a migration {title}. Choose another name"));
        }
        Ok((replaced, title))
    }

    /// The changes that squash it, in an order in which every beginning of them leaves a folder that works.
    fn squashing(&self, upto: i64, name: &str, up_sql: &str, down_sql: &str) -> Result<Vec<Change>, MigrateError> {
        let (replaced, title) = self.squashed(upto, name)?;
        let mut text = String::new();
        for migration in &replaced {
            for inner in &migration.squashes {
                let within = inner.within.clone().or_else(|| Some(migration.title()));
                text.push_str(&Squashed { within, ..inner.clone() }.line());
            }
            let entry = Squashed {
                version: migration.version,
                name: migration.name.clone(),
                up_sha256: checksum(&migration.up.text),
                within: None,
            };
            text.push_str(&entry.line());
        }
        text.push('\n');
        text.push_str(up_sql.trim_start_matches('\u{feff}'));

        let named = |half: &str, text: &str| {
            let bare = format!("{title}.{half}.sql");
            let path = self.path().join(&bare);
            (bare, SqlFile::new(path.display().to_string(), text))
        };
        let new = [named("up", &text), named("down", down_sql)];
        for ((_, file), direction) in new.iter().zip([Direction::Up, Direction::Down]) {
            Script::read(file).map_err(|error| MigrateError::Invalid {
                title: title.clone(),
                direction,
                error: Box::new(error),
            })?;
        }
        // The way back comes last: what replaces others counts for nothing before it has one.
        let mut changes: Vec<Change> =
            new.iter().map(|(bare, file)| Change::Write(self.path().join(bare), file.text.clone())).collect();
        let old = self.migrations().iter().flat_map(|migration| [&migration.up, &migration.down]);
        let old = old.map(|file| (bare(file), file.clone()));
        let left = self.replaced.iter().filter(|name| new.iter().all(|(bare, _)| bare != *name));
        let mut squashed = Self::from_files(self.path(), old.chain(new.iter().cloned()).collect())?;
        squashed.replaced.extend(left.cloned());
        changes.extend(squashed.removing_replaced());
        Ok(changes)
    }

    /// Removes the files that count for nothing because a squash was interrupted, and has the list of checksums, if there
    /// is one, say so before.
    ///
    /// # Errors
    /// [`MigrateError::Write`].
    pub fn remove_replaced(&self) -> Result<(), MigrateError> {
        self.removing_replaced().iter().try_for_each(Change::make)
    }

    fn removing_replaced(&self) -> Vec<Change> {
        if self.replaced.is_empty() {
            return Vec::new();
        }
        let list = self.has_checksums().then(|| Change::Write(self.path().join(checksums::FILE), self.checksum_list()));
        // `.down.sql` sorts before `.up.sql`, which has to go last: it tells that both are replaced.
        let removed = self.replaced.iter().map(|name| Change::Remove(self.path().join(name)));
        list.into_iter().chain(removed).collect()
    }
}

/// One change of a folder: made whole and for good, or not at all.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Change {
    Write(PathBuf, String),
    Remove(PathBuf),
}

impl Change {
    fn make(&self) -> Result<(), MigrateError> {
        match self {
            Self::Write(path, text) => checksums::write(path, text),
            Self::Remove(path) => fs::remove_file(path)
                .and_then(|()| checksums::sync_folder(path))
                .map_err(|source| MigrateError::Write { path: path.clone(), source }),
        }
    }
}

fn bare(file: &SqlFile) -> String {
    Path::new(&file.name).file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{Change, Folder};
    use std::fs;
    use std::path::Path;

    fn folder(with_list: bool) -> tempfile::TempDir {
        let directory = tempfile::tempdir().unwrap();
        for number in 1..=4 {
            for half in ["up", "down"] {
                let path = directory.path().join(format!("{number:04}_m.{half}.sql"));
                fs::write(path, format!("select '{number} {half}'")).unwrap();
            }
        }
        if with_list {
            Folder::read(directory.path()).unwrap().write_checksums().unwrap();
        }
        directory
    }

    fn titles(path: &Path) -> Vec<String> {
        let folder = Folder::read(path).unwrap_or_else(|error| panic!("{error}"));
        folder.migrations().iter().map(super::Migration::title).collect()
    }

    /// Killed after each change, and in the middle of each file that is written.
    #[test]
    fn an_interrupted_squash_leaves_a_folder_that_works() {
        for with_list in [false, true] {
            let count = |path: &Path| squashing(path).len();
            for made in 0..=count(folder(with_list).path()) {
                let directory = folder(with_list);
                let path = directory.path();
                let changes = squashing(path);
                changes.iter().take(made).for_each(|change| change.make().unwrap());
                if let Some(Change::Write(half_written, text)) = changes.get(made) {
                    let name = half_written.file_name().unwrap().to_str().unwrap();
                    fs::write(path.join(format!(".{name}.123")), &text[..text.len() / 2]).unwrap();
                }
                let before = ["0001_m", "0002_m", "0003_m", "0004_m"];
                let after = ["0003_all", "0004_m"];
                assert_eq!(titles(path), if made < 2 { &before[..] } else { &after }, "killed after {made} changes");

                // It can be finished, and then nothing is left of it.
                if made < 2 {
                    Folder::read(path).unwrap().squash(3, "all", "select 1", "select 2").unwrap();
                } else {
                    Folder::read(path).unwrap().remove_replaced().unwrap();
                }
                assert_eq!(titles(path), after, "finished after {made} changes");
                assert!(Folder::read(path).unwrap().replaced().is_empty(), "finished after {made} changes");
                let hidden = |name: &str| name.starts_with('.') && name.ends_with(".123");
                let names = fs::read_dir(path).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
                assert_eq!(names.filter(|name| !hidden(name)).count(), 4 + usize::from(with_list));
                // Or given up, by another one.
                if made < 2 {
                    let directory = folder(with_list);
                    squashing(directory.path()).iter().take(made).for_each(|change| change.make().unwrap());
                    let other = Folder::read(directory.path()).unwrap();
                    other.squash(4, "other", "select 1", "select 2").unwrap();
                    assert_eq!(titles(directory.path()), ["0004_other"]);
                    assert!(!directory.path().join("0003_all.up.sql").exists());
                }
            }
        }
    }

    fn squashing(path: &Path) -> Vec<Change> {
        Folder::read(path).unwrap().squashing(3, "all", "select 1", "select 2").unwrap()
    }

    #[test]
    fn a_way_back_that_was_lost_is_missed() {
        let directory = folder(false);
        let squashed = Folder::read(directory.path()).unwrap().squash(3, "all", "select 1", "select 2").unwrap();
        assert!(squashed.replaced().is_empty());
        fs::remove_file(directory.path().join("0003_all.down.sql")).unwrap();
        assert_eq!(Folder::read(directory.path()).unwrap_err().code(), "migrate-missing-half");
    }
}
