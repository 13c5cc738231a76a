//! `howdah keys create`.

use howdah_auth::keys::{KeyError, KeyRole, NewKey};
use howdah_http::Scopes;

use super::span::Span;
use super::{Keys, failed, print_made};
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;

const AFTER_HELP: &str = "\
The key goes to stdout, once; what is kept is its digest. A scope is a table and an operation: \
read, insert, update, delete, write (all three) or *; rpc/FUNCTION:call lets a function be called. \
A request with the key acts as the owner, as far as scopes and row-level security let it.

Examples:
  howdah keys create backup --owner ada@example.com --scope '*:read'
  howdah keys create importer --owner ada@example.com --scope contacts:write --scope tasks:read
  KEY=$(howdah keys create cron --owner ada@example.com --scope rpc/tidy:call --expires 30d --quiet)
  howdah keys create worker --owner jobs@example.com --role service_role --scope '*:*' --expires never

Exit codes:
  0    made
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
    #[arg(long, value_name = "ROLE", default_value = "authenticated", value_parser = ["anon", "authenticated", "service_role"])]
    role: String,

    /// How long it is good: 90s, 30m, 24h, 365d, or never
    #[arg(long, value_name = "TIME", default_value = "365d")]
    expires: Span,

    /// An environment of howdah.toml; by default the project's database
    #[arg(long, value_name = "NAME")]
    env: Option<String>,
}

pub(crate) async fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    let scopes = Scopes::parse(&args.scopes).map_err(|error| failed(&KeyError::from(error)))?;
    let keys = Keys::open(args.env.as_deref(), context).await?;
    context.out.target(&format!("Making a key in {}", keys.database.label()));
    let result = create(args, scopes, &keys, context).await;
    keys.close(result)
}

async fn create(args: Args, scopes: Scopes, keys: &Keys, context: &Context) -> anyhow::Result<Exit> {
    let served = keys.store.served(&keys.config.api_schemas()).await.map_err(|error| failed(&error))?;
    scopes.check(&served).map_err(|error| failed(&KeyError::from(error)))?;
    let user_id = keys.store.owner(&args.owner).await.map_err(|error| failed(&error))?;
    let role = KeyRole::of_name(&args.role)
        .ok_or_else(|| Failure::usage("key-role", "the role is anon, authenticated or service_role"))?;
    let new = NewKey { user_id, name: args.name, scopes, role, life: args.expires.0 };
    let made = keys.store.create(&new).await.map_err(|error| failed(&error))?;
    print_made("howdah.keys.create/1", &made, &keys.database, context)?;
    Ok(Exit::Ok)
}
