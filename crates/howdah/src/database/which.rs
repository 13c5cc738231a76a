//! `--env`: which database a command works on, said in one way by all that work on one.

use super::Database;
use crate::config::Config;
use crate::context::Context;
use crate::project::Project;

/// Which database is meant.
#[derive(clap::Args, Debug, Default)]
pub(crate) struct Which {
    /// An environment of howdah.toml; by default the project's database
    #[arg(long, value_name = "NAME")]
    pub(crate) env: Option<String>,
}

/// A database, and the settings that hold for it.
pub(crate) struct Opened {
    pub(crate) database: Database,
    pub(crate) project: Option<Project>,
    pub(crate) config: Config,
}

impl Which {
    /// That of `[env.NAME]`, else the one that the settings name, in a project or not.
    ///
    /// # Errors
    /// Those of [`Database::open_in`]; with `--env`, that this is no project.
    pub(crate) async fn open(&self, context: &Context) -> anyhow::Result<Opened> {
        if self.env.is_some() {
            let project = context.project(&[])?;
            let database = Database::open_in(&project, self.env.as_deref(), context).await?;
            return Ok(Opened { database, config: project.config.clone(), project: Some(project) });
        }
        let (project, config) = context.config(&[])?;
        let database = Database::open(project.as_ref(), &config, context).await?;
        Ok(Opened { database, project, config })
    }
}
