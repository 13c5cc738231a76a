//! `howdah policy test`.

use std::path::{Path, PathBuf};

use howdah_pg::{IntrospectOptions, introspect};
use howdah_schema::policies;
use serde_json::{Value, json};

use crate::context::Context;
use crate::database::{Database, Opened, Which};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{ERROR, GOOD, count, paint};
use crate::policy_tests::{self, Outcome, Suite};

const FOLDER: &str = "tests/policies";

const AFTER_HELP: &str = "\
A file says who may do what (docs/roles-and-policies.md has all of it):
  setup = \"insert into auth.users …; insert into public.notes …\"
  [users]
  ada = \"ada@example.com\"
  ben = \"b0000000-0000-4000-8000-000000000002\"
  [[expect]]
  as = \"ada\"
  on = \"public.notes\"
  where = \"user_id = {ben}\"
  may_not = [\"select\", \"update\", \"delete\"]
  [[expect]]
  as = \"anon\"
  run = \"select title from public.notes\"
  error = \"42501\"

Each file is tried in a transaction that is rolled back. That nothing was reached counts only where \
there was something to reach. The project's own database is used as its superuser; elsewhere the login \
must be able to become the roles that are tried.

Examples:
  howdah policy test
  howdah policy test tests/policies/notes.toml
  howdah policy test --coverage
  howdah policy test --env staging --json | jq '.data.expectations[] | select(.holds | not)'

Exit codes:
  0    every expectation holds
  1    something could not be tried: the setup, the connection, a role that the login may not become
  2    a file says something that is no expectation, or there is no file
  3    an expectation does not hold, or with --coverage an owned table has none
  4    the login was refused";

/// Try out who may do what, and take it back
#[derive(clap::Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Args {
    /// Files or folders of expectations; by default tests/policies
    #[arg(value_name = "PATH", value_hint = clap::ValueHint::AnyPath)]
    paths: Vec<PathBuf>,

    /// Also name the owned tables that no expectation about a signed-in person covers
    #[arg(long)]
    coverage: bool,

    #[command(flatten)]
    which: Which,
}

pub(crate) async fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    let (project, _) = context.config(&[])?;
    let paths = match (&project, args.paths.as_slice()) {
        (Some(project), []) => vec![crate::migrations::as_seen_from_here(&project.root.join(FOLDER))],
        (None, []) => vec![PathBuf::from(FOLDER)],
        (_, paths) => paths.to_vec(),
    };
    if let Some(missing) = paths.iter().find(|path| !path.exists()) {
        return Err(Failure::usage(
            "policy-test-not-found",
            format!("there is no file or folder {}", missing.display()),
        )
        .hint("`howdah policy test --help` shows what a file says")
        .into());
    }
    let suites = policy_tests::suites(&paths)?;
    if suites.iter().all(|suite| suite.expectations.is_empty()) {
        return Err(Failure::usage("policy-test-empty", "there is no expectation in these files")
            .hint("`howdah policy test --help` shows what a file says")
            .into());
    }
    let Opened { database, config, .. } = args.which.open(context).await?;
    context.out.target(&format!("Trying policies of {}, and taking everything back", database.label()));
    let schemas = config.api_schemas();
    let tried = attempt(&suites, &schemas, &database).await;
    database.close()?;
    let (outcomes, owned) = tried?;
    let covered = |table: &String| {
        outcomes.iter().flat_map(|(_, outcomes)| outcomes).any(|it| it.as_person && it.table.as_ref() == Some(table))
    };
    let uncovered: Vec<String> = owned.into_iter().filter(|table| args.coverage && !covered(table)).collect();
    report(&outcomes, &uncovered, args.coverage, context)?;
    let fails = outcomes.iter().flat_map(|(_, outcomes)| outcomes).any(|it| it.wrong.is_some());
    Ok(if fails || !uncovered.is_empty() { Exit::Findings } else { Exit::Ok })
}

type Tried<'a> = Vec<(&'a Path, Vec<Outcome>)>;

async fn attempt<'a>(
    suites: &'a [Suite],
    schemas: &[String],
    database: &Database,
) -> anyhow::Result<(Tried<'a>, Vec<String>)> {
    let target = match database.private() {
        Some(private) => private.admin(&private.database)?,
        None => database.target.clone(),
    };
    let client = target.client().await?;
    let catalog = introspect(&client, &IntrospectOptions::default()).await?;
    let mut outcomes = Vec::new();
    for suite in suites {
        outcomes.push((suite.path.as_path(), policy_tests::run(&client, &catalog, suite).await?));
    }
    let owned = policies::owned(&catalog, schemas).into_iter().map(|table| table.name.to_string()).collect();
    Ok((outcomes, owned))
}

fn report(outcomes: &Tried<'_>, uncovered: &[String], coverage: bool, context: &Context) -> anyhow::Result<()> {
    let all = || outcomes.iter().flat_map(|(path, outcomes)| outcomes.iter().map(move |it| (path, it)));
    let failed = all().filter(|(_, it)| it.wrong.is_some()).count();
    let documents: Vec<Value> = all()
        .map(|(path, it)| {
            json!({
                "file": path.display().to_string(), "line": it.line, "what": it.what, "table": it.table,
                "holds": it.wrong.is_none(), "wrong": it.wrong,
            })
        })
        .collect();
    let mut data = json!({ "expectations": documents, "failed": failed });
    if coverage {
        data["uncovered"] = json!(uncovered);
    }
    context.out.data("howdah.policy.test/1", &data, |stdout| {
        for (path, it) in all() {
            if let Some(wrong) = &it.wrong {
                writeln!(stdout, "{}:{}: {}: {wrong}", path.display(), it.line, paint(ERROR, &it.what))?;
            }
        }
        for table in uncovered {
            writeln!(stdout, "{table}: no expectation about a signed-in person covers it")?;
        }
        Ok(())
    })?;
    let total = count(all().count() as u64, "expectation", "expectations");
    match failed {
        0 => context.out.say(paint(GOOD, &format!("All of {total} hold"))),
        _ => context.out.say(paint(ERROR, &format!("{failed} of {total} do not hold"))),
    }
    Ok(())
}
