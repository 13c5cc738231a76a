//! `howdah types`: the schema as types of other languages.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use howdah_schema::clients::{self, ClientOptions};
use howdah_schema::{Catalog, OutputFile, nearest};
use serde_json::json;

use crate::config::Config;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{GOOD, count, paint};
use crate::own_schema;
use crate::sources::{self, Sources};

const AFTER_HELP: &str = "\
TARGET is one of
  typescript   the Database type of @supabase/supabase-js, in one file
  zod          schemas of Zod 4 with what CHECK constraints demand, in one file
  json-schema  a JSON Schema (2020-12) of the same, in one file
  rust         a crate's modules over tokio-postgres, in a folder

Without --from it reads the project's database once migrations have been applied to it, before that its \
schema folder.

Examples:
  howdah types typescript > src/database.types.ts
  howdah types zod --out src/database.zod.ts
  howdah types zod --out src/database.zod.ts --check
  howdah types rust --out src/database --schema public --schema shop
  howdah types json-schema --from postgres://me@db1/shop

Exit codes:
  0    written, or nothing differs
  1    it could not be read or written
  2    there is no such source or schema
  3    --check: what is there is not what would be written
  4    the login was refused";

/// Write the schema as types of another language
#[derive(clap::Args, Debug)]
#[command(before_long_help = sources::HELP_ONE, after_help = AFTER_HELP)]
pub(crate) struct Args {
    /// What to write
    #[arg(value_enum, hide_possible_values = true)]
    target: TypesTarget,

    /// What to read; by default the project's own
    #[arg(long, value_name = "FROM", value_hint = clap::ValueHint::AnyPath)]
    from: Option<String>,

    /// A schema whose tables, views and functions to write; may be given again. By default those of the API
    #[arg(long, value_name = "NAME")]
    schema: Vec<String>,

    /// The file or folder to write to; by default a single file goes to stdout
    #[arg(long, value_name = "PATH", value_hint = clap::ValueHint::AnyPath)]
    out: Option<PathBuf>,

    /// Write nothing; say whether what is at --out differs
    #[arg(long, requires = "out")]
    check: bool,

    /// A server to try things out on, used for nothing else; by default a private one
    #[arg(long, value_name = "URL")]
    scratch: Option<String>,
}

/// A language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum TypesTarget {
    Typescript,
    Zod,
    Rust,
    JsonSchema,
}

impl TypesTarget {
    fn files(self, catalog: &Catalog, options: &ClientOptions) -> Vec<OutputFile> {
        match self {
            Self::Typescript => clients::typescript::files(catalog, options),
            Self::Zod => clients::zod::files(catalog, options),
            Self::Rust => clients::rust::files(catalog, options),
            Self::JsonSchema => clients::json_schema::files(catalog, options),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Typescript => "typescript",
            Self::Zod => "zod",
            Self::Rust => "rust",
            Self::JsonSchema => "json-schema",
        }
    }

    /// The end of its files' names, if it writes several and a folder may hold some from before.
    fn extension(self) -> Option<&'static str> {
        match self {
            Self::Rust => Some("rs"),
            Self::Typescript | Self::Zod | Self::JsonSchema => None,
        }
    }
}

pub(crate) async fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    if args.target == TypesTarget::Rust && args.out.is_none() && !context.out.is_json() {
        return Err(Failure::usage("out-missing", "rust is written as several files")
            .hint("name a folder for them: --out src/database")
            .into());
    }
    let (project, config) = context.config(&[])?;
    let spec = own_schema::named_or_own(args.from.as_deref(), project.as_ref(), &config, context).await?;
    let sources = Sources { project: project.as_ref(), config: &config, scratch: args.scratch.as_deref() };
    let source = match sources.live(&spec, context).await? {
        Some(live) => live,
        None => {
            let source = sources.built(&spec, None, &sources.scratch(None, context).await?).await?;
            context.out.target(&format!("Reading {}", source.origin));
            source
        }
    };
    let schemas = schemas(&args.schema, &config, &source.catalog)?;
    let files = args.target.files(&source.catalog, &ClientOptions { schemas: schemas.clone() });
    Task { args: &args, context, schemas, files }.finish()
}

/// Those that are named, or those of the API.
fn schemas(named: &[String], config: &Config, catalog: &Catalog) -> Result<BTreeSet<String>, Failure> {
    let wanted = if named.is_empty() { config.api_schemas() } else { named.to_vec() };
    for name in &wanted {
        if catalog.schemas.contains_key(name) {
            continue;
        }
        let failure = Failure::usage("schema-not-found", format!("there is no schema {name}"));
        return Err(match nearest(name, catalog.schemas.keys().map(String::as_str)) {
            Some(near) => failure.hint(format!("did you mean `{near}`?")),
            None => {
                let known: Vec<&str> = catalog.schemas.keys().map(String::as_str).collect();
                failure.hint(format!("there are {}", known.join(", ")))
            }
        });
    }
    Ok(wanted.into_iter().collect())
}

