//! The folder that documentation is in: what of it is ours, and bringing it up to date.
//!
//! Which files are ours stands in `.generated.json` beside them, with their digests. So a file that somebody else put there is
//! never touched, one that was changed by hand is told from one that is merely out of date, and what is not generated any more
//! goes. New files are written into a folder of their own first and then moved, a whole folder at once where there was none: a
//! disk that is full, a folder that may not be written to or an error half way leave the old documentation as it was.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};

use howdah_schema::{OutputFile, cores};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::formats::Format;
use crate::failure::Failure;

/// The list of our files.
const MANIFEST: &str = ".generated.json";
/// Where files are while they are being written.
const STAGE: &str = ".howdah-new";
const SCHEMA: &str = "howdah.docs.files/1";

/// Our files in a folder.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Manifest {
    schema: String,
    pub(crate) formats: BTreeSet<Format>,
    /// The SHA-256 of each, as it was written.
    files: BTreeMap<String, String>,
}

impl Manifest {
    fn new(formats: &BTreeSet<Format>, files: &[OutputFile]) -> Self {
        let digests = cores::map(files, |file| (file.path.clone(), digest(file.text.as_bytes())));
        let files = digests.into_iter().collect();
        Self { schema: SCHEMA.to_owned(), formats: formats.clone(), files }
    }

    fn text(&self) -> Result<String, Failure> {
        let json = serde_json::to_string_pretty(self);
        json.map(|json| json + "\n").map_err(|error| Failure::new("docs-manifest", error.to_string()))
    }
}

fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// How a file is not what it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Off {
    /// It is not there.
    Missing,
    /// The schema has changed since.
    Outdated,
    /// Somebody has changed it.
    Edited,
    /// What it is about is gone.
    Obsolete,
}

impl Off {
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Outdated => "out of date",
            Self::Edited => "edited by hand",
            Self::Obsolete => "about nothing any more",
        }
    }
}

/// What is to be done, and what is fine as it is.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    /// By path.
    pub(crate) off: BTreeMap<String, Off>,
    pub(crate) unchanged: usize,
    /// Files in the way of ours that are not ours.
    pub(crate) foreign: Vec<String>,
}

/// The folder, as it was found.
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    pub(crate) manifest: Option<Manifest>,
}

