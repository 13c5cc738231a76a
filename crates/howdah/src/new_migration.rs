//! A migration that is about to be written: its number, its name, and its two files.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use howdah_pg::migrate::{Draft, Folder};
use howdah_schema::diff::Plan;

use crate::failure::Failure;

/// The texts of `NNNN_name.up.sql` and `.down.sql`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NewMigration {
    pub(crate) version: i64,
    pub(crate) name: String,
    pub(crate) draft: Draft,
}

impl NewMigration {
    pub(crate) fn new(version: i64, name: String, up: &Plan, down: &Plan) -> Self {
        Self { version, name, draft: Draft::new(up, down) }
    }

    /// `0007_add_bio`
    pub(crate) fn title(&self) -> String {
        format!("{:04}_{}", self.version, self.name)
    }

    /// Where its files go: up, down.
    pub(crate) fn paths(&self, folder: &Path) -> [PathBuf; 2] {
        ["up", "down"].map(|half| folder.join(format!("{}.{half}.sql", self.title())))
    }

    /// Writes both files and the list of checksums, or nothing.
    ///
    /// # Errors
    /// A file is there already, or the folder cannot be written.
    pub(crate) fn write(&self, folder: &Folder) -> anyhow::Result<()> {
        let path = folder.path();
        fs::create_dir_all(path).map_err(|error| Failure::io("create", path, &error))?;
        let [up, down] = self.paths(path);
        for path in [&up, &down] {
            if path.exists() {
                return Err(Failure::new("file-exists", format!("{} is there already", path.display())).into());
            }
        }
        place(&down, &self.draft.down)?;
        if let Err(failure) = place(&up, &self.draft.up) {
            // Without its counterpart it would only be in the way.
            let _ = fs::remove_file(&down);
            return Err(failure.into());
        }
        let listed = Folder::read(path).and_then(|folder| folder.write_checksums());
        if let Err(error) = listed {
            let _ = fs::remove_file(&up);
            let _ = fs::remove_file(&down);
            return Err(error.into());
        }
        Ok(())
    }
}

/// Whole and for good, or not at all.
fn place(path: &Path, text: &str) -> Result<(), Failure> {
    let failed = |error: &std::io::Error| Failure::io("write", path, error);
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let beside = path.with_file_name(format!(".{name}.{}", std::process::id()));
    let written = fs::File::create(&beside)
        .and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&beside, path));
    written.map_err(|error| {
        let _ = fs::remove_file(&beside);
        failed(&error)
    })
}

#[cfg(test)]
mod tests {
    use howdah_schema::catalog::ObjectId;
    use howdah_schema::diff::{Plan, Step, Verb};

    use super::NewMigration;

    fn plan(sql: &str) -> Plan {
        Plan { steps: vec![Step::new(Verb::Alter, ObjectId::Schema("public".into()), sql)] }
    }

    #[test]
    fn both_files_or_none() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("migrations");
        let folder = howdah_pg::migrate::Folder::from_files(&path, Vec::new()).unwrap();
        let migration = NewMigration::new(1, "first".into(), &plan("select 1"), &plan("select 2"));
        migration.write(&folder).unwrap();
        let mut names: Vec<_> =
            std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        assert_eq!(names, ["0001_first.down.sql", "0001_first.up.sql", "checksums"]);
        assert!(migration.write(&folder).unwrap_err().to_string().contains("is there already"));

        std::fs::create_dir(path.join("0002_second.up.sql.d")).unwrap();
        let second = NewMigration::new(2, "second".into(), &plan("select 1"), &plan("select 2"));
        std::fs::write(path.join("checksums"), "nonsense\n").unwrap();
        assert!(second.write(&folder).is_err());
        assert!(!path.join("0002_second.up.sql").exists() && !path.join("0002_second.down.sql").exists());
    }
}
