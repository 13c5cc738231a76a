//! `howdah dev`: everything a project needs to be worked on, in one process.

use std::path::{Path, PathBuf};

use crate::commands::init::absolute;
use crate::config::{Override, Value};
use crate::context::Context;
use crate::dev::session::{self, Options};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{GOOD, STRONG, paint};
use crate::project::{Project, current_folder, is_project};
use crate::scaffold::place::{self, Place};
use crate::scaffold::{files, name_for, templates};

const AFTER_HELP: &str = "\
In a project it uses that; in an empty or a new folder it makes a project from the template \
`personal`; any other folder it leaves alone. PostgreSQL is the project's own, under .howdah/; \
DATABASE_URL is not used.

It applies what you save in schema/ to the development database at once. What would lose data is \
refused.

Examples:
  howdah dev demo
  howdah dev --port 9000 --no-seed
  howdah dev demo --json | head -n 60

Ctrl+C and SIGTERM stop all of it: requests under way are finished, then PostgreSQL is stopped. A \
second Ctrl+C does not wait for the requests.

Exit codes:
  0    stopped after it was up
  1    it could not start, or it runs already here
  2    a setting is wrong
  130  stopped before it was up";

/// Start the database, apply the schema, seed demo data, serve the API, watch schema/
#[derive(clap::Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Args {
    /// The project's folder; by default the current one, or the project it is in
    #[arg(value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    dir: Option<PathBuf>,

    /// The port to serve on; by default the next free one from 8080
    #[arg(long, value_name = "PORT")]
    port: Option<u16>,

    /// Put no demo data into an unused database
    #[arg(long)]
    no_seed: bool,

    /// Apply changes of the schema that lose data, too
    #[arg(long)]
    allow_destructive: bool,
}

pub(crate) async fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    let overrides: Vec<Override> = args
        .port
        .map(|port| Override { key: "server.port", flag: "--port", value: Value::Integer(port.into()) })
        .into_iter()
        .collect();
    let project = match (&args.dir, &context.project) {
        (Some(_), Some(_)) => {
            return Err(Failure::usage("usage-conflict", "both DIR and --project name the folder")
                .hint("give one")
                .into());
        }
        (Some(named), None) | (None, Some(named)) => find_or_make(&absolute(named)?, &overrides, context)?,
        (None, None) => in_current_folder(&overrides, context)?,
    };
    let options = Options { seed: !args.no_seed, destructive: args.allow_destructive };
    session::run(&project, options, context).await
}

/// Without a folder: this one; unless it is a part of a project.
fn in_current_folder(overrides: &[Override], context: &Context) -> Result<Project, Failure> {
    let here = current_folder()?;
    if place::look(&here)? == Place::Empty {
        return find_or_make(&here, overrides, context);
    }
    match Project::find_maybe(None, overrides)? {
        Some(project) => Ok(project),
        None => find_or_make(&here, overrides, context),
    }
}

fn find_or_make(folder: &Path, overrides: &[Override], context: &Context) -> Result<Project, Failure> {
    if is_project(folder) {
        return Project::open(folder, overrides);
    }
    match place::look(folder)? {
        Place::New | Place::Empty => {
            let name = name_for(folder);
            place::write(folder, &files(&name, templates::find(templates::DEFAULT)?))?;
            context.out.say(format!(
                "{} Made the project {} in {}",
                paint(GOOD, "✓"),
                paint(STRONG, &name),
                folder.display()
            ));
            Project::open(folder, overrides)
        }
        Place::Occupied(names) => Err(place::occupied(folder, &names).hint(
            "`howdah dev` works in a project (a folder with a howdah.toml), or makes one in a new or empty folder",
        )),
        Place::NotAFolder => Err(place::not_a_folder(folder)),
    }
}
