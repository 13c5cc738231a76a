//! What is read when nobody says what: the project's database once migrations have been applied to it, before that its
//! files. Every command that derives something from the schema goes by this, so that what they derive fits together.

use howdah_pg::Target;
use howdah_pg::migrate::{MigrationState, Runner};

use crate::config::Config;
use crate::context::Context;
use crate::database::Database;
use crate::database::private::Private;
use crate::failure::Failure;
use crate::migrations;
use crate::project::Project;
use crate::sources::Spec;

/// What is to be read, and the project's database if that has been opened already.
#[derive(Debug)]
pub(crate) struct Wanted {
    pub(crate) spec: Spec,
    pub(crate) opened: Option<Database>,
}

impl From<Spec> for Wanted {
    fn from(spec: Spec) -> Self {
        Self { spec, opened: None }
    }
}

impl Wanted {
    /// What it is, for a reader that opens the database by itself.
    ///
    /// # Errors
    /// The server does not stop.
    pub(crate) fn close(self) -> anyhow::Result<Spec> {
        if let Some(database) = self.opened {
            database.close()?;
        }
        Ok(self.spec)
    }
}

/// The project's own schema.
///
/// # Errors
/// Its database or its migrations cannot be read.
pub(crate) async fn of(project: &Project, context: &Context) -> anyhow::Result<Wanted> {
    // Looking must not make a cluster that is not there.
    if project.config.database_url().is_none() && Private::existing(project, context).await?.is_none() {
        return Ok(Spec::Schema.into());
    }
    let database = Database::open(Some(project), &project.config, context).await?;
    match has_migrations(project, &database.target).await {
        Ok(true) => Ok(Wanted { spec: Spec::Database, opened: Some(database) }),
        Ok(false) => {
            database.close()?;
            Ok(Spec::Schema.into())
        }
        Err(error) => {
            database.close()?;
            Err(error)
        }
    }
}

/// What is named on the command line, or the project's own schema where nothing is.
///
/// # Errors
/// There is no such source, or there is no project and nothing is named.
pub(crate) async fn named_or_own(
    named: Option<&str>,
    project: Option<&Project>,
    config: &Config,
    context: &Context,
) -> anyhow::Result<Spec> {
    match (named, project) {
        (Some(named), project) => Ok(Spec::read(named, project)?),
        (None, Some(project)) => of(project, context).await?.close(),
        (None, None) if config.database_url().is_some() => Ok(Spec::Database),
        (None, None) => Err(Failure::usage("source-not-named", "this is not a Howdah project, and nothing is named")
            .hint("name what to read: --from schema.sql, or --from postgres://…")
            .into()),
    }
}

/// Whether any migration has been applied.
async fn has_migrations(project: &Project, target: &Target) -> anyhow::Result<bool> {
    const HISTORY: &str = "select to_regclass('howdah.migrations') is not null";
    let client = target.client().await?;
    if !project.migrations_folder().exists() {
        return Ok(client.query_one(HISTORY, &[]).await?.try_get(0)?);
    }
    let folder = migrations::folder(project)?;
    let status = Runner::new(&client, &folder).status().await?;
    Ok(status.problem.is_some() || status.migrations.iter().any(|found| found.state != MigrationState::Pending))
}
