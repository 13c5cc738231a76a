//! `howdah keys revoke`.

use howdah_auth::keys::KeyId;
use serde_json::json;

use super::{Keys, failed};
use crate::context::Context;
use crate::exit::Exit;
use crate::output::{GOOD, paint};

const AFTER_HELP: &str = "\
Every server refuses the key within a second. There is no way back: make another one.

Examples:
  howdah keys revoke hdk_Ab12Cd34Ef56
  howdah keys revoke 6f0d9c1e-51a7-4c35-9a0b-2f6d7be843d1 --yes

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

    /// An environment of howdah.toml; by default the project's database
    #[arg(long, value_name = "NAME")]
    env: Option<String>,
}

pub(crate) async fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    let id = KeyId::parse(&args.key).map_err(|error| failed(&error))?;
    let keys = Keys::open(args.env.as_deref(), context).await?;
    context.out.target(&format!("Revoking a key of {}", keys.database.label()));
    let result = revoke(&id, &keys, context).await;
    keys.close(result)
}

async fn revoke(id: &KeyId, keys: &Keys, context: &Context) -> anyhow::Result<Exit> {
    context.confirm("Programs that use this key will be refused. Go on?").await?;
    let key = keys.store.revoke(id, None).await.map_err(|error| failed(&error))?;
    let data = json!({ "target": keys.database.label(), "key": key });
    context.out.data("howdah.keys.revoke/1", &data, |_| Ok(()))?;
    context.out.say(format!("{} {} ({}) is revoked", paint(GOOD, "✓"), key.prefix, key.name));
    Ok(Exit::Ok)
}
