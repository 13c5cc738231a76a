//! `howdah init`: writes a new project, whole or not at all.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use clap::builder::{PossibleValue, StringValueParser, TypedValueParser};
use clap::{Arg, Command};
use serde_json::json;

use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{GOOD, STRONG, paint};
use crate::project::current_folder;
use crate::scaffold::place::{self, Place};
use crate::scaffold::{files, name_for, templates};

const AFTER_HELP: &str = "\
Examples:
  howdah init                               in the current, empty folder
  howdah init shop --template commerce
  howdah init notes --name \"My notes\" --json

Exit codes:
  0    written
  1    the folder is not empty or cannot be written; nothing is left behind
  2    there is no such template";

/// Make a new project
#[derive(clap::Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Args {
    /// The folder: new, or empty
    #[arg(value_name = "DIR", default_value = ".", value_hint = clap::ValueHint::DirPath)]
    dir: PathBuf,

    /// What to begin with
    #[arg(long, short, value_name = "NAME", default_value = templates::DEFAULT, value_parser = TemplateName)]
    template: String,

    /// What the project is called; by default the folder's name
    #[arg(long, value_name = "NAME")]
    name: Option<String>,

    /// Show what would be written, and write nothing
    #[arg(long)]
    dry_run: bool,
}

/// Lets completion scripts and the help list the templates, and leaves an unknown one to [`templates::find`], which
/// has a code of its own for it.
#[derive(Clone)]
struct TemplateName;

impl TypedValueParser for TemplateName {
    type Value = String;

    fn parse_ref(&self, command: &Command, arg: Option<&Arg>, value: &OsStr) -> Result<String, clap::Error> {
        StringValueParser::new().parse_ref(command, arg, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(
            templates::TEMPLATES.iter().map(|template| PossibleValue::new(template.name).help(template.about)),
        ))
    }
}

pub(crate) fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    let template = templates::find(&args.template)?;
    let folder = absolute(&args.dir)?;
    let name = args.name.unwrap_or_else(|| name_for(&folder));
    if name.trim().is_empty() {
        return Err(Failure::usage("project-name-empty", "a project's name cannot be empty").into());
    }
    let files = files(&name, template);
    if args.dry_run {
        match place::look(&folder)? {
            Place::Occupied(names) => return Err(place::occupied(&folder, &names).into()),
            Place::NotAFolder => return Err(place::not_a_folder(&folder).into()),
            Place::New | Place::Empty => {}
        }
    } else {
        place::write(&folder, &files)?;
    }
    let paths: Vec<&str> = files.iter().map(|file| file.path.as_str()).collect();
    let data = json!({
        "folder": folder, "name": name, "template": template.name, "files": paths, "dry_run": args.dry_run,
    });
    let done = if args.dry_run { "Would make" } else { "Made" };
    context.out.say(format!(
        "{} {done} the project {} from the template {} in {}",
        paint(GOOD, "✓"),
        paint(STRONG, &name),
        template.name,
        folder.display()
    ));
    context.out.data("howdah.init/1", &data, |stdout| {
        paths.iter().try_for_each(|path| writeln!(stdout, "{}", args.dir.join(path).display()))
    })?;
    if !args.dry_run {
        let next = if args.dir == Path::new(".") { String::new() } else { format!(" {}", args.dir.display()) };
        context.out.say(format!("Next: {}", paint(STRONG, &format!("howdah dev{next}"))));
    }
    Ok(Exit::Ok)
}

/// The folder as an absolute path without `.` and `..`, existing or not: its last part names the project.
pub(crate) fn absolute(folder: &Path) -> Result<PathBuf, Failure> {
    if let Ok(found) = folder.canonicalize() {
        return Ok(found);
    }
    let mut path = PathBuf::new();
    for part in current_folder()?.join(folder).components() {
        match part {
            std::path::Component::ParentDir => {
                path.pop();
            }
            std::path::Component::CurDir => {}
            part => path.push(part),
        }
    }
    Ok(path)
}
