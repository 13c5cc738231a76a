//! `howdah role show`.

use std::collections::BTreeMap;

use howdah_schema::docs::model::{AccessCell, PolicyDoc, RowSecurityDoc, Rows};
use howdah_schema::docs::{self, Right};
use serde_json::json;

use super::read;
use crate::context::Context;
use crate::database::Which;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Listing;

const AFTER_HELP: &str = "\
A cell says which rows and columns an operation reaches: `all`, the policies that choose the rows, \
`none` where there is a grant and no policy lets a row through, `-` without a grant. Columns that the \
role sees masked are named with their masks.

Examples:
  howdah role show authenticated
  howdah role show howdah_readonly --table 'public.*'
  howdah role show anon --json | jq '.data.relations[] | select(.access.select.granted) | .relation'

Exit codes:
  0    done
  1    the database cannot be read
  2    there is no such environment or role
  4    the login was refused";

/// Show what a role may do: tables by operations, with columns, policies and masks
#[derive(clap::Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Args {
    /// The role
    role: String,

    /// Only these tables and views: a name with its schema, or its beginning and a *
    #[arg(long, value_name = "PATTERN")]
    table: Option<String>,

    /// Also those of which it may do nothing
    #[arg(long)]
    all: bool,

    #[command(flatten)]
    which: Which,
}

pub(crate) async fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    let catalog = read(&args.which, context).await?;
    let Some(mut rights) = docs::rights(&catalog, &args.role) else {
        let failure = Failure::usage("role-unknown", format!("there is no role `{}`", args.role));
        let names = catalog.roles.keys().map(String::as_str);
        return Err(match howdah_schema::nearest(&args.role, names) {
            Some(nearest) => failure.hint(format!("did you mean `{nearest}`?")),
            None => failure.hint("`howdah role list` lists them"),
        }
        .into());
    };
    rights.retain(|right| args.all || right.is_any());
    if let Some(pattern) = &args.table {
        rights.retain(|right| matches(&right.relation.to_string(), pattern));
    }
    let mut listing = Listing::new(&["table", "row security", "select", "insert", "update", "delete", "masked"])
        .or_say(format!("{} may do nothing here", args.role));
    for right in &rights {
        let access = &right.access;
        let cell = |cell: &AccessCell| if access.schema_usage { cell_text(cell) } else { "-".to_owned() };
        listing.row([
            right.relation.to_string(),
            security(right).to_owned(),
            cell(&access.select),
            cell(&access.insert),
            cell(&access.update),
            cell(&access.delete),
            right.masked.iter().map(|(column, mask)| format!("{column}: {mask}")).collect::<Vec<_>>().join(", "),
        ]);
    }
    let document = json!({ "role": args.role, "relations": rights });
    context.out.list("howdah.role.show/1", &document, &listing)?;
    tell_policies(&rights, context);
    Ok(Exit::Ok)
}

fn matches(name: &str, pattern: &str) -> bool {
    pattern.strip_suffix('*').map_or(name == pattern, |start| name.starts_with(start))
}

fn security(right: &Right) -> &'static str {
    match right.row_security {
        _ if right.view => "view",
        RowSecurityDoc::Off => "off",
        RowSecurityDoc::On => "on",
        RowSecurityDoc::Forced => "forced",
    }
}

fn cell_text(cell: &AccessCell) -> String {
    if !cell.granted {
        return "-".to_owned();
    }
    let rows = match &cell.rows {
        Rows::None => "none".to_owned(),
        Rows::All { .. } => "all".to_owned(),
        Rows::Policies { any_of, all_of } if all_of.is_empty() => any_of.join(" or "),
        Rows::Policies { any_of, all_of } => format!("({}) and {}", any_of.join(" or "), all_of.join(" and ")),
    };
    let columns = cell.columns.as_ref().map(|columns| format!(" ({})", columns.join(", "))).unwrap_or_default();
    let through = if cell.through.is_empty() { String::new() } else { format!(" through {}", cell.through.join(", ")) };
    rows + &columns + &through
}

/// What the policies that stand in the table's cells say, each form once.
fn tell_policies(rights: &[Right], context: &Context) {
    let mut said: BTreeMap<(&str, String), usize> = BTreeMap::new();
    for policy in rights.iter().flat_map(|right| &right.policies) {
        *said.entry((policy.name.as_str(), conditions(policy))).or_default() += 1;
    }
    if said.is_empty() {
        return;
    }
    context.out.say("Policies:");
    for ((name, conditions), count) in said {
        let tables = if count == 1 { "1 table".to_owned() } else { format!("{count} tables") };
        context.out.say(format!("  {name} ({tables}): {conditions}"));
    }
}

fn conditions(policy: &PolicyDoc) -> String {
    let using = policy.using.as_ref().map(|using| format!("sees {using}"));
    let check = policy.check.as_ref().map(|check| format!("may write {check}"));
    let kind = if policy.permissive { policy.command.as_sql().to_lowercase() } else { "restrictive".to_owned() };
    let said: Vec<String> = std::iter::once(kind).chain(using).chain(check).collect();
    said.join("; ")
}
