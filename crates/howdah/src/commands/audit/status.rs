//! `howdah audit status`: how far the trail is sealed, and what waits.

use howdah_privacy::audit::{self, Standing};
use serde_json::json;

use crate::context::Context;
use crate::database::{Opened, Which};
use crate::exit::Exit;
use crate::output::Listing;

const AFTER_HELP: &str = "\
What it prints of the chain, kept elsewhere, is what `howdah audit verify --expect` holds it against.

Examples:
  howdah audit status
  howdah audit status --env production --json | jq '.data.trail | {sequence_number, chain_sha256}' > anchor.json

Exit codes:
  0    shown, whatever the state is
  1    the database has no audit trail
  4    the login was refused, or may not read the trail";

/// Show how far it is sealed, and what waits
#[derive(clap::Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Args {
    #[command(flatten)]
    which: Which,
}

pub(crate) async fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    let Opened { database, project, .. } = args.which.open(context).await?;
    context.out.target(&format!("Audit trail of {}", database.label()));
    let result = async {
        let client = audit::connect(&database.target).await?;
        anyhow::Ok(audit::standing(&client).await?)
    };
    let result = result.await;
    let label = database.label();
    database.close()?;
    let trail = result?;
    let key = crate::audit::signing_key(project.as_ref())?.map(|key| key.public().to_string());
    let data = json!({ "target": label, "trail": trail, "signing_key": key });
    context.out.list("howdah.audit.status/1", &data, &listing(&trail, key))?;
    Ok(Exit::Ok)
}

fn listing(trail: &Standing, key: Option<String>) -> Listing {
    let ago = |seconds: f64| format!("{seconds:.1} s ago");
    let none = || "–".to_owned();
    let mut listing = Listing::new(&["", ""]);
    listing.row(["sealed".to_owned(), trail.sequence_number.to_string()]);
    listing.row(["chain".to_owned(), trail.chain_sha256.clone().unwrap_or_else(none)]);
    listing.row(["last seal".to_owned(), trail.sealed_at.clone().unwrap_or_else(none)]);
    let oldest = trail.oldest_unsealed_seconds.map(|seconds| format!(", the oldest from {}", ago(seconds)));
    listing.row(["waiting".to_owned(), format!("{}{}", trail.unsealed, oldest.unwrap_or_default())]);
    let checkpoint = trail.checkpoint_number.zip(trail.checkpoint_seconds);
    let checkpoint = checkpoint.map(|(number, seconds)| format!("{number}, signed {}", ago(seconds)));
    listing.row(["checkpoint".to_owned(), checkpoint.unwrap_or_else(none)]);
    listing.row(["signed by".to_owned(), trail.checkpoint_key.clone().unwrap_or_else(none)]);
    listing.row(["key here".to_owned(), key.unwrap_or_else(none)]);
    listing
}
