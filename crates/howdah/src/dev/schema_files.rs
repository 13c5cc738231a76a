//! The files that say what the database should look like, as they are on the disk at one moment.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::failure::Failure;
use crate::project::Project;

/// One SQL file of the schema folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SchemaFile {
    /// Relative to the project, with `/`, such as `schema/10_notes.sql`.
    pub(crate) path: String,
    pub(crate) text: String,
}

/// All of them, in the order in which they are loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SchemaFiles {
    pub(crate) files: Vec<SchemaFile>,
}

impl SchemaFiles {
    /// Reads the schema folder of the project.
    ///
    /// # Errors
    /// It is missing, or holds a file that cannot be read or is not UTF-8.
    pub(crate) fn read(project: &Project) -> Result<Self, Failure> {
        let folder = project.schema_folder();
        let mut paths = Vec::new();
        collect(&folder, &mut paths).map_err(|(path, error)| {
            let failure = Failure::io("read", &path, &error);
            match error.kind() {
                ErrorKind::NotFound => failure.hint("the folder of the schema is `schema.path` in howdah.toml"),
                _ => failure,
            }
        })?;
        let mut files = Vec::new();
        for path in paths {
            let text = fs::read_to_string(&path).map_err(|error| Failure::io("read", &path, &error))?;
            let parts: Vec<_> =
                project.relative(&path).components().map(|part| part.as_os_str().to_string_lossy()).collect();
            files.push(SchemaFile { path: parts.join("/"), text });
        }
        // By path as text: the order must not depend on how a file system lists its entries.
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(Self { files })
    }

    /// Tells two states of the folder apart: 64 hexadecimal digits over names and contents.
    pub(crate) fn fingerprint(&self) -> String {
        let mut hash = Sha256::new();
        for file in &self.files {
            for part in [&file.path, &file.text] {
                hash.update((part.len() as u64).to_be_bytes());
                hash.update(part.as_bytes());
            }
        }
        hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// As one script, the way `howdah init` writes the first migration.
    pub(crate) fn concatenated(&self) -> String {
        let files = self.files.iter().map(|file| (file.path.as_str(), file.text.as_str()));
        crate::scaffold::templates::concatenate(files)
    }
}

/// Editors write temporary files beside the real one; what begins with a dot or does not end in `.sql` is not schema.
pub(crate) fn is_schema_file(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    name.ends_with(".sql") && !name.starts_with('.')
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) -> Result<(), (PathBuf, std::io::Error)> {
    let failed = |error| (folder.to_path_buf(), error);
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let path = entry.path();
        // Through links: a schema folder may be put together from elsewhere.
        match fs::metadata(&path) {
            Ok(found) if found.is_dir() && !entry.file_name().to_string_lossy().starts_with('.') => {
                collect(&path, paths)?;
            }
            Ok(found) if found.is_file() && is_schema_file(&path) => paths.push(path),
            Ok(_) => {}
            // Gone since it was listed: an editor at work, and its next event brings us back.
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err((path, error)),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::SchemaFiles;
    use crate::project::Project;

    #[test]
    fn files_come_in_order_and_editors_leave_no_trace() {
        let folder = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        write("howdah.toml", "");
        write("schema/10_b.sql", "b");
        write("schema/05_a.sql", "a");
        write("schema/20_more/01.sql", "c");
        let project = Project::open(folder.path(), &[]).unwrap();
        let files = SchemaFiles::read(&project).unwrap();
        let paths: Vec<&str> = files.files.iter().map(|file| file.path.as_str()).collect();
        assert_eq!(paths, ["schema/05_a.sql", "schema/10_b.sql", "schema/20_more/01.sql"]);

        write("schema/.10_b.sql.swp", "x");
        write("schema/.#10_b.sql", "x");
        write("schema/10_b.sql~", "x");
        assert_eq!(SchemaFiles::read(&project).unwrap().fingerprint(), files.fingerprint());
        write("schema/10_b.sql", "b2");
        assert_ne!(SchemaFiles::read(&project).unwrap().fingerprint(), files.fingerprint());
    }
}
