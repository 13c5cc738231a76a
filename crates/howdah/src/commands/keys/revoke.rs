//! `howdah keys revoke`.

use howdah_auth::keys::KeyId;
use serde_json::json;

use super::{Keys, failed};
use crate::context::Context;
use crate::database::Which;
use crate::exit::Exit;
use crate::output::{GOOD, paint};

const AFTER_HELP: &str = "\
Every server refuses the key within a second. There is no way back: make another one.

Examples:
  howdah keys revoke hdk_Ab12Cd34Ef56
  howdah keys revoke 6f0d9c1e-51a7-4c35-9a0b-2f6d7be843d1 --yes
  howdah keys revoke hdk_Ab12Cd34Ef56 --env production --confirm shop --yes

Exit codes:
  0    revoked, now or before
  1    there is no such key, or it failed
  2    that is neither an id nor a key's beginning
  4    the login was refused
  5    not confirmed";

/// Withdraw an API key
#[derive(clap::Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Args {
    /// Its id, or its first 16 characters
    #[arg(value_name = "KEY")]
    key: String,

    /// Show which key it is, and revoke nothing
    #[arg(long)]
    dry_run: bool,

    #[command(flatten)]
    which: Which,

    /// The name of the database, to confirm that a production one is meant
    #[arg(long, value_name = "NAME")]
    confirm: Option<String>,
}

pub(crate) async fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    let id = KeyId::parse(&args.key).map_err(|error| failed(&error))?;
    let keys = Keys::open(&args.which, context).await?;
    let verb = if args.dry_run { "Looking for a key of" } else { "Revoking a key of" };
    context.out.target(&format!("{verb} {}", keys.database.label()));
    let result = revoke(&id, &args, &keys, context).await;
    keys.close(result)
}

async fn revoke(id: &KeyId, args: &Args, keys: &Keys, context: &Context) -> anyhow::Result<Exit> {
    let mut key = keys.store.find(id).await.map_err(|error| failed(&error))?;
    let named = format!("{} ({})", key.prefix, key.name);
    if !args.dry_run && key.state != "revoked" {
        keys.database.confirm_name(args.confirm.as_deref())?;
        context.confirm(&format!("Programs that use {named} will be refused. Go on?")).await?;
        key = keys.store.revoke(id, None).await.map_err(|error| failed(&error))?;
    }
    let data = json!({ "target": keys.database.label(), "dry_run": args.dry_run, "key": key });
    context.out.data("howdah.keys.revoke/1", &data, |_| Ok(()))?;
    context.out.say(match (key.state.as_str(), args.dry_run) {
        ("revoked", _) => format!("{} {named} is revoked", paint(GOOD, "✓")),
        (state, _) => format!("{named} is {state}, for {}; nothing was revoked", key.scopes.join(" ")),
    });
    Ok(Exit::Ok)
}
