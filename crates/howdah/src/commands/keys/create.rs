//! `howdah keys create`.

use howdah_auth::keys::{KeyError, KeyRole, NewKey};
use howdah_http::Scopes;
use serde_json::json;

use super::span::Span;
use super::{Keys, failed, print_made};
use crate::context::Context;
use crate::database::Which;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::duration;

const AFTER_HELP: &str = "\
The key goes to stdout, once; what is kept is its digest. A scope is a table and an operation: \
read, insert, update, delete, write (all three) or *; rpc/FUNCTION:call lets a function be called. \
A request with the key acts as the owner, as far as scopes and row-level security let it.

Examples:
  howdah keys create backup --owner ada@example.com --scope '*:read'
  howdah keys create importer --owner ada@example.com --scope contacts:write --scope tasks:read
  KEY=$(howdah keys create cron --owner ada@example.com --scope rpc/tidy:call --expires 30d --quiet)
  howdah keys create worker --owner jobs@example.com --role service_role --scope '*:*' --expires never
  howdah keys create reports --owner ada@example.com --role howdah_readonly --scope '*:read'
  howdah keys create backup --owner ada@example.com --scope '*:read' --env production --dry-run

Exit codes:
  0    made, or with --dry-run nothing stands against it
  1    failed; nothing was made
  2    no such owner, table or function
  4    the login was refused";

/// Make an API key
#[derive(clap::Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Args {
    /// What to call it
    #[arg(value_name = "NAME")]
    name: String,

    /// The account that it acts for: its address or id
    #[arg(long, value_name = "ACCOUNT")]
    owner: String,

    /// What it is good for, such as contacts:read; repeat it for more
    #[arg(long = "scope", value_name = "SCOPE", required = true)]
    scopes: Vec<String>,

    /// The database role of its requests
    #[arg(long, value_name = "ROLE", default_value = "authenticated", value_parser = ["anon", "authenticated", "service_role", "howdah_readonly"])]
    role: String,

    /// How long it is good: 90s, 30m, 24h, 365d, or never
    #[arg(long, value_name = "TIME", default_value = "365d")]
    expires: Span,

    /// Show what would be made, and make nothing
    #[arg(long)]
    dry_run: bool,

    #[command(flatten)]
    which: Which,
}

pub(crate) async fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    let scopes = Scopes::parse(&args.scopes).map_err(|error| failed(&KeyError::from(error)))?;
    let keys = Keys::open(&args.which, context).await?;
    let verb = if args.dry_run { "Planning a key for" } else { "Making a key in" };
    context.out.target(&format!("{verb} {}", keys.database.label()));
    let result = create(args, scopes, &keys, context).await;
    keys.close(result)
}

async fn create(args: Args, scopes: Scopes, keys: &Keys, context: &Context) -> anyhow::Result<Exit> {
    let served = keys.store.served(&keys.config.api_schemas()).await.map_err(|error| failed(&error))?;
    scopes.check(&served).map_err(|error| failed(&KeyError::from(error)))?;
    let user_id = keys.store.owner(&args.owner).await.map_err(|error| failed(&error))?;
    let role = KeyRole::of_name(&args.role).ok_or_else(|| {
        Failure::usage("key-role", "the role is anon, authenticated, service_role or howdah_readonly")
    })?;
    let new = NewKey { user_id, name: args.name, scopes, role, life: args.expires.0 };
    if args.dry_run {
        new.check().map_err(|error| failed(&error))?;
        return plan(&new, keys, context);
    }
    let made = keys.store.create(&new).await.map_err(|error| failed(&error))?;
    print_made("howdah.keys.create/1", &made, &keys.database, context)?;
    Ok(Exit::Ok)
}

/// What would be made. There is no key yet, so that stdout stays empty but for JSON.
fn plan(new: &NewKey, keys: &Keys, context: &Context) -> anyhow::Result<Exit> {
    let NewKey { user_id, name, scopes, role, life } = new;
    let data = json!({
        "target": keys.database.label(), "dry_run": true, "user_id": user_id, "name": name, "scopes": scopes.texts(),
        "role": role.name(), "expires_in": life.map(|life| life.as_secs()),
    });
    context.out.data("howdah.keys.create/1", &data, |_| Ok(()))?;
    let life = life.map_or_else(|| "for ever".to_owned(), |life| format!("for {}", duration(life)));
    context.out.say(format!("A key as {} of {user_id}, good {life}; nothing was made", role.name()));
    context.out.say(format!("  for {}", scopes.texts().join(" ")));
    Ok(Exit::Ok)
}
