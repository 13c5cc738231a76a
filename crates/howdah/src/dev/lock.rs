//! One `howdah dev` a project: a lock that dies with its process, and a note of where that process serves.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::failure::Failure;
use crate::project::Project;

/// What the running one says of itself. Written once it serves.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Note {
    pub(crate) pid: u32,
    pub(crate) url: Option<String>,
}

/// Held as long as `howdah dev` runs. The system lets go of it when the process ends, killed or not.
#[derive(Debug)]
pub(crate) struct DevLock {
    note: PathBuf,
    _file: File,
}

impl DevLock {
    /// Takes the lock of the project.
    ///
    /// # Errors
    /// Another `howdah dev` holds it, or the folder cannot be written.
    pub(crate) fn take(project: &Project) -> Result<Self, Failure> {
        let folder = project.state_folder();
        fs::create_dir_all(&folder).map_err(|error| Failure::io("create", &folder, &error))?;
        let path = folder.join("dev.lock");
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(|error| Failure::io("open", &path, &error))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(running(project, "start another")),
            Err(TryLockError::Error(error)) => return Err(Failure::io("lock", &path, &error)),
        }
        let lock = Self { note: note_path(&folder), _file: file };
        lock.write(&Note { pid: std::process::id(), url: None })?;
        Ok(lock)
    }

    /// Notes where it serves.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(crate) fn serves(&self, url: &str) -> Result<(), Failure> {
        self.write(&Note { pid: std::process::id(), url: Some(url.to_owned()) })
    }

    fn write(&self, note: &Note) -> Result<(), Failure> {
        let failed = |error: &std::io::Error| Failure::io("write", &self.note, error);
        let text = serde_json::to_string(note).map_err(|error| failed(&error.into()))?;
        let next = self.note.with_extension("next");
        fs::write(&next, text).and_then(|()| fs::rename(&next, &self.note)).map_err(|error| failed(&error))
    }
}

impl Drop for DevLock {
    fn drop(&mut self) {
        // A note that stays behind says nothing without the lock.
        let _ = fs::remove_file(&self.note);
    }
}

/// Refuses what would pull the database out from under a running `howdah dev`.
///
/// # Errors
/// One is running.
pub(crate) fn refuse_while_running(project: &Project, doing: &str) -> Result<(), Failure> {
    let path = project.state_folder().join("dev.lock");
    match File::options().write(true).open(&path).map(|file| file.try_lock()) {
        Ok(Err(TryLockError::WouldBlock)) => Err(running(project, doing)),
        _ => Ok(()),
    }
}

fn running(project: &Project, doing: &str) -> Failure {
    let note = fs::read_to_string(note_path(&project.state_folder()))
        .ok()
        .and_then(|text| serde_json::from_str::<Note>(&text).ok())
        .unwrap_or_default();
    let who = if note.pid == 0 { String::new() } else { format!(" (process {})", note.pid) };
    let at = note.url.map_or_else(|| ", still starting".to_owned(), |url| format!(" and serves {url}"));
    Failure::new("dev-running", format!("`howdah dev` is already running in {}{who}{at}", project.root.display()))
        .hint(format!("use that one, or stop it with Ctrl+C before you {doing}"))
}

fn note_path(folder: &Path) -> PathBuf {
    folder.join("dev.json")
}

#[cfg(test)]
mod tests {
    use super::{DevLock, refuse_while_running};
    use crate::project::Project;

    #[test]
    fn a_second_one_is_told_where_the_first_serves() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("howdah.toml"), "").unwrap();
        let project = Project::open(folder.path(), &[]).unwrap();
        assert!(refuse_while_running(&project, "stop it").is_ok());
        let lock = DevLock::take(&project).unwrap();
        assert!(DevLock::take(&project).unwrap_err().message.ends_with(", still starting"));
        lock.serves("http://127.0.0.1:8080").unwrap();
        let refused = refuse_while_running(&project, "stop it").unwrap_err();
        assert!(refused.message.ends_with("and serves http://127.0.0.1:8080"), "{}", refused.message);
        drop(lock);
        assert!(refuse_while_running(&project, "stop it").is_ok());
        assert!(!folder.path().join(".howdah/dev.json").exists());
    }
}
