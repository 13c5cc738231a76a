//! The schema that is documented, and a place where its queries can be tried out.

use std::sync::Arc;

use howdah_pg::Target;
use howdah_pg::migrate::{Folder, MigrationState, Runner};
use howdah_pg::schema::{self, ScratchDatabase, ScratchServer, Source};

use crate::context::Context;
use crate::database::Database;
use crate::dev::bookkeeping;
use crate::failure::Failure;
use crate::migrations;
use crate::own_schema::Wanted;
use crate::project::Project;
use crate::scratch::Scratch;
use crate::sources::{Sources, Spec, read_files};

/// Where the schema stands with which queries are tried out.
#[derive(Debug)]
pub(crate) enum Place {
    /// It belongs to somebody.
    Live(Box<Target>),
    /// Built from files for this run.
    Built(Box<ScratchDatabase>),
}

/// The migrations behind the schema, or why there are none.
#[derive(Debug)]
pub(crate) enum Migrations {
    /// The first so many, or all.
    Known(Folder, Option<usize>),
    /// For the reader.
    Unknown(String),
}

/// What is documented.
#[derive(Debug)]
pub(crate) struct Subject {
    /// Shared, because a large one is not copied in no time.
    pub(crate) source: Arc<Source>,
    pub(crate) place: Place,
    pub(crate) migrations: Migrations,
    /// Whether it is the project's own schema, for which what the project allows beside its SQL counts.
    pub(crate) own: bool,
    scratch: Option<Scratch>,
    /// Kept open for as long as queries run in it.
    database: Option<Database>,
}

impl Subject {
    /// Reads it.
    ///
    /// # Errors
    /// There is no such thing, or it cannot be read or built.
    pub(crate) async fn read(wanted: Wanted, sources: &Sources<'_>, context: &Context) -> anyhow::Result<Self> {
        let Wanted { spec, opened } = wanted;
        let own = matches!(spec, Spec::Schema | Spec::OwnMigrations | Spec::Database | Spec::Environment(_));
        let own = own && sources.project.is_some();
        match &spec {
            Spec::Database => {
                let database = match opened {
                    Some(database) => database,
                    None => Database::open(sources.project, sources.config, context).await?,
                };
                context.out.target(&format!("Reading {}", database.label()));
                let target = database.target.clone();
                match Self::live(target, own, sources).await {
                    Ok(subject) => Ok(Self { database: Some(database), ..subject }),
                    Err(error) => {
                        database.close()?;
                        Err(error)
                    }
                }
            }
            Spec::Url(url) => {
                let target = Target::parse(url)?;
                context.out.target(&format!("Reading {}", target.redacted()));
                Self::live(target, own, sources).await
            }
            Spec::Environment(name) => {
                let target = Target::parse(&sources.config.declared_environment(name)?.url()?)?;
                context.out.target(&format!("Reading {}", target.redacted()));
                Self::live(target, own, sources).await
            }
            Spec::Files(_) | Spec::Schema | Spec::Migrations(_) | Spec::OwnMigrations | Spec::Empty => {
                Self::built(&spec, own, sources, context).await
            }
        }
    }

    async fn live(target: Target, own: bool, sources: &Sources<'_>) -> anyhow::Result<Self> {
        let mut source = schema::read_live(&target).await?;
        // What Howdah keeps there is no part of what the files describe.
        source.catalog = bookkeeping::without(&source.catalog);
        let migrations = match sources.project.filter(|_| own) {
            Some(project) => applied(project, &target).await?,
            None => unknown("This schema was read from a database to which no folder of migrations belongs."),
        };
        Ok(Self {
            source: Arc::new(source),
            place: Place::Live(Box::new(target)),
            migrations,
            own,
            scratch: None,
            database: None,
        })
    }

