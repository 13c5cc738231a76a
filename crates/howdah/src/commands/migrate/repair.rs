//! `howdah migrate repair`.

use clap::ValueEnum;
use howdah_pg::migrate::{Folder, RepairOptions, Repaired, Runner, UnfinishedIs};
use serde_json::json;

use super::run::On;
use crate::audit;
use crate::context::Context;
use crate::database::Database;
use crate::exit::Exit;
use crate::migrations;
use crate::output::{GOOD, Listing, paint};

const AFTER_HELP: &str = "\
It changes only what Howdah itself remembers, and says what it changed. Look first at \
`howdah migrate status`: what became of the migration is yours to know.

Examples:
  howdah migrate repair --accept-edited          the edit of an applied file does not matter
  howdah migrate repair --checksums              write migrations/checksums anew
  howdah migrate repair --unfinished resume      its file is mended and goes on from where it was
  howdah migrate repair --unfinished undone --drop-invalid-indexes

Exit codes:
  0    set right, or nothing to set right
  1    that does not fit with what is there
  2    there is no such environment
  4    the login was refused
  5    not confirmed";

/// Set right what the history says
#[derive(clap::Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Args {
    /// Record the checksums of applied migrations as their files are now
    #[arg(long)]
    accept_edited: bool,

    /// Write the list of checksums in the folder anew
    #[arg(long)]
    checksums: bool,

    /// What became of the migration that is half done
    #[arg(long, value_enum, value_name = "WHAT")]
    unfinished: Option<Became>,

    /// Drop invalid indexes that migrations left behind
    #[arg(long)]
    drop_invalid_indexes: bool,

    /// Show where things stand, and change nothing
    #[arg(long)]
    dry_run: bool,

    #[command(flatten)]
    on: On,
}

/// What became of a migration that is unfinished.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Became {
    /// Its file was edited where it is not applied yet, and goes on as it is now
    Resume,
    /// The statement in doubt was done
    StatementDone,
    /// The statement in doubt was not done
    StatementNotDone,
    /// What was left of it was done by hand
    Done,
    /// What was done of it was undone by hand
    Undone,
}

impl Became {
    fn meant(self) -> UnfinishedIs {
        match self {
            Self::Resume => UnfinishedIs::Edited,
            Self::StatementDone => UnfinishedIs::StatementDone,
            Self::StatementNotDone => UnfinishedIs::StatementNotDone,
            Self::Done => UnfinishedIs::Complete,
            Self::Undone => UnfinishedIs::Abandoned,
        }
    }
}

pub(crate) async fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    let project = context.project(&[])?;
    // Its own list may be what is wrong with it.
    let folder = migrations::folder_unverified(&project)?;
    if args.checksums && !args.dry_run {
        folder.write_checksums()?;
        context.out.say(format!("{} {}/checksums is written anew", paint(GOOD, "✓"), folder.path().display()));
        if !args.accept_edited && !args.drop_invalid_indexes && args.unfinished.is_none() {
            let data = json!({ "target": null, "dry_run": false, "repaired": [], "checksums": true });
            context.out.data(SCHEMA, &data, |_| Ok(()))?;
            return Ok(Exit::Ok);
        }
    }
    let database = Database::open_in(&project, args.on.env.as_deref(), context).await?;
    let verb = if args.dry_run { "Looking at" } else { "Repairing" };
    context.out.target(&format!("{verb} {}", database.label()));
    let result = act(&args, &folder, &database, context).await;
    database.close()?;
    result
}

const SCHEMA: &str = "howdah.migrate.repair/1";

async fn act(args: &Args, folder: &Folder, database: &Database, context: &Context) -> anyhow::Result<Exit> {
    let client = database.target.client().await?;
    let runner = Runner::new(&client, folder);
    if args.dry_run {
        let status = runner.status().await?;
        let problem = status.problem.as_ref().map(|(code, message)| json!({ "code": code, "message": message }));
        let data = json!({
            "target": database.label(), "dry_run": true, "problem": problem, "migrations": status.migrations,
        });
        context.out.data(SCHEMA, &data, |stdout| match &status.problem {
            Some((code, message)) => writeln!(stdout, "{code}\t{message}"),
            None => Ok(()),
        })?;
        if status.problem.is_none() {
            context.out.say(format!("{} Nothing keeps migrations from running", paint(GOOD, "✓")));
        }
        return Ok(Exit::Ok);
    }
    database.confirm_name(args.on.confirm.as_deref())?;
    let options = RepairOptions {
        accept_edited: args.accept_edited,
        unfinished: args.unfinished.map_or(UnfinishedIs::Unsaid, Became::meant),
        drop_invalid_indexes: args.drop_invalid_indexes,
    };
    let asked = json!({
        "accept_edited": args.accept_edited, "unfinished": args.unfinished.is_some(),
        "drop_invalid_indexes": args.drop_invalid_indexes,
    });
    audit::begin(&client, "admin.migrate_repair", "migrations", &asked).await?;
    let repaired = runner.repair(&options).await?;
    let mut listing =
        Listing::new(&["repaired"]).or_say(format!("{} There was nothing to set right", paint(GOOD, "✓")));
    let lines: Vec<String> = repaired.iter().map(Repaired::to_string).collect();
    audit::end(&client, "admin.migrate_repair", "migrations", &json!({ "repaired": lines }), &context.out).await;
    for line in &lines {
        listing.row([line.clone()]);
    }
    let data = json!({
        "target": database.label(), "dry_run": false, "repaired": lines, "checksums": args.checksums,
    });
    context.out.list(SCHEMA, &data, &listing)?;
    Ok(Exit::Ok)
}
