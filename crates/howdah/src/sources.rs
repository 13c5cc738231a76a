//! What a command compares: `FROM` and `TO`, as they are written on the command line, made into catalogs.

use std::path::{Path, PathBuf};

use howdah_pg::Target;
use howdah_pg::migrate::Folder;
use howdah_pg::schema::{self, Source};
use howdah_pg::script::SqlFile;

use crate::config::Config;
use crate::context::Context;
use crate::database::Database;
use crate::failure::Failure;
use crate::project::Project;
use crate::scratch::{Needs, Scratch};

/// How it is explained in the help.
pub(crate) const HELP: &str = "\
FROM and TO are each one of
  postgres://…       a live database, which is only read
  FILE.sql, FOLDER   SQL, loaded into a scratch database in the order of the paths
  migrations:FOLDER  what these migrations make
  env:NAME           the database of [env.NAME] in howdah.toml
  schema, migrations, database
                     the project's own
  empty              an empty database";

/// The same for a command that takes one.
pub(crate) const HELP_ONE: &str = "\
FROM is one of
  postgres://…       a live database, which is only read
  FILE.sql, FOLDER   SQL, loaded into a scratch database in the order of the paths
  migrations:FOLDER  what these migrations make
  env:NAME           the database of [env.NAME] in howdah.toml
  schema, migrations, database
                     the project's own";

/// One side of a comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Spec {
    Empty,
    /// A file or folder of SQL.
    Files(PathBuf),
    /// A folder of migrations.
    Migrations(PathBuf),
    Url(String),
    /// `[env.NAME]`.
    Environment(String),
    /// The project's schema folder.
    Schema,
    /// The project's migrations.
    OwnMigrations,
    /// The project's database.
    Database,
}

impl Spec {
    /// Reads what was written. In a project three words stand for its own; elsewhere they are paths.
    ///
    /// # Errors
    /// There is no such thing.
    pub(crate) fn read(text: &str, project: Option<&Project>) -> Result<Self, Failure> {
        if text == "empty" {
            return Ok(Self::Empty);
        }
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(Self::Url(text.to_owned()));
        }
        if let Some(folder) = text.strip_prefix("migrations:") {
            let path = PathBuf::from(folder);
            if !path.is_dir() {
                return Err(Failure::usage("source-not-found", format!("there is no folder {folder}"))
                    .hint("after migrations: stands the folder that the NNNN_name.up.sql files are in"));
            }
            return Ok(Self::Migrations(path));
        }
        if let Some(name) = text.strip_prefix("env:") {
            return Ok(Self::Environment(name.to_owned()));
        }
        match text {
            "schema" if project.is_some() => return Ok(Self::Schema),
            "migrations" if project.is_some() => return Ok(Self::OwnMigrations),
            "database" if project.is_some() => return Ok(Self::Database),
            _ => {}
        }
        let path = PathBuf::from(text);
        if !path.exists() {
            return Err(not_found(text));
        }
        if path.is_dir() && holds_migrations(&path) {
            return Err(Failure::usage("source-is-migrations", format!("{text} holds migrations, not a schema"))
                .hint(format!("to compare what they make, write migrations:{text}")));
        }
        Ok(Self::Files(path))
    }
}

fn not_found(text: &str) -> Failure {
    let failure = Failure::usage("source-not-found", format!("there is no file or folder {text}"));
    if text.contains("://") {
        return failure.hint("a database's URL begins with postgres://");
    }
    match howdah_schema::nearest(text, ["empty", "schema", "migrations", "database"]) {
        Some(word) if word != text => failure.hint(format!("did you mean `{word}`?")),
        Some(word) => failure.hint(format!("`{word}` means the project's own, and this is no project")),
        None => failure.hint("a source is a URL, a path, migrations:FOLDER, env:NAME or empty"),
    }
}

/// Loading their up and down files in the order of their names would be nonsense.
pub(crate) fn holds_migrations(folder: &Path) -> bool {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let names: Vec<String> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    !names.is_empty() && names.iter().any(|name| name.ends_with(".up.sql"))
}

/// Both sides, read, and the server that they were tried out on.
#[derive(Debug)]
pub(crate) struct Pair {
    pub(crate) from: Source,
    pub(crate) to: Source,
    pub(crate) scratch: Scratch,
}

/// Where `FROM` and `TO` are read from.
#[derive(Debug)]
pub(crate) struct Sources<'a> {
    pub(crate) project: Option<&'a Project>,
    pub(crate) config: &'a Config,
    /// `--scratch`.
    pub(crate) scratch: Option<&'a str>,
}

