//! `howdah keys list`.

use serde_json::json;

use super::{Keys, failed};
use crate::context::Context;
use crate::database::Which;
use crate::exit::Exit;
use crate::output::Listing;

const AFTER_HELP: &str = "\
Keys themselves cannot be shown. When one was last used is known to about a minute.

Examples:
  howdah keys list
  howdah keys list --owner ada@example.com
  howdah keys list --json | jq -r '.data.keys[] | select(.last_used_at == null) | .id'

Exit codes:
  0    listed
  1    failed
  2    no such owner
  4    the login was refused";

/// Show which API keys there are
#[derive(clap::Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Args {
    /// Only those of this account: its address or id
    #[arg(long, value_name = "ACCOUNT")]
    owner: Option<String>,

    #[command(flatten)]
    which: Which,
}

pub(crate) async fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    let keys = Keys::open(&args.which, context).await?;
    context.out.target(&format!("Looking at the keys of {}", keys.database.label()));
    let result = list(args, &keys, context).await;
    keys.close(result)
}

async fn list(args: Args, keys: &Keys, context: &Context) -> anyhow::Result<Exit> {
    let owner = match &args.owner {
        Some(owner) => Some(keys.store.owner(owner).await.map_err(|error| failed(&error))?),
        None => None,
    };
    let found = keys.store.list(owner.as_deref()).await.map_err(|error| failed(&error))?;
    let mut listing = Listing::new(&["key", "name", "state", "role", "scopes", "expires", "last used", "owner", "id"])
        .or_say("There are no keys; `howdah keys create` makes one");
    for key in &found {
        listing.row([
            key.prefix.clone(),
            key.name.clone(),
            key.state.clone(),
            key.role.clone(),
            key.scopes.join(" "),
            key.expires_at.clone().unwrap_or_else(|| "never".to_owned()),
            key.last_used_at.clone().unwrap_or_else(|| "never".to_owned()),
            key.user_id.clone(),
            key.id.clone(),
        ]);
    }
    let data = json!({ "target": keys.database.label(), "keys": found });
    context.out.list("howdah.keys.list/1", &data, &listing)?;
    Ok(Exit::Ok)
}
