//! `howdah db reset`: deletes the project's database cluster.

use serde_json::json;

use crate::context::Context;
use crate::database::private::Private;
use crate::dev::lock;
use crate::exit::Exit;
use crate::output::{GOOD, bytes, paint};

const AFTER_HELP: &str = "\
Examples:
  howdah db reset
  howdah db reset --yes && howdah dev

Exit codes:
  0    deleted
  1    it could not be deleted, or `howdah dev` is using it
  5    not confirmed";

/// Delete it with everything in it; the next start makes it anew
#[derive(clap::Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Args {
    /// Show what would be deleted, and delete nothing
    #[arg(long)]
    dry_run: bool,
}

pub(crate) async fn run(args: Args, context: &Context) -> anyhow::Result<Exit> {
    const SCHEMA: &str = "howdah.db.reset/1";
    let project = context.project(&[])?;
    lock::refuse_while_running(&project, "reset its database")?;
    let Some(private) = Private::existing(&project, context).await? else {
        context.out.say("There is no database yet, so there is nothing to reset");
        context.out.data(SCHEMA, &json!({ "reset": false }), |_| Ok(()))?;
        return Ok(Exit::Ok);
    };
    let status = tokio::task::block_in_place(|| private.cluster.status())?;
    let (folder, size) = (status.data_dir, bytes(status.data_bytes));
    context.out.target(&format!("Deleting {} ({size}, development)", folder.display()));
    if !args.dry_run {
        context
            .confirm(&format!(
                "Delete the databases of the project {} with all data in them?",
                project.config.project_name()
            ))
            .await?;
        tokio::task::block_in_place(|| private.cluster.reset())?;
        context.out.say(format!("{} Deleted. `howdah dev` makes a new one", paint(GOOD, "✓")));
    }
    let data = json!({ "reset": !args.dry_run, "data_dir": folder, "data_bytes": status.data_bytes });
    context.out.data(SCHEMA, &data, |_| Ok(()))?;
    Ok(Exit::Ok)
}