impl Folder {
    /// Looks at it; it need not be there.
    ///
    /// # Errors
    /// It is no folder, cannot be read, or its list of files cannot be understood.
    pub(crate) fn open(path: &Path) -> Result<Self, Failure> {
        match fs::metadata(path) {
            Ok(found) if !found.is_dir() => {
                return Err(Failure::new("docs-no-folder", format!("{} is not a folder", path.display()))
                    .hint("move that file, or name another folder with --out"));
            }
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return Ok(Self { path: path.to_owned(), manifest: None });
            }
            // Such as a file where a folder above it should be.
            Err(error) => return Err(Failure::io("open", path, &error)),
        }
        let list = path.join(MANIFEST);
        let manifest = match fs::read(&list) {
            Ok(bytes) => Some(serde_json::from_slice(&bytes).map_err(|error| {
                Failure::new("docs-manifest", format!("{} cannot be understood", list.display())).cause(error).hint(
                    "it says which files are generated; without it, delete the folder and run `howdah docs` again",
                )
            })?),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) => return Err(Failure::io("read", &list, &error)),
        };
        Ok(Self { path: path.to_owned(), manifest })
    }

    /// A file of ours as it is on the disk.
    pub(crate) fn read(&self, file: &str) -> Option<Vec<u8>> {
        fs::read(self.path.join(file)).ok()
    }

    /// What of these files is not on the disk as it is here.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub(crate) fn compare(&self, files: &[OutputFile]) -> Result<Changes, Failure> {
        let mut changes = Changes::default();
        let ours = self.manifest.as_ref().map(|manifest| &manifest.files);
        let found = cores::map(files, |file| self.compare_one(file));
        for (file, found) in files.iter().zip(found) {
            let Some(off) = found? else {
                changes.unchanged += 1;
                continue;
            };
            if off == Off::Edited && !ours.is_some_and(|ours| ours.contains_key(&file.path)) {
                changes.foreign.push(file.path.clone());
            }
            changes.off.insert(file.path.clone(), off);
        }
        let wanted: BTreeSet<&str> = files.iter().map(|file| file.path.as_str()).collect();
        for path in ours.into_iter().flat_map(BTreeMap::keys) {
            if !wanted.contains(path.as_str()) && is_below(path) && self.path.join(path).exists() {
                changes.off.insert(path.clone(), Off::Obsolete);
            }
        }
        Ok(changes)
    }

    /// How a file is not on the disk as it is here.
    fn compare_one(&self, file: &OutputFile) -> Result<Option<Off>, Failure> {
        let path = self.path.join(&file.path);
        let written = self.manifest.as_ref().and_then(|manifest| manifest.files.get(&file.path));
        match fs::read(&path) {
            Ok(bytes) if bytes == file.text.as_bytes() => Ok(None),
            Ok(bytes) if written.is_some_and(|written| *written == digest(&bytes)) => Ok(Some(Off::Outdated)),
            Ok(_) => Ok(Some(Off::Edited)),
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
                Ok(Some(Off::Missing))
            }
            Err(error) => Err(Failure::io("read", &path, &error)),
        }
    }

    /// Makes the folder what `files` say.
    ///
    /// # Errors
    /// What the system refuses. Up to the moment in which everything has been written nothing has changed.
    pub(crate) fn update(
        &self,
        files: &[OutputFile],
        formats: &BTreeSet<Format>,
        changes: &Changes,
    ) -> Result<(), Failure> {
        let manifest = Manifest::new(formats, files);
        if changes.off.is_empty() && self.manifest.as_ref() == Some(&manifest) {
            return Ok(());
        }
        let stage = self.path.join(STAGE);
        self.clear(&stage)?;
        let new: Vec<&OutputFile> = files.iter().filter(|file| changes.off.contains_key(&file.path)).collect();
        let folders: BTreeSet<&Path> = new.iter().map(|file| folder_of(file)).collect();
        if let Err(failure) = self.stage(&stage, &new, &folders, &manifest) {
            // What could not be written says more than what cannot be cleared away.
            let _ = self.clear(&stage);
            return Err(failure);
        }
        // A folder that nothing is in yet gives way to the staged one, which is one step instead of thousands. Where there is
        // something, or a system does not do this, the files move one by one.
        let moved: BTreeSet<&Path> = folders
            .into_iter()
            .filter(|folder| *folder != Path::new(""))
            .filter(|folder| fs::rename(stage.join(folder), self.path.join(folder)).is_ok())
            .collect();
        for file in new.into_iter().filter(|file| !moved.contains(folder_of(file))) {
            self.put(&stage, &file.path)?;
        }
        for (path, off) in &changes.off {
            if *off == Off::Obsolete {
                self.remove(path)?;
            }
        }
        self.put(&stage, MANIFEST)?;
        self.clear(&stage)
    }

    fn stage(
        &self,
        stage: &Path,
        new: &[&OutputFile],
        folders: &BTreeSet<&Path>,
        manifest: &Manifest,
    ) -> Result<(), Failure> {
        // In both places, so that moving meets nothing new.
        let both = |folder: &&Path| [stage.join(folder), self.path.join(folder)];
        for folder in std::iter::once(stage.to_owned()).chain(folders.iter().flat_map(both)) {
            fs::create_dir_all(&folder).map_err(|error| Failure::io("create", &folder, &error))?;
        }
        let write = |path: &str, text: &str| {
            let path = stage.join(path);
            fs::write(&path, text).map_err(|error| Failure::io("write", &path, &error))
        };
        write(MANIFEST, &manifest.text()?)?;
        // Only one core at a time can add to a folder.
        let by_folder: Vec<&[&OutputFile]> = new.chunk_by(|one, next| folder_of(one) == folder_of(next)).collect();
        let folder = |files: &&[&OutputFile]| files.iter().try_for_each(|file| write(&file.path, &file.text));
        cores::map(&by_folder, folder).into_iter().collect()
    }

    fn put(&self, stage: &Path, file: &str) -> Result<(), Failure> {
        let to = self.path.join(file);
        fs::rename(stage.join(file), &to).map_err(|error| Failure::io("write", &to, &error))
    }

    /// Removes a file of ours, and the folders that are empty then.
    fn remove(&self, file: &str) -> Result<(), Failure> {
        let path = self.path.join(file);
        match fs::remove_file(&path) {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(Failure::io("remove", &path, &error)),
        }
        for folder in path.ancestors().skip(1).take_while(|folder| **folder != *self.path) {
            // One that is not empty stays.
            if fs::remove_dir(folder).is_err() {
                break;
            }
        }
        Ok(())
    }

    /// Also what a run that was killed has left.
    fn clear(&self, stage: &Path) -> Result<(), Failure> {
        match fs::remove_dir_all(stage) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(Failure::io("remove", stage, &error)),
            _ => Ok(()),
        }
    }
}

