//! Which database a command acts on, and how that is said before it does.

pub(crate) mod private;
mod which;

use howdah_cluster::Started;
use howdah_pg::Target;

use crate::config::Config;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::project::Project;
use private::Private;

pub(crate) use which::{Opened, Which};

/// What a database is used for. What nobody named counts as production: that mistake costs least.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Environment {
    Named(String),
    /// `[env.NAME]` in howdah.toml.
    Declared {
        name: String,
        production: bool,
    },
    Unnamed,
}

impl Environment {
    fn of(config: &Config) -> Self {
        config.environment().map_or(Self::Unnamed, |name| Self::Named(name.to_owned()))
    }

    /// Whether destructive work must be confirmed by the database's name.
    pub(crate) fn is_production(&self) -> bool {
        match self {
            Self::Named(name) => name == "production",
            Self::Declared { production, .. } => *production,
            Self::Unnamed => true,
        }
    }

    fn label(&self) -> String {
        match self {
            Self::Declared { name, production: true } if name != "production" => format!("{name}, production"),
            Self::Named(name) | Self::Declared { name, .. } => name.clone(),
            Self::Unnamed => "unnamed environment: treated as production".to_owned(),
        }
    }
}

/// A database to act on.
#[derive(Debug)]
pub(crate) struct Database {
    pub(crate) target: Target,
    pub(crate) environment: Environment,
    /// Set when it is the project's own.
    private: Option<(Private, Started)>,
}

impl Database {
    /// The database that the settings name, logged in as who runs migrations: `database.url`, else the project's
    /// private cluster, which is started if it does not run.
    ///
    /// # Errors
    /// There is neither, or the cluster does not start.
    pub(crate) async fn open(project: Option<&Project>, config: &Config, context: &Context) -> anyhow::Result<Self> {
        if let Some(url) = config.database_url() {
            let target = Target::parse(url)?;
            return Ok(Self { target, environment: Environment::of(config), private: None });
        }
        let Some(project) = project else {
            return Err(Failure::usage("database-not-named", "no database is named, and this is not a Howdah project")
                .hint("set DATABASE_URL, or run it inside a project")
                .into());
        };
        let private = Private::open(project, context).await?;
        let started = private.start(context).await?;
        let target = private.owner(&private.database)?;
        let environment = Environment::Named("development".to_owned());
        Ok(Self { target, environment, private: Some((private, started)) })
    }

    /// The database of `[env.NAME]`; without a name as [`Database::open`].
    ///
    /// # Errors
    /// There is no such environment, or its variable is not set; and those of [`Database::open`].
    pub(crate) async fn open_in(project: &Project, name: Option<&str>, context: &Context) -> anyhow::Result<Self> {
        let Some(name) = name else { return Self::open(Some(project), &project.config, context).await };
        let declared = project.config.declared_environment(name)?;
        let target = Target::parse(&declared.url()?)?;
        let environment = Environment::Declared { name: name.to_owned(), production: declared.production };
        Ok(Self { target, environment, private: None })
    }

    /// `demo @ 127.0.0.1:54321 (development)`.
    pub(crate) fn label(&self) -> String {
        let endpoints: Vec<String> = self.target.endpoints.iter().map(ToString::to_string).collect();
        format!("{} @ {} ({})", self.target.dbname, endpoints.join(","), self.environment.label())
    }

    /// Asks for the name of a production database, so that nobody acts on one by habit.
    ///
    /// # Errors
    /// It is one, and `given` is not its name.
    pub(crate) fn confirm_name(&self, given: Option<&str>) -> Result<(), Failure> {
        let name = &self.target.dbname;
        if !self.environment.is_production() || given == Some(name) {
            return Ok(());
        }
        let hint = match self.environment {
            Environment::Named(_) | Environment::Declared { .. } => {
                format!("if that is what you want: --confirm {name}")
            }
            Environment::Unnamed => format!(
                "if it is no production database, say so: HOWDAH_DATABASE_ENVIRONMENT=development. \
                 If it is, and that is what you want: --confirm {name}"
            ),
        };
        Err(Failure::new("confirmation-required", format!("{} was not confirmed, so nothing was done", self.label()))
            .exit(Exit::Confirmation)
            .hint(hint))
    }

    /// The project's private cluster, if this is it.
    pub(crate) fn private(&self) -> Option<&Private> {
        self.private.as_ref().map(|(private, _)| private)
    }

    /// Leaves the private server as it was found: stopped, if it was started for this.
    ///
    /// # Errors
    /// It does not stop.
    pub(crate) fn close(self) -> anyhow::Result<()> {
        match self.private {
            Some((private, Started::New)) => private.stop(),
            _ => Ok(()),
        }
    }
}