    async fn built(spec: &Spec, own: bool, sources: &Sources<'_>, context: &Context) -> anyhow::Result<Self> {
        let scratch = sources.scratch(None, context).await?;
        let server = &scratch.server;
        let (built, migrations) = match spec {
            Spec::Migrations(path) => {
                context.out.target(&format!("Reading the migrations in {}", path.display()));
                let folder = Folder::read(path)?;
                let origin = format!("migrations:{}", path.display());
                (schema::build_migrations(server, &folder, None, None, &origin).await?, known(folder))
            }
            Spec::OwnMigrations => {
                context.out.target("Reading the project's migrations");
                let folder = migrations::folder(project(sources)?)?;
                (schema::build_migrations(server, &folder, None, None, "the migrations").await?, known(folder))
            }
            Spec::Files(path) => {
                context.out.target(&format!("Reading {}", path.display()));
                let built = schema::build_files(server, &read_files(path)?, None, &path.display().to_string()).await?;
                (built, unknown("This schema was read from files to which no folder of migrations belongs."))
            }
            Spec::Schema => {
                let project = project(sources)?;
                let folder = migrations::as_seen_from_here(&project.schema_folder());
                context.out.target(&format!("Reading {}", folder.display()));
                let files = read_files(&folder)?;
                let built = schema::build_files(server, &files, None, &folder.display().to_string()).await?;
                (built, of_project(project)?)
            }
            Spec::Empty | Spec::Url(_) | Spec::Environment(_) | Spec::Database => {
                context.out.target("Reading an empty database");
                let built = schema::build_files(server, &[], None, "an empty database").await?;
                (built, unknown("An empty database has no migrations."))
            }
        };
        let (source, database) = built;
        Ok(Self {
            source: Arc::new(source),
            place: Place::Built(Box::new(database)),
            migrations,
            own,
            scratch: Some(scratch),
            database: None,
        })
    }

    /// Where copies can be made, opened when it is needed for the first time.
    ///
    /// # Errors
    /// Those of the cluster.
    pub(crate) async fn scratch(&mut self, sources: &Sources<'_>, context: &Context) -> anyhow::Result<&ScratchServer> {
        let scratch = match self.scratch.take() {
            Some(scratch) => scratch,
            None => sources.scratch(Some(self.source.catalog.postgres_major), context).await?,
        };
        Ok(&self.scratch.insert(scratch).server)
    }

    /// Leaves everything as it was found.
    ///
    /// # Errors
    /// The server does not stop, or a scratch database cannot be dropped.
    pub(crate) async fn close(self) -> anyhow::Result<()> {
        if let Place::Built(database) = self.place {
            database.remove().await?;
        }
        drop(self.scratch);
        match self.database {
            Some(database) => database.close(),
            None => Ok(()),
        }
    }
}

/// Neither a project nor a source.
pub(crate) fn nothing_named() -> Failure {
    let message = "no howdah.toml here or in a folder above, and no --from that says what to document";
    Failure::usage("project-not-found", message).hint("howdah docs --from postgres://… --out DIR")
}

fn project<'a>(sources: &Sources<'a>) -> Result<&'a Project, Failure> {
    sources.project.ok_or_else(|| Failure::usage("project-not-found", "this is no project"))
}

fn unknown(why: &str) -> Migrations {
    Migrations::Unknown(why.to_owned())
}

fn known(folder: Folder) -> Migrations {
    if folder.migrations().is_empty() { none() } else { Migrations::Known(folder, None) }
}

fn none() -> Migrations {
    unknown("The project has no migrations yet.")
}

fn of_project(project: &Project) -> anyhow::Result<Migrations> {
    if !project.migrations_folder().exists() {
        return Ok(none());
    }
    Ok(known(migrations::folder(project)?))
}

/// Those that a database has had.
async fn applied(project: &Project, target: &Target) -> anyhow::Result<Migrations> {
    let folder = match of_project(project)? {
        Migrations::Known(folder, _) => folder,
        unknown @ Migrations::Unknown(_) => return Ok(unknown),
    };
    let client = target.client().await?;
    let status = Runner::new(&client, &folder).status().await?;
    if status.problem.is_some() {
        return Ok(unknown(
            "The migrations in the project's folder are not those that the database has had; `howdah check` says more.",
        ));
    }
    let applied = status.migrations.iter().filter(|found| found.state == MigrationState::Applied).count();
    if applied == 0 {
        return Ok(unknown("No migration has been applied to the database."));
    }
    Ok(Migrations::Known(folder, Some(applied)))
}