/// Where a file stands, below the documentation's folder.
fn folder_of(file: &OutputFile) -> &Path {
    Path::new(&file.path).parent().unwrap_or(Path::new(""))
}

/// Whether a path stays within the folder: the list of files is a file, and files can be tampered with.
fn is_below(path: &str) -> bool {
    !path.is_empty() && Path::new(path).components().all(|part| matches!(part, Component::Normal(_)))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use howdah_schema::OutputFile;

    use super::{Folder, MANIFEST, Off, STAGE, is_below};
    use crate::docs::formats::Format;

    fn formats() -> BTreeSet<Format> {
        BTreeSet::from([Format::Markdown])
    }

    fn update(path: &std::path::Path, files: &[(&str, &str)]) -> Vec<(String, Off)> {
        let files: Vec<OutputFile> = files.iter().map(|(path, text)| OutputFile::new(*path, *text)).collect();
        let folder = Folder::open(path).unwrap();
        let changes = folder.compare(&files).unwrap();
        folder.update(&files, &formats(), &changes).unwrap();
        changes.off.into_iter().collect()
    }

    #[test]
    fn files_come_change_and_go() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("docs/database");
        let missing = update(&path, &[("a.md", "a"), ("tables/b.md", "b")]);
        assert_eq!(missing, [("a.md".to_owned(), Off::Missing), ("tables/b.md".to_owned(), Off::Missing)]);
        assert!(!path.join(STAGE).exists() && path.join(MANIFEST).exists());
        assert!(update(&path, &[("a.md", "a"), ("tables/b.md", "b")]).is_empty());

        std::fs::write(path.join("notes.md"), "mine").unwrap();
        std::fs::write(path.join("a.md"), "by hand").unwrap();
        let changed = update(&path, &[("a.md", "a2")]);
        assert_eq!(changed, [("a.md".to_owned(), Off::Edited), ("tables/b.md".to_owned(), Off::Obsolete)]);
        assert_eq!(std::fs::read_to_string(path.join("a.md")).unwrap(), "a2");
        assert!(!path.join("tables").exists());
        assert_eq!(std::fs::read_to_string(path.join("notes.md")).unwrap(), "mine");
        assert_eq!(update(&path, &[("a.md", "a3")]), [("a.md".to_owned(), Off::Outdated)]);
    }

    #[test]
    fn a_folder_that_is_in_use_is_added_to() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path();
        std::fs::create_dir_all(path.join("tables")).unwrap();
        std::fs::create_dir_all(path.join("views")).unwrap();
        std::fs::write(path.join("tables/mine.md"), "mine").unwrap();
        update(path, &[("tables/a.md", "a"), ("views/b.md", "b"), ("site/c.html", "c"), ("site/views/d.html", "d")]);
        let read = |file: &str| std::fs::read_to_string(path.join(file)).unwrap();
        assert_eq!(read("tables/mine.md"), "mine");
        let ours = ["tables/a.md", "views/b.md", "site/c.html", "site/views/d.html"].map(read);
        assert_eq!(ours, ["a", "b", "c", "d"]);
        assert!(!path.join(STAGE).exists());
    }

    #[test]
    fn what_somebody_else_put_there_is_told() {
        let place = tempfile::tempdir().unwrap();
        std::fs::write(place.path().join("README.md"), "mine").unwrap();
        let folder = Folder::open(place.path()).unwrap();
        let changes = folder.compare(&[OutputFile::new("README.md", "ours")]).unwrap();
        assert_eq!(changes.foreign, ["README.md"]);
    }

    #[test]
    fn a_list_that_was_tampered_with_reaches_nothing_outside() {
        for path in ["../x", "/etc/passwd", "a/../../b", "", "./a"] {
            assert!(!is_below(path), "{path}");
        }
        assert!(is_below("tables/a.md"));
    }

    #[test]
    fn an_update_that_fails_changes_nothing() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path();
        update(path, &[("a.md", "a"), ("b.md", "b")]);
        // A folder stands where a file of the new documentation belongs.
        std::fs::create_dir(path.join("c.md")).unwrap();
        let files = [OutputFile::new("a.md", "a2"), OutputFile::new("c.md/d.md", "x"), OutputFile::new("c.md", "c")];
        let folder = Folder::open(path).unwrap();
        let failed = folder.compare(&files);
        assert!(failed.is_err());
        assert_eq!(std::fs::read_to_string(path.join("a.md")).unwrap(), "a");
    }
}
