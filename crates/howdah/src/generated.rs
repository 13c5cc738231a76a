//! SQL that commands write into the schema folder.
//!
//! What is generated is generated from the folder, without the file that is being written: that may stand on what is gone.

use std::fs;
use std::path::{Path, PathBuf};

use howdah_schema::Catalog;

use crate::config::Config;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::project::Project;
use crate::sources::{Sources, Spec, read_files};

/// Where SQL goes and what it is made from.
#[derive(clap::Args, Debug)]
pub(crate) struct Written {
    /// What to read; by default the project's schema folder, but for the file that is written
    #[arg(long, value_name = "FROM", value_hint = clap::ValueHint::AnyPath)]
    from: Option<String>,

    /// Where to write; `-` for stdout
    #[arg(long, short, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    output: Option<PathBuf>,

    /// Print what would be written, and write nothing
    #[arg(long)]
    pub(crate) dry_run: bool,

    /// A server to try things out on, used for nothing else; by default a private one
    #[arg(long, value_name = "URL")]
    scratch: Option<String>,
}

/// Where a command is at work.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) config: Config,
    pub(crate) catalog: Catalog,
    project: Option<Project>,
    /// `None` for stdout.
    file: Option<PathBuf>,
    dry_run: bool,
}

impl Place {
    /// Reads what is to be read. `name` is the file in the schema folder where nothing else is said.
    ///
    /// # Errors
    /// It cannot be read, or there is no project to read or to write to.
    pub(crate) async fn open(args: &Written, name: &str, context: &Context) -> anyhow::Result<Self> {
        let (project, config) = context.config(&[])?;
        let file = match (&args.output, &project) {
            (Some(output), _) if output.as_os_str() == "-" => None,
            (Some(output), _) => Some(output.clone()),
            (None, Some(project)) => Some(project.schema_folder().join(name)),
            (None, None) => {
                return Err(Failure::usage(
                    "output-not-named",
                    "this is not a Howdah project, so there is no schema folder",
                )
                .hint("say where to write: --output FILE, or --output - for stdout")
                .into());
            }
        };
        let sources = Sources { project: project.as_ref(), config: &config, scratch: args.scratch.as_deref() };
        let catalog = match (&args.from, &project) {
            (Some(from), _) => {
                let spec = Spec::read(from, project.as_ref())?;
                match sources.live(&spec, context).await? {
                    Some(live) => live.catalog,
                    None => sources.built(&spec, None, &sources.scratch(None, context).await?).await?.catalog,
                }
            }
            (None, Some(project)) => own(project, file.as_deref(), &sources, context).await?,
            (None, None) => {
                return Err(Failure::usage("source-not-named", "this is not a Howdah project, and nothing is named")
                    .hint("name what to read: --from schema.sql, or --from postgres://…")
                    .into());
            }
        };
        Ok(Self { config, catalog, project, file, dry_run: args.dry_run })
    }

    /// The file as a person in the project would write it.
    pub(crate) fn shown(&self) -> String {
        let Some(file) = &self.file else { return "stdout".to_owned() };
        self.project.as_ref().map_or(file.as_path(), |project| project.relative(file)).display().to_string()
    }

    /// Whether the file says just this.
    ///
    /// # Errors
    /// It cannot be read.
    pub(crate) fn is_written(&self, sql: &str) -> Result<bool, Failure> {
        let Some(file) = &self.file else { return Ok(false) };
        match fs::read_to_string(file) {
            Ok(text) => Ok(text == sql),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(sql.is_empty()),
            Err(error) => Err(Failure::io("read", file, &error)),
        }
    }

    /// Writes the file, or stdout. A file is replaced only where its first line is `sql`'s: another is somebody's own.
    ///
    /// # Errors
    /// There is another file of that name, or it cannot be written.
    pub(crate) fn write(
        &self,
        schema: &str,
        sql: &str,
        data: serde_json::Value,
        context: &Context,
    ) -> anyhow::Result<Exit> {
        let mut data = data;
        data["sql"] = sql.into();
        if let Some(file) = &self.file {
            let first = |text: &str| text.lines().next().map(str::to_owned);
            match fs::read_to_string(file) {
                Ok(text) if first(&text) != first(sql) => {
                    return Err(Failure::new(
                        "output-exists",
                        format!("{} is there already, and is something else", self.shown()),
                    )
                    .hint("name another file with --output, or --output - for stdout")
                    .into());
                }
                Ok(_) => {}
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => return Err(Failure::io("read", file, &error).into()),
            }
            data["file"] = self.shown().into();
            data["dry_run"] = self.dry_run.into();
            if self.dry_run {
                context.out.say(format!("This would be {}; nothing was written", self.shown()));
            } else {
                fs::write(file, sql).map_err(|error| Failure::io("write", file, &error))?;
                context.out.say(format!("Wrote {}; `howdah generate NAME` makes a migration of it", self.shown()));
            }
        }
        context.out.data(schema, &data, |stdout| match &self.file {
            Some(_) if !self.dry_run => writeln!(stdout, "{}", self.shown()),
            _ => write!(stdout, "{sql}"),
        })?;
        Ok(Exit::Ok)
    }
}

/// The project's schema without one file.
async fn own(
    project: &Project,
    without: Option<&Path>,
    sources: &Sources<'_>,
    context: &Context,
) -> anyhow::Result<Catalog> {
    let folder = crate::migrations::as_seen_from_here(&project.schema_folder());
    let mut files = read_files(&folder)?;
    if let Some(name) = without.and_then(Path::file_name) {
        files.retain(|file| Path::new(&file.name).file_name() != Some(name));
    }
    context.out.target(&format!("Reading {}", folder.display()));
    let scratch = sources.scratch(None, context).await?;
    let shown = folder.display().to_string();
    Ok(howdah_pg::schema::read_files(&scratch.server, &files, None, &shown).await?.catalog)
}
