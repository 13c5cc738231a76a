//! What every command gets besides its own arguments.

use std::path::PathBuf;

use crate::config::{Config, Override};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;
use crate::project::Project;

/// The global flags, understood.
#[derive(Debug)]
pub(crate) struct Context {
    pub(crate) out: Output,
    /// `--project`.
    pub(crate) project: Option<PathBuf>,
    /// `--yes`.
    pub(crate) yes: bool,
}

impl Context {
    /// The project this run is about.
    ///
    /// # Errors
    /// There is none, or its settings are wrong.
    pub(crate) fn project(&self, overrides: &[Override]) -> Result<Project, Failure> {
        Project::find(self.project.as_deref(), overrides)
    }

    /// The settings that hold here, in a project or not.
    ///
    /// # Errors
    /// A setting is wrong, or `--project` names no project.
    pub(crate) fn config(&self, overrides: &[Override]) -> Result<(Option<Project>, Config), Failure> {
        match Project::find_maybe(self.project.as_deref(), overrides)? {
            Some(project) => {
                let config = project.config.clone();
                Ok((Some(project), config))
            }
            None => Ok((None, Config::load(None, overrides)?)),
        }
    }

    /// Asks before something is destroyed. `--yes` answers for the person; without a terminal nobody can, and
    /// waiting for an answer that cannot come would hang a pipeline.
    ///
    /// # Errors
    /// Nobody there to ask, or the answer is no.
    pub(crate) async fn confirm(&self, question: &str) -> Result<(), Failure> {
        if self.yes {
            return Ok(());
        }
        let not_confirmed = |message: &str| Failure::new("confirmation-required", message).exit(Exit::Confirmation);
        if !self.out.can_ask() {
            return Err(not_confirmed(&format!("{question} Nobody is here to answer, so nothing was done"))
                .hint("run it with --yes if that is what you want"));
        }
        crate::output::ask(&format!("{question} [y/N] "));
        // On a thread of its own, which Ctrl+C need not wait for.
        let answer = tokio::task::spawn_blocking(|| {
            let mut answer = String::new();
            std::io::stdin().read_line(&mut answer).map(|_| answer)
        });
        let answer = answer.await.map_err(|_| Failure::interrupted())?;
        let answer = answer.map_err(|error| not_confirmed(&error.to_string()))?;
        match answer.trim().to_lowercase().as_str() {
            "y" | "yes" => Ok(()),
            _ => Err(not_confirmed("not confirmed, so nothing was done")),
        }
    }
}
