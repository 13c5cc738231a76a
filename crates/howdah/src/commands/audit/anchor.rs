//! `howdah audit anchor`: the last checkpoint, to be kept elsewhere, with a note of where.

use howdah_privacy::audit::{self, AuditError};
use serde_json::json;

use crate::context::Context;
use crate::database::{Opened, Which};
use crate::exit::Exit;
use crate::failure::Failure;

const AFTER_HELP: &str = "\
It prints the last checkpoint, which `howdah audit verify --expect` takes, and notes in the database, signed, where it is kept. \
A checkpoint that has such a note keeps it.

Examples:
  howdah audit anchor --where 'git: ops/anchors' > anchor.json
  howdah audit anchor --env production --where 'mail to the auditor' --receipt '<message-id>' --json

Exit codes:
  0    printed
  1    there is no checkpoint of this key yet, or no audit trail
  2    there is no key to sign with
  4    the login was refused";

/// Print the last checkpoint, to keep it elsewhere, and note where
#[derive(clap::Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Args {
    #[command(flatten)]
    which: Which,

    /// Where it is kept, in words
    #[arg(long = "where", value_name = "PLACE")]
    place: String,

    /// What that place gave for it, like a message id or a commit
    #[arg(long, value_name = "TEXT", default_value = "")]
    receipt: String,
}

pub(crate) async fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    let Opened { database, project, .. } = args.which.open(context).await?;
    context.out.target(&format!("Anchoring the audit trail of {}", database.label()));
    let result = async {
        let Some(key) = crate::audit::signing_key(project.as_ref())? else { return Err(AuditError::NoKey.into()) };
        let mut client = audit::connect(&database.target).await?;
        anyhow::Ok(audit::anchor(&mut client, &key, &args.place, &args.receipt).await?)
    };
    let result = result.await;
    let label = database.label();
    database.close()?;
    let Some(checkpoint) = result? else {
        return Err(Failure::new("audit-no-checkpoint", "this key has signed no checkpoint of the audit trail yet")
            .hint("`howdah serve` and `howdah dev` sign one after the first seal; `howdah audit status` shows it")
            .into());
    };
    let data = json!({ "target": label, "checkpoint": checkpoint.json(), "anchor": checkpoint.anchor });
    context.out.data("howdah.audit.anchor/1", &data, |out| writeln!(out, "{}", checkpoint.json()))?;
    Ok(Exit::Ok)
}
