//! `howdah db stop`: stops the project's PostgreSQL.

use serde_json::json;

use crate::context::Context;
use crate::database::private::Private;
use crate::dev::lock;
use crate::exit::Exit;
use crate::output::{GOOD, paint};

const AFTER_HELP: &str = "\
Examples:
  howdah db stop
  howdah db stop --project ../shop

Exit codes:
  0    it does not run, or not any more
  1    it would not stop, or `howdah dev` is using it";

/// Stop it; that it does not run is fine
#[derive(clap::Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Args {}

pub(crate) async fn run(_: Args, context: &Context) -> anyhow::Result<Exit> {
    let project = context.project(&[])?;
    lock::refuse_while_running(&project, "stop its database")?;
    let stopped = match Private::existing(&project, context).await? {
        Some(private) => {
            let was_running = private.is_running()?;
            private.stop()?;
            was_running
        }
        None => false,
    };
    let said = if stopped { "PostgreSQL is stopped" } else { "PostgreSQL was not running" };
    context.out.say(format!("{} {said}", paint(GOOD, "✓")));
    context.out.data("howdah.db.stop/1", &json!({ "stopped": stopped }), |_| Ok(()))?;
    Ok(Exit::Ok)
}
