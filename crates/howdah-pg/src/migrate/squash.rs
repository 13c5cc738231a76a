//! One migration in place of many.
//!
//! The new file lists at its head what it replaces, with checksums. A new database runs it. One that has run all that it
//! replaces is recognised by its history, which is then rewritten to the one row. One that has run only some of it cannot
//! go on from there, and is told so.

use super::directive::{self, Directive, Squashed};
use super::folder::FileName;
use super::history::Row;
use super::{Folder, MigrateError, Migration, Script, checksum, checksums};
use crate::script::SqlFile;
use crate::script::split::{TokenKind, tokens};
use std::fs;
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

/// Takes out the files that another one replaces, unchanged: what is left of a squash that was interrupted. Returns
/// their names.
pub(super) fn take_out_replaced(files: &mut Vec<(String, SqlFile)>) -> Vec<String> {
    let replaced: Vec<Squashed> = files
        .iter()
        .filter(|(name, _)| FileName::parse(name).is_some_and(|name| name.up))
        .flat_map(|(_, file)| header(&file.text))
        .collect();
    if replaced.is_empty() {
        return Vec::new();
    }
    let gone: Vec<(i64, String)> = files
        .iter()
        .filter_map(|(name, file)| Some((FileName::parse(name)?, file)))
        .filter(|(name, file)| {
            let same = |other: &&Squashed| other.version == name.version && other.name == name.name;
            name.up && replaced.iter().find(same).is_some_and(|other| other.up_sha256 == checksum(&file.text))
        })
        .map(|(name, _)| (name.version, name.name))
        .collect();
    let is_gone = |name: &str| FileName::parse(name).is_some_and(|name| gone.contains(&(name.version, name.name)));
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
    /// in between, the folder reads as the new one, and [`Folder::remove_replaced`] removes the others.
    ///
    /// `up_sql` makes in an empty database what those migrations made, `down_sql` undoes it.
    ///
    /// # Errors
    /// There is no such migration, it is the only one, the name is none or taken, the SQL holds what a migration may not;
    /// or the file system.
    pub fn squash(&self, upto: i64, name: &str, up_sql: &str, down_sql: &str) -> Result<Self, MigrateError> {
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

        let path = |half: &str| self.path().join(format!("{title}.{half}.sql"));
        let (up, down) = (path("up"), path("down"));
        for (direction, path, text) in
            [(super::Direction::Up, &up, text.as_str()), (super::Direction::Down, &down, down_sql)]
        {
            let file = SqlFile::new(path.display().to_string(), text);
            Script::read(&file).map_err(|error| MigrateError::Invalid {
                title: title.clone(),
                direction,
                error: Box::new(error),
            })?;
        }
        // The way back first: without its counterpart it is nothing yet.
        checksums::write(&down, down_sql)?;
        checksums::write(&up, &text)?;
        let squashed = Self::read_unverified(self.path())?;
        if self.has_checksums() {
            squashed.write_checksums()?;
        }
        squashed.remove_replaced()?;
        Self::read_unverified(self.path())
    }

    /// Removes the files that a squash replaced and, because it was interrupted, did not remove.
    ///
    /// # Errors
    /// [`MigrateError::Write`].
    pub fn remove_replaced(&self) -> Result<(), MigrateError> {
        for name in self.replaced() {
            let path = self.path().join(name);
            fs::remove_file(&path).map_err(|source| MigrateError::Write { path, source })?;
        }
        let folder = self.path().to_owned();
        checksums::sync_folder(&folder.join(checksums::FILE))
            .map_err(|source| MigrateError::Write { path: folder, source })
    }
}
