//! What is to be judged, as it is written on the command line.

use std::path::{Path, PathBuf};

use howdah_pg::migrate::Folder;
use howdah_pg::script::SqlFile;

use crate::failure::Failure;
use crate::migrations;
use crate::project::Project;
use crate::sources::{Spec, holds_migrations, read_files};

/// Of which files findings are told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Only(
    /// Files and folders in full; none for all.
    Vec<PathBuf>,
);

impl Only {
    pub(super) fn is_all(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn has(&self, file: &str) -> bool {
        self.is_all()
            || Path::new(file).canonicalize().is_ok_and(|file| self.0.iter().any(|path| file.starts_with(path)))
    }
}

/// Migrations, and of which of them is told.
#[derive(Debug)]
pub(super) struct Migrations {
    pub(super) folder: Folder,
    pub(super) only: Only,
    /// The project's own.
    pub(super) own: bool,
}

/// All that is to be judged.
#[derive(Debug, Default)]
pub(super) struct Subject {
    /// The project's schema folder.
    pub(super) schema: Option<Only>,
    pub(super) migrations: Vec<Migrations>,
    /// Other SQL, each file by itself.
    pub(super) files: Vec<SqlFile>,
    /// Down files of migrations, which the runner runs.
    pub(super) down: Vec<SqlFile>,
    /// Databases.
    pub(super) live: Vec<Spec>,
}

impl Subject {
    /// Reads what was written; nothing means the project.
    ///
    /// # Errors
    /// There is no such thing, or it cannot be read.
    pub(super) fn read(paths: &[String], project: Option<&Project>) -> anyhow::Result<Self> {
        let mut subject = Self::default();
        if paths.is_empty() {
            let Some(project) = project else {
                return Err(Failure::usage(
                    "project-not-found",
                    "no howdah.toml here or in a folder above, and no PATH",
                )
                .hint("name SQL files or a database: `howdah lint deploy.sql`, `howdah lint postgres://…`")
                .into());
            };
            subject.schema = Some(Only::default());
            subject.own_migrations(project, Only::default())?;
            return Ok(subject);
        }
        for text in paths {
            let path = Path::new(text);
            let is_word = matches!(text.as_str(), "schema" | "migrations" | "database" | "empty");
            if path.exists() && (project.is_none() || !is_word) {
                subject.path(path, project)?;
            } else {
                subject.spec(Spec::read(text, project)?, project)?;
            }
        }
        Ok(subject)
    }

    fn spec(&mut self, spec: Spec, project: Option<&Project>) -> anyhow::Result<()> {
        match (spec, project) {
            (Spec::Schema, _) => self.schema = Some(Only::default()),
            (Spec::OwnMigrations, Some(project)) => self.own_migrations(project, Only::default())?,
            (Spec::Migrations(path), _) => self.other_migrations(&path)?,
            (Spec::Files(path), project) => self.path(&path, project)?,
            (spec, _) => self.live.push(spec),
        }
        Ok(())
    }

    fn path(&mut self, path: &Path, project: Option<&Project>) -> anyhow::Result<()> {
        let full = path.canonicalize().map_err(|error| Failure::io("open", path, &error))?;
        let within = |folder: PathBuf| folder.canonicalize().is_ok_and(|folder| full.starts_with(folder));
        if let Some(project) = project {
            if within(project.schema_folder()) {
                let all = self.schema.as_ref().is_some_and(Only::is_all);
                if !all {
                    self.schema.get_or_insert_default().0.push(full);
                }
                return Ok(());
            }
            if within(project.migrations_folder()) {
                // Going back is judged only for who names the file.
                if path.to_string_lossy().ends_with(".down.sql") {
                    self.down.extend(read_files(path)?);
                    return Ok(());
                }
                return self.own_migrations(project, Only(vec![full]));
            }
        }
        if path.is_dir() && holds_migrations(path) {
            return self.other_migrations(path);
        }
        self.files.extend(read_files(path)?);
        Ok(())
    }

    fn own_migrations(&mut self, project: &Project, only: Only) -> anyhow::Result<()> {
        let own = self.migrations.iter_mut().find(|migrations| migrations.own);
        if let Some(own) = own {
            if only.is_all() {
                own.only = only;
            } else if !own.only.is_all() {
                own.only.0.extend(only.0);
            }
            return Ok(());
        }
        // A project without a folder of them has none.
        if project.migrations_folder().exists() {
            let folder = migrations::folder_unverified(project)?;
            self.migrations.push(Migrations { folder, only, own: true });
        }
        Ok(())
    }

    fn other_migrations(&mut self, path: &Path) -> anyhow::Result<()> {
        let folder = Folder::read_unverified(path)?;
        self.migrations.push(Migrations { folder, only: Only::default(), own: false });
        Ok(())
    }
}