/// What is left to do when the files are made.
struct Task<'a> {
    args: &'a Args,
    context: &'a Context,
    schemas: BTreeSet<String>,
    files: Vec<OutputFile>,
}

impl Task<'_> {
    fn finish(&self) -> anyhow::Result<Exit> {
        const SCHEMA: &str = "howdah.types/1";
        let paths: Vec<Option<PathBuf>> = self.files.iter().map(|file| self.path(file)).collect();
        let mut differing = Vec::new();
        for (file, path) in self.files.iter().zip(&paths) {
            let Some(path) = path else { continue };
            let how = difference(path, &file.text)?;
            if let Some(how) = how {
                differing.push((path.clone(), how));
            }
        }
        for path in self.stale(&paths)? {
            differing.push((path, "belongs to nothing any more"));
        }
        let data = json!({
            "target": self.args.target.name(),
            "schemas": self.schemas,
            "checked": self.args.check,
            "files": self.files.iter().zip(&paths).map(|(file, path)| json!({
                "name": file.path, "path": path, "text": file.text,
            })).collect::<Vec<_>>(),
            "differing": differing.iter().map(|(path, how)| json!({ "path": path, "how": how })).collect::<Vec<_>>(),
        });
        let out = &self.context.out;
        if self.args.check {
            out.data(SCHEMA, &data, |stdout| {
                differing.iter().try_for_each(|(path, how)| writeln!(stdout, "{}\t{how}", path.display()))
            })?;
            if differing.is_empty() {
                out.say(format!("{} Nothing differs", paint(GOOD, "✓")));
                return Ok(Exit::Ok);
            }
            out.say(format!(
                "{} from the schema; the same command without --check writes them",
                count(differing.len() as u64, "file differs", "files differ")
            ));
            return Ok(Exit::Findings);
        }
        if self.args.out.is_none() {
            out.data(SCHEMA, &data, |stdout| {
                self.files.iter().try_for_each(|file| stdout.write_all(file.text.as_bytes()))
            })?;
            return Ok(Exit::Ok);
        }
        for (file, path) in self.files.iter().zip(&paths) {
            if let Some(path) = path
                && differing.iter().any(|(differing, _)| differing == path)
            {
                write(path, &file.text)?;
            }
        }
        let written: Vec<&PathBuf> = paths.iter().flatten().collect();
        out.data(SCHEMA, &data, |stdout| written.iter().try_for_each(|path| writeln!(stdout, "{}", path.display())))?;
        for path in self.stale(&paths)? {
            out.warn(format!("{} belongs to nothing any more; delete it", path.display()));
        }
        let changed = differing.iter().filter(|(path, _)| written.contains(&path)).count();
        out.say(format!(
            "{} {}, {changed} of them changed",
            paint(GOOD, "✓"),
            count(written.len() as u64, "file", "files")
        ));
        Ok(Exit::Ok)
    }

    /// Where a file goes; `None` for stdout.
    fn path(&self, file: &OutputFile) -> Option<PathBuf> {
        let out = self.args.out.as_ref()?;
        let folder = self.args.target.extension().is_some()
            || out.is_dir()
            || out.to_string_lossy().ends_with(std::path::MAIN_SEPARATOR);
        Some(if folder { out.join(&file.path) } else { out.clone() })
    }

    /// Files of this kind in the folder that would not be written.
    fn stale(&self, paths: &[Option<PathBuf>]) -> Result<Vec<PathBuf>, Failure> {
        let (Some(out), Some(extension)) = (&self.args.out, self.args.target.extension()) else {
            return Ok(Vec::new());
        };
        let mut found = Vec::new();
        let mut folders = vec![out.clone()];
        while let Some(folder) = folders.pop() {
            let entries = match std::fs::read_dir(&folder) {
                Ok(entries) => entries,
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
                Err(error) => return Err(Failure::io("read", &folder, &error)),
            };
            for entry in entries {
                let path = entry.map_err(|error| Failure::io("read", &folder, &error))?.path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|found| found == extension)
                    && !paths.iter().flatten().any(|known| *known == path)
                {
                    found.push(path);
                }
            }
        }
        found.sort();
        Ok(found)
    }
}

/// How what is there differs from what should be, if it does.
fn difference(path: &Path, text: &str) -> Result<Option<&'static str>, Failure> {
    match std::fs::read(path) {
        Ok(found) if found == text.as_bytes() => Ok(None),
        Ok(_) => Ok(Some("differs")),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Some("is missing")),
        Err(error) => Err(Failure::io("read", path, &error)),
    }
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|error| Failure::io("create", folder, &error))?;
    }
    std::fs::write(path, text).map_err(|error| Failure::io("write", path, &error))
}
