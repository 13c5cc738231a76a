//! `howdah migrate squash`.

use howdah_pg::migrate::{Folder, Migration};
use howdah_pg::schema::{self, Source};
use howdah_schema::diff::DiffOptions;
use howdah_schema::diff::render::{RenderOptions, render};
use serde_json::json;

use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::migrations;
use crate::output::{GOOD, STRONG, WARNING, count, paint};
use crate::scratch::Scratch;
use crate::sources::Sources;

const AFTER_HELP: &str = "\
It replaces the files of all migrations up to VERSION by one that makes the same schema. Databases \
that have run the old ones take the new one for applied; a database that has run only some of them \
must be brought up to date with the old files first.

Rows that migrations insert cannot be told from the schema, so where there are any, the old files \
are put one after the other instead.

Examples:
  howdah migrate squash --dry-run
  howdah migrate squash 40 --name base

Exit codes:
  0    replaced
  1    the migrations do not run, or the new one does not make the same
  2    there is no such version
  5    not confirmed";

/// Make one migration of many
#[derive(clap::Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Args {
    /// The last migration to put into it; by default the last there is
    #[arg(value_name = "VERSION")]
    version: Option<i64>,

    /// What it is called
    #[arg(long, value_name = "NAME", default_value = "squashed")]
    name: String,

    /// Show the new up file, and change nothing
    #[arg(long)]
    dry_run: bool,

    /// A server to try things out on, used for nothing else; by default a private one
    #[arg(long, value_name = "URL")]
    scratch: Option<String>,
}

pub(crate) async fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    const SCHEMA: &str = "howdah.migrate.squash/1";
    let project = context.project(&[])?;
    let mut folder = migrations::folder(&project)?;
    if !folder.replaced().is_empty() && !args.dry_run {
        // It was confirmed when it was begun, and what it replaces is unchanged.
        folder.remove_replaced()?;
        let files = count(folder.replaced().len() as u64, "file", "files");
        context.out.say(format!("{} A squash was interrupted; {files} that it left are removed", paint(WARNING, "!")));
        folder = migrations::folder(&project)?;
        if let [only] = folder.migrations()
            && !only.squashes.is_empty()
        {
            let data = json!({ "dry_run": false, "migration": only.title(), "replaces": [], "finished": true });
            context.out.data(SCHEMA, &data, |stdout| writeln!(stdout, "{}", only.title()))?;
            return Ok(Exit::Ok);
        }
    }
    let last = folder.migrations().last().map_or(0, |migration| migration.version);
    let version = args.version.unwrap_or(last);
    folder.check_squash(version, &args.name)?;
    let until: Vec<&Migration> = folder.migrations().iter().filter(|migration| migration.version <= version).collect();
    let sources = Sources { project: Some(&project), config: &project.config, scratch: args.scratch.as_deref() };
    let scratch = sources.scratch(None, context).await?;
    let server = &scratch.server;
    let (made, rows) = schema::read_migrations_with_rows(server, &folder, until.len()).await?;
    let (up, how) = if rows { (joined(&until), "joined") } else { (schema_sql(&made, &scratch).await?, "schema") };
    let empty = schema::read_empty(server).await?;
    let down = schema::plan_down(server, &empty, &made, &DiffOptions::default()).await?.plan;
    let header = ["howdah:down irreversible: everything".to_owned()];
    let down = render(&down, &RenderOptions { header: &header, ..RenderOptions::default() });
    prove(&folder, &args.name, &up, &down, &made, &scratch).await?;

    let titles: Vec<String> = until.iter().map(|migration| migration.title()).collect();
    let title = format!("{version:04}_{}", args.name);
    if !args.dry_run {
        context.confirm(&format!("Replace {} migrations by {title}?", titles.len())).await?;
        folder.squash(version, &args.name, &up, &down)?;
    }
    let data = json!({
        "dry_run": args.dry_run, "migration": title, "replaces": titles, "how": how, "up": up, "down": down,
    });
    context.out.data(SCHEMA, &data, |stdout| {
        if args.dry_run { stdout.write_all(up.as_bytes()) } else { writeln!(stdout, "{title}") }
    })?;
    let done = if args.dry_run { "Would replace" } else { "Replaced" };
    context.out.say(format!("{} {done} {} migrations by {}", paint(GOOD, "✓"), titles.len(), paint(STRONG, &title)));
    Ok(Exit::Ok)
}

/// What makes this schema in an empty database.
async fn schema_sql(made: &Source, scratch: &Scratch) -> anyhow::Result<String> {
    let empty = schema::read_empty(&scratch.server).await?;
    let plan = schema::plan(&scratch.server, &empty, made, &DiffOptions::default()).await?.plan;
    Ok(render(&plan, &RenderOptions { guard_roles: true, ..RenderOptions::default() }))
}

/// The files one after the other, each under its name. Where one ends outside a transaction, the next begins in one.
fn joined(migrations: &[&Migration]) -> String {
    let mut text = String::new();
    for migration in migrations {
        let own = migration.up.text.trim_start_matches('\u{feff}');
        let directive = |line: &&str| {
            let line = line.trim_start_matches('-').trim();
            !line.starts_with("howdah:squashes") && !line.starts_with("howdah:destructive")
        };
        let lines: Vec<&str> = own.lines().filter(directive).collect();
        text += &format!("-- {}\n-- howdah:transaction\n{}\n\n", migration.title(), lines.join("\n").trim());
    }
    text
}

/// Both files are run on an empty database before they replace anything.
async fn prove(
    folder: &Folder,
    name: &str,
    up: &str,
    down: &str,
    made: &Source,
    scratch: &Scratch,
) -> anyhow::Result<()> {
    use howdah_pg::script::SqlFile;
    let file = |half: &str, text: &str| {
        let bare = format!("0001_{name}.{half}.sql");
        (bare.clone(), SqlFile::new(folder.path().join(bare).display().to_string(), text))
    };
    let alone = Folder::from_files(folder.path(), vec![file("up", up), file("down", down)]).map_err(|error| {
        Failure::usage("migration-name", error.to_string()).hint("use letters, digits, _ and -, such as base")
    })?;
    let empty = schema::read_empty(&scratch.server).await?;
    Ok(schema::prove_files(&scratch.server, &empty, made, &alone).await?)
}

#[cfg(test)]
mod tests {
    use howdah_pg::migrate::{Folder, Migration};
    use howdah_pg::script::SqlFile;

    #[test]
    fn joined_files_keep_their_sections() {
        let file = |name: &str, text: &str| (name.to_owned(), SqlFile::new(name, text));
        let files = vec![
            file(
                "0001_a.up.sql",
                "create table a ();\n-- howdah:no-transaction\ncreate index concurrently i on a (b);",
            ),
            file("0001_a.down.sql", ""),
            file("0002_b.up.sql", "-- howdah:destructive x\ninsert into a values (1);\n"),
            file("0002_b.down.sql", ""),
        ];
        let folder = Folder::from_files("m".as_ref(), files).unwrap();
        let all: Vec<&Migration> = folder.migrations().iter().collect();
        assert_eq!(
            super::joined(&all),
            "-- 0001_a\n-- howdah:transaction\ncreate table a ();\n-- howdah:no-transaction\ncreate index concurrently i on a (b);\n\n\
             -- 0002_b\n-- howdah:transaction\ninsert into a values (1);\n\n"
        );
    }
}
