//! Migrations as files.

use super::directive::Squashed;
use super::{MigrateError, checksums, squash};
use crate::script::SqlFile;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A folder of migrations, in the order of their numbers. Reading it checks what the files alone can tell: names, a
/// number used twice, a number left out, a file without its counterpart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folder {
    path: PathBuf,
    migrations: Vec<Migration>,
    pub(super) replaced: Vec<String>,
}

/// One step forward and the way back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migration {
    /// Its number; 1 for the first.
    pub version: i64,
    /// What stands between the number and `.up.sql`.
    pub name: String,
    /// Forward.
    pub up: SqlFile,
    /// Back.
    pub down: SqlFile,
    /// The migrations that it replaces; none unless it was made by squashing.
    pub squashes: Vec<Squashed>,
}

impl Migration {
    /// `0007_add_bio`
    pub fn title(&self) -> String {
        title(self.version, &self.name)
    }

    /// The file that leads in this direction.
    pub fn file(&self, direction: super::Direction) -> &SqlFile {
        match direction {
            super::Direction::Up => &self.up,
            super::Direction::Down => &self.down,
        }
    }
}

pub(super) fn title(version: i64, name: &str) -> String {
    format!("{version:04}_{name}")
}

/// SHA-256 in hexadecimal of a migration's text with every CR LF read as LF. Git may change line endings on checkout, and
/// that is no edit. Everything else counts, white space and comments too.
pub fn checksum(text: &str) -> String {
    let digest = Sha256::digest(text.replace("\r\n", "\n").as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Folder {
    /// Reads `NNNN_name.up.sql` and `NNNN_name.down.sql`: four digits or more, then letters, digits, `_` and `-`. Files of
    /// other kinds are not looked at; an `.sql` file of another form is an error, because it was meant to be something.
    /// What a file `checksums` lists has to be there as it is listed; what it does not list is a new file. Without one,
    /// nothing is listed.
    ///
    /// # Errors
    /// The first thing that is wrong with the files. Without the folder, [`MigrateError::Read`].
    pub fn read(path: &Path) -> Result<Self, MigrateError> {
        let folder = Self::read_unverified(path)?;
        checksums::verify(path)?;
        Ok(folder)
    }

    /// As [`Folder::read`], whatever `checksums` says.
    ///
    /// # Errors
    /// The first thing that is wrong with the files themselves.
    pub fn read_unverified(path: &Path) -> Result<Self, MigrateError> {
        let read = |source| MigrateError::Read { path: path.to_owned(), source };
        let mut files = Vec::new();
        for entry in std::fs::read_dir(path).map_err(read)? {
            let file = entry.map_err(read)?.path();
            let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            if !name.ends_with(".sql") || name.starts_with('.') || file.is_dir() {
                continue;
            }
            let text =
                std::fs::read_to_string(&file).map_err(|source| MigrateError::Read { path: file.clone(), source })?;
            files.push((name, SqlFile::new(file.display().to_string(), text)));
        }
        Self::from_files(path, files)
    }

    /// As [`Folder::read`], from files in memory: each with its bare name.
    ///
    /// # Errors
    /// The first thing that is wrong with the files.
    pub fn from_files(path: &Path, mut files: Vec<(String, SqlFile)>) -> Result<Self, MigrateError> {
        files.sort_by(|(left, _), (right, _)| left.cmp(right));
        let replaced = squash::take_out_replaced(&mut files);
        let mut found: BTreeMap<i64, Halves> = BTreeMap::new();
        for (file_name, file) in files {
            let Some(FileName { version, name, up }) = FileName::parse(&file_name) else {
                return Err(MigrateError::Name { file: file.name });
            };
            let halves = found.entry(version).or_default();
            if let Some(other) = halves.any().filter(|_| halves.name != name) {
                // Both by the same half, so that it is the names that are seen to differ.
                let up_file = |name: &str| name.replace(".down.sql", ".up.sql");
                return Err(MigrateError::Duplicate {
                    version,
                    first: up_file(&other.name),
                    second: up_file(&file.name),
                });
            }
            halves.name = name;
            let half = if up { &mut halves.up } else { &mut halves.down };
            // The same number written with more zeros: `0001_a` and `00001_a`.
            if let Some(other) = half.replace(file.clone()) {
                return Err(MigrateError::Duplicate { version, first: other.name, second: file.name });
            }
        }
        let mut migrations = Vec::new();
        for (version, Halves { name, up, down }) in found {
            let (up, down) = match (up, down) {
                (Some(up), Some(down)) => (up, down),
                (Some(file), None) => {
                    return Err(MigrateError::MissingHalf {
                        missing: file.name.replace(".up.sql", ".down.sql"),
                        file: file.name,
                    });
                }
                (None, Some(file)) => {
                    return Err(MigrateError::MissingHalf {
                        missing: file.name.replace(".down.sql", ".up.sql"),
                        file: file.name,
                    });
                }
                (None, None) => continue,
            };
            let squashes = squash::header(&up.text);
            let expected = migrations.last().map_or(1, |last: &Migration| last.version + 1);
            // The first may stand for all up to its number.
            let replaces_from = squashes.iter().map(|replaced| replaced.version).min().unwrap_or(version);
            if version != expected && (replaces_from != expected || !migrations.is_empty()) {
                return Err(MigrateError::Gap { expected, file: up.name });
            }
            migrations.push(Migration { version, name, up, down, squashes });
        }
        Ok(Self { path: path.to_owned(), migrations, replaced })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// All of them, in order.
    pub fn migrations(&self) -> &[Migration] {
        &self.migrations
    }

    /// The one with this number.
    pub fn get(&self, version: i64) -> Option<&Migration> {
        self.migrations.iter().find(|migration| migration.version == version)
    }

    /// The names of files that count for nothing because a squash was interrupted: those that it replaced and did not remove,
    /// or what it had begun to write.
    pub fn replaced(&self) -> &[String] {
        &self.replaced
    }

    /// The number that a new migration gets.
    pub fn next_version(&self) -> i64 {
        self.migrations.last().map_or(1, |last| last.version + 1)
    }
}

#[derive(Default)]
struct Halves {
    name: String,
    up: Option<SqlFile>,
    down: Option<SqlFile>,
}

impl Halves {
    fn any(&self) -> Option<&SqlFile> {
        self.up.as_ref().or(self.down.as_ref())
    }
}

pub(super) struct FileName {
    pub(super) version: i64,
    pub(super) name: String,
    pub(super) up: bool,
}

impl FileName {
    pub(super) fn parse(file_name: &str) -> Option<Self> {
        let (stem, up) = match file_name.strip_suffix(".up.sql") {
            Some(stem) => (stem, true),
            None => (file_name.strip_suffix(".down.sql")?, false),
        };
        let (digits, name) = stem.split_once('_')?;
        let plain = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
        if digits.len() < 4
            || !digits.chars().all(|c| c.is_ascii_digit())
            || name.is_empty()
            || !name.chars().all(plain)
        {
            return None;
        }
        let version = digits.parse().ok().filter(|&version| version > 0)?;
        Some(Self { version, name: name.to_owned(), up })
    }
}
