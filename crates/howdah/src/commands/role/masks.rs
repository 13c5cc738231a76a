//! `howdah role masks`.

use howdah_schema::Catalog;
use howdah_schema::mask::{self, views};
use howdah_schema::roles::REPORTING;
use serde_json::{Value, json};

use crate::context::Context;
use crate::database::{Opened, Which};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::generated::{self, Place};
use crate::masks;

const AFTER_HELP: &str = "\
A table public.contacts with columns tagged @mask or @pii gets a view public_masked.contacts with the \
same columns, masked. The reporting role reads the view; the data API shows it that role in place of \
the table. The file is written anew from the tags each time; run this after changing them. \
`howdah lint` says when views and tags disagree, and --check when the file does.

@mask hash needs a key in the database, once: --make-key adds it where it is missing. Until then \
hashes are NULL.

Examples:
  howdah role masks
  howdah role masks --check
  howdah role masks --role analysts --output -
  howdah role masks --make-key --env production --dry-run

Exit codes:
  0    written, or up to date
  1    the schema cannot be loaded, or the file is somebody else's
  2    there is no such role
  3    --check: the file is not what the tags ask for
  4    the login was refused";

/// Write the views through which the reporting role sees personal data masked
#[derive(clap::Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Args {
    /// For which role
    #[arg(long, value_name = "NAME", default_value = REPORTING)]
    role: String,

    /// The schemas of the tables; by default those of the data API
    #[arg(long, value_name = "NAME", num_args = 1..)]
    schema: Vec<String>,

    /// Only say whether the file is what the tags ask for
    #[arg(long)]
    check: bool,

    /// Add the key of hashes to the database, where it has none
    #[arg(long, conflicts_with_all = ["check", "from", "output", "scratch", "schema", "role"])]
    make_key: bool,

    /// With --make-key: an environment of howdah.toml; by default the project's database
    #[arg(long, value_name = "NAME", requires = "make_key")]
    env: Option<String>,

    #[command(flatten)]
    place: generated::Written,
}

pub(crate) async fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    if args.make_key {
        return make_key(&Which { env: args.env }, args.place.dry_run, context).await;
    }
    let place = Place::open(&args.place, masks::FILE, context).await?;
    let catalog = &place.catalog;
    if !catalog.roles.contains_key(&args.role) && !catalog.server_roles.contains(&args.role) {
        return Err(Failure::usage("role-unknown", format!("the schema has no role `{}`", args.role))
            .hint("`howdah role create readonly --name NAME` writes one")
            .into());
    }
    let schemas = if args.schema.is_empty() { place.config.api_schemas() } else { args.schema.clone() };
    let sql = views::sql(catalog, &schemas, &args.role).unwrap_or_default();
    let data = json!({ "role": args.role, "tables": masked(catalog, &schemas, &args.role) });
    if args.check {
        let fits = place.is_written(&sql)?;
        context.out.data("howdah.role.masks/1", &json!({ "file": place.shown(), "up_to_date": fits }), |stdout| {
            let state =
                if fits { "is what the tags ask for" } else { "is not what the tags ask for: run `howdah role masks`" };
            writeln!(stdout, "{} {state}", place.shown())
        })?;
        return Ok(if fits { Exit::Ok } else { Exit::Findings });
    }
    if sql.is_empty() {
        context
            .out
            .say("No table that the role may read has a column tagged @mask or @pii, so there is nothing to mask");
    }
    place.write("howdah.role.masks/1", &sql, data, context)
}

/// The tables with their masked columns.
fn masked(catalog: &Catalog, schemas: &[String], role: &str) -> Vec<Value> {
    views::tables(catalog, schemas, role)
        .into_iter()
        .map(|table| {
            let columns: serde_json::Map<String, Value> = mask::all(&table.columns)
                .into_iter()
                .map(|(column, mask)| (column.to_owned(), mask.as_str().into()))
                .collect();
            json!({ "table": table.name.to_string(), "view": views::view_of(&table.name).to_string(), "masks": columns })
        })
        .collect()
}

/// Its columns have random defaults.
async fn make_key(which: &Which, dry_run: bool, context: &Context) -> anyhow::Result<Exit> {
    let Opened { database, .. } = which.open(context).await?;
    let verb = if dry_run { "Looking for the key of hashes in" } else { "Adding the key of hashes to" };
    context.out.target(&format!("{verb} {}", database.label()));
    let result = async {
        let client = database.target.client().await?;
        anyhow::Ok(masks::make_keys(&client, dry_run).await?)
    };
    let result = result.await;
    database.close()?;
    let made = result?;
    if made.tables.is_empty() {
        return Err(Failure::usage("hash-keys-missing", "no masked view of this database uses @mask hash")
            .hint("run `howdah role masks`, then `howdah generate NAME` and `howdah migrate up`")
            .into());
    }
    let data = json!({ "tables": made.tables, "added": made.added, "dry_run": dry_run });
    context.out.data("howdah.role.masks.key/1", &data, |stdout| {
        let state = match (made.added, dry_run) {
            (0, _) => "there already",
            (_, true) => "to be added",
            (_, false) => "added",
        };
        writeln!(stdout, "{}: {state}", made.tables.join(", "))
    })?;
    Ok(Exit::Ok)
}
