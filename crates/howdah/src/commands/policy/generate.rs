//! `howdah policy generate`.

use howdah_schema::catalog::Table;
use howdah_schema::policies::{self, PolicyRoles};
use serde_json::json;

use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::generated::{self, Place};

const FILE: &str = "70_policies.sql";

const AFTER_HELP: &str = "\
Written for each table that is tagged @owner, or that hangs on such a table by one required foreign key \
that cascades: row-level security, enabled and forced; a policy by which people see and write their own \
rows; one for service_role; one for howdah_readonly. Where rows have a deleted_at, people see those in \
the trash only when the request asks for them.

Without names it is every such table that has no policy yet; one whose policies you wrote is left alone. \
The file is written anew each time. Grants are not part of it: a policy without a grant opens nothing.

Examples:
  howdah policy generate
  howdah policy generate public.notes public.tasks --output -
  howdah policy generate --all --from schema --output policies.sql

Exit codes:
  0    written
  1    the schema cannot be loaded, or the file is somebody else's
  2    there is no such table
  3    of some tables nothing says whose the rows are; the others were written";

/// Write the policies of tables that people own
#[derive(clap::Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Args {
    /// Only these tables, with their schema; also those that have policies
    #[arg(value_name = "TABLE")]
    tables: Vec<String>,

    /// Also the tables that have policies
    #[arg(long, conflicts_with = "tables")]
    all: bool,

    #[command(flatten)]
    place: generated::Written,
}

pub(crate) async fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    let place = Place::open(&args.place, FILE, context).await?;
    let catalog = &place.catalog;
    let tables: Vec<&Table> = if args.tables.is_empty() {
        let owned = policies::owned(catalog, &place.config.api_schemas());
        owned.into_iter().filter(|table| args.all || table.policies.is_empty()).collect()
    } else {
        args.tables.iter().map(|name| named(catalog, name)).collect::<Result<_, _>>()?
    };
    let made = policies::generate(catalog, &tables, &PolicyRoles::default());
    for skipped in &made.skipped {
        context.out.warn(format!("{}: {}", skipped.table, skipped.reason));
    }
    let skipped: Vec<_> =
        made.skipped.iter().map(|it| json!({ "table": it.table.to_string(), "reason": it.reason })).collect();
    let written: Vec<String> = made.tables.iter().map(ToString::to_string).collect();
    let data = json!({ "tables": written, "skipped": skipped });
    if written.is_empty() {
        context.out.say("Every owned table has policies already");
        context.out.data("howdah.policy.generate/1", &data, |_| Ok(()))?;
    } else {
        let header =
            "-- Row-level security of owned tables, generated from their @owner tags by `howdah policy generate`.\n\n";
        place.write("howdah.policy.generate/1", &format!("{header}{}", made.sql), data, context)?;
    }
    Ok(if skipped.is_empty() { Exit::Ok } else { Exit::Findings })
}

fn named<'a>(catalog: &'a howdah_schema::Catalog, name: &str) -> Result<&'a Table, Failure> {
    let (schema, table) = name.split_once('.').unwrap_or(("public", name));
    catalog.table(schema, table).ok_or_else(|| {
        let failure = Failure::usage("table-unknown", format!("there is no table `{schema}.{table}`"));
        match catalog.nearest_relation(schema, table) {
            Some(nearest) => failure.hint(format!("did you mean `{schema}.{nearest}`?")),
            None => failure.hint("name it with its schema: public.notes"),
        }
    })
}
