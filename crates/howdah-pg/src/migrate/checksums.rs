//! `migrations/checksums`: a line `sha256  file name` for each file, as `sha256sum` prints them.
//!
//! It catches a file that was changed by accident before any database could tell. The lines are in the order of the
//! migrations' numbers, so that two branches that each add one both add to the end, and version control sees a conflict
//! where there is one.

use super::folder::FileName;
use super::{Folder, MigrateError, checksum};
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Its name in the folder.
pub(super) const FILE: &str = "checksums";

/// Compares what the list in `folder` has with the files; fine if there is no list.
pub(super) fn verify(folder: &Path) -> Result<(), MigrateError> {
    let path = folder.join(FILE);
    let list = match fs::read_to_string(&path) {
        Ok(list) => list,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(source) => return Err(MigrateError::Read { path, source }),
    };
    for (number, line) in (1..).zip(list.lines()) {
        let line = line.trim_end();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let Some((expected, name)) = line.split_once("  ").filter(|(sum, name)| is_sum(sum) && is_bare(name)) else {
            let conflict = ["<<<<<<<", "=======", ">>>>>>>", "|||||||"].iter().any(|mark| line.starts_with(mark));
            return Err(MigrateError::Checksums { path, line: number, conflict });
        };
        let file = folder.join(name);
        let text = match fs::read_to_string(&file) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(MigrateError::ChecksumFileGone { file: file.display().to_string() });
            }
            Err(source) => return Err(MigrateError::Read { path: file, source }),
        };
        if checksum(&text) != expected {
            return Err(MigrateError::ChecksumDiffers { file: file.display().to_string() });
        }
    }
    Ok(())
}

fn is_sum(sum: &str) -> bool {
    sum.len() == 64 && sum.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

fn is_bare(name: &str) -> bool {
    FileName::parse(name).is_some()
}

impl Folder {
    /// Writes the list of checksums of all files, in place of the one that is there.
    ///
    /// # Errors
    /// [`MigrateError::Write`]; the list is then what it was.
    pub fn write_checksums(&self) -> Result<(), MigrateError> {
        write(&self.path().join(FILE), &self.checksum_list())
    }

    pub(super) fn checksum_list(&self) -> String {
        let mut list = String::new();
        for migration in self.migrations() {
            for file in [&migration.down, &migration.up] {
                let name = Path::new(&file.name).file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
                list.push_str(&format!("{}  {name}\n", checksum(&file.text)));
            }
        }
        list
    }

    /// Whether there is a list of checksums.
    pub fn has_checksums(&self) -> bool {
        self.path().join(FILE).exists()
    }
}

/// Puts a file in its place whole and for good: whatever happens, there is the old one or the new one.
pub(super) fn write(path: &Path, text: &str) -> Result<(), MigrateError> {
    let failed = |source| MigrateError::Write { path: path.to_owned(), source };
    let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    let beside = path.with_file_name(format!(".{name}.{}", std::process::id()));
    let written = File::create(&beside)
        .and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&beside, path));
    if let Err(error) = written {
        // It may be all there is room for.
        drop(fs::remove_file(&beside));
        return Err(failed(error));
    }
    sync_folder(path).map_err(failed)
}

/// Makes lasting what was renamed or removed in the folder of `path`.
pub(super) fn sync_folder(path: &Path) -> io::Result<()> {
    let folder =
        path.parent().filter(|folder| !folder.as_os_str().is_empty()).map_or(PathBuf::from("."), PathBuf::from);
    File::open(folder)?.sync_all()
}