impl Sources<'_> {
    /// Reads both.
    ///
    /// # Errors
    /// What keeps either from being read.
    pub(crate) async fn pair(&self, from: &Spec, to: &Spec, context: &Context) -> anyhow::Result<Pair> {
        let live_from = self.live(from, context).await?;
        let live_to = self.live(to, context).await?;
        let major = live_from.as_ref().or(live_to.as_ref()).map(|source| source.catalog.postgres_major);
        let scratch = self.scratch(major, context).await?;
        // Each stands beside the other one only if that is a live database: files know of no server.
        let (from, to) = match (live_from, live_to) {
            (Some(from), Some(to)) => (from, to),
            (Some(live), None) => {
                let to = self.built(to, Some(&live), &scratch).await?;
                (live, to)
            }
            (None, Some(live)) => (self.built(from, Some(&live), &scratch).await?, live),
            (None, None) => (self.built(from, None, &scratch).await?, self.built(to, None, &scratch).await?),
        };
        Ok(Pair { from, to, scratch })
    }

    /// A scratch server for a result of that major version.
    ///
    /// # Errors
    /// Those of the cluster and of PostgreSQL.
    pub(crate) async fn scratch(&self, major: Option<u32>, context: &Context) -> anyhow::Result<Scratch> {
        let url = self.scratch.or(self.config.scratch_url());
        Scratch::open(Needs { url, major, project: self.project }, context).await
    }

    /// The major version of a database's server.
    ///
    /// # Errors
    /// It cannot be reached.
    pub(crate) async fn live_major(&self, database: &Database) -> anyhow::Result<u32> {
        let client = database.target.client().await?;
        Ok(schema::server_major(&client).await?)
    }

    /// Reads it, if it is a live database.
    ///
    /// # Errors
    /// It cannot be reached or read.
    pub(crate) async fn live(&self, spec: &Spec, context: &Context) -> anyhow::Result<Option<Source>> {
        let target = match spec {
            Spec::Url(url) => Target::parse(url)?,
            Spec::Environment(name) => Target::parse(&self.config.declared_environment(name)?.url()?)?,
            Spec::Database => {
                let database = Database::open(self.project, self.config, context).await?;
                context.out.target(&format!("Reading {}", database.label()));
                let source = schema::read_live(&database.target).await;
                database.close()?;
                return Ok(Some(source?));
            }
            _ => return Ok(None),
        };
        context.out.target(&format!("Reading {}", target.redacted()));
        Ok(Some(schema::read_live(&target).await?))
    }

    /// Builds it on the scratch server, if it is no live database.
    ///
    /// # Errors
    /// A statement that PostgreSQL refuses, and files that cannot be read.
    pub(crate) async fn built(
        &self,
        spec: &Spec,
        beside: Option<&Source>,
        scratch: &Scratch,
    ) -> anyhow::Result<Source> {
        let server = &scratch.server;
        Ok(match spec {
            Spec::Files(path) => {
                schema::read_files(server, &read_files(path)?, beside, &path.display().to_string()).await?
            }
            Spec::Schema => {
                let folder = self.own("schema")?.schema_folder();
                let folder = crate::migrations::as_seen_from_here(&folder);
                schema::read_files(server, &read_files(&folder)?, beside, &folder.display().to_string()).await?
            }
            Spec::Migrations(path) => {
                let folder = Folder::read(path)?;
                schema::read_migrations(server, &folder, None, beside, &format!("migrations:{}", path.display()))
                    .await?
            }
            Spec::OwnMigrations => {
                let folder = crate::migrations::folder(self.own("migrations")?)?;
                schema::read_migrations(server, &folder, None, beside, "the migrations").await?
            }
            // Live ones have been read already.
            Spec::Empty | Spec::Url(_) | Spec::Environment(_) | Spec::Database => schema::read_empty(server).await?,
        })
    }

    fn own(&self, what: &str) -> Result<&Project, Failure> {
        self.project.ok_or_else(|| not_found(what))
    }
}

/// The SQL files at a path, in the order of their paths.
///
/// # Errors
/// A file that cannot be read or is not UTF-8.
pub(crate) fn read_files(path: &Path) -> Result<Vec<SqlFile>, Failure> {
    let read = if path.is_dir() { SqlFile::read_folder(path) } else { SqlFile::read(path).map(|file| vec![file]) };
    let mut files = read.map_err(|error| Failure::new(error.code(), error.to_string()))?;
    // By path as text: the order must not depend on how a file system lists its entries.
    files.sort_by(|left, right| left.name.cmp(&right.name));
    for file in &mut files {
        file.text = without_restrict(&file.text);
    }
    Ok(files)
}

/// pg_dump begins and ends its dumps with a command for psql, `\restrict`, which means nothing here. What stands after it
/// keeps its place.
pub(crate) fn without_restrict(text: &str) -> String {
    let line = |line: &str| match line.strip_prefix('\\') {
        Some(command) if command.starts_with("restrict ") || command.starts_with("unrestrict ") => {
            // The columns after it stay what they are.
            format!("--{}", &command[1..])
        }
        _ => line.to_owned(),
    };
    text.split_inclusive('\n').map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::{Spec, without_restrict};

    #[test]
    fn what_is_written() {
        let read = |text: &str| Spec::read(text, None);
        assert_eq!(read("empty").unwrap(), Spec::Empty);
        assert_eq!(read("postgresql://a/b").unwrap(), Spec::Url("postgresql://a/b".into()));
        assert_eq!(read("migrations:src").unwrap(), Spec::Migrations("src".into()));
        assert_eq!(read("migrations:no/such").unwrap_err().code, "source-not-found");
        assert_eq!(read("env:staging").unwrap(), Spec::Environment("staging".into()));
        assert_eq!(read("Cargo.toml").unwrap(), Spec::Files("Cargo.toml".into()));
        let missing = |text: &str| read(text).unwrap_err();
        assert_eq!(missing("emtpy").hint.as_deref(), Some("did you mean `empty`?"));
        assert!(missing("mysql://a/b").hint.as_deref().unwrap().contains("postgres://"));
        assert!(missing("database").hint.as_deref().unwrap().contains("no project"));
        assert_eq!(missing("no/such/file.sql").code, "source-not-found");
    }

    #[test]
    fn a_dump_is_sql_but_for_two_lines() {
        let dump = "\\restrict aBc\n\nselect 1;\n\\unrestrict aBc\n";
        let sql = without_restrict(dump);
        assert_eq!(sql, "--estrict aBc\n\nselect 1;\n--nrestrict aBc\n");
        assert_eq!(sql.len(), dump.len());
        assert_eq!(without_restrict("\\i x.sql\n"), "\\i x.sql\n");
    }
}
