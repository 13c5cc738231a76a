//! Which project a command works on.

use std::path::{Path, PathBuf};

use crate::config::{Config, FILE_NAME, Override};
use crate::failure::Failure;

/// A folder with a `howdah.toml`, and its settings.
#[derive(Clone, Debug)]
pub(crate) struct Project {
    pub(crate) root: PathBuf,
    pub(crate) config: Config,
}

impl Project {
    /// The project at exactly this folder.
    ///
    /// # Errors
    /// There is none, or its settings are wrong.
    pub(crate) fn open(root: &Path, overrides: &[Override]) -> Result<Self, Failure> {
        if !is_project(root) {
            return Err(Failure::usage("project-not-found", format!("{} holds no {FILE_NAME}", root.display()))
                .hint(format!("make a project there with `howdah init {}`", root.display())));
        }
        let root = root.canonicalize().map_err(|error| Failure::io("open", root, &error))?;
        let config = Config::load(Some(&root), overrides)?;
        Ok(Self { root, config })
    }

    /// The project that `--project` names, or the one the current folder is in.
    ///
    /// # Errors
    /// There is none, or its settings are wrong.
    pub(crate) fn find(named: Option<&Path>, overrides: &[Override]) -> Result<Self, Failure> {
        match Self::find_maybe(named, overrides)? {
            Some(project) => Ok(project),
            None => Err(Failure::usage(
                "project-not-found",
                format!("no {FILE_NAME} here or in a folder above: this is not a Howdah project"),
            )
            .hint("make one with `howdah init DIR`, or name one with --project DIR")),
        }
    }

    /// Like [`Project::find`], for commands that also work outside of a project.
    ///
    /// # Errors
    /// `--project` names no project, or its settings are wrong.
    pub(crate) fn find_maybe(named: Option<&Path>, overrides: &[Override]) -> Result<Option<Self>, Failure> {
        if let Some(named) = named {
            return Self::open(named, overrides).map(Some);
        }
        let here = current_folder()?;
        here.ancestors().find(|folder| is_project(folder)).map(|root| Self::open(root, overrides)).transpose()
    }

    pub(crate) fn schema_folder(&self) -> PathBuf {
        self.root.join(self.config.schema_path())
    }

    pub(crate) fn migrations_folder(&self) -> PathBuf {
        self.root.join(self.config.migrations_path())
    }

    /// Where the private cluster and everything else that git ignores lives.
    pub(crate) fn state_folder(&self) -> PathBuf {
        self.root.join(".howdah")
    }

    /// Where mails of development are put instead of being sent.
    pub(crate) fn mailbox_folder(&self) -> PathBuf {
        self.state_folder().join("mail")
    }

    /// `path` as a person in the project would write it.
    pub(crate) fn relative<'a>(&self, path: &'a Path) -> &'a Path {
        path.strip_prefix(&self.root).unwrap_or(path)
    }
}

pub(crate) fn is_project(folder: &Path) -> bool {
    folder.join(FILE_NAME).is_file()
}

/// The folder the command runs in.
///
/// # Errors
/// When it has been deleted meanwhile.
pub(crate) fn current_folder() -> Result<PathBuf, Failure> {
    std::env::current_dir().map_err(|error| Failure::io("find", Path::new("the current folder"), &error))
}
